//! Callback campaigns for other systems and for people.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

mod members;

use crate::api::{
    Asked, Body, Caller, ListOf, Named, PageQuery, Reply, codes, listed, tagged, text,
};
use crate::state::Web;
use app::Error;
use app::campaigns::{
    CampaignForm, CampaignPage, CampaignQuery, LifeForm, MemberQuery, PreparationForm,
};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Permission;
use domain::callbacks::ContactChannel;
use serde::{Deserialize, Serialize};
use store::campaigns::CampaignRow;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_campaigns, create_campaign))
        .routes(routes!(get_campaign))
        .routes(routes!(prepare_campaign))
        .routes(routes!(take_campaign_step))
        .merge(members::routes())
}

/// A callback campaign.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Campaign)]
pub(crate) struct CampaignJson {
    /// Number.
    #[schema(example = "CA-2026-0000012")]
    number: String,
    /// Title.
    title: String,
    /// What it is to find out or to reach.
    goal: String,
    /// Where it stands.
    #[schema(value_type = codes::CampaignStateCode)]
    state: &'static str,
    /// Code of the unit.
    org_code: String,
    /// First day of the callbacks.
    starts_on: NaiveDate,
    /// Last day of the callbacks.
    ends_on: NaiveDate,
    /// How customers are contacted.
    #[schema(value_type = Option<codes::ContactChannelCode>)]
    channel: Option<&'static str>,
    /// Subjects beyond the core of the questionnaire.
    topics: Vec<&'static str>,
    /// Name of who made it.
    made_by: String,
    /// When the callbacks came into being.
    released_at: Option<DateTime<Utc>>,
    /// Customers on the list.
    customers: i64,
    /// Of those, with a completed callback.
    completed: i64,
    /// Version, as in `ETag`.
    version: i64,
}

impl From<CampaignRow> for CampaignJson {
    fn from(r: CampaignRow) -> Self {
        Self {
            number: r.number,
            title: r.title,
            goal: r.goal,
            state: r.state.as_str(),
            org_code: r.org_code,
            starts_on: r.starts_on,
            ends_on: r.ends_on,
            channel: r.channel.map(ContactChannel::as_str),
            topics: r.topics.iter().map(|t| t.as_str()).collect(),
            made_by: r.made_name,
            released_at: r.released_at,
            customers: r.members,
            completed: r.completed,
            version: r.version,
        }
    }
}

/// A step of the workflow that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CampaignStepDone {
    /// Which.
    #[schema(value_type = codes::CampaignStepCode)]
    step: &'static str,
    /// Who took it.
    by: String,
    /// When.
    at: DateTime<Utc>,
}

/// A measure of improvement.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CampaignMeasure {
    /// What is done.
    text: String,
    /// Who sees to it.
    owner: String,
    /// By when.
    due_on: NaiveDate,
    /// When it was done.
    done_at: Option<DateTime<Utc>>,
}

/// How far a campaign has come.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CampaignProgress {
    /// Callbacks that are still to come or open.
    open: i64,
    /// The right person was reached.
    reached: i64,
    /// Completed.
    completed: i64,
    /// Ended without completion.
    failed: i64,
    /// With a problem.
    problems: i64,
    /// Taken off the list after the release.
    removed: i64,
    /// Mean of the ratings in tenths, of 50.
    mean_rating_tenths: Option<i64>,
}

/// A campaign with its steps, measures and progress.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignDetail)]
pub(crate) struct CampaignDetailJson {
    #[serde(flatten)]
    campaign: CampaignJson,
    /// What the callers have at hand.
    material: Option<String>,
    /// What the results say.
    analysis: Option<String>,
    /// Steps that were taken.
    steps: Vec<CampaignStepDone>,
    /// Measures of improvement.
    measures: Vec<CampaignMeasure>,
    /// How far it has come.
    progress: CampaignProgress,
}

impl From<CampaignPage> for CampaignDetailJson {
    fn from(p: CampaignPage) -> Self {
        let mean_rating_tenths = p.mean_rating();
        let s = p.sums;
        let steps = p.steps.into_iter().filter_map(|t| {
            let (by, at) = t.done?;
            let step = t.step.as_str();
            Some(CampaignStepDone { step, by, at })
        });
        let measures = p.measures.into_iter().map(|m| CampaignMeasure {
            text: m.text,
            owner: m.owner_name,
            due_on: m.due_on,
            done_at: m.done.map(|(_, at)| at),
        });
        Self {
            material: p.row.material.clone(),
            analysis: p.row.analysis.clone(),
            steps: steps.collect(),
            measures: measures.collect(),
            progress: CampaignProgress {
                open: s.open,
                reached: s.reached,
                completed: s.completed,
                failed: s.failed,
                problems: s.problems,
                removed: s.removed,
                mean_rating_tenths,
            },
            campaign: p.row.into(),
        }
    }
}

/// Filters of campaigns.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CampaignFilterQuery {
    /// A view: `open` otherwise.
    #[param(schema_with = views)]
    view: Option<String>,
    /// Code of a unit; those below it are included.
    org: Option<String>,
}

fn views() -> utoipa::openapi::schema::Object {
    codes::of(["open", "to_confirm", "closed", "all"])
}

