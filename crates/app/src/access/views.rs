//! Saved views: filters under a name, each user's own.

use crate::{App, Error, Result};
use domain::access::Actor;
use domain::time::Instant;
use store::AuditEntry;
use store::access::{self as rows, SavedView};
use uuid::Uuid;

/// Longest query that is kept.
const QUERY_MAX: usize = 2000;
/// Longest name.
const NAME_MAX: usize = 40;

/// The views of the actor for a page.
///
/// # Errors
/// What the store says.
pub async fn list_views(app: &App, actor: &Actor, page: &str) -> Result<Vec<SavedView>> {
    match actor.user() {
        Some(user) => Ok(rows::list_views(app.store(), user, page).await?),
        None => Ok(Vec::new()),
    }
}

/// Keeps the filters of a list under a name.
///
/// # Errors
/// When the name or the query is empty or too long.
pub async fn save_view(
    app: &App,
    actor: &Actor,
    now: Instant,
    page: &str,
    name: &str,
    query: &str,
) -> Result<()> {
    let Some(user) = actor.user() else {
        return Err(Error::NotFound);
    };
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX || query.len() > QUERY_MAX {
        return Err(Error::invalid("name", "missing"));
    }
    let work = app.store().begin(now).await?;
    rows::put_view(&work, user, page, name, query).await?;
    Ok(work
        .commit(AuditEntry::new(actor, "access.view_saved", "user", user.0))
        .await?)
}

/// Forgets a view of the actor's own.
///
/// # Errors
/// [`Error::NotFound`] when the actor has no such view.
pub async fn delete_view(app: &App, actor: &Actor, now: Instant, id: Uuid) -> Result<()> {
    let Some(user) = actor.user() else {
        return Err(Error::NotFound);
    };
    let work = app.store().begin(now).await?;
    match rows::delete_view(&work, user, id).await {
        Err(store::StoreError::Conflict) => return Err(Error::NotFound),
        other => other?,
    }
    Ok(work
        .commit(AuditEntry::new(
            actor,
            "access.view_deleted",
            "user",
            user.0,
        ))
        .await?)
}
