//! Working on a ticket, step by step.

use super::open::decision_view;
use crate::recordings::{Upload, attach, store_file};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::callbacks::Command;
use domain::customers::{Address, Mobile};
use domain::ids::{RecordingId, TicketId, UserId};
use domain::tickets::{EvidenceKind, Handler, ProblemType, Step, TicketState};
use domain::time::{self, Instant};
use store::callbacks::Saved;
use store::recordings::RecordingOwner;
use store::tickets::{self as rows, TicketChange, TicketRow};
use store::{AuditActor, AuditEntry, UnitOfWork};

/// Longest text of a step.
const TEXT_MAX: usize = 2_000;

/// A step, as it comes from the page or the API.
#[derive(Clone, Debug, Default)]
pub struct StepForm {
    /// `issue`, `accept`, `declare_special`, `give_feedback`, `judge_valid`, `judge_invalid`, `redo`,
    /// `correct_contact`, `contact_uncorrectable`, `close` or `transfer`.
    pub step: String,
    /// Id of the person, for issuing and transferring.
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
    let permission = match form.step.as_str() {
        "issue" | "transfer" => Permission::TicketsIssue,
        "judge_valid" | "judge_invalid" | "close" => Permission::TicketsVerify,
        _ => Permission::TicketsHandle,
    };
    let scope = actor.scope(permission)?;
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
    let view = decision_view(&ticket, evidence.iter().map(|e| e.kind).collect());
    let step = read_step(app, &work, &ticket, form, now).await?;
    let today = time::date_in_china(now);
    let transition = view.decide(&step, by, now, today)?;
    let text = Some(form.text.trim()).filter(|t| !t.is_empty());
    if matches!(step, Step::GiveFeedback) && text.is_none() {
        return Err(Error::invalid("text", "missing"));
    }
    let change = TicketChange {
        feedback: text
            .filter(|_| matches!(step, Step::GiveFeedback))
            .map(|t| (t, by)),
        judged_invalid: matches!(step, Step::JudgeInvalid),
        close_reason: text.filter(|_| transition.to.is_final()),
    };
    rows::save_ticket(&work, id, ticket.version, &transition, &change).await?;
    let (from, to) = (ticket.state.as_str(), transition.to.as_str());
    rows::insert_ticket_entry(&work, id, &actor.name, &form.step, from, to, text).await?;
    let others = move_callback(app, actor, &work, &ticket, &step, form).await?;
    let detail = serde_json::json!({ "step": form.step, "state": to });
    let entry = AuditEntry::new(actor, "ticket.moved", "ticket", id.0);
    let first = entry.customer(ticket.customer_id.0).detail(detail);
    work.commit(store::Audit::with(first, others)).await?;
    Ok(transition.to)
}

async fn read_step(
    app: &App,
    work: &UnitOfWork,
    ticket: &TicketRow,
    form: &StepForm,
    now: Instant,
) -> Result<Step> {
    let reason = form.text.trim().to_owned();
    Ok(match form.step.as_str() {
        "issue" => {
            let rules = app.rules();
            let days = rules.discharge(&ticket.programme)?.ticket_due_days;
            let due_on = rules.working_days_after(time::date_in_china(now), days);
            Step::Issue {
                to: handler(app, work, ticket, &form.handler).await?,
                due_on,
            }
        }
        "transfer" => Step::Transfer {
            to: handler(app, work, ticket, &form.handler).await?,
        },
        "accept" => Step::Accept,
        "declare_special" => {
            let until = form
                .until
                .trim()
                .parse()
                .map_err(|_| Error::invalid("until", "date"))?;
            Step::DeclareSpecial { until, reason }
        }
        "give_feedback" => Step::GiveFeedback,
        "judge_valid" => Step::JudgeValid,
        "judge_invalid" => Step::JudgeInvalid,
        "redo" => Step::Redo,
        "correct_contact" => Step::CorrectContact,
        "contact_uncorrectable" => Step::ContactUncorrectable { reason },
        "close" => Step::CloseWithReason { reason },
        _ => return Err(Error::invalid("step", "unknown-code")),
    })
}

