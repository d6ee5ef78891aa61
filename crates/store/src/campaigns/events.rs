//! What the planner hears of campaigns: an event for each customer on a released list.

use super::read::CampaignRow;
use crate::sql::{millis, params};
use crate::{Result, UnitOfWork};
use chrono::NaiveDate;
use domain::ids::MemberId;
use domain::policies::EventType;
use domain::time;
use uuid::Uuid;

/// Adds an event for every customer on the list that has none yet, and asks the planner to look: the callbacks
/// follow from the rules. The event of a customer has the id of the row of the list.
///
/// # Errors
/// What the database says.
pub async fn insert_contact_events(
    work: &UnitOfWork,
    campaign: &CampaignRow,
    starts_on: NaiveDate,
) -> Result<()> {
    #[derive(sea_orm::FromQueryResult)]
    struct Added {
        id: Uuid,
    }
    let at = time::at_in_china(starts_on, chrono::NaiveTime::MIN);
    let sql = "INSERT INTO events (id, event_id, type, source, occurred_at, occurred_on, until_on, customer_id, \
               row_hash, created_at, updated_at) \
               SELECT m.id, 'campaign/' || $1 || '/' || c.customer_no, $2, 'system', $3, $4, $5, m.customer_id, 0, $6, $6 \
               FROM campaign_members m JOIN customers c ON c.id = m.customer_id WHERE m.campaign_id = $7 \
               AND m.removed_at IS NULL AND NOT EXISTS (SELECT 1 FROM events e WHERE e.id = m.id) RETURNING id";
    let values = params![
        campaign.number.as_str(),
        EventType::PlannedContact.as_str(),
        millis(at),
        starts_on,
        campaign.ends_on,
        millis(work.now()),
        campaign.id.0,
    ];
    let added = crate::sql::list::<Added>(work, sql, values).await?;
    let ids = added.iter().map(|a| a.id);
    let Some((low, high)) = ids.clone().min().zip(ids.max()) else {
        return Ok(());
    };
    enqueue(work, low, high).await
}

/// Notes at the event of a customer that they were taken off the list, and asks the planner to look: the rule
/// cancels what followed from it.
///
/// # Errors
/// What the database says.
pub async fn withdraw_contact(work: &UnitOfWork, member: MemberId, on: NaiveDate) -> Result<()> {
    let sql = "UPDATE events SET withdrawn_on = $1, updated_at = $2 WHERE id = $3";
    work.execute(sql, params![on, millis(work.now()), member.0])
        .await?;
    enqueue(work, member.0, member.0).await
}

async fn enqueue(work: &UnitOfWork, low: Uuid, high: Uuid) -> Result<()> {
    let sql = "INSERT INTO plan_queue (id, kind, low, high) VALUES ($1, 'events', $2, $3)";
    work.execute(sql, params![work.next_id(), low, high])
        .await
        .map(|_| ())
}
