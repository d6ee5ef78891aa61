//! The life of a visit: named steps, each refused with a reason when it does not fit.

use super::{VisitPurpose, VisitState};
use crate::access::duties::{Duty, apart_from_doer, apart_from_sale};
use crate::ids::{AgentId, UserId};
use crate::time::Instant;

/// A visit as far as decisions need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Where it stands.
    pub state: VisitState,
    /// Who asked for it.
    pub requested_by: UserId,
    /// Who visits.
    pub visitor: Option<UserId>,
}

/// What was agreed with the customer beforehand (VIS-11).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Appointment {
    /// When.
    pub at: Option<Instant>,
    /// Whether a place was agreed.
    pub has_place: bool,
    /// With whom it was agreed, and how.
    pub agreed_with: String,
}

/// What someone does with a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VisitStep {
    /// Finds the visit necessary.
    Approve {
        /// Why.
        reason: String,
    },
    /// Finds it unnecessary.
    Refuse {
        /// Why.
        reason: String,
    },
    /// Notes what was agreed with the customer.
    Schedule(Appointment),
    /// Notes what was agreed anew.
    Reschedule {
        /// What was agreed.
        to: Appointment,
        /// Why.
        reason: String,
    },
    /// Gives the visit up before it was made.
    Cancel {
        /// Why.
        reason: String,
    },
    /// Writes the form.
    WriteForm {
        /// When the visit was made.
        visited_at: Instant,
        /// Whether every column that must be filled is filled.
        is_complete: bool,
    },
    /// The respondent signs.
    Sign,
    /// Files the record.
    Archive,
    /// Notes what was done about the problem that was found.
    FollowUp {
        /// What.
        reason: String,
    },
}

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VisitError {
    /// The step does not fit the state.
    #[error("not possible while the visit is {0}")]
    WrongState(VisitState),
    /// Who asked for a visit does not decide on it.
    #[error("who asked for the visit does not decide on it")]
    OwnRequest,
    /// The visitor writes the form.
    #[error("someone else makes this visit")]
    NotVisitor,
    /// Time or place is agreed with the customer beforehand (B07 2.2).
    #[error("time or place, and with whom it was agreed, must be noted")]
    NotAgreed,
    /// An appointment lies ahead.
    #[error("an appointment lies ahead")]
    InThePast,
    /// A visit that was made lies behind.
    #[error("a visit that was made lies behind")]
    InTheFuture,
    /// Nothing is filed without the respondent's signature (B09 §10(2)).
    #[error("the respondent has to sign first")]
    SignatureMissing,
    /// A reason is needed.
    #[error("a reason is needed")]
    ReasonMissing,
}

impl Visit {
    /// Decides a step; the state after it. `by` acts at `now`.
    ///
    /// # Errors
    /// [`VisitError`] says why the step is refused; nothing changes then.
    pub fn decide(
        &self,
        step: &VisitStep,
        by: UserId,
        now: Instant,
    ) -> Result<VisitState, VisitError> {
        use VisitState as S;
        match (self.state, step) {
            (S::Requested, VisitStep::Approve { reason }) => {
                self.decided_by_another(by)?;
                demand(reason)?;
                Ok(S::Approved)
            }
            (S::Requested, VisitStep::Refuse { reason }) => {
                self.decided_by_another(by)?;
                demand(reason)?;
                Ok(S::Refused)
            }
            (S::Approved, VisitStep::Schedule(appointment)) => {
                appointment.check(now)?;
                Ok(S::Scheduled)
            }
            (S::Scheduled | S::Rescheduled, VisitStep::Reschedule { to, reason }) => {
                demand(reason)?;
                to.check(now)?;
                Ok(S::Rescheduled)
            }
            (
                S::Requested | S::Approved | S::Scheduled | S::Rescheduled,
                VisitStep::Cancel { reason },
            ) => {
                demand(reason)?;
                Ok(S::Cancelled)
            }
            (
                state,
                VisitStep::WriteForm {
                    visited_at,
                    is_complete,
                },
            ) if state.takes_form() => {
                self.made_by(by)?;
                if *visited_at > now {
                    return Err(VisitError::InTheFuture);
                }
                Ok(if *is_complete {
                    S::FormFilled
                } else {
                    S::Visited
                })
            }
            (S::FormFilled, VisitStep::Sign) => {
                self.made_by(by)?;
                Ok(S::Signed)
            }
            (S::Signed, VisitStep::Archive) => Ok(S::Archived),
            (S::Signed | S::Archived, VisitStep::FollowUp { reason }) => {
                demand(reason)?;
                Ok(self.state)
            }
            (S::Visited | S::FormFilled, VisitStep::Archive) => Err(VisitError::SignatureMissing),
            (state, _) => Err(VisitError::WrongState(state)),
        }
    }

