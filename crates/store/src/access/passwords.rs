//! Passwords that users had.

use crate::sql::{list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::ids::UserId;
use sea_orm::FromQueryResult;

#[derive(FromQueryResult)]
struct Row {
    password_hash: String,
}

/// Hashes of the passwords that a user had before the present one, the last first.
///
/// # Errors
/// What the database says.
pub async fn list_earlier_passwords(
    db: &impl Reads,
    user: UserId,
    limit: usize,
) -> Result<Vec<String>> {
    let sql =
        "SELECT password_hash FROM password_history WHERE user_id = $1 ORDER BY id DESC LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows: Vec<Row> = list(db, sql, params![user.0, limit]).await?;
    Ok(rows.into_iter().map(|r| r.password_hash).collect())
}

/// Replaces the password of a user and keeps the old one among the earlier ones, of which only as many
/// are kept as are asked about. `is_initial` says that somebody else chose it.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when there is no such user.
pub async fn set_password(
    work: &UnitOfWork,
    user: UserId,
    hash: &str,
    is_initial: bool,
    kept: usize,
) -> Result<()> {
    let sql = "INSERT INTO password_history (id, user_id, password_hash) \
               SELECT $1, id, password_hash FROM users WHERE id = $2";
    work.execute(sql, params![work.next_id(), user.0]).await?;
    let sql = "DELETE FROM password_history WHERE user_id = $1 AND id NOT IN \
               (SELECT id FROM password_history WHERE user_id = $1 ORDER BY id DESC LIMIT $2)";
    let kept = i64::try_from(kept).unwrap_or(i64::MAX);
    work.execute(sql, params![user.0, kept]).await?;
    let sql = "UPDATE users SET password_hash = $1, password_set_at = $2, password_is_initial = $3, \
               version = version + 1, updated_at = $2 WHERE id = $4";
    let values = params![hash, millis(work.now()), is_initial, user.0];
    work.execute_one(sql, values).await
}
