//! Opening and changing tickets.

use crate::sql::{millis, params};
use crate::{Reads as _, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::ids::{
    AgentId, CallbackId, CustomerId, OrgId, PolicyId, SlipId, TicketId, UserId, VisitId,
};
use domain::tickets::{CaseKind, ProblemType, TicketState, Transition};
use uuid::Uuid;

/// What raises a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketSource {
    /// A callback.
    Callback(CallbackId),
    /// An on-site visit.
    Visit(VisitId),
    /// A sales visit.
    Slip(SlipId),
}

/// A ticket to open.
#[derive(Clone, Debug)]
pub struct NewTicket<'n> {
    /// Its number.
    pub number: &'n str,
    /// What raises it.
    pub source: TicketSource,
    /// The customer.
    pub customer: CustomerId,
    /// The policy.
    pub policy: Option<PolicyId>,
    /// The unit.
    pub org: Uuid,
    /// Programme code; empty for visits that no rule asked for.
    pub programme: &'n str,
    /// Kind of case.
    pub kind: CaseKind,
    /// Type of problem.
    pub problem: ProblemType,
    /// The item of the questionnaire that raised it.
    pub item: Option<&'n str>,
    /// What was found, in words.
    pub finding: Option<&'n str>,
    /// The salesperson of the policy.
    pub salesperson: Option<AgentId>,
    /// Name of who opens it.
    pub opened_by: &'n str,
    /// Who caused it.
    pub cause: Option<AgentId>,
    /// When the law wants it solved, and how that day came about, as JSON.
    pub law: Option<(NaiveDate, &'n str)>,
}

/// Opens a ticket.
///
/// # Errors
/// What the database says.
pub async fn insert_ticket(work: &UnitOfWork, ticket: &NewTicket<'_>) -> Result<TicketId> {
    let id = work.next_id();
    let finding = ticket
        .finding
        .map(|f| work.keys().seal("tickets.finding", id, f))
        .transpose()?;
    let (callback, visit, slip) = match ticket.source {
        TicketSource::Callback(id) => (Some(id.0), None, None),
        TicketSource::Visit(id) => (None, Some(id.0), None),
        TicketSource::Slip(id) => (None, None, Some(id.0)),
    };
    let sql = "INSERT INTO tickets (id, number, callback_id, customer_id, policy_id, org_id, programme, kind, type, \
               item, finding, state, is_open, salesperson_id, opened_by, opened_at, invalid_feedbacks, version, \
               updated_at, cause_agent_id, law_due_on, due_basis, visit_id, slip_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
               'open', TRUE, $12, $13, $14, 0, 1, $14, $15, $16, $17, $18, $19)";
    let values = params![
        id,
        ticket.number,
        callback,
        ticket.customer.0,
        ticket.policy.map(|p| p.0),
        ticket.org,
        ticket.programme,
        ticket.kind.as_str(),
        ticket.problem.as_str(),
        ticket.item,
        finding,
        ticket.salesperson.map(|a| a.0),
        ticket.opened_by,
        millis(work.now()),
        ticket.cause.map(|a| a.0),
        ticket.law.map(|(day, _)| day),
        ticket.law.map(|(_, basis)| basis),
        visit,
        slip,
    ];
    work.execute(sql, values).await?;
    Ok(TicketId(id))
}

/// The dates that come with issuing a ticket, or with another due date.
#[derive(Clone, Copy, Debug, Default)]
pub struct TicketDates<'d> {
    /// From this day on the handler is warned.
    pub warn_on: Option<NaiveDate>,
    /// After this day it is a listed problem item; kept once it is set.
    pub listed_after: Option<NaiveDate>,
    /// How the dates came about, as JSON; kept when missing.
    pub basis: Option<&'d str>,
}

/// What is saved besides the transition itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct TicketChange<'c> {
    /// What was reported, and by whom.
    pub feedback: Option<(&'c str, UserId)>,
    /// Why it is closed without a second callback.
    pub close_reason: Option<&'c str>,
    /// The dates, when they change.
    pub dates: Option<TicketDates<'c>>,
    /// The unit that has it from now on; below the present one.
    pub unit: Option<OrgId>,
    /// What is counted, or keeps its moment.
    pub mark: Option<TicketMark>,
}

