//! The life of an assessment: written by one person, confirmed by another.

use super::AssessmentState;
use crate::ids::UserId;

/// An assessment as far as decisions need it.
#[derive(Clone, Copy, Debug)]
pub struct Assessment {
    /// Where it stands.
    pub state: AssessmentState,
    /// Who wrote it.
    pub made_by: UserId,
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssessmentCommand {
    /// Writes the answers anew.
    Change,
    /// Puts it before another person.
    Submit,
    /// Puts it in force.
    Confirm,
    /// Sends it back with a reason.
    Return,
}

/// Why a step is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssessmentError {
    /// It does not fit the state.
    #[error("the assessment is {0}")]
    WrongState(AssessmentState),
    /// Who wrote it does not confirm it.
    #[error("an assessment is confirmed by another person than the one who wrote it")]
    SamePerson,
}

impl Assessment {
    /// The state after a step that somebody takes.
    ///
    /// # Errors
    /// [`AssessmentError`] says why not.
    pub fn decide(
        self,
        command: AssessmentCommand,
        by: UserId,
    ) -> Result<AssessmentState, AssessmentError> {
        use AssessmentState::{Confirmed, Draft, Submitted};
        let next = match (self.state, command) {
            (Draft, AssessmentCommand::Change) => Draft,
            (Draft, AssessmentCommand::Submit) => Submitted,
            (Submitted, AssessmentCommand::Confirm) => Confirmed,
            (Submitted, AssessmentCommand::Return) => Draft,
            (state, _) => return Err(AssessmentError::WrongState(state)),
        };
        if command == AssessmentCommand::Confirm && self.made_by == by {
            return Err(AssessmentError::SamePerson);
        }
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AssessmentCommand::{Change, Confirm, Return, Submit};
    use uuid::Uuid;

    #[test]
    fn another_person_confirms_what_was_submitted() {
        let (one, two) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let at = |state| Assessment {
            state,
            made_by: one,
        };
        let (draft, sent) = (AssessmentState::Draft, AssessmentState::Submitted);
        assert_eq!(at(draft).decide(Change, one), Ok(draft));
        assert_eq!(at(draft).decide(Submit, one), Ok(sent));
        assert_eq!(
            at(sent).decide(Confirm, one),
            Err(AssessmentError::SamePerson)
        );
        assert_eq!(
            at(sent).decide(Confirm, two),
            Ok(AssessmentState::Confirmed)
        );
        assert_eq!(at(sent).decide(Return, two), Ok(draft));
        for state in [AssessmentState::Confirmed, AssessmentState::Superseded] {
            for command in [Change, Submit, Confirm, Return] {
                assert_eq!(
                    at(state).decide(command, two),
                    Err(AssessmentError::WrongState(state))
                );
            }
        }
        assert!(at(draft).decide(Confirm, two).is_err());
    }
}
