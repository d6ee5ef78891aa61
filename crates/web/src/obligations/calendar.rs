//! The days of an explanation as weeks from Monday to Sunday: which were counted, which are off and
//! why, and where the dates lie. Weeks in which nothing happens are left out.

use crate::frame::Frame;
use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use rules::Calendar;
use rules::eval::{DateTrace, DayTrace};
use std::collections::BTreeMap;

/// A day of the grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Day {
    /// Month and day.
    pub(super) label: String,
    /// The whole date, for reading aloud and hovering.
    pub(super) full: String,
    /// Classes that say what the day is.
    pub(super) classes: String,
    /// Its number in the period.
    pub(super) number: Option<i64>,
    /// The holiday.
    pub(super) holiday: Option<String>,
    /// A Saturday or Sunday that is worked.
    pub(super) is_made_up: bool,
    /// The year is not announced yet.
    pub(super) is_expected: bool,
    /// What lies on the day, in words.
    pub(super) marks: Vec<String>,
}

/// A row of the grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// A week.
    Week(Vec<Day>),
    /// So many weeks are left out.
    Gap(u64),
}

/// A date that the grid marks.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// The date.
    pub(super) on: NaiveDate,
    /// Class of the day; empty when the words are enough.
    pub(super) class: &'static str,
    /// What lies there.
    pub(super) words: String,
}

/// What the grid is made of.
struct Grid<'a> {
    f: &'a Frame,
    calendar: &'a Calendar,
    /// Days that a trace listed, as the decision saw them, whatever the calendar says now.
    listed: BTreeMap<NaiveDate, &'a DayTrace>,
    /// Numbers in the period.
    numbers: BTreeMap<NaiveDate, i64>,
    marks: &'a [Mark],
}

/// The rows for dates and marks. Numbers are those of the first date that counts days.
pub(super) fn rows(
    f: &Frame,
    calendar: &Calendar,
    dates: &[DateTrace],
    marks: &[Mark],
) -> Vec<Row> {
    let listed = dates.iter().flat_map(|d| &d.days);
    let counts = |d: &&DateTrace| d.days.iter().any(|d| d.number.is_some());
    let counted = dates.iter().find(counts).into_iter().flat_map(|d| &d.days);
    let grid = Grid {
        f,
        calendar,
        listed: listed.map(|d| (d.date, d)).collect(),
        numbers: counted.filter_map(|d| Some((d.date, d.number?))).collect(),
        marks,
    };
    grid.rows()
}

impl Grid<'_> {
    fn rows(&self) -> Vec<Row> {
        let marked = self.marks.iter().map(|m| m.on);
        let shown = self.listed.keys().copied().chain(marked);
        let mut mondays: Vec<NaiveDate> = shown.map(monday).collect();
        mondays.sort_unstable();
        mondays.dedup();
        let mut rows = Vec::new();
        let mut last: Option<NaiveDate> = None;
        for start in mondays {
            let weeks = last.map_or(0, |last| (start - last).num_weeks() - 1);
            if let Ok(gap @ 1..) = u64::try_from(weeks) {
                rows.push(Row::Gap(gap));
            }
            let week = (0..7).map(|n| self.day(start + Days::new(n)));
            rows.push(Row::Week(week.collect()));
            last = Some(start);
        }
        rows
    }

    fn day(&self, on: NaiveDate) -> Day {
        let known = self.calendar.day(on);
        let listed = self.listed.get(&on);
        let kind = listed.map_or(known.kind.as_str(), |d| d.kind);
        let name = listed.map_or(known.name, |d| d.name.as_ref());
        let status = listed.map_or(known.status.as_str(), |d| d.status);
        let number = self.numbers.get(&on).copied();
        let here = || self.marks.iter().filter(|m| m.on == on);
        let mut classes = vec!["day"];
        if matches!(kind, "weekend" | "holiday") {
            classes.push("off");
        }
        if number.is_some() {
            classes.push("counted");
        }
        if on == self.f.today {
            classes.push("today");
        }
        classes.extend(here().map(|m| m.class).filter(|c| !c.is_empty()));
        let holiday = name.filter(|_| kind == "holiday");
        Day {
            label: format!("{}-{:02}", on.month(), on.day()),
            full: on.to_string(),
            classes: classes.join(" "),
            number,
            holiday: holiday.map(|n| self.f.text(n).to_owned()),
            is_made_up: kind == "make_up",
            is_expected: status == "expected",
            marks: here().map(|m| m.words.clone()).collect(),
        }
    }
}

fn monday(date: NaiveDate) -> NaiveDate {
    date.week(Weekday::Mon).first_day()
}
