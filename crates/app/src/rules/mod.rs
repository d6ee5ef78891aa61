//! The rules in force. Packs are read from the store, so that any past decision can be replayed from
//! what it was made with; how a pack gets there is in [`drafts`] and [`steps`].

mod changes;
mod check;
mod compare;
pub mod diff;
mod discharge;
pub mod drafts;
pub mod evaluations;
mod install;
mod items;
mod kept;
pub mod package;
mod planned;
mod set;
mod shipped;
pub mod steps;

pub use check::{Checked, check_text};
pub use compare::{LineChange, PartChange, compare_lines, compare_parts};
pub use discharge::discharges;
pub(crate) use install::{install, load};
pub use items::ServiceItem;
pub(crate) use kept::{restore, snapshot};
pub use set::{Rules, Version};
pub use shipped::{packs_in, shipped_calendar, shipped_packs, shipped_schema};

use domain::callbacks::DayOff;
use domain::policies::WorkingDays;
use rules::{Calendar, DayKind, NaiveDate};

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
