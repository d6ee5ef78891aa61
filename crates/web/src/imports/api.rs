//! Events from other systems.

use crate::api::{Body, Caller, Reply, codes};
use crate::state::Web;
use app::imports::{EventFate, EventResult, put_events};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(send_events))
}

/// Something that happened, with the fields of the import file `events`.
#[derive(ToSchema)]
#[schema(as = Event)]
#[expect(
    dead_code,
    reason = "describes values that are read one by one, so that a bad one stops no other"
)]
pub(crate) struct EventJson {
    /// Id in the system it comes from; with the type it names the event.
    event_id: String,
    /// What happened.
    #[schema(value_type = codes::EventTypeCode)]
    r#type: String,
    /// When: RFC 3339, or date and time in China.
    #[schema(example = "2026-11-20T09:30:00+08:00")]
    occurred_at: String,
    /// Number of the policy.
    policy_no: Option<String>,
    /// Number of the customer; the policyholder when missing.
    customer_no: Option<String>,
    /// Code of the salesperson.
    agent_code: Option<String>,
    /// Number of the claim.
    claim_no: Option<String>,
    /// Amount in yuan, as text or number.
    #[schema(value_type = Option<String>, example = "12000.00")]
    amount: Option<String>,
    /// How it was paid out.
    #[schema(value_type = Option<codes::PayoutMethodCode>)]
    payout_method: Option<String>,
    /// Code of the servicing item.
    service_item_code: Option<String>,
    /// Who received it.
    #[schema(value_type = Option<codes::PayeeRoleCode>)]
    payee_role: Option<String>,
    /// Handled in person.
    handled_in_person: Option<bool>,
    /// Who reported the loss.
    reporter_role: Option<String>,
    /// Place of loss (GB/T 2260).
    loss_region: Option<String>,
    /// Place of underwriting (GB/T 2260).
    underwriting_region: Option<String>,
    /// Code of the adjuster.
    adjuster_code: Option<String>,
    /// How the claim ended.
    #[schema(value_type = Option<codes::ClaimOutcomeCode>)]
    outcome: Option<String>,
    /// When it was paid.
    paid_at: Option<String>,
    /// Note.
    note: Option<String>,
}

/// Events of one request.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Events {
    /// The events, at most 500.
    #[schema(value_type = Vec<EventJson>, min_items = 1, max_items = 500)]
    events: Vec<serde_json::Value>,
}

/// Why an event was not taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventProblem)]
pub(crate) struct EventProblemJson {
    /// The field; empty when the event is no object.
    field: String,
    /// Code of the reason.
    code: String,
    /// The reason in words.
    message: String,
}

/// What became of an event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventResult)]
pub(crate) struct EventResultJson {
    /// Its id, when it says one.
    event_id: Option<String>,
    /// `created`, `updated`, `unchanged` or `rejected`.
    #[schema(value_type = codes::EventFateCode)]
    fate: &'static str,
    /// Why it was not taken, every problem on its field.
    problems: Vec<EventProblemJson>,
}

impl From<EventResult> for EventResultJson {
    fn from(r: EventResult) -> Self {
        let (fate, problems) = match r.fate {
            EventFate::Created => ("created", Vec::new()),
            EventFate::Updated => ("updated", Vec::new()),
            EventFate::Unchanged => ("unchanged", Vec::new()),
            EventFate::Rejected(problems) => ("rejected", problems),
        };
        let problems = problems.into_iter().map(|p| EventProblemJson {
            field: p.field,
            code: p.code,
            message: p.detail,
        });
        Self {
            event_id: r.event_id,
            fate,
            problems: problems.collect(),
        }
    }
}

/// What became of the events of a request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventsTaken {
    /// In the order in which they were sent.
    results: Vec<EventResultJson>,
}

/// Sends events.
///
/// With the checks of the import file `events`. A bad event stops no other; sending the same events again
/// changes nothing. The next run of the planner turns them into obligations.
#[utoipa::path(post, path = "/api/v1/events", tag = "events",
    request_body = Events,
    responses((status = 200, description = "What became of each.", body = EventsTaken)))]
pub(crate) async fn send_events(
    State(web): State<Web>,
    caller: Caller,
    Body(sent): Body<Events>,
) -> Reply {
    let results = put_events(&web.app, &caller.actor, caller.now, &sent.events).await?;
    let results = results.into_iter().map(EventResultJson::from).collect();
    Ok(Json(EventsTaken { results }).into_response())
}
