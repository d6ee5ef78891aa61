//! Periods of the calendar and anniversaries: what comes round again.

use super::add_months;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

/// A period of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Calendar months.
    Month,
    /// Calendar quarters.
    Quarter,
    /// Halves of the calendar year.
    HalfYear,
    /// Calendar years.
    Year,
}

impl Period {
    /// The name used in packs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::HalfYear => "half_year",
            Self::Year => "year",
        }
    }

    fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }

    /// The first day of the period that a date lies in.
    pub fn start(self, date: NaiveDate) -> NaiveDate {
        let month = date.month0() / self.months() * self.months() + 1;
        date.with_day(1)
            .and_then(|d| d.with_month(month))
            .unwrap_or(date)
    }

    /// The last day of the period that a date lies in.
    pub fn end(self, date: NaiveDate) -> NaiveDate {
        self.next(date).pred_opt().unwrap_or(date)
    }

    /// The first day of the period after the one that a date lies in.
    pub fn next(self, date: NaiveDate) -> NaiveDate {
        add_months(self.start(date), i64::from(self.months()))
    }
}

/// When an anniversary of 29 February is kept in a year without that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeapDay {
    /// On 28 February.
    Before,
    /// On 1 March.
    After,
}

/// The day of a year on which a date comes round.
pub fn anniversary(date: NaiveDate, year: i32, leap_day: LeapDay) -> Option<NaiveDate> {
    let (month, day) = match (date.with_year(year), leap_day) {
        (Some(same), _) => return Some(same),
        (None, LeapDay::Before) => (2, 28),
        (None, LeapDay::After) => (3, 1),
    };
    NaiveDate::from_ymd_opt(year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[rstest]
    #[case(Period::Month, "2024-02-29", "2024-02-01", "2024-02-29", "2024-03-01")]
    #[case(Period::Month, "2026-02-28", "2026-02-01", "2026-02-28", "2026-03-01")]
    #[case(
        Period::Quarter,
        "2024-02-29",
        "2024-01-01",
        "2024-03-31",
        "2024-04-01"
    )]
    #[case(
        Period::Quarter,
        "2025-12-31",
        "2025-10-01",
        "2025-12-31",
        "2026-01-01"
    )]
    #[case(
        Period::HalfYear,
        "2025-06-30",
        "2025-01-01",
        "2025-06-30",
        "2025-07-01"
    )]
    #[case(
        Period::HalfYear,
        "2025-07-01",
        "2025-07-01",
        "2025-12-31",
        "2026-01-01"
    )]
    #[case(Period::Year, "2024-02-29", "2024-01-01", "2024-12-31", "2025-01-01")]
    fn periods_begin_and_end(
        #[case] period: Period,
        #[case] date: &str,
        #[case] start: &str,
        #[case] end: &str,
        #[case] next: &str,
    ) {
        let date = day(date);
        let found = (period.start(date), period.end(date), period.next(date));
        assert_eq!(found, (day(start), day(end), day(next)));
    }

    #[rstest]
    #[case("2000-02-29", 2024, LeapDay::Before, "2024-02-29")]
    #[case("2000-02-29", 2025, LeapDay::Before, "2025-02-28")]
    #[case("2000-02-29", 2025, LeapDay::After, "2025-03-01")]
    #[case("1999-12-31", 2026, LeapDay::After, "2026-12-31")]
    fn the_leap_day_comes_round_as_the_pack_says(
        #[case] date: &str,
        #[case] year: i32,
        #[case] leap_day: LeapDay,
        #[case] expected: &str,
    ) {
        assert_eq!(anniversary(day(date), year, leap_day), Some(day(expected)));
    }
}
