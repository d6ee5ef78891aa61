//! Callbacks for payouts of policy servicing (B13): the problem list that the servicing post traces, and
//! the decision whether aftercare is needed. The order is requirements §4.9.

use super::CallbackState;

codes! {
    /// Which list of payout callbacks.
    pub enum PayoutList ("payout list") {
        /// 问题件清单: numbers to be traced by the servicing post.
        Problems = "problems",
        /// 跟踪件清单: aftercare of the posts concerned.
        FollowUps = "follow_ups",
        /// Everything that is open.
        Open = "open",
        /// Everything.
        All = "all",
    }
}

/// What was settled about a payout callback so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Payout {
    /// The customer did not confirm; it was explained how to check, and asked to confirm separately.
    pub explained: bool,
    /// Whether posts have to follow up.
    pub aftercare: Option<bool>,
    /// Whether to call again after tracing (是否再访).
    pub recall: Option<bool>,
}

/// What somebody settles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PayoutStep {
    /// The servicing post traced a case of the problem list and decides whether to call again.
    Trace {
        /// Call again.
        recall: bool,
        /// What tracing found.
        finding: String,
    },
    /// The callback post explained, and decides whether aftercare is needed.
    Settle {
        /// It was explained how to check, and the customer was asked to confirm separately.
        explained: bool,
        /// Posts have to follow up.
        aftercare: bool,
    },
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PayoutNext {
    /// The callback post calls again.
    Recall,
    /// The case ends without a callback, with what tracing found.
    Close(String),
    /// The case goes on the follow-up list.
    FollowUp,
    /// Nothing is to be done; a second callback hears the customer's own confirmation.
    SecondCallback,
}

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayoutError {
    /// Only a case of the problem list is traced.
    #[error("not on the problem list while the callback is {0}")]
    NotListed(CallbackState),
    /// Aftercare is decided when the interview found something.
    #[error("nothing to settle while the callback is {0}")]
    NothingToSettle(CallbackState),
    /// What tracing found must be said.
    #[error("say what tracing found")]
    FindingMissing,
    /// Before aftercare is decided, it is explained to the customer how to check.
    #[error("explain first how to check, and ask the customer to confirm separately")]
    NotExplained,
}

impl Payout {
    /// Decides a step.
    ///
    /// # Errors
    /// [`PayoutError`] says why the step is refused; nothing changes then.
    pub fn decide(
        self,
        state: CallbackState,
        step: &PayoutStep,
    ) -> Result<(Self, PayoutNext), PayoutError> {
        match step {
            PayoutStep::Trace { recall, finding } => {
                if state != CallbackState::ContactFix {
                    return Err(PayoutError::NotListed(state));
                }
                let finding = finding.trim();
                if finding.is_empty() {
                    return Err(PayoutError::FindingMissing);
                }
                let next = if *recall {
                    PayoutNext::Recall
                } else {
                    PayoutNext::Close(finding.to_owned())
                };
                let recall = Some(*recall);
                Ok((Self { recall, ..self }, next))
            }
            PayoutStep::Settle {
                explained,
                aftercare,
            } => {
                if state != CallbackState::ProblemOpen {
                    return Err(PayoutError::NothingToSettle(state));
                }
                let explained = self.explained || *explained;
                if !explained {
                    return Err(PayoutError::NotExplained);
                }
                let next = if *aftercare {
                    PayoutNext::FollowUp
                } else {
                    PayoutNext::SecondCallback
                };
                let aftercare = Some(*aftercare);
                let payout = Self {
                    explained,
                    aftercare,
                    ..self
                };
                Ok((payout, next))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn trace(recall: bool) -> PayoutStep {
        PayoutStep::Trace {
            recall,
            finding: "new number in the claim file".into(),
        }
    }

    fn settle(explained: bool, aftercare: bool) -> PayoutStep {
        PayoutStep::Settle {
            explained,
            aftercare,
        }
    }

    #[rstest]
    #[case(trace(true), CallbackState::ContactFix, Ok(PayoutNext::Recall))]
    #[case(
        trace(false),
        CallbackState::ContactFix,
        Ok(PayoutNext::Close("new number in the claim file".into()))
    )]
    #[case(
        trace(true),
        CallbackState::Completed,
        Err(PayoutError::NotListed(CallbackState::Completed))
    )]
    #[case(
        PayoutStep::Trace { recall: true, finding: " ".into() },
        CallbackState::ContactFix,
        Err(PayoutError::FindingMissing)
    )]
    #[case(
        settle(true, true),
        CallbackState::ProblemOpen,
        Ok(PayoutNext::FollowUp)
    )]
    #[case(
        settle(true, false),
        CallbackState::ProblemOpen,
        Ok(PayoutNext::SecondCallback)
    )]
    #[case(
        settle(false, false),
        CallbackState::ProblemOpen,
        Err(PayoutError::NotExplained)
    )]
    #[case(
        settle(true, true),
        CallbackState::Assigned,
        Err(PayoutError::NothingToSettle(CallbackState::Assigned))
    )]
    fn each_step_fits_one_state(
        #[case] step: PayoutStep,
        #[case] state: CallbackState,
        #[case] expected: Result<PayoutNext, PayoutError>,
    ) {
        let found = Payout::default().decide(state, &step).map(|(_, next)| next);
        assert_eq!(found, expected);
    }

    #[test]
    fn what_was_explained_once_stays_explained() {
        let (payout, _) = Payout::default()
            .decide(CallbackState::ProblemOpen, &settle(true, true))
            .unwrap();
        let again = payout.decide(CallbackState::ProblemOpen, &settle(false, false));
        assert_eq!(again.unwrap().1, PayoutNext::SecondCallback);
    }
}
