//! Second factors, recovery codes, and the half sessions of people who still have to give a code.

use crate::sql::{count, find, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::ids::UserId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// The column to which secrets are bound.
const SECRET: &str = "second_factors.secret";

/// The second factor of a user.
#[derive(Clone)]
pub struct FactorRow {
    /// The secret in base 32.
    pub secret: String,
    /// The last time step whose code was used.
    pub last_step: i64,
    /// When a first code was given; until then it does not count.
    pub confirmed_at: Option<Instant>,
}

impl std::fmt::Debug for FactorRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FactorRow")
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    secret: Vec<u8>,
    last_step: i64,
    confirmed_at: Option<i64>,
}

/// The second factor of a user, confirmed or not.
///
/// # Errors
/// When the secret does not open, or what the database says.
pub async fn find_factor(db: &impl Reads, user: UserId) -> Result<Option<FactorRow>> {
    let sql = "SELECT id, secret, last_step, confirmed_at FROM second_factors WHERE user_id = $1";
    let Some(row) = find::<Row>(db, sql, params![user.0]).await? else {
        return Ok(None);
    };
    Ok(Some(FactorRow {
        secret: db.keys().open(SECRET, row.id, &row.secret)?,
        last_step: row.last_step,
        confirmed_at: row.confirmed_at.map(instant),
    }))
}

/// Keeps the secret of a factor that is being set up, in the place of any other.
///
/// # Errors
/// What the database says.
pub async fn put_factor(work: &UnitOfWork, user: UserId, secret: &str) -> Result<()> {
    let id = work.next_id();
    let sealed = work.keys().seal(SECRET, id, secret)?;
    let sql = "DELETE FROM second_factors WHERE user_id = $1";
    work.execute(sql, params![user.0]).await?;
    let sql = "INSERT INTO second_factors (id, user_id, secret, last_step, created_at) \
               VALUES ($1, $2, $3, 0, $4)";
    let values = params![id, user.0, sealed, millis(work.now())];
    work.execute(sql, values).await.map(|_| ())
}

/// Lets a factor count from now on.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when there is none that waits for it.
pub async fn confirm_factor(work: &UnitOfWork, user: UserId) -> Result<()> {
    let sql =
        "UPDATE second_factors SET confirmed_at = $1 WHERE user_id = $2 AND confirmed_at IS NULL";
    work.execute_one(sql, params![millis(work.now()), user.0])
        .await
}

/// Uses up the code of a time step; says whether it was still good. Two requests at the same moment
/// cannot both use it.
///
/// # Errors
/// What the database says.
pub async fn use_step(work: &UnitOfWork, user: UserId, step: i64) -> Result<bool> {
    let sql = "UPDATE second_factors SET last_step = $1 WHERE user_id = $2 AND last_step < $1";
    Ok(work.execute(sql, params![step, user.0]).await? == 1)
}

/// Removes the factor of a user with its recovery codes.
///
/// # Errors
/// What the database says.
pub async fn delete_factor(work: &UnitOfWork, user: UserId) -> Result<()> {
    for sql in [
        "DELETE FROM recovery_codes WHERE user_id = $1",
        "DELETE FROM second_factors WHERE user_id = $1",
    ] {
        work.execute(sql, params![user.0]).await?;
    }
    Ok(())
}

/// Replaces the recovery codes of a user.
///
/// # Errors
/// What the database says.
pub async fn put_recovery_codes(
    work: &UnitOfWork,
    user: UserId,
    hashes: &[[u8; 32]],
) -> Result<()> {
    let sql = "DELETE FROM recovery_codes WHERE user_id = $1";
    work.execute(sql, params![user.0]).await?;
    for hash in hashes {
        let sql = "INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)";
        work.execute(sql, params![user.0, hash.to_vec()]).await?;
    }
    Ok(())
}

/// Uses up a recovery code; says whether it was good.
///
/// # Errors
/// What the database says.
pub async fn use_recovery_code(work: &UnitOfWork, user: UserId, hash: [u8; 32]) -> Result<bool> {
    let sql = "UPDATE recovery_codes SET used_at = $1 WHERE user_id = $2 AND code_hash = $3 AND used_at IS NULL";
    let values = params![millis(work.now()), user.0, hash.to_vec()];
    Ok(work.execute(sql, values).await? == 1)
}

/// How many recovery codes a user has left.
///
/// # Errors
/// What the database says.
pub async fn count_recovery_codes(db: &impl Reads, user: UserId) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL";
    count(db, sql, params![user.0]).await
}

/// Somebody who gave the right password and still has to give a code.
#[derive(Clone, Copy, Debug)]
pub struct HalfSession {
    /// Who.
    pub user: UserId,
    /// Wrong codes so far.
    pub failures: i64,
}

#[derive(FromQueryResult)]
struct HalfRow {
    user_id: Uuid,
    failures: i64,
}

/// Begins a half session; those that have ended are removed.
///
/// # Errors
/// What the database says.
pub async fn insert_half_session(
    work: &UnitOfWork,
    token_hash: [u8; 32],
    user: UserId,
    expires_at: Instant,
) -> Result<()> {
    let sql = "DELETE FROM half_sessions WHERE expires_at < $1";
    work.execute(sql, params![millis(work.now())]).await?;
    let sql = "INSERT INTO half_sessions (token_hash, user_id, failures, expires_at) VALUES ($1, $2, 0, $3)";
    let values = params![token_hash.to_vec(), user.0, millis(expires_at)];
    work.execute(sql, values).await.map(|_| ())
}

/// The half session of a token that has not ended.
///
/// # Errors
/// What the database says.
pub async fn find_half_session(
    db: &impl Reads,
    token_hash: [u8; 32],
    now: Instant,
) -> Result<Option<HalfSession>> {
    let sql =
        "SELECT user_id, failures FROM half_sessions WHERE token_hash = $1 AND expires_at > $2";
    let row = find::<HalfRow>(db, sql, params![token_hash.to_vec(), millis(now)]).await?;
    Ok(row.map(|r| HalfSession {
        user: UserId(r.user_id),
        failures: r.failures,
    }))
}

/// Counts a wrong code.
///
/// # Errors
/// What the database says.
pub async fn note_wrong_code(work: &UnitOfWork, token_hash: [u8; 32]) -> Result<()> {
    let sql = "UPDATE half_sessions SET failures = failures + 1 WHERE token_hash = $1";
    work.execute(sql, params![token_hash.to_vec()])
        .await
        .map(|_| ())
}

/// Uses up a half session.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it is gone already.
pub async fn delete_half_session(work: &UnitOfWork, token_hash: [u8; 32]) -> Result<()> {
    let sql = "DELETE FROM half_sessions WHERE token_hash = $1";
    work.execute_one(sql, params![token_hash.to_vec()]).await
}

/// Ends the half sessions of a user.
///
/// # Errors
/// What the database says.
pub async fn delete_half_sessions_of(work: &UnitOfWork, user: UserId) -> Result<()> {
    let sql = "DELETE FROM half_sessions WHERE user_id = $1";
    work.execute(sql, params![user.0]).await.map(|_| ())
}
