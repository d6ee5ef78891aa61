//! Tickets for other systems and for people.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

use crate::api::{
    Asked, Body, Caller, ListOf, Named, PageQuery, Reply, codes, listed, tagged, text,
};
use crate::state::Web;
use app::tickets::{StepForm, TicketPage, TicketQuery};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use store::tickets::{TicketEntryRow, TicketRow};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_tickets))
        .routes(routes!(get_ticket))
        .routes(routes!(take_step))
        .merge(super::api_more::routes())
}

/// A problem that a callback or visit raised.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ticket)]
pub(crate) struct TicketJson {
    /// Id.
    id: Uuid,
    /// Number.
    #[schema(example = "TK-2026-0000123")]
    number: String,
    /// Number of the callback that raised it.
    callback: Option<String>,
    /// Number of the on-site visit that raised it.
    visit: Option<String>,
    /// Number of the slip of the sales visit that raised it.
    slip: Option<String>,
    /// Number of the customer.
    customer_no: String,
    /// Name of the customer; of persons masked.
    customer_name: String,
    /// Number of the policy.
    policy_no: Option<String>,
    /// Code of the unit.
    org_code: String,
    /// Programme.
    programme: String,
    /// Kind of case.
    #[schema(value_type = codes::CaseKindCode)]
    kind: &'static str,
    /// Type of problem.
    #[schema(value_type = codes::ProblemTypeCode)]
    problem: &'static str,
    /// Code of the item that raised it.
    item: Option<String>,
    /// What was found.
    finding: Option<String>,
    /// Where it stands.
    #[schema(value_type = codes::TicketStateCode)]
    state: &'static str,
    /// Who opened it.
    opened_by: String,
    /// When.
    opened_at: DateTime<Utc>,
    /// When it was issued.
    issued_at: Option<DateTime<Utc>>,
    /// By when feedback is due, by the company's limit.
    due_on: Option<NaiveDate>,
    /// By when the law wants it solved.
    law_due_on: Option<NaiveDate>,
    /// The later day that was asked for and is not decided on.
    declared_until: Option<NaiveDate>,
    /// When it was escalated to the head of the unit.
    escalated_at: Option<DateTime<Utc>>,
    /// How often the handler was urged.
    reminders: i64,
    /// When something was first done about it.
    processed_at: Option<DateTime<Utc>>,
    /// Id of who handles it.
    handler: Option<Uuid>,
    /// Name of who handles it.
    handler_name: Option<String>,
    /// What was reported.
    feedback: Option<String>,
    /// When it was reported.
    feedback_at: Option<DateTime<Utc>>,
    /// When it was closed.
    closed_at: Option<DateTime<Utc>>,
    /// Version, as in `ETag`.
    version: i64,
}

impl From<TicketRow> for TicketJson {
    fn from(r: TicketRow) -> Self {
        Self {
            id: r.id.0,
            number: r.number,
            callback: r.callback_number,
            visit: r.visit_number,
            slip: r.slip_number,
            customer_no: r.customer_no,
            customer_name: r.customer_name,
            policy_no: r.policy_no,
            org_code: r.org_code,
            programme: r.programme,
            kind: r.kind.as_str(),
            problem: r.problem.as_str(),
            item: r.item,
            finding: r.finding,
            state: r.state.as_str(),
            opened_by: r.opened_by,
            opened_at: r.opened_at,
            issued_at: r.issued_at,
            due_on: r.due_on,
            law_due_on: r.law_due_on,
            declared_until: r.declared.map(|d| d.until),
            escalated_at: r.escalated_at,
            reminders: r.reminders,
            processed_at: r.processed_at,
            handler: r.handler_id.map(|u| u.0),
            handler_name: r.handler_name,
            feedback: r.feedback,
            feedback_at: r.feedback_at,
            closed_at: r.closed_at,
            version: r.version,
        }
    }
}

/// A line of the history.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketEntry {
    /// When.
    at: DateTime<Utc>,
    /// Who.
    by: String,
    /// Name of the unit of who it was.
    unit: Option<String>,
    /// What.
    step: String,
    /// State before.
    from: String,
    /// State after.
    to: String,
    /// What was noted.
    note: Option<String>,
}

impl From<TicketEntryRow> for TicketEntry {
    fn from(r: TicketEntryRow) -> Self {
        Self {
            at: r.at,
            by: r.actor_name,
            unit: r.unit,
            step: r.step,
            from: r.from_state,
            to: r.to_state,
            note: r.note,
        }
    }
}

/// A ticket with its history.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TicketDetail)]
pub(crate) struct TicketDetailJson {
    #[serde(flatten)]
    ticket: TicketJson,
    /// How many pieces of evidence it has.
    evidence: usize,
    /// History.
    history: Vec<TicketEntry>,
}

