//! The list of obligations, why one of them exists, and the extraction runs that make them.

pub(crate) mod api;
mod calendar;
mod list;
mod page;
mod runs;
mod samples;

use crate::frame::Frame;
use crate::state::Web;
use axum::Router;
use axum::routing::get;

/// Why an obligation was cancelled or came to nothing, in words.
pub(crate) fn cancel_reason(f: &Frame, programme: &str, code: &str) -> String {
    if let Some(reason) = f.rules.book().find_reason(programme, code) {
        return f.text(&reason.text).to_owned();
    }
    f.code("cancel-reason", code)
}

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
