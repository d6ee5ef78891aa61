//! Batches of records to be destroyed: proposed by one person, approved by another.

use uuid::Uuid;

codes! {
    /// Where a batch stands.
    pub enum BatchState ("state of a destruction") {
        /// Found, and looked through by whoever proposes it.
        Proposed = "proposed",
        /// Put before whoever approves.
        Submitted = "submitted",
        /// Approved; it is being carried out.
        Approved = "approved",
        /// Refused.
        Refused = "refused",
        /// Taken back.
        Withdrawn = "withdrawn",
        /// Carried out; its certificate stands.
        Executed = "executed",
    }
}

codes! {
    /// What someone does with a batch.
    pub enum BatchStep ("step of a destruction") {
        /// Puts it before whoever approves.
        Submit = "submit",
        /// Takes it back.
        Withdraw = "withdraw",
        /// Approves it.
        Approve = "approve",
        /// Refuses it.
        Refuse = "refuse",
    }
}

/// A batch as far as decisions need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Where it stands.
    pub state: BatchState,
    /// Who proposed it.
    pub proposed_by: Option<Uuid>,
    /// Who submitted it.
    pub submitted_by: Option<Uuid>,
}

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// The step does not fit the state.
    #[error("not possible while the destruction is {0}")]
    WrongState(BatchState),
    /// Who proposed or submitted it does not approve it.
    #[error("a destruction is approved by another person than the one who proposed it")]
    SamePerson,
}

impl Batch {
    /// Decides a step.
    ///
    /// # Errors
    /// [`BatchError`] says why not.
    pub fn decide(&self, step: BatchStep, by: Option<Uuid>) -> Result<BatchState, BatchError> {
        use BatchState as S;
        match (self.state, step) {
            (S::Proposed, BatchStep::Submit) => Ok(S::Submitted),
            (S::Proposed | S::Submitted, BatchStep::Withdraw) => Ok(S::Withdrawn),
            (S::Submitted, BatchStep::Approve | BatchStep::Refuse) => {
                if by == self.proposed_by || by == self.submitted_by {
                    return Err(BatchError::SamePerson);
                }
                Ok(if step == BatchStep::Approve {
                    S::Approved
                } else {
                    S::Refused
                })
            }
            (state, _) => Err(BatchError::WrongState(state)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_takes_the_steps_that_fit() {
        let (a, b, c) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let batch = |state| Batch {
            state,
            proposed_by: Some(a),
            submitted_by: Some(b),
        };
        let submitted = batch(BatchState::Submitted);
        assert_eq!(
            submitted.decide(BatchStep::Approve, Some(c)),
            Ok(BatchState::Approved)
        );
        for own in [a, b] {
            for step in [BatchStep::Approve, BatchStep::Refuse] {
                assert_eq!(
                    submitted.decide(step, Some(own)),
                    Err(BatchError::SamePerson)
                );
            }
        }
        let fits: Vec<_> = BatchState::ALL
            .iter()
            .flat_map(|s| BatchStep::ALL.iter().map(move |t| (*s, *t)))
            .filter(|(s, t)| batch(*s).decide(*t, Some(c)).is_ok())
            .map(|(s, t)| format!("{s} {t}"))
            .collect();
        assert_eq!(
            fits,
            [
                "proposed submit",
                "proposed withdraw",
                "submitted withdraw",
                "submitted approve",
                "submitted refuse"
            ]
        );
    }
}
