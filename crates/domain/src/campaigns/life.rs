//! The life of a campaign: one decision function, and who may leave the list.

use super::{CampaignState, CampaignStep};
use crate::callbacks::CallbackState;
use crate::ids::UserId;

/// A campaign as far as decisions need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// Where it stands.
    pub state: CampaignState,
    /// Who made it.
    pub made_by: UserId,
    /// Who put customers on the list.
    pub listed_by: Vec<UserId>,
    /// Customers on the list.
    pub members: i64,
    /// Customers on the list whose callback is still to come or open.
    pub open: i64,
    /// Steps that were taken.
    pub steps: Vec<CampaignStep>,
    /// Measures of improvement.
    pub measures: i64,
}

/// What someone does with a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CampaignCommand {
    /// Changes title, goal or period.
    Change,
    /// Puts customers on the list.
    Add {
        /// Why, after the release.
        reason: String,
    },
    /// Takes a customer off the list.
    Remove {
        /// Why, after the release.
        reason: String,
    },
    /// Sets time and channel, or prepares material and questions.
    Prepare(CampaignStep),
    /// Puts the list before sales.
    Submit,
    /// Confirms the list for sales.
    Confirm,
    /// Sends the list back.
    SendBack {
        /// Why.
        reason: String,
    },
    /// Lets the callbacks come into being.
    Release,
    /// Notes that the callbacks were carried out.
    Finish,
    /// Analyses the results.
    Analyse {
        /// What they say.
        text: String,
    },
    /// Adds or changes a measure of improvement.
    Measure,
    /// Notes that the measures are complete.
    Improve,
    /// Closes the campaign.
    Close,
    /// Gives it up.
    Cancel {
        /// Why.
        reason: String,
    },
}

/// Why a command is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CampaignError {
    /// The command does not fit the state.
    #[error("not possible while the campaign is {0}")]
    WrongState(CampaignState),
    /// Nobody confirms a list that they made.
    #[error("who made the list does not confirm it")]
    SamePerson,
    /// No customer is on the list.
    #[error("no customer is on the list")]
    ListEmpty,
    /// A step is missing.
    #[error("the step {0} is missing")]
    StepMissing(CampaignStep),
    /// Callbacks are still open.
    #[error("callbacks are still open")]
    StillOpen,
    /// No measure is there.
    #[error("no measure is there")]
    MeasureMissing,
    /// A reason is needed.
    #[error("a reason is needed")]
    ReasonMissing,
    /// A text is needed.
    #[error("a text is needed")]
    TextMissing,
    /// The programme accepts no removal by hand.
    #[error("the programme accepts no removal by hand")]
    RemovalBarred,
    /// Somebody is calling.
    #[error("somebody is calling")]
    UnderWay,
    /// The callback has ended.
    #[error("the callback has ended")]
    Ended,
}

impl Campaign {
    /// Decides a command; the state after it.
    ///
    /// # Errors
    /// [`CampaignError`] says why the command is refused.
    pub fn decide(
        &self,
        command: &CampaignCommand,
        by: UserId,
    ) -> Result<CampaignState, CampaignError> {
        use CampaignCommand as C;
        use CampaignState as S;
        match (self.state, command) {
            (S::Draft, C::Change | C::Add { .. } | C::Remove { .. }) => Ok(S::Draft),
            (S::Released, C::Add { reason } | C::Remove { reason }) => {
                demand(reason)?;
                Ok(S::Released)
            }
            (state @ (S::Draft | S::ToConfirm | S::Confirmed), C::Prepare(_)) => Ok(state),
            (S::Draft, C::Submit) if self.members == 0 => Err(CampaignError::ListEmpty),
            (S::Draft, C::Submit) => Ok(S::ToConfirm),
            (S::ToConfirm, C::Confirm) => self.confirm(by),
            (S::ToConfirm | S::Confirmed, C::SendBack { reason }) => {
                demand(reason)?;
                Ok(S::Draft)
            }
            (S::Confirmed, C::Release) => {
                let before = [
                    CampaignStep::Goal,
                    CampaignStep::Channel,
                    CampaignStep::Material,
                ];
                self.demand_steps(&before)?;
                Ok(S::Released)
            }
            (S::Released, C::Finish) if self.open > 0 => Err(CampaignError::StillOpen),
            (S::Released, C::Finish | C::Measure) => Ok(S::Released),
            (S::Released, C::Analyse { text }) => {
                self.demand_steps(&[CampaignStep::Execution])?;
                if text.trim().is_empty() {
                    return Err(CampaignError::TextMissing);
                }
                Ok(S::Released)
            }
            (S::Released, C::Improve) => {
                self.demand_steps(&[CampaignStep::Analysis])?;
                if self.measures == 0 {
                    return Err(CampaignError::MeasureMissing);
                }
                Ok(S::Released)
            }
            (S::Released, C::Close) if self.open > 0 => Err(CampaignError::StillOpen),
            (S::Released, C::Close) => {
                self.demand_steps(CampaignStep::ALL)?;
                Ok(S::Closed)
            }
            (S::Draft | S::ToConfirm | S::Confirmed, C::Cancel { reason }) => {
                demand(reason)?;
                Ok(S::Cancelled)
            }
            (state, _) => Err(CampaignError::WrongState(state)),
        }
    }

