//! The respondent's signature: drawn on the screen, or on paper that was photographed. From then on
//! the form stays as it is; corrections are notes.

use super::person;
use crate::recordings::{StoredFile, Upload, attach, store_drawing, store_file};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::ids::VisitId;
use domain::tickets::EvidenceKind;
use domain::time::Instant;
use domain::visits::{Signature, SignatureWay, VisitState, VisitStep};
use sha2::{Digest as _, Sha256};
use store::recordings::RecordingOwner;
use store::visits::{self as rows, VisitChange, VisitRow};
use store::{AuditEntry, Reads};

/// Takes a signature that was drawn on the screen.
///
/// # Errors
/// When it is another's visit, nothing was drawn, or the form is not complete.
pub async fn sign_on_screen(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: VisitId,
    strokes: &str,
) -> Result<VisitState> {
    let signature = Signature::parse(strokes)?;
    let visit = signable(app.store(), actor, now, id).await?;
    let name = format!("{}-签名.svg", visit.number);
    let file = store_drawing(app, now, name, &signature.svg()).await?;
    sign(app, actor, now, id, SignatureWay::Screen, &file).await
}

/// Takes a photograph or scan of the signed form.
///
/// # Errors
/// When it is another's visit, the file is not taken, or the form is not complete.
pub async fn sign_on_paper(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: VisitId,
    upload: &Upload,
) -> Result<VisitState> {
    signable(app.store(), actor, now, id).await?;
    let file = store_file(app, now, upload).await?;
    if file.content_type.starts_with("audio") {
        return Err(Error::invalid("file", "file-type"));
    }
    sign(app, actor, now, id, SignatureWay::Scan, &file).await
}

/// The visit, if it can be signed now. Nothing is stored for one that cannot.
async fn signable(db: &impl Reads, actor: &Actor, now: Instant, id: VisitId) -> Result<VisitRow> {
    let scope = actor.scope(Permission::VisitsMake)?;
    let visit = rows::find_visit(db, &scope, id).await?;
    let visit = visit.ok_or(Error::NotFound)?;
    visit
        .decision_view()
        .decide(&VisitStep::Sign, person(actor)?, now)?;
    Ok(visit)
}

async fn sign(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: VisitId,
    way: SignatureWay,
    file: &StoredFile,
) -> Result<VisitState> {
    let work = app.store().begin(now).await?;
    let visit = signable(&work, actor, now, id).await?;
    let kind = EvidenceKind::SignedVisitQuestionnaire;
    let recording = attach(&work, actor, owner(&visit), kind, file).await?;
    let digest = digest(&visit, &file.sha256);
    let change = VisitChange {
        signed: Some((way, recording, &digest)),
        ..VisitChange::default()
    };
    let state = VisitState::Signed;
    rows::save_visit(&work, id, visit.version, state, &change).await?;
    let moved = (Some(visit.state), state);
    rows::insert_visit_entry(&work, id, &actor.name, "sign", moved, None).await?;
    let detail = serde_json::json!({
        "way": way.as_str(), "signature": file.sha256, "form": digest,
    });
    let entry = AuditEntry::new(actor, "visit.signed", "visit", id.0);
    work.commit(entry.customer(visit.customer_id.0).detail(detail))
        .await?;
    Ok(state)
}

/// The signed record proves the callback or the ticket where there is one, and the visit otherwise.
fn owner(visit: &VisitRow) -> RecordingOwner {
    let (kind, id) = match (visit.ticket_id, visit.callback_id) {
        (Some(ticket), _) => ("ticket", ticket.0),
        (None, Some(callback)) => ("callback", callback.0),
        (None, None) => ("visit", visit.id.0),
    };
    RecordingOwner {
        kind,
        id,
        customer: visit.customer_id,
        org: visit.org_id,
    }
}

/// SHA-256 over the form and the signature under it: neither can be exchanged without the other.
fn digest(visit: &VisitRow, signature: &str) -> String {
    let mut hasher = Sha256::new();
    let parts = [
        visit.number.as_str(),
        visit.form.as_deref().unwrap_or_default(),
        signature,
    ];
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    if let Some(at) = visit.visited_at {
        hasher.update(at.timestamp_millis().to_be_bytes());
    }
    hex::encode(hasher.finalize())
}

/// Whether a signed form is as it was signed.
pub(super) fn is_as_signed(visit: &VisitRow, signature: Option<&str>) -> bool {
    let signed = signature.map(|s| digest(visit, s));
    signed.is_some() && signed == visit.form_digest
}
