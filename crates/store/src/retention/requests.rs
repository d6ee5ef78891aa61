//! Requests of people about their own data, as they are read, and their history.

use crate::customers::shown_name;
use crate::sql::{Page, PageKey, Select, instant, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::CustomerId;
use domain::retention::{IdentityMethod, Outcome, Request, RequestKind, RequestState, Requester};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A request.
#[derive(Clone, Debug)]
pub struct DataRequestRow {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// What decisions need of it.
    pub request: Request,
    /// The customer.
    pub customer: CustomerId,
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the customer, masked.
    pub customer_name: String,
    /// Version of the customer, for changes.
    pub customer_version: i64,
    /// Name of the unit.
    pub org_name: String,
    /// Who asks.
    pub requester: Requester,
    /// When it came in.
    pub received_on: NaiveDate,
    /// How it came in, as a code.
    pub received_through: String,
    /// Who took it.
    pub received_by: String,
    /// What is asked for, in the person's words.
    pub wish: Option<String>,
    /// Last day to answer.
    pub due_on: NaiveDate,
    /// Where that is written.
    pub due_cite: String,
    /// How the identity was verified.
    pub identity_method: Option<IdentityMethod>,
    /// By whom.
    pub identity_by: Option<String>,
    /// Id of who that was, when it was a person.
    pub identity_by_id: Option<Uuid>,
    /// When.
    pub identity_at: Option<Instant>,
    /// The ground of a refusal, as a code.
    pub ground: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Instant>,
    /// When it was carried out.
    pub carried_out_at: Option<Instant>,
    /// How the answer went out, as a code.
    pub answered_through: Option<String>,
    /// The answer.
    pub answer: Option<String>,
    /// When.
    pub answered_at: Option<Instant>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// The job that makes the copy.
    pub job: Option<Uuid>,
    /// Where the copy lies, once it is made.
    pub copy_key: Option<String>,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    number: String,
    customer_id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    customer_version: i64,
    org_name: String,
    kind: String,
    state: String,
    requester: String,
    received_on: NaiveDate,
    received_through: String,
    received_by: String,
    wish: Option<Vec<u8>>,
    due_on: NaiveDate,
    due_cite: String,
    identity_method: Option<String>,
    identity_by: Option<String>,
    identity_by_id: Option<Uuid>,
    identity_at: Option<i64>,
    outcome: Option<String>,
    ground: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<i64>,
    carried_out_at: Option<i64>,
    answered_through: Option<String>,
    answer: Option<Vec<u8>>,
    answered_at: Option<i64>,
    closed_at: Option<i64>,
    job_id: Option<Uuid>,
    copy_key: Option<String>,
    version: i64,
}

const SELECT: &str = "SELECT r.id, r.number, r.customer_id, c.customer_no, c.kind AS customer_kind, c.name AS customer_name, \
     c.version AS customer_version, o.name AS org_name, r.kind, r.state, r.requester, r.received_on, r.received_through, \
     r.received_by, r.wish, r.due_on, r.due_cite, r.identity_method, r.identity_by, r.identity_by_id, r.identity_at, r.outcome, r.ground, \
     r.decided_by, r.decided_at, r.carried_out_at, r.answered_through, r.answer, r.answered_at, r.closed_at, r.job_id, \
     r.copy_key, r.version FROM data_requests r JOIN customers c ON c.id = r.customer_id JOIN orgs o ON o.id = r.org_id";

fn requests(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<DataRequestRow>> {
    let keys = db.keys();
    let open = |column: &str, id: Uuid, sealed: Option<Vec<u8>>| {
        sealed
            .map(|s| keys.open(&format!("data_requests.{column}"), id, &s))
            .transpose()
    };
    rows.into_iter()
        .map(|r| {
            let method = r.identity_method.as_deref().map(IdentityMethod::parse);
            Ok(DataRequestRow {
                request: Request {
                    kind: RequestKind::parse(&r.kind)?,
                    state: RequestState::parse(&r.state)?,
                    outcome: r.outcome.as_deref().map(Outcome::parse).transpose()?,
                },
                customer_name: shown_name(keys, r.customer_id, &r.customer_kind, &r.customer_name)?,
                requester: Requester::parse(&r.requester)?,
                identity_method: method.transpose()?,
                wish: open("wish", r.id, r.wish)?,
                answer: open("answer", r.id, r.answer)?,
                id: r.id,
                number: r.number,
                customer: CustomerId(r.customer_id),
                customer_no: r.customer_no,
                customer_version: r.customer_version,
                org_name: r.org_name,
                received_on: r.received_on,
                received_through: r.received_through,
                received_by: r.received_by,
                due_on: r.due_on,
                due_cite: r.due_cite,
                identity_by: r.identity_by,
                identity_by_id: r.identity_by_id,
                identity_at: r.identity_at.map(instant),
                ground: r.ground,
                decided_by: r.decided_by,
                decided_at: r.decided_at.map(instant),
                carried_out_at: r.carried_out_at.map(instant),
                answered_through: r.answered_through,
                answered_at: r.answered_at.map(instant),
                closed_at: r.closed_at.map(instant),
                job: r.job_id,
                copy_key: r.copy_key,
                version: r.version,
            })
        })
        .collect()
}

/// What to look for among requests.
#[derive(Clone, Debug, Default)]
pub struct DataRequestFilter {
    /// Open or closed; both when missing.
    pub open: Option<bool>,
    /// In this state.
    pub state: Option<RequestState>,
    /// Of this kind.
    pub kind: Option<RequestKind>,
    /// Not answered and due until this day.
    pub due_to: Option<NaiveDate>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

fn filtered(select: &str, scope: &Scope, filter: &DataRequestFilter) -> Select {
    let mut select = Select::new(select);
    select.scope(scope, "r.org_id").own(scope, "r.customer_id");
    if let Some(open) = filter.open {
        select.filter("r.is_open = ?", params![open]);
    }
    if let Some(state) = filter.state {
        select.filter("r.state = ?", params![state.as_str()]);
    }
    if let Some(kind) = filter.kind {
        select.filter("r.kind = ?", params![kind.as_str()]);
    }
    if let Some(day) = filter.due_to {
        select.filter("r.answered_at IS NULL AND r.due_on <= ?", params![day]);
    }
    if let Some(customer) = filter.customer {
        select.filter("r.customer_id = ?", params![customer.0]);
    }
    select
}

/// Requests in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_data_requests(
    db: &impl Reads,
    scope: &Scope,
    filter: &DataRequestFilter,
    limit: u64,
) -> Result<Page<DataRequestRow>> {
    let mut select = filtered(SELECT, scope, filter);
    select.page_by_id("r.id", true, filter.after.as_ref(), limit);
    let rows = requests(db, select.list(db).await?)?;
    Ok(Page::cut_by_id(rows, limit, |r| r.id))
}

/// How many requests a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_data_requests(
    db: &impl Reads,
    scope: &Scope,
    filter: &DataRequestFilter,
    cap: i64,
) -> Result<i64> {
    let text = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM data_requests r";
    let mut select = filtered(text, scope, filter);
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

/// A request in sight, by number.
///
/// # Errors
/// What the database says.
pub async fn find_data_request(
    db: &impl Reads,
    scope: &Scope,
    number: &str,
) -> Result<Option<DataRequestRow>> {
    let mut select = filtered(SELECT, scope, &DataRequestFilter::default());
    select.filter("r.number = ?", params![number]);
    Ok(requests(db, select.list(db).await?)?.pop())
}

/// A line of a request's history.
#[derive(Clone, Debug)]
pub struct RequestEntryRow {
    /// When.
    pub at: Instant,
    /// Who.
    pub actor_name: String,
    /// What.
    pub step: String,
    /// State before.
    pub from_state: String,
    /// State after.
    pub to_state: String,
    /// What was noted.
    pub note: Option<String>,
}

#[derive(FromQueryResult)]
struct EntryDbRow {
    id: Uuid,
    at: i64,
    actor_name: String,
    step: String,
    from_state: String,
    to_state: String,
    note: Option<Vec<u8>>,
}

/// The history of a request in sight, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_request_entries(
    db: &impl Reads,
    scope: &Scope,
    request: Uuid,
) -> Result<Vec<RequestEntryRow>> {
    let mut select = Select::new(
        "SELECT e.id, e.at, e.actor_name, e.step, e.from_state, e.to_state, e.note FROM data_request_entries e \
         JOIN data_requests r ON r.id = e.request_id",
    );
    select.scope(scope, "r.org_id").own(scope, "r.customer_id");
    select.filter("e.request_id = ?", params![request]);
    select.then("ORDER BY e.id LIMIT 200", Vec::new());
    let rows: Vec<EntryDbRow> = select.list(db).await?;
    rows.into_iter()
        .map(|r| {
            let note = r
                .note
                .map(|n| db.keys().open("data_request_entries.note", r.id, &n));
            Ok(RequestEntryRow {
                note: note.transpose()?,
                at: instant(r.at),
                actor_name: r.actor_name,
                step: r.step,
                from_state: r.from_state,
                to_state: r.to_state,
            })
        })
        .collect()
}
