//! The electronic callback beside the calls: offered, turned down, answered, found wanting.
//!
//! A link that is out changes nothing but when the customer is called next; so the calls go on where
//! they were when it expires or the customer chooses the telephone.

use super::life::{Callback, CallbackError, Change, Discharge};
use super::outcome::Outcome;
use super::{CallbackState, ContactChannel};
use crate::questionnaires::Interview;
use crate::time::Instant;
use chrono::NaiveDate;

impl Callback {
    /// A link is sent: nobody calls before it ends, unless the customer asks for it.
    ///
    /// # Errors
    /// [`CallbackError`] says why none is sent.
    pub fn offer_electronic(
        &self,
        rules: &Discharge,
        today: NaiveDate,
        until: Instant,
    ) -> Result<Change, CallbackError> {
        self.open_to_electronic(rules, today)?;
        let to = match self.state {
            CallbackState::Assigned => CallbackState::RetryWait,
            other => other,
        };
        Ok(Change {
            again_at: Some(until),
            ..self.change(to)
        })
    }

    /// The customer is to be called after all, from a moment on.
    ///
    /// # Errors
    /// [`CallbackError::WrongState`] when nothing is to be called any more, or somebody calls just now.
    pub fn back_to_phone(&self, from: Instant) -> Result<Change, CallbackError> {
        if !is_waiting(self.state) {
            return Err(CallbackError::WrongState(self.state));
        }
        Ok(Change {
            again_at: Some(from),
            ..self.change(self.state)
        })
    }

    /// The customer answered everything on the page. What follows is what follows from a call.
    ///
    /// # Errors
    /// [`CallbackError`] says why it does not count.
    pub fn finish_electronic(
        &self,
        interview: &Interview,
        rules: &Discharge,
        today: NaiveDate,
    ) -> Result<Change, CallbackError> {
        self.open_to_electronic(rules, today)?;
        let outcome = Outcome {
            reached: true,
            identity_verified: interview.identity_verified,
            content_delivered: interview.content_delivered,
            affirmed: interview.affirmed,
        };
        let done = outcome.is_completed();
        let to = if done {
            CallbackState::Completed
        } else {
            CallbackState::ProblemOpen
        };
        Ok(Change {
            outcome: Some(outcome),
            opens_problems: !done,
            ..self.change(to)
        })
    }

    /// An inspection found that a completed electronic callback does not count: a problem is open, and
    /// the customer is called when it is solved.
    ///
    /// # Errors
    /// [`CallbackError::WrongState`] when it is not completed.
    pub fn find_wanting(&self) -> Result<Change, CallbackError> {
        if self.state != CallbackState::Completed {
            return Err(CallbackError::WrongState(self.state));
        }
        Ok(Change {
            opens_problems: true,
            ..self.change(CallbackState::ProblemOpen)
        })
    }

    fn open_to_electronic(&self, rules: &Discharge, today: NaiveDate) -> Result<(), CallbackError> {
        let channel = ContactChannel::Electronic;
        if !rules.channels.contains(&channel) {
            return Err(CallbackError::ChannelNotAllowed(channel));
        }
        // A second callback after a problem is a conversation.
        if !is_waiting(self.state) || self.is_recall {
            return Err(CallbackError::WrongState(self.state));
        }
        if self.earliest_on.is_none_or(|on| on > today) {
            return Err(CallbackError::NotReady);
        }
        Ok(())
    }
}

/// Whether the callback waits to be called, and nobody does just now.
fn is_waiting(state: CallbackState) -> bool {
    matches!(
        state,
        CallbackState::Planned
            | CallbackState::Assigned
            | CallbackState::RetryWait
            | CallbackState::BranchSecond
    )
}