/// The person that a ticket goes to: handles tickets, and sees the business.
async fn handler(app: &App, work: &UnitOfWork, ticket: &TicketRow, id: &str) -> Result<Handler> {
    let rights = app.rights();
    let unknown = || Error::invalid("handler", "unknown-user");
    let id = uuid::Uuid::try_parse(id).map_err(|_| unknown())?;
    let user = store::access::find_user(work, UserId(id)).await?;
    let user = user
        .filter(|u| u.active && u.org_path.contains(&ticket.org_path))
        .filter(|u| rights.grants(&u.roles, Permission::TicketsHandle))
        .ok_or_else(unknown)?;
    Ok(Handler {
        user: user.id,
        org: user.org_id,
        agent: user.agent,
    })
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
            if ticket.state == TicketState::Verified || ticket.item.is_some() =>
        {
            Command::TicketResolved
        }
        _ => return Ok(Vec::new()),
    };
    let whole = Actor::system().scope(Permission::CallbacksRead)?;
    let record = crate::callbacks::record(work, &whole, ticket.callback_id).await?;
    let mut audit = Vec::new();
    if matches!(step, Step::CorrectContact) {
        audit.push(correct_contact(work, actor, ticket, form).await?);
    }
    if matches!(command, Command::TicketResolved) && others_open(work, ticket).await? {
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
        let problem = ProblemType::NotReached;
        audit.push(super::open_ticket(work, actor, &record, problem, None, None).await?);
    }
    let detail = serde_json::json!({ "state": to, "ticket": ticket.number });
    let entry = AuditEntry::new(actor, "callback.moved", "callback", record.id.0);
    audit.push(entry.customer(record.customer.0).detail(detail));
    Ok(audit)
}

/// Whether another problem of the same callback still waits for its feedback to be judged.
async fn others_open(work: &UnitOfWork, ticket: &TicketRow) -> Result<bool> {
    let whole = Actor::system().scope(Permission::TicketsRead)?;
    let tickets = rows::list_tickets_of_callback(work, &whole, ticket.callback_id).await?;
    Ok(tickets.iter().any(|t| {
        t.id != ticket.id
            && !t.follows_callback()
            && !matches!(t.state, TicketState::Verified | TicketState::Closed)
    }))
}

/// Writes the corrected number or address to the customer, with the old one in the history.
async fn correct_contact(
    work: &UnitOfWork,
    actor: &Actor,
    ticket: &TicketRow,
    form: &StepForm,
) -> Result<AuditEntry> {
    let whole = Actor::system().scope(Permission::CustomersRead)?;
    let customer = store::customers::find_customer(work, &whole, ticket.customer_id).await?;
    let customer = customer.ok_or(Error::NotFound)?;
    let (id, version) = (customer.id, customer.version);
    let by = AuditActor::from(actor);
    let reason = format!("ticket {}", ticket.number);
    let detail = if ticket.problem == ProblemType::WrongAddress {
        let old = customer.mailing_address.as_ref();
        let new =
            Address::parse(&form.address).map_err(|_| Error::invalid("address", "missing"))?;
        if old == Some(&new) {
            return Err(Error::invalid("address", "same-address"));
        }
        store::customers::change_mailing_address(work, id, version, old, &new, &by, &reason)
            .await?;
        serde_json::json!({ "mailing_address": [old.map(ToString::to_string), new.to_string()] })
    } else {
        let old = customer.mobile.as_ref();
        let new = Mobile::parse(&form.mobile).map_err(|_| Error::invalid("mobile", "mobile"))?;
        if old == Some(&new) {
            return Err(Error::invalid("mobile", "same-number"));
        }
        store::customers::change_mobile(work, id, version, old, &new, &by, &reason).await?;
        serde_json::json!({ "mobile": [old.map(ToString::to_string), new.to_string()] })
    };
    let entry = AuditEntry::new(actor, "customer.contact_corrected", "customer", id.0);
    Ok(entry.customer(id.0).detail(detail))
}

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
    rows::insert_ticket_entry(
        &work,
        id,
        &actor.name,
        "evidence",
        ticket.state.as_str(),
        ticket.state.as_str(),
        Some(&stored.file_name),
    )
    .await?;
    let detail = serde_json::json!({ "sha256": stored.sha256, "kind": kind.as_str() });
    let entry = AuditEntry::new(actor, "ticket.evidence_added", "ticket", id.0);
    work.commit(entry.customer(ticket.customer_id.0).detail(detail))
        .await?;
    Ok(recording)
}
