//! The life of a ticket: named transitions, each refused with a reason when it does not fit.

use super::{CaseKind, EvidenceKind, Step, TicketState};
use crate::access::OrgLevel;
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
    /// Level of that unit.
    pub level: OrgLevel,
    /// The salesperson that this person is.
    pub agent: Option<AgentId>,
}

/// Special circumstances that somebody declared and nobody has decided on yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The last day that was asked for.
    pub until: NaiveDate,
    /// Who declared them.
    pub by: UserId,
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
    /// Declared circumstances that wait for a decision.
    pub declared: Option<Declaration>,
    /// The salesperson of the policy may not clarify it (B06 article 23; life insurance).
    pub bars_salesperson: bool,
    /// The law wants it solved by people who do not sell (2010 No. 4, article 18).
    pub bars_sales: bool,
    /// The highest level of units that may have it.
    pub level_at_most: Option<OrgLevel>,
}

/// Evidence, as feedback needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence(pub EvidenceKind);

/// The change that a step makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// State after it.
    pub to: TicketState,
    /// Handler after it.
    pub handler: Option<UserId>,
    /// Due date after it.
    pub due_on: Option<NaiveDate>,
    /// Declared circumstances after it.
    pub declared: Option<Declaration>,
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
    /// Problems found in a callback are solved by people who do not sell (2010 No. 4, article 18).
    #[error("people who sell may not solve it")]
    SalesBarred,
    /// The case belongs to a unit of a lower level.
    #[error("the case belongs to units from the level {0} down")]
    LevelTooHigh(OrgLevel),
    /// Someone else handles it.
    #[error("someone else handles this ticket")]
    NotHandler,
    /// Feedback is judged by another person than the one who gave it.
    #[error("feedback is judged by another person")]
    OwnFeedback,
    /// Special circumstances are agreed to by another person than the one who declared them.
    #[error("special circumstances are decided on by another person")]
    OwnDeclaration,
    /// A declaration waits for a decision already, or none does.
    #[error("there is no declaration to decide on, or one waits already")]
    DeclarationMisplaced,
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
        match step {
            Step::Issue { .. } | Step::Transfer { .. } | Step::Remind => self.give(step),
            Step::DeclareSpecial { .. } | Step::ApproveSpecial | Step::RefuseSpecial { .. } => {
                self.circumstances(step, by, today)
            }
            Step::JudgeValid | Step::JudgeInvalid { .. } | Step::CloseWithReason { .. } => {
                self.judge(step, by)
            }
            Step::SecondCallbackBegun
            | Step::LetterSent
            | Step::VisitPlanned
            | Step::SecondCallbackAffirmed
            | Step::SecondCallbackNegative => self.follow(step),
            Step::Accept
            | Step::GiveFeedback
            | Step::Redo
            | Step::CorrectContact
            | Step::ContactUncorrectable { .. } => self.work(step, by),
        }
    }

    /// Whether somebody may be given it at all.
    pub fn accepts(&self, to: &Handler) -> bool {
        self.refuse_handler(to).is_ok()
    }

    fn stay(&self, to: TicketState) -> Transition {
        Transition {
            to,
            handler: self.handler,
            due_on: self.due_on,
            declared: self.declared.filter(|_| !to.is_processed()),
        }
    }

    fn wrong(&self) -> TicketError {
        TicketError::WrongState(self.state)
    }

    /// The state in which somebody works on a case of this kind.
    fn at_work(&self) -> TicketState {
        match self.kind {
            CaseKind::Verification => TicketState::ContactBeingChecked,
            CaseKind::Failed | CaseKind::Letter => TicketState::BranchAssigned,
            CaseKind::Problem | CaseKind::ContractQuality | CaseKind::Clarification => {
                TicketState::InProgress
            }
        }
    }

    /// Issuing, transferring, urging.
    fn give(&self, step: &Step) -> Result<Transition, TicketError> {
        use TicketState as S;
        match (self.state, step) {
            (
                S::Open | S::Issued | S::ContactBeingChecked | S::BranchAssigned,
                Step::Issue { to, due_on },
            ) => {
                self.refuse_handler(to)?;
                let state = match self.at_work() {
                    S::InProgress => S::Issued,
                    own => own,
                };
                Ok(Transition {
                    handler: Some(to.user),
                    due_on: Some(self.due_on.unwrap_or(*due_on)),
                    ..self.stay(state)
                })
            }
            (state, Step::Transfer { to }) if !state.is_final() => {
                self.refuse_handler(to)?;
                Ok(Transition {
                    handler: Some(to.user),
                    ..self.stay(S::Transferred)
                })
            }
            (state, Step::Remind) if self.handler.is_some() && !state.is_processed() => {
                Ok(self.stay(state))
            }
            _ => Err(self.wrong()),
        }
    }

    /// Special circumstances: declared by the handler before the last day, agreed to by another person.
    fn circumstances(
        &self,
        step: &Step,
        by: UserId,
        today: NaiveDate,
    ) -> Result<Transition, TicketError> {
        use TicketState as S;
        let may_wait = matches!(
            self.state,
            S::Issued | S::InProgress | S::ContactBeingChecked | S::BranchAssigned
        );
        if !may_wait {
            return Err(self.wrong());
        }
        match (step, self.declared) {
            (Step::DeclareSpecial { until, reason }, None) => {
                self.handled_by(by)?;
                demand(reason)?;
                let due = self.due_on.unwrap_or(today);
                if today > due || *until <= due {
                    return Err(TicketError::DeclaredTooLate);
                }
                let declared = Some(Declaration { until: *until, by });
                Ok(Transition {
                    declared,
                    ..self.stay(self.state)
                })
            }
            (_, Some(declared)) if declared.by == by => Err(TicketError::OwnDeclaration),
            (Step::ApproveSpecial, Some(declared)) => Ok(Transition {
                due_on: Some(declared.until),
                declared: None,
                ..self.stay(S::Extended)
            }),
            (Step::RefuseSpecial { reason }, Some(_)) => {
                demand(reason)?;
                Ok(Transition {
                    declared: None,
                    ..self.stay(self.state)
                })
            }
            _ => Err(TicketError::DeclarationMisplaced),
        }
    }

    /// What the handler does.
    fn work(&self, step: &Step, by: UserId) -> Result<Transition, TicketError> {
        use TicketState as S;
        let verification = self.kind == CaseKind::Verification;
        match (self.state, step) {
            (S::Issued | S::Transferred, Step::Accept) => {
                self.handled_by(by)?;
                Ok(self.stay(self.at_work()))
            }
            (S::InProgress | S::Extended | S::InvalidFeedback, Step::GiveFeedback) => {
                self.handled_by(by)?;
                self.demand_evidence()?;
                Ok(self.stay(S::FeedbackGiven))
            }
            (S::InvalidFeedback, Step::Redo) => {
                self.handled_by(by)?;
                Ok(self.stay(S::InProgress))
            }
            (S::ContactBeingChecked | S::Extended, Step::CorrectContact) if verification => {
                self.handled_by(by)?;
                Ok(self.stay(S::Corrected))
            }
            (S::ContactBeingChecked | S::Extended, Step::ContactUncorrectable { reason })
                if verification =>
            {
                self.handled_by(by)?;
                demand(reason)?;
                Ok(self.stay(S::Closed))
            }
            _ => Err(self.wrong()),
        }
    }

    /// Judging feedback, and closing without a second callback.
    fn judge(&self, step: &Step, by: UserId) -> Result<Transition, TicketError> {
        use TicketState as S;
        match (self.state, step) {
            (S::FeedbackGiven, Step::JudgeValid | Step::JudgeInvalid { .. }) => {
                if self.feedback_by == Some(by) {
                    return Err(TicketError::OwnFeedback);
                }
                if let Step::JudgeInvalid { reason } = step {
                    demand(reason)?;
                    return Ok(self.stay(S::InvalidFeedback));
                }
                Ok(self.stay(S::Verified))
            }
            // Cases that follow the callback end with it; all others need a judged feedback first.
            (state, Step::CloseWithReason { reason })
                if state.waits_for_recall()
                    || (!state.is_final() && self.kind.goes_with_callback()) =>
            {
                demand(reason)?;
                Ok(self.stay(S::Closed))
            }
            _ => Err(self.wrong()),
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
        Ok(self.stay(S::Verified))
    }

    /// What the callback behind the case brings about.
    fn follow(&self, step: &Step) -> Result<Transition, TicketError> {
        use TicketState as S;
        let goes_along = self.kind.goes_with_callback() && !self.state.is_final();
        match step {
            Step::SecondCallbackAffirmed if self.state.waits_for_recall() => {
                Ok(self.stay(S::Closed))
            }
            Step::SecondCallbackNegative if self.state.waits_for_recall() => {
                Ok(self.stay(self.at_work()))
            }
            Step::SecondCallbackBegun if goes_along => Ok(self.stay(S::SecondCallback)),
            Step::LetterSent if goes_along => Ok(self.stay(S::LetterOut)),
            Step::VisitPlanned if goes_along => Ok(self.stay(S::VisitPlanned)),
            _ => Err(self.wrong()),
        }
    }

    fn handled_by(&self, by: UserId) -> Result<(), TicketError> {
        let own = self.handler == Some(by);
        own.then_some(()).ok_or(TicketError::NotHandler)
    }

    /// Who may not have it: the salesperson of the policy where it is to be explained, anybody who
    /// sells where the law says so, and units above the level that the rules name.
    fn refuse_handler(&self, to: &Handler) -> Result<(), TicketError> {
        let clarifies = matches!(
            self.kind,
            CaseKind::Clarification | CaseKind::Problem | CaseKind::ContractQuality
        );
        let own = to.agent.is_some() && to.agent == self.salesperson;
        if clarifies && self.bars_salesperson && own {
            return Err(TicketError::SalespersonBarred);
        }
        if self.bars_sales && to.agent.is_some() {
            return Err(TicketError::SalesBarred);
        }
        match self.level_at_most {
            Some(level) if to.level < level => Err(TicketError::LevelTooHigh(level)),
            _ => Ok(()),
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
