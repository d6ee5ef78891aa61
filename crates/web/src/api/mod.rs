//! The JSON API under `/api/v1`: what its handlers share. The handlers themselves, and the types of
//! their JSON, are in the file `api.rs` of each feature.
//!
//! A request passes [`problem::show`], which gives failures their body, [`caller::authenticate`] and
//! [`replay::replay`], which answers repeated requests.

pub(crate) mod caller;
pub(crate) mod codes;
mod document;
pub(crate) mod listing;
pub(crate) mod problem;
pub(crate) mod reading;
mod reference;
mod replay;
pub(crate) mod versions;

pub(crate) use caller::Caller;
pub(crate) use listing::{ListOf, PageQuery, listed, text, whole};
pub(crate) use problem::Problem;
pub(crate) use reading::{Asked, Body, Named};
pub(crate) use replay::NeverKept;
pub(crate) use versions::tagged;

use crate::state::Web;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use bytes::Bytes;
use std::sync::{Arc, OnceLock};
use utoipa_axum::router::OpenApiRouter;

/// Bodies end here: a batch of a thousand events with room to spare.
pub(crate) const BODY_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Where the document is.
pub(crate) const DOCUMENT: &str = "/api/v1/openapi.json";

/// The document, written once, when the routes are put together.
static WRITTEN: OnceLock<Arc<serde_json::Value>> = OnceLock::new();

/// What handlers of the API return.
pub(crate) type Reply = Result<Response, Problem>;

/// The routes of the features, with everything around them, and the document about them.
pub(crate) fn serve(web: &Web, features: OpenApiRouter<Web>) -> Router<Web> {
    let (router, described) = OpenApiRouter::with_openapi(document::begin())
        .merge(features)
        .split_for_parts();
    let written = WRITTEN.get_or_init(|| Arc::new(document::complete(&described)));
    let text = Bytes::from(written.to_string());
    let document = get(async move || {
        let kind = [(header::CONTENT_TYPE, "application/json")];
        (kind, text).into_response()
    });
    let state = || web.clone();
    let guarded = router
        .route("/api/{*rest}", any(no_such_address))
        .layer(axum::middleware::from_fn_with_state(
            state(),
            replay::replay,
        ))
        .layer(axum::middleware::from_fn_with_state(
            state(),
            caller::authenticate,
        ));
    guarded
        .route(DOCUMENT, document)
        .layer(axum::middleware::from_fn_with_state(state(), problem::show))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// The page that explains the API, among the pages.
pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/api/docs", get(reference::show_reference))
}

async fn no_such_address() -> Problem {
    Problem::not_found()
}

/// The document as the page reads it.
fn written() -> Option<Arc<serde_json::Value>> {
    WRITTEN.get().cloned()
}
