//! Steps for many tickets, and the lists of problem cases, for other systems and for people.

use crate::api::{Asked, Body, Caller, ListOf, Named, PageQuery, Reply, codes, listed, text};
use crate::state::Web;
use app::tickets::{BulkTarget, ListForm, ProblemListPage, StepForm};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::TicketId;
use serde::{Deserialize, Serialize};
use store::tickets::{ListRecipient, ProblemListHead, ProblemListRow};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(take_steps))
        .routes(routes!(list_problem_lists, make_problem_list))
        .routes(routes!(get_problem_list))
}

/// One step for many tickets.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TicketSteps {
    /// Ids of the tickets.
    tickets: Vec<Uuid>,
    /// Which step.
    #[schema(value_type = codes::BulkStepCode)]
    step: String,
    /// Id of the person, for issuing and transferring; `by_rules` for whom the rules propose.
    #[schema(nullable = false)]
    handler: Option<String>,
    /// Remark.
    #[schema(nullable = false, max_length = 2000)]
    text: Option<String>,
}

/// What became of the tickets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketStepsDone {
    /// How many took the step.
    done: usize,
    /// Those that did not.
    refused: Vec<TicketRefused>,
    /// There were more than are worked on in one go.
    more: bool,
}

/// A ticket that did not take a step.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketRefused {
    /// Number of the ticket.
    ticket: String,
    /// Code of the reason.
    reason: String,
}

/// Takes one step with many tickets.
///
/// By a person; systems are refused with `person-needed`. Single refusals are in the answer.
#[utoipa::path(post, path = "/api/v1/ticket-steps", tag = "tickets",
    request_body = TicketSteps,
    responses((status = 200, description = "Taken, as far as possible.", body = TicketStepsDone)))]
pub(crate) async fn take_steps(
    State(web): State<Web>,
    caller: Caller,
    Body(many): Body<TicketSteps>,
) -> Reply {
    let target = BulkTarget::Ids(many.tickets.into_iter().map(TicketId).collect());
    let form = StepForm {
        step: many.step,
        handler: text(many.handler),
        text: text(many.text),
        ..StepForm::default()
    };
    let done = app::tickets::take_steps(&web.app, &caller.actor, caller.now, &target, &form)
        .await
        .map_err(|e| caller.said(e))?;
    let refused = done.refused.into_iter();
    let body = TicketStepsDone {
        done: done.done,
        refused: refused
            .map(|(ticket, reason)| TicketRefused { ticket, reason })
            .collect(),
        more: done.more,
    };
    Ok(Json(body).into_response())
}

/// A numbered list of bancassurance problem cases.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemList)]
pub(crate) struct ProblemListJson {
    /// Number.
    #[schema(example = "PL-2026-0000007")]
    number: String,
    /// What it was made for.
    #[schema(value_type = codes::CaseListKindCode)]
    kind: &'static str,
    /// What its maker thinks of the cases; empty but in reports to departments.
    opinion: String,
    /// What is planned; empty but in reports to departments.
    plan: String,
    /// Code of the unit.
    org_code: String,
    /// First day.
    from: NaiveDate,
    /// Last day.
    to: NaiveDate,
    /// How many rows it has.
    rows: i64,
    /// SHA-256 over its rows.
    sha256: String,
    /// The rule under which penalties follow.
    penalty_rule: String,
    /// The article that says so.
    penalty_article: String,
    /// Who made it.
    made_by: String,
    /// When.
    made_at: DateTime<Utc>,
}

impl From<ProblemListHead> for ProblemListJson {
    fn from(h: ProblemListHead) -> Self {
        Self {
            number: h.number,
            kind: h.kind.as_str(),
            opinion: h.opinion,
            plan: h.plan,
            org_code: h.org_code,
            from: h.from,
            to: h.to,
            rows: h.rows,
            sha256: h.hash,
            penalty_rule: h.penalty_rule,
            penalty_article: h.penalty_article,
            made_by: h.made_by,
            made_at: h.made_at,
        }
    }
}

/// A case on a list, as it was when the list was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemListCase)]
pub(crate) struct ProblemListCaseJson {
    /// Place, from one.
    seq: i64,
    /// The item, from 1 to 6.
    item: i64,
    /// The day on which it came about.
    on: NaiveDate,
    /// Number of the ticket.
    ticket: String,
    /// Type of problem.
    #[schema(value_type = codes::ProblemTypeCode)]
    problem: String,
    /// Where the ticket stood.
    #[schema(value_type = codes::TicketStateCode)]
    state: String,
    /// Number of the policy.
    policy_no: Option<String>,
    /// Number of the customer.
    customer_no: String,
    /// Name of the unit.
    unit: String,
    /// Code and name of the salesperson.
    salesperson: Option<String>,
    /// The last day for processing it.
    last_day: Option<NaiveDate>,
    /// When it was first processed.
    processed_on: Option<NaiveDate>,
}

