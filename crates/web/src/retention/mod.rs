//! Keeping and destroying records: the overview, holds, batches, why a policy is kept; and requests of
//! people about their own data.

mod batches;
mod holds;
mod overview;
mod requests;
mod steps;

use crate::state::Web;
use axum::Router;
use axum::routing::{get, post};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/retention", get(overview::show_retention))
        .route("/retention/schedule", get(overview::show_schedule))
        .route(
            "/retention/policies/{policy_no}",
            get(overview::show_policy_terms),
        )
        .route(
            "/retention/holds",
            get(holds::list_holds).post(holds::create_hold),
        )
        .route("/retention/holds/{number}/lifting", post(holds::lift_hold))
        .route("/retention/batches", post(batches::create_batch))
        .route("/retention/batches/{number}", get(batches::show_batch))
        .route(
            "/retention/batches/{number}/steps",
            post(batches::take_step),
        )
        .route(
            "/retention/batches/{number}/certificate.csv",
            get(batches::download_certificate),
        )
        .route("/data-requests", get(requests::list_requests))
        .route("/data-requests/{number}", get(requests::show_request))
        .route(
            "/customers/{customer_no}/data-requests",
            post(requests::create_request),
        )
        .route("/data-requests/{number}/steps", post(steps::take_step))
        .route("/data-requests/{number}/copies", post(steps::create_copy))
        .route("/data-requests/{number}/copy", post(steps::download_copy))
}
