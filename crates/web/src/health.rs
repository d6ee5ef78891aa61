//! Whether the server lives and is ready, and its counters for Prometheus.

use crate::state::Web;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::time::Instant;

/// Labels of a request: the route as it is written in code, never the address with its values.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    method: String,
    route: String,
    status: u16,
}

/// Counters of the server.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
    seconds: Histogram,
}

impl Metrics {
    /// Counters at zero.
    pub(crate) fn new() -> Self {
        let requests = Family::<Labels, Counter>::default();
        // From one millisecond to two seconds.
        let seconds = Histogram::new(exponential_buckets(0.001, 2.0, 12));
        let mut registry = Registry::with_prefix("huifang");
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register(
            "http_request_seconds",
            "Time to answer a request",
            seconds.clone(),
        );
        Self {
            registry,
            requests,
            seconds,
        }
    }
}

/// Counts a request and the time it took.
pub(crate) async fn measure(State(web): State<Web>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("other", MatchedPath::as_str).to_owned();
    let method = request.method().as_str().to_owned();
    #[expect(
        clippy::disallowed_methods,
        reason = "how long something took is not the time of day"
    )]
    let begun = Instant::now();
    let response = next.run(request).await;
    web.metrics.seconds.observe(begun.elapsed().as_secs_f64());
    let labels = Labels {
        method,
        route,
        status: response.status().as_u16(),
    };
    web.metrics.requests.get_or_create(&labels).inc();
    response
}

/// `/healthz`, `/readyz`, and `/metrics` unless it is apart.
pub(crate) fn routes(web: &Web) -> Router<Web> {
    let routes = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(is_ready));
    match web.metrics_apart {
        true => routes,
        false => routes.merge(metrics_routes()),
    }
}

/// `/metrics`.
pub(crate) fn metrics_routes() -> Router<Web> {
    Router::new().route("/metrics", get(read_metrics))
}

/// Ready when the database answers and its schema is the one this program knows.
async fn is_ready(State(web): State<Web>) -> Response {
    match web.app.store().is_schema_current().await {
        Ok(true) => "ready\n".into_response(),
        Ok(false) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the schema is behind: run `huifang serve` of this version once\n",
        )
            .into_response(),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        )
            .into_response(),
    }
}

async fn read_metrics(State(web): State<Web>) -> Response {
    let mut text = String::new();
    if encode(&mut text, &web.metrics.registry).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
