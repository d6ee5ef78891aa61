//! Callback campaigns: lists of customers that sales confirm and customer service carries out, in six recorded
//! steps. Releasing one adds an event for each customer; obligations and callbacks follow from the rules.

mod life;
mod list;
mod make;
mod measures;
mod members;
mod page;
mod refusals;
mod repeat;

pub use life::{LifeForm, take_step};
pub(crate) use list::member_filter;
pub use list::{CampaignQuery, MemberQuery, find_campaign, list_campaigns, member_page};
pub use make::{CampaignForm, PreparationForm, change_campaign, create_campaign, prepare};
pub use measures::{MeasureForm, add_measure, finish_measure, list_owners};
pub use members::{
    AddReport, ListForm, SelectionForm, add_members, add_selection, list_of, remove_member,
};
pub use page::{CampaignPage, StepDone, campaign_page};
pub use repeat::repeat_campaign;

use crate::{Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::campaigns::Campaign;
use domain::ids::CampaignId;
use store::campaigns::{self as rows, CampaignRow};
use store::{Reads, UnitOfWork};

/// Longest text of a field.
const TEXT_MAX: usize = 2_000;
/// Longest title, purpose or reason.
const SHORT_MAX: usize = 200;

/// A campaign that the actor may change with a right.
async fn load(
    work: &UnitOfWork,
    actor: &Actor,
    right: Permission,
    (id, version): (CampaignId, Option<i64>),
) -> Result<CampaignRow> {
    let scope = actor.scope(right)?;
    let row = rows::find_campaign(work, &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    if version.is_some_and(|seen| seen != row.version) {
        return Err(Error::Conflict);
    }
    Ok(row)
}

/// The right with which the actor works on a list: planning, else confirming.
fn right_to_list(actor: &Actor) -> Permission {
    if actor.may(Permission::CampaignsPlan) {
        Permission::CampaignsPlan
    } else {
        Permission::CampaignsConfirm
    }
}

/// A campaign as decisions need it.
async fn decision_view(db: &impl Reads, scope: &Scope, row: &CampaignRow) -> Result<Campaign> {
    let sums = rows::sum_members(db, scope, row.id).await?;
    let steps = rows::list_steps(db, row.id).await?;
    let measures = rows::list_measures(db, row.id).await?;
    Ok(Campaign {
        state: row.state,
        made_by: row.made_by,
        listed_by: rows::list_listers(db, row.id).await?,
        members: sums.members,
        open: sums.open,
        steps: steps.iter().map(|s| s.step).collect(),
        measures: i64::try_from(measures.len()).unwrap_or(i64::MAX),
    })
}
