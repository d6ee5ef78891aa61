//! What sets a programme off: an event, or the calendar.

use super::{Again, Expression};
use crate::calendar::{Calendar, DayKind};
use crate::dates::{LeapDay, Period, add_months, anniversary};
use crate::facts::{EventType, FactId, FactSchema, Facts};
use crate::text::Text;
use chrono::{Datelike, NaiveDate};

/// The fact that holds the day on which the calendar sets a programme off.
pub(crate) const OCCURRENCE: &str = "occurrence.on";

/// What sets a programme off, and on which day.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// An event, or the calendar.
    pub cause: Cause,
    /// The date on which it counts as having happened.
    pub on: Expression,
    /// How it comes back, where one event asks for the same again and again.
    pub again: Option<Again>,
    /// The trigger in words.
    pub label: Text,
}

/// What sets a programme off.
#[derive(Clone, Debug)]
pub enum Cause {
    /// An event of this type.
    Event(EventType),
    /// A day of the calendar that comes round.
    Calendar(Recurrence),
}

/// A day that comes round, for each subject.
#[derive(Clone, Debug)]
pub struct Recurrence {
    /// For each of what.
    pub of: Subject,
    /// Which days.
    pub rhythm: Rhythm,
}

/// For each of what the calendar sets a programme off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Each customer.
    Customer,
    /// Each policy.
    Policy,
}

/// The subjects by the names used in packs.
pub const SUBJECTS: [(&str, Subject); 2] =
    [("customer", Subject::Customer), ("policy", Subject::Policy)];

/// Which days come round.
#[derive(Clone, Debug)]
pub enum Rhythm {
    /// The first day of each period.
    Every(Period),
    /// The day of a fact in each later year.
    Anniversary {
        /// The fact.
        fact: FactId,
        /// Where 29 February goes.
        leap_day: LeapDay,
    },
    /// The day that a fact names; another one when the fact moves on.
    Day {
        /// The fact.
        fact: FactId,
    },
    /// The first day of each public holiday of these names.
    Holidays {
        /// Names in Chinese, as the notices write them.
        names: Vec<String>,
    },
}

/// Days between two public holidays of a name: they come round every year.
const HOLIDAY_WITHIN_DAYS: usize = 400;

/// A day on which the calendar sets a programme off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The day.
    pub on: NaiveDate,
    /// The last day of the period that began with it.
    pub until: NaiveDate,
}

impl Cause {
    /// Its name: that of the event, or `every_quarter` and the like, `anniversary`, `day`, `holiday`.
    pub fn name<'s>(&self, schema: &'s FactSchema) -> &'s str {
        match self {
            Self::Event(event) => &schema.event(*event).name,
            Self::Calendar(recurrence) => recurrence.name(),
        }
    }

    /// What people call it.
    pub fn label(&self, schema: &FactSchema) -> Text {
        match self {
            Self::Event(event) => schema.event(*event).label(),
            Self::Calendar(recurrence) => recurrence.label(schema),
        }
    }
}

