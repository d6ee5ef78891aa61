//! Decisions outside a call: letters, visits, contact data, giving up.

use super::discharge::{complete, timing_of};
use super::record;
use crate::tickets::{close_followers, open_ticket};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::callbacks::{CallbackState, Cause, Command, ContactChannel};
use domain::ids::CallbackId;
use domain::tickets::ProblemType;
use domain::time::{self, Instant};
use store::AuditEntry;
use store::callbacks::{self as rows, Saved};

/// A decision, as it comes from the page or the API.
#[derive(Clone, Debug, Default)]
pub struct Decision {
    /// `send_letter`, `letter_affirmed`, `letter_negative`, `letter_failed`, `cannot_correct`,
    /// `give_up` or `cancel`. Visits are planned and ended by their own records.
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
}

/// Decides how a callback goes on.
///
/// # Errors
/// When the actor may not, the decision does not fit, or evidence or a reason is missing.
pub async fn decide(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CallbackId,
    decision: &Decision,
) -> Result<CallbackState> {
    let scope = actor.scope(Permission::CallbacksDecide)?;
    let Some(by) = actor.user() else {
        return Err(crate::Refusal::new("person-needed").into());
    };
    let command = decision.command()?;
    let work = app.store().begin(now).await?;
    let record = record(&work, &scope, id).await?;
    if matches!(command, Command::LetterAffirmed | Command::LetterNegative) {
        demand_signed_record(&work, &scope, &record).await?;
    }
    let reason = Some(decision.reason.trim()).filter(|r| !r.is_empty());
    let decided = Decided {
        command: &command,
        kind: &decision.kind,
        reason,
        channel: ContactChannel::Letter,
        problem: ProblemType::RightsUnclear,
    };
    let (to, mut audit) = carry_out(app, &work, actor, by, &record, &decided).await?;
    let first = audit.remove(0);
    work.commit(store::Audit::with(first, audit)).await?;
    Ok(to)
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
    work: &store::UnitOfWork,
    actor: &Actor,
    by: domain::ids::UserId,
    record: &store::callbacks::CallbackRecord,
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
    if change.opens_problems {
        audit.push(open_ticket(work, actor, record, decided.problem, None, reason).await?);
    }
    if change.opens_failed_case {
        audit.push(open_ticket(work, actor, record, ProblemType::NotReached, None, reason).await?);
    }
    if !change.to.is_open() || uncorrectable {
        audit.extend(close_followers(work, actor, record, decided.kind).await?);
    }
    Ok((change.to, audit))
}

/// A letter counts with its signed record only (Shandong measures, article 23).
async fn demand_signed_record(
    work: &store::UnitOfWork,
    scope: &domain::access::Scope,
    record: &store::callbacks::CallbackRecord,
) -> Result<()> {
    let files = store::recordings::list_recordings(work, scope, &[record.id.0]).await?;
    let signed = domain::tickets::EvidenceKind::SignedVisitQuestionnaire;
    if files.iter().any(|f| f.kind == signed) {
        return Ok(());
    }
    Err(crate::Refusal::new("signed-record-missing").into())
}
