//! A ticket as it is shown, and how it is read.

use crate::customers::shown_name;
use crate::sql::instant;
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::OrgPath;
use domain::ids::{AgentId, CallbackId, CustomerId, PolicyId, TicketId, UserId};
use domain::tickets::{CaseKind, Declaration, ProblemType, TicketState};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Who caused a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The salesperson, adjuster or outlet.
    pub agent: AgentId,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A ticket as it is shown.
#[derive(Clone, Debug)]
pub struct TicketRow {
    /// Its id.
    pub id: TicketId,
    /// Its number.
    pub number: String,
    /// The callback that raised it; nothing when a visit did.
    pub callback_id: Option<CallbackId>,
    /// Number of the callback.
    pub callback_number: Option<String>,
    /// Number of the on-site visit that raised it.
    pub visit_number: Option<String>,
    /// Number of the slip of the sales visit that raised it.
    pub slip_number: Option<String>,
    /// The customer.
    pub customer_id: CustomerId,
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the customer, masked.
    pub customer_name: String,
    /// What the customer is worth, as a code.
    pub value_class: Option<String>,
    /// The policy.
    pub policy_id: Option<PolicyId>,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// Channel of the policy as a code.
    pub channel: Option<String>,
    /// The unit.
    pub org_id: Uuid,
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// Place of the unit.
    pub org_path: OrgPath,
    /// Programme code.
    pub programme: String,
    /// Kind of case.
    pub kind: CaseKind,
    /// Type of problem.
    pub problem: ProblemType,
    /// The item of the questionnaire that raised it.
    pub item: Option<String>,
    /// What was found, in words.
    pub finding: Option<String>,
    /// Where it stands.
    pub state: TicketState,
    /// The salesperson of the policy.
    pub salesperson: Option<AgentId>,
    /// Name of who opened it.
    pub opened_by: String,
    /// When it was opened.
    pub opened_at: Instant,
    /// When it was issued.
    pub issued_at: Option<Instant>,
    /// When it is due.
    pub due_on: Option<NaiveDate>,
    /// When the law wants it solved.
    pub law_due_on: Option<NaiveDate>,
    /// From this day on the handler is warned.
    pub warn_on: Option<NaiveDate>,
    /// After this day it is a listed problem item of bancassurance.
    pub listed_after: Option<NaiveDate>,
    /// How the dates came about, as JSON.
    pub due_basis: Option<String>,
    /// Who caused the problem: code and name.
    pub cause: Option<Cause>,
    /// Declared circumstances that wait for a decision.
    pub declared: Option<Declaration>,
    /// When circumstances were last agreed to.
    pub extended_at: Option<Instant>,
    /// When it was first processed.
    pub processed_at: Option<Instant>,
    /// When it was escalated to the head of the unit.
    pub escalated_at: Option<Instant>,
    /// How often the handler was urged.
    pub reminders: i64,
    /// When the handler was last urged.
    pub reminded_at: Option<Instant>,
    /// Who handles it.
    pub handler_id: Option<UserId>,
    /// Name of who handles it.
    pub handler_name: Option<String>,
    /// What was reported.
    pub feedback: Option<String>,
    /// Who reported it.
    pub feedback_by: Option<UserId>,
    /// When it was reported.
    pub feedback_at: Option<Instant>,
    /// How often feedback was judged invalid.
    pub invalid_feedbacks: i64,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// Why it was closed without a second callback.
    pub close_reason: Option<String>,
    /// Version, for updates.
    pub version: i64,
}

impl TicketRow {
    /// Whether the case only follows its callback and ends with it: the number is being verified, or
    /// the branch has taken over. What an answer raised stands for itself.
    pub fn follows_callback(&self) -> bool {
        self.callback_id.is_some() && self.item.is_none() && self.kind.goes_with_callback()
    }

    /// Whether the handler should have done it by now: the company's limit is over and nothing was
    /// done, or the law's is over and it is not solved.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        let past = |day: Option<NaiveDate>| day.is_some_and(|day| day < today);
        (!self.state.is_processed() && past(self.due_on))
            || (!self.state.is_final() && past(self.law_due_on))
    }
}

#[derive(FromQueryResult)]
pub(super) struct Row {
    id: Uuid,
    number: String,
    callback_id: Option<Uuid>,
    callback_number: Option<String>,
    visit_number: Option<String>,
    slip_number: Option<String>,
    customer_id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    value_class: Option<String>,
    policy_id: Option<Uuid>,
    policy_no: Option<String>,
    channel: Option<String>,
    org_id: Uuid,
    org_code: String,
    org_name: String,
    org_path: String,
    programme: String,
    kind: String,
    problem: String,
    item: Option<String>,
    finding: Option<Vec<u8>>,
    state: String,
    salesperson_id: Option<Uuid>,
    opened_by: String,
    opened_at: i64,
    issued_at: Option<i64>,
    due_on: Option<NaiveDate>,
    law_due_on: Option<NaiveDate>,
    warn_on: Option<NaiveDate>,
    listed_after: Option<NaiveDate>,
    due_basis: Option<String>,
    cause_agent_id: Option<Uuid>,
    cause_code: Option<String>,
    cause_name: Option<String>,
    declared_until: Option<NaiveDate>,
    declared_by: Option<Uuid>,
    extended_at: Option<i64>,
    processed_at: Option<i64>,
    escalated_at: Option<i64>,
    reminders: i64,
    reminded_at: Option<i64>,
    handler_id: Option<Uuid>,
    handler_name: Option<String>,
    feedback: Option<Vec<u8>>,
    feedback_by: Option<Uuid>,
    feedback_at: Option<i64>,
    invalid_feedbacks: i64,
    closed_at: Option<i64>,
    close_reason: Option<String>,
    version: i64,
}

