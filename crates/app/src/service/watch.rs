//! The watch list (SEG-09): putting customers on it by hand, giving them to somebody, ending it.

use super::standard::number;
use super::{SHORT_MAX, customer, user_named};
use crate::listing::{self, PAGE_ROWS};
use crate::visits::{demanded, person};
use crate::{App, Error, Refusal, Result};
use chrono::Days;
use domain::access::{Actor, Permission};
use domain::customers::ValueClass;
use domain::ids::{CustomerId, UserId};
use domain::service::{ItemKind, WatchEnd, WatchSource};
use domain::time::{self, Instant};
use store::service::{self as rows, NewItem, NewWatched, WatchFilter, WatchedRow};
use store::{AuditEntry, Page, UnitOfWork};
use uuid::Uuid;

/// The parameter with the days after which the first step is due.
const FIRST_STEP: &str = "service_watch_step_days";

/// Filters of the list, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchQuery {
    /// `open`, `mine`, `nobody`, `promoted`, `dropped` or `all`; `open` when empty.
    pub view: String,
    /// Code of a unit; everything in sight when empty.
    pub org: String,
    /// Where the page begins.
    pub after: String,
}

/// Watched customers in sight, the newest first.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_watched(
    app: &App,
    actor: &Actor,
    query: &WatchQuery,
    limit: Option<u64>,
) -> Result<Page<WatchedRow>> {
    let scope = actor.scope(Permission::ServiceRead)?;
    let filter = WatchFilter {
        org_path: listing::org_path(app, &scope, &query.org).await?,
        after: listing::after(&query.after)?,
        ..WatchFilter::default()
    };
    let filter = match query.view.as_str() {
        "" | "open" => WatchFilter {
            open: Some(true),
            ..filter
        },
        "mine" => WatchFilter {
            open: Some(true),
            owner: Some(actor.user().unwrap_or(UserId(Uuid::nil()))),
            ..filter
        },
        "nobody" => WatchFilter {
            open: Some(true),
            without_owner: true,
            ..filter
        },
        "promoted" | "dropped" => WatchFilter {
            end: listing::code("view", &query.view, WatchEnd::parse)?,
            ..filter
        },
        "all" => filter,
        _ => return Err(Error::invalid("view", "unknown-code")),
    };
    let limit = limit.unwrap_or(PAGE_ROWS);
    Ok(rows::list_watched(app.store(), &scope, &filter, limit).await?)
}

/// A watched customer in sight.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when it is not in sight.
pub async fn watching_of(app: &App, actor: &Actor, id: Uuid) -> Result<WatchedRow> {
    let scope = actor.scope(Permission::ServiceRead)?;
    let found = rows::find_watched(app.store(), &scope, id).await?;
    found.ok_or(Error::NotFound)
}

/// A customer to watch, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct WatchForm {
    /// Number of the customer.
    pub customer_no: String,
    /// Why.
    pub reason: String,
    /// User name of who sees to it.
    pub owner: String,
}

/// What is done with a watched customer, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct WatchStepForm {
    /// User name of who sees to it.
    pub owner: String,
    /// Why watching ends.
    pub reason: String,
}

/// Puts a customer of low value on the list, with the first step for who sees to it.
///
/// # Errors
/// When the customer is not of low value, or watched already; all problems of the form.
pub async fn watch(app: &App, actor: &Actor, now: Instant, form: &WatchForm) -> Result<Uuid> {
    person(actor)?;
    let right = Permission::ServiceKeep;
    let reason = demanded("reason", &form.reason, SHORT_MAX)?;
    let (scope, customer) = customer(app, actor, right, &form.customer_no).await?;
    let owner = user_named(app, &scope, "owner", &form.owner).await?;
    let class = customer.value_class.as_deref();
    if class != Some(ValueClass::Low.as_str()) {
        return Err(Refusal::new("watch-not-low").into());
    }
    let work = app.store().begin(now).await?;
    let new = NewWatched {
        customer: customer.id,
        source: WatchSource::Hand,
        signs: Vec::new(),
        reason: Some(reason),
        owner: Some(owner.id),
        put_name: &actor.name,
    };
    let id = rows::insert_watched(&work, &new).await?;
    let Some(id) = id else {
        return Err(Refusal::new("watched-already").into());
    };
    first_step(app, &work, customer.id, owner.id, &actor.name).await?;
    let entry = AuditEntry::new(actor, "watch.put", "customer", customer.id.0);
    work.commit(entry.customer(customer.id.0)).await?;
    Ok(id)
}

/// The first step of cultivation, due after as many days as the packs say.
pub(super) async fn first_step(
    app: &App,
    work: &UnitOfWork,
    customer: CustomerId,
    owner: UserId,
    by: &str,
) -> Result<()> {
    let today = time::date_in_china(work.now());
    let days = number(&app.rules(), ValueClass::Low, FIRST_STEP, today);
    let Some(days) = days.and_then(|n| u64::try_from(n).ok()) else {
        return Ok(());
    };
    let new = NewItem {
        customer,
        kind: ItemKind::Cultivation,
        subject: None,
        channel: None,
        text: None,
        findings: Vec::new(),
        owner,
        due_on: Some(today + Days::new(days)),
        made_name: by,
        done_on: None,
    };
    rows::insert_item(work, &new).await?;
    Ok(())
}

/// Gives a watched customer to somebody, with a first step where none is open.
///
/// # Errors
/// When the person is not in sight, or the customer is not watched any more.
pub async fn give_watched(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    form: &WatchStepForm,
) -> Result<()> {
    person(actor)?;
    let scope = actor.scope(Permission::ServiceAssign)?;
    let owner = user_named(app, &scope, "owner", &form.owner).await?;
    let work = app.store().begin(now).await?;
    let row = rows::find_watched(&work, &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    rows::set_watch_owner(&work, id, owner.id).await?;
    if row.step_due_on.is_none() {
        first_step(app, &work, row.customer, owner.id, &actor.name).await?;
    }
    let detail = serde_json::json!({ "owner": owner.username });
    let entry = AuditEntry::new(actor, "watch.given", "customer", row.customer.0);
    let entry = entry.customer(row.customer.0).detail(detail);
    Ok(work.commit(entry).await?)
}

/// Ends watching a customer who will not come to more, with the reason. Who does come to more leaves the list by
/// the class.
///
/// # Errors
/// When the reason is missing, or the customer is not watched any more.
pub async fn end_watching(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    form: &WatchStepForm,
) -> Result<()> {
    person(actor)?;
    let scope = actor.scope(Permission::ServiceKeep)?;
    let reason = demanded("reason", &form.reason, SHORT_MAX)?;
    let work = app.store().begin(now).await?;
    let row = rows::find_watched(&work, &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let class = row.value_class.as_deref();
    let why = (Some(reason), actor.name.as_str());
    rows::end_watching(&work, id, WatchEnd::Dropped, class, why).await?;
    let entry = AuditEntry::new(actor, "watch.dropped", "customer", row.customer.0);
    Ok(work.commit(entry.customer(row.customer.0)).await?)
}
