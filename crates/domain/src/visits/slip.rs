//! Sales visits (requirements §4.8): the slip before the visit, the callback after it, and who hears
//! of what the customer said.

use crate::ids::UserId;
use crate::time::{self, Instant};

codes! {
    /// What is kept of where a slip stands; the rest is computed, see [`SlipStanding`].
    pub enum SlipState ("slip state") {
        /// Registered; the visit is ahead or under way.
        Registered = "registered",
        /// The visit ended; the callback is due.
        VisitEnded = "visit_ended",
        /// The specialist spoke with the customer.
        CalledBack = "called_back",
        /// Everybody concerned has heard of it.
        Closed = "closed",
        /// The visit was not made.
        Cancelled = "cancelled",
    }
}

codes! {
    /// Where a sales visit stands, as people see it.
    pub enum SlipStanding ("standing of a slip") {
        /// The visit is ahead or under way.
        Registered = "registered",
        /// The callback is due.
        CallbackDue = "callback_due",
        /// The callback was not made in time.
        Missed = "missed",
        /// The salesperson has not read the result yet.
        CalledBack = "called_back",
        /// The salesperson has read it; superior or general manager have not.
        Escalated = "escalated",
        /// Everybody concerned has read it.
        Closed = "closed",
        /// The visit was not made.
        Cancelled = "cancelled",
    }
}

codes! {
    /// In which capacity somebody reads the result of a callback (CBK-45).
    pub enum Receiver ("receiver") {
        /// The salesperson, the same day.
        Salesperson = "salesperson",
        /// The superior of the salesperson.
        Superior = "superior",
        /// The general manager.
        GeneralManager = "general_manager",
    }
}

codes! {
    /// Whether a visit is suspected to be false.
    pub enum Suspicion ("suspicion") {
        /// The callback raised a suspicion, which is being verified.
        Suspected = "suspected",
        /// Verified: the visit was made as registered.
        Cleared = "cleared",
        /// Verified: the visit or its data is false.
        Confirmed = "confirmed",
    }
}

/// Ratings up to this one are dissatisfaction.
const DISSATISFIED_MAX: u8 = 2;

/// What the callback found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SlipOutcome {
    /// Satisfaction with the salesperson, from 1 to 5.
    pub satisfaction: u8,
    /// The customer told something important.
    pub is_important: bool,
    /// The visit or its data may be false.
    pub is_suspicious: bool,
}

impl SlipOutcome {
    /// Whether the customer is dissatisfied with the salesperson.
    pub fn is_dissatisfied(self) -> bool {
        self.satisfaction <= DISSATISFIED_MAX
    }

    /// Whether superior and general manager have to hear of it (B14 五.4).
    pub fn escalates(self) -> bool {
        self.is_dissatisfied() || self.is_important || self.is_suspicious
    }

    /// Whether the salesperson heard of it on the day of the callback, in China (CBK-45).
    pub fn is_fed_back_same_day(called_at: Instant, read_at: Instant) -> bool {
        time::date_in_china(called_at) == time::date_in_china(read_at)
    }
}

/// A sales visit as far as decisions need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalesVisit {
    /// What is kept of where it stands.
    pub state: SlipState,
    /// Who visits.
    pub salesperson: UserId,
    /// When the slip was registered.
    pub registered_at: Instant,
    /// By when the callback is due, once the visit has ended.
    pub callback_due_at: Option<Instant>,
    /// What the callback found.
    pub outcome: Option<SlipOutcome>,
    /// Who has read it already.
    pub read_by: Vec<Receiver>,
    /// Whether the visit is suspected to be false.
    pub suspicion: Option<Suspicion>,
}

