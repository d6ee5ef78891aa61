//! Calling from the call page: the telephone system rings the caller, then the customer.

use super::attempt::under_way;
use super::record;
use crate::telephony::{Dial, DialNumber, Telephony};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::callbacks::AttemptResult;
use domain::customers::Reveal;
use domain::ids::{CallId, CallbackId, OrgId, UserId};
use domain::telephony::{CallEnd, CallEvent, CallState};
use domain::time::Instant;
use std::sync::Arc;
use store::telephony::{self as rows, CallRow, NewCall};
use store::{AuditEntry, customers};

/// The telephone of whoever is on the call page.
#[derive(Clone, Debug)]
pub struct LineView {
    /// The extension at which they sit; nothing while they have not said.
    pub extension: Option<String>,
    /// The last call of the attempt.
    pub call: Option<CallRow>,
    /// Seconds that they speak or spoke.
    pub spoken_seconds: i64,
    /// The result that the end of the call suggests.
    pub suggested: Option<AttemptResult>,
}

impl LineView {
    /// A call is under way.
    pub fn is_busy(&self) -> bool {
        self.call
            .as_ref()
            .is_some_and(|c| c.call.state != CallState::Ended)
    }
}

fn line(app: &App) -> Result<Arc<dyn Telephony>> {
    app.telephony()
        .ok_or_else(|| Refusal::new("telephony-none").into())
}

fn person(actor: &Actor) -> Result<UserId> {
    actor
        .user()
        .ok_or_else(|| Refusal::new("person-needed").into())
}

/// The telephone beside the attempt under way; nothing where no telephone system is configured.
///
/// # Errors
/// When no attempt of the actor's own is under way.
pub async fn call_line(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CallbackId,
) -> Result<Option<LineView>> {
    let scope = actor.scope(Permission::CallbacksMake)?;
    let by = person(actor)?;
    let record = record(app.store(), &scope, id).await?;
    if app.telephony().is_none() {
        return Ok(None);
    }
    let attempt = under_way(app.store(), &record, by).await?;
    let call = rows::find_call_of_attempt(app.store(), attempt.id).await?;
    Ok(Some(LineView {
        extension: rows::find_extension(app.store(), by).await?,
        spoken_seconds: call.as_ref().map_or(0, |c| c.call.spoken_seconds(now)),
        suggested: call
            .as_ref()
            .and_then(|c| c.call.end)
            .and_then(AttemptResult::of_call),
        call,
    }))
}

/// Has the telephone system ring the caller's extension and then the customer. `field` is `mobile` or `phone`.
/// The number goes to the telephone system in full and to nobody else; that it did is written down first.
///
/// # Errors
/// [`Error::Refused`] without a telephone system, extension or number, while a call is under way, or when the
/// telephone system cannot do it.
pub async fn dial(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CallbackId,
    field: &str,
) -> Result<CallId> {
    let scope = actor.scope(Permission::CallbacksMake)?;
    let by = person(actor)?;
    let work = app.store().begin(now).await?;
    let record = record(&work, &scope, id).await?;
    let line = line(app)?;
    let attempt = under_way(&work, &record, by).await?;
    let extension = rows::find_extension(&work, by).await?;
    let extension = extension.ok_or_else(|| Refusal::new("extension-missing"))?;
    let last = rows::find_call_of_attempt(&work, attempt.id).await?;
    if last.is_some_and(|l| l.call.state != CallState::Ended) {
        return Err(Refusal::new("call-running").into());
    }
    // The unit of the callback decides, wherever the customer's own unit lies.
    let whole = Actor::system().scope(Permission::CustomersRead)?;
    let customer = customers::find_customer(&work, &whole, record.customer).await?;
    let customer = customer.ok_or(Error::NotFound)?;
    let reveal = Reveal::traced(attempt.id.0);
    let number = match field {
        "mobile" | "" => customer.mobile.as_ref().map(|m| m.reveal(reveal)),
        "phone" => customer.phone.as_ref().map(|p| p.reveal(reveal)),
        _ => return Err(Error::invalid("field", "unknown-code")),
    };
    let number = DialNumber::of(number.ok_or_else(|| Refusal::new("number-missing"))?);
    let new = NewCall {
        attempt: attempt.id,
        customer: record.customer,
        org: OrgId(record.org),
        caller: by,
        extension: &extension,
        external_id: None,
        is_dialled: true,
    };
    let call = rows::insert_call(&work, &new).await?;
    let detail = serde_json::json!({ "callback": id.0, "field": field });
    let entry = AuditEntry::new(actor, "call.requested", "call", call.0)
        .customer(record.customer.0)
        .purpose("callback");
    work.commit(entry.detail(detail)).await?;
    let asked = Dial {
        call,
        extension,
        number,
    };
    match line.dial(&asked).await {
        Ok(external) => named(app, now, call, external).await?,
        Err(error) => {
            failed(app, now, call, &error.0).await?;
            return Err(Refusal::with("telephony-failed", error.0).into());
        }
    }
    Ok(call)
}

async fn named(app: &App, now: Instant, call: CallId, external: Option<String>) -> Result<()> {
    let Some(external) = external else {
        return Ok(());
    };
    let event = crate::telephony::PhoneEvent {
        call: Some(call),
        external,
        event: Some(CallEvent::CallerRings),
        ..Default::default()
    };
    crate::telephony::hear(app, now, &event).await.map(|_| ())
}

/// The telephone system refused: the call ends, with what it said.
async fn failed(app: &App, now: Instant, id: CallId, why: &str) -> Result<()> {
    let work = app.store().begin(now).await?;
    let row = rows::find_call(&work, Some(id), "").await?;
    let Some(mut row) = row else {
        return Ok(());
    };
    if let Ok(call) = row.call.hear(CallEvent::Ended(CallEnd::Failed), now) {
        row.call = call;
        row.failure = Some(why.chars().take(FAILURE_MAX).collect());
        rows::save_call(&work, &row).await?;
    }
    let entry = AuditEntry::new(&Actor::system(), "call.failed", "call", id.0);
    Ok(work.commit(entry.customer(row.customer.0)).await?)
}

/// Longest words of the telephone system that are kept.
const FAILURE_MAX: usize = 300;

/// Hangs up the call under way.
///
/// # Errors
/// When none is under way, or the telephone system cannot do it.
pub async fn hang_up(app: &App, actor: &Actor, now: Instant, id: CallbackId) -> Result<()> {
    let scope = actor.scope(Permission::CallbacksMake)?;
    let by = person(actor)?;
    let record = record(app.store(), &scope, id).await?;
    let line = line(app)?;
    let attempt = under_way(app.store(), &record, by).await?;
    let last = rows::find_call_of_attempt(app.store(), attempt.id).await?;
    let running = last.filter(|l| l.call.state != CallState::Ended);
    let running = running.ok_or_else(|| Refusal::new("call-none"))?;
    let work = app.store().begin(now).await?;
    let entry = AuditEntry::new(actor, "call.hung_up", "call", running.id.0);
    work.commit(entry.customer(running.customer.0)).await?;
    let ended = line
        .hang_up(running.id, running.external_id.as_deref())
        .await;
    ended.map_err(|e| Refusal::with("telephony-failed", e.0).into())
}
