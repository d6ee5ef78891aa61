//! The life of a callback: one decision function, every transition of requirements §4.1.

use super::attempt::{AttemptResult, Reached};
use super::outcome::{Cause, Outcome};
use super::{CallbackState, ContactChannel};
use crate::ids::UserId;
use crate::obligations::Respondent;
use crate::questionnaires::Interview;
use crate::time::Instant;
use chrono::NaiveDate;

codes! {
    /// How a programme counts success (requirements §3.0).
    pub enum Success ("success rule") {
        /// The policyholder in person, identified, told everything; completed when affirmed.
        Life = "life",
        /// An allowed respondent, every must-ask item answered.
        Generic = "generic",
    }
}

/// How a programme wants its callbacks discharged; read from the rule pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discharge {
    /// Code of the questionnaire.
    pub questionnaire: String,
    /// Allowed channels, in the order of the ladder.
    pub channels: Vec<ContactChannel>,
    /// Who may be called, the first preferred.
    pub respondents: Vec<Respondent>,
    /// A family member with an authorisation may answer (B16).
    pub proxy_allowed: bool,
    /// What counts as success.
    pub success: Success,
    /// A recording is needed for every telephone interview.
    pub recording_required: bool,
    /// The salesperson of the policy may not call.
    pub bars_salesperson: bool,
    /// Rounds of calls: before and after the number is corrected.
    pub rounds: u32,
    /// Calls in a round.
    pub attempts_per_round: u32,
    /// A wrong number is corrected before the next round.
    pub contact_fix: bool,
    /// The branch makes a second callback when the central one fails.
    pub branch_round: bool,
    /// Working days within which a problem ticket is due.
    pub ticket_due_days: i64,
    /// Calendar days of warning before the due date.
    pub warn_before_due_days: i64,
    /// Days after a late callback in which a surrender counts as cooling-off cancellation.
    pub deemed_days: Option<u32>,
    /// Promotion items may be asked.
    pub promotion_allowed: bool,
    /// Only the respondent that was fixed at listing may answer (B13).
    pub respondent_fixed: bool,
    /// A payout of policy servicing: traced, followed up and spot-checked as B13 says.
    pub payout: bool,
}

/// A callback as far as decisions need it.
#[derive(Clone, Debug)]
pub struct Callback {
    /// Where it stands.
    pub state: CallbackState,
    /// Who is to call.
    pub assignee: Option<UserId>,
    /// First day on which the programme allows a call.
    pub earliest_on: Option<NaiveDate>,
    /// Round of calls, from one.
    pub round: u32,
    /// Attempts that count in this round.
    pub attempts_in_round: u32,
    /// The branch has taken over.
    pub in_branch: bool,
    /// A ticket was solved; the call under way is the second callback.
    pub is_recall: bool,
    /// The number was found impossible to correct, with a recorded reason.
    pub contact_uncorrectable: bool,
    /// Channels on which something was tried.
    pub tried: Vec<ContactChannel>,
}

/// What someone, or the system, does with a callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Gives it to a caller; whether the person may have it is decided by [`super::assignable`].
    Assign {
        /// The caller.
        to: UserId,
    },
    /// Takes it back from the caller.
    Unassign,
    /// Begins a call.
    StartAttempt {
        /// The channel.
        channel: ContactChannel,
    },
    /// Ends an attempt without an interview.
    NotReached {
        /// How it ended.
        result: AttemptResult,
        /// When to try again: the appointment, or the next slot that the schedule allows.
        again_at: Instant,
    },
    /// Ends an attempt with a finished interview.
    Finish {
        /// Who answered.
        reached: Reached,
        /// What the interview amounts to.
        interview: Interview,
        /// A recording is attached.
        recorded: bool,
    },
    /// A new number was verified.
    ContactCorrected,
    /// The number cannot be corrected.
    CannotCorrect {
        /// Why.
        reason: String,
    },
    /// The branch sends a letter.
    SendLetter,
    /// The letter came back signed, everything affirmed.
    LetterAffirmed,
    /// The letter came back with a negative answer.
    LetterNegative,
    /// No reply, or undeliverable.
    LetterFailed,
    /// A visit is planned.
    PlanVisit,
    /// The visit took place; the form is signed.
    VisitDone {
        /// Everything was affirmed.
        affirmed: bool,
    },
    /// The customer was at a symposium or satisfaction-survey event that counts as the contact.
    MetAtGathering,
    /// The ticket was solved; the second callback is due.
    TicketResolved,
    /// Gives up after every channel was tried.
    GiveUp {
        /// Whose side the cause lies on.
        cause: Cause,
        /// What was done and why it cannot be completed.
        circumstances: String,
    },
    /// No longer owed.
    Cancel {
        /// Why.
        reason: String,
    },
}

