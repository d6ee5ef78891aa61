//! The list of obligations, and why one of them exists.

pub(crate) mod api;
mod calendar;
mod list;
mod page;

use crate::state::Web;
use axum::Router;
use axum::routing::get;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/obligations", get(list::list_obligations))
        .route("/obligations/{number}", get(page::show_obligation))
}
