//! A campaign with its steps, its list and how far it has come.

use super::list::{MemberQuery, find_campaign, member_page};
use crate::{App, Result};
use domain::access::{Actor, Permission};
use domain::campaigns::{CampaignState, CampaignStep};
use domain::time::Instant;
use store::Page;
use store::campaigns::{self as rows, CampaignRow, CampaignSums, MeasureRow, MemberRow};

/// A step of the workflow, taken or still to be taken.
#[derive(Clone, Debug)]
pub struct StepDone {
    /// Which.
    pub step: CampaignStep,
    /// Who took it, and when.
    pub done: Option<(String, Instant)>,
    /// It is the first that is missing.
    pub is_next: bool,
}

/// A campaign with everything that belongs to it.
#[derive(Clone, Debug)]
pub struct CampaignPage {
    /// The campaign.
    pub row: CampaignRow,
    /// The six steps, in order.
    pub steps: Vec<StepDone>,
    /// How far it has come.
    pub sums: CampaignSums,
    /// Measures of improvement.
    pub measures: Vec<MeasureRow>,
    /// A page of the list.
    pub members: Page<MemberRow>,
    /// The viewer made the campaign or put customers on its list, and does not confirm it.
    pub is_own: bool,
}

impl CampaignPage {
    /// Whether a step was taken.
    pub fn is_done(&self, step: CampaignStep) -> bool {
        self.steps
            .iter()
            .any(|s| s.step == step && s.done.is_some())
    }

    /// The mean of the ratings, in tenths; nothing without ratings.
    pub fn mean_rating(&self) -> Option<i64> {
        let s = &self.sums;
        (s.ratings > 0).then(|| (s.rated * 10 + s.ratings / 2) / s.ratings)
    }
}

/// A campaign in sight. That someone looked is recorded.
///
/// # Errors
/// When the actor may not, it is not in sight, or a filter cannot be read.
pub async fn campaign_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    key: &str,
    query: &MemberQuery,
) -> Result<CampaignPage> {
    let row = find_campaign(app, actor, key).await?;
    crate::audit::seen(
        app,
        actor,
        now,
        ("campaign.viewed", "campaign"),
        (row.id.0, None),
    )
    .await?;
    let scope = actor.scope(Permission::CampaignsRead)?;
    let db = app.store();
    let taken = rows::list_steps(db, row.id).await?;
    let mut waiting = !matches!(row.state, CampaignState::Closed | CampaignState::Cancelled);
    let steps = CampaignStep::ALL.iter().map(|step| {
        let done = taken.iter().find(|t| t.step == *step);
        let done = done.map(|t| (t.by.clone(), t.at));
        let is_next = waiting && done.is_none();
        waiting &= !is_next;
        StepDone {
            step: *step,
            done,
            is_next,
        }
    });
    let steps = steps.collect();
    let own = actor.user();
    let listed_by = rows::list_listers(db, row.id).await?;
    let query = MemberQuery {
        campaign: row.number.clone(),
        ..query.clone()
    };
    Ok(CampaignPage {
        is_own: own == Some(row.made_by) || own.is_some_and(|u| listed_by.contains(&u)),
        sums: rows::sum_members(db, &scope, row.id).await?,
        measures: rows::list_measures(db, row.id).await?,
        members: member_page(app, actor, &query, None).await?,
        steps,
        row,
    })
}
