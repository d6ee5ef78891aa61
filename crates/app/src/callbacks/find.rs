//! Callbacks as systems read them: page by page, and one by the number that people quote.

use super::list::{ListQuery, filter};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::ids::CallbackId;
use domain::numbers::Number;
use domain::time::Instant;
use store::Page;
use store::callbacks::{self as rows, CallbackRow};

/// A page of the callbacks of a filter.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn page_of_callbacks(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ListQuery,
    limit: u64,
) -> Result<Page<CallbackRow>> {
    let scope = actor.scope(Permission::CallbacksRead)?;
    let filter = filter(app, actor, &scope, now, query).await?;
    Ok(rows::list_callbacks(app.store(), &scope, &filter, limit).await?)
}

/// A callback in sight by its number, or by its id.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when it is not in sight.
pub async fn find_callback(app: &App, actor: &Actor, key: &str) -> Result<CallbackRow> {
    let scope = actor.scope(Permission::CallbacksRead)?;
    let db = app.store();
    let found = match (Number::parse(key), uuid::Uuid::try_parse(key)) {
        (Some(number), _) => rows::find_callback_by_number(db, &scope, &number.to_string()).await?,
        (None, Ok(id)) => rows::find_callback(db, &scope, CallbackId(id)).await?,
        (None, Err(_)) => None,
    };
    found.ok_or(Error::NotFound)
}
