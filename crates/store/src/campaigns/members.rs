//! Customers on the lists of campaigns, with what became of their callbacks.

use super::open;
use super::read::in_sight;
use crate::customers::shown_name;
use crate::sql::{Page, PageKey, Select, end_of_day, instant, params, start_of_day};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::callbacks::CallbackState;
use domain::campaigns::{MemberSource, MemberView};
use domain::ids::{CallbackId, CampaignId, CustomerId, MemberId, UserId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A customer on a list.
#[derive(Clone, Debug)]
pub struct MemberRow {
    /// Its id; the event that sets the callback off has the same.
    pub id: MemberId,
    /// Number of the campaign.
    pub campaign_number: String,
    /// Title of the campaign.
    pub campaign_title: String,
    /// The customer.
    pub customer_id: CustomerId,
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the customer; of persons masked.
    pub customer_name: String,
    /// What the customer is called for.
    pub purpose: Option<String>,
    /// Where the customer comes from.
    pub source: MemberSource,
    /// Who put the customer on the list.
    pub added_by: UserId,
    /// Name of who did.
    pub added_name: String,
    /// When.
    pub added_at: Instant,
    /// Why, after the release.
    pub added_reason: Option<String>,
    /// Who took the customer off.
    pub removed_name: Option<String>,
    /// When.
    pub removed_at: Option<Instant>,
    /// Why.
    pub removed_reason: Option<String>,
    /// Number of the obligation; nothing before the planner looked.
    pub obligation_number: Option<String>,
    /// Programme of the obligation.
    pub programme: Option<String>,
    /// By when the callback is due.
    pub due_on: Option<NaiveDate>,
    /// The callback.
    pub callback: Option<(CallbackId, String, CallbackState)>,
    /// Who is to call.
    pub assignee_name: Option<String>,
    /// The right person was reached.
    pub reached: Option<bool>,
    /// When it was completed.
    pub completed_at: Option<Instant>,
    /// Problems that the callback raised.
    pub problems: i64,
    /// Ratings that the customer gave.
    pub ratings: i64,
    /// Their sum.
    pub rated: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    campaign_number: String,
    campaign_title: String,
    customer_id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    purpose: Option<Vec<u8>>,
    source: String,
    added_by: Uuid,
    added_name: String,
    added_at: i64,
    added_reason: Option<Vec<u8>>,
    removed_name: Option<String>,
    removed_at: Option<i64>,
    removed_reason: Option<Vec<u8>>,
    obligation_number: Option<String>,
    programme: Option<String>,
    due_on: Option<NaiveDate>,
    callback_id: Option<Uuid>,
    callback_number: Option<String>,
    callback_state: Option<String>,
    assignee_name: Option<String>,
    reached: Option<bool>,
    completed_at: Option<i64>,
    problems: i64,
    ratings: i64,
    rated: i64,
}

/// The callback of a customer on a list: of the obligation that counts, should a change of the customer have
/// moved it to another programme.
const FROM: &str = "FROM campaign_members m JOIN campaigns g ON g.id = m.campaign_id \
     JOIN customers c ON c.id = m.customer_id \
     LEFT JOIN obligations d ON d.id = (SELECT x.id FROM obligations x WHERE x.customer_id = m.customer_id \
     AND x.trigger_ref = m.id ORDER BY CASE x.status WHEN 'cancelled' THEN 1 ELSE 0 END, x.number LIMIT 1) \
     LEFT JOIN callbacks b ON b.obligation_id = d.id LEFT JOIN users u ON u.id = b.assignee_id";
const PROBLEMS: &str = "(SELECT COUNT(*) FROM tickets t WHERE t.callback_id = b.id)";

fn selected() -> String {
    format!(
        "SELECT m.id, g.number AS campaign_number, g.title AS campaign_title, m.customer_id, c.customer_no, \
         c.kind AS customer_kind, c.name AS customer_name, m.purpose, m.source, m.added_by, m.added_name, m.added_at, \
         m.added_reason, m.removed_name, m.removed_at, m.removed_reason, d.number AS obligation_number, d.programme, \
         d.due_on, b.id AS callback_id, b.number AS callback_number, b.state AS callback_state, \
         u.display_name AS assignee_name, b.reached, b.completed_at, {PROBLEMS} AS problems, \
         (SELECT COUNT(a.rating) FROM answers a WHERE a.callback_id = b.id) AS ratings, \
         (SELECT CAST(COALESCE(SUM(a.rating), 0) AS BIGINT) FROM answers a WHERE a.callback_id = b.id) AS rated {FROM}"
    )
}

fn member(db: &impl Reads, r: Row) -> Result<MemberRow> {
    let text = |column: &str, sealed| {
        let column = format!("campaign_members.{column}");
        open(db.keys(), &column, r.id, sealed)
    };
    let callback = match (r.callback_id, r.callback_number, r.callback_state) {
        (Some(id), Some(number), Some(state)) => {
            Some((CallbackId(id), number, CallbackState::parse(&state)?))
        }
        _ => None,
    };
    Ok(MemberRow {
        customer_name: shown_name(db.keys(), r.customer_id, &r.customer_kind, &r.customer_name)?,
        purpose: text("purpose", r.purpose)?,
        added_reason: text("added_reason", r.added_reason)?,
        removed_reason: text("removed_reason", r.removed_reason)?,
        source: MemberSource::parse(&r.source)?,
        id: MemberId(r.id),
        campaign_number: r.campaign_number,
        campaign_title: r.campaign_title,
        customer_id: CustomerId(r.customer_id),
        customer_no: r.customer_no,
        added_by: UserId(r.added_by),
        added_name: r.added_name,
        added_at: instant(r.added_at),
        removed_name: r.removed_name,
        removed_at: r.removed_at.map(instant),
        obligation_number: r.obligation_number,
        programme: r.programme,
        due_on: r.due_on,
        callback,
        assignee_name: r.assignee_name,
        reached: r.reached,
        completed_at: r.completed_at.map(instant),
        problems: r.problems,
        ratings: r.ratings,
        rated: r.rated,
    })
}

/// Which customers of lists.
#[derive(Clone, Debug, Default)]
pub struct MemberFilter {
    /// Of this campaign.
    pub campaign: Option<CampaignId>,
    /// Which of them; all that are on a list when missing.
    pub view: Option<MemberView>,
    /// Those who were taken off, too.
    pub with_removed: bool,
    /// Put on a list from this day.
    pub added_from: Option<NaiveDate>,
    /// Put on a list until this day.
    pub added_to: Option<NaiveDate>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// Customers on the lists of campaigns in sight, in the order in which they were put there.
///
/// # Errors
/// What the database says.
pub async fn list_members(
    db: &impl Reads,
    scope: &Scope,
    filter: &MemberFilter,
    limit: u64,
) -> Result<Page<MemberRow>> {
    let mut select = Select::new(&selected());
    in_sight(&mut select, scope);
    if let Some(campaign) = filter.campaign {
        select.filter("m.campaign_id = ?", params![campaign.0]);
    }
    if let Some(day) = filter.added_from {
        select.filter("m.added_at >= ?", params![start_of_day(day)]);
    }
    if let Some(day) = filter.added_to {
        select.filter("m.added_at < ?", params![end_of_day(day)]);
    }
    let view = filter.view.unwrap_or(MemberView::All);
    if view == MemberView::Removed {
        select.filter("m.removed_at IS NOT NULL", Vec::new());
    } else if !filter.with_removed {
        select.filter("m.removed_at IS NULL", Vec::new());
    }
    match view {
        MemberView::All | MemberView::Removed => &mut select,
        MemberView::Open => select.filter("(b.id IS NULL OR b.is_open = TRUE)", Vec::new()),
        MemberView::Done => select.filter("b.state = 'completed'", Vec::new()),
        MemberView::Problem => select.filter(&format!("{PROBLEMS} > 0"), Vec::new()),
    };
    select.page_by_id("m.id", false, filter.after.as_ref(), limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows: Result<Vec<_>> = rows.into_iter().map(|r| member(db, r)).collect();
    Ok(Page::cut_by_id(rows?, limit, |r| r.id.0))
}

/// A customer on the list of a campaign in sight.
///
/// # Errors
/// What the database says.
pub async fn find_member(
    db: &impl Reads,
    scope: &Scope,
    (campaign, customer_no): (CampaignId, &str),
) -> Result<Option<MemberRow>> {
    let mut select = Select::new(&selected());
    in_sight(&mut select, scope);
    select
        .filter("m.campaign_id = ?", params![campaign.0])
        .filter("c.customer_no = ?", params![customer_no])
        .filter("m.removed_at IS NULL", Vec::new());
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().next().map(|r| member(db, r)).transpose()
}

/// How far a campaign has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct CampaignSums {
    /// Customers on the list.
    pub members: i64,
    /// Taken off after the release.
    pub removed: i64,
    /// With a callback.
    pub planned: i64,
    /// Callbacks that are still to come or open.
    pub open: i64,
    /// Callbacks in which the right person was reached.
    pub reached: i64,
    /// Completed callbacks.
    pub completed: i64,
    /// Callbacks that ended without completion.
    pub failed: i64,
    /// Callbacks that raised a problem.
    pub problems: i64,
    /// Ratings that were given.
    pub ratings: i64,
    /// Their sum.
    pub rated: i64,
}

/// How far a campaign in sight has come.
///
/// # Errors
/// What the database says.
pub async fn sum_members(
    db: &impl Reads,
    scope: &Scope,
    campaign: CampaignId,
) -> Result<CampaignSums> {
    let of = |condition: &str| {
        format!("CAST(COALESCE(SUM(CASE WHEN {condition} THEN 1 ELSE 0 END), 0) AS BIGINT)")
    };
    let on = "m.removed_at IS NULL";
    let sql = format!(
        "SELECT {} AS members, {} AS removed, {} AS planned, {} AS open, {} AS reached, {} AS completed, {} AS failed, \
         {} AS problems, CAST(COALESCE(SUM(r.ratings), 0) AS BIGINT) AS ratings, \
         CAST(COALESCE(SUM(r.rated), 0) AS BIGINT) AS rated {FROM} \
         LEFT JOIN (SELECT a.callback_id, COUNT(a.rating) AS ratings, SUM(a.rating) AS rated FROM answers a \
         WHERE a.callback_id IN (SELECT b2.id FROM callbacks b2 JOIN campaign_members m2 ON m2.customer_id = b2.customer_id \
         WHERE m2.campaign_id = $1) GROUP BY a.callback_id) r ON r.callback_id = b.id",
        of(on),
        of("m.removed_at IS NOT NULL"),
        of(&format!("{on} AND b.id IS NOT NULL")),
        of(&format!("{on} AND (b.id IS NULL OR b.is_open = TRUE)")),
        of(&format!("{on} AND b.reached = TRUE")),
        of(&format!("{on} AND b.state = 'completed'")),
        of(&format!("{on} AND b.state = 'not_completed'")),
        of(&format!(
            "{on} AND EXISTS (SELECT 1 FROM tickets t WHERE t.callback_id = b.id)"
        )),
    );
    let mut select = Select::with_values(&sql, params![campaign.0]);
    in_sight(&mut select, scope);
    select.filter("m.campaign_id = ?", params![campaign.0]);
    let sums: Vec<CampaignSums> = select.list(db).await?;
    Ok(sums.into_iter().next().unwrap_or_default())
}

#[derive(FromQueryResult)]
struct ListedBy {
    added_by: Uuid,
}

/// Who put customers on the list of a campaign.
///
/// # Errors
/// What the database says.
pub async fn list_listers(db: &impl Reads, campaign: CampaignId) -> Result<Vec<UserId>> {
    let sql = "SELECT DISTINCT added_by FROM campaign_members WHERE campaign_id = $1 AND removed_at IS NULL";
    let rows = crate::sql::list::<ListedBy>(db, sql, params![campaign.0]).await?;
    Ok(rows.into_iter().map(|r| UserId(r.added_by)).collect())
}
