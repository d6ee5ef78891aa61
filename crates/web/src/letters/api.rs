//! Letters for other systems and for people.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

use crate::api::{
    Asked, Body, Caller, ListOf, Named, PageQuery, Reply, codes, listed, tagged, text,
};
use crate::state::Web;
use app::letters::{BatchForm, LetterPage, LetterQuery, StepForm};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use store::letters::{LetterEntryRow, LetterRow};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_letters))
        .routes(routes!(print_letters))
        .routes(routes!(get_letter))
        .routes(routes!(take_letter_step))
}

/// A letter on paper.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Letter)]
pub(crate) struct LetterJson {
    /// Id.
    id: Uuid,
    /// Number.
    #[schema(example = "LT-2026-0000123")]
    number: String,
    /// What it is for.
    #[schema(value_type = codes::LetterKindCode)]
    kind: &'static str,
    /// Where it stands.
    #[schema(value_type = codes::LetterStateCode)]
    state: &'static str,
    /// Number of the callback.
    callback: String,
    /// Number of the customer.
    customer_no: String,
    /// Name of the customer; of persons masked.
    customer_name: String,
    /// Number of the policy.
    policy_no: Option<String>,
    /// Code of the unit.
    org_code: String,
    /// Code of the salesperson.
    agent_code: Option<String>,
    /// Programme.
    programme: String,
    /// When it was made.
    issued_on: NaiveDate,
    /// By when it is expected back.
    due_on: Option<NaiveDate>,
    /// When it was sent.
    sent_on: Option<NaiveDate>,
    /// When the customer had it.
    delivered_on: Option<NaiveDate>,
    /// When the policyholder signed.
    signed_on: Option<NaiveDate>,
    /// When the company's copy was back.
    returned_on: Option<NaiveDate>,
    /// When the receipt was entered.
    entered_on: Option<NaiveDate>,
    /// Who entered it.
    entered_by: Option<String>,
    /// Version, as in `ETag`.
    version: i64,
}

impl From<LetterRow> for LetterJson {
    fn from(r: LetterRow) -> Self {
        Self {
            id: r.id.0,
            number: r.number,
            kind: r.kind.as_str(),
            state: r.state.as_str(),
            callback: r.callback_number,
            customer_no: r.customer_no,
            customer_name: r.customer_name,
            policy_no: r.policy_no,
            org_code: r.org_code,
            agent_code: r.agent_code,
            programme: r.programme,
            issued_on: r.issued_on,
            due_on: r.due_on,
            sent_on: r.sent_on,
            delivered_on: r.delivered_on,
            signed_on: r.signed_on,
            returned_on: r.returned_on,
            entered_on: r.entered_on,
            entered_by: r.entered_by,
            version: r.version,
        }
    }
}

/// A line of the chain of custody.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LetterEntry {
    /// When it was written down.
    at: DateTime<Utc>,
    /// Who.
    by: String,
    /// Their unit.
    place: String,
    /// What.
    step: String,
    /// State after.
    to: String,
    /// The day on the paper.
    day: Option<NaiveDate>,
}

impl From<LetterEntryRow> for LetterEntry {
    fn from(r: LetterEntryRow) -> Self {
        Self {
            at: r.at,
            by: r.actor_name,
            place: r.place,
            step: r.step,
            to: r.to_state,
            day: r.day,
        }
    }
}

/// A letter with its chain of custody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LetterDetail)]
pub(crate) struct LetterDetailJson {
    #[serde(flatten)]
    letter: LetterJson,
    /// It is expected back and the day for that has passed.
    overdue: bool,
    /// How many scans it has.
    scans: usize,
    /// Chain of custody.
    history: Vec<LetterEntry>,
}

impl From<LetterPage> for LetterDetailJson {
    fn from(p: LetterPage) -> Self {
        Self {
            letter: p.letter.into(),
            overdue: p.is_overdue,
            scans: p.scans.len(),
            history: p.entries.into_iter().map(LetterEntry::from).collect(),
        }
    }
}

/// Filters of letters.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LetterFilterQuery {
    /// A view: `open` otherwise.
    #[param(schema_with = views)]
    view: Option<String>,
    /// What it is for.
    #[param(schema_with = codes::letter_kind)]
    kind: Option<String>,
    /// Where it stands.
    #[param(schema_with = codes::letter_state)]
    state: Option<String>,
    /// Code of a unit; those below it are included.
    org: Option<String>,
    /// Code of the salesperson.
    agent: Option<String>,
    /// Number of the policy.
    policy: Option<String>,
}

