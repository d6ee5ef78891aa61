//! The rules in force: shipped packs are added to the store once, then everything is read from it,
//! so that any past decision can be replayed from what it was made with.

mod discharge;
mod install;
mod shipped;

pub use discharge::discharges;
pub(crate) use install::install;
pub use shipped::{packs_in, shipped_calendar, shipped_packs, shipped_schema};

use crate::{Error, Result};
use domain::callbacks::{CallingHours, DayOff, Discharge};
use domain::policies::WorkingDays;
use rules::{Calendar, DayKind, Facts, NaiveDate, Programme, RuleBook, Value};
use std::collections::HashMap;
use store::rules::{StoredCalendar, StoredPack};
use uuid::Uuid;

/// Everything that decisions rest on.
#[derive(Debug)]
pub struct Rules {
    book: RuleBook,
    pack_ids: HashMap<(String, u32), Uuid>,
    calendar_id: Uuid,
    calendars: Vec<StoredCalendar>,
    packs: Vec<StoredPack>,
    discharges: HashMap<String, Discharge>,
}

impl Rules {
    /// The packs, fitted together.
    pub fn book(&self) -> &RuleBook {
        &self.book
    }

    /// The working-day calendar.
    pub fn calendar(&self) -> &Calendar {
        self.book.calendar()
    }

    /// The row of the calendar in use.
    pub fn calendar_id(&self) -> Uuid {
        self.calendar_id
    }

    /// The calendars that were ever loaded.
    pub fn calendars(&self) -> &[StoredCalendar] {
        &self.calendars
    }

    /// The packs as they are stored.
    pub fn packs(&self) -> &[StoredPack] {
        &self.packs
    }

    /// The row of a programme's pack.
    pub fn pack_id(&self, programme: &Programme) -> Uuid {
        let pack = self.book.pack(programme.pack);
        self.pack_ids
            .get(&(pack.id.clone(), pack.version))
            .copied()
            .unwrap_or_default()
    }

    /// How callbacks of a programme are discharged.
    ///
    /// # Errors
    /// [`Error::Fault`] when the programme is not among the rules any more.
    pub fn discharge(&self, programme: &str) -> Result<&Discharge> {
        self.discharges
            .get(programme)
            .ok_or_else(|| Error::Fault(format!("no rules for programme {programme}")))
    }

    /// The programme of a code that is in force; the newest pack first.
    pub fn programme(&self, code: &str) -> Option<&Programme> {
        self.book.programmes().iter().rev().find(|p| p.code == code)
    }

    /// A company setting that is written as a parameter.
    pub fn setting(&self, id: &str, on: NaiveDate) -> Option<i64> {
        let facts = Facts::new(self.book.schema());
        self.book.parameter_value(id, &facts, on)?.as_int()
    }

    /// When people may be called.
    pub fn calling_hours(&self, on: NaiveDate) -> CallingHours {
        let number = |id| self.setting(id, on).and_then(|n| u32::try_from(n).ok());
        let hour = |id, otherwise| {
            let hour = number(id).unwrap_or(otherwise);
            chrono::NaiveTime::from_hms_opt(hour.min(23), 0, 0).unwrap_or_default()
        };
        let facts = Facts::new(self.book.schema());
        let holidays = self
            .book
            .parameter_value("call_on_public_holidays", &facts, on);
        CallingHours {
            from: hour("calling_hours_from", 0),
            until: hour("calling_hours_until", 23),
            on_public_holidays: holidays == Some(Value::Bool(true)),
            attempts_per_round: number("attempts_per_round").unwrap_or(1),
            days_min: number("attempt_days_min").unwrap_or(1),
            gap: chrono::Duration::hours(i64::from(number("attempt_gap_hours").unwrap_or(0))),
        }
    }

    /// The day before which a callback of a programme counts as early, from the facts that its
    /// obligation rests on; nothing when the programme names none.
    pub fn period_start(&self, programme: &str, facts: &str) -> Option<NaiveDate> {
        let name = self
            .programme(programme)?
            .discharge
            .get("early_before")?
            .as_str()?;
        let facts: serde_json::Value = serde_json::from_str(facts).ok()?;
        facts.get(name)?.as_str()?.parse().ok()
    }

    /// The working day on which a period of working days from a date ends.
    pub fn working_days_after(&self, from: NaiveDate, days: i64) -> NaiveDate {
        rules::dates::add_working_days(self.calendar(), from, days, false)
    }
}

/// The calendar in the words of the domain.
#[derive(Clone, Copy, Debug)]
pub struct BusinessCalendar<'c>(pub &'c Calendar);

impl DayOff for BusinessCalendar<'_> {
    fn is_public_holiday(&self, date: NaiveDate) -> bool {
        self.0.kind(date) == DayKind::Holiday
    }
}

impl WorkingDays for BusinessCalendar<'_> {
    fn on_or_after(&self, date: NaiveDate) -> NaiveDate {
        self.0.on_or_after(date)
    }
}
