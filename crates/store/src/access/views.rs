//! Saved views: filters of a list under a name, each user's own.

use crate::sql::{list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::ids::UserId;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A saved view.
#[derive(Clone, Debug, FromQueryResult)]
pub struct SavedView {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The filters as a URL query.
    pub query: String,
}

/// The views of a user for a page.
///
/// # Errors
/// What the database says.
pub async fn list_views(db: &impl Reads, user: UserId, page: &str) -> Result<Vec<SavedView>> {
    let sql = "SELECT id, name, query FROM saved_views WHERE user_id = $1 AND page = $2 ORDER BY created_at LIMIT 50";
    list(db, sql, params![user.0, page]).await
}

/// Keeps a view; one of the same name is replaced.
///
/// # Errors
/// What the database says.
pub async fn put_view(
    work: &UnitOfWork,
    user: UserId,
    page: &str,
    name: &str,
    query: &str,
) -> Result<()> {
    let sql = "INSERT INTO saved_views (id, user_id, page, name, query, created_at) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (user_id, page, name) DO UPDATE SET query = excluded.query";
    let values = params![
        work.next_id(),
        user.0,
        page,
        name,
        query,
        millis(work.now())
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// Removes a view of a user.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when the user has no such view.
pub async fn delete_view(work: &UnitOfWork, user: UserId, id: Uuid) -> Result<()> {
    work.execute_one(
        "DELETE FROM saved_views WHERE id = $1 AND user_id = $2",
        params![id, user.0],
    )
    .await
}
