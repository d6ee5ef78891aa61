//! Requests of people about their own data, and their history.

use crate::customers::shown_name;
use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::CustomerId;
use domain::retention::{
    IdentityMethod, Outcome, Request, RequestKind, RequestState, Requester, Way,
};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A request that came in.
#[derive(Clone, Debug)]
pub struct NewDataRequest<'n> {
    /// Its number.
    pub number: &'n str,
    /// The customer whose data it is.
    pub customer: CustomerId,
    /// Unit of the customer.
    pub org: Uuid,
    /// What is asked for.
    pub kind: RequestKind,
    /// Who asks.
    pub requester: Requester,
    /// When it came in.
    pub received_on: NaiveDate,
    /// How it came in.
    pub received_through: Way,
    /// Who took it.
    pub received_by: &'n str,
    /// What is asked for, in the person's words.
    pub wish: Option<&'n str>,
    /// Last day to answer.
    pub due_on: NaiveDate,
    /// Where that is written.
    pub due_cite: &'n str,
}

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
     r.received_by, r.wish, r.due_on, r.due_cite, r.identity_method, r.identity_by, r.identity_at, r.outcome, r.ground, \
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

/// Adds a request with the first line of its history.
///
/// # Errors
/// What the database says.
pub async fn insert_data_request(work: &UnitOfWork, new: &NewDataRequest<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let wish = new
        .wish
        .map(|w| work.keys().seal("data_requests.wish", id, w))
        .transpose()?;
    let sql = "INSERT INTO data_requests (id, number, customer_id, org_id, kind, state, is_open, requester, received_by, \
               received_on, received_through, wish, due_on, due_cite, version, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, 'received', TRUE, $6, $7, $8, $9, $10, $11, $12, 1, $13, $13)";
    let values = params![
        id,
        new.number,
        new.customer.0,
        new.org,
        new.kind.as_str(),
        new.requester.as_str(),
        new.received_by,
        new.received_on,
        new.received_through.as_str(),
        wish,
        new.due_on,
        new.due_cite,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    let state = RequestState::Received;
    insert_entry(work, id, new.received_by, "receive", (state, state), None).await?;
    Ok(id)
}

async fn insert_entry(
    work: &UnitOfWork,
    request: Uuid,
    actor: &str,
    step: &str,
    (from, to): (RequestState, RequestState),
    note: Option<&str>,
) -> Result<()> {
    let id = work.next_id();
    let note = note
        .map(|n| work.keys().seal("data_request_entries.note", id, n))
        .transpose()?;
    let sql = "INSERT INTO data_request_entries (id, request_id, at, actor_name, step, from_state, to_state, note) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        id,
        request,
        millis(work.now()),
        actor,
        step,
        from.as_str(),
        to.as_str(),
        note
    ];
    work.execute(sql, values).await.map(|_| ())
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

/// What a step changes besides the state.
#[derive(Clone, Debug, Default)]
pub struct RequestChange<'c> {
    /// How the identity was verified.
    pub identity: Option<IdentityMethod>,
    /// What was decided, with the ground of a refusal.
    pub decided: Option<(Outcome, Option<&'c str>)>,
    /// It was carried out.
    pub carried_out: bool,
    /// The answer and how it went out.
    pub answer: Option<(Way, &'c str)>,
    /// What was noted.
    pub note: Option<&'c str>,
    /// The job that makes the copy.
    pub job: Option<Uuid>,
}

/// Saves a step with a line of the history.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn save_data_request(
    work: &UnitOfWork,
    row: &DataRequestRow,
    step: &str,
    to: RequestState,
    by: &str,
    change: &RequestChange<'_>,
) -> Result<()> {
    let now = millis(work.now());
    let answer = change
        .answer
        .map(|(_, text)| work.keys().seal("data_requests.answer", row.id, text))
        .transpose()?;
    let closed = to == RequestState::Closed;
    let sql = "UPDATE data_requests SET state = $1, is_open = $2, identity_method = COALESCE($3, identity_method), \
               identity_by = COALESCE($4, identity_by), identity_at = COALESCE($5, identity_at), \
               outcome = COALESCE($6, outcome), ground = COALESCE($7, ground), decided_by = COALESCE($8, decided_by), \
               decided_at = COALESCE($9, decided_at), carried_out_at = COALESCE($10, carried_out_at), \
               answered_through = COALESCE($11, answered_through), answer = COALESCE($12, answer), \
               answered_at = COALESCE($13, answered_at), closed_at = COALESCE($14, closed_at), \
               job_id = COALESCE($15, job_id), version = version + 1, updated_at = $16 WHERE id = $17 AND version = $18";
    let values = params![
        to.as_str(),
        !closed,
        change.identity.map(IdentityMethod::as_str),
        change.identity.map(|_| by),
        change.identity.map(|_| now),
        change.decided.map(|(outcome, _)| outcome.as_str()),
        change.decided.and_then(|(_, ground)| ground),
        change.decided.map(|_| by),
        change.decided.map(|_| now),
        change.carried_out.then_some(now),
        change.answer.map(|(way, _)| way.as_str()),
        answer,
        change.answer.map(|_| now),
        closed.then_some(now),
        change.job,
        now,
        row.id,
        row.version,
    ];
    work.execute_one(sql, values).await?;
    let states = (row.request.state, to);
    insert_entry(work, row.id, by, step, states, change.note).await
}

/// Notes where the copy of a request lies, or that it is gone.
///
/// # Errors
/// What the database says.
pub async fn note_copy(work: &UnitOfWork, request: Uuid, key: Option<&str>) -> Result<()> {
    let sql = "UPDATE data_requests SET copy_key = $1, updated_at = $2 WHERE id = $3";
    let values = params![key, millis(work.now()), request];
    work.execute_one(sql, values).await
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
