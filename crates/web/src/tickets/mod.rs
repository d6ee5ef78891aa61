//! The list of tickets, and one ticket with the steps that fit.

pub(crate) mod api;
mod list;
mod page;

use crate::state::Web;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

/// Evidence, with room for the other fields of its form.
const UPLOAD_BYTES_MAX: usize = app::recordings::UPLOAD_BYTES_MAX + 64 * 1024;

pub(crate) fn routes() -> Router<Web> {
    let upload = post(page::add_evidence).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX));
    Router::new()
        .route("/tickets", get(list::list_tickets))
        .route("/tickets/{id}", get(page::show_ticket))
        .route("/tickets/{id}/steps", post(page::take_step))
        .route("/tickets/{id}/evidence", upload)
}
