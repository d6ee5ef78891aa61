//! The quality of customers' information for other systems.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

use crate::api::{Asked, Caller, ListOf, Named, PageQuery, Reply, codes, listed, text};
use crate::state::Web;
use app::data_quality::{FindingQuery, InformationPage, Passing};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse as _;
use chrono::{DateTime, NaiveDate, Utc};
use domain::data_quality::{Aspect, Check, Severity};
use serde::{Deserialize, Serialize};
use store::data_quality::{FindingRow, WorklistRow};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(get_information_quality))
        .routes(routes!(list_information_findings))
        .routes(routes!(super::completions::list_information_completions))
        .routes(routes!(get_information_check))
}

/// Something wrong with what is known of a customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InformationFinding)]
pub(crate) struct FindingJson {
    /// Id.
    id: String,
    /// What is wrong.
    #[schema(value_type = codes::InformationCheckCode)]
    check: &'static str,
    /// With which field.
    #[schema(value_type = codes::InformationFieldCode)]
    field: &'static str,
    /// What it speaks against.
    #[schema(value_type = codes::InformationAspectCode)]
    aspect: &'static str,
    /// How much it weighs.
    #[schema(value_type = codes::FindingSeverityCode)]
    severity: &'static str,
    /// Where it stands.
    #[schema(value_type = codes::FindingStateCode)]
    state: &'static str,
    /// Pack and article.
    article: String,
    /// What was counted, such as households with one mobile number.
    measured: Option<i64>,
    /// When it was found.
    found_at: DateTime<Utc>,
    /// When it ended.
    ended_at: Option<DateTime<Utc>>,
}

impl From<FindingRow> for FindingJson {
    fn from(r: FindingRow) -> Self {
        Self {
            id: r.id.to_string(),
            check: r.check.as_str(),
            field: r.field.as_str(),
            aspect: r.aspect.as_str(),
            severity: r.severity.as_str(),
            state: r.state.as_str(),
            article: r.article,
            measured: r.measured,
            found_at: r.found_at,
            ended_at: r.ended_at,
        }
    }
}

/// The quality of what is known of a customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InformationQuality)]
pub(crate) struct QualityJson {
    /// Number of the customer.
    customer_no: String,
    /// Whether the customer was examined; the figures are empty otherwise.
    examined: bool,
    /// Completeness, 0 to 100.
    completeness: Option<i64>,
    /// Truth, 0 to 100.
    truth: Option<i64>,
    /// Whether something keeps underwriting and policy changes from passing.
    blocked: Option<bool>,
    /// When the information was verified last.
    verified_on: Option<NaiveDate>,
    /// By when it is to be verified.
    verify_by: Option<NaiveDate>,
    /// What was found.
    findings: Vec<FindingJson>,
}

impl From<InformationPage> for QualityJson {
    fn from(page: InformationPage) -> Self {
        let state = page.state.as_ref();
        Self {
            customer_no: page.customer.customer_no,
            examined: state.is_some(),
            completeness: state.map(|s| s.completeness),
            truth: state.map(|s| s.truth),
            blocked: state.map(|s| s.is_blocked),
            verified_on: state.and_then(|s| s.verified_on),
            verify_by: state.map(|s| s.verify_by),
            findings: page.findings.into_iter().map(FindingJson::from).collect(),
        }
    }
}

/// Reads the quality of what is known of a customer.
#[utoipa::path(get, path = "/api/v1/customers/{customer_no}/information-quality", tag = "customers",
    params(("customer_no" = String, Path, description = "Number of the customer.")),
    responses((status = 200, description = "Scores and findings.", body = QualityJson)))]
pub(crate) async fn get_information_quality(
    State(web): State<Web>,
    caller: Caller,
    Named(customer_no): Named,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let page = app::data_quality::information_page(&web.app, actor, now, &customer_no).await?;
    Ok(Json(QualityJson::from(page)).into_response())
}

/// A finding with the customer whom it is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InformationWork)]
pub(crate) struct WorkJson {
    /// Id.
    id: String,
    /// Number of the customer.
    customer_no: String,
    /// What is wrong.
    #[schema(value_type = codes::InformationCheckCode)]
    check: &'static str,
    /// With which field.
    #[schema(value_type = codes::InformationFieldCode)]
    field: &'static str,
    /// How much it weighs.
    #[schema(value_type = codes::FindingSeverityCode)]
    severity: &'static str,
    /// Where it stands.
    #[schema(value_type = codes::FindingStateCode)]
    state: &'static str,
    /// What was counted.
    measured: Option<i64>,
    /// Code of the salesperson.
    agent_code: Option<String>,
    /// Who is to clear it up.
    assignee: Option<String>,
    /// By when.
    due_on: Option<NaiveDate>,
    /// When it was found.
    found_at: DateTime<Utc>,
}

