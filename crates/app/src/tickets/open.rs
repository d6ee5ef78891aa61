//! Tickets that callbacks open, move and close.

use super::clock::{CaseRules, DueBasis};
use crate::Result;
use crate::rules::Rules;
use chrono::Datelike as _;
use domain::access::{Actor, Permission};
use domain::ids::{AgentId, CustomerId, PolicyId, TicketId, UserId};
use domain::numbers::NumberKind;
use domain::questionnaires::{Interview, Problem};
use domain::tickets::{CaseKind, EvidenceKind, ProblemType, Step, Ticket, TicketState, Transition};
use domain::time;
use store::callbacks::CallbackRecord;
use store::tickets::{
    self as rows, NewTicket, NewTicketEntry, TicketCase, TicketChange, TicketRow, TicketSource,
};
use store::{AuditEntry, UnitOfWork};
use uuid::Uuid;

/// What a callback found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finding<'f> {
    /// Type of problem.
    pub problem: ProblemType,
    /// The item of the questionnaire that raised it.
    pub item: Option<&'f str>,
    /// What was found, in words.
    pub words: Option<&'f str>,
}

impl From<ProblemType> for Finding<'_> {
    fn from(problem: ProblemType) -> Self {
        Self {
            problem,
            item: None,
            words: None,
        }
    }
}

/// What a ticket is about, whatever raises it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raised<'r> {
    /// What raises it.
    pub source: TicketSource,
    /// The customer.
    pub customer: CustomerId,
    /// The policy.
    pub policy: Option<PolicyId>,
    /// The unit.
    pub org: Uuid,
    /// Programme code; empty where no rule asked for the visit.
    pub programme: &'r str,
    /// The salesperson of the policy.
    pub salesperson: Option<AgentId>,
}

/// Opens a ticket for a callback.
pub(crate) async fn open_ticket(
    work: &UnitOfWork,
    actor: &Actor,
    rules: &Rules,
    record: &CallbackRecord,
    found: Finding<'_>,
) -> Result<AuditEntry> {
    let case = rows::find_case(work, record.id).await?;
    let raised = Raised {
        source: TicketSource::Callback(record.id),
        customer: record.customer,
        policy: record.policy,
        org: record.org,
        programme: &record.programme,
        salesperson: record.salesperson,
    };
    let (_, entry) = raise(work, actor, rules, &raised, &case, found).await?;
    Ok(entry)
}

/// Opens a ticket for what was found, wherever it was found.
pub(crate) async fn raise(
    work: &UnitOfWork,
    actor: &Actor,
    rules: &Rules,
    raised: &Raised<'_>,
    case: &TicketCase,
    found: Finding<'_>,
) -> Result<(TicketId, AuditEntry)> {
    let today = time::date_in_china(work.now());
    let number = store::obligations::take_number(work, NumberKind::Ticket, today.year())
        .await?
        .to_string();
    let problem = found.problem;
    let kind = problem.case_kind();
    let case_rules = CaseRules::new(rules, case, raised.programme, kind, problem);
    let law = case_rules.law(today);
    let basis = DueBasis {
        law: law.clone(),
        ..DueBasis::default()
    };
    let basis = basis.write();
    let cause = case.adjuster.or(case.salesperson);
    let new = NewTicket {
        number: &number,
        source: raised.source,
        customer: raised.customer,
        policy: raised.policy,
        org: raised.org,
        programme: raised.programme,
        kind,
        problem,
        item: found.item,
        finding: found.words,
        salesperson: raised.salesperson,
        opened_by: &actor.name,
        cause: cause.filter(|_| case_rules.cause_handles(today)),
        law: law.map(|period| (period.until, basis.as_str())),
    };
    let id = rows::insert_ticket(work, &new).await?;
    let entry = NewTicketEntry {
        actor: &actor.name,
        unit: actor.org_id,
        step: "open",
        from: "",
        to: TicketState::Open.as_str(),
        note: found.words,
    };
    rows::insert_ticket_entry(work, id, &entry).await?;
    let detail = serde_json::json!({ "number": number, "type": problem.as_str() });
    let entry = AuditEntry::new(actor, "ticket.opened", "ticket", id.0);
    Ok((id, entry.customer(raised.customer.0).detail(detail)))
}

