//! Campaigns in sight, and the customers on their lists.

use crate::listing::{self, PAGE_ROWS};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::campaigns::{CampaignState, MemberView};
use domain::ids::CampaignId;
use domain::numbers::Number;
use store::Page;
use store::campaigns::{self as rows, CampaignFilter, CampaignRow, MemberFilter, MemberRow};

/// Filters of the list, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CampaignQuery {
    /// `open`, `to_confirm`, `closed` or `all`; `open` when empty.
    pub view: String,
    /// Code of a unit; everything in sight when empty.
    pub org: String,
    /// Where the page begins.
    pub after: String,
}

/// Campaigns in sight, the newest first.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_campaigns(
    app: &App,
    actor: &Actor,
    query: &CampaignQuery,
    limit: Option<u64>,
) -> Result<Page<CampaignRow>> {
    use CampaignState as S;
    let scope = actor.scope(Permission::CampaignsRead)?;
    let states = match query.view.as_str() {
        "" | "open" => vec![S::Draft, S::ToConfirm, S::Confirmed, S::Released],
        "to_confirm" => vec![S::ToConfirm],
        "closed" => vec![S::Closed, S::Cancelled],
        "all" => Vec::new(),
        _ => return Err(Error::invalid("view", "unknown-code")),
    };
    let filter = CampaignFilter {
        states,
        org_path: listing::org_path(app, &scope, &query.org).await?,
        after: listing::after(&query.after)?,
    };
    let limit = limit.unwrap_or(PAGE_ROWS);
    Ok(rows::list_campaigns(app.store(), &scope, &filter, limit).await?)
}

/// A campaign in sight by its number, or by its id.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when it is not in sight.
pub async fn find_campaign(app: &App, actor: &Actor, key: &str) -> Result<CampaignRow> {
    let scope = actor.scope(Permission::CampaignsRead)?;
    find(app, &scope, key).await?.ok_or(Error::NotFound)
}

async fn find(app: &App, scope: &Scope, key: &str) -> Result<Option<CampaignRow>> {
    let db = app.store();
    Ok(match (Number::parse(key), uuid::Uuid::try_parse(key)) {
        (Some(number), _) => rows::find_campaign_by_number(db, scope, &number.to_string()).await?,
        (None, Ok(id)) => rows::find_campaign(db, scope, CampaignId(id)).await?,
        (None, Err(_)) => None,
    })
}

/// Which customers of a list, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MemberQuery {
    /// Number of the campaign.
    #[serde(default)]
    pub campaign: String,
    /// Which of them, as a code; all that are on the list when empty.
    #[serde(default)]
    pub view: String,
    /// Where the page begins.
    #[serde(default)]
    pub after: String,
}

/// The filter of a list; the campaign must be in sight.
///
/// # Errors
/// What cannot be read.
pub(crate) async fn member_filter(
    app: &App,
    scope: &Scope,
    query: &MemberQuery,
) -> Result<MemberFilter> {
    let campaign = match listing::some(&query.campaign) {
        Some(key) => Some(find(app, scope, &key).await?.ok_or(Error::NotFound)?.id),
        None => None,
    };
    Ok(MemberFilter {
        campaign,
        view: listing::code("view", &query.view, MemberView::parse)?,
        after: listing::after(&query.after)?,
        ..MemberFilter::default()
    })
}

/// Customers on the list of a campaign in sight, a page of them.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn member_page(
    app: &App,
    actor: &Actor,
    query: &MemberQuery,
    limit: Option<u64>,
) -> Result<Page<MemberRow>> {
    let scope = actor.scope(Permission::CampaignsRead)?;
    let filter = member_filter(app, &scope, query).await?;
    let limit = limit.unwrap_or(PAGE_ROWS);
    Ok(rows::list_members(app.store(), &scope, &filter, limit).await?)
}
