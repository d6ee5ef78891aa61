//! Callbacks that end face to face: visits, and gatherings that count as the contact.

use super::{Callback, CallbackError, Change, Command, Discharge};
use crate::callbacks::{CallbackState as S, ContactChannel};

impl Callback {
    pub(super) fn in_person(
        &self,
        command: &Command,
        rules: &Discharge,
    ) -> Result<Change, CallbackError> {
        match (self.state, command) {
            (S::BranchSecond | S::ContactFix | S::LetterOut, Command::PlanVisit) => {
                self.after_phone(rules, ContactChannel::Visit)?;
                Ok(self.change(S::VisitPlanned))
            }
            // Without a branch round the head of the customer-service office decides before the calls
            // are spent (B09 §7(2)).
            (S::RetryWait, Command::PlanVisit) if !rules.branch_round => {
                allowed(rules, ContactChannel::Visit)?;
                Ok(self.change(S::VisitPlanned))
            }
            (S::VisitPlanned, Command::VisitDone { affirmed }) => Ok(self.confirmed(*affirmed)),
            (
                S::Planned | S::Assigned | S::RetryWait | S::BranchSecond,
                Command::MetAtGathering,
            ) => {
                allowed(rules, ContactChannel::Gathering)?;
                Ok(self.confirmed(true))
            }
            (state, _) => Err(CallbackError::WrongState(state)),
        }
    }
}

fn allowed(rules: &Discharge, channel: ContactChannel) -> Result<(), CallbackError> {
    if rules.channels.contains(&channel) {
        Ok(())
    } else {
        Err(CallbackError::ChannelNotAllowed(channel))
    }
}
