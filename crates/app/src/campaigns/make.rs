//! Making a campaign: title, goal, unit and period; time and channel; material and questions.

use super::{SHORT_MAX, TEXT_MAX, decision_view, load};
use crate::listing;
use crate::visits::{Problems, demanded, next_number, person, text};
use crate::{App, Error, Refusal, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Scope};
use domain::callbacks::ContactChannel;
use domain::campaigns::{CampaignCommand, CampaignStep, TOPICS};
use domain::ids::{CampaignId, OrgId};
use domain::numbers::NumberKind;
use domain::questionnaires::Topic;
use domain::time::{self, Instant};
use store::AuditEntry;
use store::campaigns::{self as rows, CampaignText, NewCampaign};

/// Days that a campaign may last; what lasts longer is planned anew.
const DAYS_MAX: i64 = 366;

/// What a campaign is for and when, as it comes from the page or the API.
#[derive(Clone, Debug, Default)]
pub struct CampaignForm {
    /// Code of the unit; the actor's own when empty.
    pub org: String,
    /// Title.
    pub title: String,
    /// What it is to find out or to reach.
    pub goal: String,
    /// First day of the callbacks.
    pub starts_on: String,
    /// Last day of the callbacks.
    pub ends_on: String,
    /// The version that the person saw; not looked at when missing.
    pub version: Option<i64>,
}

/// Reads title, goal and period; all that is wrong with them at once.
fn read(form: &CampaignForm, today: NaiveDate) -> Result<CampaignText<'_>> {
    let mut problems = Problems::default();
    let title = problems.take(demanded("title", &form.title, SHORT_MAX))?;
    let goal = problems.take(demanded("goal", &form.goal, TEXT_MAX))?;
    let starts_on = problems.take(day("starts_on", &form.starts_on))?;
    let ends_on = problems.take(day("ends_on", &form.ends_on))?;
    let order = match (starts_on, ends_on) {
        (Some(from), Some(to)) if to < from || to < today => Err(Error::invalid("ends_on", "past")),
        (Some(from), Some(to)) if (to - from).num_days() > DAYS_MAX => {
            Err(Error::invalid("ends_on", "campaign-too-long"))
        }
        _ => Ok(()),
    };
    problems.take(order)?;
    problems.end()?;
    Ok(CampaignText {
        title: title.unwrap_or_default(),
        goal: goal.unwrap_or_default(),
        starts_on: starts_on.unwrap_or(today),
        ends_on: ends_on.unwrap_or(today),
    })
}

fn day(field: &str, text: &str) -> Result<NaiveDate> {
    listing::date(field, text)?.ok_or_else(|| Error::invalid(field, "missing"))
}

/// Makes a campaign, with an empty list.
///
/// # Errors
/// When the actor may not, or a field is wrong.
pub async fn create_campaign(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &CampaignForm,
) -> Result<(CampaignId, String)> {
    let scope = actor.scope(Permission::CampaignsPlan)?;
    let by = person(actor)?;
    let text = read(form, time::date_in_china(now))?;
    let org = unit(app, actor, &scope, &form.org).await?;
    let work = app.store().begin(now).await?;
    let number = next_number(&work, NumberKind::Campaign).await?;
    let new = NewCampaign {
        number: &number,
        org,
        text,
        made: (by, &actor.name),
    };
    let id = rows::insert_campaign(&work, &new).await?;
    let detail = serde_json::json!({ "number": number, "title": text.title });
    let entry = AuditEntry::new(actor, "campaign.made", "campaign", id.0);
    work.commit(entry.detail(detail)).await?;
    Ok((id, number))
}

async fn unit(app: &App, actor: &Actor, scope: &Scope, code: &str) -> Result<OrgId> {
    let Some(code) = listing::some(code) else {
        return actor
            .org_id
            .ok_or_else(|| Refusal::new("person-needed").into());
    };
    let org = store::orgs::find_org_by_code(app.store(), &code).await?;
    let org = org.filter(|o| scope.covers(&o.path));
    Ok(org.ok_or_else(|| Error::invalid("org", "unknown-org"))?.id)
}

