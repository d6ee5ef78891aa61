//! Campaigns as they are shown.

use super::open;
use crate::sql::{Page, PageKey, Select, instant, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::{OrgPath, Scope};
use domain::callbacks::ContactChannel;
use domain::campaigns::CampaignState;
use domain::ids::{CampaignId, OrgId, UserId};
use domain::questionnaires::Topic;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A campaign.
#[derive(Clone, Debug)]
pub struct CampaignRow {
    /// Its id.
    pub id: CampaignId,
    /// Its number.
    pub number: String,
    /// The unit.
    pub org_id: OrgId,
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// Place of the unit.
    pub org_path: OrgPath,
    /// Title.
    pub title: String,
    /// What it is to find out or to reach.
    pub goal: String,
    /// Where it stands.
    pub state: CampaignState,
    /// First day of the callbacks.
    pub starts_on: NaiveDate,
    /// Last day of the callbacks.
    pub ends_on: NaiveDate,
    /// How customers are contacted.
    pub channel: Option<ContactChannel>,
    /// What is asked beyond the core of the questionnaire.
    pub topics: Vec<Topic>,
    /// What the callers have at hand.
    pub material: Option<String>,
    /// What the results say.
    pub analysis: Option<String>,
    /// Why it was sent back or given up.
    pub reason: Option<String>,
    /// Who made it.
    pub made_by: UserId,
    /// Name of who made it.
    pub made_name: String,
    /// When the callbacks came into being.
    pub released_at: Option<Instant>,
    /// Customers on the list.
    pub members: i64,
    /// Of those, with a completed callback.
    pub completed: i64,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    number: String,
    org_id: Uuid,
    org_code: String,
    org_name: String,
    org_path: String,
    title: String,
    goal: String,
    state: String,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    channel: Option<String>,
    topics: String,
    material: Option<String>,
    analysis: Option<Vec<u8>>,
    reason: Option<String>,
    made_by: Uuid,
    made_name: String,
    released_at: Option<i64>,
    members: i64,
    completed: i64,
    version: i64,
}

const SELECT: &str = "SELECT g.id, g.number, g.org_id, o.org_code, o.name AS org_name, o.path AS org_path, \
     g.title, g.goal, g.state, g.starts_on, g.ends_on, g.channel, g.topics, g.material, g.analysis, g.reason, \
     g.made_by, g.made_name, g.released_at, g.version, \
     (SELECT COUNT(*) FROM campaign_members m WHERE m.campaign_id = g.id AND m.removed_at IS NULL) AS members, \
     (SELECT COUNT(*) FROM campaign_members m JOIN obligations d ON d.customer_id = m.customer_id AND d.trigger_ref = m.id \
     WHERE m.campaign_id = g.id AND m.removed_at IS NULL AND d.status = 'discharged') AS completed \
     FROM campaigns g JOIN orgs o ON o.id = g.org_id";

fn row(db: &impl Reads, r: Row) -> Result<CampaignRow> {
    let channel = r
        .channel
        .as_deref()
        .map(ContactChannel::parse)
        .transpose()?;
    let topics = r.topics.split(',').filter(|t| !t.is_empty());
    let topics: std::result::Result<Vec<_>, _> = topics.map(Topic::parse).collect();
    Ok(CampaignRow {
        analysis: open(db.keys(), "campaigns.analysis", r.id, r.analysis)?,
        state: CampaignState::parse(&r.state)?,
        org_path: OrgPath::from_stored(r.org_path),
        channel,
        topics: topics?,
        id: CampaignId(r.id),
        number: r.number,
        org_id: OrgId(r.org_id),
        org_code: r.org_code,
        org_name: r.org_name,
        title: r.title,
        goal: r.goal,
        starts_on: r.starts_on,
        ends_on: r.ends_on,
        material: r.material,
        reason: r.reason,
        made_by: UserId(r.made_by),
        made_name: r.made_name,
        released_at: r.released_at.map(instant),
        members: r.members,
        completed: r.completed,
        version: r.version,
    })
}

/// Which campaigns.
#[derive(Clone, Debug, Default)]
pub struct CampaignFilter {
    /// In one of these states; in any when empty.
    pub states: Vec<CampaignState>,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// Campaigns in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_campaigns(
    db: &impl Reads,
    scope: &Scope,
    filter: &CampaignFilter,
    limit: u64,
) -> Result<Page<CampaignRow>> {
    let mut select = Select::new(SELECT);
    in_sight(&mut select, scope);
    if !filter.states.is_empty() {
        let states = filter.states.iter().map(|s| s.as_str().into()).collect();
        select.filter_in("g.state", states);
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "g.org_id");
    }
    select.page_by_id("g.id", true, filter.after.as_ref(), limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows: Result<Vec<_>> = rows.into_iter().map(|r| row(db, r)).collect();
    Ok(Page::cut_by_id(rows?, limit, |r| r.id.0))
}

/// The campaigns that a scope shows; who has no more than a list of callbacks sees those that they made.
pub(super) fn in_sight(select: &mut Select, scope: &Scope) {
    select.scope(scope, "g.org_id");
    if let Some(user) = scope.own_list_of() {
        select.filter("g.made_by = ?", params![user.0]);
    }
}

/// A campaign in sight.
///
/// # Errors
/// What the database says.
pub async fn find_campaign(
    db: &impl Reads,
    scope: &Scope,
    id: CampaignId,
) -> Result<Option<CampaignRow>> {
    one(db, scope, ("g.id = ?", id.0.into())).await
}

/// A campaign in sight by its number.
///
/// # Errors
/// What the database says.
pub async fn find_campaign_by_number(
    db: &impl Reads,
    scope: &Scope,
    number: &str,
) -> Result<Option<CampaignRow>> {
    one(db, scope, ("g.number = ?", number.into())).await
}

async fn one(
    db: &impl Reads,
    scope: &Scope,
    (condition, value): (&str, sea_orm::Value),
) -> Result<Option<CampaignRow>> {
    let mut select = Select::new(SELECT);
    in_sight(&mut select, scope);
    select.filter(condition, vec![value]);
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().next().map(|r| row(db, r)).transpose()
}
