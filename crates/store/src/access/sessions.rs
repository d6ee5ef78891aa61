//! Sessions of people and links that work once. Only hashes of tokens are stored.

use crate::sql::{find, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::ids::UserId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A session to begin.
#[derive(Clone, Debug)]
pub struct NewSession<'s> {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// Whose it is.
    pub user: UserId,
    /// Token that forms must carry.
    pub csrf_token: &'s str,
    /// When it ends at the latest.
    pub expires_at: Instant,
    /// Browser.
    pub user_agent: &'s str,
    /// Network address.
    pub address: &'s str,
}

/// A session.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// Whose it is.
    pub user: UserId,
    /// Token that forms must carry.
    pub csrf_token: String,
    /// When it was last used.
    pub seen_at: Instant,
    /// When it ends at the latest.
    pub expires_at: Instant,
    /// The delegation under which the person is acting.
    pub acting_for: Option<Uuid>,
}

/// Begins a session.
///
/// # Errors
/// What the database says.
pub async fn insert_session(work: &UnitOfWork, session: &NewSession<'_>) -> Result<()> {
    let sql = "INSERT INTO sessions (token_hash, user_id, csrf_token, created_at, seen_at, expires_at, user_agent, \
               address) VALUES ($1, $2, $3, $4, $4, $5, $6, $7)";
    let values = params![
        session.token_hash.to_vec(),
        session.user.0,
        session.csrf_token,
        millis(work.now()),
        millis(session.expires_at),
        session.user_agent,
        session.address,
    ];
    work.execute(sql, values).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct Row {
    user_id: Uuid,
    csrf_token: String,
    seen_at: i64,
    expires_at: i64,
    acting_for: Option<Uuid>,
}

/// The session of a token.
///
/// # Errors
/// What the database says.
pub async fn find_session(db: &impl Reads, token_hash: [u8; 32]) -> Result<Option<SessionRow>> {
    let sql = "SELECT user_id, csrf_token, seen_at, expires_at, acting_for FROM sessions WHERE token_hash = $1";
    let row = find::<Row>(db, sql, params![token_hash.to_vec()]).await?;
    Ok(row.map(|r| SessionRow {
        user: UserId(r.user_id),
        csrf_token: r.csrf_token,
        seen_at: instant(r.seen_at),
        expires_at: instant(r.expires_at),
        acting_for: r.acting_for,
    }))
}

/// Notes that a session is in use.
///
/// # Errors
/// What the database says.
pub async fn touch_session(work: &UnitOfWork, token_hash: [u8; 32]) -> Result<()> {
    let sql = "UPDATE sessions SET seen_at = $1 WHERE token_hash = $2";
    work.execute(sql, params![millis(work.now()), token_hash.to_vec()])
        .await
        .map(|_| ())
}

/// Ends a session.
///
/// # Errors
/// What the database says.
pub async fn delete_session(work: &UnitOfWork, token_hash: [u8; 32]) -> Result<()> {
    let sql = "DELETE FROM sessions WHERE token_hash = $1";
    work.execute(sql, params![token_hash.to_vec()])
        .await
        .map(|_| ())
}

/// Ends every session of a user.
///
/// # Errors
/// What the database says.
pub async fn delete_sessions_of(work: &UnitOfWork, user: UserId) -> Result<()> {
    work.execute("DELETE FROM sessions WHERE user_id = $1", params![user.0])
        .await
        .map(|_| ())
}

/// Removes sessions that have ended.
///
/// # Errors
/// What the database says.
pub async fn delete_expired_sessions(work: &UnitOfWork) -> Result<()> {
    work.execute(
        "DELETE FROM sessions WHERE expires_at < $1",
        params![millis(work.now())],
    )
    .await
    .map(|_| ())
}

/// How often signing in under a name failed since a moment and since it last succeeded. The audit log
/// knows, so that servers side by side count together.
///
/// # Errors
/// What the database says.
pub async fn count_failed_sign_ins(db: &impl Reads, username: &str, since: Instant) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM audit_entries WHERE at >= $1 AND action = 'access.sign_in_failed' \
               AND actor_name = $2 AND at > COALESCE((SELECT MAX(at) FROM audit_entries WHERE at >= $1 \
               AND action = 'access.signed_in' AND actor_name = $2), 0)";
    crate::sql::count(db, sql, params![millis(since), username]).await
}

/// Keeps a link that works once until a moment.
///
/// # Errors
/// What the database says.
pub async fn put_one_time_link(
    work: &UnitOfWork,
    token_hash: [u8; 32],
    purpose: &str,
    expires_at: Instant,
) -> Result<()> {
    work.execute(
        "DELETE FROM one_time_links WHERE purpose = $1",
        params![purpose],
    )
    .await?;
    let sql = "INSERT INTO one_time_links (token_hash, purpose, expires_at) VALUES ($1, $2, $3)";
    work.execute(
        sql,
        params![token_hash.to_vec(), purpose, millis(expires_at)],
    )
    .await
    .map(|_| ())
}

/// Uses a link up; says whether it was good.
///
/// # Errors
/// What the database says.
pub async fn take_one_time_link(
    work: &UnitOfWork,
    token_hash: [u8; 32],
    purpose: &str,
) -> Result<bool> {
    let sql =
        "DELETE FROM one_time_links WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3";
    let taken = work
        .execute(
            sql,
            params![token_hash.to_vec(), purpose, millis(work.now())],
        )
        .await?;
    Ok(taken == 1)
}