impl From<TicketPage> for TicketDetailJson {
    fn from(p: TicketPage) -> Self {
        Self {
            ticket: p.ticket.into(),
            evidence: p.evidence.len(),
            history: p.entries.into_iter().map(TicketEntry::from).collect(),
        }
    }
}

/// Filters of tickets.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TicketFilterQuery {
    /// A view: `open` otherwise.
    #[param(schema_with = views)]
    view: Option<String>,
    /// Kind of case.
    #[param(schema_with = codes::case_kind)]
    kind: Option<String>,
    /// Type of problem.
    #[param(schema_with = codes::problem_type)]
    problem: Option<String>,
    /// Code of a unit; those below it are included.
    org: Option<String>,
}

fn views() -> utoipa::openapi::schema::Object {
    codes::of([
        "open",
        "mine",
        "unit",
        "due",
        "due_today",
        "overdue",
        "warned",
        "escalated",
        "to_issue",
        "to_judge",
        "declared",
        "invalid",
        "closed",
    ])
}

/// Lists tickets.
#[utoipa::path(get, path = "/api/v1/tickets", tag = "tickets",
    params(TicketFilterQuery, PageQuery),
    responses((status = 200, description = "A page of tickets.", body = ListOf<TicketJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_tickets(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<TicketFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = TicketQuery {
        view: text(filter.view),
        kind: text(filter.kind),
        problem: text(filter.problem),
        org: text(filter.org),
        after: page.after(),
    };
    let (actor, now, rows) = (&caller.actor, caller.now, page.rows()?);
    let found = app::tickets::page_of_tickets(&web.app, actor, now, &query, rows).await?;
    Ok(listed::<_, TicketJson>(&caller, found))
}

/// Reads a ticket.
#[utoipa::path(get, path = "/api/v1/tickets/{ticket}", tag = "tickets",
    params(("ticket" = String, Path, description = "Number of the ticket, or its id.")),
    responses((status = 200, description = "The ticket with its history.", body = TicketDetailJson,
        headers(("ETag" = String, description = "Version.")))))]
pub(crate) async fn get_ticket(State(web): State<Web>, caller: Caller, Named(key): Named) -> Reply {
    let row = app::tickets::find_ticket(&web.app, &caller.actor, &key).await?;
    let page = app::tickets::ticket_page(&web.app, &caller.actor, caller.now, row.id).await?;
    Ok(tagged(page.ticket.version, TicketDetailJson::from(page)))
}

/// A step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TicketStep {
    /// Which step.
    #[schema(value_type = codes::TicketStepCode)]
    step: String,
    /// Id of the person, for issuing and transferring; `by_rules` for whom the rules propose.
    #[schema(nullable = false)]
    handler: Option<String>,
    /// The new last day, for declarations.
    #[schema(nullable = false, format = Date)]
    until: Option<String>,
    /// Feedback, reason or remark.
    #[schema(nullable = false, max_length = 2000)]
    text: Option<String>,
    /// The corrected mobile number, for cases of a wrong number.
    #[schema(nullable = false)]
    mobile: Option<String>,
    /// The corrected mailing address, for cases of a wrong address.
    #[schema(nullable = false)]
    address: Option<String>,
}

/// Where the ticket stands now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketStateNow {
    /// State of the ticket.
    #[schema(value_type = codes::TicketStateCode)]
    state: &'static str,
}

/// Takes a step of a ticket.
///
/// By a person; systems are refused with `person-needed`.
#[utoipa::path(post, path = "/api/v1/tickets/{ticket}/steps", tag = "tickets",
    params(("ticket" = String, Path, description = "Number of the ticket, or its id."),
        ("If-Match" = Option<String>, Header, description = "The version that was read.")),
    request_body = TicketStep,
    responses((status = 200, description = "Taken.", body = TicketStateNow),
        (status = 412, description = "Someone else changed the ticket.", body = crate::api::problem::ProblemJson, content_type = "application/problem+json")))]
pub(crate) async fn take_step(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(step): Body<TicketStep>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::tickets::find_ticket(&web.app, actor, &key).await?;
    let form = StepForm {
        step: step.step,
        handler: text(step.handler),
        until: text(step.until),
        text: text(step.text),
        mobile: text(step.mobile),
        address: text(step.address),
        version: caller.expects(row.version)?,
    };
    let state = app::tickets::take_step(&web.app, actor, now, row.id, &form)
        .await
        .map_err(|e| caller.said(e))?;
    let body = TicketStateNow {
        state: state.as_str(),
    };
    Ok(Json(body).into_response())
}
