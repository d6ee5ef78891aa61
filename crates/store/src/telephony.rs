//! Telephone calls as the telephone system tells of them, and the extensions of people.

use crate::sql::{Select, find, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::ids::{AttemptId, CallId, CustomerId, OrgId, RecordingId, UserId};
use domain::telephony::{Call, CallEnd, CallState};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A call to write down.
#[derive(Clone, Copy, Debug)]
pub struct NewCall<'n> {
    /// The attempt that it belongs to.
    pub attempt: AttemptId,
    /// The customer.
    pub customer: CustomerId,
    /// The unit of the business.
    pub org: OrgId,
    /// Who calls.
    pub caller: UserId,
    /// From which extension.
    pub extension: &'n str,
    /// What the telephone system calls it; nothing yet when it was asked for here.
    pub external_id: Option<&'n str>,
    /// Asked for here, not dialled on the telephone.
    pub is_dialled: bool,
}

/// A call.
#[derive(Clone, Debug)]
pub struct CallRow {
    /// Its id.
    pub id: CallId,
    /// The attempt that it belongs to.
    pub attempt: AttemptId,
    /// The customer.
    pub customer: CustomerId,
    /// The unit of the business.
    pub org: OrgId,
    /// Who calls.
    pub caller: UserId,
    /// What the telephone system calls it.
    pub external_id: Option<String>,
    /// Asked for here, not dialled on the telephone.
    pub is_dialled: bool,
    /// How far it is.
    pub call: Call,
    /// What the telephone system said when it could not do it.
    pub failure: Option<String>,
    /// The recording that was fetched.
    pub recording: Option<RecordingId>,
    /// Name or address of its recording in the telephone system; known once it is being recorded.
    pub recording_name: Option<String>,
    /// When it was asked for or first heard of.
    pub created_at: Instant,
    /// Version, for updates.
    pub version: i64,
}

