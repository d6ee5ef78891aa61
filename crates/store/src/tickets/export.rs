//! Reading tickets for other programs, in the order of ids.

use super::filter::{TicketFilter, filtered};
use crate::sql::{Page, instant};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::customers::SensitiveText;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A ticket as other programs get it.
#[derive(Clone, Debug)]
pub struct ExportedTicket {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Number of the callback or visit that raised it.
    pub callback: String,
    /// Programme code.
    pub programme: String,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// Number of the customer.
    pub customer_no: String,
    /// Code of the unit.
    pub org_code: String,
    /// Kind of case as a code.
    pub kind: String,
    /// Type of problem as a code.
    pub problem: String,
    /// The item of the questionnaire that raised it.
    pub item: Option<String>,
    /// Where it stands.
    pub state: String,
    /// Code of the salesperson of the policy.
    pub salesperson: Option<String>,
    /// Name of who opened it.
    pub opened_by: String,
    /// When it was opened.
    pub opened_at: Instant,
    /// When it was issued.
    pub issued_at: Option<Instant>,
    /// When it is due.
    pub due_on: Option<NaiveDate>,
    /// User name of who handles it.
    pub handler: Option<String>,
    /// When feedback was given.
    pub feedback_at: Option<Instant>,
    /// How often feedback was judged invalid.
    pub invalid_feedbacks: i64,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// Why it was closed without a second callback.
    pub close_reason: Option<String>,
    /// When the law wants it solved.
    pub law_due_on: Option<NaiveDate>,
    /// When it was first processed.
    pub processed_at: Option<Instant>,
    /// When it was escalated to the head of the unit.
    pub escalated_at: Option<Instant>,
    /// How often the handler was urged.
    pub reminders: i64,
    /// What was found, in words.
    pub finding: Option<SensitiveText>,
    /// What was reported, in words.
    pub feedback: Option<SensitiveText>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    number: String,
    callback: String,
    programme: String,
    policy_no: Option<String>,
    customer_no: String,
    org_code: String,
    kind: String,
    problem: String,
    item: Option<String>,
    state: String,
    salesperson: Option<String>,
    opened_by: String,
    opened_at: i64,
    issued_at: Option<i64>,
    due_on: Option<NaiveDate>,
    handler: Option<String>,
    feedback_at: Option<i64>,
    invalid_feedbacks: i64,
    closed_at: Option<i64>,
    close_reason: Option<String>,
    law_due_on: Option<NaiveDate>,
    processed_at: Option<i64>,
    escalated_at: Option<i64>,
    reminders: i64,
    finding: Option<Vec<u8>>,
    feedback: Option<Vec<u8>>,
}

/// Tickets in sight that fit a filter.
///
/// # Errors
/// What the database says.
pub async fn export_tickets(
    db: &impl Reads,
    scope: &Scope,
    filter: &TicketFilter,
    limit: u64,
) -> Result<Page<ExportedTicket>> {
    let mut select = filtered(
        "SELECT t.id, t.number, COALESCE(b.number, v.number, f.number, '') AS callback, t.programme, p.policy_no, c.customer_no, o.org_code, t.kind, \
         t.type AS problem, t.item, t.state, s.agent_code AS salesperson, t.opened_by, t.opened_at, t.issued_at, \
         t.due_on, u.username AS handler, t.feedback_at, t.invalid_feedbacks, t.closed_at, t.close_reason, t.finding, \
         t.feedback, t.law_due_on, t.processed_at, t.escalated_at, t.reminders FROM tickets t \
         LEFT JOIN callbacks b ON b.id = t.callback_id LEFT JOIN visits v ON v.id = t.visit_id \
         LEFT JOIN field_slips f ON f.id = t.slip_id JOIN customers c ON c.id = t.customer_id \
         JOIN orgs o ON o.id = t.org_id LEFT JOIN policies p ON p.id = t.policy_id \
         LEFT JOIN agents s ON s.id = t.salesperson_id LEFT JOIN users u ON u.id = t.handler_id",
        scope,
        filter,
    );
    select.page_by_id("t.id", false, filter.after.as_ref(), limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows: Result<Vec<_>> = rows.into_iter().map(|r| ticket(db, r)).collect();
    Ok(Page::cut_by_id(rows?, limit, |r| r.id))
}

fn ticket(db: &impl Reads, r: Row) -> Result<ExportedTicket> {
    let open = |column: &str, sealed: Option<Vec<u8>>| {
        let text = sealed.map(|s| db.keys().open(&format!("tickets.{column}"), r.id, &s));
        Result::Ok(text.transpose()?.map(SensitiveText::from_stored))
    };
    Ok(ExportedTicket {
        finding: open("finding", r.finding)?,
        feedback: open("feedback", r.feedback)?,
        id: r.id,
        number: r.number,
        callback: r.callback,
        programme: r.programme,
        policy_no: r.policy_no,
        customer_no: r.customer_no,
        org_code: r.org_code,
        kind: r.kind,
        problem: r.problem,
        item: r.item,
        state: r.state,
        salesperson: r.salesperson,
        opened_by: r.opened_by,
        opened_at: instant(r.opened_at),
        issued_at: r.issued_at.map(instant),
        due_on: r.due_on,
        handler: r.handler,
        feedback_at: r.feedback_at.map(instant),
        invalid_feedbacks: r.invalid_feedbacks,
        closed_at: r.closed_at.map(instant),
        close_reason: r.close_reason,
        law_due_on: r.law_due_on,
        processed_at: r.processed_at.map(instant),
        escalated_at: r.escalated_at.map(instant),
        reminders: r.reminders,
    })
}
