//! What is done with the paper itself: scanned, asked for when it is late, taken code after code.

use super::step::{StepForm, decision_view, take_step};
use super::write::place_of;
use crate::recordings::{Upload, attach, store_file};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::ids::{LetterId, RecordingId};
use domain::letters::{LetterKind, LetterState};
use domain::tickets::EvidenceKind;
use domain::time::{self, Instant};
use store::AuditEntry;
use store::letters::{self as rows, LetterRow, NewLetterEntry};
use store::recordings::RecordingOwner;

/// Keeps a scan of a signed paper.
///
/// # Errors
/// When the actor may not, the letter is not in sight, or the file is not taken.
pub async fn add_scan(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: LetterId,
    upload: Upload,
) -> Result<RecordingId> {
    let scope = actor.scope(Permission::LettersHandle)?;
    let letter = rows::find_letter(app.store(), &scope, id)
        .await?
        .ok_or(Error::NotFound)?;
    let stored = store_file(app, now, &upload).await?;
    let work = app.store().begin(now).await?;
    let owner = RecordingOwner {
        kind: "letter",
        id: letter.id.0,
        customer: letter.customer_id,
        org: letter.org_id,
    };
    let scan = attach(&work, actor, owner, EvidenceKind::Document, &stored).await?;
    let detail = serde_json::json!({ "sha256": stored.sha256, "size": stored.size, "letter": letter.number });
    let entry = AuditEntry::new(actor, "letter.scanned", "recording", scan.0);
    work.commit(entry.customer(letter.customer_id.0).detail(detail))
        .await?;
    Ok(scan)
}

/// Notes that the salesperson and the unit were reminded of a copy that is late.
///
/// # Errors
/// When the actor may not, or the letter is not late.
pub async fn remind(app: &App, actor: &Actor, now: Instant, id: LetterId) -> Result<()> {
    let scope = actor.scope(Permission::LettersHandle)?;
    let work = app.store().begin(now).await?;
    let letter = rows::find_letter(&work, &scope, id)
        .await?
        .ok_or(Error::NotFound)?;
    let today = time::date_in_china(now);
    if !decision_view(app, &work, &letter).await?.is_overdue(today) {
        return Err(Refusal::new("letter-not-due").into());
    }
    rows::note_reminder(&work, id, letter.version).await?;
    let entry = NewLetterEntry {
        letter: id,
        actor: &actor.name,
        place: &place_of(&work, actor).await?,
        step: "remind",
        from: Some(letter.state),
        to: letter.state,
        day: Some(today),
        note: letter.agent_name.as_deref(),
    };
    rows::insert_letter_entry(&work, &entry).await?;
    let entry = AuditEntry::new(actor, "letter.reminded", "letter", id.0);
    Ok(work.commit(entry.customer(letter.customer_id.0)).await?)
}

/// What happened to a code at a desk.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The letter.
    pub letter: LetterRow,
    /// Where it stands now.
    pub state: LetterState,
}

/// Takes the same step with one letter after the other, by the code that a scanner reads. A copy that
/// comes back is delivered and signed by then: what was not written down before is, with the day that
/// is given for it.
///
/// # Errors
/// When the actor may not, there is no such letter in sight, or the step does not fit.
pub async fn work_at_desk(
    app: &App,
    actor: &Actor,
    now: Instant,
    code: &str,
    form: &StepForm,
    signed_on: &str,
) -> Result<Desk> {
    let number = domain::numbers::Number::parse(code.rsplit('/').next().unwrap_or(code));
    let number = number
        .ok_or_else(|| Error::invalid("code", "no-letter"))?
        .to_string();
    let scope = actor.scope(form.permission())?;
    let find = || rows::find_letter_by_number(app.store(), &scope, &number);
    let mut letter = find()
        .await?
        .ok_or_else(|| Error::invalid("code", "no-letter"))?;
    if form.step == "return" && letter.kind == LetterKind::Combined && !signed_on.trim().is_empty()
    {
        for step in ["deliver", "sign"] {
            let due = match step {
                "deliver" => letter.state == LetterState::Printed,
                _ => letter.state == LetterState::Delivered,
            };
            if due {
                let form = StepForm {
                    step: step.to_owned(),
                    day: signed_on.to_owned(),
                    ..StepForm::default()
                };
                take_step(app, actor, now, letter.id, &form).await?;
                letter = find().await?.ok_or(Error::NotFound)?;
            }
        }
    }
    let state = take_step(app, actor, now, letter.id, form).await?;
    Ok(Desk { letter, state })
}