    /// The list is confirmed by another person than those who made it (B01 §5(一)).
    fn confirm(&self, by: UserId) -> Result<CampaignState, CampaignError> {
        if self.members == 0 {
            return Err(CampaignError::ListEmpty);
        }
        if self.made_by == by || self.listed_by.contains(&by) {
            return Err(CampaignError::SamePerson);
        }
        Ok(CampaignState::Confirmed)
    }

    fn demand_steps(&self, steps: &[CampaignStep]) -> Result<(), CampaignError> {
        let missing = steps.iter().find(|s| !self.steps.contains(s));
        missing.map_or(Ok(()), |s| Err(CampaignError::StepMissing(*s)))
    }
}

fn demand(reason: &str) -> Result<(), CampaignError> {
    if reason.trim().is_empty() {
        return Err(CampaignError::ReasonMissing);
    }
    Ok(())
}

/// A customer on a released list, as far as taking it off needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The programme of its obligation accepts removals by hand; compliance programmes do not.
    pub removal_allowed: bool,
    /// Where its callback stands; nothing when there is none yet.
    pub callback: Option<CallbackState>,
}

impl Listed {
    /// Whether the customer may be taken off.
    ///
    /// # Errors
    /// [`CampaignError`] says why not.
    pub fn check_removal(self) -> Result<(), CampaignError> {
        if !self.removal_allowed {
            return Err(CampaignError::RemovalBarred);
        }
        match self.callback {
            Some(CallbackState::InProgress) => Err(CampaignError::UnderWay),
            Some(state) if !state.is_open() => Err(CampaignError::Ended),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn person(n: u128) -> UserId {
        UserId(Uuid::from_u128(n))
    }

    fn campaign(state: CampaignState) -> Campaign {
        Campaign {
            state,
            made_by: person(1),
            listed_by: vec![person(1), person(2)],
            members: 3,
            open: 0,
            steps: Vec::new(),
            measures: 0,
        }
    }

    fn reason(text: &str) -> CampaignCommand {
        CampaignCommand::Remove {
            reason: text.into(),
        }
    }

    #[test]
    fn another_person_confirms_the_list() {
        let waiting = campaign(CampaignState::ToConfirm);
        for own in [1, 2] {
            let refused = waiting.decide(&CampaignCommand::Confirm, person(own));
            assert_eq!(refused, Err(CampaignError::SamePerson));
        }
        let confirmed = waiting.decide(&CampaignCommand::Confirm, person(3));
        assert_eq!(confirmed, Ok(CampaignState::Confirmed));
        let empty = Campaign {
            members: 0,
            ..campaign(CampaignState::Draft)
        };
        let refused = empty.decide(&CampaignCommand::Submit, person(1));
        assert_eq!(refused, Err(CampaignError::ListEmpty));
    }

    #[test]
    fn six_steps_before_the_end() {
        use CampaignStep as S;
        let steps = |steps: &[S]| Campaign {
            steps: steps.to_vec(),
            measures: 1,
            ..campaign(CampaignState::Released)
        };
        for (at, missing) in S::ALL.iter().enumerate() {
            let refused = steps(&S::ALL[..at]).decide(&CampaignCommand::Close, person(1));
            assert_eq!(refused, Err(CampaignError::StepMissing(*missing)));
        }
        let all = steps(S::ALL);
        let closed = all.decide(&CampaignCommand::Close, person(1));
        assert_eq!(closed, Ok(CampaignState::Closed));
        let open = Campaign { open: 1, ..all };
        for command in [CampaignCommand::Finish, CampaignCommand::Close] {
            let refused = open.decide(&command, person(1));
            assert_eq!(refused, Err(CampaignError::StillOpen));
        }
        let early = campaign(CampaignState::Confirmed);
        let refused = early.decide(&CampaignCommand::Release, person(1));
        assert_eq!(refused, Err(CampaignError::StepMissing(S::Goal)));
        let bare = Campaign {
            measures: 0,
            ..steps(S::ALL)
        };
        let refused = bare.decide(&CampaignCommand::Improve, person(1));
        assert_eq!(refused, Err(CampaignError::MeasureMissing));
    }

    #[test]
    fn after_the_release_a_reason_is_needed() {
        let released = campaign(CampaignState::Released);
        assert!(released.decide(&reason("客户要求"), person(1)).is_ok());
        let refused = released.decide(&reason(" "), person(1));
        assert_eq!(refused, Err(CampaignError::ReasonMissing));
        assert!(
            campaign(CampaignState::Draft)
                .decide(&reason(""), person(1))
                .is_ok()
        );
        for state in [CampaignState::ToConfirm, CampaignState::Closed] {
            let refused = campaign(state).decide(&reason("x"), person(1));
            assert_eq!(refused, Err(CampaignError::WrongState(state)));
        }
    }

    #[test]
    fn compliance_programmes_accept_no_removal() {
        let listed = |removal_allowed, callback| Listed {
            removal_allowed,
            callback,
        };
        let table = [
            (listed(true, None), Ok(())),
            (listed(true, Some(CallbackState::Planned)), Ok(())),
            (
                listed(true, Some(CallbackState::InProgress)),
                Err(CampaignError::UnderWay),
            ),
            (
                listed(true, Some(CallbackState::Completed)),
                Err(CampaignError::Ended),
            ),
            (
                listed(false, Some(CallbackState::Planned)),
                Err(CampaignError::RemovalBarred),
            ),
        ];
        for (listed, expected) in table {
            assert_eq!(listed.check_removal(), expected, "{listed:?}");
        }
    }
}