fn views() -> utoipa::openapi::schema::Object {
    codes::of(["open", "overdue", "closed", "all"])
}

/// Lists letters.
#[utoipa::path(get, path = "/api/v1/letters", tag = "letters",
    params(LetterFilterQuery, PageQuery),
    responses((status = 200, description = "A page of letters.", body = ListOf<LetterJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_letters(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<LetterFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = LetterQuery {
        view: text(filter.view),
        kind: text(filter.kind),
        state: text(filter.state),
        org: text(filter.org),
        agent: text(filter.agent),
        policy: text(filter.policy),
        after: page.after(),
        ..LetterQuery::default()
    };
    let (actor, now, rows) = (&caller.actor, caller.now, page.rows()?);
    let found = app::letters::page_of_letters(&web.app, actor, now, &query, rows).await?;
    Ok(listed::<_, LetterJson>(&caller, found))
}

/// Reads a letter.
#[utoipa::path(get, path = "/api/v1/letters/{letter}", tag = "letters",
    params(("letter" = String, Path, description = "Number of the letter, or its id.")),
    responses((status = 200, description = "The letter with its chain of custody.", body = LetterDetailJson,
        headers(("ETag" = String, description = "Version.")))))]
pub(crate) async fn get_letter(State(web): State<Web>, caller: Caller, Named(key): Named) -> Reply {
    let page = app::letters::letter_page(&web.app, &caller.actor, caller.now, &key).await?;
    Ok(tagged(page.letter.version, LetterDetailJson::from(page)))
}

/// A step; reviews are made on the page.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LetterStep {
    /// Which step.
    #[schema(value_type = codes::LetterStepCode)]
    step: String,
    /// The day on the paper; today when missing.
    #[schema(nullable = false, format = Date)]
    day: Option<String>,
    /// Reason or remark.
    #[schema(nullable = false, max_length = 500)]
    text: Option<String>,
    /// Number of the consignment, for sending.
    #[schema(nullable = false, max_length = 60)]
    reference: Option<String>,
}

/// Where the letter stands now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LetterStateNow {
    /// State of the letter.
    #[schema(value_type = codes::LetterStateCode)]
    state: &'static str,
}

/// Takes a step of a letter.
///
/// By a person; systems are refused with `person-needed`.
#[utoipa::path(post, path = "/api/v1/letters/{letter}/steps", tag = "letters",
    params(("letter" = String, Path, description = "Number of the letter, or its id."),
        ("If-Match" = Option<String>, Header, description = "The version that was read.")),
    request_body = LetterStep,
    responses((status = 200, description = "Taken.", body = LetterStateNow),
        (status = 412, description = "Someone else changed the letter.", body = crate::api::problem::ProblemJson, content_type = "application/problem+json")))]
pub(crate) async fn take_letter_step(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(step): Body<LetterStep>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::letters::find_letter(&web.app, actor, &key).await?;
    let form = StepForm {
        step: step.step,
        day: text(step.day),
        text: text(step.text),
        reference: text(step.reference),
        version: caller.expects(row.version)?,
        ..StepForm::default()
    };
    let state = app::letters::take_step(&web.app, actor, now, row.id, &form)
        .await
        .map_err(|e| caller.said(e))?;
    let body = LetterStateNow {
        state: state.as_str(),
    };
    Ok(Json(body).into_response())
}

/// Which policies get combined letters.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LetterBatchJson {
    /// Code of the programme.
    #[schema(example = "NB-T10")]
    programme: String,
    /// Issued from this day.
    #[schema(nullable = false, format = Date)]
    from: Option<String>,
    /// Issued until this day.
    #[schema(nullable = false, format = Date)]
    to: Option<String>,
    /// Code of a unit; those below it are included.
    #[schema(nullable = false)]
    org: Option<String>,
}

/// The job that was queued.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueuedJob {
    /// Id of the job.
    job: Uuid,
}

/// Makes and prints letters as a job.
#[utoipa::path(post, path = "/api/v1/letters/batches", tag = "letters",
    request_body = LetterBatchJson,
    responses((status = 202, description = "Queued.", body = QueuedJob)))]
pub(crate) async fn print_letters(
    State(web): State<Web>,
    caller: Caller,
    Body(batch): Body<LetterBatchJson>,
) -> Reply {
    let form = BatchForm {
        programme: batch.programme,
        from: text(batch.from),
        to: text(batch.to),
        org: text(batch.org),
    };
    let job = app::letters::start_batch(&web.app, &caller.actor, caller.now, &form).await?;
    Ok((StatusCode::ACCEPTED, Json(QueuedJob { job })).into_response())
}
