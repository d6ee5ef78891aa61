//! The list of tickets, one ticket with the steps that fit, and the lists of problem cases.

pub(crate) mod api;
mod api_more;
mod bulk;
mod list;
mod lists;
mod page;
pub(crate) mod timeliness;

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
        .route("/tickets/steps", post(bulk::take_steps))
        .route("/tickets/timeliness", get(timeliness::show_timeliness))
        .route("/tickets/{id}", get(page::show_ticket))
        .route("/tickets/{id}/steps", post(page::take_step))
        .route("/tickets/{id}/evidence", upload)
        .route(
            "/problem-lists",
            get(lists::list_lists).post(lists::create_list),
        )
        .route("/problem-lists/new", get(lists::preview_list))
        .route("/problem-lists/{list}", get(lists::show_list))
        .route("/problem-lists/{list}/print", get(lists::print_list))
        .route(
            "/problem-lists/{list}/sheet.xlsx",
            get(lists::download_list),
        )
}
