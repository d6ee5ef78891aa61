//! Decisions outside a call: contact data, giving up, and what letters and visits bring about.

use super::discharge::{complete, timing_of};
use super::record;
use crate::tickets::{Finding, close_followers, follow_branch, open_ticket};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::callbacks::{CallbackState, Cause, Command, ContactChannel};
use domain::ids::{CallbackId, UserId};
use domain::tickets::{ProblemType, Step};
use domain::time::{self, Instant};
use store::callbacks::{self as rows, CallbackRecord, Saved};
use store::{AuditEntry, UnitOfWork};

/// A decision, as it comes from the page or the API.
#[derive(Clone, Debug, Default)]
pub struct Decision {
    /// `cannot_correct`, `give_up` or `cancel`. Letters and visits have records of their own, and
    /// `send_letter`, `letter_affirmed`, `letter_negative` and `letter_failed` follow from the steps of
    /// a letter.
    pub kind: String,
    /// Why, and what was done.
    pub reason: String,
    /// Whose side the cause lies on, for giving up.
    pub cause: String,
}

impl Decision {
    fn command(&self) -> Result<Command> {
        let reason = self.reason.trim().to_owned();
        Ok(match self.kind.as_str() {
            "send_letter" => Command::SendLetter,
            "letter_affirmed" => Command::LetterAffirmed,
            "letter_negative" => Command::LetterNegative,
            "letter_failed" => Command::LetterFailed,
            "cannot_correct" => Command::CannotCorrect { reason },
            "give_up" => {
                let cause =
                    Cause::parse(&self.cause).map_err(|_| Error::invalid("cause", "missing"))?;
                Command::GiveUp {
                    cause,
                    circumstances: reason,
                }
            }
            "cancel" => Command::Cancel { reason },
            _ => return Err(Error::invalid("kind", "unknown-code")),
        })
    }

    /// Whether it follows from the steps of a letter.
    fn is_of_letter(&self) -> bool {
        self.kind == "send_letter" || self.kind.starts_with("letter_")
    }
}

/// Decides how a callback goes on.
///
/// # Errors
/// When the actor may not, the decision does not fit, or a reason is missing.
pub async fn decide(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CallbackId,
    decision: &Decision,
) -> Result<CallbackState> {
    let scope = actor.scope(Permission::CallbacksDecide)?;
    if actor.user().is_none() {
        return Err(crate::Refusal::new("person-needed").into());
    }
    decision.command()?;
    if decision.is_of_letter() {
        return Err(crate::Refusal::new("letter-needed").into());
    }
    let work = app.store().begin(now).await?;
    let record = record(&work, &scope, id).await?;
    let (state, first, others) = follow_letter(app, &work, actor, &record, decision).await?;
    work.commit(store::Audit::with(first, others)).await?;
    Ok(state)
}

/// Carries a decision out in the transaction of what it follows from: a decision of a person, or a
/// step of a letter. Gives the new state and the entries to commit with.
///
/// # Errors
/// When the decision does not fit.
pub(crate) async fn follow_letter(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    record: &CallbackRecord,
    decision: &Decision,
) -> Result<(CallbackState, AuditEntry, Vec<AuditEntry>)> {
    // The system itself ends a letter without an answer; it completes nothing.
    let by = actor.user().unwrap_or(UserId(uuid::Uuid::nil()));
    let decided = Decided {
        command: &decision.command()?,
        kind: &decision.kind,
        reason: Some(decision.reason.trim()).filter(|r| !r.is_empty()),
        channel: ContactChannel::Letter,
        problem: ProblemType::RightsUnclear,
    };
    let (state, mut audit) = carry_out(app, work, actor, by, record, &decided).await?;
    let first = audit.remove(0);
    Ok((state, first, audit))
}

/// What was decided about a callback outside a call.
pub(crate) struct Decided<'d> {
    /// The command.
    pub command: &'d Command,
    /// Its name in the history.
    pub kind: &'d str,
    /// Why.
    pub reason: Option<&'d str>,
    /// The channel on which it completes the callback.
    pub channel: ContactChannel,
    /// The type of problem that an objection is.
    pub problem: ProblemType,
}

/// Carries a decision out in a unit of work; the state after it, and what to record, at least one
/// entry.
pub(crate) async fn carry_out(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    by: UserId,
    record: &CallbackRecord,
    decided: &Decided<'_>,
) -> Result<(CallbackState, Vec<AuditEntry>)> {
    let (now, id, reason) = (work.now(), record.id, decided.reason);
    let rules = app.rules();
    let discharge = rules.discharge_of(record.pack, &record.programme)?;
    let today = time::date_in_china(now);
    let change = record
        .callback
        .decide(decided.command, discharge, by, today)?;
    let done = change.to == CallbackState::Completed;
    let timing = if done {
        timing_of(&rules, record, now)
    } else {
        None
    };
    let uncorrectable = matches!(decided.command, Command::CannotCorrect { .. });
    let saved = Saved {
        contact_uncorrectable: uncorrectable,
        is_recall: record.callback.is_recall,
        completed: done.then_some((by, decided.channel)),
        timing,
        end_reason: reason.filter(|_| !change.to.is_open()),
        ..Saved::default()
    };
    rows::save_change(work, record, &change, &saved).await?;
    let (from, to) = (record.callback.state.as_str(), change.to.as_str());
    rows::insert_entry(work, id, &actor.name, decided.kind, from, to, reason).await?;
    let detail = serde_json::json!({ "decision": decided.kind, "state": to });
    let entry = AuditEntry::new(actor, "callback.decided", "callback", id.0);
    let mut audit = vec![entry.customer(record.customer.0).detail(detail)];
    audit.extend(complete(work, actor, record, discharge, &change, timing).await?);
    let problems = [
        (change.opens_problems, decided.problem),
        (change.opens_failed_case, ProblemType::NotReached),
    ];
    for (_, problem) in problems.into_iter().filter(|(opens, _)| *opens) {
        let found = Finding {
            words: reason,
            ..problem.into()
        };
        audit.push(open_ticket(work, actor, &rules, record, found).await?);
    }
    if let Some(step) = followed(decided.command) {
        audit.extend(follow_branch(work, actor, record, &step).await?);
    }
    if !change.to.is_open() || uncorrectable {
        audit.extend(close_followers(work, actor, record, decided.kind).await?);
    }
    Ok((change.to, audit))
}

/// What a decision means for cases that go along with the callback.
fn followed(command: &Command) -> Option<Step> {
    match command {
        Command::SendLetter => Some(Step::LetterSent),
        Command::PlanVisit => Some(Step::VisitPlanned),
        _ => None,
    }
}
