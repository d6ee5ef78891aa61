//! Salespersons tell their customers that a callback will come, and ask them to take the call (CBK-35).

use crate::listing::{self, PAGE_ROWS};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::ids::CallbackId;
use domain::time::Instant;
use store::callbacks::{
    self as rows, Announcement, CallbackFilter, CallbackRow, insert_announcement,
    read_announcements,
};
use store::{AuditEntry, Page};

/// A callback that will come, and whether the customer knows.
#[derive(Clone, Debug)]
pub struct ComingCallback {
    /// The callback.
    pub row: CallbackRow,
    /// Who told the customer, and when.
    pub told: Option<Announcement>,
}

/// Open callbacks of the salesperson's own policies, the first due first. Empty for who sells nothing.
///
/// # Errors
/// When the actor may not, or `after` cannot be read.
pub async fn coming_callbacks(
    app: &App,
    actor: &Actor,
    after: &str,
) -> Result<Page<ComingCallback>> {
    actor.demand(Permission::SlipsRegister)?;
    let scope = actor.scope(Permission::CallbacksRead)?;
    let after = listing::after(after)?;
    let Some(agent) = actor.agent else {
        return Ok(Page::empty());
    };
    let filter = CallbackFilter {
        open: Some(true),
        agent: Some(agent),
        after,
        ..CallbackFilter::default()
    };
    let page = rows::list_callbacks(app.store(), &scope, &filter, PAGE_ROWS).await?;
    let ids: Vec<_> = page.rows.iter().map(|r| r.id).collect();
    let mut told = read_announcements(app.store(), &ids).await?;
    let rows = page.rows.into_iter().map(|row| ComingCallback {
        told: told.remove(&row.id),
        row,
    });
    Ok(Page {
        rows: rows.collect(),
        next: page.next,
    })
}

/// Notes that the salesperson told the customer of a callback.
///
/// # Errors
/// When the actor may not, the callback is of another's policy, or it has ended.
pub async fn announce(app: &App, actor: &Actor, now: Instant, id: CallbackId) -> Result<()> {
    actor.demand(Permission::SlipsRegister)?;
    let scope = actor.scope(Permission::CallbacksRead)?;
    let work = app.store().begin(now).await?;
    let record = rows::find_record(&work, &scope, id).await?;
    let record = record.ok_or(Error::NotFound)?;
    if actor.agent.is_none() || record.salesperson != actor.agent {
        return Err(Refusal::new("announcement-not-own").into());
    }
    if !record.callback.state.is_open() {
        return Err(Refusal::with("callback-wrong-state", record.callback.state.as_str()).into());
    }
    insert_announcement(&work, id, &actor.name).await?;
    let entry = AuditEntry::new(actor, "callback.announced", "callback", id.0);
    Ok(work.commit(entry.customer(record.customer.0)).await?)
}
