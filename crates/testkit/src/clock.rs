//! A clock that stands where the test puts it.

use chrono::{NaiveDate, NaiveDateTime};
use domain::time::{self, Instant};

/// The moment of a date and time in China, such as `2024-03-05 10:00`.
pub fn at(text: &str) -> Instant {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M")
        .unwrap_or_else(|e| panic!("{text}: {e}"));
    time::at_in_china(local.date(), local.time())
}

/// A civil date, such as `2024-03-05`.
pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// When tests begin: Tuesday, 5 March 2024, ten in the morning in China. The days around it are
/// ordinary working days; the next holidays are Qingming, 4 to 6 April.
pub fn morning() -> Instant {
    at("2024-03-05 10:00")
}
