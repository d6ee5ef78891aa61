//! A callback as lists show it, and how it is read.

use crate::customers::shown_name;
use crate::sql::instant;
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::OrgPath;
use domain::callbacks::CallbackState;
use domain::ids::{CallbackId, CustomerId, ObligationId, PolicyId, UserId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A callback as lists show it.
#[derive(Clone, Debug)]
pub struct CallbackRow {
    /// Its id.
    pub id: CallbackId,
    /// Its number.
    pub number: String,
    /// The obligation that it discharges.
    pub obligation_id: ObligationId,
    /// Number of the obligation.
    pub obligation_number: String,
    /// Programme code.
    pub programme: String,
    /// The version of the pack that the obligation started with.
    pub pack: Uuid,
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
    /// Name of the product.
    pub product_name: Option<String>,
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// Place of the unit.
    pub org_path: OrgPath,
    /// Where it stands.
    pub state: CallbackState,
    /// From when.
    pub earliest_on: Option<NaiveDate>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// Language in which the customer is served, as a code.
    pub language: Option<String>,
    /// Who is to call.
    pub assignee_id: Option<UserId>,
    /// Name of who is to call.
    pub assignee_name: Option<String>,
    /// When to try again.
    pub again_at: Option<Instant>,
    /// The agreed time.
    pub appointment_at: Option<Instant>,
    /// Round of calls.
    pub round: i64,
    /// Attempts so far.
    pub attempts_total: i64,
    /// How the last attempt ended, as a code.
    pub last_result: Option<String>,
    /// The branch has taken over.
    pub in_branch: bool,
    /// The second callback after a problem.
    pub is_recall: bool,
    /// The four facts.
    pub reached: Option<bool>,
    /// Identity confirmed.
    pub identity_verified: Option<bool>,
    /// Everything told and asked.
    pub content_delivered: Option<bool>,
    /// All of it affirmed.
    pub affirmed: Option<bool>,
    /// How completion lay to the period, as a code.
    pub timing: Option<String>,
    /// When it was completed.
    pub completed_at: Option<Instant>,
    /// Name of who completed it.
    pub caller_name: Option<String>,
    /// On whose side the cause lies, as a code.
    pub cause: Option<String>,
    /// Why it ended.
    pub end_reason: Option<String>,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
pub(crate) struct Row {
    id: Uuid,
    number: String,
    obligation_id: Uuid,
    obligation_number: String,
    programme: String,
    pack_id: Uuid,
    customer_id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    value_class: Option<String>,
    policy_id: Option<Uuid>,
    policy_no: Option<String>,
    product_name: Option<String>,
    org_code: String,
    org_name: String,
    org_path: String,
    state: String,
    earliest_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    language: Option<String>,
    assignee_id: Option<Uuid>,
    assignee_name: Option<String>,
    again_at: Option<i64>,
    appointment_at: Option<i64>,
    round: i64,
    attempts_total: i64,
    last_result: Option<String>,
    in_branch: bool,
    is_recall: bool,
    reached: Option<bool>,
    identity_verified: Option<bool>,
    content_delivered: Option<bool>,
    affirmed: Option<bool>,
    timing: Option<String>,
    completed_at: Option<i64>,
    caller_name: Option<String>,
    cause: Option<String>,
    end_reason: Option<String>,
    version: i64,
}

pub(crate) const SELECT: &str = "SELECT b.id, b.number, b.obligation_id, g.number AS obligation_number, b.programme, g.pack_id, \
     b.customer_id, c.customer_no, c.kind AS customer_kind, c.name AS customer_name, c.value_class, b.policy_id, p.policy_no, \
     p.product_name, o.org_code, o.name AS org_name, o.path AS org_path, b.state, b.earliest_on, b.due_on, b.language, \
     b.assignee_id, u.display_name AS assignee_name, b.again_at, b.appointment_at, b.round, b.attempts_total, \
     b.last_result, b.in_branch, b.is_recall, b.reached, b.identity_verified, b.content_delivered, b.affirmed, \
     b.timing, b.completed_at, v.display_name AS caller_name, b.cause, b.end_reason, b.version \
     FROM callbacks b JOIN obligations g ON g.id = b.obligation_id JOIN customers c ON c.id = b.customer_id \
     JOIN orgs o ON o.id = b.org_id LEFT JOIN policies p ON p.id = b.policy_id \
     LEFT JOIN users u ON u.id = b.assignee_id LEFT JOIN users v ON v.id = b.caller_id";

pub(crate) fn callbacks(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<CallbackRow>> {
    let keys = db.keys();
    rows.into_iter()
        .map(|r| {
            Ok(CallbackRow {
                customer_name: shown_name(keys, r.customer_id, &r.customer_kind, &r.customer_name)?,
                state: CallbackState::parse(&r.state)?,
                id: CallbackId(r.id),
                number: r.number,
                obligation_id: ObligationId(r.obligation_id),
                obligation_number: r.obligation_number,
                programme: r.programme,
                pack: r.pack_id,
                customer_id: CustomerId(r.customer_id),
                customer_no: r.customer_no,
                value_class: r.value_class,
                policy_id: r.policy_id.map(PolicyId),
                policy_no: r.policy_no,
                product_name: r.product_name,
                org_code: r.org_code,
                org_name: r.org_name,
                org_path: OrgPath::from_stored(r.org_path),
                earliest_on: r.earliest_on,
                due_on: r.due_on,
                language: r.language,
                assignee_id: r.assignee_id.map(UserId),
                assignee_name: r.assignee_name,
                again_at: r.again_at.map(instant),
                appointment_at: r.appointment_at.map(instant),
                round: r.round,
                attempts_total: r.attempts_total,
                last_result: r.last_result,
                in_branch: r.in_branch,
                is_recall: r.is_recall,
                reached: r.reached,
                identity_verified: r.identity_verified,
                content_delivered: r.content_delivered,
                affirmed: r.affirmed,
                timing: r.timing,
                completed_at: r.completed_at.map(instant),
                caller_name: r.caller_name,
                cause: r.cause,
                end_reason: r.end_reason,
                version: r.version,
            })
        })
        .collect()
}
