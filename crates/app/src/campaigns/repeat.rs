//! The campaign of the next period after one that is there (CBK-63).

use super::load;
use super::members::LIST_MAX;
use crate::visits::{next_number, person};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::campaigns::{CampaignState, MemberSource, next_period};
use domain::ids::CampaignId;
use domain::numbers::NumberKind;
use domain::time::{self, Instant};
use store::AuditEntry;
use store::campaigns::{self as rows, CampaignText, MemberFilter, NewCampaign, NewMember};

/// Makes the campaign of the next period with the same goal, channel, questions and list. It is a draft: the list is
/// looked through and confirmed by sales like any other, and every step is taken anew.
///
/// # Errors
/// When the actor may not, the campaign is not in sight, or it was neither released nor closed.
pub async fn repeat_campaign(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CampaignId,
) -> Result<(CampaignId, String)> {
    let right = Permission::CampaignsPlan;
    let scope = actor.scope(right)?;
    let by = person(actor)?;
    let work = app.store().begin(now).await?;
    let row = load(&work, actor, right, (id, None)).await?;
    if !matches!(row.state, CampaignState::Released | CampaignState::Closed) {
        return Err(Refusal::new("campaign-not-repeatable").into());
    }
    let today = time::date_in_china(now);
    let period = next_period(row.starts_on, row.ends_on, today);
    let (starts_on, ends_on) = period.ok_or_else(|| Error::invalid("starts_on", "date"))?;
    let number = next_number(&work, NumberKind::Campaign).await?;
    let new = NewCampaign {
        number: &number,
        org: row.org_id,
        text: CampaignText {
            title: &row.title,
            goal: &row.goal,
            starts_on,
            ends_on,
        },
        made: (by, &actor.name),
    };
    let next = rows::insert_campaign(&work, &new).await?;
    let made = load(&work, actor, right, (next, None)).await?;
    let material = row.material.as_deref();
    rows::save_preparation(&work, &made, row.channel, &row.topics, material).await?;
    let filter = MemberFilter {
        campaign: Some(id),
        ..MemberFilter::default()
    };
    let limit = u64::try_from(LIST_MAX).unwrap_or(u64::MAX);
    let listed = rows::list_members(&work, &scope, &filter, limit).await?;
    let member = |m: rows::MemberRow| NewMember {
        purpose: m.purpose.unwrap_or_else(|| row.goal.clone()),
        customer: m.customer_id,
    };
    let members: Vec<_> = listed.rows.into_iter().map(member).collect();
    let whom = (by, actor.name.as_str(), None);
    rows::insert_members(&work, next, &members, MemberSource::Selection, whom).await?;
    let detail = serde_json::json!({
        "number": number, "title": row.title, "after": row.number, "listed": members.len(),
    });
    let entry = AuditEntry::new(actor, "campaign.made", "campaign", next.0);
    work.commit(entry.detail(detail)).await?;
    Ok((next, number))
}
