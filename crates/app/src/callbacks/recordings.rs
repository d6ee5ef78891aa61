//! Recordings of attempts and signed records of letters and visits.

use super::attempt::under_way;
use super::record;
use crate::recordings::{Upload, attach, store_file};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::ids::{CallbackId, RecordingId};
use domain::tickets::EvidenceKind;
use domain::time::Instant;
use store::AuditEntry;
use store::recordings::{NewRecording, RecordingOwner};

/// Longest link.
const LINK_MAX: usize = 1_000;

/// Adds a recording to the attempt under way, or a signed record to a callback out by letter or
/// visit.
///
/// # Errors
/// When it is not the actor's, the kind of file is not taken, or it is empty or too large.
pub async fn add_upload(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CallbackId,
    kind: EvidenceKind,
    upload: Upload,
) -> Result<RecordingId> {
    let (scope, owner) = owner_of(app, actor, id, kind).await?;
    let stored = store_file(app, now, &upload).await?;
    let work = app.store().begin(now).await?;
    let _ = record(&work, &scope, id).await?;
    let recording = attach(&work, actor, owner, kind, &stored).await?;
    let detail =
        serde_json::json!({ "sha256": stored.sha256, "size": stored.size, "kind": kind.as_str() });
    let entry = AuditEntry::new(actor, "recording.added", "recording", recording.0);
    work.commit(entry.customer(owner.customer.0).detail(detail))
        .await?;
    Ok(recording)
}

/// Adds a recording that another system keeps, by its link.
///
/// # Errors
/// When it is not the actor's, or the link is none.
pub async fn add_link(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CallbackId,
    link: &str,
) -> Result<RecordingId> {
    let kind = EvidenceKind::Recording;
    let (scope, owner) = owner_of(app, actor, id, kind).await?;
    let link = link.trim();
    let good = (link.starts_with("https://") || link.starts_with("http://"))
        && link.len() <= LINK_MAX
        && !link.contains(char::is_whitespace);
    if !good {
        return Err(Error::invalid("link", "link"));
    }
    let work = app.store().begin(now).await?;
    let _ = record(&work, &scope, id).await?;
    let new = NewRecording {
        owner,
        kind,
        file_name: link.rsplit('/').next().unwrap_or(link),
        content_type: "",
        size_bytes: None,
        sha256: None,
        location: link,
        is_link: true,
        added_by: &actor.name,
    };
    let recording = store::recordings::insert_recording(&work, &new).await?;
    let entry = AuditEntry::new(actor, "recording.linked", "recording", recording.0);
    work.commit(entry.customer(owner.customer.0)).await?;
    Ok(recording)
}

/// What a recording of a callback belongs to: the attempt under way, or the callback itself for
/// signed records of letters and visits.
async fn owner_of(
    app: &App,
    actor: &Actor,
    id: CallbackId,
    kind: EvidenceKind,
) -> Result<(Scope, RecordingOwner)> {
    let Some(by) = actor.user() else {
        return Err(crate::Refusal::new("person-needed").into());
    };
    let of_call = kind == EvidenceKind::Recording;
    let permission = if of_call {
        Permission::CallbacksMake
    } else {
        Permission::CallbacksDecide
    };
    let scope = actor.scope(permission)?;
    let record = record(app.store(), &scope, id).await?;
    let (kind, id) = if of_call {
        ("attempt", under_way(app.store(), &record, by).await?.id.0)
    } else {
        ("callback", record.id.0)
    };
    let owner = RecordingOwner {
        kind,
        id,
        customer: record.customer,
        org: record.org,
    };
    Ok((scope, owner))
}
