//! Questionnaires for other systems: reading, putting drafts down, checking texts.

use crate::api::{Body, Caller, Named, Problem, Reply};
use crate::state::Web;
use app::questionnaires::check::{Finding, Place, is_sound};
use app::questionnaires::drafts::{
    Beginning, VersionRow, check_text, create_draft, find_version, list_versions,
};
use app::questionnaires::{Script, write_text};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_questionnaires, draft_questionnaire))
        .routes(routes!(get_questionnaire))
        .routes(routes!(check_questionnaire))
}

/// A version of a questionnaire.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Questionnaire)]
pub(crate) struct QuestionnaireJson {
    /// Id of the version.
    id: Uuid,
    /// Identity over versions.
    #[schema(example = "nb-cq")]
    code: String,
    /// Version.
    version: i64,
    /// Name in Chinese.
    title: String,
    /// Programmes that it is for.
    programmes: Vec<String>,
    /// Media that it is for; all when empty.
    media: Vec<&'static str>,
    /// Sales channels that it is for; all when empty.
    channels: Vec<&'static str>,
    /// Classes of products that it is for; all when empty.
    product_classes: Vec<&'static str>,
    /// Regions that it is for; all when empty.
    regions: Vec<String>,
    /// First day.
    effective_from: NaiveDate,
    /// Last day.
    effective_until: Option<NaiveDate>,
    /// Where it stands: draft, reviewed, approved, effective, superseded or withdrawn.
    state: &'static str,
}

impl From<VersionRow> for QuestionnaireJson {
    fn from(row: VersionRow) -> Self {
        Self::of(row.script, row.state.as_str())
    }
}

impl QuestionnaireJson {
    fn of(script: Script, state: &'static str) -> Self {
        let reach = script.reach;
        Self {
            id: script.id.0,
            code: script.code,
            version: script.version,
            title: script.title.zh,
            programmes: script.programmes,
            media: reach.media.iter().map(|m| m.as_str()).collect(),
            channels: reach.channels.iter().map(|c| c.as_str()).collect(),
            product_classes: reach.product_classes.iter().map(|c| c.as_str()).collect(),
            regions: reach.regions,
            effective_from: script.effective_from,
            effective_until: script.effective_until,
            state,
        }
    }
}

/// Something that a check found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuestionnaireFinding {
    /// Code of the item or part; of the questionnaire as a whole when missing.
    place: Option<String>,
    /// What was found.
    #[schema(example = "topic_missing")]
    code: &'static str,
    /// The value, programme or subject that is meant.
    detail: String,
    /// It keeps the questionnaire from being reviewed.
    error: bool,
}

impl From<&Finding> for QuestionnaireFinding {
    fn from(finding: &Finding) -> Self {
        let place = match &finding.place {
            Place::Head => None,
            Place::Block(code) | Place::Item(code) => Some(code.clone()),
        };
        Self {
            place,
            code: finding.code.as_str(),
            detail: finding.detail.clone(),
            error: finding.code.is_error(),
        }
    }
}

/// What a check said of a text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuestionnaireCheck {
    /// Nothing keeps it from being reviewed.
    sound: bool,
    /// What was found.
    findings: Vec<QuestionnaireFinding>,
}

/// A version with its text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuestionnaireText {
    /// What it is.
    questionnaire: QuestionnaireJson,
    /// Its text, as a file.
    text: String,
    /// What the check says of it now.
    check: QuestionnaireCheck,
}

/// A text, as a file of the shipped format.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextBody {
    /// The text.
    text: String,
}

/// The id of a draft that was put down.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DraftMade {
    /// Its id; the version has the same when it is approved.
    id: Uuid,
}

fn checked(findings: &[Finding]) -> QuestionnaireCheck {
    QuestionnaireCheck {
        sound: is_sound(findings),
        findings: findings.iter().map(QuestionnaireFinding::from).collect(),
    }
}

/// Every version and draft of every questionnaire.
#[utoipa::path(
    get,
    path = "/api/v1/questionnaires",
    tag = "questionnaires",
    responses((status = 200, description = "Drafts first, then by code.", body = [QuestionnaireJson]))
)]
pub(crate) async fn list_questionnaires(State(web): State<Web>, caller: Caller) -> Reply {
    let all = list_versions(&web.app, &caller.actor, caller.now).await?;
    let all: Vec<QuestionnaireJson> = all.into_iter().map(QuestionnaireJson::from).collect();
    Ok(Json(all).into_response())
}

/// A version or draft with its text.
#[utoipa::path(
    get,
    path = "/api/v1/questionnaires/{id}",
    tag = "questionnaires",
    params(("id" = Uuid, Path, description = "Id of the version.")),
    responses((status = 200, description = "The version, its text and what the check says.", body = QuestionnaireText))
)]
pub(crate) async fn get_questionnaire(
    State(web): State<Web>,
    caller: Caller,
    Named(id): Named,
) -> Reply {
    let id = Uuid::try_parse(&id).map_err(|_| Problem::not_found())?;
    let view = find_version(&web.app, &caller.actor, caller.now, id).await?;
    let text = QuestionnaireText {
        text: write_text(&view.script),
        check: checked(&view.findings),
        questionnaire: QuestionnaireJson::of(view.script, view.state.as_str()),
    };
    Ok(Json(text).into_response())
}

/// Puts a text down as a draft, for people to review and approve.
#[utoipa::path(
    post,
    path = "/api/v1/questionnaires",
    tag = "questionnaires",
    request_body = TextBody,
    responses((status = 201, description = "Put down.", body = DraftMade))
)]
pub(crate) async fn draft_questionnaire(
    State(web): State<Web>,
    caller: Caller,
    Body(body): Body<TextBody>,
) -> Reply {
    let beginning = Beginning::File(body.text);
    let id = create_draft(&web.app, &caller.actor, caller.now, beginning).await?;
    Ok((StatusCode::CREATED, Json(DraftMade { id })).into_response())
}

/// Checks a text without keeping it.
#[utoipa::path(
    post,
    path = "/api/v1/questionnaires/checks",
    tag = "questionnaires",
    request_body = TextBody,
    responses((status = 200, description = "What the check says.", body = QuestionnaireCheck))
)]
pub(crate) async fn check_questionnaire(
    State(web): State<Web>,
    caller: Caller,
    Body(body): Body<TextBody>,
) -> Reply {
    let (_, findings) = check_text(&web.app, &caller.actor, caller.now, &body.text).await?;
    Ok(Json(checked(&findings)).into_response())
}
