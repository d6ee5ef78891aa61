//! Making campaigns, changing them and their lists.

use super::read::CampaignRow;
use super::seal;
use crate::sql::{millis, params};
use crate::{Reads as _, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::callbacks::ContactChannel;
use domain::campaigns::{CampaignState, MemberSource};
use domain::ids::{CampaignId, CustomerId, MemberId, OrgId, UserId};
use domain::questionnaires::Topic;
use sea_orm::Value;

/// What a campaign is for and when.
#[derive(Clone, Copy, Debug)]
pub struct CampaignText<'t> {
    /// Title.
    pub title: &'t str,
    /// What it is to find out or to reach.
    pub goal: &'t str,
    /// First day of the callbacks.
    pub starts_on: NaiveDate,
    /// Last day of the callbacks.
    pub ends_on: NaiveDate,
}

/// A campaign to make.
#[derive(Clone, Copy, Debug)]
pub struct NewCampaign<'n> {
    /// Its number.
    pub number: &'n str,
    /// The unit.
    pub org: OrgId,
    /// What it is for and when.
    pub text: CampaignText<'n>,
    /// Who makes it, and the name.
    pub made: (UserId, &'n str),
}

/// Adds a campaign.
///
/// # Errors
/// What the database says.
pub async fn insert_campaign(work: &UnitOfWork, new: &NewCampaign<'_>) -> Result<CampaignId> {
    let id = work.next_id();
    let sql = "INSERT INTO campaigns (id, number, org_id, title, goal, state, starts_on, ends_on, topics, made_by, \
               made_name, version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'draft', $6, $7, '', $8, $9, 1, \
               $10, $10)";
    let values = params![
        id,
        new.number,
        new.org.0,
        new.text.title,
        new.text.goal,
        new.text.starts_on,
        new.text.ends_on,
        new.made.0.0,
        new.made.1,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(CampaignId(id))
}

/// Sets some columns of a campaign that was seen.
async fn save(work: &UnitOfWork, seen: &CampaignRow, set: &str, values: Vec<Value>) -> Result<()> {
    let n = values.len();
    let sql = format!(
        "UPDATE campaigns SET {set}, updated_at = ${}, version = version + 1 WHERE id = ${} AND version = ${}",
        n + 1,
        n + 2,
        n + 3
    );
    let mut all = values;
    all.extend(params![millis(work.now()), seen.id.0, seen.version]);
    work.execute_one(&sql, all).await
}

/// Changes title, goal or period.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn save_text(
    work: &UnitOfWork,
    seen: &CampaignRow,
    text: &CampaignText<'_>,
) -> Result<()> {
    let set = "title = $1, goal = $2, starts_on = $3, ends_on = $4";
    let values = params![text.title, text.goal, text.starts_on, text.ends_on];
    save(work, seen, set, values).await
}

/// Saves channel, subjects and material.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn save_preparation(
    work: &UnitOfWork,
    seen: &CampaignRow,
    channel: Option<ContactChannel>,
    topics: &[Topic],
    material: Option<&str>,
) -> Result<()> {
    let topics: Vec<_> = topics.iter().map(|t| t.as_str()).collect();
    let set = "channel = $1, topics = $2, material = $3";
    let channel = channel.map(ContactChannel::as_str);
    save(
        work,
        seen,
        set,
        params![channel, topics.join(","), material],
    )
    .await
}

/// Saves what the results say.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn save_analysis(work: &UnitOfWork, seen: &CampaignRow, text: &str) -> Result<()> {
    let sealed = seal(work.keys(), "campaigns.analysis", seen.id.0, Some(text))?;
    save(work, seen, "analysis = $1", params![sealed]).await
}

/// Saves where a campaign stands now, and why.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn save_state(
    work: &UnitOfWork,
    seen: &CampaignRow,
    state: CampaignState,
    reason: Option<&str>,
) -> Result<()> {
    let released = (state == CampaignState::Released && seen.released_at.is_none())
        .then(|| millis(work.now()));
    let set = "state = $1, reason = $2, released_at = COALESCE($3, released_at)";
    save(work, seen, set, params![state.as_str(), reason, released]).await
}

/// A customer to put on a list.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// The customer.
    pub customer: CustomerId,
    /// What the customer is called for.
    pub purpose: String,
}

/// Rows of one statement.
const CHUNK: usize = 100;

/// Puts customers on a list; who stood on it before stays as they are. Gives the ids of those who are new.
///
/// # Errors
/// What the database says.
pub async fn insert_members(
    work: &UnitOfWork,
    campaign: CampaignId,
    members: &[NewMember],
    source: MemberSource,
    (by, name, reason): (UserId, &str, Option<&str>),
) -> Result<Vec<MemberId>> {
    #[derive(sea_orm::FromQueryResult)]
    struct Added {
        id: uuid::Uuid,
    }
    let mut added = Vec::new();
    for chunk in members.chunks(CHUNK) {
        let mut values: Vec<Value> =
            params![campaign.0, source.as_str(), by.0, name, millis(work.now())];
        let mut rows = Vec::with_capacity(chunk.len());
        for member in chunk {
            let id = work.next_id();
            let sealed = |column: &str, text: Option<&str>| {
                let column = format!("campaign_members.{column}");
                seal(work.keys(), &column, id, text)
            };
            let n = values.len();
            values.extend(params![
                id,
                member.customer.0,
                sealed("purpose", Some(&member.purpose))?,
                sealed("added_reason", reason)?,
            ]);
            rows.push(format!(
                "(${}, $1, ${}, ${}, $2, $3, $4, $5, ${})",
                n + 1,
                n + 2,
                n + 3,
                n + 4
            ));
        }
        let sql = format!(
            "INSERT INTO campaign_members (id, campaign_id, customer_id, purpose, source, added_by, added_name, \
             added_at, added_reason) VALUES {} ON CONFLICT (campaign_id, customer_id) DO NOTHING RETURNING id",
            rows.join(", ")
        );
        let rows = crate::sql::list::<Added>(work, &sql, values).await?;
        added.extend(rows.into_iter().map(|r| MemberId(r.id)));
    }
    Ok(added)
}

/// Takes a customer off a list that nobody has confirmed yet.
///
/// # Errors
/// What the database says.
pub async fn delete_member(work: &UnitOfWork, member: MemberId) -> Result<()> {
    let sql = "DELETE FROM campaign_members WHERE id = $1";
    work.execute(sql, params![member.0]).await.map(|_| ())
}

/// Takes a customer off a list that was released; the row stays.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else did.
pub async fn remove_member(
    work: &UnitOfWork,
    member: MemberId,
    by: &str,
    reason: &str,
) -> Result<()> {
    let reason = seal(
        work.keys(),
        "campaign_members.removed_reason",
        member.0,
        Some(reason),
    )?;
    let sql = "UPDATE campaign_members SET removed_name = $1, removed_at = $2, removed_reason = $3 \
               WHERE id = $4 AND removed_at IS NULL";
    let values = params![by, millis(work.now()), reason, member.0];
    work.execute_one(sql, values).await
}
