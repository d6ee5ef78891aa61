//! A survey from the application to the archive (requirements §4.11).

use super::{SurveyState, Verdict};
use crate::access::duties::{Duty, apart_from_doer};
use crate::access::{Chain, SamePerson, Stage};
use crate::ids::UserId;
use chrono::NaiveDate;

/// A survey as far as decisions need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// Where it stands.
    pub state: SurveyState,
    /// Who asked for it, and who agreed.
    pub chain: Chain,
    /// Who agreed as general manager.
    pub manager: Option<UserId>,
    /// Last day on which answers are taken.
    pub to_on: NaiveDate,
    /// Surveys of the kind that the year has seen against the limit; nothing without a limit.
    pub counted: Option<Counted>,
    /// Improvement measures that are set.
    pub measures: i64,
}

/// How many were launched in the year, and how many need no general manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Launched in the year, besides this one.
    pub launched: i64,
    /// The limit.
    pub limit: i64,
}

impl Counted {
    /// Whether one more is over the limit (B09 §11(1)).
    pub fn is_over(self) -> bool {
        self.launched >= self.limit
    }
}

codes! {
    /// What someone does with a survey.
    pub enum SurveyStep ("step of a survey") {
        /// The requester puts it forward.
        Submit = "submit",
        /// The head of the department agrees.
        HeadApproves = "head_approves",
        /// The supervising executive agrees.
        ExecutiveApproves = "executive_approves",
        /// The general manager agrees to one over the limit.
        ManagerApproves = "manager_approves",
        /// One of them refuses.
        Reject = "reject",
        /// The requester takes a refused one up again.
        Revise = "revise",
        /// The customer-service office builds the electronic questionnaire.
        Build = "build",
        /// The requester confirms it.
        Confirm = "confirm",
        /// The requester gives it back.
        GiveBack = "give_back",
        /// The customer-service office sends it out.
        Launch = "launch",
        /// The customer-service office ends the collection.
        Close = "close",
        /// The customer-service office puts the results together and tells those concerned.
        Collate = "collate",
        /// The requester reports, with feedback on suggestions.
        Report = "report",
        /// The requester declares the measures of the departments complete.
        SetMeasures = "set_measures",
        /// The customer-service office files it.
        Archive = "archive",
    }
}

impl SurveyStep {
    /// Whether a reason is demanded.
    pub fn needs_reason(self) -> bool {
        matches!(self, Self::Reject | Self::GiveBack)
    }

    /// Whether the customer-service office does it, never the requester (B09 §13).
    pub fn is_of_office(self) -> bool {
        matches!(
            self,
            Self::Build | Self::Launch | Self::Close | Self::Collate | Self::Archive
        )
    }
}

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SurveyError {
    /// The step does not fit the state.
    #[error("not possible while the survey is {0}")]
    WrongState(SurveyState),
    /// Only who asked for it does that.
    #[error("only who asked for it does that")]
    NotRequester,
    /// The requester neither builds nor distributes.
    #[error("the requester neither builds nor distributes")]
    Requester(Duty),
    /// Requester, head, executive and general manager are different persons.
    #[error("requester, head, executive and general manager are different persons")]
    SamePerson,
    /// Over the limit of the year: the general manager has to agree.
    #[error("over the limit of the year: the general manager has to agree")]
    OverLimit(Counted),
    /// Within the limit the general manager is not asked.
    #[error("within the limit the general manager is not asked")]
    WithinLimit,
    /// The date range is over.
    #[error("the date range is over")]
    Over,
    /// Ending before the date range does needs a reason.
    #[error("ending before the date range does needs a reason")]
    Early,
    /// A reason is needed.
    #[error("a reason is needed")]
    ReasonMissing,
    /// No improvement measure is set.
    #[error("no improvement measure is set")]
    NoMeasures,
}

impl From<SamePerson> for SurveyError {
    fn from(_: SamePerson) -> Self {
        Self::SamePerson
    }
}

