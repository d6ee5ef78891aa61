//! The quality of what is known of customers: one customer's, figures, lists to work through, cleaning up,
//! verification, drawn policies, commission held back, own numbers.

pub(crate) mod api;
mod board;
pub(crate) mod completions;
mod customer;
mod findings;
mod lists;
mod samples;

use crate::failure::Failure;
use crate::state::Web;
use axum::Router;
use axum::routing::{get, post};
use domain::data_quality::Severity;
use uuid::Uuid;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(
            "/customers/{customer_no}/quality",
            get(customer::show_quality),
        )
        .route(
            "/customers/{customer_no}/quality/verifications",
            post(customer::create_verification),
        )
        .route(
            "/customers/{customer_no}/quality/{finding}/explanation",
            post(customer::create_explanation),
        )
        .route("/information-quality", get(board::show_board))
        .route(
            "/information-quality/findings",
            get(findings::list_findings),
        )
        .route(
            "/information-quality/assignments",
            post(findings::create_assignments),
        )
        .route("/information-quality/cleanups", get(lists::list_cleanups))
        .route("/information-quality/verifications", get(lists::list_due))
        .route(
            "/information-quality/completions",
            get(completions::list_to_complete),
        )
        .route("/information-quality/commissions", get(lists::list_holds))
        .route(
            "/information-quality/own-numbers",
            get(lists::list_own_numbers).post(lists::create_own_number),
        )
        .route(
            "/information-quality/own-numbers/{own_number}/deletion",
            post(lists::delete_own_number),
        )
        .route(
            "/information-quality/samples",
            get(samples::list_samples).post(samples::draw_samples),
        )
        .route(
            "/information-quality/samples/{sample}",
            get(samples::show_sample),
        )
        .route(
            "/information-quality/samples/{sample}/result",
            post(samples::create_result),
        )
        .route(
            "/information-quality/samples/{sample}/rectification",
            post(samples::create_rectification),
        )
}

/// An id from an address.
fn id_of(text: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(text).map_err(|_| Failure::not_found())
}

/// The colour of a weight.
fn tone(severity: Severity) -> &'static str {
    match severity {
        Severity::Block => "red",
        Severity::Alert => "orange",
        Severity::Hint => "secondary",
    }
}

/// The colour of a score.
fn tone_of(points: i64) -> &'static str {
    match points {
        80.. => "good",
        60..80 => "",
        _ => "danger",
    }
}
