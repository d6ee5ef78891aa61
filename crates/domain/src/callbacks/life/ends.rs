//! How a callback ends without completion: given up, or taken off the list by hand.

use super::{Callback, CallbackError, Change, Discharge, demand};
use crate::callbacks::{CallbackState, Cause, ContactChannel};

impl Callback {
    /// Giving up for reasons on the policyholder's side needs every channel tried; the insurer may
    /// always admit that it lies with itself.
    pub(super) fn everything_tried(
        &self,
        rules: &Discharge,
        cause: Cause,
    ) -> Result<(), CallbackError> {
        if cause == Cause::Other {
            return Ok(());
        }
        let phone = ContactChannel::Phone;
        if rules.channels.contains(&phone) && !self.tried.contains(&phone) {
            return Err(CallbackError::PhoneFirst);
        }
        Ok(())
    }

    /// Taken off by hand, with a reason: only what a list of the company put there. What law or a company
    /// rule demands goes when its facts do, and that is found by the planner (C-24).
    pub(super) fn removed(&self, reason: &str, rules: &Discharge) -> Result<Change, CallbackError> {
        demand(reason)?;
        if !rules.manual_removal {
            return Err(CallbackError::StaysOnList);
        }
        Ok(Change {
            assignee: None,
            ..self.change(CallbackState::Cancelled)
        })
    }
}
