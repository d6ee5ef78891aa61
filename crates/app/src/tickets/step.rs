//! Working on a ticket, step by step.

use super::clock::{CaseRules, DueBasis};
use super::contact::correct_contact;
use super::give::{handler, with_rules};
use super::open::{Finding, decision_view};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::callbacks::Command;
use domain::ids::{CallbackId, OrgId, TicketId, UserId};
use domain::tickets::{ProblemType, Step, TicketState, Transition};
use domain::time::{self, Instant};
use store::callbacks::Saved;
use store::tickets::{
    self as rows, NewTicketEntry, TicketChange, TicketDates, TicketMark, TicketRow,
};
use store::{AuditEntry, UnitOfWork};

/// Longest text of a step.
const TEXT_MAX: usize = 2_000;

/// A step, as it comes from the page or the API.
#[derive(Clone, Debug, Default)]
pub struct StepForm {
    /// `issue`, `accept`, `declare_special`, `approve_special`, `refuse_special`, `give_feedback`,
    /// `judge_valid`, `judge_invalid`, `redo`, `correct_contact`, `contact_uncorrectable`, `close`,
    /// `transfer` or `remind`.
    pub step: String,
    /// Id of the person, for issuing and transferring; `by_rules` for whom the rules propose.
    pub handler: String,
    /// The new last day, for declarations.
    pub until: String,
    /// Feedback, reason or remark.
    pub text: String,
    /// The corrected mobile number, for cases of a wrong number.
    pub mobile: String,
    /// The corrected mailing address, for cases of a wrong address.
    pub address: String,
    /// The version of the ticket that the person saw; not looked at when missing.
    pub version: Option<i64>,
}

/// The right that a step needs.
pub(super) fn permission_of(step: &str) -> Permission {
    match step {
        "issue" | "transfer" | "remind" => Permission::TicketsIssue,
        "judge_valid" | "judge_invalid" | "close" | "approve_special" | "refuse_special" => {
            Permission::TicketsVerify
        }
        _ => Permission::TicketsHandle,
    }
}

