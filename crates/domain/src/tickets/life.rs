//! The life of a ticket: named transitions, each refused with a reason when it does not fit.

use super::{CaseKind, EvidenceKind, TicketState};
use crate::ids::{AgentId, OrgId, UserId};
use crate::time::Instant;
use chrono::NaiveDate;

/// Someone who may be given a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// The person.
    pub user: UserId,
    /// The person's unit.
    pub org: OrgId,
    /// The salesperson that this person is.
    pub agent: Option<AgentId>,
}

/// A ticket as far as decisions need it.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// Kind of case.
    pub kind: CaseKind,
    /// Where it stands.
    pub state: TicketState,
    /// When it is due; set when it is issued.
    pub due_on: Option<NaiveDate>,
    /// Who handles it.
    pub handler: Option<UserId>,
    /// Who gave the feedback that is being judged.
    pub feedback_by: Option<UserId>,
    /// The salesperson of the policy, who may not clarify.
    pub salesperson: Option<AgentId>,
    /// Kinds of evidence attached.
    pub evidence: Vec<EvidenceKind>,
}

/// Evidence, as feedback needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence(pub EvidenceKind);

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
    /// Reports what was done.
    GiveFeedback,
    /// Judges the feedback valid.
    JudgeValid,
    /// Judges the feedback invalid.
    JudgeInvalid,
    /// Takes an invalid feedback up again.
    Redo,
    /// Corrects the contact data of a verification case.
    CorrectContact,
    /// Reports that the contact data of a verification case cannot be corrected.
    ContactUncorrectable {
        /// Why.
        reason: String,
    },
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
}

/// The change that a step makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// State after it.
    pub to: TicketState,
    /// Handler after it.
    pub handler: Option<UserId>,
    /// Due date after it.
    pub due_on: Option<NaiveDate>,
}

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// The step does not fit the state.
    #[error("not possible while the ticket is {0}")]
    WrongState(TicketState),
    /// Clarification is never given to the salesperson of the policy (B06 article 23).
    #[error("the salesperson of the policy may not clarify")]
    SalespersonBarred,
    /// Someone else handles it.
    #[error("someone else handles this ticket")]
    NotHandler,
    /// Feedback is judged by another person than the one who gave it.
    #[error("feedback is judged by another person")]
    OwnFeedback,
    /// Evidence is missing: a recording or a signed visit questionnaire.
    #[error("a recording or a signed visit questionnaire must be attached first")]
    EvidenceMissing,
    /// Special circumstances are declared before the due date, for a later one.
    #[error("special circumstances are declared before the due date, for a later one")]
    DeclaredTooLate,
    /// A reason is needed.
    #[error("a reason is needed")]
    ReasonMissing,
}

impl Ticket {
    /// Decides a step. `by` acts at `now`; `today` is the civil date of it.
    ///
    /// # Errors
    /// [`TicketError`] says why the step is refused; nothing changes then.
    pub fn decide(
        &self,
        step: &Step,
        by: UserId,
        _now: Instant,
        today: NaiveDate,
    ) -> Result<Transition, TicketError> {
        use TicketState as S;
        let stay = |to| Transition {
            to,
            handler: self.handler,
            due_on: self.due_on,
        };
        match (self.state, step) {
            (S::Open | S::Issued, Step::Issue { to, due_on }) => {
                self.refuse_salesperson(to)?;
                let due_on = Some(self.due_on.unwrap_or(*due_on));
                Ok(Transition {
                    to: S::Issued,
                    handler: Some(to.user),
                    due_on,
                })
            }
            (S::Issued | S::Transferred, Step::Accept) => {
                self.handled_by(by)?;
                Ok(stay(S::InProgress))
            }
            (S::InProgress | S::Issued, Step::DeclareSpecial { until, reason }) => {
                self.handled_by(by)?;
                self.extend(*until, reason, today)
            }
            (S::InProgress | S::Extended | S::InvalidFeedback, Step::GiveFeedback) => {
                self.handled_by(by)?;
                self.demand_evidence()?;
                Ok(stay(S::FeedbackGiven))
            }
            (S::FeedbackGiven, Step::JudgeValid | Step::JudgeInvalid) => {
                if self.feedback_by == Some(by) {
                    return Err(TicketError::OwnFeedback);
                }
                let valid = matches!(step, Step::JudgeValid);
                Ok(stay(if valid {
                    S::Verified
                } else {
                    S::InvalidFeedback
                }))
            }
            (S::InvalidFeedback, Step::Redo) => {
                self.handled_by(by)?;
                Ok(stay(S::InProgress))
            }
            (S::Issued | S::InProgress | S::Extended, Step::CorrectContact)
                if self.is_verification() =>
            {
                self.handled_by(by)?;
                Ok(stay(S::Verified))
            }
            (S::Issued | S::InProgress | S::Extended, Step::ContactUncorrectable { reason })
                if self.is_verification() =>
            {
                self.handled_by(by)?;
                demand(reason)?;
                Ok(stay(S::Closed))
            }
            (S::Verified, Step::SecondCallbackAffirmed) => Ok(stay(S::Closed)),
            (S::Verified, Step::SecondCallbackNegative) => Ok(stay(S::InProgress)),
            // Cases that follow the callback end with it; all others need a judged feedback first.
            (state, Step::CloseWithReason { reason })
                if state == S::Verified || (!state.is_final() && self.follows_callback()) =>
            {
                demand(reason)?;
                Ok(stay(S::Closed))
            }
            (state, Step::Transfer { to }) if !state.is_final() => {
                self.refuse_salesperson(to)?;
                Ok(Transition {
                    handler: Some(to.user),
                    ..stay(S::Transferred)
                })
            }
            (state, _) => Err(TicketError::WrongState(state)),
        }
    }