/// What follows from a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// State after it.
    pub to: CallbackState,
    /// Caller after it.
    pub assignee: Option<UserId>,
    /// Round after it.
    pub round: u32,
    /// Attempts that count in that round.
    pub attempts_in_round: u32,
    /// The branch has taken over.
    pub in_branch: bool,
    /// When to try again.
    pub again_at: Option<Instant>,
    /// The four facts, when an interview was finished.
    pub outcome: Option<Outcome>,
    /// Whose side the cause lies on, when it ends without completion.
    pub cause: Option<Cause>,
    /// A verification ticket is opened: the number must be corrected.
    pub opens_verification: bool,
    /// A failed-case ticket is opened for the branch.
    pub opens_failed_case: bool,
    /// Problem tickets are opened, one for each cause.
    pub opens_problems: bool,
}

/// Why a command is refused. Nothing changes then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// The command does not fit the state.
    #[error("not possible while the callback is {0}")]
    WrongState(CallbackState),
    /// The earliest day has not come, or is not known yet.
    #[error("too early: the period has not begun")]
    NotReady,
    /// The callback is on someone else's list.
    #[error("the callback is on someone else's list")]
    NotAssignee,
    /// The programme does not allow the channel.
    #[error("the programme does not allow {0}")]
    ChannelNotAllowed(ContactChannel),
    /// The programme demands a recording.
    #[error("a recording must be attached first")]
    RecordingMissing,
    /// The person who answered is not one whom the programme accepts.
    #[error("{0} may not answer in this programme")]
    RespondentNotAllowed(Respondent),
    /// Letter and visit come after two rounds of calls, or a recorded reason.
    #[error("letters and visits come after the rounds of calls")]
    PhoneFirst,
    /// A reason is needed.
    #[error("a reason is needed")]
    ReasonMissing,
}

impl Callback {
    /// Decides a command under a programme's rules.
    ///
    /// # Errors
    /// [`CallbackError`] says why the command is refused.
    pub fn decide(
        &self,
        command: &Command,
        rules: &Discharge,
        by: UserId,
        today: NaiveDate,
    ) -> Result<Change, CallbackError> {
        use CallbackState as S;
        match (self.state, command) {
            (
                S::Planned | S::Assigned | S::RetryWait | S::BranchSecond | S::RecallDue,
                Command::Assign { to },
            ) => {
                let to_state = if self.state == S::Planned {
                    S::Assigned
                } else {
                    self.state
                };
                Ok(Change {
                    assignee: Some(*to),
                    ..self.change(to_state)
                })
            }
            (S::Assigned, Command::Unassign) => Ok(Change {
                assignee: None,
                ..self.change(S::Planned)
            }),
            (S::RetryWait | S::BranchSecond | S::RecallDue, Command::Unassign) => Ok(Change {
                assignee: None,
                ..self.change(self.state)
            }),
            (state, Command::StartAttempt { channel }) if state.is_callable() => {
                self.start(*channel, rules, by, today)
            }
            (S::InProgress, Command::NotReached { result, again_at }) => {
                self.assigned_to(by)?;
                Ok(self.not_reached(*result, *again_at, rules))
            }
            (
                S::InProgress,
                Command::Finish {
                    reached,
                    interview,
                    recorded,
                },
            ) => {
                self.assigned_to(by)?;
                self.finish(*reached, interview, *recorded, rules)
            }
            (S::ContactFix, Command::ContactCorrected) => {
                let round = self.round + 1;
                let to = if self.assignee.is_some() {
                    S::Assigned
                } else {
                    S::Planned
                };
                Ok(Change {
                    round,
                    attempts_in_round: 0,
                    ..self.change(to)
                })
            }
            (S::ContactFix, Command::CannotCorrect { reason }) => {
                demand(reason)?;
                Ok(self.to_branch(rules))
            }
            (S::BranchSecond | S::ContactFix, Command::SendLetter) => {
                self.after_phone(rules, ContactChannel::Letter)?;
                Ok(self.change(S::LetterOut))
            }
            (_, Command::PlanVisit | Command::VisitDone { .. } | Command::MetAtGathering) => {
                self.in_person(command, rules)
            }
            (S::LetterOut, Command::LetterAffirmed) => Ok(self.confirmed(true)),
            (S::LetterOut, Command::LetterNegative) => Ok(self.confirmed(false)),
            (S::LetterOut, Command::LetterFailed) => Ok(self.to_branch(rules)),
            (S::ProblemOpen, Command::TicketResolved) => Ok(self.change(S::RecallDue)),
            (
                state,
                Command::GiveUp {
                    cause,
                    circumstances,
                },
            ) if state.is_open() => {
                demand(circumstances)?;
                self.everything_tried(rules, *cause)?;
                Ok(Change {
                    cause: Some(*cause),
                    ..self.change(S::NotCompleted)
                })
            }
            (state, Command::Cancel { reason }) if state.is_open() => {
                demand(reason)?;
                Ok(Change {
                    assignee: None,
                    ..self.change(S::Cancelled)
                })
            }
            (state, _) => Err(CallbackError::WrongState(state)),
        }
    }

