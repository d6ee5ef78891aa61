//! The working-day calendar of a jurisdiction.
//!
//! Years that the State Council has announced are *official*; later ones are *expected*: the weekly
//! pattern and the statutory days of the year, without make-up days, because those are not known
//! until the notice appears. Whatever is computed from an expected day must say so.

mod file;

pub use file::CalendarError;

use crate::text::Text;
use chrono::{Datelike, Days, NaiveDate, Weekday};

/// What a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayKind {
    /// Monday to Friday without a holiday.
    Working,
    /// Saturday or Sunday outside every holiday.
    Weekend,
    /// A day off that the holiday notice names (weekend days inside a holiday included).
    Holiday,
    /// A Saturday or Sunday that is worked to make up for a holiday (调休).
    MakeUp,
}

impl DayKind {
    /// Whether people work on such a day.
    pub fn is_working(self) -> bool {
        matches!(self, Self::Working | Self::MakeUp)
    }

    /// The name used in files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Weekend => "weekend",
            Self::Holiday => "holiday",
            Self::MakeUp => "make_up",
        }
    }
}

/// How sure the calendar is of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DayStatus {
    /// Announced by the State Council.
    Official,
    /// Derived from the weekly pattern and the statutory days; the notice is still to come.
    Expected,
}

impl DayStatus {
    /// The name used in files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Expected => "expected",
        }
    }
}

/// One day as the calendar sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day<'c> {
    /// The civil date.
    pub date: NaiveDate,
    /// Working, weekend, holiday or make-up day.
    pub kind: DayKind,
    /// The holiday that it belongs to, or that it makes up for.
    pub name: Option<&'c Text>,
    /// Whether the year has been announced.
    pub status: DayStatus,
}

/// A notice that fixed a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Document number such as `国办发明电〔2025〕7号`; unknown for some early years.
    pub number: Option<String>,
    /// Date of issue.
    pub issued_on: Option<NaiveDate>,
    /// Confidence code of the source (T, T2, K, U).
    pub confidence: String,
}

/// One year of the calendar.
#[derive(Clone, Debug)]
pub struct Year {
    /// Gregorian year.
    pub year: i32,
    /// Official or expected.
    pub status: DayStatus,
    /// The notices that fixed it; empty for expected years.
    pub notices: Vec<Notice>,
}

/// Working days of one jurisdiction, from the first year on file to the last expected one.
///
/// Outside that span every Monday to Friday counts as an expected working day.
#[derive(Clone, Debug)]
pub struct Calendar {
    title: Text,
    first: NaiveDate,
    kinds: Vec<DayKind>,
    names: Vec<Option<u16>>,
    name_table: Vec<Text>,
    years: Vec<Year>,
    hash: String,
}

impl Calendar {
    /// Reads a calendar file.
    ///
    /// # Errors
    /// Says which year and day is wrong: overlapping holidays, a make-up day that is no weekend day,
    /// years out of order, words missing in one language.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        file::parse(text)
    }

    /// What the calendar is called.
    pub fn title(&self) -> &Text {
        &self.title
    }

    /// SHA-256 of the file, hexadecimal: identifies what a past computation used.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The years on file, oldest first.
    pub fn years(&self) -> &[Year] {
        &self.years
    }

    /// The last announced year.
    pub fn official_until(&self) -> Option<i32> {
        self.years
            .iter()
            .rev()
            .find(|y| y.status == DayStatus::Official)
            .map(|y| y.year)
    }

    /// The year's entry, if it is on file.
    pub fn year(&self, year: i32) -> Option<&Year> {
        self.years.iter().find(|y| y.year == year)
    }

    fn index(&self, date: NaiveDate) -> Option<usize> {
        let days = date.signed_duration_since(self.first).num_days();
        usize::try_from(days).ok().filter(|&i| i < self.kinds.len())
    }

    /// What kind of day a date is.
    pub fn kind(&self, date: NaiveDate) -> DayKind {
        match self.index(date) {
            Some(i) => self.kinds[i],
            None if is_weekend(date) => DayKind::Weekend,
            None => DayKind::Working,
        }
    }

    /// Everything known of a date.
    pub fn day(&self, date: NaiveDate) -> Day<'_> {
        let name = self
            .index(date)
            .and_then(|i| self.names[i])
            .map(|n| &self.name_table[usize::from(n)]);
        let status = self
            .year(date.year())
            .map_or(DayStatus::Expected, |y| y.status);
        Day {
            date,
            kind: self.kind(date),
            name,
            status,
        }
    }

    /// The days from `from` to `to`, both included.
    pub fn days(&self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = Day<'_>> {
        from.iter_days()
            .take_while(move |d| *d <= to)
            .map(|d| self.day(d))
    }

    /// Whether people work on a date.
    pub fn is_working(&self, date: NaiveDate) -> bool {
        self.kind(date).is_working()
    }

    /// The date itself when it is a working day, else the first working day after it.
    pub fn on_or_after(&self, date: NaiveDate) -> NaiveDate {
        let mut day = date;
        while !self.is_working(day) {
            day = day + Days::new(1);
        }
        day
    }

    /// The date itself when it is a working day, else the last working day before it.
    pub fn on_or_before(&self, date: NaiveDate) -> NaiveDate {
        let mut day = date;
        while !self.is_working(day) {
            day = day - Days::new(1);
        }
        day
    }

    /// How many working days lie in `from..=to`; 0 when `to` is before `from`.
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> u32 {
        let mut count = 0;
        let mut day = from;
        while day <= to {
            count += u32::from(self.is_working(day));
            day = day + Days::new(1);
        }
        count
    }
}

pub(crate) fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}
