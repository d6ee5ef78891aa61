//! The risk that customers are: early warnings, the worklist of reviews, the page of one customer, registers,
//! contract quality, and what is confidential.

mod aml;
pub(crate) mod api;
mod assess;
mod customer;
mod quality;
mod registers;
mod reviews;
mod signals;

use crate::failure::Failure;
use crate::frame::Frame;
use crate::state::Web;
use axum::Router;
use axum::routing::{get, post};
use domain::risk::{CreditFlag, RiskLevel};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/risk", get(signals::list_signals))
        .route("/risk/signals/{signal}/response", post(signals::respond))
        .route("/risk/reviews", get(reviews::list_reviews))
        .route(
            "/risk/assessments/{assessment}/steps",
            post(assess::take_step),
        )
        .route(
            "/risk/measures/{measure}/completion",
            post(customer::finish_measure),
        )
        .route("/risk/flags/{flag}/decision", post(customer::decide_flag))
        .route(
            "/risk/market",
            get(registers::list_market).post(registers::add_market),
        )
        .route(
            "/risk/market/{entry}/completion",
            post(registers::finish_market),
        )
        .route(
            "/risk/errors",
            get(registers::list_errors).post(registers::add_error),
        )
        .route(
            "/risk/errors/{entry}/completion",
            post(registers::finish_error),
        )
        .route("/risk/processes", post(registers::add_process))
        .route("/risk/contract-quality", get(quality::show_board))
        .route("/risk/urgings", post(quality::urge))
        .route("/risk/aml", get(aml::show_overview))
        .route("/risk/aml/payments/{event}/check", post(aml::check))
        .merge(customer_routes())
}

fn customer_routes() -> Router<Web> {
    Router::new()
        .route("/customers/{customer_no}/risk", get(customer::show_risk))
        .route(
            "/customers/{customer_no}/risk/{dimension}",
            get(assess::show_assessment).post(assess::save_assessment),
        )
        .route(
            "/customers/{customer_no}/risk-signals",
            post(signals::enter_signal),
        )
        .route(
            "/customers/{customer_no}/risk-measures",
            post(customer::add_measure),
        )
        .route(
            "/customers/{customer_no}/credit-entries",
            post(customer::add_entry),
        )
        .route(
            "/customers/{customer_no}/credit-flag",
            post(customer::ask_flag),
        )
}

fn url(customer_no: &str) -> String {
    format!("/customers/{customer_no}/risk")
}

fn id_of(text: &str) -> Result<uuid::Uuid, Failure> {
    uuid::Uuid::try_parse(text).map_err(|_| Failure::not_found())
}

/// Colour of a level.
pub(crate) fn tone(level: &RiskLevel) -> &'static str {
    match level {
        RiskLevel::High => "red",
        RiskLevel::Medium => "orange",
        RiskLevel::Low => "green",
    }
}

/// Colour of a credit flag.
pub(crate) fn flag_tone(flag: &CreditFlag) -> &'static str {
    match flag {
        CreditFlag::Poor => "red",
        CreditFlag::Watch => "orange",
        CreditFlag::Normal => "green",
    }
}

/// Points as people write them.
fn points(hundredths: &i64) -> String {
    match hundredths % 100 {
        0 => (hundredths / 100).to_string(),
        part => format!("{}.{:02}", hundredths / 100, part.abs()),
    }
}

/// A place among the pages of risk: its name, its address.
struct Tab {
    name: &'static str,
    href: &'static str,
}

/// The pages of risk that the viewer may open.
fn tabs(f: &Frame) -> Vec<Tab> {
    let all = [
        ("signals", "/risk", "risk.read"),
        ("reviews", "/risk/reviews", "risk.read"),
        ("market", "/risk/market", "risk.read"),
        ("errors", "/risk/errors", "risk.read"),
        ("quality", "/risk/contract-quality", "tickets.read"),
        ("aml", "/risk/aml", "risk.confidential"),
    ];
    let open = all.into_iter().filter(|(_, _, right)| f.may(right));
    open.map(|(name, href, _)| Tab { name, href }).collect()
}