/// Opens a ticket for a problem that an interview found, unless the callback has one of that cause
/// open already (CBK-40: one per policy and cause).
pub(crate) async fn open_problem(
    work: &UnitOfWork,
    actor: &Actor,
    rules: &Rules,
    record: &CallbackRecord,
    problem: &Problem,
    words: Option<&str>,
) -> Result<Option<AuditEntry>> {
    let open = all_of(work, record).await?;
    if open
        .iter()
        .any(|t| t.problem == problem.kind && !t.state.is_final())
    {
        return Ok(None);
    }
    let found = Finding {
        problem: problem.kind,
        item: Some(&problem.item),
        words,
    };
    let opened = open_ticket(work, actor, rules, record, found).await?;
    Ok(Some(opened))
}

/// After a second callback: what waited for it closes when everything was affirmed, and goes back to
/// its handler otherwise.
pub(crate) async fn follow_recall(
    work: &UnitOfWork,
    actor: &Actor,
    record: &CallbackRecord,
    interview: &Interview,
) -> Result<Vec<AuditEntry>> {
    let mut audit = Vec::new();
    for ticket in all_of(work, record).await? {
        if !ticket.state.waits_for_recall() || ticket.follows_callback() {
            continue;
        }
        let still = interview.problems.iter().any(|p| p.kind == ticket.problem);
        let step = if still {
            Step::SecondCallbackNegative
        } else {
            Step::SecondCallbackAffirmed
        };
        audit.push(apply(work, actor, &ticket, &step, "second_callback", None).await?);
    }
    Ok(audit)
}

/// What the branch does with a callback, on the cases that go along with it: the second callback, the
/// letter (which makes a failed case a letter case), the visit.
pub(crate) async fn follow_branch(
    work: &UnitOfWork,
    actor: &Actor,
    record: &CallbackRecord,
    step: &Step,
) -> Result<Vec<AuditEntry>> {
    let (name, to) = match step {
        Step::LetterSent => ("letter_sent", TicketState::LetterOut),
        Step::VisitPlanned => ("visit_planned", TicketState::VisitPlanned),
        _ => ("second_callback_begun", TicketState::SecondCallback),
    };
    let mut audit = Vec::new();
    for ticket in all_of(work, record).await? {
        let along = ticket.kind.goes_with_callback() && !ticket.state.is_final();
        // A verification case that is still being checked stays where it is.
        let corrected = ticket.kind != CaseKind::Verification || ticket.state.waits_for_recall();
        if !along || !corrected || ticket.state == to {
            continue;
        }
        audit.push(apply(work, actor, &ticket, step, name, None).await?);
        if to == TicketState::LetterOut && ticket.kind == CaseKind::Failed {
            rows::make_letter_case(work, ticket.id).await?;
        }
    }
    Ok(audit)
}

/// Every ticket of a callback, whoever acts: what follows from a call does not depend on the list that
/// the callback is on by then.
async fn all_of(work: &UnitOfWork, record: &CallbackRecord) -> Result<Vec<TicketRow>> {
    let whole = Actor::system().scope(Permission::TicketsRead)?;
    Ok(rows::list_tickets_of_callback(work, &whole, record.id).await?)
}

/// Closes cases that follow the callback: verification and failed cases end when the person was
/// reached or the callback ended.
pub(crate) async fn close_followers(
    work: &UnitOfWork,
    actor: &Actor,
    record: &CallbackRecord,
    reason: &str,
) -> Result<Vec<AuditEntry>> {
    let mut audit = Vec::new();
    for ticket in all_of(work, record).await? {
        if !ticket.follows_callback() || ticket.state.is_final() {
            continue;
        }
        let step = Step::CloseWithReason {
            reason: reason.to_owned(),
        };
        audit.push(apply(work, actor, &ticket, &step, "close", Some(reason)).await?);
    }
    Ok(audit)
}

