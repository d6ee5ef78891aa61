//! One call, letter or visit (requirements §4.2). Immutable once it is saved.

use crate::obligations::Respondent;
use crate::telephony::CallEnd;

codes! {
    /// How an attempt ended.
    pub enum AttemptResult ("attempt result") {
        /// Nobody answered.
        NoAnswer = "no_answer",
        /// Busy, or switched off.
        Busy = "busy",
        /// The number does not exist or belongs to someone else.
        WrongNumber = "wrong_number",
        /// Someone else answered; the person was not to be had.
        NotInPerson = "not_in_person",
        /// Someone else offered to answer on the person's behalf, and the pack does not allow it.
        ProxyOffered = "proxy_offered",
        /// The person does not speak Mandarin.
        Dialect = "dialect",
        /// The person cannot follow a call.
        HearingDifficulty = "hearing_difficulty",
        /// The person refused this time.
        RefusedNow = "refused_now",
        /// The person refuses the callback altogether.
        RefusedFinally = "refused_finally",
        /// The person asked to be called at another time.
        Appointment = "appointment",
        /// The call broke off.
        Interrupted = "interrupted",
        /// The interview was finished.
        Finished = "finished",
    }
}

impl AttemptResult {
    /// How far the attempt came.
    pub fn contact(self) -> Contact {
        match self {
            Self::NoAnswer | Self::Busy | Self::WrongNumber => Contact::None,
            Self::NotInPerson | Self::ProxyOffered => Contact::SomeoneElse,
            Self::Dialect
            | Self::HearingDifficulty
            | Self::RefusedNow
            | Self::RefusedFinally
            | Self::Appointment
            | Self::Interrupted => Contact::InPerson,
            Self::Finished => Contact::Interviewed,
        }
    }

    /// The result that a caller would write down after a call ended so; nothing where only people can tell.
    pub fn of_call(end: CallEnd) -> Option<Self> {
        match end {
            CallEnd::NoAnswer | CallEnd::Absent => Some(Self::NoAnswer),
            CallEnd::Busy => Some(Self::Busy),
            CallEnd::NoSuchNumber => Some(Self::WrongNumber),
            CallEnd::Spoken | CallEnd::Rejected | CallEnd::GivenUp | CallEnd::Failed => None,
        }
    }

    /// Whether the attempt uses up one of its round. An appointment or an interruption does not.
    pub fn is_counted(self) -> bool {
        !matches!(self, Self::Appointment | Self::Interrupted | Self::Finished)
    }
}

/// How far an attempt came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contact {
    /// Nobody was reached.
    None,
    /// Someone else was reached.
    SomeoneElse,
    /// The person was reached, without an interview.
    InPerson,
    /// The interview was finished.
    Interviewed,
}

/// Who was on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The person that answered.
    pub respondent: Respondent,
    /// An authorisation to answer for the respondent is stored (B16).
    pub authorised: bool,
}
