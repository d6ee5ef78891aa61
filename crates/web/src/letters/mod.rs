//! Letters: the list, one letter with its chain of custody, the desk, batches, templates.

pub(crate) mod api;
mod desk;
mod list;
mod page;
mod print;
mod templates;

use crate::state::Web;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

/// Scans, with room for the other fields of their form.
const UPLOAD_BYTES_MAX: usize = app::recordings::UPLOAD_BYTES_MAX + 64 * 1024;

pub(crate) fn routes() -> Router<Web> {
    let upload = post(page::add_scan).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX));
    Router::new()
        .route("/letters", get(list::list_letters).post(page::write_letter))
        .route("/letters/desk", get(desk::show_desk).post(desk::scan_code))
        .route(
            "/letters/batches",
            get(print::show_batch).post(print::start_batch),
        )
        .route(
            "/letters/templates",
            get(templates::list_templates).post(templates::draft_template),
        )
        .route(
            "/letters/templates/{id}/decision",
            post(templates::decide_template),
        )
        .route(
            "/letters/templates/{id}/preview",
            get(templates::preview_template),
        )
        .route("/letters/{letter}", get(page::show_letter))
        .route("/letters/{letter}/file", get(print::download_letter))
        .route("/letters/{letter}/steps", post(page::take_step))
        .route("/letters/{letter}/reminders", post(page::remind))
        .route("/letters/{letter}/scans", upload)
}

/// Address of a letter.
fn url(number: &str) -> String {
    format!("/letters/{number}")
}
