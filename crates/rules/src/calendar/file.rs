//! Reading `calendars/*.toml`.

use super::{Calendar, DayKind, DayStatus, Notice, Year, is_weekend};
use crate::text::Text;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tyme4rs::tyme::Culture as _;
use tyme4rs::tyme::lunar::LunarDay;
use tyme4rs::tyme::solar::{SolarDay, SolarTerm};

/// What is wrong with a calendar file, in words for the person who wrote it.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// Not TOML, or not of the calendar's shape. The message names line and column.
    #[error("calendar: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A year that contradicts itself or its neighbours.
    #[error("calendar, year {year}: {what}")]
    Year {
        /// The year.
        year: i32,
        /// What is wrong and what to do.
        what: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarFile {
    #[serde(rename = "jurisdiction")]
    _jurisdiction: String,
    title: Text,
    expected_until: i32,
    year: Vec<YearFile>,
    #[serde(default)]
    expected: Vec<ExpectedFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearFile {
    year: i32,
    #[serde(rename = "status")]
    _status: OfficialOnly,
    #[serde(default)]
    notices: Vec<NoticeFile>,
    holidays: Vec<HolidayFile>,
    #[serde(default)]
    make_up: Vec<MakeUpFile>,
}

/// Only announced years are written down; expected ones are derived.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum OfficialOnly {
    Official,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoticeFile {
    number: Option<String>,
    issued_on: Option<toml::value::Datetime>,
    confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayFile {
    name: String,
    en: String,
    from: toml::value::Datetime,
    to: toml::value::Datetime,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MakeUpFile {
    on: toml::value::Datetime,
    name: String,
    en: String,
}

/// A statutory holiday of the years that are not announced yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedFile {
    name: String,
    en: String,
    /// Gregorian month and day.
    solar: Option<MonthDay>,
    /// Month and day of the Chinese calendar.
    lunar: Option<MonthDay>,
    /// Name of a solar term, such as `清明`.
    term: Option<String>,
    /// Days before (negative) or after that date on which the holiday begins.
    #[serde(default)]
    begins: i64,
    /// How many days it lasts by law.
    days: u64,
    #[serde(rename = "cite")]
    _cite: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MonthDay {
    month: u32,
    day: u32,
}

pub(super) fn parse(text: &str) -> Result<Calendar, CalendarError> {
    let file: CalendarFile = toml::from_str(text)?;
    let mut builder = Builder::new(&file)?;
    for year in &file.year {
        builder.announced(year)?;
    }
    let last = file.year.last().map_or(file.expected_until, |y| y.year);
    for year in last + 1..=file.expected_until {
        builder.expected(year, &file.expected)?;
    }
    Ok(Calendar {
        title: file.title,
        first: builder.first,
        kinds: builder.kinds,
        names: builder.names,
        name_table: builder.name_table,
        years: builder.years,
        hash: hex::encode(Sha256::digest(text.as_bytes())),
    })
}

struct Builder {
    first: NaiveDate,
    kinds: Vec<DayKind>,
    names: Vec<Option<u16>>,
    name_table: Vec<Text>,
    years: Vec<Year>,
}

impl Builder {
    fn new(file: &CalendarFile) -> Result<Self, CalendarError> {
        let first_year = file.year.first().map_or(file.expected_until, |y| y.year);
        let last_year = file
            .expected_until
            .max(file.year.last().map_or(0, |y| y.year));
        let bounds = NaiveDate::from_ymd_opt(first_year, 1, 1)
            .zip(NaiveDate::from_ymd_opt(last_year, 12, 31));
        let Some((first, last)) = bounds else {
            return Err(wrong(first_year, "not a year that a calendar can hold"));
        };
        let kinds: Vec<DayKind> = first
            .iter_days()
            .take_while(|d| *d <= last)
            .map(|d| {
                if is_weekend(d) {
                    DayKind::Weekend
                } else {
                    DayKind::Working
                }
            })
            .collect();
        let names = vec![None; kinds.len()];
        Ok(Self {
            first,
            kinds,
            names,
            name_table: Vec::new(),
            years: Vec::new(),
        })
    }

    fn announced(&mut self, file: &YearFile) -> Result<(), CalendarError> {
        if self.years.last().is_some_and(|y| y.year + 1 != file.year) {
            return Err(wrong(
                file.year,
                "years must follow one another without a gap",
            ));
        }
        for holiday in &file.holidays {
            let (from, to) = (
                date(file.year, &holiday.from)?,
                date(file.year, &holiday.to)?,
            );
            if to < from {
                return Err(wrong(
                    file.year,
                    format!("{}: ends before it begins", holiday.name),
                ));
            }
            let name = self.name(file.year, &holiday.name, &holiday.en)?;
            for day in from.iter_days().take_while(|d| *d <= to) {
                self.set(file.year, day, DayKind::Holiday, name)?;
            }
        }
        for make_up in &file.make_up {
            let day = date(file.year, &make_up.on)?;
            if !is_weekend(day) {
                let what = format!("make-up day {day} is neither Saturday nor Sunday");
                return Err(wrong(file.year, what));
            }
            let name = self.name(file.year, &make_up.name, &make_up.en)?;
            self.set(file.year, day, DayKind::MakeUp, name)?;
        }
        let notices = file
            .notices
            .iter()
            .map(|n| notice(file.year, n))
            .collect::<Result<_, _>>()?;
        self.years.push(Year {
            year: file.year,
            status: DayStatus::Official,
            notices,
        });
        Ok(())
    }

    fn expected(&mut self, year: i32, holidays: &[ExpectedFile]) -> Result<(), CalendarError> {
        for holiday in holidays {
            let anchor = anchor(year, holiday)?;
            let name = self.name(year, &holiday.name, &holiday.en)?;
            let from = anchor + chrono::Duration::days(holiday.begins);
            for day in from
                .iter_days()
                .take(usize::try_from(holiday.days).unwrap_or(0))
            {
                // Two statutory holidays may fall together (中秋 in 国庆): the first named stays.
                if let Some(i) = self.index(day).filter(|&i| self.names[i].is_none()) {
                    self.kinds[i] = DayKind::Holiday;
                    self.names[i] = Some(name);
                }
            }
        }
        self.years.push(Year {
            year,
            status: DayStatus::Expected,
            notices: Vec::new(),
        });
        Ok(())
    }

    fn index(&self, date: NaiveDate) -> Option<usize> {
        usize::try_from(date.signed_duration_since(self.first).num_days())
            .ok()
            .filter(|&i| i < self.kinds.len())
    }

    fn set(
        &mut self,
        year: i32,
        day: NaiveDate,
        kind: DayKind,
        name: u16,
    ) -> Result<(), CalendarError> {
        let Some(i) = self.index(day) else {
            // The new year's holiday of the first year may begin in the year before the file.
            return if day.year() < self.first.year() {
                Ok(())
            } else {
                Err(wrong(year, format!("{day} lies outside the calendar")))
            };
        };
        if self.names[i].is_some() {
            return Err(wrong(year, format!("{day} is listed twice")));
        }
        self.kinds[i] = kind;
        self.names[i] = Some(name);
        Ok(())
    }

    fn name(&mut self, year: i32, zh: &str, en: &str) -> Result<u16, CalendarError> {
        let text = Text::new(zh, en);
        if text.is_incomplete() {
            return Err(wrong(year, "a holiday needs its name in both languages"));
        }
        let at = self
            .name_table
            .iter()
            .position(|t| *t == text)
            .unwrap_or_else(|| {
                self.name_table.push(text);
                self.name_table.len() - 1
            });
        u16::try_from(at).map_err(|_| wrong(year, "too many holiday names"))
    }
}

fn anchor(year: i32, holiday: &ExpectedFile) -> Result<NaiveDate, CalendarError> {
    let unusable = || {
        wrong(
            year,
            format!("{}: give one of solar, lunar, term", holiday.name),
        )
    };
    let solar = match (&holiday.solar, &holiday.lunar, &holiday.term) {
        (Some(md), None, None) => {
            return NaiveDate::from_ymd_opt(year, md.month, md.day).ok_or_else(unusable);
        }
        (None, Some(md), None) => {
            let (month, day) = (md.month.cast_signed(), md.day as usize);
            LunarDay::from_ymd(year as isize, month as isize, day).get_solar_day()
        }
        (None, None, Some(term)) => solar_term(year, term).ok_or_else(unusable)?,
        _ => return Err(unusable()),
    };
    let (month, day) = (solar.get_month() as u32, solar.get_day() as u32);
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(unusable)
}

/// The date of a solar term; the 24 terms of a year count from the winter solstice before it.
fn solar_term(year: i32, name: &str) -> Option<SolarDay> {
    (1..=24)
        .map(|i| SolarTerm::from_index(year as isize, i))
        .find(|t| t.get_name() == name)
        .map(|t| t.get_solar_day())
}

fn notice(year: i32, file: &NoticeFile) -> Result<Notice, CalendarError> {
    Ok(Notice {
        number: file.number.clone(),
        issued_on: file.issued_on.as_ref().map(|d| date(year, d)).transpose()?,
        confidence: file.confidence.clone(),
    })
}

fn date(year: i32, value: &toml::value::Datetime) -> Result<NaiveDate, CalendarError> {
    crate::dates::civil_date(value).ok_or_else(|| wrong(year, format!("{value} is not a date")))
}

fn wrong(year: i32, what: impl Into<String>) -> CalendarError {
    CalendarError::Year {
        year,
        what: what.into(),
    }
}