/// Changes title, goal or period while the list is being made; the unit stays.
///
/// # Errors
/// When the actor may not, the list is before sales, or a field is wrong.
pub async fn change_campaign(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CampaignId,
    form: &CampaignForm,
) -> Result<()> {
    let by = person(actor)?;
    let text = read(form, time::date_in_china(now))?;
    let scope = actor.scope(Permission::CampaignsPlan)?;
    let work = app.store().begin(now).await?;
    let row = load(&work, actor, Permission::CampaignsPlan, (id, form.version)).await?;
    let view = decision_view(&work, &scope, &row).await?;
    view.decide(&CampaignCommand::Change, by)?;
    rows::save_text(&work, &row, &text).await?;
    let entry = AuditEntry::new(actor, "campaign.changed", "campaign", id.0);
    Ok(work.commit(entry).await?)
}

/// Time and channel, or material and questions.
#[derive(Clone, Debug, Default)]
pub struct PreparationForm {
    /// `channel` or `material`.
    pub step: String,
    /// How customers are contacted.
    pub channel: String,
    /// What is asked beyond the core of the questionnaire, as codes.
    pub topics: Vec<String>,
    /// What the callers have at hand.
    pub material: String,
    /// The version that the person saw; not looked at when missing.
    pub version: Option<i64>,
}

/// Sets the channel, or prepares material and questions; the step is recorded.
///
/// # Errors
/// When the actor may not, the campaign was released, or a field is wrong.
pub async fn prepare(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CampaignId,
    form: &PreparationForm,
) -> Result<()> {
    let by = person(actor)?;
    let step =
        CampaignStep::parse(&form.step).map_err(|_| Error::invalid("step", "unknown-code"))?;
    let scope = actor.scope(Permission::CampaignsPlan)?;
    let work = app.store().begin(now).await?;
    let row = load(&work, actor, Permission::CampaignsPlan, (id, form.version)).await?;
    let view = decision_view(&work, &scope, &row).await?;
    view.decide(&CampaignCommand::Prepare(step), by)?;
    match step {
        CampaignStep::Channel => {
            let channel = listing::code("channel", &form.channel, ContactChannel::parse)?;
            let channel = channel.ok_or_else(|| Error::invalid("channel", "missing"))?;
            if !app.rules().planned_channels().contains(&channel) {
                return Err(Error::invalid("channel", "campaign-channel"));
            }
            let material = row.material.as_deref();
            rows::save_preparation(&work, &row, Some(channel), &row.topics, material).await?;
        }
        CampaignStep::Material => {
            let topics = topics(&form.topics)?;
            let material = text("material", &form.material, TEXT_MAX)?;
            rows::save_preparation(&work, &row, row.channel, &topics, material).await?;
        }
        _ => return Err(Error::invalid("step", "unknown-code")),
    }
    rows::record_step(&work, id, step, &actor.name).await?;
    let detail = serde_json::json!({ "step": step.as_str() });
    let entry = AuditEntry::new(actor, "campaign.prepared", "campaign", id.0);
    Ok(work.commit(entry.detail(detail)).await?)
}

fn topics(codes: &[String]) -> Result<Vec<Topic>> {
    let wrong = || Error::invalid("topics", "unknown-code");
    let all: Result<Vec<_>> = codes
        .iter()
        .map(|c| Topic::parse(c).map_err(|_| wrong()))
        .collect();
    let mut all = all?;
    all.sort();
    all.dedup();
    if all.is_empty() {
        return Err(Error::invalid("topics", "missing"));
    }
    if all.iter().any(|t| !TOPICS.contains(t)) {
        return Err(wrong());
    }
    Ok(all)
}