impl CallRow {
    /// It is recorded: the recording is here, or on its way.
    pub fn is_recorded(&self) -> bool {
        self.recording.is_some() || self.recording_name.is_some()
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    attempt_id: Uuid,
    customer_id: Uuid,
    org_id: Uuid,
    caller_id: Uuid,
    external_id: Option<String>,
    is_dialled: bool,
    state: String,
    answered_at: Option<i64>,
    ended_at: Option<i64>,
    end_kind: Option<String>,
    failure: Option<String>,
    recording_id: Option<Uuid>,
    recording_name: Option<String>,
    created_at: i64,
    version: i64,
}

const SELECT: &str = "SELECT c.id, c.attempt_id, c.customer_id, c.org_id, c.caller_id, c.external_id, c.is_dialled, \
     c.state, c.answered_at, c.ended_at, c.end_kind, c.failure, c.recording_id, c.recording_name, c.created_at, \
     c.version FROM calls c";

fn call(r: Row) -> Result<CallRow> {
    Ok(CallRow {
        id: CallId(r.id),
        attempt: AttemptId(r.attempt_id),
        customer: CustomerId(r.customer_id),
        org: OrgId(r.org_id),
        caller: UserId(r.caller_id),
        external_id: r.external_id,
        is_dialled: r.is_dialled,
        call: Call {
            state: CallState::parse(&r.state)?,
            answered_at: r.answered_at.map(instant),
            ended_at: r.ended_at.map(instant),
            end: r.end_kind.as_deref().map(CallEnd::parse).transpose()?,
        },
        failure: r.failure,
        recording: r.recording_id.map(RecordingId),
        recording_name: r.recording_name,
        created_at: instant(r.created_at),
        version: r.version,
    })
}

/// Writes a call down.
///
/// # Errors
/// What the database says; [`crate::StoreError::Constraint`] when the telephone system's name is taken.
pub async fn insert_call(work: &UnitOfWork, new: &NewCall<'_>) -> Result<CallId> {
    let id = work.next_id();
    let sql = "INSERT INTO calls (id, attempt_id, customer_id, org_id, caller_id, extension, external_id, is_dialled, \
               state, version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'requested', 1, $9, $9)";
    let values = params![
        id,
        new.attempt.0,
        new.customer.0,
        new.org.0,
        new.caller.0,
        new.extension,
        new.external_id,
        new.is_dialled,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(CallId(id))
}

/// Saves how far a call is, what it is called there, and its recording.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it changed meanwhile.
pub async fn save_call(work: &UnitOfWork, row: &CallRow) -> Result<()> {
    let sql = "UPDATE calls SET state = $1, answered_at = $2, ended_at = $3, end_kind = $4, failure = $5, \
               recording_id = $6, recording_name = $7, external_id = $8, version = version + 1, updated_at = $9 \
               WHERE id = $10 AND version = $11";
    let values = params![
        row.call.state.as_str(),
        row.call.answered_at.map(millis),
        row.call.ended_at.map(millis),
        row.call.end.map(CallEnd::as_str),
        row.failure.as_deref(),
        row.recording.map(|r| r.0),
        row.recording_name.as_deref(),
        row.external_id.as_deref(),
        millis(work.now()),
        row.id.0,
        row.version,
    ];
    work.execute_one(sql, values).await
}

/// A call by its id or by what the telephone system calls it. Only the telephone system asks so.
///
/// # Errors
/// What the database says.
pub async fn find_call(
    db: &impl Reads,
    id: Option<CallId>,
    external: &str,
) -> Result<Option<CallRow>> {
    let sql = format!("{SELECT} WHERE c.id = $1 OR c.external_id = $2 ORDER BY c.id LIMIT 1");
    let values = params![id.map(|i| i.0).unwrap_or_default(), external];
    find::<Row>(db, &sql, values).await?.map(call).transpose()
}

/// The last call of an attempt.
///
/// # Errors
/// What the database says.
pub async fn find_call_of_attempt(db: &impl Reads, attempt: AttemptId) -> Result<Option<CallRow>> {
    let sql = format!("{SELECT} WHERE c.attempt_id = $1 ORDER BY c.id DESC LIMIT 1");
    find::<Row>(db, &sql, params![attempt.0])
        .await?
        .map(call)
        .transpose()
}

/// Calls of some attempts whose business is in sight, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_calls(
    db: &impl Reads,
    scope: &Scope,
    attempts: &[AttemptId],
) -> Result<Vec<CallRow>> {
    if attempts.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = Select::new(SELECT);
    let values = attempts.iter().map(|a| a.0.into()).collect();
    select
        .filter_in("c.attempt_id", values)
        .scope(scope, "c.org_id")
        .own(scope, "c.customer_id")
        .then("ORDER BY c.id", Vec::new());
    select
        .list::<Row>(db)
        .await?
        .into_iter()
        .map(call)
        .collect()
}

#[derive(FromQueryResult)]
struct Extension {
    extension: Option<String>,
}

/// The extension of somebody.
///
/// # Errors
/// What the database says.
pub async fn find_extension(db: &impl Reads, user: UserId) -> Result<Option<String>> {
    let sql = "SELECT extension FROM users WHERE id = $1";
    let found = find::<Extension>(db, sql, params![user.0]).await?;
    Ok(found.and_then(|e| e.extension))
}

/// Gives somebody an extension; whoever had it before, has none.
///
/// # Errors
/// What the database says.
pub async fn set_extension(work: &UnitOfWork, user: UserId, extension: &str) -> Result<()> {
    let sql = "UPDATE users SET extension = NULL WHERE extension = $1 AND id <> $2";
    work.execute(sql, params![extension, user.0]).await?;
    let sql = "UPDATE users SET extension = $1 WHERE id = $2";
    work.execute_one(sql, params![extension, user.0]).await
}

/// An attempt under way by telephone.
#[derive(Clone, Copy, Debug, FromQueryResult)]
struct UnderWay {
    attempt_id: Uuid,
    customer_id: Uuid,
    org_id: Uuid,
    caller_id: Uuid,
}

/// The newest attempt under way of whoever has an extension: attempt, customer, unit and caller.
///
/// # Errors
/// What the database says.
pub async fn find_attempt_of_extension(
    db: &impl Reads,
    extension: &str,
) -> Result<Option<(AttemptId, CustomerId, OrgId, UserId)>> {
    let sql = "SELECT a.id AS attempt_id, a.customer_id, k.org_id, a.caller_id FROM users u \
               JOIN attempts a ON a.caller_id = u.id JOIN callbacks k ON k.id = a.callback_id \
               WHERE u.extension = $1 AND a.saved_at IS NULL AND a.channel = 'phone' \
               ORDER BY a.started_at DESC LIMIT 1";
    let found = list::<UnderWay>(db, sql, params![extension]).await?;
    Ok(found.first().map(|r| {
        (
            AttemptId(r.attempt_id),
            CustomerId(r.customer_id),
            OrgId(r.org_id),
            UserId(r.caller_id),
        )
    }))
}
