//! Numbers of electronic callbacks, as the company's rule pack sets them.

use crate::time::{self, Instant};
use chrono::{Duration, NaiveDate};

/// Numbers of electronic callbacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ElectronicTerms {
    /// How long a link is good for.
    pub valid_for: Duration,
    /// Days before the due date that are kept for the telephone.
    pub reserve_days: u32,
    /// Links of a callback.
    pub links_max: u32,
    /// Failures of the identity check, after which the customer is called.
    pub tries_max: u32,
    /// Last characters of the identity number that are asked for.
    pub id_tail: usize,
    /// Whether the birth date is asked for.
    pub asks_birth_date: bool,
    /// How long a code is good for.
    pub code_for: Duration,
    /// Codes of a link.
    pub codes_max: u32,
    /// Least time between two codes.
    pub code_gap: Duration,
    /// How long a session is good for.
    pub session_for: Duration,
    /// Least time on an item, however short.
    pub dwell_min: Duration,
    /// Characters that somebody reads in a minute.
    pub reading_per_minute: u32,
    /// Submitted callbacks that are inspected, of a thousand.
    pub inspected_per_mille: u32,
}

/// Why no link is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// What is left until the due date is kept for the telephone.
    #[error("the days that are left are kept for the telephone")]
    TooLate,
}

impl ElectronicTerms {
    /// When a link that is sent now ends: after its time, and before the days that are kept for the
    /// telephone.
    ///
    /// # Errors
    /// [`TermsError::TooLate`] when those days have begun.
    pub fn expires_at(
        &self,
        now: Instant,
        due_on: Option<NaiveDate>,
    ) -> Result<Instant, TermsError> {
        let end = now + self.valid_for;
        let Some(due_on) = due_on else {
            return Ok(end);
        };
        let last = due_on - Duration::days(i64::from(self.reserve_days));
        let latest = time::end_of_day_in_china(last);
        if latest <= now {
            return Err(TermsError::TooLate);
        }
        Ok(end.min(latest))
    }

    /// How long somebody needs at least to read a text.
    pub fn dwell_needed(&self, characters: usize) -> Duration {
        let characters = i64::try_from(characters).unwrap_or(i64::MAX / 60_000);
        let per_minute = i64::from(self.reading_per_minute.max(1));
        Duration::milliseconds(characters * 60_000 / per_minute).max(self.dwell_min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> ElectronicTerms {
        ElectronicTerms {
            valid_for: Duration::hours(72),
            reserve_days: 3,
            links_max: 3,
            tries_max: 5,
            id_tail: 6,
            asks_birth_date: true,
            code_for: Duration::minutes(5),
            codes_max: 5,
            code_gap: Duration::seconds(60),
            session_for: Duration::minutes(30),
            dwell_min: Duration::seconds(3),
            reading_per_minute: 600,
            inspected_per_mille: 50,
        }
    }

    fn at(text: &str) -> Instant {
        let (date, clock) = text.split_once(' ').unwrap();
        time::at_in_china(
            date.parse().unwrap(),
            format!("{clock}:00").parse().unwrap(),
        )
    }

    fn day(text: &str) -> Option<NaiveDate> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn a_link_ends_before_the_days_of_the_telephone() {
        let now = at("2026-03-01 10:00");
        let ends = |due| terms().expires_at(now, due);
        assert_eq!(ends(None), Ok(at("2026-03-04 10:00")));
        assert_eq!(ends(day("2026-03-20")), Ok(at("2026-03-04 10:00")));
        assert_eq!(ends(day("2026-03-05")), Ok(at("2026-03-03 00:00")));
        assert_eq!(ends(day("2026-03-03")), Err(TermsError::TooLate));
    }

    #[test]
    fn reading_takes_time() {
        assert_eq!(terms().dwell_needed(5), Duration::seconds(3));
        assert_eq!(terms().dwell_needed(60), Duration::seconds(6));
    }
}