    fn decided_by_another(&self, by: UserId) -> Result<(), VisitError> {
        apart_from_doer(Duty::Proposer, Some(self.requested_by), Some(by))
            .map_err(|_| VisitError::OwnRequest)
    }

    fn made_by(&self, by: UserId) -> Result<(), VisitError> {
        if self.visitor == Some(by) {
            Ok(())
        } else {
            Err(VisitError::NotVisitor)
        }
    }
}

impl Appointment {
    fn check(&self, now: Instant) -> Result<(), VisitError> {
        if (self.at.is_none() && !self.has_place) || self.agreed_with.trim().is_empty() {
            return Err(VisitError::NotAgreed);
        }
        if self.at.is_some_and(|at| at < now) {
            return Err(VisitError::InThePast);
        }
        Ok(())
    }
}

/// Whether somebody may make a visit: what confirms or explains a sale is not done by who sold it.
///
/// # Errors
/// [`Duty::Salesperson`].
pub fn may_visit(
    purpose: VisitPurpose,
    person: Option<AgentId>,
    sells: bool,
    salesperson: Option<AgentId>,
) -> Result<(), Duty> {
    if purpose.is_confirmation() {
        apart_from_sale(person, sells, salesperson)
    } else {
        Ok(())
    }
}

fn demand(reason: &str) -> Result<(), VisitError> {
    if reason.trim().is_empty() {
        Err(VisitError::ReasonMissing)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Duration, TimeZone as _, Utc};
    use uuid::Uuid;

    fn now() -> Instant {
        Utc.with_ymd_and_hms(2024, 3, 5, 2, 0, 0).unwrap()
    }

    fn user(n: u128) -> UserId {
        UserId(Uuid::from_u128(n))
    }

    fn visit(state: VisitState) -> Visit {
        Visit {
            state,
            requested_by: user(1),
            visitor: Some(user(1)),
        }
    }

    fn agreed(hours: i64) -> Appointment {
        Appointment {
            at: Some(now() + Duration::hours(hours)),
            has_place: true,
            agreed_with: "财务经理，电话".into(),
        }
    }

    fn reason() -> String {
        "电话中无法核对".into()
    }

    #[test]
    fn the_usual_way_ends_in_the_archive() {
        let way = [
            (VisitStep::Approve { reason: reason() }, user(2)),
            (VisitStep::Schedule(agreed(24)), user(1)),
            (
                VisitStep::Reschedule {
                    to: agreed(48),
                    reason: reason(),
                },
                user(1),
            ),
            (
                VisitStep::WriteForm {
                    visited_at: now(),
                    is_complete: false,
                },
                user(1),
            ),
            (
                VisitStep::WriteForm {
                    visited_at: now(),
                    is_complete: true,
                },
                user(1),
            ),
            (VisitStep::Sign, user(1)),
            (VisitStep::Archive, user(1)),
        ];
        let mut states = vec![VisitState::Requested];
        for (step, by) in way {
            let state = visit(*states.last().unwrap()).decide(&step, by, now());
            states.push(state.unwrap());
        }
        use VisitState as S;
        let expected = [
            S::Requested,
            S::Approved,
            S::Scheduled,
            S::Rescheduled,
            S::Visited,
            S::FormFilled,
            S::Signed,
            S::Archived,
        ];
        assert_eq!(states, expected);
    }

    #[test]
    fn nothing_is_filed_without_a_signature() {
        for state in [VisitState::Visited, VisitState::FormFilled] {
            let filed = visit(state).decide(&VisitStep::Archive, user(1), now());
            assert_eq!(filed, Err(VisitError::SignatureMissing), "{state}");
        }
        let early = visit(VisitState::Visited).decide(&VisitStep::Sign, user(1), now());
        assert_eq!(early, Err(VisitError::WrongState(VisitState::Visited)));
    }

    #[test]
    fn who_asks_does_not_decide_and_a_decision_has_a_reason() {
        let requested = visit(VisitState::Requested);
        let approve = |reason: &str| VisitStep::Approve {
            reason: reason.into(),
        };
        let own = requested.decide(&approve("x"), user(1), now());
        assert_eq!(own, Err(VisitError::OwnRequest));
        let bare = requested.decide(&approve(" "), user(2), now());
        assert_eq!(bare, Err(VisitError::ReasonMissing));
    }

    #[test]
    fn appointments_are_agreed_with_someone_and_lie_ahead() {
        let approved = visit(VisitState::Approved);
        let decide = |a: Appointment| approved.decide(&VisitStep::Schedule(a), user(1), now());
        let mut nobody = agreed(1);
        nobody.agreed_with.clear();
        assert_eq!(decide(nobody), Err(VisitError::NotAgreed));
        let nothing = Appointment {
            agreed_with: "电话".into(),
            ..Appointment::default()
        };
        assert_eq!(decide(nothing.clone()), Err(VisitError::NotAgreed));
        let place_only = Appointment {
            has_place: true,
            ..nothing
        };
        assert_eq!(decide(place_only), Ok(VisitState::Scheduled));
        assert_eq!(decide(agreed(-1)), Err(VisitError::InThePast));
    }

    #[test]
    fn the_visitor_writes_of_what_has_been() {
        let scheduled = visit(VisitState::Scheduled);
        let form = |hours: i64| VisitStep::WriteForm {
            visited_at: now() + Duration::hours(hours),
            is_complete: true,
        };
        let other = scheduled.decide(&form(0), user(2), now());
        assert_eq!(other, Err(VisitError::NotVisitor));
        let ahead = scheduled.decide(&form(1), user(1), now());
        assert_eq!(ahead, Err(VisitError::InTheFuture));
    }

    #[test]
    fn final_states_take_no_step() {
        let steps = [
            VisitStep::Approve { reason: reason() },
            VisitStep::Schedule(agreed(1)),
            VisitStep::Cancel { reason: reason() },
            VisitStep::WriteForm {
                visited_at: now(),
                is_complete: true,
            },
            VisitStep::Sign,
            VisitStep::Archive,
        ];
        for state in VisitState::ALL.iter().filter(|s| !s.is_open()) {
            for step in &steps {
                let decided = visit(*state).decide(step, user(2), now());
                assert_eq!(decided, Err(VisitError::WrongState(*state)), "{step:?}");
            }
        }
    }

    #[test]
    fn who_sold_does_not_confirm_or_explain() {
        let sold = Some(AgentId(Uuid::from_u128(7)));
        for purpose in VisitPurpose::ALL.iter().copied() {
            let barred = may_visit(purpose, sold, false, sold).is_err();
            assert_eq!(barred, purpose.is_confirmation(), "{purpose}");
            let sells = may_visit(purpose, None, true, sold).is_err();
            assert_eq!(sells, purpose.is_confirmation(), "{purpose}");
        }
    }
}
