//! `huifang calendar days` and `huifang calendar add`.

use crate::cli::{CalendarCommand, DayUnit, RollChoice};
use crate::environment::{note, say};
use anyhow::{Result, bail};
use chrono::NaiveDate;
use rules::Calendar;
use rules::dates::{self, Roll, Unit};
use std::process::ExitCode;

/// Days of one listing: a century and a half is more than any calendar holds.
const DAYS_MAX: i64 = 150 * 366;

pub(super) fn run(command: CalendarCommand) -> Result<ExitCode> {
    let calendar = app::rules::shipped_calendar()?;
    match command {
        CalendarCommand::Days { from, to, format } => {
            if format != "csv" {
                note("--format: only csv is known here");
                return Ok(ExitCode::from(2));
            }
            days(&calendar, from, to)
        }
        CalendarCommand::Add {
            from,
            days,
            unit,
            count_start,
            roll,
        } => {
            if days.abs() > DAYS_MAX {
                bail!("--days: at most {DAYS_MAX}");
            }
            let unit = match unit {
                DayUnit::Working => Unit::WorkingDay,
                DayUnit::Calendar => Unit::CalendarDay,
            };
            let roll = match roll {
                RollChoice::NextWorking => Roll::NextWorking,
                RollChoice::None => Roll::None,
            };
            let end = roll.apply(
                &calendar,
                dates::add(&calendar, from, days, unit, count_start),
            );
            say(end.to_string());
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn days(calendar: &Calendar, from: NaiveDate, to: NaiveDate) -> Result<ExitCode> {
    if to.signed_duration_since(from).num_days() > DAYS_MAX {
        bail!("at most {DAYS_MAX} days at once");
    }
    let mut writer = csv::Writer::from_writer(std::io::stdout().lock());
    writer.write_record(["date", "working", "kind", "name", "status"])?;
    for day in calendar.days(from, to) {
        let name = day.name.map_or("", |n| n.zh.as_str());
        let date = day.date.to_string();
        let working = day.kind.is_working().to_string();
        writer.write_record([
            &date,
            &working,
            day.kind.as_str(),
            name,
            day.status.as_str(),
        ])?;
    }
    writer.flush()?;
    Ok(ExitCode::SUCCESS)
}
