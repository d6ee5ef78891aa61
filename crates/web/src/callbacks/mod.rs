//! The workbench, the list of callbacks, one callback, and the call page.

pub(crate) mod api;
mod assign;
mod call;
mod coming;
mod detail;
mod line;
mod list;
mod payouts;
mod prepare;
mod reviews;
mod signals;
mod spot_checks;
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
        .route("/callbacks/assignments", post(assign::assign_callbacks))
        .route("/callbacks/next", post(call::start_next))
        .route("/callbacks/coming", get(coming::list_coming))
        .route("/callbacks/{id}/announcement", post(coming::announce))
        .route("/callbacks/{id}", get(detail::show_callback))
        .route(
            "/callbacks/{id}/assignment/deletion",
            post(assign::unassign_callback),
        )
        .route("/callbacks/{id}/attempts", post(call::start_attempt))
        .route("/callbacks/{id}/together", post(call::start_together))
        .route(
            "/callbacks/{id}/preparation",
            get(prepare::show_preparation),
        )
        .route("/callbacks/{id}/record.pdf", get(detail::show_record))
        .route("/callbacks/{id}/call", get(call::show_call))
        .route("/callbacks/{id}/line", get(line::show_line))
        .route("/callbacks/{id}/dialling", post(line::dial))
        .route("/callbacks/{id}/dialling/deletion", post(line::hang_up))
        .route("/callbacks/{id}/extension", post(line::set_extension))
        .route("/callbacks/{id}/answers", post(call::answer_item))
        .route("/callbacks/{id}/outcome", post(call::finish_attempt))
        .route("/callbacks/{id}/recordings", upload)
        .route("/callbacks/{id}/decisions", post(detail::decide))
        .route("/callbacks/{id}/payout", post(payouts::record_payout))
        .route("/payouts", get(payouts::list_payouts))
        .route("/payouts/items", get(payouts::show_items))
        .route(
            "/payouts/checks",
            get(spot_checks::list_spot_checks).post(spot_checks::draw_spot_check),
        )
        .route("/payouts/checks/{id}", get(spot_checks::show_spot_check))
        .route(
            "/payouts/checks/{id}/items/{item}",
            post(spot_checks::judge_spot_check),
        )
        .route(
            "/payouts/checks/{id}/closure",
            post(spot_checks::close_spot_check),
        )
        .route("/callbacks/{id}/reviews", post(reviews::create_review))
        .route("/callbacks/{id}/notes", post(reviews::create_note))
        .route("/reviews", get(reviews::list_reviews))
        .route(
            "/reviews/{review}/acknowledgement",
            post(reviews::acknowledge_review),
        )
        .route("/record-signals", get(signals::list_signals))
        .route(
            "/record-signals/{signal}/decision",
            post(signals::decide_signal),
        )
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
