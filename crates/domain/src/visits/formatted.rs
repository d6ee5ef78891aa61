//! Formatted visit questionnaires (B09 §8): the requesting department, its head and the supervising
//! executive agree one after the other, then the customer-service office carries out.

use crate::access::{Chain, SamePerson, Stage};
use crate::ids::UserId;

codes! {
    /// Where a formatted questionnaire stands (requirements §4.7): who agreed last.
    pub enum FormattedState ("state of a formatted questionnaire") {
        /// Being written.
        Drafted = "drafted",
        /// The requesting department put it forward.
        OaRequester = "oa_requester",
        /// The head of the department agreed.
        OaHead = "oa_head",
        /// The supervising executive agreed.
        OaExecutive = "oa_executive",
        /// The customer-service office took it over; visits may use it.
        ReadyForService = "ready_for_service",
        /// Carried out.
        Executed = "executed",
    }
}

/// A formatted questionnaire as far as decisions need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formatted {
    /// Where it stands.
    pub state: FormattedState,
    /// Who wrote it.
    pub author: UserId,
    /// Who agreed as head of the department.
    pub head: Option<UserId>,
    /// Visits that used it and are filed.
    pub visits_filed: i64,
}

/// What someone does with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainStep {
    /// The author puts it forward.
    Submit,
    /// The head of the department agrees.
    HeadAgrees,
    /// The supervising executive agrees.
    ExecutiveAgrees,
    /// The customer-service office takes it over.
    TakeOver,
    /// The customer-service office reports it as carried out.
    Finish,
    /// Somebody gives it back to the author.
    Return {
        /// Why.
        reason: String,
    },
}

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// The step does not fit the state.
    #[error("not possible while the questionnaire is {0}")]
    WrongState(FormattedState),
    /// Only the author puts it forward.
    #[error("only the author puts it forward")]
    NotAuthor,
    /// Each agrees once: requester, head and executive are different persons.
    #[error("requester, head and executive are different persons")]
    SamePerson,
    /// No visit with it was filed yet.
    #[error("no visit with it was filed yet")]
    NotCarriedOut,
    /// A reason is needed.
    #[error("a reason is needed")]
    ReasonMissing,
}

impl Formatted {
    /// Decides a step; the state after it.
    ///
    /// # Errors
    /// [`ChainError`] says why the step is refused.
    pub fn decide(&self, step: &ChainStep, by: UserId) -> Result<FormattedState, ChainError> {
        use FormattedState as S;
        match (self.state, step) {
            (S::Drafted, ChainStep::Submit) => {
                if by != self.author {
                    return Err(ChainError::NotAuthor);
                }
                Ok(S::OaRequester)
            }
            (S::OaRequester, ChainStep::HeadAgrees) => {
                self.turn_of(Stage::Head, by)?;
                Ok(S::OaHead)
            }
            (S::OaHead, ChainStep::ExecutiveAgrees) => {
                self.turn_of(Stage::Executive, by)?;
                Ok(S::OaExecutive)
            }
            (S::OaExecutive, ChainStep::TakeOver) => {
                self.turn_of(Stage::Service, by)?;
                Ok(S::ReadyForService)
            }
            (S::ReadyForService, ChainStep::Finish) => {
                if self.visits_filed == 0 {
                    return Err(ChainError::NotCarriedOut);
                }
                Ok(S::Executed)
            }
            (S::OaRequester | S::OaHead | S::OaExecutive, ChainStep::Return { reason }) => {
                self.turn_of(Stage::Service, by)?;
                if reason.trim().is_empty() {
                    return Err(ChainError::ReasonMissing);
                }
                Ok(S::Drafted)
            }
            (state, _) => Err(ChainError::WrongState(state)),
        }
    }

    fn turn_of(&self, stage: Stage, by: UserId) -> Result<(), SamePerson> {
        let chain = Chain {
            author: self.author,
            head: self.head,
            executive: None,
        };
        chain.turn_of(stage, by)
    }
}

impl From<SamePerson> for ChainError {
    fn from(_: SamePerson) -> Self {
        Self::SamePerson
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn user(n: u128) -> UserId {
        UserId(Uuid::from_u128(n))
    }

    fn at(state: FormattedState) -> Formatted {
        Formatted {
            state,
            author: user(1),
            head: Some(user(2)),
            visits_filed: 1,
        }
    }

    #[test]
    fn the_chain_goes_through_different_persons() {
        use FormattedState as S;
        for (state, step, by, to) in [
            (S::Drafted, ChainStep::Submit, 1, S::OaRequester),
            (S::OaRequester, ChainStep::HeadAgrees, 2, S::OaHead),
            (S::OaHead, ChainStep::ExecutiveAgrees, 3, S::OaExecutive),
            (S::OaExecutive, ChainStep::TakeOver, 2, S::ReadyForService),
            (S::ReadyForService, ChainStep::Finish, 2, S::Executed),
        ] {
            assert_eq!(at(state).decide(&step, user(by)), Ok(to), "{state}");
        }
        for (state, step, by) in [
            (S::OaRequester, ChainStep::HeadAgrees, 1),
            (S::OaHead, ChainStep::ExecutiveAgrees, 1),
            (S::OaHead, ChainStep::ExecutiveAgrees, 2),
            (S::OaExecutive, ChainStep::TakeOver, 1),
        ] {
            let decided = at(state).decide(&step, user(by));
            assert_eq!(decided, Err(ChainError::SamePerson), "{state}");
        }
    }

    #[test]
    fn no_step_is_left_out_and_giving_back_says_why() {
        use FormattedState as S;
        let skipped = at(S::OaRequester).decide(&ChainStep::TakeOver, user(2));
        assert_eq!(skipped, Err(ChainError::WrongState(S::OaRequester)));
        let back = |reason: &str| ChainStep::Return {
            reason: reason.into(),
        };
        assert_eq!(
            at(S::OaHead).decide(&back(""), user(2)),
            Err(ChainError::ReasonMissing)
        );
        assert_eq!(
            at(S::OaHead).decide(&back("问题重复"), user(3)),
            Ok(S::Drafted)
        );
        let unused = Formatted {
            visits_filed: 0,
            ..at(S::ReadyForService)
        };
        assert_eq!(
            unused.decide(&ChainStep::Finish, user(2)),
            Err(ChainError::NotCarriedOut)
        );
    }
}
