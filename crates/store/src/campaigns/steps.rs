//! The six steps of a campaign, and its measures of improvement.

use crate::sql::{instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::campaigns::CampaignStep;
use domain::ids::{CampaignId, MeasureId, UserId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A step that was taken.
#[derive(Clone, Debug)]
pub struct StepRow {
    /// Which.
    pub step: CampaignStep,
    /// Who.
    pub by: String,
    /// When.
    pub at: Instant,
}

#[derive(FromQueryResult)]
struct StepDbRow {
    step: String,
    actor_name: String,
    at: i64,
}

/// Steps of a campaign that were taken.
///
/// # Errors
/// What the database says.
pub async fn list_steps(db: &impl Reads, campaign: CampaignId) -> Result<Vec<StepRow>> {
    let sql =
        "SELECT step, actor_name, at FROM campaign_steps WHERE campaign_id = $1 ORDER BY at, id";
    let rows = list::<StepDbRow>(db, sql, params![campaign.0]).await?;
    rows.into_iter()
        .map(|r| {
            Ok(StepRow {
                step: CampaignStep::parse(&r.step)?,
                by: r.actor_name,
                at: instant(r.at),
            })
        })
        .collect()
}

/// Records that a step was taken; taken again, it is the last time that counts.
///
/// # Errors
/// What the database says.
pub async fn record_step(
    work: &UnitOfWork,
    campaign: CampaignId,
    step: CampaignStep,
    by: &str,
) -> Result<()> {
    let sql = "INSERT INTO campaign_steps (id, campaign_id, step, actor_name, at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (campaign_id, step) DO UPDATE SET actor_name = excluded.actor_name, at = excluded.at";
    let values = params![
        work.next_id(),
        campaign.0,
        step.as_str(),
        by,
        millis(work.now())
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// Forgets that a step was taken, because what it rests on changes again.
///
/// # Errors
/// What the database says.
pub async fn forget_step(
    work: &UnitOfWork,
    campaign: CampaignId,
    step: CampaignStep,
) -> Result<()> {
    let sql = "DELETE FROM campaign_steps WHERE campaign_id = $1 AND step = $2";
    work.execute(sql, params![campaign.0, step.as_str()])
        .await
        .map(|_| ())
}

/// A measure of improvement.
#[derive(Clone, Debug)]
pub struct MeasureRow {
    /// Its id.
    pub id: MeasureId,
    /// What is done.
    pub text: String,
    /// Who sees to it.
    pub owner_name: String,
    /// Unit of who sees to it.
    pub owner_org: String,
    /// By when.
    pub due_on: NaiveDate,
    /// Who said that it was done, and when.
    pub done: Option<(String, Instant)>,
}

#[derive(FromQueryResult)]
struct MeasureDbRow {
    id: Uuid,
    text: String,
    owner_name: String,
    owner_org: String,
    due_on: NaiveDate,
    done_name: Option<String>,
    done_at: Option<i64>,
}

/// Measures of a campaign.
///
/// # Errors
/// What the database says.
pub async fn list_measures(db: &impl Reads, campaign: CampaignId) -> Result<Vec<MeasureRow>> {
    let sql = "SELECT m.id, m.text, u.display_name AS owner_name, o.name AS owner_org, m.due_on, m.done_name, m.done_at \
               FROM campaign_measures m JOIN users u ON u.id = m.owner_id JOIN orgs o ON o.id = u.org_id \
               WHERE m.campaign_id = $1 ORDER BY m.due_on, m.id LIMIT 200";
    let rows = list::<MeasureDbRow>(db, sql, params![campaign.0]).await?;
    Ok(rows
        .into_iter()
        .map(|r| MeasureRow {
            id: MeasureId(r.id),
            text: r.text,
            owner_name: r.owner_name,
            owner_org: r.owner_org,
            due_on: r.due_on,
            done: r.done_name.zip(r.done_at.map(instant)),
        })
        .collect())
}

/// Adds a measure.
///
/// # Errors
/// What the database says.
pub async fn insert_measure(
    work: &UnitOfWork,
    campaign: CampaignId,
    text: &str,
    owner: UserId,
    due_on: NaiveDate,
) -> Result<MeasureId> {
    let id = work.next_id();
    let sql = "INSERT INTO campaign_measures (id, campaign_id, text, owner_id, due_on, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = params![id, campaign.0, text, owner.0, due_on, millis(work.now())];
    work.execute(sql, values).await?;
    Ok(MeasureId(id))
}

/// Notes that a measure was carried out.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it was before, or is of another campaign.
pub async fn finish_measure(
    work: &UnitOfWork,
    campaign: CampaignId,
    measure: MeasureId,
    by: &str,
) -> Result<()> {
    let sql = "UPDATE campaign_measures SET done_name = $1, done_at = $2 \
               WHERE id = $3 AND campaign_id = $4 AND done_at IS NULL";
    let values = params![by, millis(work.now()), measure.0, campaign.0];
    work.execute_one(sql, values).await
}
