//! The life of a link.

use super::{LinkState, Proof};
use crate::time::Instant;

/// A link as far as decisions need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where it stands.
    pub state: LinkState,
    /// From when on nothing can be done with it.
    pub expires_at: Instant,
    /// Failures of the identity check, wrong codes among them.
    pub tries: u32,
}

/// What happens to a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkStep {
    /// Somebody opens it.
    Open,
    /// A step of the identity check fails.
    Fail {
        /// Failures after which the customer is called instead.
        tries_max: u32,
    },
    /// The identity is verified.
    Identify(Proof),
    /// The customer submits.
    Submit,
    /// The customer chooses to be called.
    WantPhone,
    /// Whoever answers says to be somebody else.
    NotThePerson,
    /// The company takes it back, or sends another one.
    Revoke,
}

/// Why a step is refused; nothing changes then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Its time is over.
    #[error("the link has expired")]
    Expired,
    /// It ended before.
    #[error("the link has ended: {0}")]
    Ended(LinkState),
    /// The identity is not verified yet.
    #[error("the identity is not verified")]
    NotIdentified,
}

impl Link {
    /// Whether its time is over although it has not ended.
    pub fn is_expired(&self, now: Instant) -> bool {
        !self.state.is_final() && self.expires_at <= now
    }

    /// Decides a step; the state after it.
    ///
    /// # Errors
    /// [`LinkError`] says why it is refused.
    pub fn decide(&self, step: LinkStep, now: Instant) -> Result<LinkState, LinkError> {
        if self.state.is_final() {
            return Err(LinkError::Ended(self.state));
        }
        if self.is_expired(now) && step != LinkStep::Revoke {
            return Err(LinkError::Expired);
        }
        let identified = self.state == LinkState::Identified;
        Ok(match step {
            LinkStep::Open if self.state == LinkState::Sent => LinkState::Opened,
            LinkStep::Open => self.state,
            LinkStep::Fail { tries_max } if self.tries + 1 >= tries_max => LinkState::Locked,
            LinkStep::Fail { .. } => self.state,
            LinkStep::Identify(_) => LinkState::Identified,
            LinkStep::Submit | LinkStep::NotThePerson if !identified => {
                return Err(LinkError::NotIdentified);
            }
            LinkStep::Submit => LinkState::Submitted,
            LinkStep::NotThePerson => LinkState::NotThePerson,
            LinkStep::WantPhone => LinkState::PhoneWanted,
            LinkStep::Revoke => LinkState::Revoked,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Duration};
    use rstest::rstest;

    const NOW: Instant = DateTime::UNIX_EPOCH;

    fn link(state: LinkState, tries: u32) -> Link {
        Link {
            state,
            expires_at: NOW + Duration::hours(1),
            tries,
        }
    }

    #[rstest]
    #[case(LinkState::Sent, LinkStep::Open, Ok(LinkState::Opened))]
    #[case(LinkState::Identified, LinkStep::Open, Ok(LinkState::Identified))]
    #[case(LinkState::Opened, LinkStep::Submit, Err(LinkError::NotIdentified))]
    #[case(LinkState::Opened, LinkStep::WantPhone, Ok(LinkState::PhoneWanted))]
    #[case(LinkState::Sent, LinkStep::NotThePerson, Err(LinkError::NotIdentified))]
    #[case(LinkState::Identified, LinkStep::Submit, Ok(LinkState::Submitted))]
    #[case(
        LinkState::Submitted,
        LinkStep::Submit,
        Err(LinkError::Ended(LinkState::Submitted))
    )]
    #[case(
        LinkState::Revoked,
        LinkStep::Open,
        Err(LinkError::Ended(LinkState::Revoked))
    )]
    fn steps(
        #[case] state: LinkState,
        #[case] step: LinkStep,
        #[case] expected: Result<LinkState, LinkError>,
    ) {
        assert_eq!(link(state, 0).decide(step, NOW), expected);
    }

    #[test]
    fn nothing_but_taking_back_is_possible_after_the_time() {
        let late = NOW + Duration::hours(1);
        for step in [LinkStep::Open, LinkStep::Submit, LinkStep::WantPhone] {
            let decided = link(LinkState::Identified, 0).decide(step, late);
            assert_eq!(decided, Err(LinkError::Expired));
        }
        let taken_back = link(LinkState::Sent, 0).decide(LinkStep::Revoke, late);
        assert_eq!(taken_back, Ok(LinkState::Revoked));
    }

    #[test]
    fn the_last_failure_locks() {
        let fail = LinkStep::Fail { tries_max: 5 };
        assert_eq!(
            link(LinkState::Opened, 3).decide(fail, NOW),
            Ok(LinkState::Opened)
        );
        assert_eq!(
            link(LinkState::Opened, 4).decide(fail, NOW),
            Ok(LinkState::Locked)
        );
    }
}
