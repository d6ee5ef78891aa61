//! What people say of a pair, and when it is asked again.

use crate::customers::CustomerKind;

codes! {
    /// Where a pair stands.
    pub enum PairState ("state of a pair") {
        /// Nobody has decided.
        Open = "open",
        /// A merge waits for a second person.
        Asked = "asked",
        /// One customer: merged.
        Same = "same",
        /// Two customers. Not asked again while what agrees stays the same.
        Different = "different",
        /// Cannot be said yet: asked again later.
        Unsure = "unsure",
    }
}

codes! {
    /// What is said of a pair, short of a merge.
    pub enum Decision ("decision on a pair") {
        /// Two customers.
        Different = "different",
        /// Cannot be said yet.
        Unsure = "unsure",
        /// To be looked at again.
        Reopen = "reopen",
    }
}

/// Why a decision is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecisionError {
    /// The two records are merged; only undoing the merge changes that.
    #[error("the pair is merged")]
    Merged,
    /// A second person is asked whether to merge them.
    #[error("a merge waits for a second person")]
    Asked,
    /// It stands so already.
    #[error("the pair stands so already")]
    Already,
    /// A decision says why.
    #[error("a reason is missing")]
    ReasonMissing,
}

impl Decision {
    /// The state to which it leads.
    pub fn leads_to(self) -> PairState {
        match self {
            Self::Different => PairState::Different,
            Self::Unsure => PairState::Unsure,
            Self::Reopen => PairState::Open,
        }
    }
}

impl PairState {
    /// Whether somebody still has to decide.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Asked)
    }

    /// Where a pair stands after it was compared again: what was decided stands until what agrees changes.
    #[must_use]
    pub fn compared_again(self, changed: bool) -> Self {
        match self {
            Self::Different | Self::Unsure if changed => Self::Open,
            state => state,
        }
    }
}

/// Whether a decision may be taken.
///
/// # Errors
/// [`DecisionError`] says why not.
pub fn check_decision(
    state: PairState,
    decision: Decision,
    reason: &str,
) -> Result<PairState, DecisionError> {
    match state {
        PairState::Same => return Err(DecisionError::Merged),
        // A request that nobody answered is taken back by opening the pair again.
        PairState::Asked if decision != Decision::Reopen => return Err(DecisionError::Asked),
        _ if state == decision.leads_to() => return Err(DecisionError::Already),
        _ => {}
    }
    if reason.trim().is_empty() && decision != Decision::Reopen {
        return Err(DecisionError::ReasonMissing);
    }
    Ok(decision.leads_to())
}

/// Whether two customers can be compared at all.
pub(super) fn is_comparable(a: CustomerKind, b: CustomerKind) -> bool {
    a == b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_are_taken_once_and_with_a_reason() {
        use {Decision as D, DecisionError as E, PairState as S};
        for (state, decision, reason, expected) in [
            (S::Open, D::Different, "父子", Ok(S::Different)),
            (S::Open, D::Unsure, "待核实", Ok(S::Unsure)),
            (S::Open, D::Different, " ", Err(E::ReasonMissing)),
            (S::Open, D::Reopen, "", Err(E::Already)),
            (S::Different, D::Reopen, "", Ok(S::Open)),
            (S::Unsure, D::Different, "x", Ok(S::Different)),
            (S::Same, D::Different, "x", Err(E::Merged)),
            (S::Asked, D::Different, "x", Err(E::Asked)),
            (S::Asked, D::Reopen, "", Ok(S::Open)),
        ] {
            assert_eq!(
                check_decision(state, decision, reason),
                expected,
                "{state} {decision}"
            );
        }
        assert_eq!(S::Different.compared_again(false), S::Different);
        assert_eq!(S::Different.compared_again(true), S::Open);
        assert_eq!(S::Same.compared_again(true), S::Same);
    }
}
