//! The workbench, the list of callbacks, one callback, and the call page.

pub(crate) mod api;
mod assign;
mod call;
mod detail;
mod list;
mod workbench;

use crate::failure::Failure;
use crate::state::Web;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use domain::ids::CallbackId;

/// A recording of an hour, with room to spare.
const UPLOAD_BYTES_MAX: usize = app::recordings::UPLOAD_BYTES_MAX + 64 * 1024;

pub(crate) fn routes() -> Router<Web> {
    let upload = post(call::add_recording).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX));
    Router::new()
        .route("/", get(workbench::show_workbench))
        .route("/badges", get(workbench::read_badges))
        .route("/callbacks", get(list::list_callbacks))
        .route("/callbacks/views", post(list::save_view))
        .route("/callbacks/views/{view}/deletion", post(list::delete_view))
        .route("/callbacks/assignments", post(assign::assign_callbacks))
        .route("/callbacks/next", post(call::start_next))
        .route("/callbacks/{id}", get(detail::show_callback))
        .route(
            "/callbacks/{id}/assignment/deletion",
            post(assign::unassign_callback),
        )
        .route("/callbacks/{id}/attempts", post(call::start_attempt))
        .route("/callbacks/{id}/call", get(call::show_call))
        .route("/callbacks/{id}/answers", post(call::answer_item))
        .route("/callbacks/{id}/outcome", post(call::finish_attempt))
        .route("/callbacks/{id}/recordings", upload)
        .route("/callbacks/{id}/decisions", post(detail::decide))
        .route("/recordings/{id}", get(detail::open_recording))
}

/// Filters of the list as an address has them.
pub(crate) fn read_query(fields: &crate::forms::Fields) -> app::callbacks::ListQuery {
    list::read(fields)
}

/// Address of a callback.
pub(crate) fn url(id: CallbackId) -> String {
    format!("/callbacks/{id}")
}

/// Reads an id from an address; anything else is a page that does not exist.
fn id_of(text: &str) -> Result<CallbackId, Failure> {
    uuid::Uuid::try_parse(text)
        .map(CallbackId)
        .map_err(|_| Failure::not_found())
}
