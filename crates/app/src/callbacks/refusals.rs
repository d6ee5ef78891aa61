//! Refusals of decisions as codes that messages hang on.

use crate::{Error, Refusal};
use domain::callbacks::{AssignError, CallbackError, ScheduleError, TogetherError};
use domain::questionnaires::GateError;
use domain::tickets::TicketError;
use domain::time;

impl From<CallbackError> for Error {
    fn from(error: CallbackError) -> Self {
        let refusal = match error {
            CallbackError::WrongState(state) => {
                Refusal::with("callback-wrong-state", state.as_str())
            }
            CallbackError::NotReady => Refusal::new("callback-not-ready"),
            CallbackError::NotAssignee => Refusal::new("callback-not-assignee"),
            CallbackError::ChannelNotAllowed(channel) => {
                Refusal::with("callback-channel-not-allowed", channel.as_str())
            }
            CallbackError::RecordingMissing => Refusal::new("callback-recording-missing"),
            CallbackError::RespondentNotAllowed(who) => {
                Refusal::with("callback-respondent-not-allowed", who.as_str())
            }
            CallbackError::PhoneFirst => Refusal::new("callback-phone-first"),
            CallbackError::StaysOnList => Refusal::new("callback-stays-on-list"),
            CallbackError::ReasonMissing => return Self::invalid("reason", "missing"),
        };
        refusal.into()
    }
}

impl From<TogetherError> for Error {
    fn from(error: TogetherError) -> Self {
        Refusal::new(match error {
            TogetherError::Elsewhere => "together-elsewhere",
            TogetherError::Respondent => "together-respondent",
            TogetherError::Channel => "together-channel",
            TogetherError::Over => "together-over",
        })
        .into()
    }
}

impl From<AssignError> for Error {
    fn from(error: AssignError) -> Self {
        Refusal::new(assign_code(error)).into()
    }
}

/// The code of a refusal to assign.
pub(super) fn assign_code(error: AssignError) -> &'static str {
    match error {
        AssignError::Inactive => "assign-inactive",
        AssignError::Away => "assign-away",
        AssignError::MovedUp => "assign-moved-up",
        AssignError::NotACaller => "assign-not-a-caller",
        AssignError::NotASpecialist => "assign-not-a-specialist",
        AssignError::OutsideUnit => "assign-outside-unit",
        AssignError::SalespersonBarred => "salesperson-barred",
    }
}

impl From<ScheduleError> for Error {
    fn from(error: ScheduleError) -> Self {
        let refusal = match error {
            ScheduleError::OutsideHours { from, until } => {
                let span = format!("{}–{}", from.format("%H:%M"), until.format("%H:%M"));
                Refusal::with("schedule-outside-hours", span)
            }
            ScheduleError::PublicHoliday => Refusal::new("schedule-public-holiday"),
            ScheduleError::TooSoon(at) => {
                let at = at
                    .with_timezone(&time::china())
                    .format("%m-%d %H:%M")
                    .to_string();
                Refusal::with("schedule-too-soon", at)
            }
            ScheduleError::SameDay => Refusal::new("schedule-same-day"),
            ScheduleError::InThePast => return Self::invalid("appointment_at", "in-the-past"),
        };
        refusal.into()
    }
}

impl From<GateError> for Error {
    fn from(error: GateError) -> Self {
        match error {
            GateError::NoSuchItem(_) => Self::NotFound,
            GateError::Gated { open, .. } => Refusal::with("question-gated", open).into(),
            GateError::DoesNotFit(_) => Self::invalid("answer", "answer-does-not-fit"),
            GateError::Incomplete(items) => {
                Refusal::with("questions-open", items.len().to_string()).into()
            }
        }
    }
}

impl From<TicketError> for Error {
    fn from(error: TicketError) -> Self {
        let refusal = match error {
            TicketError::WrongState(state) => Refusal::with("ticket-wrong-state", state.as_str()),
            TicketError::SalespersonBarred => Refusal::new("salesperson-barred"),
            TicketError::SalesBarred => Refusal::new("ticket-sales-barred"),
            TicketError::LevelTooHigh(level) => {
                Refusal::with("ticket-level-too-high", level.as_str())
            }
            TicketError::OwnDeclaration => Refusal::new("ticket-own-declaration"),
            TicketError::DeclarationMisplaced => Refusal::new("ticket-declaration-misplaced"),
            TicketError::NotHandler => Refusal::new("ticket-not-handler"),
            TicketError::OwnFeedback => Refusal::new("ticket-own-feedback"),
            TicketError::EvidenceMissing => Refusal::new("ticket-evidence-missing"),
            TicketError::DeclaredTooLate => Refusal::new("ticket-declared-too-late"),
            TicketError::ReasonMissing => return Self::invalid("reason", "missing"),
        };
        refusal.into()
    }
}
