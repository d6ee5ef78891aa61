//! Contacts in sight, each with its message.

use crate::customers::shown_name;
use crate::sealing::Keyring;
use crate::sql::{Page, PageKey, Select, instant, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::callbacks::ContactChannel;
use domain::care::CareState;
use domain::ids::CustomerId;
use domain::messaging::{MessageChannel, MessageReason, MessageState};
use domain::obligations::ObligationStatus;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A contact as it is listed.
#[derive(Clone, Debug)]
pub struct CareRow {
    /// The obligation.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Programme code.
    pub programme: String,
    /// Customer.
    pub customer: CustomerId,
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the customer, masked.
    pub customer_name: String,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// The claim.
    pub claim_no: Option<String>,
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// From when.
    pub earliest_on: Option<NaiveDate>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// Where it stands.
    pub state: CareState,
    /// Why it waits, is held back or came to nothing, as a code.
    pub reason: Option<String>,
    /// How its discharge lay to the period.
    pub timing: Option<String>,
    /// When the customer was told.
    pub told_at: Option<Instant>,
    /// Number of the message.
    pub message: Option<String>,
    /// Channel of the message.
    pub channel: Option<MessageChannel>,
    /// When the message is looked at next, while it waits.
    pub next_at: Option<Instant>,
    /// By which channel somebody told the customer in place of a message.
    pub by_hand: Option<ContactChannel>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    number: String,
    programme: String,
    customer_id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    policy_no: Option<String>,
    claim_no: Option<String>,
    org_code: String,
    org_name: String,
    earliest_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    status: String,
    cancel_reason: Option<String>,
    timing: Option<String>,
    discharged_at: Option<i64>,
    taken_up_at: Option<i64>,
    message: Option<String>,
    channel: Option<String>,
    message_state: Option<String>,
    message_reason: Option<String>,
    next_at: Option<i64>,
    by_hand: Option<String>,
}

const FROM: &str =
    "FROM obligations o LEFT JOIN messages m ON m.about_id = o.id AND m.about_kind = 'contact'";
const COLUMNS: &str = "SELECT o.id, o.number, o.programme, o.customer_id, c.customer_no, c.kind AS customer_kind, \
     c.name AS customer_name, p.policy_no, o.claim_no, u.org_code, u.name AS org_name, o.earliest_on, o.due_on, \
     o.status, o.cancel_reason, o.timing, o.discharged_at, o.taken_up_at, m.number AS message, m.channel, \
     m.state AS message_state, m.reason AS message_reason, m.next_at, r.channel AS by_hand";
const JOINS: &str = "JOIN customers c ON c.id = o.customer_id JOIN orgs u ON u.id = o.org_id \
     LEFT JOIN policies p ON p.id = o.policy_id LEFT JOIN contact_records r ON r.obligation_id = o.id";

fn contact(keys: &Keyring, r: Row) -> Result<CareRow> {
    let message = r.message_state.as_deref();
    let message = message.map(MessageState::parse).transpose()?;
    let status = ObligationStatus::parse(&r.status)?;
    let state = CareState::of(status, r.taken_up_at.is_some(), message);
    let channel = r
        .channel
        .as_deref()
        .map(MessageChannel::parse)
        .transpose()?;
    let by_hand = r
        .by_hand
        .as_deref()
        .map(ContactChannel::parse)
        .transpose()?;
    let reason = match state {
        CareState::Waiting => r.message_reason,
        // Without a message there was no text for it, or something that the text needs was not known.
        CareState::Held => Some(r.message_reason.unwrap_or_else(|| NO_TEXT.to_owned())),
        CareState::Lapsed | CareState::Cancelled => r.cancel_reason,
        CareState::Done => None,
    };
    let waits = message.is_some_and(MessageState::is_pending) && state == CareState::Waiting;
    Ok(CareRow {
        customer_name: shown_name(keys, r.customer_id, &r.customer_kind, &r.customer_name)?,
        id: r.id,
        number: r.number,
        programme: r.programme,
        customer: CustomerId(r.customer_id),
        customer_no: r.customer_no,
        policy_no: r.policy_no,
        claim_no: r.claim_no,
        org_code: r.org_code,
        org_name: r.org_name,
        earliest_on: r.earliest_on,
        due_on: r.due_on,
        state,
        reason,
        timing: r.timing,
        told_at: r.discharged_at.map(instant),
        message: r.message,
        channel,
        next_at: r.next_at.filter(|_| waits).map(instant),
        by_hand,
    })
}

/// The reason of contacts for which no message could be made.
const NO_TEXT: &str = "no_text";

/// What to look for among contacts.
#[derive(Clone, Debug, Default)]
pub struct CareFilter {
    /// The obligation itself.
    pub id: Option<Uuid>,
    /// Where it stands.
    pub state: Option<CareState>,
    /// Of this programme.
    pub programme: Option<String>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// Held back or ended for this reason.
    pub reason: Option<MessageReason>,
    /// Owed from this day or later.
    pub from: Option<NaiveDate>,
    /// Owed from this day or earlier.
    pub to: Option<NaiveDate>,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// The condition of a state; [`CareState::of`] says the same of one row.
fn of_state(state: CareState) -> &'static str {
    match state {
        CareState::Waiting => {
            "o.status = 'open' AND (o.taken_up_at IS NULL OR m.state IN ('queued', 'waiting', 'failed', 'sending', \
             'sent', 'delivered'))"
        }
        CareState::Held => {
            "o.status = 'open' AND o.taken_up_at IS NOT NULL AND (m.id IS NULL OR m.state IN ('dead', 'cancelled'))"
        }
        CareState::Done => "o.status = 'discharged'",
        CareState::Lapsed => "o.status = 'not_discharged'",
        CareState::Cancelled => "o.status = 'cancelled'",
    }
}

fn filtered(select: &str, scope: &Scope, filter: &CareFilter) -> Select {
    let mut select = Select::new(select);
    select.scope(scope, "o.org_id").own(scope, "o.customer_id");
    select.filter("o.kind = 'message'", Vec::new());
    if let Some(id) = filter.id {
        select.filter("o.id = ?", params![id]);
    }
    if let Some(state) = filter.state {
        select.filter(&format!("({})", of_state(state)), Vec::new());
    }
    if let Some(programme) = &filter.programme {
        select.filter("o.programme = ?", params![programme.as_str()]);
    }
    if let Some(customer) = filter.customer {
        select.filter("o.customer_id = ?", params![customer.0]);
    }
    if let Some(reason) = filter.reason {
        let code = reason.as_str();
        select.filter("(m.reason = ? OR o.cancel_reason = ?)", params![code, code]);
    }
    if let Some(day) = filter.from {
        select.filter("o.earliest_on >= ?", params![day]);
    }
    if let Some(day) = filter.to {
        select.filter("o.earliest_on <= ?", params![day]);
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "o.org_id");
    }
    select
}

