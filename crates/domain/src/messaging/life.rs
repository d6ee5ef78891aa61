//! The life of a message: every step, and where it leads.

use super::MessageState;
use chrono::Duration;

/// What happens to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageStep {
    /// It waits for its slot.
    Hold,
    /// A server begins to hand it over.
    Begin,
    /// The mail server or gateway took it.
    Accept,
    /// The gateway says that it arrived.
    Deliver,
    /// Handing over failed, and is tried again.
    Fail,
    /// It is given up.
    GiveUp,
    /// The gateway says that it did not arrive.
    Bounce,
    /// It is not to be sent.
    Cancel,
    /// It is to be sent again.
    Resend,
}

/// A step that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message that is {state} cannot take the step {step:?}")]
pub struct MessageError {
    /// Where the message stands.
    pub state: MessageState,
    /// The step.
    pub step: MessageStep,
}

impl MessageState {
    /// Where a step leads.
    ///
    /// # Errors
    /// When the step does not fit.
    pub fn after(self, step: MessageStep) -> Result<Self, MessageError> {
        let fits = match step {
            // A server that was killed leaves it as being sent; another one looks at it again.
            MessageStep::Hold | MessageStep::Begin | MessageStep::GiveUp => {
                self.is_pending() || self == Self::Sending
            }
            MessageStep::Accept | MessageStep::Fail => self == Self::Sending,
            // A receipt may be faster than the answer to the request that it belongs to.
            MessageStep::Deliver | MessageStep::Bounce => {
                matches!(self, Self::Sending | Self::Sent)
            }
            MessageStep::Cancel => self.is_pending() || self == Self::Dead,
            MessageStep::Resend => self == Self::Dead,
        };
        if !fits {
            return Err(MessageError { state: self, step });
        }
        Ok(match step {
            MessageStep::Hold => Self::Waiting,
            MessageStep::Begin => Self::Sending,
            MessageStep::Accept => Self::Sent,
            MessageStep::Deliver => Self::Delivered,
            MessageStep::Fail => Self::Failed,
            MessageStep::GiveUp | MessageStep::Bounce => Self::Dead,
            MessageStep::Cancel => Self::Cancelled,
            MessageStep::Resend => Self::Queued,
        })
    }
}

/// Tries before a message is given up.
const ATTEMPTS_MAX: i64 = 6;
/// Minutes before the second try; each further one waits three times as long.
const FIRST_WAIT_MINUTES: i64 = 2;

/// How long a server may be silent about a message before another one takes it up. Longer than any
/// mail server or gateway is waited for.
pub fn send_lease() -> Duration {
    Duration::minutes(3)
}

/// How long to wait after a number of failed tries; nothing when it is time to give up.
pub fn retry_after(attempts: i64) -> Option<Duration> {
    let waits = u32::try_from(attempts - 1).unwrap_or(0);
    (attempts < ATTEMPTS_MAX).then(|| Duration::minutes(FIRST_WAIT_MINUTES * 3_i64.pow(waits)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use MessageState as S;
    use MessageStep as Step;
    use rstest::rstest;

    #[rstest]
    #[case(S::Queued, Step::Hold, Some(S::Waiting))]
    #[case(S::Waiting, Step::Hold, Some(S::Waiting))]
    #[case(S::Waiting, Step::Begin, Some(S::Sending))]
    #[case(S::Sending, Step::Begin, Some(S::Sending))]
    #[case(S::Sending, Step::Accept, Some(S::Sent))]
    #[case(S::Sending, Step::Fail, Some(S::Failed))]
    #[case(S::Failed, Step::Begin, Some(S::Sending))]
    #[case(S::Failed, Step::GiveUp, Some(S::Dead))]
    #[case(S::Sent, Step::Deliver, Some(S::Delivered))]
    #[case(S::Sending, Step::Deliver, Some(S::Delivered))]
    #[case(S::Sent, Step::Bounce, Some(S::Dead))]
    #[case(S::Dead, Step::Resend, Some(S::Queued))]
    #[case(S::Dead, Step::Cancel, Some(S::Cancelled))]
    #[case(S::Sending, Step::Cancel, None)]
    #[case(S::Sent, Step::Cancel, None)]
    #[case(S::Sent, Step::Begin, None)]
    #[case(S::Delivered, Step::Bounce, None)]
    #[case(S::Cancelled, Step::Resend, None)]
    #[case(S::Delivered, Step::Resend, None)]
    fn steps_lead_where_they_should(
        #[case] from: S,
        #[case] step: Step,
        #[case] expected: Option<S>,
    ) {
        assert_eq!(from.after(step).ok(), expected);
    }

    #[test]
    fn what_is_over_takes_no_step_by_itself() {
        let steps = [Step::Hold, Step::Begin, Step::Accept, Step::Fail];
        for state in S::ALL.iter().filter(|s| s.is_final()) {
            assert!(steps.iter().all(|step| state.after(*step).is_err()));
        }
    }

    #[test]
    fn tries_grow_rarer_and_end() {
        let waits: Vec<_> = (1..=6)
            .map(|n| retry_after(n).map(|d| d.num_minutes()))
            .collect();
        assert_eq!(
            waits,
            [Some(2), Some(6), Some(18), Some(54), Some(162), None]
        );
    }
}
