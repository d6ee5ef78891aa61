//! What a year of service comes to by a day.

use chrono::{Datelike as _, Days, NaiveDate};

/// Days of a year when a frequency is turned into a distance.
const DAYS_OF_YEAR: i64 = 365;

/// How many of a yearly number are owed by a day: the year's share that has passed, rounded down.
pub fn owed_by(per_year: i64, on: NaiveDate) -> i64 {
    let passed = i64::from(on.ordinal());
    let whole = if on.leap_year() {
        DAYS_OF_YEAR + 1
    } else {
        DAYS_OF_YEAR
    };
    per_year * passed / whole
}

/// The day by which the customer is to be spoken to again; nothing when the class asks for no contact.
pub fn next_contact(per_year: i64, last: NaiveDate) -> Option<NaiveDate> {
    if per_year <= 0 {
        return None;
    }
    let between = u64::try_from(DAYS_OF_YEAR / per_year).unwrap_or(0).max(1);
    last.checked_add_days(Days::new(between))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_share_of_the_year_is_owed() {
        for (per_year, on, expected) in [
            (12, "2025-01-01", 0),
            (12, "2025-01-31", 1),
            (12, "2025-12-31", 12),
            (4, "2024-02-29", 0),
            (4, "2024-03-31", 0),
            (4, "2024-04-01", 1),
            (4, "2024-12-30", 3),
            (4, "2024-12-31", 4),
            (0, "2024-12-31", 0),
        ] {
            assert_eq!(owed_by(per_year, day(on)), expected, "{per_year} {on}");
        }
    }

    #[test]
    fn contacts_follow_each_other_by_frequency() {
        let last = day("2024-02-01");
        assert_eq!(next_contact(12, last), Some(day("2024-03-02")));
        assert_eq!(next_contact(365, last), Some(day("2024-02-02")));
        assert_eq!(next_contact(1000, last), Some(day("2024-02-02")));
        assert_eq!(next_contact(0, last), None);
    }
}
