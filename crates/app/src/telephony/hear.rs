//! What the telephone system tells.

use crate::jobs::{Task, enqueue};
use crate::{App, Error, Result};
use domain::access::Actor;
use domain::ids::CallId;
use domain::telephony::{CallEnd, CallEvent, CallState, parse_extension};
use domain::time::Instant;
use store::telephony::{self as rows, CallRow, NewCall};
use store::{AuditEntry, StoreError, UnitOfWork};

/// Longest name that the telephone system may give to a call or a recording.
const NAME_MAX: usize = 500;
/// Times that an event is tried when others are written at the same moment.
const TRIES: usize = 5;

/// An event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhoneEvent {
    /// The call, when it was asked for here.
    pub call: Option<CallId>,
    /// What the telephone system calls it.
    pub external: String,
    /// The extension, for calls that were dialled on the telephone.
    pub extension: String,
    /// What happened; nothing when only a recording is told of.
    pub event: Option<CallEvent>,
    /// Name or address of the recording, once there is one.
    pub recording: Option<String>,
    /// The recording is complete and may be fetched.
    pub is_recorded: bool,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It was noted.
    Noted(CallId),
    /// It told nothing new.
    Stale,
    /// It belongs to no callback.
    Unknown,
}

/// Takes an event in. A call that was dialled on the telephone belongs to the attempt that is under way at
/// that extension.
///
/// # Errors
/// When a name is too long, or the store fails.
pub async fn hear(app: &App, now: Instant, event: &PhoneEvent) -> Result<Heard> {
    let longest = event
        .external
        .len()
        .max(event.recording.as_deref().map_or(0, str::len));
    if longest > NAME_MAX {
        return Err(Error::invalid("call", "too-long"));
    }
    let mut tries = 0;
    loop {
        tries += 1;
        match note(app, now, event).await {
            // Two events of a call came at once: the other was first.
            Err(Error::Conflict) if tries < TRIES => {}
            other => return other,
        }
    }
}

async fn note(app: &App, now: Instant, event: &PhoneEvent) -> Result<Heard> {
    let work = app.store().begin(now).await?;
    let Some(mut row) = find_or_begin(&work, event).await? else {
        work.roll_back().await?;
        return Ok(Heard::Unknown);
    };
    let mut is_news = false;
    if let Some(happened) = event.event
        && let Ok(call) = row.call.hear(happened, now)
    {
        row.call = call;
        is_news = true;
    }
    if event.recording.is_some() && row.recording_name.is_none() {
        row.recording_name.clone_from(&event.recording);
        is_news = true;
    }
    if row.external_id.is_none() && !event.external.is_empty() {
        row.external_id = Some(event.external.clone());
    }
    let fetches = event.is_recorded && row.recording.is_none() && row.recording_name.is_some();
    if !is_news && !fetches {
        work.roll_back().await?;
        return Ok(Heard::Stale);
    }
    rows::save_call(&work, &row).await?;
    if fetches {
        let task = Task::CallRecording { call: row.id.0 };
        enqueue(&work, &Actor::system(), now, &task).await?;
    }
    let entry = AuditEntry::new(&Actor::system(), "call.heard", "call", row.id.0);
    let end = row.call.end.map(CallEnd::as_str);
    let detail =
        serde_json::json!({ "state": row.call.state.as_str(), "end": end, "recorded": fetches });
    work.commit(entry.customer(row.customer.0).detail(detail))
        .await?;
    Ok(Heard::Noted(row.id))
}

async fn find_or_begin(work: &UnitOfWork, event: &PhoneEvent) -> Result<Option<CallRow>> {
    if let Some(row) = rows::find_call(work, event.call, &event.external).await? {
        return Ok(Some(row));
    }
    let begins = event
        .event
        .is_some_and(|e| !matches!(e, CallEvent::Ended(_)));
    let extension = parse_extension(&event.extension);
    let (Some(extension), true) = (extension, begins && !event.external.is_empty()) else {
        return Ok(None);
    };
    let under_way = rows::find_attempt_of_extension(work, &extension).await?;
    let Some((attempt, customer, org, caller)) = under_way else {
        return Ok(None);
    };
    // A call that was asked for here and is not called anything there yet is this one.
    let last = rows::find_call_of_attempt(work, attempt).await?;
    let waiting = last
        .filter(|l| l.is_dialled && l.external_id.is_none() && l.call.state != CallState::Ended);
    if let Some(waiting) = waiting {
        return Ok(Some(waiting));
    }
    let new = NewCall {
        attempt,
        customer,
        org,
        caller,
        extension: &extension,
        external_id: Some(&event.external),
        is_dialled: false,
    };
    match rows::insert_call(work, &new).await {
        Err(StoreError::Constraint(_)) => Err(Error::Conflict),
        Err(error) => Err(error.into()),
        Ok(id) => Ok(rows::find_call(work, Some(id), "").await?),
    }
}
