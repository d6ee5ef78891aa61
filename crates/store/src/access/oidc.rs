//! Identities of users at OpenID Connect providers.

use crate::sql::{find, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::ids::UserId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Somebody at a provider, who is one of our users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRow {
    /// Its id.
    pub id: Uuid,
    /// The user.
    pub user: UserId,
    /// The provider's address (`iss`).
    pub issuer: String,
    /// Who it is there (`sub`); never reassigned by the provider.
    pub subject: String,
    /// The name by which people know the identity.
    pub label: String,
    /// When it was linked.
    pub created_at: Instant,
    /// When somebody last signed in with it.
    pub used_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    issuer: String,
    subject: String,
    label: String,
    created_at: i64,
    used_at: Option<i64>,
}

const SELECT: &str =
    "SELECT id, user_id, issuer, subject, label, created_at, used_at FROM user_identities";

impl From<Row> for IdentityRow {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            user: UserId(row.user_id),
            issuer: row.issuer,
            subject: row.subject,
            label: row.label,
            created_at: instant(row.created_at),
            used_at: row.used_at.map(instant),
        }
    }
}

/// The identity of somebody at a provider.
///
/// # Errors
/// What the database says.
pub async fn find_identity(
    db: &impl Reads,
    issuer: &str,
    subject: &str,
) -> Result<Option<IdentityRow>> {
    let sql = format!("{SELECT} WHERE issuer = $1 AND subject = $2");
    let row = find::<Row>(db, &sql, params![issuer, subject]).await?;
    Ok(row.map(IdentityRow::from))
}

/// The identities of a user, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_identities(db: &impl Reads, user: UserId) -> Result<Vec<IdentityRow>> {
    let sql = format!("{SELECT} WHERE user_id = $1 ORDER BY id");
    let rows = list::<Row>(db, &sql, params![user.0]).await?;
    Ok(rows.into_iter().map(IdentityRow::from).collect())
}

/// Links an identity to a user.
///
/// # Errors
/// [`crate::StoreError::Constraint`] when it is somebody's already.
pub async fn insert_identity(
    work: &UnitOfWork,
    user: UserId,
    (issuer, subject): (&str, &str),
    label: &str,
) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO user_identities (id, user_id, issuer, subject, label, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = params![id, user.0, issuer, subject, label, millis(work.now())];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Notes that somebody signed in with an identity.
///
/// # Errors
/// What the database says.
pub async fn touch_identity(work: &UnitOfWork, id: Uuid) -> Result<()> {
    let sql = "UPDATE user_identities SET used_at = $1 WHERE id = $2";
    work.execute(sql, params![millis(work.now()), id])
        .await
        .map(|_| ())
}

/// Unlinks an identity of a user; says whether there was one.
///
/// # Errors
/// What the database says.
pub async fn delete_identity(work: &UnitOfWork, user: UserId, id: Uuid) -> Result<bool> {
    let sql = "DELETE FROM user_identities WHERE id = $1 AND user_id = $2";
    Ok(work.execute(sql, params![id, user.0]).await? == 1)
}
