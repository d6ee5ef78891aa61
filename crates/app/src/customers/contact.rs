//! Correcting contact data of a customer.

use super::page::find;
use crate::{App, Error, FieldProblem, Result};
use domain::access::{Actor, Permission};
use domain::customers::{Address, FieldError, Mobile};
use domain::time::Instant;
use store::customers::{change_mailing_address, change_mobile};
use store::{AuditActor, AuditEntry};

/// Longest reason, in characters.
const REASON_MAX: usize = 200;

/// What a form says; an empty field stays as it is.
#[derive(Clone, Debug, Default)]
pub struct ContactForm {
    /// New mobile number.
    pub mobile: String,
    /// New mailing address.
    pub mailing_address: String,
    /// How it became known.
    pub reason: String,
    /// The version of the customer that the form was filled in for.
    pub version: i64,
}

/// Changes contact data of a customer in sight. The old values stay in the history.
///
/// # Errors
/// All problems of the form at once; [`Error::NotFound`] when the customer is not in sight;
/// [`Error::Conflict`] when someone else changed the customer since the form was made.
pub async fn change_contact(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &ContactForm,
) -> Result<()> {
    let scope = actor.scope(Permission::CustomersEdit)?;
    let customer = find(app, &scope, customer_no).await?;
    let (mobile, address) = check(form)?;
    let mobile = mobile.filter(|m| customer.mobile.as_ref() != Some(m));
    let address = address.filter(|a| customer.mailing_address.as_ref() != Some(a));
    if customer.version != form.version {
        return Err(Error::Conflict);
    }
    if mobile.is_none() && address.is_none() {
        return Ok(());
    }
    let by = AuditActor::from(actor);
    let reason = form.reason.trim();
    let mut version = form.version;
    let mut changed = serde_json::Map::new();
    let work = app.store().begin(now).await?;
    if let Some(new) = &mobile {
        let old = customer.mobile.as_ref();
        change_mobile(&work, customer.id, version, old, new, &by, reason).await?;
        let shown = serde_json::json!([old.map(ToString::to_string), new.to_string()]);
        changed.insert("mobile".into(), shown);
        version += 1;
    }
    if let Some(new) = &address {
        let old = customer.mailing_address.as_ref();
        change_mailing_address(&work, customer.id, version, old, new, &by, reason).await?;
        let shown = serde_json::json!([old.map(ToString::to_string), new.to_string()]);
        changed.insert("mailing_address".into(), shown);
    }
    let entry = AuditEntry::new(actor, "customer.contact_changed", "customer", customer.id.0)
        .customer(customer.id.0)
        .purpose(reason)
        .detail(serde_json::Value::Object(changed));
    Ok(work.commit(entry).await?)
}

fn check(form: &ContactForm) -> Result<(Option<Mobile>, Option<Address>)> {
    let mut problems = Vec::new();
    let mobile = match form.mobile.trim() {
        "" => None,
        text => Mobile::parse(text)
            .map_err(|_| problems.push(FieldProblem::new("mobile", "mobile")))
            .ok(),
    };
    let address = match form.mailing_address.trim() {
        "" => None,
        text => Address::parse(text)
            .map_err(|error| {
                let code = match error {
                    FieldError::TooLong => "too-long",
                    _ => "missing",
                };
                problems.push(FieldProblem::new("mailing_address", code));
            })
            .ok(),
    };
    match form.reason.trim().chars().count() {
        0 => problems.push(FieldProblem::new("reason", "missing")),
        n if n > REASON_MAX => problems.push(FieldProblem::new("reason", "too-long")),
        _ => {}
    }
    // A value that was shown masked and sent back unchanged is no new value.
    if form.mailing_address.contains('*') {
        problems.push(FieldProblem::new("mailing_address", "masked"));
    }
    if problems.is_empty() {
        Ok((mobile, address))
    } else {
        Err(Error::Invalid(problems))
    }
}
