//! Date arithmetic that states its convention.
//!
//! A period is in calendar days, working days or months; the starting day is counted or not; a
//! result that falls on a day off moves or stays. Nothing here has a default: whoever adds days has
//! said all of it.

mod period;

pub use period::{LeapDay, Period, anniversary};

use crate::calendar::{Calendar, Day};
use chrono::{Days, Months, NaiveDate};
use serde::Deserialize;

/// What a number of days or months counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Every civil day.
    CalendarDay,
    /// Only days that are worked, by the calendar.
    WorkingDay,
    /// Calendar months; a day that the month lacks becomes the month's last day.
    Month,
}

impl Unit {
    /// The name used in packs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CalendarDay => "calendar_day",
            Self::WorkingDay => "working_day",
            Self::Month => "month",
        }
    }
}

/// What happens to a result that falls on a day off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Roll {
    /// It stays.
    None,
    /// It moves to the first working day after.
    NextWorking,
    /// It moves to the last working day before.
    PreviousWorking,
}

impl Roll {
    /// The name used in packs and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::NextWorking => "next_working",
            Self::PreviousWorking => "previous_working",
        }
    }

    /// Reads the name used in packs and on the command line.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::None, Self::NextWorking, Self::PreviousWorking]
            .into_iter()
            .find(|r| r.as_str() == name)
    }

    /// Applies the roll to a date.
    pub fn apply(self, calendar: &Calendar, date: NaiveDate) -> NaiveDate {
        match self {
            Self::None => date,
            Self::NextWorking => calendar.on_or_after(date),
            Self::PreviousWorking => calendar.on_or_before(date),
        }
    }
}

/// A named day of the period that a date lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Snap {
    /// First day of the month.
    MonthStart,
    /// Last day of the month.
    MonthEnd,
    /// First day of the calendar quarter.
    QuarterStart,
    /// Last day of the calendar quarter.
    QuarterEnd,
    /// First day of the calendar half-year.
    HalfYearStart,
    /// Last day of the calendar half-year.
    HalfYearEnd,
    /// First day of the year.
    YearStart,
    /// Last day of the year.
    YearEnd,
}

impl Snap {
    /// The first or last day of the period around `date`.
    pub fn apply(self, date: NaiveDate) -> NaiveDate {
        match self {
            Self::MonthStart => Period::Month.start(date),
            Self::MonthEnd => Period::Month.end(date),
            Self::QuarterStart => Period::Quarter.start(date),
            Self::QuarterEnd => Period::Quarter.end(date),
            Self::HalfYearStart => Period::HalfYear.start(date),
            Self::HalfYearEnd => Period::HalfYear.end(date),
            Self::YearStart => Period::Year.start(date),
            Self::YearEnd => Period::Year.end(date),
        }
    }
}

/// Adds months, negative ones too; a day that the month lacks becomes its last day.
pub fn add_months(date: NaiveDate, months: i64) -> NaiveDate {
    let size = Months::new(u32::try_from(months.unsigned_abs()).unwrap_or(u32::MAX));
    let moved = if months < 0 {
        date.checked_sub_months(size)
    } else {
        date.checked_add_months(size)
    };
    moved.unwrap_or(date)
}

/// Adds calendar days. With `count_first` the starting day is day one, so `n` days end at
/// `from + n - 1`; without it they end at `from + n`. Negative numbers count backwards.
pub fn add_calendar_days(from: NaiveDate, n: i64, count_first: bool) -> NaiveDate {
    let n = if count_first { n - n.signum() } else { n };
    let size = Days::new(n.unsigned_abs());
    let moved = if n < 0 {
        from.checked_sub_days(size)
    } else {
        from.checked_add_days(size)
    };
    moved.unwrap_or(from)
}

/// Adds working days. The result is the n-th working day after `from`; with `count_first` a
/// starting day that is worked is day one. Zero days give `from` itself. Negative numbers count
/// backwards.
pub fn add_working_days(
    calendar: &Calendar,
    from: NaiveDate,
    n: i64,
    count_first: bool,
) -> NaiveDate {
    let forward = n >= 0;
    let mut left = n.unsigned_abs();
    let mut day = from;
    if left == 0 {
        return day;
    }
    if count_first && calendar.is_working(day) {
        left -= 1;
    }
    while left > 0 {
        let next = if forward {
            day.succ_opt()
        } else {
            day.pred_opt()
        };
        let Some(next) = next else { return day };
        day = next;
        left -= u64::from(calendar.is_working(day));
    }
    day
}

/// Adds `n` units to a date by the stated convention. `count_first` has no meaning for months.
pub fn add(
    calendar: &Calendar,
    from: NaiveDate,
    n: i64,
    unit: Unit,
    count_first: bool,
) -> NaiveDate {
    match unit {
        Unit::CalendarDay => add_calendar_days(from, n, count_first),
        Unit::WorkingDay => add_working_days(calendar, from, n, count_first),
        Unit::Month => add_months(from, n),
    }
}

/// One day of a derivation: what it is and which day of the period it was counted as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedDay<'c> {
    /// The day with its kind and holiday.
    pub day: Day<'c>,
    /// Its number in the period, or `None` when it was passed over.
    pub number: Option<i64>,
}

/// How a period was counted, day by day, from the starting day to the end.
pub fn count_days(
    calendar: &Calendar,
    from: NaiveDate,
    n: i64,
    unit: Unit,
    count_first: bool,
) -> Vec<CountedDay<'_>> {
    let end = add(calendar, from, n, unit, count_first);
    let (low, high) = if end < from { (end, from) } else { (from, end) };
    let mut number = 0;
    let mut counted: Vec<_> = calendar.days(low, high).collect();
    if end < from {
        counted.reverse();
    }
    counted
        .into_iter()
        .map(|day| {
            let starting = day.date == from;
            let counts = match unit {
                Unit::CalendarDay => !starting || count_first,
                Unit::WorkingDay => day.kind.is_working() && (!starting || count_first),
                Unit::Month => false,
            };
            number += i64::from(counts);
            CountedDay {
                day,
                number: counts.then_some(number),
            }
        })
        .collect()
}

/// A TOML local date as a civil date; `None` when it has a time or is no real day.
pub fn civil_date(value: &toml::value::Datetime) -> Option<NaiveDate> {
    if value.time.is_some() || value.offset.is_some() {
        return None;
    }
    let date = value.date?;
    NaiveDate::from_ymd_opt(
        i32::from(date.year),
        u32::from(date.month),
        u32::from(date.day),
    )
}
