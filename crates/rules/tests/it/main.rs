//! Rules: calendars, date arithmetic, packs and evaluation.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod boundaries;
mod calendar;
mod lint;
mod scores;
mod shipped;
