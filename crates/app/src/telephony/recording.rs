//! Fetching the recording of a call: evidence like one that people add, with its hash.

use crate::recordings::{Upload, attach, store_file};
use crate::{App, Error, Result};
use domain::access::Actor;
use domain::ids::CallId;
use domain::tickets::EvidenceKind;
use domain::time::Instant;
use store::AuditEntry;
use store::recordings::RecordingOwner;
use store::telephony as rows;

/// Fetches a recording from the telephone system and attaches it to its attempt; again changes nothing.
///
/// # Errors
/// [`Error::Unavailable`] while the telephone system does not give it, so that it is tried again.
pub(crate) async fn fetch_recording(app: &App, now: Instant, id: CallId) -> Result<()> {
    let row = rows::find_call(app.store(), Some(id), "").await?;
    let row = row.ok_or(Error::NotFound)?;
    let Some(name) = row
        .recording_name
        .as_deref()
        .filter(|_| row.recording.is_none())
    else {
        return Ok(());
    };
    let line = app
        .telephony()
        .ok_or_else(|| Error::Unavailable("telephone: none is configured".into()))?;
    let recorded = line.fetch(name).await;
    let recorded = recorded.map_err(|e| Error::Unavailable(e.to_string()))?;
    let upload = Upload {
        file_name: recorded.file_name,
        bytes: recorded.bytes,
    };
    let stored = store_file(app, now, &upload).await?;
    let work = app.store().begin(now).await?;
    let owner = RecordingOwner {
        kind: "attempt",
        id: row.attempt.0,
        customer: row.customer,
        org: row.org.0,
    };
    let system = Actor::system();
    let recording = attach(&work, &system, owner, EvidenceKind::Recording, &stored).await?;
    let fetched = store::telephony::CallRow {
        recording: Some(recording),
        ..row.clone()
    };
    rows::save_call(&work, &fetched).await?;
    let detail =
        serde_json::json!({ "sha256": stored.sha256, "size": stored.size, "call": row.id.0 });
    let entry = AuditEntry::new(&system, "recording.fetched", "recording", recording.0);
    Ok(work
        .commit(entry.customer(row.customer.0).detail(detail))
        .await?)
}
