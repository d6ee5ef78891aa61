//! Links as people of the company see them.

use crate::listing::{PAGE_ROWS, after, code};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::electronic::LinkState;
use domain::ids::CallbackId;
use domain::time::Instant;
use store::Page;
use store::electronic::{self as rows, LinkFilter, LinkRow};

/// Filters of the list, as text.
#[derive(Clone, Debug, Default)]
pub struct LinkQuery {
    /// `all`, `out` (sent and good), `expired` (no answer, back to the telephone); `all` when empty.
    pub view: String,
    /// Code of a state.
    pub state: String,
    /// Where the page begins.
    pub after: String,
}

/// A page of links.
#[derive(Clone, Debug)]
pub struct LinkList {
    /// The links.
    pub page: Page<LinkRow>,
}

/// Links in sight, the newest first.
///
/// # Errors
/// When the actor may not, or a filter is wrong.
pub async fn list_links(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &LinkQuery,
) -> Result<LinkList> {
    let scope = actor.scope(Permission::CallbacksRead)?;
    let mut filter = LinkFilter {
        state: code("state", &query.state, LinkState::parse)?,
        after: after(&query.after)?,
        ..LinkFilter::default()
    };
    match query.view.as_str() {
        "" | "all" => {}
        "out" => filter.live_at = Some(now),
        "expired" => filter.expired_at = Some(now),
        _ => return Err(Error::invalid("view", "unknown-code")),
    }
    let page = rows::list_links(app.store(), &scope, &filter, PAGE_ROWS).await?;
    Ok(LinkList { page })
}

/// Links of a callback in sight, the first one first.
///
/// # Errors
/// When the actor may not.
pub async fn links_of_callback(
    app: &App,
    actor: &Actor,
    callback: CallbackId,
) -> Result<Vec<LinkRow>> {
    let scope = actor.scope(Permission::CallbacksRead)?;
    Ok(rows::list_links_of_callback(app.store(), &scope, callback).await?)
}