impl From<WorklistRow> for WorkJson {
    fn from(r: WorklistRow) -> Self {
        Self {
            id: r.id.to_string(),
            customer_no: r.customer_no,
            check: r.check.as_str(),
            field: r.field.as_str(),
            severity: r.severity.as_str(),
            state: r.state.as_str(),
            measured: r.measured,
            agent_code: r.agent.map(|a| a.0),
            assignee: r.assignee_name,
            due_on: r.due_on,
            found_at: r.found_at,
        }
    }
}

fn finding_views() -> utoipa::openapi::schema::Object {
    codes::of(["open", "unassigned", "explained", "cleaned", "all"])
}

fn checks() -> utoipa::openapi::schema::Object {
    codes::of(Check::ALL.iter().map(|c| c.as_str()))
}

fn aspects() -> utoipa::openapi::schema::Object {
    codes::of(Aspect::ALL.iter().map(|a| a.as_str()))
}

fn severities() -> utoipa::openapi::schema::Object {
    codes::of(Severity::ALL.iter().map(|s| s.as_str()))
}

/// Filters of findings.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FindingFilterQuery {
    /// A view: `open` otherwise.
    #[param(schema_with = finding_views)]
    view: Option<String>,
    /// What is wrong.
    #[param(schema_with = checks)]
    check: Option<String>,
    /// What it speaks against.
    #[param(schema_with = aspects)]
    aspect: Option<String>,
    /// How much it weighs.
    #[param(schema_with = severities)]
    severity: Option<String>,
    /// Code of a unit; those below it are included.
    org: Option<String>,
    /// Code of a salesperson.
    agent: Option<String>,
}

/// Lists findings on customers' information.
#[utoipa::path(get, path = "/api/v1/information-findings", tag = "customers",
    params(FindingFilterQuery, PageQuery),
    responses((status = 200, description = "A page of findings.", body = ListOf<WorkJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_information_findings(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<FindingFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = FindingQuery {
        view: text(filter.view),
        check: text(filter.check),
        aspect: text(filter.aspect),
        severity: text(filter.severity),
        org: text(filter.org),
        agent: text(filter.agent),
        after: page.after(),
        ..FindingQuery::default()
    };
    let rows = page.rows()?;
    let found = app::data_quality::page_of_findings(&web.app, &caller.actor, &query, rows).await?;
    Ok(listed::<_, WorkJson>(&caller, found))
}

/// Something that keeps a policy from passing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Blocking {
    /// Number of the customer.
    customer_no: String,
    /// What is wrong.
    #[schema(value_type = codes::InformationCheckCode)]
    check: &'static str,
    /// With which field.
    #[schema(value_type = codes::InformationFieldCode)]
    field: &'static str,
    /// Pack and article.
    article: String,
}

/// Whether the information behind a policy lets underwriting and policy changes pass.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InformationCheck)]
pub(crate) struct CheckJson {
    /// Number of the policy.
    policy_no: String,
    /// Whether it passes.
    passed: bool,
    /// Customers of the policy who were not examined yet.
    waiting: Vec<String>,
    /// What blocks.
    blocking: Vec<Blocking>,
}

impl From<Passing> for CheckJson {
    fn from(p: Passing) -> Self {
        let blocking = p.blocking.into_iter();
        Self {
            policy_no: p.policy_no,
            passed: p.passed,
            waiting: p.waiting,
            blocking: blocking
                .map(|(customer_no, check, field, article)| Blocking {
                    customer_no,
                    check,
                    field,
                    article,
                })
                .collect(),
        }
    }
}

/// Says whether the information of policyholder and insured lets a policy pass (保监发〔2013〕82号).
#[utoipa::path(get, path = "/api/v1/policies/{policy_no}/information-check", tag = "policies",
    params(("policy_no" = String, Path, description = "Number of the policy.")),
    responses((status = 200, description = "Passed or not, and why.", body = CheckJson)))]
pub(crate) async fn get_information_check(
    State(web): State<Web>,
    caller: Caller,
    Named(policy_no): Named,
) -> Reply {
    let passing = app::data_quality::check_policy(&web.app, &caller.actor, &policy_no).await?;
    Ok(Json(CheckJson::from(passing)).into_response())
}
