//! Callback campaigns: the list, one of them with its six steps, its list of customers and measures.

pub(crate) mod api;
mod list;
mod listing;
mod page;

use crate::state::Web;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

/// A list as a file, with room for the other fields.
const UPLOAD_BYTES_MAX: usize = 2 * 1024 * 1024;

pub(crate) fn routes() -> Router<Web> {
    let file = post(listing::add_members).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX));
    Router::new()
        .route(
            "/campaigns",
            get(list::list_campaigns).post(list::create_campaign),
        )
        .route("/campaigns/new", get(list::show_new))
        .route(
            "/campaigns/{campaign}",
            get(page::show_campaign).post(page::change_campaign),
        )
        .route("/campaigns/{campaign}/preparation", post(page::prepare))
        .route("/campaigns/{campaign}/steps", post(page::take_step))
        .route("/campaigns/{campaign}/repetition", post(page::repeat))
        .route("/campaigns/{campaign}/members", file)
        .route(
            "/campaigns/{campaign}/selection",
            post(listing::add_selection),
        )
        .route(
            "/campaigns/{campaign}/members/deletion",
            post(listing::remove_member),
        )
        .route("/campaigns/{campaign}/measures", post(page::add_measure))
        .route(
            "/campaigns/{campaign}/measures/completion",
            post(page::finish_measure),
        )
}

fn url(number: &str) -> String {
    format!("/campaigns/{number}")
}