/// What is counted, or keeps its moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketMark {
    /// The feedback was judged invalid.
    JudgedInvalid,
    /// Special circumstances were declared.
    Declared,
    /// Special circumstances were agreed to.
    Extended,
    /// The handler was urged.
    Reminded,
}

/// Saves a transition of a ticket whose version is as it was read.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn save_ticket(
    work: &UnitOfWork,
    ticket: TicketId,
    version: i64,
    transition: &Transition,
    change: &TicketChange<'_>,
) -> Result<()> {
    let now = millis(work.now());
    let feedback = change.feedback;
    let sealed = feedback
        .map(|(text, _)| work.keys().seal("tickets.feedback", ticket.0, text))
        .transpose()?;
    let issued = matches!(
        transition.to,
        TicketState::Issued | TicketState::ContactBeingChecked | TicketState::BranchAssigned
    );
    let when = |yes: bool| yes.then_some(now);
    let marked = |mark: TicketMark| change.mark == Some(mark);
    let dates = change.dates.unwrap_or_default();
    let sql = "UPDATE tickets SET state = $1, is_open = $2, handler_id = $3, due_on = $4, \
               issued_at = CASE WHEN $5 THEN COALESCE(issued_at, $6) ELSE issued_at END, \
               feedback = COALESCE($7, feedback), feedback_by = COALESCE($8, feedback_by), \
               feedback_at = COALESCE($9, feedback_at), invalid_feedbacks = invalid_feedbacks + $10, \
               closed_at = COALESCE(closed_at, $11), close_reason = COALESCE($12, close_reason), \
               updated_at = $6, version = version + 1, warn_on = COALESCE($15, warn_on), \
               listed_after = COALESCE(listed_after, $16), due_basis = COALESCE($17, due_basis), \
               org_id = COALESCE($18, org_id), declared_until = $19, declared_by = $20, \
               declared_at = COALESCE($21, declared_at), extended_at = COALESCE($22, extended_at), \
               processed_at = COALESCE(processed_at, $23), invalid_at = COALESCE(invalid_at, $24), \
               reminders = reminders + $25, reminded_at = COALESCE($26, reminded_at) \
               WHERE id = $13 AND version = $14";
    let values = params![
        transition.to.as_str(),
        !transition.to.is_final(),
        transition.handler.map(|h| h.0),
        transition.due_on,
        issued && transition.due_on.is_some(),
        now,
        sealed,
        feedback.map(|(_, by)| by.0),
        feedback.map(|_| now),
        i64::from(marked(TicketMark::JudgedInvalid)),
        when(transition.to.is_final()),
        change.close_reason,
        ticket.0,
        version,
        dates.warn_on,
        dates.listed_after,
        dates.basis,
        change.unit.map(|u| u.0),
        transition.declared.map(|d| d.until),
        transition.declared.map(|d| d.by.0),
        when(marked(TicketMark::Declared)),
        when(marked(TicketMark::Extended)),
        when(transition.to.is_processed()),
        when(marked(TicketMark::JudgedInvalid)),
        i64::from(marked(TicketMark::Reminded)),
        when(marked(TicketMark::Reminded)),
    ];
    work.execute_one(sql, values).await
}

/// Makes a failed case a letter case: the branch follows up in writing.
///
/// # Errors
/// What the database says.
pub async fn make_letter_case(work: &UnitOfWork, ticket: TicketId) -> Result<()> {
    let sql = "UPDATE tickets SET kind = 'letter' WHERE id = $1 AND kind = 'failed'";
    work.execute(sql, params![ticket.0]).await.map(|_| ())
}

/// Notes that a ticket was escalated to the head of its unit.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn save_escalation(work: &UnitOfWork, ticket: TicketId, version: i64) -> Result<()> {
    let sql = "UPDATE tickets SET escalated_at = $1, updated_at = $1, version = version + 1 \
               WHERE id = $2 AND version = $3 AND escalated_at IS NULL";
    work.execute_one(sql, params![millis(work.now()), ticket.0, version])
        .await
}
