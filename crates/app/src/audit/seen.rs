//! Who looked at what: opening a record is an entry, opening it again soon is the same one.

use crate::{App, Result};
use chrono::Duration;
use domain::access::Actor;
use domain::time::Instant;
use store::AuditEntry;
use uuid::Uuid;

/// Opening the same record again within this time adds no entry: people go back and forth between
/// the pages of one case.
const AGAIN_AFTER: Duration = Duration::minutes(10);

/// Notes that somebody looks at a record, unless the same person did within the last minutes.
pub(crate) async fn seen(
    app: &App,
    actor: &Actor,
    now: Instant,
    (action, kind): (&'static str, &'static str),
    (subject, customer): (Uuid, Option<Uuid>),
) -> Result<()> {
    again(
        app,
        now,
        AuditEntry::new(actor, action, kind, subject).customer(customer),
    )
    .await
}

/// Writes an entry, unless the same actor did the same to the same record within the last minutes.
pub(crate) async fn again(app: &App, now: Instant, entry: AuditEntry) -> Result<()> {
    if store::audit::is_noted(app.store(), &entry, now - AGAIN_AFTER).await? {
        return Ok(());
    }
    let work = app.store().begin(now).await?;
    Ok(work.commit(entry).await?)
}
