//! Rules: calendars, date arithmetic, packs and evaluation.

mod calendar;
mod lint;
mod shipped;
