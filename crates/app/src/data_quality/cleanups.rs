//! Cleaning up and how far it is; commission held back; numbers of the company's own side.

use crate::listing::{self, PAGE_ROWS};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission, Scope};
use domain::customers::Landline;
use domain::data_quality::NumberOwner;
use domain::time::Instant;
use store::data_quality::{self as rows, CleanupRow, HoldFilter, HoldRow, OwnNumberRow};
use store::{AuditEntry, Page};
use uuid::Uuid;

/// Longest note beside an own number, in characters.
const LABEL_MAX: usize = 60;

/// Cleanings up in sight.
///
/// # Errors
/// When the actor may not, or the page cannot be read.
pub async fn list_cleanups(app: &App, actor: &Actor, after: &str) -> Result<Page<CleanupRow>> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let after = listing::after(after)?;
    Ok(rows::list_cleanups(app.store(), &scope, after.as_ref(), PAGE_ROWS).await?)
}

/// Filters of the list of commission held back, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct HoldQuery {
    /// `held` (when empty) or `released`.
    #[serde(default)]
    pub view: String,
    /// Code of the salesperson.
    #[serde(default)]
    pub agent: String,
    /// Code of the unit.
    #[serde(default)]
    pub org: String,
    /// Start of the page.
    #[serde(default)]
    pub after: String,
}

/// A filter as the store takes it.
///
/// # Errors
/// When it cannot be read.
pub async fn hold_filter(app: &App, scope: &Scope, query: &HoldQuery) -> Result<HoldFilter> {
    Ok(HoldFilter {
        released: match query.view.as_str() {
            "" | "held" => false,
            "released" => true,
            _ => return Err(Error::invalid("view", "unknown-code")),
        },
        agent: listing::some(&query.agent),
        org_path: listing::org_path(app, scope, &query.org).await?,
        after: listing::after(&query.after)?,
    })
}

/// Commission held back in sight.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_holds(app: &App, actor: &Actor, query: &HoldQuery) -> Result<Page<HoldRow>> {
    let scope = actor.scope(Permission::InformationManage)?;
    let filter = hold_filter(app, &scope, query).await?;
    Ok(rows::list_holds(app.store(), &scope, &filter, PAGE_ROWS).await?)
}

/// Own numbers of the units in sight.
///
/// # Errors
/// When the actor may not, or the page cannot be read.
pub async fn list_own_numbers(app: &App, actor: &Actor, after: &str) -> Result<Page<OwnNumberRow>> {
    let scope = actor.scope(Permission::InformationManage)?;
    let after = listing::after(after)?;
    Ok(rows::list_own_numbers(app.store(), &scope, after.as_ref(), PAGE_ROWS).await?)
}

/// A number of the company's own side, as a person enters it.
#[derive(Clone, Debug, Default)]
pub struct NumberForm {
    /// The number, mobile or landline.
    pub number: String,
    /// Whose, as a code.
    pub owner: String,
    /// What it is for.
    pub label: String,
}

/// Adds a number of the company's own side to those of the actor's unit.
///
/// # Errors
/// When the actor may not, or a field cannot be taken.
pub async fn add_own_number(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &NumberForm,
) -> Result<()> {
    actor.demand(Permission::InformationManage)?;
    let org = actor.org_id.ok_or_else(|| Refusal::new("person-needed"))?;
    let number = Landline::parse(&form.number).map_err(|_| Error::invalid("number", "landline"))?;
    let owner = NumberOwner::parse(&form.owner);
    let owner = owner.map_err(|_| Error::invalid("owner", "unknown-code"))?;
    let label = listing::some(&form.label).ok_or_else(|| Error::invalid("label", "missing"))?;
    if label.chars().count() > LABEL_MAX {
        return Err(Error::invalid("label", "too-long"));
    }
    let work = app.store().begin(now).await?;
    let id = rows::insert_own_number(&work, org, &number, owner, &label, &actor.name).await?;
    let detail = serde_json::json!({ "owner": owner.as_str(), "number": number.to_string() });
    let entry = AuditEntry::new(actor, "information.own_number_added", "own_number", id);
    Ok(work.commit(entry.detail(detail)).await?)
}

/// Takes a number off the list.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn remove_own_number(app: &App, actor: &Actor, now: Instant, id: Uuid) -> Result<()> {
    let scope = actor.scope(Permission::InformationManage)?;
    let work = app.store().begin(now).await?;
    if !rows::has_own_number(&work, &scope, id).await? {
        return Err(Error::NotFound);
    }
    rows::delete_own_number(&work, id).await?;
    let entry = AuditEntry::new(actor, "information.own_number_removed", "own_number", id);
    Ok(work.commit(entry).await?)
}
