//! Passkeys of users: public keys with their counters, as the library that checks them writes them.

use crate::sql::{find, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::ids::UserId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyRow {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub user: UserId,
    /// Name that its owner gave it.
    pub name: String,
    /// Public key and counter, as JSON. No secret is in it.
    pub credential: String,
    /// When it was registered.
    pub created_at: Instant,
    /// When its owner last signed in with it.
    pub used_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    name: String,
    credential: String,
    created_at: i64,
    used_at: Option<i64>,
}

const SELECT: &str = "SELECT id, user_id, name, credential, created_at, used_at FROM passkeys";

impl From<Row> for PasskeyRow {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            user: UserId(row.user_id),
            name: row.name,
            credential: row.credential,
            created_at: instant(row.created_at),
            used_at: row.used_at.map(instant),
        }
    }
}

/// The passkey with a credential's id.
///
/// # Errors
/// What the database says.
pub async fn find_passkey(db: &impl Reads, credential_id: &[u8]) -> Result<Option<PasskeyRow>> {
    let sql = format!("{SELECT} WHERE credential_id = $1");
    let row = find::<Row>(db, &sql, params![credential_id.to_vec()]).await?;
    Ok(row.map(PasskeyRow::from))
}

/// The passkeys of a user, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_passkeys(db: &impl Reads, user: UserId) -> Result<Vec<PasskeyRow>> {
    let sql = format!("{SELECT} WHERE user_id = $1 ORDER BY id");
    let rows = list::<Row>(db, &sql, params![user.0]).await?;
    Ok(rows.into_iter().map(PasskeyRow::from).collect())
}

/// Keeps a new passkey.
///
/// # Errors
/// [`crate::StoreError::Constraint`] when the credential is registered already.
pub async fn insert_passkey(
    work: &UnitOfWork,
    user: UserId,
    credential_id: &[u8],
    name: &str,
    credential: &str,
) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO passkeys (id, user_id, credential_id, name, credential, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = params![
        id,
        user.0,
        credential_id.to_vec(),
        name,
        credential,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Notes that a passkey was used, with its new counter. `before` is the credential that the answer was
/// checked against, so that two answers cannot both pass on one counter.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when the passkey is gone or was used in the meantime.
pub async fn update_passkey(
    work: &UnitOfWork,
    id: Uuid,
    before: &str,
    credential: &str,
) -> Result<()> {
    let sql = "UPDATE passkeys SET credential = $1, used_at = $2 WHERE id = $3 AND credential = $4";
    work.execute_one(sql, params![credential, millis(work.now()), id, before])
        .await
}

/// Removes a passkey of a user; says whether there was one.
///
/// # Errors
/// What the database says.
pub async fn delete_passkey(work: &UnitOfWork, user: UserId, id: Uuid) -> Result<bool> {
    let sql = "DELETE FROM passkeys WHERE id = $1 AND user_id = $2";
    Ok(work.execute(sql, params![id, user.0]).await? == 1)
}

/// Removes all passkeys of a user.
///
/// # Errors
/// What the database says.
pub async fn delete_passkeys_of(work: &UnitOfWork, user: UserId) -> Result<()> {
    let sql = "DELETE FROM passkeys WHERE user_id = $1";
    work.execute(sql, params![user.0]).await.map(|_| ())
}
