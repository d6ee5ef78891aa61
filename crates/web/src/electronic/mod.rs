//! Electronic callbacks: the customer's own pages, and those on which people of the company send links,
//! see the evidence and inspect samples.

pub(crate) mod api;
pub(crate) mod guest;
mod inspections;
mod links;
mod page;
pub(crate) mod public;

use crate::state::Web;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

/// Pages of people who signed in.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/electronic", get(links::list_links))
        .route("/electronic/links", post(links::send_links))
        .route("/electronic/links/{id}", get(links::show_evidence))
        .route("/electronic/links/{id}/deletion", post(links::revoke_link))
        .route("/callbacks/{id}/electronic", get(links::show_of_callback))
        .route("/callbacks/{id}/electronic", post(links::send_link))
        .route("/electronic/samples", get(inspections::list_samples))
        .route("/electronic/samples", post(inspections::draw_sample))
        .route("/electronic/samples/{id}", get(inspections::show_sample))
        .route(
            "/electronic/inspections/{id}",
            post(inspections::save_inspection),
        )
}

/// Pages of customers. They lie outside of the frame: no session of ours is looked for but to refuse
/// it.
pub(crate) fn public_routes() -> Router<Web> {
    // The parts of the form around the picture need some room too.
    let picture = DefaultBodyLimit::max(app::electronic::FACE_BYTES_MAX + 64 * 1024);
    Router::new()
        .route("/p/{token}", get(public::show))
        .route("/p/{token}/face", post(public::check_face).layer(picture))
        .route("/p/{token}/look", post(public::change_look))
        .route("/p/{token}/identity", post(public::check_identity))
        .route("/p/{token}/code", post(public::check_code))
        .route("/p/{token}/codes", post(public::send_code))
        .route("/p/{token}/answers", post(public::answer_item))
        .route("/p/{token}/submission", post(public::submit))
        .route("/p/{token}/phone", get(public::show_phone))
        .route("/p/{token}/phone", post(public::want_phone))
        .layer(axum::middleware::map_response(guest::closed))
}