/// What someone does with a slip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlipStep {
    /// The visit has ended.
    End {
        /// When it began.
        began_at: Instant,
        /// When it ended.
        ended_at: Instant,
    },
    /// The visit was not made.
    Cancel {
        /// Why.
        reason: String,
    },
    /// The specialist spoke with the customer.
    CallBack(SlipOutcome),
    /// Somebody has read the result.
    Read(Receiver),
    /// A suspicion was verified.
    Verify {
        /// Whether it is true.
        is_confirmed: bool,
        /// What was done to verify it.
        reason: String,
    },
}

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlipError {
    /// The step does not fit.
    #[error("not possible while the sales visit is {0}")]
    WrongState(SlipState),
    /// Only the salesperson ends or cancels the own visit.
    #[error("someone else makes this visit")]
    NotSalesperson,
    /// The salesperson neither calls back nor verifies.
    #[error("the salesperson neither calls back nor verifies")]
    OwnVisit,
    /// A visit ends after it began, and not in the future.
    #[error("a visit ends after it began, and not in the future")]
    WrongTimes,
    /// Nobody suspects anything.
    #[error("there is no suspicion to verify")]
    NoSuspicion,
    /// A reason is needed.
    #[error("a reason is needed")]
    ReasonMissing,
}

impl SalesVisit {
    /// Decides a step; the state after it. `by` acts at `now`.
    ///
    /// # Errors
    /// [`SlipError`] says why the step is refused; nothing changes then.
    pub fn decide(
        &self,
        step: &SlipStep,
        by: UserId,
        now: Instant,
    ) -> Result<SlipState, SlipError> {
        use SlipState as S;
        match (self.state, step) {
            (S::Registered, SlipStep::End { began_at, ended_at }) => {
                self.own(by)?;
                if began_at > ended_at || *ended_at > now {
                    return Err(SlipError::WrongTimes);
                }
                Ok(S::VisitEnded)
            }
            (S::Registered, SlipStep::Cancel { reason }) => {
                self.own(by)?;
                demand(reason)?;
                Ok(S::Cancelled)
            }
            (S::VisitEnded, SlipStep::CallBack(_)) => {
                self.not_own(by)?;
                Ok(S::CalledBack)
            }
            (S::CalledBack, SlipStep::Read(receiver)) => {
                if *receiver == Receiver::Salesperson {
                    self.own(by)?;
                } else {
                    self.not_own(by)?;
                }
                Ok(if self.missing_after(*receiver).is_empty() {
                    S::Closed
                } else {
                    S::CalledBack
                })
            }
            (S::CalledBack | S::Closed, SlipStep::Verify { reason, .. }) => {
                self.not_own(by)?;
                if self.suspicion != Some(Suspicion::Suspected) {
                    return Err(SlipError::NoSuspicion);
                }
                demand(reason)?;
                Ok(self.state)
            }
            (state, _) => Err(SlipError::WrongState(state)),
        }
    }

    /// Who has to read the result.
    pub fn receivers(&self) -> Vec<Receiver> {
        match self.outcome {
            Some(outcome) if outcome.escalates() => Receiver::ALL.to_vec(),
            Some(_) => vec![Receiver::Salesperson],
            None => Vec::new(),
        }
    }

    fn missing_after(&self, receiver: Receiver) -> Vec<Receiver> {
        let missing = |r: &Receiver| *r != receiver && !self.read_by.contains(r);
        self.receivers().into_iter().filter(missing).collect()
    }

    /// Where it stands as people see it.
    pub fn standing(&self, now: Instant) -> SlipStanding {
        match self.state {
            SlipState::Registered => SlipStanding::Registered,
            SlipState::VisitEnded if self.callback_due_at.is_some_and(|due| due < now) => {
                SlipStanding::Missed
            }
            SlipState::VisitEnded => SlipStanding::CallbackDue,
            SlipState::CalledBack if self.read_by.contains(&Receiver::Salesperson) => {
                SlipStanding::Escalated
            }
            SlipState::CalledBack => SlipStanding::CalledBack,
            SlipState::Closed => SlipStanding::Closed,
            SlipState::Cancelled => SlipStanding::Cancelled,
        }
    }

    /// Whether a visit that began then had no slip before it, which is a finding (B14 五.1).
    pub fn is_without_slip(&self, began_at: Instant) -> bool {
        began_at < self.registered_at
    }

    fn own(&self, by: UserId) -> Result<(), SlipError> {
        if self.salesperson == by {
            Ok(())
        } else {
            Err(SlipError::NotSalesperson)
        }
    }

    fn not_own(&self, by: UserId) -> Result<(), SlipError> {
        if self.salesperson == by {
            Err(SlipError::OwnVisit)
        } else {
            Ok(())
        }
    }
}

fn demand(reason: &str) -> Result<(), SlipError> {
    if reason.trim().is_empty() {
        Err(SlipError::ReasonMissing)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
