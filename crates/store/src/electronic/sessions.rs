//! Sessions of customers: how far somebody has come in proving who they are.

use crate::sql::{find, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::electronic::Stage;
use domain::ids::LinkId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A session that begins.
#[derive(Clone, Copy, Debug)]
pub struct NewSession {
    /// The link.
    pub link: LinkId,
    /// What is kept of the token.
    pub token_hash: [u8; 32],
    /// When it ends.
    pub ends_at: Instant,
}

/// A session.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// Its id.
    pub id: Uuid,
    /// The link.
    pub link: LinkId,
    /// How far the customer has come.
    pub stage: Stage,
    /// What is kept of the code.
    pub code_hash: Option<Vec<u8>>,
    /// Until when the code is good.
    pub code_until: Option<Instant>,
    /// When it ends.
    pub ends_at: Instant,
}

/// Begins a session; the code comes next.
///
/// # Errors
/// What the database says.
pub async fn insert_session(work: &UnitOfWork, session: &NewSession) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO electronic_sessions (id, link_id, token_hash, stage, code_tries, began_at, ends_at) \
               VALUES ($1, $2, $3, 'code', 0, $4, $5)";
    let values = params![
        id,
        session.link.0,
        session.token_hash.to_vec(),
        millis(work.now()),
        millis(session.ends_at),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    link_id: Uuid,
    stage: String,
    code_hash: Option<Vec<u8>>,
    code_until: Option<i64>,
    ends_at: i64,
}

/// The session of a token that has not ended.
///
/// # Errors
/// What the database says.
pub async fn find_session(
    db: &impl Reads,
    hash: &[u8; 32],
    now: Instant,
) -> Result<Option<SessionRow>> {
    let sql = "SELECT id, link_id, stage, code_hash, code_until, ends_at FROM electronic_sessions \
               WHERE token_hash = $1 AND ends_at > $2";
    let row = find::<Row>(db, sql, params![hash.to_vec(), millis(now)]).await?;
    row.map(|r| {
        Ok(SessionRow {
            id: r.id,
            link: LinkId(r.link_id),
            stage: Stage::parse(&r.stage)?,
            code_hash: r.code_hash,
            code_until: r.code_until.map(instant),
            ends_at: instant(r.ends_at),
        })
    })
    .transpose()
}

/// Keeps what there is to keep of a code that was sent.
///
/// # Errors
/// What the database says.
pub async fn save_code(
    work: &UnitOfWork,
    session: Uuid,
    hash: &[u8; 32],
    until: Instant,
) -> Result<()> {
    let sql = "UPDATE electronic_sessions SET code_hash = $1, code_until = $2, code_tries = 0 WHERE id = $3";
    work.execute_one(sql, params![hash.to_vec(), millis(until), session])
        .await
}

#[derive(FromQueryResult)]
struct LastRow {
    at: Option<i64>,
}

/// When the last code of a link was sent.
///
/// # Errors
/// What the database says.
pub async fn last_code_at(db: &impl Reads, link: LinkId) -> Result<Option<Instant>> {
    let sql =
        "SELECT MAX(at) AS at FROM electronic_evidence WHERE link_id = $1 AND kind = 'code_sent'";
    let row = find::<LastRow>(db, sql, params![link.0]).await?;
    Ok(row.and_then(|r| r.at).map(instant))
}

/// Counts a code that did not fit.
///
/// # Errors
/// What the database says.
pub async fn take_code_try(work: &UnitOfWork, session: Uuid) -> Result<()> {
    let sql = "UPDATE electronic_sessions SET code_tries = code_tries + 1 WHERE id = $1";
    work.execute_one(sql, params![session]).await
}

/// Moves a session on; its code is used up. Moving on twice is a conflict.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it was moved on meanwhile.
pub async fn open_stage(work: &UnitOfWork, session: &SessionRow, stage: Stage) -> Result<()> {
    let sql =
        "UPDATE electronic_sessions SET stage = $1, code_hash = NULL WHERE id = $2 AND stage = $3";
    let values = params![stage.as_str(), session.id, session.stage.as_str()];
    work.execute_one(sql, values).await
}

/// Ends all sessions of a link.
///
/// # Errors
/// What the database says.
pub async fn close_sessions(work: &UnitOfWork, link: LinkId) -> Result<()> {
    let now = millis(work.now());
    let sql = "UPDATE electronic_sessions SET ends_at = $1, code_hash = NULL WHERE link_id = $2 AND ends_at > $1";
    work.execute(sql, params![now, link.0]).await.map(|_| ())
}
