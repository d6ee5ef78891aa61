//! The health of an installation: how bad a finding is.

use chrono::{Datelike as _, Duration, NaiveDate};

codes! {
    /// How bad it is, the worst last.
    pub enum Verdict ("verdict") {
        /// As it should be.
        Ok = "ok",
        /// Worth knowing; nothing to do.
        Info = "info",
        /// It works, but somebody should see to it.
        Warn = "warn",
        /// Something does not work, or will not for long.
        Bad = "bad",
    }
}

/// The month from which next year's holidays are expected: the State Council announces them in
/// November.
const NOTICE_MONTH: u32 = 12;
/// Free space below which work is at risk, and below which somebody should make room.
const FREE_BAD: u64 = 1 << 30;
const FREE_WARN: u64 = 10 << 30;

/// Whether the calendar reaches far enough: it is official until the end of a year.
pub fn of_calendar(official_until: Option<i32>, today: NaiveDate) -> (Verdict, &'static str) {
    let year = today.year();
    match official_until {
        Some(until) if until > year => (Verdict::Ok, "covered"),
        Some(until) if until == year && today.month() < NOTICE_MONTH => (Verdict::Ok, "covered"),
        Some(until) if until == year => (Verdict::Warn, "next-missing"),
        _ => (Verdict::Bad, "ended"),
    }
}

/// Whether the clocks of the server and the database agree; leases and due times depend on it.
pub fn of_clocks(apart: Duration) -> (Verdict, &'static str) {
    match apart.num_seconds().abs() {
        0..5 => (Verdict::Ok, "agree"),
        5..60 => (Verdict::Warn, "apart"),
        _ => (Verdict::Bad, "apart"),
    }
}

/// Whether there is room on a disk, in bytes.
pub fn of_disk(free: u64, total: u64) -> (Verdict, &'static str) {
    if free < FREE_BAD.min(total / 20) {
        (Verdict::Bad, "full")
    } else if free < FREE_WARN.min(total / 10) {
        (Verdict::Warn, "low")
    } else {
        (Verdict::Ok, "free")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_that_ends_is_missed_in_time() {
        let on = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (until, today, expected) in [
            (Some(2026), "2026-11-30", "covered"),
            (Some(2026), "2026-12-01", "next-missing"),
            (Some(2027), "2026-12-01", "covered"),
            (Some(2026), "2027-01-01", "ended"),
            (None, "2026-01-01", "ended"),
        ] {
            assert_eq!(
                of_calendar(until, on(today)).1,
                expected,
                "{until:?} {today}"
            );
        }
    }

    #[test]
    fn small_and_large_disks_are_judged_alike() {
        let gib = 1_u64 << 30;
        for (free, total, expected) in [
            (gib / 2, 100 * gib, Verdict::Bad),
            (5 * gib, 100 * gib, Verdict::Warn),
            (20 * gib, 100 * gib, Verdict::Ok),
            (gib, 4 * gib, Verdict::Ok),
            (gib / 10, 4 * gib, Verdict::Bad),
        ] {
            assert_eq!(of_disk(free, total).0, expected, "{free} of {total}");
        }
        assert_eq!(of_clocks(Duration::seconds(-90)).0, Verdict::Bad);
        assert_eq!(of_clocks(Duration::seconds(9)).0, Verdict::Warn);
    }
}
