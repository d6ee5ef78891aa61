//! Measures of improvement, each with a person and a day.

use super::{SHORT_MAX, decision_view, load};
use crate::listing;
use crate::visits::{Problems, demanded, person};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::campaigns::{CampaignCommand, CampaignState};
use domain::ids::{CampaignId, MeasureId, UserId};
use domain::time::{self, Instant};
use store::AuditEntry;
use store::access::UserRow;
use store::campaigns as rows;

/// Measures of a campaign.
const MEASURES_MAX: i64 = 100;

/// A measure, as it comes from the page or the API.
#[derive(Clone, Debug, Default)]
pub struct MeasureForm {
    /// What is done.
    pub text: String,
    /// User name of who sees to it.
    pub owner: String,
    /// By when.
    pub due_on: String,
}

/// People of the units in sight who can see to a measure.
///
/// # Errors
/// When the actor may not.
pub async fn list_owners(app: &App, actor: &Actor) -> Result<Vec<UserRow>> {
    let scope = actor.scope(Permission::CampaignsPlan)?;
    let mut users = store::access::list_users(app.store(), &scope).await?;
    users.retain(|u| u.active);
    Ok(users)
}

/// Adds a measure.
///
/// # Errors
/// When the actor may not, the campaign is not under way, or a field is wrong.
pub async fn add_measure(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CampaignId,
    form: &MeasureForm,
) -> Result<MeasureId> {
    let by = person(actor)?;
    let scope = actor.scope(Permission::CampaignsPlan)?;
    let mut problems = Problems::default();
    let text = problems.take(demanded("text", &form.text, SHORT_MAX))?;
    let owner = problems.take(owner(app, actor, &form.owner).await)?;
    let due_on = listing::date("due_on", &form.due_on);
    let due_on = due_on.and_then(|d| d.ok_or_else(|| Error::invalid("due_on", "missing")));
    let early = |d: &chrono::NaiveDate| *d < time::date_in_china(now);
    let due_on = due_on.and_then(|d| {
        if early(&d) {
            Err(Error::invalid("due_on", "past"))
        } else {
            Ok(d)
        }
    });
    let due_on = problems.take(due_on)?;
    problems.end()?;
    let (Some(text), Some(owner), Some(due_on)) = (text, owner, due_on) else {
        return Err(Error::invalid("text", "missing"));
    };
    let work = app.store().begin(now).await?;
    let row = load(&work, actor, Permission::CampaignsPlan, (id, None)).await?;
    let view = decision_view(&work, &scope, &row).await?;
    view.decide(&CampaignCommand::Measure, by)?;
    if view.measures >= MEASURES_MAX {
        return Err(Error::invalid("text", "too-many"));
    }
    let measure = rows::insert_measure(&work, id, text, owner, due_on).await?;
    let detail = serde_json::json!({ "due_on": due_on });
    let entry = AuditEntry::new(actor, "campaign.measure_added", "campaign", id.0);
    work.commit(entry.detail(detail)).await?;
    Ok(measure)
}

async fn owner(app: &App, actor: &Actor, username: &str) -> Result<UserId> {
    let username = demanded("owner", username, SHORT_MAX)?;
    let users = list_owners(app, actor).await?;
    let found = users.into_iter().find(|u| u.username == username);
    let found = found.ok_or_else(|| Error::invalid("owner", "unknown-code"))?;
    Ok(found.id)
}

/// Notes that a measure was carried out, while the campaign is under way or after its end.
///
/// # Errors
/// When the actor may not, or it was noted before.
pub async fn finish_measure(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CampaignId,
    measure: MeasureId,
) -> Result<()> {
    person(actor)?;
    let work = app.store().begin(now).await?;
    let row = load(&work, actor, Permission::CampaignsPlan, (id, None)).await?;
    if !matches!(row.state, CampaignState::Released | CampaignState::Closed) {
        return Err(domain::campaigns::CampaignError::WrongState(row.state).into());
    }
    rows::finish_measure(&work, id, measure, &actor.name).await?;
    let entry = AuditEntry::new(actor, "campaign.measure_done", "campaign", id.0);
    Ok(work.commit(entry).await?)
}
