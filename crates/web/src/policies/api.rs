//! Policies for other systems.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

use crate::api::{Asked, Caller, ListOf, Named, PageQuery, Reply, codes, listed, text};
use crate::state::Web;
use app::policies::{PolicyPage, PolicyQuery};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, Utc};
use domain::money::Money;
use domain::policies::CoolingOffState;
use serde::{Deserialize, Serialize};
use store::policies::{ClaimRow, PolicyRow};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_policies))
        .routes(routes!(get_policy))
}

/// Someone of a policy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Party {
    /// Number of the customer.
    customer_no: String,
    /// Name; of persons masked.
    name: String,
}

fn party(number: Option<String>, name: Option<String>) -> Option<Party> {
    let (customer_no, name) = number.zip(name)?;
    Some(Party { customer_no, name })
}

/// A policy.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Policy)]
pub(crate) struct PolicyJson {
    /// Number.
    policy_no: String,
    /// Code of the product.
    product_code: Option<String>,
    /// Name of the product.
    product_name: String,
    /// Class of the product.
    #[schema(value_type = codes::ProductClassCode)]
    product_class: String,
    /// Line of business.
    #[schema(value_type = codes::LineCode)]
    line: String,
    /// Channel.
    #[schema(value_type = codes::ChannelCode)]
    channel: String,
    /// The policyholder.
    policyholder: Party,
    /// The insured.
    insured: Option<Party>,
    /// The beneficiary.
    beneficiary: Option<Party>,
    /// Code of the salesperson.
    agent_code: Option<String>,
    /// Code of the unit.
    org_code: String,
    /// Name of the unit.
    org_name: String,
    /// Application date.
    application_date: Option<NaiveDate>,
    /// Issue date.
    issue_date: NaiveDate,
    /// Effective date.
    effective_date: Option<NaiveDate>,
    /// Expiry date.
    expiry_date: Option<NaiveDate>,
    /// Coverage term in months.
    term_months: Option<i64>,
    /// Premium in yuan.
    #[schema(example = "12000.00")]
    premium: Option<String>,
    /// How often it is paid.
    premium_frequency: Option<String>,
    /// For how many years it is paid.
    premium_term_years: Option<i64>,
    /// Sum insured in yuan.
    #[schema(example = "500000.00")]
    sum_insured: Option<String>,
    /// When the next premium is due.
    next_premium_due_on: Option<NaiveDate>,
    /// Cooling-off period of the product in days.
    cooling_off_days: Option<i64>,
    /// When the receipt was signed.
    ack_signed_on: Option<NaiveDate>,
    /// The sale was recorded in sound and picture.
    double_recorded: Option<bool>,
    /// Status.
    #[schema(value_type = codes::PolicyStatusCode)]
    status: String,
    /// When it last changed.
    updated_at: DateTime<Utc>,
}

fn yuan(fen: Option<i64>) -> Option<String> {
    fen.map(|fen| Money(fen).to_string())
}

impl From<PolicyRow> for PolicyJson {
    fn from(r: PolicyRow) -> Self {
        Self {
            policy_no: r.policy_no,
            product_code: r.product_code,
            product_name: r.product_name,
            product_class: r.product_class,
            line: r.line,
            channel: r.channel,
            policyholder: Party {
                customer_no: r.policyholder_no,
                name: r.policyholder_name,
            },
            insured: party(r.insured_no, r.insured_name),
            beneficiary: party(r.beneficiary_no, r.beneficiary_name),
            agent_code: r.agent_code,
            org_code: r.org_code,
            org_name: r.org_name,
            application_date: r.application_date,
            issue_date: r.issue_date,
            effective_date: r.effective_date,
            expiry_date: r.expiry_date,
            term_months: r.term_months,
            premium: yuan(r.premium_fen),
            premium_frequency: r.premium_frequency,
            premium_term_years: r.premium_term_years,
            sum_insured: yuan(r.sum_insured_fen),
            next_premium_due_on: r.next_premium_due_on,
            cooling_off_days: r.cooling_off_days,
            ack_signed_on: r.ack_signed_on,
            double_recorded: r.double_recorded,
            status: r.status,
            updated_at: r.updated_at,
        }
    }
}

/// A claim.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Claim {
    /// Number.
    claim_no: String,
    /// When the loss was reported.
    reported_on: Option<NaiveDate>,
    /// When it was settled.
    settled_on: Option<NaiveDate>,
    /// When it was paid.
    paid_on: Option<NaiveDate>,
    /// How it ended.
    outcome: Option<String>,
    /// Amount in yuan.
    amount: Option<String>,
}

