//! Sessions of people and links that work once. Only hashes of tokens are stored.

use crate::sql::{find, instant, list, millis, params};
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
    /// How the person showed who they are.
    pub means: &'s str,
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
    /// Its name, which is no secret.
    pub id: Uuid,
    /// Whose it is.
    pub user: UserId,
    /// How the person showed who they are.
    pub means: String,
    /// Token that forms must carry.
    pub csrf_token: String,
    /// When it began.
    pub created_at: Instant,
    /// When it was last used.
    pub seen_at: Instant,
    /// When it ends at the latest.
    pub expires_at: Instant,
    /// Browser.
    pub user_agent: String,
    /// Network address.
    pub address: String,
    /// The delegation under which the person is acting.
    pub acting_for: Option<Uuid>,
}

/// Begins a session.
///
/// # Errors
/// What the database says.
pub async fn insert_session(work: &UnitOfWork, session: &NewSession<'_>) -> Result<()> {
    let sql = "INSERT INTO sessions (id, token_hash, user_id, means, csrf_token, created_at, seen_at, expires_at, \
               user_agent, address) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9)";
    let values = params![
        work.next_id(),
        session.token_hash.to_vec(),
        session.user.0,
        session.means,
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
    id: Uuid,
    user_id: Uuid,
    means: String,
    csrf_token: String,
    created_at: i64,
    seen_at: i64,
    expires_at: i64,
    user_agent: String,
    address: String,
    acting_for: Option<Uuid>,
}

impl From<Row> for SessionRow {
    fn from(r: Row) -> Self {
        Self {
            id: r.id,
            user: UserId(r.user_id),
            means: r.means,
            csrf_token: r.csrf_token,
            created_at: instant(r.created_at),
            seen_at: instant(r.seen_at),
            expires_at: instant(r.expires_at),
            user_agent: r.user_agent,
            address: r.address,
            acting_for: r.acting_for,
        }
    }
}

const SELECT: &str = "SELECT id, user_id, means, csrf_token, created_at, seen_at, expires_at, user_agent, address, \
     acting_for FROM sessions";

/// The session of a token.
///
/// # Errors
/// What the database says.
pub async fn find_session(db: &impl Reads, token_hash: [u8; 32]) -> Result<Option<SessionRow>> {
    let sql = format!("{SELECT} WHERE token_hash = $1");
    let row = find::<Row>(db, &sql, params![token_hash.to_vec()]).await?;
    Ok(row.map(SessionRow::from))
}

/// Sessions of a user that have not ended, the last used first.
///
/// # Errors
/// What the database says.
pub async fn list_sessions_of(
    db: &impl Reads,
    user: UserId,
    now: Instant,
    idle_since: Instant,
) -> Result<Vec<SessionRow>> {
    let sql = format!(
        "{SELECT} WHERE user_id = $1 AND expires_at > $2 AND seen_at > $3 ORDER BY seen_at DESC, id LIMIT 200"
    );
    let values = params![user.0, millis(now), millis(idle_since)];
    let rows: Vec<Row> = list(db, &sql, values).await?;
    Ok(rows.into_iter().map(SessionRow::from).collect())
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

/// Ends every session of a user but one.
///
/// # Errors
/// What the database says.
pub async fn delete_other_sessions(work: &UnitOfWork, user: UserId, kept: Uuid) -> Result<u64> {
    let sql = "DELETE FROM sessions WHERE user_id = $1 AND id <> $2";
    work.execute(sql, params![user.0, kept]).await
}

/// Ends one session of a user.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when the user has no such session.
pub async fn delete_own_session(work: &UnitOfWork, user: UserId, id: Uuid) -> Result<()> {
    let sql = "DELETE FROM sessions WHERE user_id = $1 AND id = $2";
    work.execute_one(sql, params![user.0, id]).await
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

/// Somebody signing in, or failing to, as the audit log has it.
#[derive(Clone, Debug)]
pub struct SignInRow {
    /// When.
    pub at: Instant,
    /// What, such as `access.signed_in`.
    pub action: String,
    /// Details as JSON text.
    pub detail: String,
}

#[derive(FromQueryResult)]
struct SignInDbRow {
    at: i64,
    action: String,
    detail: String,
}

/// The last times that a user signed in or failed to.
///
/// # Errors
/// What the database says.
pub async fn list_sign_ins_of(db: &impl Reads, user: UserId, limit: i32) -> Result<Vec<SignInRow>> {
    let sql = "SELECT at, action, detail FROM audit_entries WHERE subject_id = $1 \
               AND action IN ('access.signed_in', 'access.sign_in_failed') ORDER BY at DESC, id DESC LIMIT $2";
    let rows: Vec<SignInDbRow> = list(db, sql, params![user.0, limit]).await?;
    let rows = rows.into_iter().map(|r| SignInRow {
        at: instant(r.at),
        action: r.action,
        detail: r.detail,
    });
    Ok(rows.collect())
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