impl Recurrence {
    /// Its name in records.
    pub fn name(&self) -> &'static str {
        match self.rhythm {
            Rhythm::Every(Period::Month) => "every_month",
            Rhythm::Every(Period::Quarter) => "every_quarter",
            Rhythm::Every(Period::HalfYear) => "every_half_year",
            Rhythm::Every(Period::Year) => "every_year",
            Rhythm::Anniversary { .. } => "anniversary",
            Rhythm::Day { .. } => "day",
            Rhythm::Holidays { .. } => "holiday",
        }
    }

    /// The last day of the period that began on a day, by the name of the rhythm; nothing for events
    /// and for days that facts name, which are looked at as long as the fact names them.
    pub fn end_of(name: &str, on: NaiveDate) -> Option<NaiveDate> {
        let period = match name {
            "every_month" => Period::Month,
            "every_quarter" => Period::Quarter,
            "every_half_year" => Period::HalfYear,
            "every_year" => Period::Year,
            "anniversary" => return add_months(on, 12).pred_opt(),
            "holiday" => return Some(on),
            _ => return None,
        };
        Some(period.end(on))
    }

    /// A day before which no period began that ends on the given day or later.
    pub fn first_open(&self, ends_from: NaiveDate) -> NaiveDate {
        match &self.rhythm {
            Rhythm::Every(period) => period.start(ends_from),
            // A year, and the day by which 29 February may move.
            Rhythm::Anniversary { .. } => add_months(ends_from, -13),
            Rhythm::Day { .. } | Rhythm::Holidays { .. } => ends_from,
        }
    }

    fn label(&self, schema: &FactSchema) -> Text {
        match &self.rhythm {
            Rhythm::Every(Period::Month) => Text::new("每月", "every month"),
            Rhythm::Every(Period::Quarter) => Text::new("每季度", "every quarter"),
            Rhythm::Every(Period::HalfYear) => Text::new("每半年", "every half-year"),
            Rhythm::Every(Period::Year) => Text::new("每年", "every year"),
            Rhythm::Anniversary { fact, .. } => {
                let fact = schema.fact(*fact);
                Text::new(
                    format!("{}周年", fact.zh),
                    format!("anniversary of {}", fact.en),
                )
            }
            Rhythm::Day { fact } => schema.fact(*fact).label(),
            Rhythm::Holidays { names } => Text::new(
                format!("节假日：{}", names.join("、")),
                format!("public holidays: {}", names.join(", ")),
            ),
        }
    }

    /// The days from `since` to `as_of`, both included, the earliest first. Their number is that of
    /// the periods between the two. A day that a fact names is given whenever it lies: a programme may
    /// ask for something before it.
    pub fn occurrences(
        &self,
        facts: &Facts<'_>,
        calendar: &Calendar,
        since: NaiveDate,
        as_of: NaiveDate,
    ) -> Vec<Occurrence> {
        if let Rhythm::Day { fact } = self.rhythm {
            let day = facts.get(fact).as_date().map(|on| Occurrence {
                on,
                until: NaiveDate::MAX,
            });
            return day.into_iter().collect();
        }
        let mut found = Vec::new();
        let mut next = self.first(facts, calendar, since);
        while let Some(occurrence) = next.filter(|o| o.on <= as_of) {
            found.push(occurrence);
            next = occurrence
                .until
                .succ_opt()
                .and_then(|day| self.first(facts, calendar, day));
        }
        found
    }

    /// The first such day on or after a day.
    pub fn first(
        &self,
        facts: &Facts<'_>,
        calendar: &Calendar,
        from: NaiveDate,
    ) -> Option<Occurrence> {
        match &self.rhythm {
            Rhythm::Day { fact } => {
                let on = facts.get(*fact).as_date().filter(|on| *on >= from)?;
                let until = NaiveDate::MAX;
                Some(Occurrence { on, until })
            }
            Rhythm::Holidays { names } => {
                let days = from.iter_days().take(HOLIDAY_WITHIN_DAYS);
                let on = days.into_iter().find(|d| begins(calendar, names, *d))?;
                Some(Occurrence { on, until: on })
            }
            Rhythm::Every(period) => {
                let start = period.start(from);
                let on = if start < from {
                    period.next(from)
                } else {
                    start
                };
                let until = period.end(on);
                Some(Occurrence { on, until })
            }
            Rhythm::Anniversary { fact, leap_day } => {
                let born = facts.get(*fact).as_date()?;
                // The day itself is no anniversary.
                let first = from.year().max(born.year() + 1);
                let day = |year| anniversary(born, year, *leap_day);
                let year = if day(first)? < from { first + 1 } else { first };
                Some(Occurrence {
                    on: day(year)?,
                    until: day(year + 1)?.pred_opt()?,
                })
            }
        }
    }
}

/// Whether a public holiday of one of some names begins on a day. Notices join names where two fall
/// together.
fn begins(calendar: &Calendar, names: &[String], on: NaiveDate) -> bool {
    let named = |date| {
        let day = calendar.day(date);
        let name = day.name.filter(|_| day.kind == DayKind::Holiday);
        name.map(|n| n.zh.clone())
    };
    let Some(name) = named(on).filter(|zh| names.iter().any(|n| zh.contains(n.as_str()))) else {
        return false;
    };
    on.pred_opt().and_then(named) != Some(name)
}
