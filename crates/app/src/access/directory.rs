//! Users as systems read them: page by page, and one by its id.

use crate::{App, Error, Result, listing};
use domain::access::{Actor, Permission};
use domain::ids::UserId;
use store::Page;
use store::access::{self as rows, UserRow};

/// A page of the users in sight, in the order in which they were added.
///
/// # Errors
/// When the actor may not, or `after` cannot be read.
pub async fn page_of_users(
    app: &App,
    actor: &Actor,
    after: &str,
    limit: u64,
) -> Result<Page<UserRow>> {
    let scope = actor.scope(Permission::UsersManage)?;
    let after = listing::after(after)?;
    Ok(rows::page_users(app.store(), &scope, after.as_ref(), limit).await?)
}

/// A user in sight.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when the user is not in sight.
pub async fn user_in_sight(app: &App, actor: &Actor, id: UserId) -> Result<UserRow> {
    let scope = actor.scope(Permission::UsersManage)?;
    let user = rows::find_user(app.store(), id).await?;
    user.filter(|u| scope.covers(&u.org_path))
        .ok_or(Error::NotFound)
}