pub(super) const SELECT: &str = "SELECT t.id, t.number, t.callback_id, b.number AS callback_number, v.number AS visit_number, s.number AS slip_number, t.customer_id, c.customer_no, \
     c.kind AS customer_kind, c.name AS customer_name, c.value_class, t.policy_id, p.policy_no, p.channel, t.org_id, o.org_code, \
     o.name AS org_name, o.path AS org_path, t.programme, t.kind, t.type AS problem, t.item, t.finding, t.state, \
     t.salesperson_id, t.opened_by, t.opened_at, t.issued_at, t.due_on, t.law_due_on, t.warn_on, t.listed_after, \
     t.due_basis, t.cause_agent_id, g.agent_code AS cause_code, g.name AS cause_name, t.declared_until, t.declared_by, \
     t.extended_at, t.processed_at, t.escalated_at, t.reminders, t.reminded_at, t.handler_id, u.display_name AS handler_name, \
     t.feedback, t.feedback_by, t.feedback_at, t.invalid_feedbacks, t.closed_at, t.close_reason, t.version \
     FROM tickets t LEFT JOIN callbacks b ON b.id = t.callback_id LEFT JOIN visits v ON v.id = t.visit_id \
     LEFT JOIN field_slips s ON s.id = t.slip_id JOIN customers c ON c.id = t.customer_id \
     JOIN orgs o ON o.id = t.org_id LEFT JOIN policies p ON p.id = t.policy_id \
     LEFT JOIN users u ON u.id = t.handler_id LEFT JOIN agents g ON g.id = t.cause_agent_id";

pub(super) fn tickets(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<TicketRow>> {
    let keys = db.keys();
    let open = |column: &str, id: Uuid, sealed: Option<Vec<u8>>| {
        sealed
            .map(|s| keys.open(&format!("tickets.{column}"), id, &s))
            .transpose()
    };
    rows.into_iter()
        .map(|r| {
            Ok(TicketRow {
                customer_name: shown_name(keys, r.customer_id, &r.customer_kind, &r.customer_name)?,
                kind: CaseKind::parse(&r.kind)?,
                problem: ProblemType::parse(&r.problem)?,
                state: TicketState::parse(&r.state)?,
                finding: open("finding", r.id, r.finding)?,
                feedback: open("feedback", r.id, r.feedback)?,
                id: TicketId(r.id),
                number: r.number,
                callback_id: r.callback_id.map(CallbackId),
                callback_number: r.callback_number,
                visit_number: r.visit_number,
                slip_number: r.slip_number,
                customer_id: CustomerId(r.customer_id),
                customer_no: r.customer_no,
                value_class: r.value_class,
                policy_id: r.policy_id.map(PolicyId),
                policy_no: r.policy_no,
                channel: r.channel,
                org_id: r.org_id,
                org_code: r.org_code,
                org_name: r.org_name,
                org_path: OrgPath::from_stored(r.org_path),
                programme: r.programme,
                item: r.item,
                salesperson: r.salesperson_id.map(AgentId),
                opened_by: r.opened_by,
                opened_at: instant(r.opened_at),
                issued_at: r.issued_at.map(instant),
                due_on: r.due_on,
                law_due_on: r.law_due_on,
                warn_on: r.warn_on,
                listed_after: r.listed_after,
                due_basis: r.due_basis,
                cause: r.cause_agent_id.map(|id| Cause {
                    agent: AgentId(id),
                    code: r.cause_code.unwrap_or_default(),
                    name: r.cause_name.unwrap_or_default(),
                }),
                declared: r.declared_until.zip(r.declared_by).map(|(until, by)| {
                    let by = UserId(by);
                    Declaration { until, by }
                }),
                extended_at: r.extended_at.map(instant),
                processed_at: r.processed_at.map(instant),
                escalated_at: r.escalated_at.map(instant),
                reminders: r.reminders,
                reminded_at: r.reminded_at.map(instant),
                handler_id: r.handler_id.map(UserId),
                handler_name: r.handler_name,
                feedback_by: r.feedback_by.map(UserId),
                feedback_at: r.feedback_at.map(instant),
                invalid_feedbacks: r.invalid_feedbacks,
                closed_at: r.closed_at.map(instant),
                close_reason: r.close_reason,
                version: r.version,
            })
        })
        .collect()
}