/// Lists campaigns.
#[utoipa::path(get, path = "/api/v1/campaigns", tag = "campaigns",
    params(CampaignFilterQuery, PageQuery),
    responses((status = 200, description = "A page of campaigns, the newest first.", body = ListOf<CampaignJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_campaigns(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<CampaignFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = CampaignQuery {
        view: text(filter.view),
        org: text(filter.org),
        after: page.after(),
    };
    let rows = Some(page.rows()?);
    let found = app::campaigns::list_campaigns(&web.app, &caller.actor, &query, rows).await?;
    Ok(listed::<_, CampaignJson>(&caller, found))
}

/// A campaign to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCampaignJson {
    /// Title.
    #[schema(max_length = 200)]
    title: String,
    /// What it is to find out or to reach.
    #[schema(max_length = 2000)]
    goal: String,
    /// First day of the callbacks.
    #[schema(format = Date)]
    starts_on: String,
    /// Last day of the callbacks.
    #[schema(format = Date)]
    ends_on: String,
    /// Code of the unit; one's own otherwise.
    #[schema(nullable = false)]
    org: Option<String>,
}

/// The campaign that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CampaignMade {
    /// Number.
    number: String,
}

/// Makes a campaign with an empty list.
///
/// By a person; systems are refused with `person-needed`.
#[utoipa::path(post, path = "/api/v1/campaigns", tag = "campaigns",
    request_body = NewCampaignJson,
    responses((status = 201, description = "Made.", body = CampaignMade)))]
pub(crate) async fn create_campaign(
    State(web): State<Web>,
    caller: Caller,
    Body(new): Body<NewCampaignJson>,
) -> Reply {
    let form = CampaignForm {
        org: text(new.org),
        title: new.title,
        goal: new.goal,
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        version: None,
    };
    let made = app::campaigns::create_campaign(&web.app, &caller.actor, caller.now, &form).await;
    let (_, number) = made?;
    Ok((StatusCode::CREATED, Json(CampaignMade { number })).into_response())
}

/// Reads a campaign.
#[utoipa::path(get, path = "/api/v1/campaigns/{campaign}", tag = "campaigns",
    params(("campaign" = String, Path, description = "Number of the campaign, or its id.")),
    responses((status = 200, description = "The campaign with its steps and progress.", body = CampaignDetailJson,
        headers(("ETag" = String, description = "Version.")))))]
pub(crate) async fn get_campaign(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
) -> Reply {
    let query = MemberQuery::default();
    let page =
        app::campaigns::campaign_page(&web.app, &caller.actor, caller.now, &key, &query).await?;
    Ok(tagged(page.row.version, CampaignDetailJson::from(page)))
}

/// Channel, or material and subjects.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CampaignPreparation {
    /// How customers are contacted; `null` leaves it as it is.
    #[schema(value_type = Option<codes::ContactChannelCode>)]
    channel: Option<String>,
    /// Subjects beyond the core of the questionnaire; `null` leaves subjects and material as they are.
    topics: Option<Vec<String>>,
    /// What the callers have at hand.
    #[schema(max_length = 2000)]
    material: Option<String>,
}

/// Sets the channel, prepares material and subjects.
#[utoipa::path(put, path = "/api/v1/campaigns/{campaign}/preparation", tag = "campaigns",
    params(("campaign" = String, Path, description = "Number of the campaign, or its id.")),
    request_body = CampaignPreparation,
    responses((status = 200, description = "Set.", body = CampaignJson)))]
pub(crate) async fn prepare_campaign(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(given): Body<CampaignPreparation>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    actor
        .demand(Permission::CampaignsPlan)
        .map_err(Error::from)?;
    let row = app::campaigns::find_campaign(&web.app, actor, &key).await?;
    if let Some(channel) = given.channel {
        let form = PreparationForm {
            step: "channel".into(),
            channel,
            ..PreparationForm::default()
        };
        app::campaigns::prepare(&web.app, actor, now, row.id, &form).await?;
    }
    if let Some(topics) = given.topics {
        let form = PreparationForm {
            step: "material".into(),
            topics,
            material: text(given.material),
            ..PreparationForm::default()
        };
        app::campaigns::prepare(&web.app, actor, now, row.id, &form).await?;
    }
    let row = app::campaigns::find_campaign(&web.app, actor, &key).await?;
    Ok(tagged(row.version, CampaignJson::from(row)))
}

/// A step in the life of a campaign.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CampaignCommandJson {
    /// Which step.
    #[schema(value_type = codes::CampaignCommandCode)]
    step: String,
    /// What the results say, for `analyse`.
    #[schema(nullable = false, max_length = 2000)]
    text: Option<String>,
    /// Why, for `send_back` and `cancel`.
    #[schema(nullable = false, max_length = 200)]
    reason: Option<String>,
}

/// Where the campaign stands now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CampaignStateNow {
    /// State of the campaign.
    #[schema(value_type = codes::CampaignStateCode)]
    state: &'static str,
}

/// Takes a step: before sales, confirmed, released, carried out, analysed, closed.
///
/// By a person; systems are refused with `person-needed`. Who made the list does not confirm it.
#[utoipa::path(post, path = "/api/v1/campaigns/{campaign}/steps", tag = "campaigns",
    params(("campaign" = String, Path, description = "Number of the campaign, or its id."),
        ("If-Match" = Option<String>, Header, description = "The version that was read.")),
    request_body = CampaignCommandJson,
    responses((status = 200, description = "Taken.", body = CampaignStateNow),
        (status = 412, description = "Someone else changed the campaign.", body = crate::api::problem::ProblemJson, content_type = "application/problem+json")))]
pub(crate) async fn take_campaign_step(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(command): Body<CampaignCommandJson>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::campaigns::find_campaign(&web.app, actor, &key).await?;
    let form = LifeForm {
        step: command.step,
        text: text(command.text),
        reason: text(command.reason),
        version: caller.expects(row.version)?,
    };
    let state = app::campaigns::take_step(&web.app, actor, now, row.id, &form)
        .await
        .map_err(|e| caller.said(e))?;
    let state = state.as_str();
    Ok(Json(CampaignStateNow { state }).into_response())
}
