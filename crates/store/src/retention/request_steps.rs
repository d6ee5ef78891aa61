//! Requests of people about their own data, as they are written: each step with a line of the history.

use super::requests::DataRequestRow;
use crate::sql::{list, millis, params};
use crate::{Reads as _, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::ids::CustomerId;
use domain::retention::{IdentityMethod, Outcome, RequestKind, RequestState, Requester, Way};
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

/// What a step changes besides the state.
#[derive(Clone, Debug, Default)]
pub struct RequestChange<'c> {
    /// How the identity was verified, and the id of who did.
    pub identity: Option<(IdentityMethod, Option<Uuid>)>,
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
               job_id = COALESCE($15, job_id), identity_by_id = COALESCE($16, identity_by_id), \
               version = version + 1, updated_at = $17 WHERE id = $18 AND version = $19";
    let values = params![
        to.as_str(),
        !closed,
        change.identity.map(|(method, _)| method.as_str()),
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
        change.identity.and_then(|(_, id)| id),
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

#[derive(FromQueryResult)]
struct CopyRow {
    copy_key: String,
}

/// Where the copies lie that were made for a customer.
///
/// # Errors
/// What the database says.
pub async fn list_copies(work: &UnitOfWork, customer: CustomerId) -> Result<Vec<String>> {
    let sql = "SELECT copy_key FROM data_requests WHERE customer_id = $1 AND copy_key IS NOT NULL ORDER BY id";
    let rows: Vec<CopyRow> = list(work, sql, params![customer.0]).await?;
    Ok(rows.into_iter().map(|r| r.copy_key).collect())
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
