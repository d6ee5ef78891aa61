//! Scheduled contacts: reminders, notices and greetings, what waits, what is held back, what was done.

pub(crate) mod api;
mod list;
mod page;

use crate::state::Web;
use axum::Router;
use axum::routing::{get, post};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/care", get(list::list_care))
        .route("/care/{number}", get(page::show_contact))
        .route("/care/{number}/record", post(page::record_contact))
}
