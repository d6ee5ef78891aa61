//! Looking at records after the call: reviews, notes, and signs of false records.

use super::shapes::CallbackJson;
use crate::api::{Asked, Body, Caller, ListOf, Named, PageQuery, Reply, codes, listed, text};
use crate::state::Web;
use app::callbacks::{ReviewForm, SignalQuery};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::callbacks::SignalRow;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_waiting_reviews))
        .routes(routes!(review_callback))
        .routes(routes!(annotate_callback))
        .routes(routes!(list_record_signals))
        .routes(routes!(decide_record_signal))
}

/// Lists callbacks whose records wait for the responsible supervisor.
#[utoipa::path(get, path = "/api/v1/callback-reviews/waiting", tag = "callbacks",
    params(PageQuery),
    responses((status = 200, description = "A page of callbacks.", body = ListOf<CallbackJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_waiting_reviews(
    State(web): State<Web>,
    caller: Caller,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let after = page.after();
    let found = app::callbacks::list_waiting_reviews(&web.app, &caller.actor, &after).await?;
    Ok(listed::<_, CallbackJson>(&caller, found))
}

/// What a supervisor says of a record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallbackReview {
    /// Verdict on the record.
    #[schema(value_type = codes::RecordVerdictCode)]
    record: String,
    /// Verdict on the result.
    #[schema(value_type = codes::ResultVerdictCode)]
    result: String,
    /// Guidance to the caller; needed when either verdict is not good.
    #[schema(nullable = false, max_length = 2000)]
    guidance: Option<String>,
}

/// Examines the record of a callback.
///
/// By a person who did not call; systems are refused with `person-needed`.
#[utoipa::path(post, path = "/api/v1/callbacks/{callback}/reviews", tag = "callbacks",
    params(("callback" = String, Path, description = "Number of the callback, or its id.")),
    request_body = CallbackReview,
    responses((status = 204, description = "Kept.")))]
pub(crate) async fn review_callback(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(review): Body<CallbackReview>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::callbacks::find_callback(&web.app, actor, &key).await?;
    let form = ReviewForm {
        record: review.record,
        result: review.result,
        guidance: text(review.guidance),
    };
    app::callbacks::review_callback(&web.app, actor, now, row.id, &form)
        .await
        .map_err(|e| caller.said(e))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A note on a record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallbackNote {
    /// The attempt that it is about, by its place; the whole callback when missing.
    #[schema(nullable = false)]
    attempt: Option<i64>,
    /// The words.
    #[schema(max_length = 2000)]
    text: String,
}

/// Adds a note to the record of a callback.
///
/// A saved record is never changed. By a person; systems are refused with `person-needed`.
#[utoipa::path(post, path = "/api/v1/callbacks/{callback}/notes", tag = "callbacks",
    params(("callback" = String, Path, description = "Number of the callback, or its id.")),
    request_body = CallbackNote,
    responses((status = 204, description = "Kept.")))]
pub(crate) async fn annotate_callback(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(note): Body<CallbackNote>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::callbacks::find_callback(&web.app, actor, &key).await?;
    let attempt = note.attempt.map(|n| n.to_string()).unwrap_or_default();
    app::callbacks::add_note(&web.app, actor, now, row.id, &attempt, &note.text)
        .await
        .map_err(|e| caller.said(e))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Filters of signs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SignalFilterQuery {
    /// `open` otherwise.
    #[param(schema_with = signal_states)]
    state: Option<String>,
    /// Kind of sign.
    #[param(schema_with = codes::signal_kind)]
    kind: Option<String>,
}

fn signal_states() -> utoipa::openapi::schema::Object {
    codes::of(["open", "explained", "confirmed", "all"])
}

/// A sign that a record was entered late, forged or concealed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordSignal)]
pub(crate) struct SignalJson {
    /// Id.
    id: Uuid,
    /// Kind.
    #[schema(value_type = codes::SignalKindCode)]
    kind: &'static str,
    /// Number of the callback.
    callback: String,
    /// Place of the attempt.
    attempt: i64,
    /// Name of who called.
    caller: String,
    /// When the call began.
    happened_at: DateTime<Utc>,
    /// What was measured.
    measured: i64,
    /// What would have been in order.
    allowed: i64,
    /// The unit of both.
    unit: &'static str,
    /// Where the limit is written.
    rule: String,
    /// What became of it.
    #[schema(value_type = codes::SignalStateCode)]
    state: &'static str,
    /// Who decided.
    decided_by: Option<String>,
    /// Why.
    reason: Option<String>,
}

impl From<SignalRow> for SignalJson {
    fn from(s: SignalRow) -> Self {
        Self {
            id: s.id,
            kind: s.kind.as_str(),
            callback: s.callback_number,
            attempt: s.attempt_seq,
            caller: s.caller_name,
            happened_at: s.happened_at,
            measured: s.measured,
            allowed: s.allowed,
            unit: s.kind.unit(),
            rule: s.rule,
            state: s.state.as_str(),
            decided_by: s.decided_by,
            reason: s.reason,
        }
    }
}

/// Lists signs of records that were entered late, forged or concealed.
#[utoipa::path(get, path = "/api/v1/record-signals", tag = "callbacks",
    params(SignalFilterQuery, PageQuery),
    responses((status = 200, description = "A page of signs.", body = ListOf<SignalJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_record_signals(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<SignalFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = SignalQuery {
        state: text(filter.state),
        kind: text(filter.kind),
        after: page.after(),
    };
    let found = app::callbacks::list_record_signals(&web.app, &caller.actor, &query).await?;
    Ok(listed::<_, SignalJson>(&caller, found))
}

/// What somebody says of a sign.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignalDecision {
    /// Explained or confirmed.
    #[schema(value_type = codes::SignalDecisionCode)]
    state: String,
    /// Why.
    #[schema(max_length = 2000)]
    reason: String,
}

/// Explains or confirms a sign.
///
/// By a person who did not call; systems are refused with `person-needed`.
#[utoipa::path(post, path = "/api/v1/record-signals/{signal}/decision", tag = "callbacks",
    params(("signal" = String, Path, description = "Id of the sign.")),
    request_body = SignalDecision,
    responses((status = 204, description = "Kept.")))]
pub(crate) async fn decide_record_signal(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(decision): Body<SignalDecision>,
) -> Reply {
    let id = Uuid::try_parse(&key).map_err(|_| app::Error::NotFound)?;
    let (actor, now) = (&caller.actor, caller.now);
    let (state, reason) = (&decision.state, &decision.reason);
    app::callbacks::decide_record_signal(&web.app, actor, now, id, state, reason)
        .await
        .map_err(|e| caller.said(e))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
