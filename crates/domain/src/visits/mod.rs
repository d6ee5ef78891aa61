//! On-site visits (现场回访), slips and callbacks of sales visits, gatherings, formatted questionnaires.

mod formatted;
mod gathering;
mod life;
mod signature;
mod slip;

pub use formatted::{ChainError, ChainStep, Formatted, FormattedState};
pub use gathering::{Gathering, GatheringError, GatheringKind, GatheringState, GatheringStep};
pub use life::{Appointment, Visit, VisitError, VisitStep, may_visit};
pub use signature::{Signature, SignatureError};
pub use slip::{
    Receiver, SalesVisit, SlipError, SlipOutcome, SlipStanding, SlipState, SlipStep, Suspicion,
};

use crate::time::Instant;

codes! {
    /// Why a customer is visited (VIS-01 to VIS-03, VIS-08, VIS-09).
    pub enum VisitPurpose ("purpose of a visit") {
        /// A key customer, at least once a year.
        Key = "key",
        /// A customer related to a shareholder, at least once each half-year.
        Shareholder = "shareholder",
        /// A large or important customer.
        Large = "large",
        /// A problem that could not be solved by telephone.
        Unresolved = "unresolved",
        /// The second callback of a branch, where the telephone truly cannot do.
        SecondCallback = "second_callback",
        /// Explains rights or documents that were unclear.
        Clarification = "clarification",
        /// Anything else.
        Other = "other",
    }
}

impl VisitPurpose {
    /// Whether the head of the customer-service office decides on the visit first (B09 §7(2)).
    pub fn needs_decision(self) -> bool {
        self == Self::Unresolved
    }

    /// Whether customers of a kind are visited so again and again (B09 §7(1)).
    pub fn is_regular(self) -> bool {
        matches!(self, Self::Key | Self::Shareholder | Self::Large)
    }

    /// Whether the visit confirms or explains what was sold: the salesperson stays away from it
    /// (B06 §23(1)).
    pub fn is_confirmation(self) -> bool {
        matches!(self, Self::SecondCallback | Self::Clarification)
    }
}

codes! {
    /// Where a visit stands (requirements §4.7).
    pub enum VisitState ("visit state") {
        /// Asked for; the head of the customer-service office decides.
        Requested = "requested",
        /// May be arranged with the customer.
        Approved = "approved",
        /// Not necessary; the reason is kept.
        Refused = "refused",
        /// Time or place is agreed with the customer.
        Scheduled = "scheduled",
        /// Agreed anew.
        Rescheduled = "rescheduled",
        /// The visit took place; the form is not complete.
        Visited = "visited",
        /// The form is complete; the respondent has to sign.
        FormFilled = "form_filled",
        /// The respondent signed.
        Signed = "signed",
        /// Filed.
        Archived = "archived",
        /// Not made; the reason is kept.
        Cancelled = "cancelled",
    }
}

impl VisitState {
    /// Whether anything is still to be done.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Refused | Self::Archived | Self::Cancelled)
    }

    /// Whether the form may be written.
    pub fn takes_form(self) -> bool {
        matches!(
            self,
            Self::Scheduled | Self::Rescheduled | Self::Visited | Self::FormFilled
        )
    }
}

codes! {
    /// What the record of a visit looks like (B09 §8).
    pub enum RecordFormat ("record format") {
        /// Content without a fixed form: the customer callback record form, annex 1.
        FreeForm = "free_form",
        /// A questionnaire that went through the approval of its department.
        Formatted = "formatted",
    }
}

codes! {
    /// How the respondent signed.
    pub enum SignatureWay ("way of signing") {
        /// On the screen.
        Screen = "screen",
        /// On paper, which was photographed or scanned.
        Scan = "scan",
    }
}

/// Whether something was entered later after it happened than a company allows (SEC-09).
pub fn is_late_entry(happened_at: Instant, entered_at: Instant, hours_max: i64) -> bool {
    (entered_at - happened_at).num_minutes() > hours_max.saturating_mul(60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Duration, TimeZone as _, Utc};

    #[test]
    fn an_entry_is_late_after_the_last_hour() {
        let visited = Utc.with_ymd_and_hms(2024, 3, 5, 2, 0, 0).unwrap();
        for (minutes, late) in [(0, false), (24 * 60, false), (24 * 60 + 1, true)] {
            let entered = visited + Duration::minutes(minutes);
            assert_eq!(is_late_entry(visited, entered, 24), late, "{minutes}");
        }
    }

    #[test]
    fn only_unsolved_problems_need_a_decision() {
        let decided: Vec<_> = VisitPurpose::ALL
            .iter()
            .filter(|p| p.needs_decision())
            .collect();
        assert_eq!(decided, [&VisitPurpose::Unresolved]);
    }
}
