//! When people may be called: calling hours, holidays, spacing of attempts.

use crate::time::{self, Instant};
use chrono::{Duration, NaiveDate, NaiveTime};

/// Calling hours and spacing, from the rule packs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallingHours {
    /// First minute.
    pub from: NaiveTime,
    /// First minute that is too late.
    pub until: NaiveTime,
    /// Whether people are called on public holidays without an appointment.
    pub on_public_holidays: bool,
    /// Attempts in a round.
    pub attempts_per_round: u32,
    /// Days over which the attempts of a round are spread.
    pub days_min: u32,
    /// Least time between two attempts.
    pub gap: Duration,
}

/// Public holidays, as much as scheduling needs of them.
pub trait DayOff {
    /// Whether a date is a public holiday (an ordinary weekend is not).
    fn is_public_holiday(&self, date: NaiveDate) -> bool;
}

/// Why nobody may be called now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Outside calling hours and without an appointment.
    #[error("outside calling hours ({from}–{until})")]
    OutsideHours {
        /// First minute.
        from: NaiveTime,
        /// First minute that is too late.
        until: NaiveTime,
    },
    /// A public holiday, without an appointment.
    #[error("no calls on a public holiday without an appointment")]
    PublicHoliday,
    /// The last attempt was too short a time ago.
    #[error("the next attempt is possible from {0}")]
    TooSoon(Instant),
    /// The round must be spread over more days.
    #[error("the last attempt of the round must be on another day")]
    SameDay,
    /// An appointment must lie in the future.
    #[error("an appointment must lie in the future")]
    InThePast,
}

impl CallingHours {
    /// Whether a person may be called at a moment. An appointment within the next or last half hour
    /// overrides hours and holidays; spacing counts attempts of the round, oldest first.
    ///
    /// # Errors
    /// [`ScheduleError`] says what stands against it.
    pub fn check(
        &self,
        now: Instant,
        appointment: Option<Instant>,
        round: &[Instant],
        calendar: &impl DayOff,
    ) -> Result<(), ScheduleError> {
        if appointment.is_some_and(|at| (now - at).abs() <= APPOINTMENT_GRACE) {
            return Ok(());
        }
        let (date, clock) = (time::date_in_china(now), time::time_in_china(now));
        if clock < self.from || clock >= self.until {
            return Err(ScheduleError::OutsideHours {
                from: self.from,
                until: self.until,
            });
        }
        if !self.on_public_holidays && calendar.is_public_holiday(date) {
            return Err(ScheduleError::PublicHoliday);
        }
        if appointment.is_some_and(|at| at <= now) {
            return Ok(());
        }
        if let Some(last) = round.last()
            && now - *last < self.gap
        {
            return Err(ScheduleError::TooSoon(*last + self.gap));
        }
        if self.needs_another_day(round, date) {
            return Err(ScheduleError::SameDay);
        }
        Ok(())
    }

    /// The last attempts of a round wait until it is spread over enough days.
    fn needs_another_day(&self, round: &[Instant], date: NaiveDate) -> bool {
        let mut days: Vec<_> = round.iter().map(|at| time::date_in_china(*at)).collect();
        days.push(date);
        days.sort_unstable();
        days.dedup();
        let used = u32::try_from(round.len() + 1).unwrap_or(u32::MAX);
        let left = self.attempts_per_round.saturating_sub(used);
        let reached = u32::try_from(days.len()).unwrap_or(u32::MAX);
        reached + left < self.days_min
    }

    /// The first moment from `now` on at which the next attempt of a round may be made.
    pub fn next_attempt(&self, now: Instant, round: &[Instant], calendar: &impl DayOff) -> Instant {
        let mut at = round.last().map_or(now, |last| now.max(*last + self.gap));
        // Two weeks are longer than any run of holidays.
        for _ in 0..14 {
            let date = time::date_in_china(at);
            let opens = time::at_in_china(date, self.from);
            let closes = time::at_in_china(date, self.until);
            let closed = (!self.on_public_holidays && calendar.is_public_holiday(date))
                || self.needs_another_day(round, date);
            if !closed && at < closes {
                return at.max(opens);
            }
            at = time::at_in_china(date + Duration::days(1), self.from);
        }
        at
    }

    /// Checks a time that the customer asked for.
    ///
    /// # Errors
    /// [`ScheduleError::InThePast`].
    pub fn check_appointment(&self, at: Instant, now: Instant) -> Result<(), ScheduleError> {
        if at > now {
            Ok(())
        } else {
            Err(ScheduleError::InThePast)
        }
    }
}

/// How far from the agreed time a call still counts as kept.
const APPOINTMENT_GRACE: Duration = Duration::minutes(30);

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    struct NewYear;
    impl DayOff for NewYear {
        fn is_public_holiday(&self, date: NaiveDate) -> bool {
            date == "2026-01-01".parse().unwrap()
        }
    }

    fn hours() -> CallingHours {
        CallingHours {
            from: NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
            until: NaiveTime::from_hms_opt(20, 0, 0).unwrap(),
            on_public_holidays: false,
            attempts_per_round: 3,
            days_min: 2,
            gap: Duration::hours(2),
        }
    }

    fn at(text: &str) -> Instant {
        let (date, clock) = text.split_once(' ').unwrap();
        time::at_in_china(
            date.parse().unwrap(),
            format!("{clock}:00").parse().unwrap(),
        )
    }

    #[rstest]
    #[case("2026-01-05 09:00", &[], true)]
    #[case("2026-01-05 08:59", &[], false)]
    #[case("2026-01-05 20:00", &[], false)]
    #[case("2026-01-01 10:00", &[], false)]
    #[case("2026-01-05 11:59", &["2026-01-05 10:00"], false)]
    #[case("2026-01-05 12:00", &["2026-01-05 10:00"], true)]
    #[case("2026-01-05 15:00", &["2026-01-05 10:00", "2026-01-05 12:30"], false)]
    #[case("2026-01-06 09:00", &["2026-01-05 10:00", "2026-01-05 12:30"], true)]
    fn calls_are_spaced(#[case] now: &str, #[case] round: &[&str], #[case] allowed: bool) {
        let round: Vec<_> = round.iter().map(|r| at(r)).collect();
        assert_eq!(
            hours().check(at(now), None, &round, &NewYear).is_ok(),
            allowed
        );
    }

    #[test]
    fn an_appointment_overrides_hours_and_holidays() {
        let now = at("2026-01-01 21:00");
        assert!(
            hours()
                .check(now, Some(at("2026-01-01 21:10")), &[], &NewYear)
                .is_ok()
        );
        assert!(
            hours()
                .check(now, Some(at("2026-01-01 19:00")), &[], &NewYear)
                .is_err()
        );
    }

    #[rstest]
    #[case("2026-01-05 10:00", &["2026-01-05 10:00"], "2026-01-05 12:00")]
    #[case("2026-01-05 19:00", &["2026-01-05 19:00"], "2026-01-06 09:00")]
    #[case("2025-12-31 19:30", &["2025-12-31 19:30"], "2026-01-02 09:00")]
    #[case("2026-01-05 12:30", &["2026-01-05 10:00", "2026-01-05 12:30"], "2026-01-06 09:00")]
    fn the_next_attempt_waits(#[case] now: &str, #[case] round: &[&str], #[case] expected: &str) {
        let round: Vec<_> = round.iter().map(|r| at(r)).collect();
        assert_eq!(
            hours().next_attempt(at(now), &round, &NewYear),
            at(expected)
        );
    }
}