    /// The state that people see: planned work is ready from its earliest day on.
    pub fn is_ready(&self, today: NaiveDate) -> bool {
        self.state == CallbackState::Planned && self.earliest_on.is_some_and(|on| on <= today)
    }

    pub(super) fn change(&self, to: CallbackState) -> Change {
        Change {
            to,
            assignee: self.assignee,
            round: self.round,
            attempts_in_round: self.attempts_in_round,
            in_branch: self.in_branch,
            again_at: None,
            outcome: None,
            cause: None,
            opens_verification: false,
            opens_failed_case: false,
            opens_problems: false,
        }
    }

    fn start(
        &self,
        channel: ContactChannel,
        rules: &Discharge,
        by: UserId,
        today: NaiveDate,
    ) -> Result<Change, CallbackError> {
        self.assigned_to(by)?;
        if !rules.channels.contains(&channel) {
            return Err(CallbackError::ChannelNotAllowed(channel));
        }
        if self.earliest_on.is_none_or(|on| on > today) {
            return Err(CallbackError::NotReady);
        }
        Ok(self.change(CallbackState::InProgress))
    }

    /// An attempt without an interview: try again, correct the number, or hand over.
    fn not_reached(&self, result: AttemptResult, again_at: Instant, rules: &Discharge) -> Change {
        use CallbackState as S;
        let used = self.attempts_in_round + u32::from(result.is_counted());
        let retry = || Change {
            attempts_in_round: used,
            again_at: Some(again_at),
            ..self.change(S::RetryWait)
        };
        match result {
            AttemptResult::RefusedFinally => Change {
                cause: Some(Cause::Policyholder),
                ..self.change(S::NotCompleted)
            },
            AttemptResult::WrongNumber => self.round_spent(rules, true),
            AttemptResult::Dialect | AttemptResult::HearingDifficulty => {
                if rules.branch_round && !self.in_branch {
                    self.to_branch(rules)
                } else {
                    Change {
                        assignee: None,
                        ..retry()
                    }
                }
            }
            _ if result.is_counted() && used >= rules.attempts_per_round => {
                self.round_spent(rules, false)
            }
            _ => retry(),
        }
    }

