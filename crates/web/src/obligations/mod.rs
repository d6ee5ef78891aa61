//! The list of obligations, why one of them exists, and the extraction runs that make them.

pub(crate) mod api;
mod calendar;
mod list;
mod page;
mod runs;
mod samples;

use crate::state::Web;
use axum::Router;
use axum::routing::get;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(
            "/extraction-runs",
            get(runs::list_runs).post(runs::create_run),
        )
        .route("/extraction-runs/{id}", get(runs::show_run))
        .route("/samples", get(samples::list_samples))
        .route("/obligations", get(list::list_obligations))
        .route("/obligations/{number}", get(page::show_obligation))
}
