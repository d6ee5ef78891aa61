//! Signing in and out, preferences, people, units, API clients, the audit log.

pub(crate) mod api;
mod sign_in;

use crate::state::Web;
use axum::Router;
use axum::routing::{get, post};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/sign-in", get(sign_in::show_sign_in))
        .route("/session", post(sign_in::create_session))
        .route("/session/end", post(sign_in::end_session))
        .route("/preferences", post(sign_in::set_preferences))
        .route(
            "/first-administrator/{token}",
            get(sign_in::show_first_administrator).post(sign_in::create_first_administrator),
        )
}
