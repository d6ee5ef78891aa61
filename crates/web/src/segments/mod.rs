//! Classes of customers: the board of all of them, who moved, the classes of one customer.

pub(crate) mod api;
mod board;
mod chart;
pub(crate) mod page;
pub(crate) mod preview;

use crate::state::Web;
use axum::Router;
use axum::routing::{get, post};
use domain::segments::CustomerClass;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/classes", get(board::show_board))
        .route("/classes/customers", get(board::list_movements))
        .route("/customers/{customer_no}/classes", get(page::show_classes))
        .route(
            "/customers/{customer_no}/classes/overrides",
            post(page::create_override),
        )
        .route(
            "/customers/{customer_no}/classes/overrides/decision",
            post(page::decide_override),
        )
        .route(
            "/customers/{customer_no}/classes/overrides/deletion",
            post(page::delete_override),
        )
}

/// Points as people read them, from hundredths.
pub(crate) fn points(hundredths: &i64) -> String {
    let (whole, rest) = (hundredths / 100, (hundredths % 100).abs());
    match rest {
        0 => whole.to_string(),
        rest if rest % 10 == 0 => format!("{whole}.{}", rest / 10),
        rest => format!("{whole}.{rest:02}"),
    }
}

/// Tone of a class: what wants attention stands out, by value the high, by risk the high too.
pub(crate) fn tone(class: &CustomerClass) -> &'static str {
    match class {
        CustomerClass::High => "orange",
        CustomerClass::Medium => "blue",
        CustomerClass::Low => "secondary",
    }
}
