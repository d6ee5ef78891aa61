//! What sets a programme off: an event, or the calendar.

use crate::dates::{LeapDay, Period, add_months, anniversary};
use crate::facts::{EventType, FactId, FactSchema, Facts};
use crate::text::Text;
use chrono::{Datelike, NaiveDate};

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
}

/// A day on which the calendar sets a programme off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The day.
    pub on: NaiveDate,
    /// The last day of the period that began with it.
    pub until: NaiveDate,
}

impl Cause {
    /// Its name: that of the event, or `every_quarter` and the like, or `anniversary`.
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
        }
    }

    /// The last day of the period that began on a day, by the name of the rhythm; nothing for events.
    pub fn end_of(name: &str, on: NaiveDate) -> Option<NaiveDate> {
        let period = match name {
            "every_month" => Period::Month,
            "every_quarter" => Period::Quarter,
            "every_half_year" => Period::HalfYear,
            "every_year" => Period::Year,
            "anniversary" => return add_months(on, 12).pred_opt(),
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
        }
    }

    /// The days from `since` to `as_of`, both included, the earliest first. Their number is that of
    /// the periods between the two.
    pub fn occurrences(
        &self,
        facts: &Facts<'_>,
        since: NaiveDate,
        as_of: NaiveDate,
    ) -> Vec<Occurrence> {
        let mut found = Vec::new();
        let mut next = self.first(facts, since);
        while let Some(occurrence) = next.filter(|o| o.on <= as_of) {
            found.push(occurrence);
            next = occurrence
                .until
                .succ_opt()
                .and_then(|day| self.first(facts, day));
        }
        found
    }

    /// The first such day on or after a day.
    pub fn first(&self, facts: &Facts<'_>, from: NaiveDate) -> Option<Occurrence> {
        match &self.rhythm {
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
