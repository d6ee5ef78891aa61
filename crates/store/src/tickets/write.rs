//! Opening and changing tickets.

use crate::sql::{millis, params};
use crate::{Reads as _, Result, UnitOfWork};
use domain::ids::{AgentId, CallbackId, CustomerId, PolicyId, TicketId, UserId};
use domain::tickets::{CaseKind, ProblemType, TicketState, Transition};
use uuid::Uuid;

/// A ticket to open.
#[derive(Clone, Debug)]
pub struct NewTicket<'n> {
    /// Its number.
    pub number: &'n str,
    /// The callback that raises it.
    pub callback: CallbackId,
    /// The customer.
    pub customer: CustomerId,
    /// The policy.
    pub policy: Option<PolicyId>,
    /// The unit.
    pub org: Uuid,
    /// Programme code.
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
    let sql = "INSERT INTO tickets (id, number, callback_id, customer_id, policy_id, org_id, programme, kind, type, \
               item, finding, state, is_open, salesperson_id, opened_by, opened_at, invalid_feedbacks, version, \
               updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', TRUE, $12, $13, $14, 0, 1, $14)";
    let values = params![
        id,
        ticket.number,
        ticket.callback.0,
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
    ];
    work.execute(sql, values).await?;
    Ok(TicketId(id))
}

/// What is saved besides the transition itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct TicketChange<'c> {
    /// What was reported, and by whom.
    pub feedback: Option<(&'c str, UserId)>,
    /// The feedback was judged invalid.
    pub judged_invalid: bool,
    /// Why it is closed without a second callback.
    pub close_reason: Option<&'c str>,
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
    let issued = transition.to == TicketState::Issued;
    let sql = "UPDATE tickets SET state = $1, is_open = $2, handler_id = $3, due_on = $4, \
               issued_at = CASE WHEN $5 THEN COALESCE(issued_at, $6) ELSE issued_at END, \
               feedback = COALESCE($7, feedback), feedback_by = COALESCE($8, feedback_by), \
               feedback_at = COALESCE($9, feedback_at), invalid_feedbacks = invalid_feedbacks + $10, \
               closed_at = COALESCE(closed_at, $11), close_reason = COALESCE($12, close_reason), \
               updated_at = $6, version = version + 1 WHERE id = $13 AND version = $14";
    let values = params![
        transition.to.as_str(),
        !transition.to.is_final(),
        transition.handler.map(|h| h.0),
        transition.due_on,
        issued,
        now,
        sealed,
        feedback.map(|(_, by)| by.0),
        feedback.map(|_| now),
        i64::from(change.judged_invalid),
        transition.to.is_final().then_some(now),
        change.close_reason,
        ticket.0,
        version,
    ];
    work.execute_one(sql, values).await
}
