//! Correcting contact data of a customer.

use super::facts::put_facts;
use super::page::find;
use crate::{App, Error, FieldProblem, Result};
use domain::access::{Actor, Permission};
use domain::customers::{CustomerField, NewFact, Origin};
use domain::time::Instant;
use store::AuditActor;
use store::customers::Learned;

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
    change_contact_from(app, actor, now, customer_no, form, Origin::Form).await
}

/// As [`change_contact`], learned on some occasion.
pub(crate) async fn change_contact_from(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &ContactForm,
    origin: Origin,
) -> Result<()> {
    let scope = actor.scope(Permission::CustomersEdit)?;
    let customer = find(app, &scope, customer_no).await?;
    let facts = check(form)?;
    if customer.version != form.version {
        return Err(Error::Conflict);
    }
    let work = app.store().begin(now).await?;
    let learned = Learned::in_service(origin, &AuditActor::from(actor), now);
    let (version, reason) = (form.version, form.reason.trim());
    match put_facts(&work, actor, &customer, version, &facts, reason, &learned).await? {
        Some(entry) => Ok(work.commit(entry).await?),
        None => Ok(work.roll_back().await?),
    }
}

fn check(form: &ContactForm) -> Result<Vec<NewFact>> {
    let (mut problems, mut facts) = (Vec::new(), Vec::new());
    let given = [
        (CustomerField::Mobile, &form.mobile),
        (CustomerField::MailingAddress, &form.mailing_address),
    ];
    for (field, text) in given {
        match field.read(text) {
            Ok(Some(value)) => facts.push((field, Some(value))),
            Ok(None) => {}
            Err(code) => problems.push(FieldProblem::new(field.as_str(), code)),
        }
    }
    match form.reason.trim().chars().count() {
        0 => problems.push(FieldProblem::new("reason", "missing")),
        n if n > REASON_MAX => problems.push(FieldProblem::new("reason", "too-long")),
        _ => {}
    }
    if problems.is_empty() {
        Ok(facts)
    } else {
        Err(Error::Invalid(problems))
    }
}
