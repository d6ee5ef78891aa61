//! Messages to customers: the outbox, one message, the texts, and what a customer said about being
//! contacted. Gateways say here what became of messages.

pub(crate) mod api;
mod customer;
mod list;
mod page;
mod receipts;
mod templates;

use crate::state::Web;
use axum::Router;
use axum::routing::{get, post};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/messages", get(list::list_messages))
        .route("/messages/limits", get(list::show_limits))
        .route(
            "/messages/templates",
            get(templates::list_templates).post(templates::draft_template),
        )
        .route("/messages/templates/new", get(templates::new_template))
        .route(
            "/messages/templates/{id}",
            get(templates::show_template).post(templates::change_draft),
        )
        .route(
            "/messages/templates/{id}/proposal",
            post(templates::propose_template),
        )
        .route(
            "/messages/templates/{id}/deletion",
            post(templates::discard_template),
        )
        .route(
            "/messages/templates/{id}/retirement",
            post(templates::retire_template),
        )
        .route("/messages/{number}", get(page::show_message))
        .route(
            "/messages/{number}/cancellation",
            post(page::cancel_message),
        )
        .route("/messages/{number}/sending", post(page::resend_message))
        .route(
            "/customers/{customer_no}/messages",
            get(customer::show_customer).post(customer::send_message),
        )
        .route(
            "/customers/{customer_no}/consents",
            post(customer::record_consent),
        )
}

/// What gateways call. They have no session; their requests carry a signature.
pub(crate) fn gateway_routes() -> Router<Web> {
    Router::new().route(
        "/gateways/{channel}/receipts",
        post(receipts::take_receipts),
    )
}
