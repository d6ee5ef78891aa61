//! Steps of a letter, one by one or code after code at a desk.

use super::apply::{enter, items_of, open_tickets};
use super::review::{ReviewForm, read_review, write_review};
use super::write::{place_of, reply_by};
use crate::callbacks::{Decision, follow_letter, record};
use crate::{App, Error, Refusal, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::ids::LetterId;
use domain::letters::{Command, Letter, LetterKind, LetterState, gaps};
use domain::questionnaires::Item;
use domain::time::{self, Instant};
use store::letters::{self as rows, LetterChange, LetterRow, NewLetterEntry};
use store::{Audit, AuditEntry, Reads, UnitOfWork};

/// Longest reason or remark.
const TEXT_MAX: usize = 500;
/// Longest number of a consignment.
const REFERENCE_MAX: usize = 60;

/// A step, as it comes from a page or the API.
#[derive(Clone, Debug, Default)]
pub struct StepForm {
    /// `send`, `deliver`, `sign`, `return`, `review`, `accept`, `reject`, `enter`, `undeliverable`,
    /// `reply_affirmed`, `reply_negative`, `no_reply` or `void`.
    pub step: String,
    /// The day on the paper; today when empty.
    pub day: String,
    /// Reason or remark.
    pub text: String,
    /// Number of the consignment, for sending.
    pub reference: String,
    /// What a review found.
    pub review: ReviewForm,
    /// The version of the letter that the person saw; not looked at when missing.
    pub version: Option<i64>,
}

impl StepForm {
    fn command(&self, today: NaiveDate) -> Result<(Command, NaiveDate)> {
        let day = match self.day.trim() {
            "" => today,
            text => text.parse().map_err(|_| Error::invalid("day", "date"))?,
        };
        let reason = self.text.trim().to_owned();
        let command = match self.step.as_str() {
            "send" => Command::Send(day),
            "deliver" => Command::Deliver(day),
            "sign" => Command::Sign(day),
            "return" => Command::Return(day),
            "review" => Command::Review,
            "accept" => Command::Accept,
            "reject" => Command::Reject { reason },
            "enter" => Command::Enter,
            "undeliverable" => Command::Undeliverable,
            "reply_affirmed" => Command::ReplyAffirmed(day),
            "reply_negative" => Command::ReplyNegative(day),
            "no_reply" => Command::NoReply,
            "void" => Command::Void { reason },
            _ => return Err(Error::invalid("step", "unknown-code")),
        };
        Ok((command, day))
    }

    pub(super) fn permission(&self) -> Permission {
        match self.step.as_str() {
            "review" | "accept" | "reject" | "enter" => Permission::LettersReview,
            _ => Permission::LettersHandle,
        }
    }
}

/// Steps that somebody may take now, the usual one first.
pub fn possible_steps(actor: &Actor, letter: &LetterRow) -> Vec<&'static str> {
    use LetterKind::{Combined, Fallback};
    use LetterState as S;
    let steps: &[&'static str] = match (letter.kind, letter.state) {
        (Combined, S::Printed) => &["deliver", "void"],
        (Combined, S::Delivered) => &["sign", "void"],
        (Combined, S::Signed) => &["return", "void"],
        (Combined, S::Returned) => &["review"],
        (Combined, S::Reviewed) => &["accept", "reject", "review"],
        (Combined, S::Accepted) => &["enter"],
        (Fallback, S::Issued) => &["send", "void"],
        (Fallback, S::Sent) => &[
            "deliver",
            "reply_affirmed",
            "reply_negative",
            "undeliverable",
            "no_reply",
        ],
        (Fallback, S::Delivered) => &[
            "reply_affirmed",
            "reply_negative",
            "undeliverable",
            "no_reply",
        ],
        _ => &[],
    };
    let may = |step: &&&str| {
        let form = StepForm {
            step: (**step).to_owned(),
            ..StepForm::default()
        };
        actor.may(form.permission())
    };
    steps.iter().filter(may).copied().collect()
}

/// A letter as decisions look at it.
pub(super) async fn decision_view(
    app: &App,
    db: &impl Reads,
    letter: &LetterRow,
) -> Result<Letter> {
    let whole = Actor::system().scope(Permission::LettersRead)?;
    let files = store::recordings::list_recordings(db, &whole, &[letter.id.0]).await?;
    let found = match &letter.review {
        None => None,
        Some(text) => {
            let items = items_of(app, letter);
            let items: Vec<&Item> = items.iter().collect();
            Some(gaps(&read_review(text)?, &items))
        }
    };
    Ok(Letter {
        kind: letter.kind,
        state: letter.state,
        issued_on: letter.issued_on,
        due_on: letter.due_on,
        sent_on: letter.sent_on,
        delivered_on: letter.delivered_on,
        signed_on: letter.signed_on,
        has_scan: !files.is_empty(),
        gaps: found,
    })
}