impl From<ProblemListRow> for ProblemListCaseJson {
    fn from(r: ProblemListRow) -> Self {
        Self {
            seq: r.seq,
            item: r.item,
            on: r.occurred_on,
            ticket: r.ticket_number,
            problem: r.problem,
            state: r.state,
            policy_no: r.policy_no,
            customer_no: r.customer_no,
            unit: r.org_name,
            salesperson: r.salesperson,
            last_day: r.listed_after,
            processed_on: r.processed_on,
        }
    }
}

/// Somebody who got a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemListRecipient)]
pub(crate) struct RecipientJson {
    /// Name.
    name: String,
    /// Kind of post.
    post: String,
    /// Got it as a copy.
    is_copy: bool,
    /// When it was sent.
    sent_at: DateTime<Utc>,
    /// When it was read.
    read_at: Option<DateTime<Utc>>,
}

impl From<ListRecipient> for RecipientJson {
    fn from(r: ListRecipient) -> Self {
        Self {
            name: r.name,
            post: r.post,
            is_copy: r.is_copy,
            sent_at: r.sent_at,
            read_at: r.read_at,
        }
    }
}

/// A list with its cases.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemListDetail)]
pub(crate) struct ProblemListDetailJson {
    #[serde(flatten)]
    list: ProblemListJson,
    /// The cases.
    cases: Vec<ProblemListCaseJson>,
    /// Who got it.
    recipients: Vec<RecipientJson>,
}

impl From<ProblemListPage> for ProblemListDetailJson {
    fn from(p: ProblemListPage) -> Self {
        let cases = p.rows.into_iter().map(ProblemListCaseJson::from);
        let recipients = p.recipients.into_iter().map(RecipientJson::from);
        Self {
            list: p.head.into(),
            cases: cases.collect(),
            recipients: recipients.collect(),
        }
    }
}

/// Lists numbered lists of problem cases.
#[utoipa::path(get, path = "/api/v1/problem-lists", tag = "tickets",
    params(PageQuery),
    responses((status = 200, description = "A page of lists.", body = ListOf<ProblemListJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_problem_lists(
    State(web): State<Web>,
    caller: Caller,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let after = page.after();
    let found = app::tickets::list_lists(&web.app, &caller.actor, &after).await?;
    Ok(listed::<_, ProblemListJson>(&caller, found))
}

/// A list to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewProblemListJson {
    /// Code of the unit; those below it are included.
    org: String,
    /// First day.
    #[schema(format = Date)]
    from: String,
    /// Last day.
    #[schema(format = Date)]
    to: String,
    /// What it is made for; of bancassurance when missing.
    #[serde(default)]
    #[schema(value_type = codes::CaseListKindCode)]
    kind: String,
    /// What its maker thinks of the cases; for departments.
    #[serde(default)]
    opinion: String,
    /// What is planned; for departments.
    #[serde(default)]
    plan: String,
}

/// Makes a numbered list of problem cases.
///
/// By a person. The list stays as it is from then on, and goes to the posts that the rules name.
#[utoipa::path(post, path = "/api/v1/problem-lists", tag = "tickets",
    request_body = NewProblemListJson,
    responses((status = 201, description = "Made.", body = ProblemListDetailJson)))]
pub(crate) async fn make_problem_list(
    State(web): State<Web>,
    caller: Caller,
    Body(new): Body<NewProblemListJson>,
) -> Reply {
    let form = ListForm {
        org: new.org,
        from: new.from,
        to: new.to,
        kind: new.kind,
        opinion: new.opinion,
        plan: new.plan,
    };
    let number = app::tickets::make_list(&web.app, &caller.actor, caller.now, &form)
        .await
        .map_err(|e| caller.said(e))?;
    let page = app::tickets::find_list(&web.app, &caller.actor, &number).await?;
    Ok((StatusCode::CREATED, Json(ProblemListDetailJson::from(page))).into_response())
}

/// Reads a numbered list of problem cases.
#[utoipa::path(get, path = "/api/v1/problem-lists/{list}", tag = "tickets",
    params(("list" = String, Path, description = "Number of the list.")),
    responses((status = 200, description = "The list with its cases.", body = ProblemListDetailJson)))]
pub(crate) async fn get_problem_list(
    State(web): State<Web>,
    caller: Caller,
    Named(number): Named,
) -> Reply {
    let page = app::tickets::read_list(&web.app, &caller.actor, caller.now, &number).await?;
    Ok(Json(ProblemListDetailJson::from(page)).into_response())
}
