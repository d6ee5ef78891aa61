//! Credit files: entries from many sources, and the flag that underwriting is told of.

use super::assess::flag_of;
use super::{LINE_MAX, TEXT_MAX, find};
use crate::listing;
use crate::visits::{Problems, demanded, person};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::risk::{CreditEntryKind, CreditFlag, FlagState, needs_second_person, next_flag};
use domain::time::{self, Instant};
use store::AuditEntry;
use store::risk::{self as rows, NewCreditEntry};
use uuid::Uuid;

/// An entry, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct EntryForm {
    /// What it is about, as a code.
    pub kind: String,
    /// Where it comes from.
    pub source: String,
    /// Its day.
    pub noted_on: String,
    /// What it says.
    pub words: String,
}

/// A change of the flag, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct FlagForm {
    /// The flag wanted, as a code.
    pub flag: String,
    /// Why.
    pub reason: String,
}

/// Makes an entry in the credit file of a customer.
///
/// # Errors
/// When the actor may not, the customer is not in sight, or a field is wrong.
pub async fn add_credit_entry(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &EntryForm,
) -> Result<()> {
    person(actor)?;
    let scope = actor.scope(Permission::RiskAssess)?;
    let customer = find(app, &scope, customer_no).await?;
    let mut problems = Problems::default();
    let kind = listing::code("kind", &form.kind, CreditEntryKind::parse);
    let kind = kind.and_then(|k| k.ok_or_else(|| Error::invalid("kind", "missing")));
    let kind = problems.take(kind)?;
    let source = problems.take(demanded("source", &form.source, LINE_MAX))?;
    let words = problems.take(demanded("entry_text", &form.words, TEXT_MAX))?;
    let day = listing::date("noted_on", &form.noted_on);
    let today = time::date_in_china(now);
    let day = day.and_then(|d| match d {
        Some(day) if day > today => Err(Error::invalid("noted_on", "in-the-future")),
        Some(day) => Ok(day),
        None => Err(Error::invalid("noted_on", "missing")),
    });
    let noted_on = problems.take(day)?;
    problems.end()?;
    let (Some(kind), Some(source), Some(words), Some(noted_on)) = (kind, source, words, noted_on)
    else {
        return Err(Error::invalid("kind", "missing"));
    };
    let work = app.store().begin(now).await?;
    let new = NewCreditEntry {
        kind,
        source,
        noted_on,
        words,
        by: &actor.name,
    };
    let id = rows::insert_credit_entry(&work, customer.id, &new).await?;
    let entry = AuditEntry::new(actor, "risk.credit_noted", "credit_entry", id)
        .customer(customer.id.0)
        .detail(serde_json::json!({ "kind": kind.as_str() }));
    Ok(work.commit(entry).await?)
}

/// Changes the credit flag, or asks for a change that a second person decides.
///
/// # Errors
/// When the actor may not, there is no way to the flag, or a change waits already.
pub async fn ask_flag(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &FlagForm,
) -> Result<FlagState> {
    let by = person(actor)?;
    let scope = actor.scope(Permission::RiskAssess)?;
    let customer = find(app, &scope, customer_no).await?;
    let to = listing::code("credit_flag", &form.flag, CreditFlag::parse)?;
    let to = to.ok_or_else(|| Error::invalid("credit_flag", "missing"))?;
    let reason = demanded("reason", &form.reason, TEXT_MAX)?;
    let work = app.store().begin(now).await?;
    let flags = rows::list_flags(&work, &scope, customer.id).await?;
    if flags.iter().any(|f| f.state == FlagState::Waiting) {
        return Err(Refusal::new("risk-flag-waits").into());
    }
    let from = flag_of(&flags);
    next_flag(from, to)?;
    let state = match needs_second_person(from, to) {
        true => FlagState::Waiting,
        false => FlagState::InForce,
    };
    let asked = (by, actor.name.as_str());
    let id = rows::insert_flag(&work, customer.id, (from, to), state, reason, asked).await?;
    let detail =
        serde_json::json!({ "from": from.as_str(), "to": to.as_str(), "state": state.as_str() });
    let entry = AuditEntry::new(actor, "risk.credit_flag_asked", "credit_flag", id)
        .customer(customer.id.0)
        .detail(detail);
    work.commit(entry).await?;
    Ok(state)
}

/// Decides on a change of the credit flag that somebody else asked for. The number of the customer.
///
/// # Errors
/// When the actor may not, asked for it, or somebody decided before.
pub async fn decide_credit_flag(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    agree: bool,
) -> Result<String> {
    let by = person(actor)?;
    let scope = actor.scope(Permission::RiskConfirm)?;
    let work = app.store().begin(now).await?;
    let row = rows::find_flag(&work, &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    if row.asked_by_id == by {
        return Err(Refusal::new("risk-same-person").into());
    }
    let state = match agree {
        true => FlagState::InForce,
        false => FlagState::Refused,
    };
    rows::decide_flag(&work, id, state, &actor.name).await?;
    let entry = AuditEntry::new(actor, "risk.credit_flag_decided", "credit_flag", id)
        .customer(row.customer.0)
        .detail(serde_json::json!({ "to": row.to.as_str(), "state": state.as_str() }));
    work.commit(entry).await?;
    Ok(row.of.customer_no)
}