/// Leaves payouts that were not confirmed to the second callback. Gives whether any other problem of
/// the callback still waits for its feedback to be judged.
pub(crate) async fn leave_to_second_callback(
    work: &UnitOfWork,
    actor: &Actor,
    record: &CallbackRecord,
    reason: &str,
) -> Result<(Vec<AuditEntry>, bool)> {
    let (mut audit, mut others) = (Vec::new(), false);
    for ticket in all_of(work, record).await? {
        let settled = matches!(ticket.state, TicketState::Verified | TicketState::Closed);
        if ticket.follows_callback() || settled {
            continue;
        }
        let of_payout = matches!(
            ticket.problem,
            ProblemType::PayoutNotConfirmed | ProblemType::PayoutFollowUp
        );
        if !of_payout || ticket.state == TicketState::FeedbackGiven {
            others = true;
            continue;
        }
        let view = decision_view(&ticket, Vec::new());
        let left = view.leave_to_second_callback(reason)?;
        let said = ("second_callback", Some(reason));
        audit.push(save(work, actor, &ticket, &left, said).await?);
    }
    Ok((audit, others))
}

/// Opens the follow-up case of a payout, unless one is open.
pub(crate) async fn open_follow_up(
    work: &UnitOfWork,
    actor: &Actor,
    rules: &Rules,
    record: &CallbackRecord,
    finding: Option<&str>,
) -> Result<Option<AuditEntry>> {
    let problem = ProblemType::PayoutFollowUp;
    let open = all_of(work, record).await?;
    let known = |t: &TicketRow| t.problem == problem && !t.state.is_final();
    if open.iter().any(known) {
        return Ok(None);
    }
    let found = Finding {
        problem,
        item: Some("no_aftercare"),
        words: finding,
    };
    let entry = open_ticket(work, actor, rules, record, found).await?;
    Ok(Some(entry))
}

/// Applies a step that the system takes itself.
async fn apply(
    work: &UnitOfWork,
    actor: &Actor,
    ticket: &TicketRow,
    step: &Step,
    name: &str,
    reason: Option<&str>,
) -> Result<AuditEntry> {
    let by = actor.user().unwrap_or(UserId(Uuid::nil()));
    let today = time::date_in_china(work.now());
    let transition = decision_view(ticket, Vec::new()).decide(step, by, work.now(), today)?;
    save(work, actor, ticket, &transition, (name, reason)).await
}

/// Saves a transition with its line of the history.
async fn save(
    work: &UnitOfWork,
    actor: &Actor,
    ticket: &TicketRow,
    transition: &Transition,
    (name, reason): (&str, Option<&str>),
) -> Result<AuditEntry> {
    let change = TicketChange {
        close_reason: reason.filter(|_| transition.to.is_final()),
        ..TicketChange::default()
    };
    rows::save_ticket(work, ticket.id, ticket.version, transition, &change).await?;
    let (from, to) = (ticket.state.as_str(), transition.to.as_str());
    let entry = NewTicketEntry {
        actor: &actor.name,
        unit: actor.org_id,
        step: name,
        from,
        to,
        note: reason,
    };
    rows::insert_ticket_entry(work, ticket.id, &entry).await?;
    let detail = serde_json::json!({ "step": name, "state": to });
    let entry = AuditEntry::new(actor, "ticket.moved", "ticket", ticket.id.0);
    Ok(entry.customer(ticket.customer_id.0).detail(detail))
}

/// A ticket as decisions look at it; what the rules say of its handler is added where one is named.
pub(super) fn decision_view(ticket: &TicketRow, evidence: Vec<EvidenceKind>) -> Ticket {
    Ticket {
        kind: ticket.kind,
        state: ticket.state,
        due_on: ticket.due_on,
        handler: ticket.handler_id,
        feedback_by: ticket.feedback_by,
        salesperson: ticket.salesperson,
        evidence,
        declared: ticket.declared,
        bars_salesperson: true,
        bars_sales: false,
        level_at_most: None,
    }
}
