//! Agreeing a time with the customer before the call (CBK-12, CBK-14).

use crate::callbacks::parse_instant;
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::ids::CallbackId;
use domain::time::{self, Instant};
use store::callbacks as callback_rows;
use store::{AuditEntry, plans as rows};

/// Notes the time that was agreed with the customer: the callback is planned on that day and made then.
///
/// # Errors
/// When the actor may neither assign nor make callbacks; when the time has passed, or lies outside of the
/// callback's period.
pub async fn agree(app: &App, actor: &Actor, now: Instant, id: CallbackId, at: &str) -> Result<()> {
    let right = if actor.may(Permission::CallbacksAssign) {
        Permission::CallbacksAssign
    } else {
        Permission::CallbacksMake
    };
    let scope = actor.scope(right)?;
    let wrong = |code| Error::invalid("agreed_at", code);
    let agreed = parse_instant(at.trim()).ok_or_else(|| wrong("instant"))?;
    let on = time::date_in_china(agreed);
    let rules = app.rules();
    rules.calling_hours(on).check_appointment(agreed, now)?;
    let work = app.store().begin(now).await?;
    let record = callback_rows::find_record(&work, &scope, id).await?;
    let record = record.ok_or(Error::NotFound)?;
    if !record.callback.state.is_open() {
        return Err(Refusal::with("callback-wrong-state", record.callback.state.as_str()).into());
    }
    if record.callback.earliest_on.is_some_and(|from| on < from) {
        return Err(wrong("too-early"));
    }
    if record.due_on.is_some_and(|due| on > due) {
        return Err(wrong("too-late"));
    }
    rows::set_agreed(&work, id, on, agreed).await?;
    let state = record.callback.state.as_str();
    callback_rows::insert_entry(&work, id, &actor.name, "agree_time", state, state, None).await?;
    let entry = AuditEntry::new(actor, "callback.time_agreed", "callback", id.0);
    let detail = serde_json::json!({ "at": agreed.to_rfc3339() });
    Ok(work
        .commit(entry.customer(record.customer.0).detail(detail))
        .await?)
}