/// Contacts in sight, those of the latest days first.
///
/// # Errors
/// What the database says.
pub async fn list_contacts(
    db: &impl Reads,
    scope: &Scope,
    filter: &CareFilter,
    limit: u64,
) -> Result<Page<CareRow>> {
    let mut select = filtered(&format!("{COLUMNS} {FROM} {JOINS}"), scope, filter);
    let after = filter.after.as_ref();
    let after = after.and_then(|key| Some((key.sort.parse::<NaiveDate>().ok()?, key.id)));
    if let Some((day, id)) = after {
        select.filter(
            "(o.earliest_on < ? OR (o.earliest_on = ? AND o.id < ?))",
            params![day, day, id],
        );
    }
    let rows = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    select.then(
        "ORDER BY o.earliest_on DESC, o.id DESC LIMIT ?",
        params![rows],
    );
    let rows: Vec<Row> = select.list(db).await?;
    let rows: Result<Vec<_>> = rows.into_iter().map(|r| contact(db.keys(), r)).collect();
    let key = |r: &CareRow| PageKey {
        sort: r.earliest_on.map_or_else(String::new, |d| d.to_string()),
        id: r.id,
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(Page::cut(rows?, limit, key))
}

/// How many contacts a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_contacts(
    db: &impl Reads,
    scope: &Scope,
    filter: &CareFilter,
    cap: i64,
) -> Result<i64> {
    let text = format!("SELECT COUNT(*) AS n FROM (SELECT 1 AS one {FROM}");
    let mut select = filtered(&text, scope, filter);
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

/// A contact in sight, by the number of its obligation.
///
/// # Errors
/// What the database says.
pub async fn find_contact(db: &impl Reads, scope: &Scope, number: &str) -> Result<Option<CareRow>> {
    let text = format!("{COLUMNS} {FROM} {JOINS}");
    let mut select = filtered(&text, scope, &CareFilter::default());
    select.filter("o.number = ?", params![number]);
    let rows: Vec<Row> = select.list(db).await?;
    let row = rows.into_iter().next();
    row.map(|r| contact(db.keys(), r)).transpose()
}
