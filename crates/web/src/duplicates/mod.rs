//! Customers who may be one: the list of pairs, two records side by side, what there is of one customer,
//! and what the book suggests for the weights.

pub(crate) mod api;
mod customer;
mod estimate;
mod list;
mod page;

use crate::state::Web;
use axum::Router;
use axum::routing::{get, post};
use domain::duplicates::{Grade, PairState};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/duplicates", get(list::list_duplicates))
        .route("/duplicates/decisions", post(list::decide_many))
        .route("/duplicates/weights", get(estimate::show_weights))
        .route("/duplicates/{id}", get(page::show_duplicate))
        .route("/duplicates/{id}/decision", post(page::decide))
        .route("/duplicates/{id}/merge", post(page::merge))
        .route(
            "/customers/{customer_no}/duplicates",
            get(customer::show_customer),
        )
        .route(
            "/customers/{customer_no}/merges/{id}/undoing",
            post(customer::undo),
        )
}

/// Colour of a grade.
fn tone(grade: &Grade) -> &'static str {
    match grade {
        Grade::Certain => "red",
        Grade::Likely => "orange",
        Grade::Possible => "blue",
    }
}

/// Colour of a state.
fn state_tone(state: &PairState) -> &'static str {
    match state {
        PairState::Open | PairState::Asked => "orange",
        PairState::Same => "green",
        PairState::Different | PairState::Unsure => "secondary",
    }
}

/// A probability in millionths as percent; what rounds to a hundred is said to be more than that before it.
fn percent(millionths: &i64) -> String {
    match *millionths {
        n if n >= 999_950 => ">99.99%".to_owned(),
        n => format!("{}.{:02}%", n / 10_000, n % 10_000 / 100),
    }
}

/// A weight in hundredths of a bit, with its sign.
fn bits(hundredths: &i64) -> String {
    let sign = if *hundredths < 0 { '−' } else { '+' };
    let n = hundredths.abs();
    format!("{sign}{}.{:02}", n / 100, n % 100)
}

/// A chance in thousand-millionths as percent.
fn chance(parts: &i64) -> String {
    let shown = format!("{}.{:07}", parts / 10_000_000, parts % 10_000_000);
    let shown = shown.trim_end_matches('0').trim_end_matches('.');
    format!("{shown}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(percent(&30_303), "3.03%");
        assert_eq!(percent(&1_000_000), ">99.99%");
        assert_eq!(bits(&-1_234), "−12.34");
        assert_eq!(bits(&5), "+0.05");
        assert_eq!(chance(&920_000_000), "92%");
        assert_eq!(chance(&50), "0.000005%");
    }
}
