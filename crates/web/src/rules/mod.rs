//! Rule packs as people read them, with their tests, and the working-day calendar.

mod calendar;
mod diff;
mod drafts;
mod list;
mod pack;
mod scores;

use crate::state::Web;
use app::rules::package::PACKAGE_BYTES_MAX;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

pub(crate) fn routes() -> Router<Web> {
    let package = DefaultBodyLimit::max(PACKAGE_BYTES_MAX + 64 * 1024);
    Router::new()
        .route("/rules", get(list::list_packs))
        .route("/rules/calendar", get(calendar::show_calendar))
        .route("/rules/drafts", post(drafts::create))
        .route("/rules/drafts/file", post(drafts::upload).layer(package))
        .route("/rules/drafts/new", get(drafts::new_draft))
        .route("/rules/drafts/{id}", get(drafts::show))
        .route(
            "/rules/drafts/{id}/text",
            get(drafts::show_text).post(drafts::edit),
        )
        .route("/rules/drafts/{id}/steps", post(drafts::step))
        .route("/rules/drafts/{id}/diffs", post(drafts::compare))
        .route("/rules/diffs/{id}", get(diff::show))
        .route("/rules/diffs/{id}/file", get(diff::download))
        .route("/rules/{jurisdiction}/{topic}", get(pack::show_pack))
        .route(
            "/rules/{jurisdiction}/{topic}/evaluations",
            post(pack::record_evaluation),
        )
}