/// Takes a step.
///
/// # Errors
/// When the actor may not, the step does not fit, or a field is wrong.
pub async fn take_step(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: LetterId,
    form: &StepForm,
) -> Result<LetterState> {
    if actor.user().is_none() {
        return Err(Refusal::new("person-needed").into());
    }
    let scope = actor.scope(form.permission())?;
    let work = app.store().begin(now).await?;
    let letter = rows::find_letter(&work, &scope, id)
        .await?
        .ok_or(Error::NotFound)?;
    if form.version.is_some_and(|seen| seen != letter.version) {
        return Err(Error::Conflict);
    }
    let (state, first, others) = carry_step(app, &work, actor, &letter, form).await?;
    work.commit(Audit::with(first, others)).await?;
    Ok(state)
}

/// Takes a step in a transaction; gives the entries to commit with.
pub(super) async fn carry_step(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    letter: &LetterRow,
    form: &StepForm,
) -> Result<(LetterState, AuditEntry, Vec<AuditEntry>)> {
    if form.text.chars().count() > TEXT_MAX {
        return Err(Error::invalid("text", "too-long"));
    }
    if form.reference.chars().count() > REFERENCE_MAX {
        return Err(Error::invalid("reference", "too-long"));
    }
    let today = time::date_in_china(work.now());
    let (command, day) = form.command(today)?;
    let to = decision_view(app, work, letter)
        .await?
        .decide(&command, today)?;
    if command == Command::Review {
        let (review, changes) = form.review.read()?;
        let changes = changes.write(work.next_id())?;
        let review = write_review(&review)?;
        rows::save_review(
            work,
            letter.id,
            letter.version,
            to,
            &review,
            changes.as_deref(),
        )
        .await?;
    } else {
        let change = change_of(app, &command, actor, today, form.reference.trim());
        rows::save_letter(work, letter.id, letter.version, to, &change).await?;
    }
    let note = Some(form.text.trim()).filter(|t| !t.is_empty());
    let entry = NewLetterEntry {
        letter: letter.id,
        actor: &actor.name,
        place: &place_of(work, actor).await?,
        step: &form.step,
        from: Some(letter.state),
        to,
        day: Some(day),
        note,
    };
    rows::insert_letter_entry(work, &entry).await?;
    let others = follow(app, work, actor, letter, (&command, today, note)).await?;
    let detail =
        serde_json::json!({ "number": letter.number, "step": form.step, "state": to.as_str() });
    let first = AuditEntry::new(actor, "letter.moved", "letter", letter.id.0);
    Ok((
        to,
        first.customer(letter.customer_id.0).detail(detail),
        others,
    ))
}

fn change_of<'c>(
    app: &App,
    command: &Command,
    actor: &'c Actor,
    today: NaiveDate,
    reference: &'c str,
) -> LetterChange<'c> {
    let none = LetterChange::default();
    match command {
        Command::Send(on) => LetterChange {
            sent: Some((*on, reference)),
            due_on: reply_by(app, *on),
            ..none
        },
        Command::Deliver(on) => LetterChange {
            delivered_on: Some(*on),
            ..none
        },
        Command::Sign(on) => LetterChange {
            signed_on: Some(*on),
            ..none
        },
        Command::Return(on) | Command::ReplyAffirmed(on) | Command::ReplyNegative(on) => {
            LetterChange {
                returned_on: Some(*on),
                ..none
            }
        }
        Command::Enter => LetterChange {
            entered: Some((today, actor.name.as_str())),
            ..none
        },
        Command::Reject { .. } => LetterChange {
            goes_back: true,
            ..none
        },
        _ => none,
    }
}

/// What a step means beyond the letter. The combined letter never completes the callback: phone comes
/// first, and the salesperson carried the paper (C-25).
async fn follow(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    letter: &LetterRow,
    (command, today, note): (&Command, NaiveDate, Option<&str>),
) -> Result<Vec<AuditEntry>> {
    let kind = match (letter.kind, command) {
        (LetterKind::Combined, Command::Accept) => {
            return open_tickets(app, work, actor, letter).await;
        }
        (LetterKind::Combined, Command::Enter) => return enter(work, actor, letter, today).await,
        (LetterKind::Combined, _) => return Ok(Vec::new()),
        (_, Command::ReplyAffirmed(_)) => "letter_affirmed",
        (_, Command::ReplyNegative(_)) => "letter_negative",
        (_, Command::Undeliverable | Command::NoReply | Command::Void { .. }) => "letter_failed",
        _ => return Ok(Vec::new()),
    };
    let whole = Actor::system().scope(Permission::CallbacksRead)?;
    let record = record(work, &whole, letter.callback_id).await?;
    let decision = Decision {
        kind: kind.to_owned(),
        reason: note.unwrap_or_default().to_owned(),
        ..Decision::default()
    };
    let (_, decided, mut others) = follow_letter(app, work, actor, &record, &decision).await?;
    others.push(decided);
    Ok(others)
}
