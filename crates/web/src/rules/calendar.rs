//! A year of the working-day calendar as twelve small months.

use crate::forms::Fields;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use axum::extract::{RawQuery, State};
use chrono::{Datelike as _, NaiveDate};
use rules::calendar::Notice;
use rules::{Calendar, DayKind, DayStatus, Text};
use std::sync::Arc;

/// Years before and after those on file make no page.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;

/// A day of a small month.
struct SmallDay {
    date: NaiveDate,
    /// Class of the cell.
    class: &'static str,
    /// What the day is, for reading aloud and on hover.
    title: String,
}

struct Month {
    name: String,
    /// Weeks from Monday to Sunday; days of other months are left out.
    weeks: Vec<[Option<SmallDay>; 7]>,
    working: usize,
}

/// Days off under one name, with the days that are worked for them.
struct Holiday<'c> {
    name: &'c Text,
    from: NaiveDate,
    to: NaiveDate,
    days: usize,
    make_up: Vec<NaiveDate>,
}

#[derive(askama::Template)]
#[template(path = "rules/calendar.html")]
struct CalendarPage {
    f: Frame,
    rules: Arc<app::rules::Rules>,
    year: i32,
    months: Vec<Month>,
    official: bool,
    working: usize,
}

pub(crate) async fn show_calendar(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let rules = web.app.rules_for(&who.actor)?;
    let f = who.frame("rules");
    let wanted = Fields::parse(raw.unwrap_or_default().as_bytes());
    let wanted = wanted.get("year").parse().ok();
    let year = wanted
        .filter(|y| YEARS.contains(y))
        .unwrap_or_else(|| f.today.year());
    let months = months(&f, rules.calendar(), year);
    let official = rules
        .calendar()
        .year(year)
        .is_some_and(|y| y.status == DayStatus::Official);
    html(&CalendarPage {
        working: months.iter().map(|m| m.working).sum(),
        f,
        year,
        months,
        official,
        rules,
    })
}

fn days_of(year: i32) -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    first.iter_days().take_while(move |d| d.year() == year)
}

fn months(f: &Frame, calendar: &Calendar, year: i32) -> Vec<Month> {
    let mut months: Vec<Month> = Vec::with_capacity(12);
    for date in days_of(year) {
        if date.day() == 1 {
            months.push(Month {
                name: f.say1("calendar-month", "n", date.month()),
                weeks: Vec::new(),
                working: 0,
            });
        }
        let Some(month) = months.last_mut() else {
            continue;
        };
        let weekday = date.weekday().num_days_from_monday();
        if date.day() == 1 || weekday == 0 {
            month.weeks.push(Default::default());
        }
        let day = calendar.day(date);
        month.working += usize::from(day.kind.is_working());
        let (class, kind) = match day.kind {
            DayKind::Working => ("", "working"),
            DayKind::Weekend => ("off", "weekend"),
            DayKind::Holiday => ("holiday", "holiday"),
            DayKind::MakeUp => ("make-up", "make_up"),
        };
        let name = day.name.map_or("", |n| f.text(n));
        let title = format!("{date} {} {name}", f.code("day-kind", kind));
        if let Some(week) = month.weeks.last_mut() {
            week[weekday as usize] = Some(SmallDay { date, class, title });
        }
    }
    months
}

impl CalendarPage {
    fn notices(&self) -> &[Notice] {
        let year = self.rules.calendar().year(self.year);
        year.map_or(&[], |y| y.notices.as_slice())
    }

    /// Holidays of the year in their order.
    fn holidays(&self) -> Vec<Holiday<'_>> {
        let calendar = self.rules.calendar();
        let mut found: Vec<Holiday<'_>> = Vec::new();
        let named = days_of(self.year).filter_map(|d| {
            let day = calendar.day(d);
            day.name.map(|name| (d, day.kind, name))
        });
        let named: Vec<_> = named.collect();
        for (date, kind, name) in &named {
            if *kind != DayKind::Holiday {
                continue;
            }
            match found.last_mut() {
                Some(last) if last.name == *name && last.to.succ_opt() == Some(*date) => {
                    last.to = *date;
                    last.days += 1;
                }
                _ => found.push(Holiday {
                    name,
                    from: *date,
                    to: *date,
                    days: 1,
                    make_up: Vec::new(),
                }),
            }
        }
        for (date, kind, name) in named {
            if kind != DayKind::MakeUp {
                continue;
            }
            let near = |h: &&mut Holiday<'_>| (h.from - date).num_days().abs();
            let same = found.iter_mut().filter(|h| h.name == name);
            if let Some(holiday) = same.min_by_key(near) {
                holiday.make_up.push(date);
            }
        }
        found
    }

    fn short(date: &NaiveDate) -> String {
        date.format("%m-%d").to_string()
    }

    fn weekdays(&self) -> Vec<String> {
        (1..=7)
            .map(|n: i32| self.f.code("weekday-short", n.to_string()))
            .collect()
    }

    /// Years on file around the one shown.
    fn years(&self) -> Vec<i32> {
        let on_file = self.rules.calendar().years();
        on_file.iter().map(|y| y.year).collect()
    }
}
