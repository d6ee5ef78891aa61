//! The period after a period: campaigns that come round regularly (B11 三.1).

use chrono::{Datelike as _, Days, Months, NaiveDate};

/// First and last day of the next period that is not over on a day: whole months follow whole months, other spans of
/// days follow each other without a gap.
///
/// Nothing when a date lies beyond the calendar.
pub fn next_period(
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    today: NaiveDate,
) -> Option<(NaiveDate, NaiveDate)> {
    let after = ends_on.checked_add_days(Days::new(1))?;
    let days = u64::try_from((after - starts_on).num_days()).ok()?.max(1);
    let months = whole_months(starts_on, after);
    let shifted = |first: NaiveDate| match months {
        Some(months) => first.checked_add_months(Months::new(months)),
        None => first.checked_add_days(Days::new(days)),
    };
    let mut first = after;
    loop {
        let next = shifted(first)?;
        if next > today {
            return Some((first, next.pred_opt()?));
        }
        first = next;
    }
}

/// How many whole calendar months lie between two firsts of a month.
fn whole_months(first: NaiveDate, after: NaiveDate) -> Option<u32> {
    if (first.day(), after.day()) != (1, 1) {
        return None;
    }
    let months = (after.year() - first.year()) * 12 + after.month0() as i32 - first.month0() as i32;
    u32::try_from(months).ok().filter(|m| *m > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn next(starts: &str, ends: &str, today: &str) -> (String, String) {
        let (first, last) = next_period(day(starts), day(ends), day(today)).unwrap();
        (first.to_string(), last.to_string())
    }

    #[test]
    fn quarters_follow_quarters_and_days_follow_days() {
        let said = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            next("2024-01-01", "2024-03-31", "2024-03-20"),
            said("2024-04-01", "2024-06-30")
        );
        assert_eq!(
            next("2024-02-01", "2024-02-29", "2024-02-10"),
            said("2024-03-01", "2024-03-31"),
            "a month is a month, however long"
        );
        assert_eq!(
            next("2024-03-05", "2024-03-29", "2024-03-20"),
            said("2024-03-30", "2024-04-23")
        );
        assert_eq!(
            next("2023-01-01", "2023-03-31", "2024-03-20"),
            said("2024-01-01", "2024-03-31"),
            "what is over already is passed over"
        );
    }
}
