//! Signing in and out, preferences, people, units, API clients, the audit log.

pub(crate) mod api;
mod audit;
mod clients;
mod delegations;
mod disclosures;
mod rights;
mod sign_in;
mod units;
mod users;
mod work_rules;

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
        .route("/users", get(users::list_users).post(users::create_user))
        .route(
            "/users/{id}",
            get(users::show_user).post(users::change_user),
        )
        .route("/users/{id}/password", post(users::renew_password))
        .route("/users/{id}/suspension", post(users::suspend_user))
        .route("/users/{id}/suspension/deletion", post(users::restore_user))
        .route(
            "/clients",
            get(clients::list_clients).post(clients::create_client),
        )
        .route("/audit", get(audit::list_entries))
        .route("/disclosures", get(disclosures::list_disclosures))
        .route("/rights", get(rights::show_rights))
        .route("/rights/limits", post(rights::propose_limits))
        .route(
            "/rights/roles/{role}",
            get(rights::show_role).post(rights::propose_rights),
        )
        .route("/clients/{id}/tokens", post(clients::create_token))
        .route(
            "/clients/{id}/tokens/{hint}/deletion",
            post(clients::revoke_token),
        )
        .route("/clients/{id}/suspension", post(clients::suspend_client))
        .route(
            "/clients/{id}/suspension/deletion",
            post(clients::restore_client),
        )
        .merge(organisation())
}

/// Units, posts, standing in, written rules.
fn organisation() -> Router<Web> {
    Router::new()
        .route("/units", get(units::list_units).post(units::create_unit))
        .route(
            "/units/{code}",
            get(units::show_unit).post(units::change_unit),
        )
        .route("/units/{code}/place", post(units::move_unit))
        .route("/units/{code}/posts", post(units::set_post))
        .route("/units/{code}/posts/{post}/holders", post(units::give_post))
        .route(
            "/units/{code}/holders/{holder}/deletion",
            post(units::take_post),
        )
        .route(
            "/delegations",
            get(delegations::list_delegations).post(delegations::create_delegation),
        )
        .route(
            "/delegations/{id}/deletion",
            post(delegations::end_delegation),
        )
        .route("/delegations/{id}/acting", post(delegations::begin_acting))
        .route(
            "/delegations/acting/deletion",
            post(delegations::stop_acting),
        )
        .route(
            "/work-rules",
            get(work_rules::list_rules).post(work_rules::write_rule),
        )
        .route("/work-rules/{code}", get(work_rules::show_rule))
}
