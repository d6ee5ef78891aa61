//! Lists of links, always inside a scope.

use crate::customers::shown_name;
use crate::sql::{Select, instant, millis, params};
use crate::{Page, PageKey, Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::callbacks::CallbackState;
use domain::electronic::{Link, LinkState, Proof};
use domain::ids::{CallbackId, LinkId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// What to look for among links.
#[derive(Clone, Debug, Default)]
pub struct LinkFilter {
    /// In this state.
    pub state: Option<LinkState>,
    /// Out and good at a moment.
    pub live_at: Option<Instant>,
    /// Their time was over at a moment, without an answer, and the callback is still open.
    pub expired_at: Option<Instant>,
    /// Of this callback.
    pub callback: Option<CallbackId>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// A link as lists show it.
#[derive(Clone, Debug)]
pub struct LinkRow {
    /// Its id.
    pub id: LinkId,
    /// The callback.
    pub callback: CallbackId,
    /// Number of the callback.
    pub callback_number: String,
    /// Where the callback stands.
    pub callback_state: CallbackState,
    /// Programme code.
    pub programme: String,
    /// By when the callback is due.
    pub due_on: Option<NaiveDate>,
    /// The customer.
    pub customer: Uuid,
    /// Name of the customer, masked.
    pub customer_name: String,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// Name of the unit.
    pub org_name: String,
    /// Its place among the callback's links.
    pub seq: i64,
    /// Where it stands, until when, and failures so far.
    pub link: Link,
    /// Who sent it.
    pub offered_by: String,
    /// When.
    pub sent_at: Instant,
    /// When it was opened.
    pub opened_at: Option<Instant>,
    /// When the identity was verified.
    pub identified_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Why it ended, or what the customer wishes.
    pub end_reason: Option<String>,
    /// How the identity was proved.
    pub proof: Option<Proof>,
    /// Rows of evidence.
    pub entries: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    callback_id: Uuid,
    callback_number: String,
    callback_state: String,
    programme: String,
    due_on: Option<NaiveDate>,
    customer_id: Uuid,
    customer_kind: String,
    customer_name: Vec<u8>,
    policy_no: Option<String>,
    org_name: String,
    seq: i64,
    state: String,
    expires_at: i64,
    tries: i64,
    offered_by: String,
    sent_at: i64,
    opened_at: Option<i64>,
    identified_at: Option<i64>,
    ended_at: Option<i64>,
    end_reason: Option<Vec<u8>>,
    proof: Option<String>,
    entries: i64,
}

const SELECT: &str = "SELECT l.id, l.callback_id, b.number AS callback_number, b.state AS callback_state, b.programme, b.due_on, \
     b.customer_id, c.kind AS customer_kind, c.name AS customer_name, p.policy_no, o.name AS org_name, l.seq, l.state, \
     l.expires_at, l.tries, l.offered_by, l.sent_at, l.opened_at, l.identified_at, l.ended_at, l.end_reason, l.proof, \
     l.entries FROM electronic_links l JOIN callbacks b ON b.id = l.callback_id JOIN customers c ON c.id = b.customer_id \
     JOIN orgs o ON o.id = b.org_id LEFT JOIN policies p ON p.id = b.policy_id";

fn select(scope: &Scope) -> Select {
    let mut select = Select::new(SELECT);
    select.scope(scope, "b.org_id");
    if let Some(user) = scope.own_list_of() {
        select.filter("b.assignee_id = ?", params![user.0]);
    }
    select
}

fn row(db: &impl Reads, r: Row) -> Result<LinkRow> {
    let keys = db.keys();
    let reason = r
        .end_reason
        .map(|e| keys.open("electronic_links.end_reason", r.id, &e));
    Ok(LinkRow {
        customer_name: shown_name(keys, r.customer_id, &r.customer_kind, &r.customer_name)?,
        end_reason: reason.transpose()?,
        callback_state: CallbackState::parse(&r.callback_state)?,
        link: Link {
            state: LinkState::parse(&r.state)?,
            expires_at: instant(r.expires_at),
            tries: u32::try_from(r.tries).unwrap_or(u32::MAX),
        },
        proof: r.proof.as_deref().map(Proof::parse).transpose()?,
        id: LinkId(r.id),
        callback: CallbackId(r.callback_id),
        callback_number: r.callback_number,
        programme: r.programme,
        due_on: r.due_on,
        customer: r.customer_id,
        policy_no: r.policy_no,
        org_name: r.org_name,
        seq: r.seq,
        offered_by: r.offered_by,
        sent_at: instant(r.sent_at),
        opened_at: r.opened_at.map(instant),
        identified_at: r.identified_at.map(instant),
        ended_at: r.ended_at.map(instant),
        entries: r.entries,
    })
}

/// Links in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_links(
    db: &impl Reads,
    scope: &Scope,
    filter: &LinkFilter,
    limit: u64,
) -> Result<Page<LinkRow>> {
    let mut query = select(scope);
    if let Some(state) = filter.state {
        query.filter("l.state = ?", params![state.as_str()]);
    }
    if let Some(now) = filter.live_at {
        let condition = "l.is_live AND l.expires_at > ? AND b.is_open";
        query.filter(condition, params![millis(now)]);
    }
    if let Some(now) = filter.expired_at {
        let condition = "l.is_live AND l.expires_at <= ? AND b.is_open";
        query.filter(condition, params![millis(now)]);
    }
    if let Some(callback) = filter.callback {
        query.filter("l.callback_id = ?", params![callback.0]);
    }
    query.page_by_id("l.id", true, filter.after.as_ref(), limit);
    let rows: Vec<Row> = query.list(db).await?;
    let rows: Result<Vec<_>> = rows.into_iter().map(|r| row(db, r)).collect();
    Ok(Page::cut_by_id(rows?, limit, |r| r.id.0))
}

/// Links of a callback in sight, the first one first.
///
/// # Errors
/// What the database says.
pub async fn list_links_of_callback(
    db: &impl Reads,
    scope: &Scope,
    callback: CallbackId,
) -> Result<Vec<LinkRow>> {
    let mut query = select(scope);
    query.filter("l.callback_id = ?", params![callback.0]);
    query.then("ORDER BY l.seq LIMIT 50", Vec::new());
    let rows: Vec<Row> = query.list(db).await?;
    rows.into_iter().map(|r| row(db, r)).collect()
}

/// A link in sight.
///
/// # Errors
/// What the database says.
pub async fn find_link_row(db: &impl Reads, scope: &Scope, id: LinkId) -> Result<Option<LinkRow>> {
    let mut query = select(scope);
    query.filter("l.id = ?", params![id.0]);
    let found: Vec<Row> = query.list(db).await?;
    found.into_iter().next().map(|r| row(db, r)).transpose()
}