    /// No attempts left in this round.
    fn round_spent(&self, rules: &Discharge, wrong_number: bool) -> Change {
        use CallbackState as S;
        let rounds_left = self.round < rules.rounds && !self.in_branch;
        if rules.contact_fix && rounds_left {
            return Change {
                opens_verification: true,
                ..self.change(S::ContactFix)
            };
        }
        if rules.branch_round && !self.in_branch {
            return self.to_branch(rules);
        }
        if self.in_branch {
            // The branch decides: letter, visit, another call, or giving up with the circumstances.
            return Change {
                attempts_in_round: 0,
                ..self.change(S::BranchSecond)
            };
        }
        let cause = if wrong_number {
            Cause::Other
        } else {
            Cause::Policyholder
        };
        Change {
            cause: Some(cause),
            ..self.change(S::NotCompleted)
        }
    }

    fn to_branch(&self, rules: &Discharge) -> Change {
        if !rules.branch_round {
            let cause = Some(Cause::Other);
            return Change {
                cause,
                ..self.change(CallbackState::NotCompleted)
            };
        }
        Change {
            assignee: if self.in_branch { self.assignee } else { None },
            attempts_in_round: 0,
            in_branch: true,
            opens_failed_case: !self.in_branch,
            ..self.change(CallbackState::BranchSecond)
        }
    }

    fn finish(
        &self,
        reached: Reached,
        interview: &Interview,
        recorded: bool,
        rules: &Discharge,
    ) -> Result<Change, CallbackError> {
        use CallbackState as S;
        if rules.recording_required && !recorded {
            return Err(CallbackError::RecordingMissing);
        }
        let proxy = reached.respondent == Respondent::AuthorizedProxy;
        let allowed = if proxy {
            rules.proxy_allowed && reached.authorised
        } else {
            rules.respondents.contains(&reached.respondent)
        };
        if !allowed {
            return Err(CallbackError::RespondentNotAllowed(reached.respondent));
        }
        let outcome = Outcome {
            // A proxy never counts as having reached the person (C-07).
            reached: !proxy,
            identity_verified: interview.identity_verified,
            content_delivered: interview.content_delivered,
            affirmed: interview.affirmed,
        };
        let done = interview.identity_verified && interview.content_delivered && interview.affirmed;
        let to = if done { S::Completed } else { S::ProblemOpen };
        Ok(Change {
            outcome: Some(outcome),
            opens_problems: !done,
            ..self.change(to)
        })
    }

    /// A signed letter or visit form: the person in person, everything told.
    fn confirmed(&self, affirmed: bool) -> Change {
        let outcome = Outcome {
            reached: true,
            identity_verified: true,
            content_delivered: true,
            affirmed,
        };
        let to = if affirmed {
            CallbackState::Completed
        } else {
            CallbackState::ProblemOpen
        };
        Change {
            outcome: Some(outcome),
            opens_problems: !affirmed,
            ..self.change(to)
        }
    }

    fn assigned_to(&self, by: UserId) -> Result<(), CallbackError> {
        let own = self.assignee == Some(by);
        own.then_some(()).ok_or(CallbackError::NotAssignee)
    }

    /// Letters and visits only after the rounds of calls, or a recorded reason why the number
    /// cannot be corrected (Chongqing, article 6).
    fn after_phone(&self, rules: &Discharge, channel: ContactChannel) -> Result<(), CallbackError> {
        if !rules.channels.contains(&channel) {
            return Err(CallbackError::ChannelNotAllowed(channel));
        }
        let rounds_done = self.round >= rules.rounds;
        if rounds_done || self.contact_uncorrectable || self.in_branch {
            Ok(())
        } else {
            Err(CallbackError::PhoneFirst)
        }
    }

    /// Giving up for reasons on the policyholder's side needs every channel tried; the insurer may
    /// always admit that it lies with itself.
    fn everything_tried(&self, rules: &Discharge, cause: Cause) -> Result<(), CallbackError> {
        if cause == Cause::Other {
            return Ok(());
        }
        let phone = ContactChannel::Phone;
        if rules.channels.contains(&phone) && !self.tried.contains(&phone) {
            return Err(CallbackError::PhoneFirst);
        }
        Ok(())
    }
}

fn demand(reason: &str) -> Result<(), CallbackError> {
    if reason.trim().is_empty() {
        Err(CallbackError::ReasonMissing)
    } else {
        Ok(())
    }
}

mod in_person;
#[cfg(test)]
mod tests;