impl Survey {
    /// Decides a step; the state after it.
    ///
    /// # Errors
    /// [`SurveyError`] says why the step is refused.
    pub fn decide(
        &self,
        step: SurveyStep,
        by: UserId,
        has_reason: bool,
        today: NaiveDate,
    ) -> Result<SurveyState, SurveyError> {
        let after = self.fits(step)?;
        if step.needs_reason() && !has_reason {
            return Err(SurveyError::ReasonMissing);
        }
        if step.is_of_office() {
            let requester = Some(self.chain.author);
            apart_from_doer(Duty::SurveyRequester, requester, Some(by))
                .map_err(SurveyError::Requester)?;
        }
        self.may_take(step, by)?;
        match step {
            SurveyStep::Build | SurveyStep::Launch if self.needs_manager() => {
                let counted = self.counted.unwrap_or(Counted {
                    launched: 0,
                    limit: 0,
                });
                Err(SurveyError::OverLimit(counted))
            }
            SurveyStep::Launch if today > self.to_on => Err(SurveyError::Over),
            SurveyStep::Close if today <= self.to_on && !has_reason => Err(SurveyError::Early),
            SurveyStep::SetMeasures if self.measures == 0 => Err(SurveyError::NoMeasures),
            SurveyStep::ManagerApproves if !self.needs_manager() => Err(SurveyError::WithinLimit),
            _ => Ok(after),
        }
    }

    /// Whether the general manager still has to agree.
    pub fn needs_manager(&self) -> bool {
        self.manager.is_none() && self.counted.is_some_and(Counted::is_over)
    }

    fn fits(&self, step: SurveyStep) -> Result<SurveyState, SurveyError> {
        use SurveyState as S;
        use SurveyStep as T;
        Ok(match (self.state, step) {
            (S::Draft, T::Submit) => S::Submitted,
            (S::Submitted, T::HeadApproves) => S::HeadApproved,
            (S::HeadApproved, T::ExecutiveApproves) => S::ExecutiveApproved,
            (S::ExecutiveApproved, T::ManagerApproves) => S::ManagerApproved,
            // Others may have been launched since; the questionnaire stays as it is.
            (S::Built | S::Returned | S::Confirmed, T::ManagerApproves) => self.state,
            (S::Submitted | S::HeadApproved | S::ExecutiveApproved | S::Confirmed, T::Reject) => {
                S::Rejected
            }
            (S::Rejected, T::Revise) => S::Draft,
            (S::ExecutiveApproved | S::ManagerApproved | S::Built | S::Returned, T::Build) => {
                S::Built
            }
            (S::Built, T::Confirm) => S::Confirmed,
            (S::Built | S::Confirmed, T::GiveBack) => S::Returned,
            (S::Confirmed, T::Launch) => S::Running,
            (S::Running, T::Close) => S::Closed,
            (S::Closed, T::Collate) => S::Collated,
            (S::Collated, T::Report) => S::Reported,
            (S::Reported, T::SetMeasures) => S::MeasuresSet,
            (S::MeasuresSet, T::Archive) => S::Archived,
            (state, _) => return Err(SurveyError::WrongState(state)),
        })
    }

    fn may_take(&self, step: SurveyStep, by: UserId) -> Result<(), SurveyError> {
        use SurveyStep as T;
        match step {
            T::Submit | T::Revise | T::Confirm | T::GiveBack | T::Report | T::SetMeasures
                if by != self.chain.author =>
            {
                Err(SurveyError::NotRequester)
            }
            T::HeadApproves | T::Reject => Ok(self.chain.turn_of(Stage::Head, by)?),
            T::ExecutiveApproves => Ok(self.chain.turn_of(Stage::Executive, by)?),
            T::ManagerApproves => Ok(self.chain.turn_of(Stage::GeneralManager, by)?),
            _ => Ok(()),
        }
    }
}

impl Verdict {
    /// Whether the questionnaire counts.
    pub fn is_valid(self) -> bool {
        self == Self::Valid
    }
}

#[cfg(test)]
mod tests;
