//! The copy of everything held about a person: asked for, made, kept for a while and fetched.

mod archive;
mod classes;
mod content;
mod field;
mod merged;
mod messages;
mod relations;
mod risk;
mod service;

use super::request_steps::demand_second_person;
use super::requests::find;
use crate::jobs::{self, Task, enqueue};
use crate::{App, Error, Refusal, Result};
use archive::archive;
use chrono::Duration;
use content::tables;
use domain::access::{Actor, Permission};
use domain::customers::Reveal;
use domain::retention::{Outcome, RequestState};
use domain::time::{self, Instant};
use store::retention::RequestChange;
use store::{AuditActor, AuditEntry, retention as rows};
use uuid::Uuid;

/// How long a copy can be fetched.
const COPY_LIFE: Duration = Duration::days(7);

/// Queues the making of the copy that a granted request needs.
///
/// # Errors
/// [`Error::Refused`] when the request was not granted or needs no copy.
pub async fn start_copy(app: &App, actor: &Actor, now: Instant, number: &str) -> Result<Uuid> {
    let scope = actor.scope(Permission::DataRequestsHandle)?;
    let row = find(app, &scope, number).await?;
    let granted = row.request.outcome.is_some_and(|o| o != Outcome::Refused)
        && row.request.state == RequestState::Decided;
    if !row.request.kind.needs_copy() || !granted {
        return Err(Refusal::new("data-request-wrong-state").into());
    }
    let work = app.store().begin(now).await?;
    let task = Task::CopyData {
        request: row.number.clone(),
    };
    let job = enqueue(&work, actor, now, &task).await?;
    let change = RequestChange {
        job: Some(job),
        ..RequestChange::default()
    };
    let state = row.request.state;
    rows::save_data_request(&work, &row, "make_copy", state, &actor.name, &change).await?;
    let entry = AuditEntry::new(actor, "data_request.copy_asked", "data_request", row.id)
        .customer(row.customer.0);
    work.commit(entry).await?;
    Ok(job)
}

/// Makes the copy of a request and keeps it; where it lies. That it was made is recorded before
/// anything is read in full.
///
/// # Errors
/// When the owner may not any more, or the store or the files fail.
pub(crate) async fn make_copy(
    app: &App,
    actor: &Actor,
    now: Instant,
    number: &str,
) -> Result<String> {
    let scope = actor.scope(Permission::DataRequestsHandle)?;
    let row = find(app, &scope, number).await?;
    let work = app.store().begin(now).await?;
    let trace = work.next_id();
    // It goes when its time is over, even if this dies before it is noted.
    let key = jobs::new_key(app, now, "copies", "zip");
    let discard = Task::DiscardFile { key: key.clone() };
    enqueue(&work, &Actor::system(), now + COPY_LIFE, &discard).await?;
    let entry = AuditEntry::new(actor, "data_request.copy_made", "data_request", row.id)
        .customer(row.customer.0)
        .detail(serde_json::json!({ "number": row.number, "trace": trace }));
    work.commit(entry).await?;
    let tables = tables(app, &scope, &row, Reveal::traced(trace)).await?;
    let bytes = archive(&row, now, &tables)?;
    crate::files::put(app, now, &key, &bytes).await?;
    let work = app.store().begin(now).await?;
    rows::note_copy(&work, row.id, Some(&key)).await?;
    let entry = AuditEntry::new(actor, "data_request.copy_kept", "data_request", row.id)
        .customer(row.customer.0);
    work.commit(entry).await?;
    Ok(key)
}

/// Opens the copy of a request for a stated purpose, which is recorded.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or its time is over; [`Error::Refused`] for who verified
/// the identity.
pub async fn open_copy(
    app: &App,
    actor: &Actor,
    now: Instant,
    number: &str,
    purpose: &str,
    note: &str,
) -> Result<(String, bytes::Bytes)> {
    let scope = actor.scope(Permission::DataRequestsHandle)?;
    let row = find(app, &scope, number).await?;
    let purpose = crate::customers::stated_purpose(purpose, note)?;
    demand_second_person(actor, &row)?;
    let key = row.copy_key.clone().ok_or(Error::NotFound)?;
    let bytes = crate::files::open(app, &key).await?.bytes().await?;
    let work = app.store().begin(now).await?;
    if let Some(org) = actor.org_id {
        let (owner, day) = (AuditActor::from(actor), time::date_in_china(now));
        let limit = app.rights().reveals_per_day(&actor.roles);
        store::exports::count_disclosure(&work, &owner, org, day, limit).await?;
    }
    let entry = AuditEntry::new(actor, "data_request.copy_fetched", "data_request", row.id)
        .customer(row.customer.0)
        .purpose(purpose.to_string());
    work.commit(entry).await?;
    Ok((format!("{}.zip", row.number), bytes))
}