    /// Leaves a payout that was not confirmed to a second callback: nothing is to be done, the customer
    /// checks the account and is asked again (B13).
    ///
    /// # Errors
    /// When feedback was given already, it is no problem of an interview, or the reason is missing.
    pub fn leave_to_second_callback(&self, reason: &str) -> Result<Transition, TicketError> {
        use TicketState as S;
        let worked_on = matches!(
            self.state,
            S::Open | S::Issued | S::Transferred | S::InProgress | S::Extended
        );
        if !worked_on || self.kind != CaseKind::Problem {
            return Err(TicketError::WrongState(self.state));
        }
        demand(reason)?;
        Ok(Transition {
            to: S::Verified,
            handler: self.handler,
            due_on: self.due_on,
        })
    }

    /// Special circumstances move the last day, when they are declared before it.
    fn extend(
        &self,
        until: NaiveDate,
        reason: &str,
        today: NaiveDate,
    ) -> Result<Transition, TicketError> {
        demand(reason)?;
        let due = self.due_on.unwrap_or(today);
        if today > due || until <= due {
            return Err(TicketError::DeclaredTooLate);
        }
        Ok(Transition {
            to: TicketState::Extended,
            handler: self.handler,
            due_on: Some(until),
        })
    }

    fn is_verification(&self) -> bool {
        self.kind == CaseKind::Verification
    }

    fn follows_callback(&self) -> bool {
        matches!(self.kind, CaseKind::Failed | CaseKind::Verification)
    }

    fn handled_by(&self, by: UserId) -> Result<(), TicketError> {
        if self.handler == Some(by) {
            Ok(())
        } else {
            Err(TicketError::NotHandler)
        }
    }

    fn refuse_salesperson(&self, to: &Handler) -> Result<(), TicketError> {
        let clarifies = matches!(
            self.kind,
            CaseKind::Clarification | CaseKind::Problem | CaseKind::ContractQuality
        );
        let barred = clarifies && to.agent.is_some() && to.agent == self.salesperson;
        if barred {
            Err(TicketError::SalespersonBarred)
        } else {
            Ok(())
        }
    }

    /// Clarification closes with proof only: a recording or a signed questionnaire.
    fn demand_evidence(&self) -> Result<(), TicketError> {
        let proof = |k: &EvidenceKind| {
            matches!(
                k,
                EvidenceKind::Recording | EvidenceKind::SignedVisitQuestionnaire
            )
        };
        let needed = self.kind == CaseKind::Clarification;
        if needed && !self.evidence.iter().any(proof) {
            return Err(TicketError::EvidenceMissing);
        }
        Ok(())
    }
}

fn demand(reason: &str) -> Result<(), TicketError> {
    if reason.trim().is_empty() {
        Err(TicketError::ReasonMissing)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
