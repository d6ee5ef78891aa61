//! How sure the company is of a way to reach a customer: made sure of, changed since, due again.

use super::VerifiedBy;
use crate::customers::Origin;
use crate::time::{self, Instant};
use chrono::NaiveDate;

/// How somebody made sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// All information of the customer was verified.
    Verified(VerifiedBy),
    /// This fact was read over to the customer and is right.
    Confirmed(Origin),
}

/// The last time when somebody made sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastCheck {
    /// On which day.
    pub on: NaiveDate,
    /// When that was recorded.
    pub recorded_at: Instant,
    /// How.
    pub means: Means,
}

impl LastCheck {
    /// Whether a value that came at some time was already there.
    fn covers(&self, changed_at: Instant) -> bool {
        let changed_on = time::date_in_china(changed_at);
        changed_on < self.on || (changed_on == self.on && changed_at <= self.recorded_at)
    }
}

codes! {
    /// How a way to reach a customer stands.
    pub enum ContactStanding ("standing of a contact") {
        /// Nobody ever made sure.
        Never = "never",
        /// It changed after somebody made sure.
        Changed = "changed",
        /// It is to be verified again, and late.
        Overdue = "overdue",
        /// Somebody made sure, and it holds.
        Verified = "verified",
    }
}

/// How a way to reach a customer stands on a day: by the last check, by when it changed, and by when it is to be
/// verified.
pub fn contact_standing(
    last: Option<&LastCheck>,
    changed_at: Option<Instant>,
    due_on: NaiveDate,
    today: NaiveDate,
) -> ContactStanding {
    match last {
        None => ContactStanding::Never,
        Some(check) if changed_at.is_some_and(|at| !check.covers(at)) => ContactStanding::Changed,
        Some(_) if due_on < today => ContactStanding::Overdue,
        Some(_) => ContactStanding::Verified,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ContactStanding::{Changed, Never, Overdue, Verified};

    #[test]
    fn a_change_after_the_check_is_not_verified() {
        let at = |text: &str| text.parse::<Instant>().unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let last = LastCheck {
            on: day("2024-03-01"),
            recorded_at: at("2024-03-04T10:00:00+08:00"),
            means: Means::Verified(VerifiedBy::Visit),
        };
        let due = day("2025-03-01");
        let stands = |changed: Option<&str>, today: &str| {
            contact_standing(Some(&last), changed.map(at), due, day(today))
        };
        assert_eq!(contact_standing(None, None, due, due), Never);
        assert_eq!(stands(None, "2025-03-01"), Verified);
        assert_eq!(stands(None, "2025-03-02"), Overdue);
        assert_eq!(
            stands(Some("2024-02-29T10:00:00+08:00"), "2024-04-01"),
            Verified
        );
        assert_eq!(
            stands(Some("2024-03-01T23:00:00+08:00"), "2024-04-01"),
            Verified
        );
        // The visit was on the first, whenever it was written down.
        assert_eq!(
            stands(Some("2024-03-02T09:00:00+08:00"), "2024-04-01"),
            Changed
        );
    }
}
