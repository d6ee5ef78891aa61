//! Signing in and out, one's own account, people, units, API clients, the audit log.

mod account;
pub(crate) mod api;
mod audit;
mod clients;
mod debts;
mod delegations;
mod device;
mod disclosures;
mod oidc;
mod passkeys;
mod post_duties;
mod rights;
mod second_factor;
mod sign_in;
mod units;
mod users;
mod views;
mod work_rules;

pub(crate) use account::{account_tabs, told};
pub(crate) use debts::pay_first;
pub(crate) use device::address_of;

use crate::state::Web;
use axum::Router;
use axum::routing::{get, post};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/sign-in", get(sign_in::show_sign_in))
        .route("/session", post(sign_in::create_session))
        .route("/sign-in/code", get(second_factor::show_second_step))
        .route("/session/code", post(second_factor::take_code))
        .route("/session/end", post(sign_in::end_session))
        .route("/preferences", post(sign_in::set_preferences))
        .route(
            "/first-administrator/{token}",
            get(sign_in::show_first_administrator).post(sign_in::create_first_administrator),
        )
        .merge(other_ways())
        .route("/views", post(views::save_view))
        .route("/views/{view}/deletion", post(views::delete_view))
        .route("/users", get(users::list_users).post(users::create_user))
        .route(
            "/users/{id}",
            get(users::show_user).post(users::change_user),
        )
        .route("/users/{id}/password", post(users::renew_password))
        .route(
            "/users/{id}/second-factor/deletion",
            post(users::reset_second_factor),
        )
        .route("/users/{id}/sessions/deletion", post(users::end_sessions))
        .route("/users/{id}/suspension", post(users::suspend_user))
        .route("/users/{id}/suspension/deletion", post(users::restore_user))
        .route(
            "/clients",
            get(clients::list_clients).post(clients::create_client),
        )
        .route("/audit", get(audit::list_entries))
        .route("/audit/verifications", post(audit::create_verification))
        .route("/audit/{id}", get(audit::show_entry))
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
        .route(
            "/clients/{id}/tokens/{hint}/rotation",
            post(clients::rotate_token),
        )
        .route("/clients/{id}/suspension", post(clients::suspend_client))
        .route(
            "/clients/{id}/suspension/deletion",
            post(clients::restore_client),
        )
        .merge(organisation())
        .merge(own_account())
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

fn own_account() -> Router<Web> {
    Router::new()
        .route("/account", get(account::show_account))
        .route(
            "/account/password",
            get(account::show_password).post(account::change_password),
        )
        .route(
            "/account/second-factor",
            get(second_factor::show_second_factor).post(second_factor::begin_enrolment),
        )
        .route(
            "/account/second-factor/enrolment",
            get(second_factor::show_enrolment).post(second_factor::confirm_enrolment),
        )
        .route(
            "/account/second-factor/codes",
            post(second_factor::renew_codes),
        )
        .route(
            "/account/second-factor/deletion",
            post(second_factor::remove_second_factor),
        )
        .route("/account/sessions", get(account::list_sessions))
        .route(
            "/account/sessions/deletion",
            post(account::end_other_sessions),
        )
        .route(
            "/account/sessions/{id}/deletion",
            post(account::end_session),
        )
        .route("/account/notices", get(account::list_notices))
        .route("/account/notices/reading", post(account::read_notices))
        .route(
            "/account/duties",
            get(post_duties::list_own_duties).post(post_duties::record_duty),
        )
}

/// Ways to sign in besides a password.
fn other_ways() -> Router<Web> {
    Router::new()
        .route("/sign-in/oidc/callback", get(oidc::finish))
        .route("/sign-in/oidc/{code}", get(oidc::begin_sign_in))
        .route("/sign-in/passkeys", post(passkeys::sign_in))
        .route("/sign-in/passkeys/question", post(passkeys::ask_who))
        .route(
            "/account/passkeys",
            get(passkeys::show_own).post(passkeys::create),
        )
        .route("/account/passkeys/question", post(passkeys::ask_new))
        .route(
            "/account/passkeys/{id}/deletion",
            post(passkeys::remove_own),
        )
        .route("/account/identities/at/{code}", get(oidc::begin_link))
        .route("/account/identities/{id}/deletion", post(oidc::unlink_own))
        .route("/users/{id}/ways", get(oidc::show_ways))
        .route("/users/{id}/identities", post(oidc::link))
        .route(
            "/users/{id}/identities/{identity}/deletion",
            post(oidc::unlink),
        )
        .route(
            "/users/{id}/passkeys/{key}/deletion",
            post(passkeys::remove),
        )
}
