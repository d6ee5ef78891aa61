//! What people, and callbacks, do with a ticket.

use super::Handler;
use chrono::NaiveDate;

/// What someone does with a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Gives it to a unit and person; due by the day that the rules computed.
    Issue {
        /// Who gets it.
        to: Handler,
        /// The last day.
        due_on: NaiveDate,
    },
    /// Accepts it.
    Accept,
    /// Declares special circumstances before it is due.
    DeclareSpecial {
        /// The new last day.
        until: NaiveDate,
        /// Why.
        reason: String,
    },
    /// Agrees to the declared circumstances.
    ApproveSpecial,
    /// Does not agree to them.
    RefuseSpecial {
        /// Why.
        reason: String,
    },
    /// Reports what was done.
    GiveFeedback,
    /// Judges the feedback valid.
    JudgeValid,
    /// Judges the feedback invalid.
    JudgeInvalid {
        /// Why.
        reason: String,
    },
    /// Takes an invalid feedback up again.
    Redo,
    /// Corrects the contact data of a verification case.
    CorrectContact,
    /// Reports that the contact data of a verification case cannot be corrected.
    ContactUncorrectable {
        /// Why.
        reason: String,
    },
    /// The branch began the second callback of a case that goes with its callback.
    SecondCallbackBegun,
    /// The branch wrote to the customer.
    LetterSent,
    /// The branch decided on a visit.
    VisitPlanned,
    /// The second callback affirmed.
    SecondCallbackAffirmed,
    /// The second callback did not affirm.
    SecondCallbackNegative,
    /// Closes without a second callback, with a documented reason.
    CloseWithReason {
        /// Why no second callback is needed.
        reason: String,
    },
    /// Hands it to another department.
    Transfer {
        /// Who gets it.
        to: Handler,
    },
    /// Urges the handler; changes nothing but the count of reminders.
    Remind,
}