/// A step as it was read, with what the rules add to it.
struct Taken {
    step: Step,
    /// The unit of the new handler, when it lies below that of the ticket.
    unit: Option<OrgId>,
    dates: Option<(DueBasis, TicketDates<'static>)>,
    /// The rule under which a case is transferred.
    rule: Option<String>,
    transition: Transition,
}

/// Takes a step.
///
/// # Errors
/// When the actor may not, the step does not fit, or a field is wrong.
pub async fn take_step(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: TicketId,
    form: &StepForm,
) -> Result<TicketState> {
    let scope = actor.scope(permission_of(&form.step))?;
    let Some(by) = actor.user() else {
        return Err(crate::Refusal::new("person-needed").into());
    };
    if form.text.chars().count() > TEXT_MAX {
        return Err(Error::invalid("text", "too-long"));
    }
    let work = app.store().begin(now).await?;
    let ticket = rows::find_ticket(&work, &scope, id)
        .await?
        .ok_or(Error::NotFound)?;
    if form.version.is_some_and(|seen| seen != ticket.version) {
        return Err(Error::Conflict);
    }
    let evidence = store::recordings::list_recordings(&work, &scope, &[id.0]).await?;
    let evidence = evidence.iter().map(|e| e.kind).collect();
    let taken = decide(app, &work, by, &ticket, form, evidence).await?;
    let text = Some(form.text.trim()).filter(|t| !t.is_empty());
    if matches!(taken.step, Step::GiveFeedback) && text.is_none() {
        return Err(Error::invalid("text", "missing"));
    }
    save(&work, by, &ticket, &taken, text).await?;
    let note = match (&taken.rule, text) {
        (Some(rule), text) => Some(format!("{rule} {}", text.unwrap_or_default())),
        (None, text) => text.map(str::to_owned),
    };
    let (from, to) = (ticket.state.as_str(), taken.transition.to.as_str());
    let entry = NewTicketEntry {
        actor: &actor.name,
        unit: actor.org_id,
        step: &form.step,
        from,
        to,
        note: note.as_deref(),
    };
    rows::insert_ticket_entry(&work, id, &entry).await?;
    let others = move_callback(app, actor, &work, &ticket, &taken.step, form).await?;
    let detail = serde_json::json!({ "step": form.step, "state": to });
    let entry = AuditEntry::new(actor, "ticket.moved", "ticket", id.0);
    let first = entry.customer(ticket.customer_id.0).detail(detail);
    work.commit(store::Audit::with(first, others)).await?;
    Ok(taken.transition.to)
}

/// Reads the step, asks the rules where they have a say, and decides.
async fn decide(
    app: &App,
    work: &UnitOfWork,
    by: UserId,
    ticket: &TicketRow,
    form: &StepForm,
    evidence: Vec<domain::tickets::EvidenceKind>,
) -> Result<Taken> {
    let now = work.now();
    let today = time::date_in_china(now);
    let rules = app.rules();
    let case = rows::find_case_of_ticket(work, ticket).await?;
    let case_rules = CaseRules::of(&rules, &case, ticket);
    let view = with_rules(decision_view(ticket, evidence), &case_rules, today);
    let reason = form.text.trim().to_owned();
    let (mut unit, mut dates, mut rule) = (None, None, None);
    let step = match form.step.as_str() {
        name @ ("issue" | "transfer") => {
            let (to, path) = handler(app, work, &case, ticket, &form.handler, today).await?;
            let below = path != ticket.org_path && ticket.org_path.contains(&path);
            unit = below.then_some(to.org);
            if name == "transfer" {
                rule = case_rules.transfer_rule(today);
                Step::Transfer { to }
            } else {
                let company = case_rules.company(today)?;
                let due_on = company.until;
                if ticket.due_on.is_none() {
                    dates = Some(dates_of(&case_rules, ticket, company));
                }
                Step::Issue { to, due_on }
            }
        }
        "declare_special" => {
            let until = form.until.trim().parse();
            let until = until.map_err(|_| Error::invalid("until", "date"))?;
            Step::DeclareSpecial { until, reason }
        }
        "approve_special" => {
            let later = ticket.declared.map(|d| TicketDates {
                warn_on: Some(case_rules.warn_on(d.until)),
                ..TicketDates::default()
            });
            dates = later.map(|d| (DueBasis::read(ticket.due_basis.as_deref()), d));
            Step::ApproveSpecial
        }
        other => plain_step(other, reason)?,
    };
    let transition = view.decide(&step, by, now, today)?;
    Ok(Taken {
        step,
        unit,
        dates,
        rule,
        transition,
    })
}

/// The dates of a case that is issued for the first time, with how they came about.
fn dates_of(
    rules: &CaseRules<'_>,
    ticket: &TicketRow,
    company: super::clock::Period,
) -> (DueBasis, TicketDates<'static>) {
    let listed = rules.listed(company.from);
    let dates = TicketDates {
        warn_on: Some(rules.warn_on(company.until)),
        listed_after: listed.as_ref().map(|l| l.until),
        basis: None,
    };
    let basis = DueBasis {
        company: Some(company),
        listed,
        ..DueBasis::read(ticket.due_basis.as_deref())
    };
    (basis, dates)
}

fn plain_step(name: &str, reason: String) -> Result<Step> {
    Ok(match name {
        "accept" => Step::Accept,
        "refuse_special" => Step::RefuseSpecial { reason },
        "give_feedback" => Step::GiveFeedback,
        "judge_valid" => Step::JudgeValid,
        "judge_invalid" => Step::JudgeInvalid { reason },
        "redo" => Step::Redo,
        "correct_contact" => Step::CorrectContact,
        "contact_uncorrectable" => Step::ContactUncorrectable { reason },
        "close" => Step::CloseWithReason { reason },
        "remind" => Step::Remind,
        _ => return Err(Error::invalid("step", "unknown-code")),
    })
}

async fn save(
    work: &UnitOfWork,
    by: UserId,
    ticket: &TicketRow,
    taken: &Taken,
    text: Option<&str>,
) -> Result<()> {
    let (step, transition) = (&taken.step, &taken.transition);
    let basis = taken.dates.as_ref().map(|(basis, _)| basis.write());
    let dates = taken.dates.as_ref().map(|(_, dates)| TicketDates {
        basis: basis.as_deref(),
        ..*dates
    });
    let change = TicketChange {
        feedback: text
            .filter(|_| matches!(step, Step::GiveFeedback))
            .map(|t| (t, by)),
        close_reason: text.filter(|_| transition.to.is_final()),
        dates,
        unit: taken.unit,
        mark: match step {
            Step::JudgeInvalid { .. } => Some(TicketMark::JudgedInvalid),
            Step::DeclareSpecial { .. } => Some(TicketMark::Declared),
            Step::ApproveSpecial => Some(TicketMark::Extended),
            Step::Remind => Some(TicketMark::Reminded),
            _ => None,
        },
    };
    rows::save_ticket(work, ticket.id, ticket.version, transition, &change).await?;
    Ok(())
}

/// What a step means for the callback behind the ticket.
async fn move_callback(
    app: &App,
    actor: &Actor,
    work: &UnitOfWork,
    ticket: &TicketRow,
    step: &Step,
    form: &StepForm,
) -> Result<Vec<AuditEntry>> {
    let command = match step {
        Step::JudgeValid => Command::TicketResolved,
        // Contact data that an answer showed to be wrong is a problem like others: the second
        // callback confirms the correction.
        Step::CorrectContact | Step::ContactUncorrectable { .. } if ticket.item.is_some() => {
            Command::TicketResolved
        }
        Step::CorrectContact => Command::ContactCorrected,
        Step::ContactUncorrectable { reason } => Command::CannotCorrect {
            reason: reason.clone(),
        },
        Step::CloseWithReason { .. }
            if ticket.state.waits_for_recall() || ticket.item.is_some() =>
        {
            Command::TicketResolved
        }
        _ => return Ok(Vec::new()),
    };
    let mut audit = Vec::new();
    if matches!(step, Step::CorrectContact) {
        audit.push(correct_contact(work, actor, ticket, form).await?);
    }
    let Some(callback) = ticket.callback_id else {
        return Ok(audit);
    };
    let whole = Actor::system().scope(Permission::CallbacksRead)?;
    let record = crate::callbacks::record(work, &whole, callback).await?;
    if matches!(command, Command::TicketResolved) && others_open(work, ticket, callback).await? {
        return Ok(audit);
    }
    let rules = app.rules();
    let discharge = rules.discharge_of(record.pack, &record.programme)?;
    let by = actor.user().unwrap_or(UserId(uuid::Uuid::nil()));
    let today = time::date_in_china(work.now());
    let Ok(change) = record.callback.decide(&command, discharge, by, today) else {
        // The callback went on without this ticket, by a letter for instance.
        return Ok(audit);
    };
    let recall = matches!(command, Command::TicketResolved);
    let saved = Saved {
        is_recall: recall || record.callback.is_recall,
        contact_uncorrectable: matches!(command, Command::CannotCorrect { .. }),
        ..Saved::default()
    };
    store::callbacks::save_change(work, &record, &change, &saved).await?;
    let (from, to) = (record.callback.state.as_str(), change.to.as_str());
    store::callbacks::insert_entry(work, record.id, &actor.name, &form.step, from, to, None)
        .await?;
    if change.opens_failed_case {
        let found = Finding::from(ProblemType::NotReached);
        audit.push(super::open_ticket(work, actor, &rules, &record, found).await?);
    }
    let detail = serde_json::json!({ "state": to, "ticket": ticket.number });
    let entry = AuditEntry::new(actor, "callback.moved", "callback", record.id.0);
    audit.push(entry.customer(record.customer.0).detail(detail));
    Ok(audit)
}

/// Whether another problem of the same callback still waits for its feedback to be judged.
async fn others_open(work: &UnitOfWork, ticket: &TicketRow, callback: CallbackId) -> Result<bool> {
    let whole = Actor::system().scope(Permission::TicketsRead)?;
    let tickets = rows::list_tickets_of_callback(work, &whole, callback).await?;
    Ok(tickets.iter().any(|t| {
        t.id != ticket.id
            && !t.follows_callback()
            && !t.state.waits_for_recall()
            && !t.state.is_final()
    }))
}
