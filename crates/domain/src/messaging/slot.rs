//! When a message may go out: consent, do-not-disturb hours, holidays, and how often a customer is
//! written to. What is owed goes before what is wished: a greeting gives way to an obligation of the
//! same day, and says until when it waits.

use super::{MessagePurpose, MessageReason};
use crate::time::{self, Instant};
use chrono::{Days, NaiveDate, NaiveTime};

/// Public holidays, as much as messages need of them.
pub trait Holidays {
    /// Whether a date is a public holiday (an ordinary weekend is not).
    fn is_holiday(&self, date: NaiveDate) -> bool;
}

/// The hours in which messages of a purpose go out. They may run over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First minute.
    pub from: NaiveTime,
    /// First minute that is too late. The same as `from`: all day.
    pub until: NaiveTime,
}

impl Window {
    /// All day.
    pub const OPEN: Self = Self {
        from: NaiveTime::MIN,
        until: NaiveTime::MIN,
    };

    fn holds(self, clock: NaiveTime) -> bool {
        if self.from == self.until {
            true
        } else if self.from < self.until {
            self.from <= clock && clock < self.until
        } else {
            clock >= self.from || clock < self.until
        }
    }

    /// The first moment from `at` on that lies inside.
    fn first_from(self, at: Instant) -> Instant {
        let (date, clock) = (time::date_in_china(at), time::time_in_china(at));
        if self.holds(clock) {
            at
        } else if clock < self.from {
            time::at_in_china(date, self.from)
        } else {
            time::at_in_china(date + Days::new(1), self.from)
        }
    }
}

/// How often a customer is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// Messages at most.
    pub messages: u32,
    /// In this many days; the day itself is the last of them.
    pub days: u32,
}

/// What holds for the messages of a purpose, from the rule packs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotRules {
    /// The hours.
    pub window: Window,
    /// Whether they go out on public holidays.
    pub on_public_holidays: bool,
    /// The message is the last of at most so many of any purpose on its day.
    pub per_day: Option<u32>,
    /// At most so many of this purpose in a period.
    pub own: Option<Cap>,
}

/// Another message to the same customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact {
    /// What it is for.
    pub purpose: MessagePurpose,
    /// When it went out, or is to go out.
    pub at: Instant,
}

/// What else the customer gets.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// What went out.
    pub sent: Vec<Contact>,
    /// What has to go out; only what goes before counts.
    pub pending: Vec<Contact>,
}

/// What the company knows of the customer's wishes and of the data itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Addressee {
    /// Consent to marketing: given, refused, never asked.
    pub marketing: Option<bool>,
    /// The customer wants no greetings.
    pub care_stopped: bool,
    /// The data may only be stored (PIPL article 47).
    pub restricted: bool,
    /// The data was destroyed.
    pub erased: bool,
    /// There is an address for the channel.
    pub has_address: bool,
}

/// Why a message does not go out at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Never(pub MessageReason);

/// When a message may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Now.
    Now,
    /// From this moment on, for this reason.
    From(Instant, MessageReason),
}

impl Addressee {
    /// Whether the customer may be written to for a purpose.
    ///
    /// Marketing needs consent (PIPL article 13, Law on the Protection of Consumers' Rights article
    /// 29, Advertising Law article 43); what the company owes does not.
    ///
    /// # Errors
    /// What stands against it.
    pub fn check(&self, purpose: MessagePurpose) -> Result<(), Never> {
        let reason = if self.erased {
            Some(MessageReason::Erased)
        } else if self.restricted && purpose != MessagePurpose::Duty {
            Some(MessageReason::Restricted)
        } else if purpose == MessagePurpose::Marketing && self.marketing != Some(true) {
            Some(MessageReason::NoConsent)
        } else if purpose == MessagePurpose::Care && self.care_stopped {
            Some(MessageReason::CareStopped)
        } else if !self.has_address {
            Some(MessageReason::NoAddress)
        } else {
            None
        };
        reason.map_or(Ok(()), |reason| Err(Never(reason)))
    }
}

/// Days that are looked at for a slot: longer than any holiday or cap.
const DAYS_MAX: usize = 400;

/// When a message may go out, from now on and not before its time. The reason is the first thing that
/// stood against sending it at once.
pub fn find_slot(
    purpose: MessagePurpose,
    rules: &SlotRules,
    history: &History,
    calendar: &impl Holidays,
    not_before: Instant,
    now: Instant,
) -> Slot {
    let mut at = now.max(not_before);
    let mut first = (not_before > now).then_some(MessageReason::NotYet);
    for _ in 0..DAYS_MAX {
        let open = rules.window.first_from(at);
        if open > at {
            first.get_or_insert(MessageReason::QuietHours);
            at = open;
        }
        let date = time::date_in_china(at);
        let against = if !rules.on_public_holidays && calendar.is_holiday(date) {
            Some(MessageReason::PublicHoliday)
        } else {
            rules.capped(purpose, history, date)
        };
        let Some(reason) = against else {
            break;
        };
        first.get_or_insert(reason);
        at = time::end_of_day_in_china(date);
    }
    match first {
        Some(reason) if at > now => Slot::From(at, reason),
        _ => Slot::Now,
    }
}

impl SlotRules {
    fn capped(
        &self,
        purpose: MessagePurpose,
        history: &History,
        date: NaiveDate,
    ) -> Option<MessageReason> {
        let on = |c: &Contact| time::date_in_china(c.at);
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        if let Some(most) = self.per_day {
            let sent = history.sent.iter().filter(|c| on(c) == date).count();
            // What is overdue goes out as soon as it can: that is the first day on which this one could.
            let due = |c: &&Contact| c.purpose.beats(purpose) && on(c) == date;
            let owed = history.pending.iter().filter(due).count();
            if number(sent + owed) >= most {
                return Some(MessageReason::DailyCap);
            }
        }
        if let Some(cap) = self.own {
            let first = date - Days::new(u64::from(cap.days.saturating_sub(1)));
            let within = |c: &&Contact| c.purpose == purpose && (first..=date).contains(&on(c));
            if number(history.sent.iter().filter(within).count()) >= cap.messages {
                return Some(MessageReason::PeriodCap);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
