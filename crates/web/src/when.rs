//! Dates and times as people read them: `今天 14:30`, with the exact date beside it.

use crate::texts::Locale;
use chrono::{Datelike as _, NaiveDate, Timelike as _};
use domain::time::{self, Instant};
use rules::Calendar;

/// A deadline as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    /// `今天`, `明天`, `11-27`.
    pub(crate) text: String,
    /// `还剩 9 小时`, `超期 2 天`.
    pub(crate) left: String,
    /// Colour of the badge: `red`, `orange` or `secondary`.
    pub(crate) tone: &'static str,
    /// The exact date.
    pub(crate) exact: String,
}

/// A day near today by its name, others as month and day, other years in full.
pub(crate) fn day(locale: Locale, date: NaiveDate, today: NaiveDate) -> String {
    match (date - today).num_days() {
        0 => locale.say("when-today"),
        1 => locale.say("when-tomorrow"),
        -1 => locale.say("when-yesterday"),
        _ if date.year() == today.year() => date.format("%m-%d").to_string(),
        _ => date.format("%Y-%m-%d").to_string(),
    }
}

/// A moment: the day and the time of day in China.
pub(crate) fn moment(locale: Locale, at: Instant, today: NaiveDate) -> String {
    let date = time::date_in_china(at);
    let clock = time::time_in_china(at).format("%H:%M");
    format!("{} {clock}", day(locale, date, today))
}

/// The exact moment in China.
pub(crate) fn exact(at: Instant) -> String {
    let local = at.with_timezone(&time::china());
    local.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A moment as a date-and-time field wants it.
pub(crate) fn field(at: Instant) -> String {
    let local = at.with_timezone(&time::china());
    local.format("%Y-%m-%dT%H:%M").to_string()
}

/// What is left until the end of a day.
pub(crate) fn due(locale: Locale, date: NaiveDate, now: Instant) -> Due {
    let today = time::date_in_china(now);
    let days = (date - today).num_days();
    let (left, tone) = match days {
        0 => {
            let hours = 24 - i64::from(time::time_in_china(now).hour());
            (
                locale.say_with("when-hours-left", &[("n", hours.into())]),
                "red",
            )
        }
        d if d < 0 => (
            locale.say_with("when-days-late", &[("n", (-d).into())]),
            "red",
        ),
        d if d <= 2 => (
            locale.say_with("when-days-left", &[("n", d.into())]),
            "orange",
        ),
        d => (
            locale.say_with("when-days-left", &[("n", d.into())]),
            "secondary",
        ),
    };
    Due {
        text: day(locale, date, today),
        left,
        tone,
        exact: date.to_string(),
    }
}

/// What is left until the end of a day, counted in working days after today.
pub(crate) fn due_in_working_days(
    locale: Locale,
    date: NaiveDate,
    today: NaiveDate,
    calendar: &Calendar,
) -> Due {
    let between = |after: NaiveDate, to| {
        let first = after.succ_opt().unwrap_or(after);
        calendar.working_days_between(first, to)
    };
    let (ahead, behind) = (between(today, date), between(date, today));
    let (left, tone) = match (date - today).num_days() {
        0 => (locale.say("when-due-today"), "red"),
        // Due on a day off that has passed, with no working day since.
        d if d < 0 && behind == 0 => (locale.say("when-late"), "red"),
        d if d < 0 => (
            locale.say_with("when-working-days-late", &[("n", behind.into())]),
            "red",
        ),
        _ => (
            locale.say_with("when-working-days-left", &[("n", ahead.into())]),
            if ahead <= 1 { "orange" } else { "secondary" },
        ),
    };
    Due {
        text: day(locale, date, today),
        left,
        tone,
        exact: date.to_string(),
    }
}

/// `11 月 22 日（星期日）`.
pub(crate) fn headline(locale: Locale, date: NaiveDate) -> String {
    let weekday = locale.code("weekday", &date.weekday().number_from_monday().to_string());
    locale.say_with(
        "when-headline",
        &[
            ("month", i64::from(date.month()).into()),
            ("day", i64::from(date.day()).into()),
            ("weekday", weekday.into()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn deadlines_say_what_is_left() {
        let now = time::at_in_china(
            date("2026-11-22"),
            chrono::NaiveTime::from_hms_opt(15, 0, 0).unwrap(),
        );
        let zh = Locale::Chinese;
        for (day, text, left, tone) in [
            ("2026-11-22", "今天", "剩 9 小时", "red"),
            ("2026-11-23", "明天", "剩 1 天", "orange"),
            ("2026-11-20", "11-20", "超期 2 天", "red"),
            ("2026-12-31", "12-31", "剩 39 天", "secondary"),
            ("2027-01-02", "2027-01-02", "剩 41 天", "secondary"),
        ] {
            let due = due(zh, date(day), now);
            assert_eq!(
                (due.text.as_str(), due.left.as_str(), due.tone),
                (text, left, tone)
            );
        }
    }
}
