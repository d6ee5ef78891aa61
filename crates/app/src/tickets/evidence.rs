//! Evidence: a recording, a signed questionnaire, any other document.

use crate::recordings::{Upload, attach, store_file};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::ids::{RecordingId, TicketId};
use domain::tickets::EvidenceKind;
use domain::time::Instant;
use store::AuditEntry;
use store::recordings::RecordingOwner;
use store::tickets::{self as rows, NewTicketEntry};

/// Adds evidence to a ticket.
///
/// # Errors
/// When the actor may not, or the file is not taken.
pub async fn add_evidence(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: TicketId,
    kind: EvidenceKind,
    upload: Upload,
) -> Result<RecordingId> {
    let scope = actor.scope(Permission::TicketsHandle)?;
    let ticket = rows::find_ticket(app.store(), &scope, id)
        .await?
        .ok_or(Error::NotFound)?;
    if ticket.state.is_final() {
        return Err(crate::Refusal::with("ticket-wrong-state", ticket.state.as_str()).into());
    }
    let stored = store_file(app, now, &upload).await?;
    let work = app.store().begin(now).await?;
    let owner = RecordingOwner {
        kind: "ticket",
        id: id.0,
        customer: ticket.customer_id,
        org: ticket.org_id,
    };
    let recording = attach(&work, actor, owner, kind, &stored).await?;
    let entry = NewTicketEntry {
        actor: &actor.name,
        unit: actor.org_id,
        step: "evidence",
        from: ticket.state.as_str(),
        to: ticket.state.as_str(),
        note: Some(&stored.file_name),
    };
    rows::insert_ticket_entry(&work, id, &entry).await?;
    let detail = serde_json::json!({ "sha256": stored.sha256, "kind": kind.as_str() });
    let entry = AuditEntry::new(actor, "ticket.evidence_added", "ticket", id.0);
    work.commit(entry.customer(ticket.customer_id.0).detail(detail))
        .await?;
    Ok(recording)
}
