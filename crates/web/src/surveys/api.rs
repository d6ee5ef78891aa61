//! Surveys for other systems.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

use crate::api::{Asked, Caller, ListOf, Named, PageQuery, Reply, codes, listed, tagged, text};
use crate::state::Web;
use app::surveys::{ResultsPage, Shown, SurveyQuery};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse as _;
use chrono::NaiveDate;
use domain::surveys::{ItemResult, SurveyKind};
use serde::{Deserialize, Serialize};
use store::surveys::SurveyRow;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_surveys))
        .routes(routes!(get_survey))
        .routes(routes!(get_survey_results))
}

/// An online survey.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Survey)]
pub(crate) struct SurveyJson {
    /// Number.
    #[schema(example = "SU-2026-0000012")]
    number: String,
    /// Kind.
    #[schema(value_type = codes::SurveyKindCode)]
    kind: &'static str,
    /// Programme that the kind belongs to.
    #[schema(example = "SV-ROUT")]
    programme: &'static str,
    /// Whether answers are somebody's.
    #[schema(value_type = codes::SurveyIdentityCode)]
    identity: &'static str,
    /// Where it is put before customers.
    #[schema(value_type = codes::SurveyPlatformCode)]
    platform: &'static str,
    /// Where it stands.
    #[schema(value_type = codes::SurveyStateCode)]
    state: &'static str,
    /// Title.
    title: String,
    /// The requesting department.
    department: String,
    /// Code of the unit.
    org_code: String,
    /// Name of who asked for it.
    requester: String,
    /// First day.
    from_on: NaiveDate,
    /// Last day.
    to_on: NaiveDate,
    /// When it was launched.
    launched_on: Option<NaiveDate>,
    /// When collection ended.
    closed_on: Option<NaiveDate>,
    /// By when results are to be collated.
    collation_due_on: Option<NaiveDate>,
    /// When results were collated.
    collated_on: Option<NaiveDate>,
    /// When it was filed.
    archived_on: Option<NaiveDate>,
    /// Version, as in `ETag`.
    version: i64,
}

impl From<SurveyRow> for SurveyJson {
    fn from(r: SurveyRow) -> Self {
        Self {
            number: r.number,
            kind: r.kind.as_str(),
            programme: r.kind.programme(),
            identity: r.identity.as_str(),
            platform: r.platform.as_str(),
            state: r.state.as_str(),
            title: r.title,
            department: r.department,
            org_code: r.org_code,
            requester: r.requester_name,
            from_on: r.from_on,
            to_on: r.to_on,
            launched_on: r.launched_on,
            closed_on: r.closed_on,
            collation_due_on: r.due_on,
            collated_on: r.collated_on,
            archived_on: r.archived_on,
            version: r.version,
        }
    }
}

fn kinds() -> utoipa::openapi::schema::Object {
    codes::of(SurveyKind::ALL.iter().map(|k| k.as_str()))
}

fn survey_views() -> utoipa::openapi::schema::Object {
    codes::of(["open", "running", "archived", "rejected", "all"])
}

/// Filters of surveys.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SurveyFilterQuery {
    /// A view: `open` otherwise.
    #[param(schema_with = survey_views)]
    view: Option<String>,
    /// Kind.
    #[param(schema_with = kinds)]
    kind: Option<String>,
    /// Code of a unit; those below it are included.
    org: Option<String>,
}

/// Lists surveys.
#[utoipa::path(get, path = "/api/v1/surveys", tag = "surveys",
    params(SurveyFilterQuery, PageQuery),
    responses((status = 200, description = "A page of surveys.", body = ListOf<SurveyJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_surveys(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<SurveyFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = SurveyQuery {
        view: text(filter.view),
        kind: text(filter.kind),
        org: text(filter.org),
        after: page.after(),
    };
    let (actor, now, rows) = (&caller.actor, caller.now, page.rows()?);
    let found = app::surveys::page_of_surveys(&web.app, actor, now, &query, rows).await?;
    Ok(listed::<_, SurveyJson>(&caller, found))
}

/// Reads a survey.
#[utoipa::path(get, path = "/api/v1/surveys/{survey}", tag = "surveys",
    params(("survey" = String, Path, description = "Number of the survey, or its id.")),
    responses((status = 200, description = "The survey.", body = SurveyJson,
        headers(("ETag" = String, description = "Version.")))))]
pub(crate) async fn get_survey(State(web): State<Web>, caller: Caller, Named(key): Named) -> Reply {
    let page = app::surveys::survey_page(&web.app, &caller.actor, caller.now, &key).await?;
    Ok(tagged(page.row.version, SurveyJson::from(page.row)))
}

/// What the answers to a survey add up to. Items are empty while collection goes on, and for an
/// anonymous survey of which too few questionnaires count.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SurveyResults)]
pub(crate) struct ResultsJson {
    /// Number.
    number: String,
    /// Customers who were invited.
    invited: i64,
    /// Questionnaires that came in.
    received: i64,
    /// Questionnaires by verdict; only valid ones count below.
    verdicts: Vec<VerdictJson>,
    /// Whether items are shown.
    shown: bool,
    /// Question by question.
    items: Vec<ItemJson>,
}

/// Questionnaires of a verdict.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SurveyVerdict)]
pub(crate) struct VerdictJson {
    /// The verdict.
    #[schema(value_type = codes::SurveyVerdictCode)]
    verdict: &'static str,
    /// How many.
    count: i64,
}

/// What the answers to a question add up to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SurveyItem)]
pub(crate) struct ItemJson {
    /// Its words.
    question: String,
    /// How it is answered.
    #[schema(value_type = codes::SurveyQuestionCode)]
    kind: &'static str,
    /// Valid questionnaires with an answer to it.
    answered: i64,
    /// Mean of a rating, in hundredths.
    mean_hundredths: Option<i64>,
    /// Its options, or ratings from the best.
    options: Vec<OptionJson>,
}

/// How often an option was chosen.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SurveyOption)]
pub(crate) struct OptionJson {
    /// Its words, or the rating.
    label: String,
    /// How often.
    count: i64,
    /// Share of those who answered, in thousandths.
    per_mille: i64,
}

impl From<ItemResult> for ItemJson {
    fn from(item: ItemResult) -> Self {
        let options = item.options.into_iter().map(|o| OptionJson {
            label: o.label,
            count: o.count,
            per_mille: o.per_mille,
        });
        Self {
            kind: item.question.kind.as_str(),
            question: item.question.words,
            answered: item.answered,
            mean_hundredths: item.mean_hundredths,
            options: options.collect(),
        }
    }
}

impl From<ResultsPage> for ResultsJson {
    fn from(page: ResultsPage) -> Self {
        let verdicts = page
            .verdicts
            .into_iter()
            .map(|(verdict, count)| VerdictJson {
                verdict: verdict.as_str(),
                count,
            });
        Self {
            number: page.row.number,
            invited: page.invited,
            received: page.received,
            verdicts: verdicts.collect(),
            shown: page.shown == Shown::Yes,
            items: page.items.into_iter().map(ItemJson::from).collect(),
        }
    }
}

/// Reads the results of a survey.
#[utoipa::path(get, path = "/api/v1/surveys/{survey}/results", tag = "surveys",
    params(("survey" = String, Path, description = "Number of the survey, or its id.")),
    responses((status = 200, description = "The results.", body = ResultsJson)))]
pub(crate) async fn get_survey_results(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let page = app::surveys::survey_results(&web.app, actor, now, &key, ("", "")).await?;
    Ok(Json(ResultsJson::from(page)).into_response())
}