impl From<ClaimRow> for Claim {
    fn from(r: ClaimRow) -> Self {
        Self {
            claim_no: r.claim_no,
            reported_on: r.reported_on,
            settled_on: r.settled_on,
            paid_on: r.paid_on,
            outcome: r.outcome,
            amount: yuan(r.amount_fen),
        }
    }
}

/// The cooling-off clock.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CoolingOffJson {
    /// Number of the obligation that explains the dates.
    obligation: String,
    /// `not_started`, `running`, `cancelled`, `ended` or `deemed_window`.
    state: &'static str,
    /// The day that the state speaks of.
    on: Option<NaiveDate>,
    /// When it began.
    started_on: Option<NaiveDate>,
    /// Last day of the company's duty to call back.
    due_on: Option<NaiveDate>,
    /// Last day of the customer's right.
    right_end_on: Option<NaiveDate>,
}

/// A policy with its cooling-off clock and its claims.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyDetail)]
pub(crate) struct PolicyDetailJson {
    #[serde(flatten)]
    policy: PolicyJson,
    /// The cooling-off clock, where a rule gives the policy one.
    cooling_off: Option<CoolingOffJson>,
    /// Its claims.
    claims: Vec<Claim>,
}

impl From<PolicyPage> for PolicyDetailJson {
    fn from(page: PolicyPage) -> Self {
        let cooling_off = page.clock.map(|clock| {
            let (state, on) = match clock.state {
                CoolingOffState::NotStarted => ("not_started", None),
                CoolingOffState::Running(day) => ("running", Some(day)),
                CoolingOffState::Cancelled(day) => ("cancelled", Some(day)),
                CoolingOffState::Ended(day) => ("ended", Some(day)),
                CoolingOffState::DeemedWindow(day) => ("deemed_window", Some(day)),
            };
            CoolingOffJson {
                obligation: clock.obligation,
                state,
                on,
                started_on: clock.dates.started_on,
                due_on: clock.dates.company_due_on,
                right_end_on: clock.dates.right_end_on,
            }
        });
        Self {
            cooling_off,
            claims: page.claims.into_iter().map(Claim::from).collect(),
            policy: page.policy.into(),
        }
    }
}

/// Filters of policies.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PolicyFilterQuery {
    /// Line of business.
    #[param(schema_with = codes::line)]
    line: Option<String>,
    /// Class of product.
    #[param(schema_with = codes::product_class)]
    product_class: Option<String>,
    /// Channel.
    #[param(schema_with = codes::channel)]
    channel: Option<String>,
    /// Status.
    #[param(schema_with = codes::policy_status)]
    status: Option<String>,
    /// Number of the customer who is policyholder or insured.
    customer: Option<String>,
    /// Code of the salesperson.
    agent: Option<String>,
    /// Issued from this day.
    #[param(format = Date)]
    issued_from: Option<String>,
    /// Issued until this day.
    #[param(format = Date)]
    issued_to: Option<String>,
    /// Only life policies without a signed receipt.
    without_receipt: Option<bool>,
    /// Code of a unit; those below it are included.
    org: Option<String>,
}

/// Lists policies.
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/policies", tag = "policies",
    params(PolicyFilterQuery, PageQuery),
    responses((status = 200, description = "A page of policies.", body = ListOf<PolicyJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_policies(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<PolicyFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = PolicyQuery {
        line: text(filter.line),
        product_class: text(filter.product_class),
        channel: text(filter.channel),
        status: text(filter.status),
        customer: text(filter.customer),
        agent: text(filter.agent),
        issued_from: text(filter.issued_from),
        issued_to: text(filter.issued_to),
        without_receipt: if filter.without_receipt == Some(true) {
            "true".to_owned()
        } else {
            String::new()
        },
        org: text(filter.org),
        after: page.after(),
    };
    let rows = page.rows()?;
    let found = app::policies::page_of_policies(&web.app, &caller.actor, &query, rows).await?;
    Ok(listed::<_, PolicyJson>(&caller, found))
}

/// Reads a policy.
///
/// With its cooling-off clock and its claims.
#[utoipa::path(get, path = "/api/v1/policies/{policy_no}", tag = "policies",
    params(("policy_no" = String, Path, description = "Number of the policy.")),
    responses((status = 200, description = "The policy.", body = PolicyDetailJson)))]
pub(crate) async fn get_policy(
    State(web): State<Web>,
    caller: Caller,
    Named(number): Named,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let page = app::policies::policy_page(&web.app, actor, now, &number).await?;
    Ok(Json(PolicyDetailJson::from(page)).into_response())
}
