//! The life of a flag that a person asked for: raised and withdrawn with the agreement of another.

use super::{FlagSource, FlagState};
use crate::ids::UserId;

/// A flag as far as decisions need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Where it comes from.
    pub source: FlagSource,
    /// Where it stands.
    pub state: FlagState,
    /// Who asked last: for the flag, or for its withdrawal.
    pub asked_by: Option<UserId>,
}

/// What someone does with a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagCommand {
    /// Asks to withdraw it.
    AskWithdrawal,
    /// Agrees to what was asked.
    Agree,
    /// Does not agree.
    Refuse,
}

/// Why a command is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlagError {
    /// The command does not fit the state.
    #[error("not possible while the flag is {0}")]
    WrongState(FlagState),
    /// It hangs on the class of the customer.
    #[error("the flag follows the class of the customer")]
    ByClass,
    /// Nobody agrees to what they asked for.
    #[error("who asked does not decide")]
    SamePerson,
}

impl Flag {
    /// Decides a command; the state after it.
    ///
    /// # Errors
    /// [`FlagError`] says why the command is refused.
    pub fn decide(self, command: FlagCommand, by: UserId) -> Result<FlagState, FlagError> {
        use FlagCommand as C;
        use FlagState as S;
        if self.source == FlagSource::Class {
            return Err(FlagError::ByClass);
        }
        let decides = matches!(command, C::Agree | C::Refuse);
        let waits = matches!(self.state, S::Asked | S::WithdrawalAsked);
        if decides && waits && self.asked_by == Some(by) {
            return Err(FlagError::SamePerson);
        }
        match (self.state, command) {
            (S::Raised, C::AskWithdrawal) => Ok(S::WithdrawalAsked),
            (S::Asked, C::Agree) | (S::WithdrawalAsked, C::Refuse) => Ok(S::Raised),
            (S::Asked, C::Refuse) => Ok(S::Refused),
            (S::WithdrawalAsked, C::Agree) => Ok(S::Withdrawn),
            (state, _) => Err(FlagError::WrongState(state)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn another_person_agrees() {
        use FlagCommand as C;
        use FlagState as S;
        let (one, two) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let flag = |state| Flag {
            source: FlagSource::Hand,
            state,
            asked_by: Some(one),
        };
        for (state, command, expected) in [
            (S::Asked, C::Agree, Ok(S::Raised)),
            (S::Asked, C::Refuse, Ok(S::Refused)),
            (
                S::Asked,
                C::AskWithdrawal,
                Err(FlagError::WrongState(S::Asked)),
            ),
            (S::Raised, C::AskWithdrawal, Ok(S::WithdrawalAsked)),
            (S::Raised, C::Agree, Err(FlagError::WrongState(S::Raised))),
            (S::WithdrawalAsked, C::Agree, Ok(S::Withdrawn)),
            (S::WithdrawalAsked, C::Refuse, Ok(S::Raised)),
            (
                S::Withdrawn,
                C::Agree,
                Err(FlagError::WrongState(S::Withdrawn)),
            ),
            (S::Refused, C::Agree, Err(FlagError::WrongState(S::Refused))),
        ] {
            assert_eq!(
                flag(state).decide(command, two),
                expected,
                "{state} {command:?}"
            );
        }
        for state in [S::Asked, S::WithdrawalAsked] {
            let own = flag(state).decide(C::Agree, one);
            assert_eq!(own, Err(FlagError::SamePerson));
        }
        let by_class = Flag {
            source: FlagSource::Class,
            ..flag(S::Raised)
        };
        let refused = by_class.decide(C::AskWithdrawal, two);
        assert_eq!(refused, Err(FlagError::ByClass));
    }
}
