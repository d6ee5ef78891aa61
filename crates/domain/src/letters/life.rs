//! The life of a letter: one decision function, every transition of requirements §4.6.

use super::{Gap, LetterKind, LetterState};
use chrono::NaiveDate;

/// A letter as far as decisions need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// What it is for.
    pub kind: LetterKind,
    /// Where it stands.
    pub state: LetterState,
    /// When it was made.
    pub issued_on: NaiveDate,
    /// By when it is expected back.
    pub due_on: Option<NaiveDate>,
    /// When it was sent.
    pub sent_on: Option<NaiveDate>,
    /// When the customer had it.
    pub delivered_on: Option<NaiveDate>,
    /// When the policyholder signed.
    pub signed_on: Option<NaiveDate>,
    /// A scan of the signed paper is kept.
    pub has_scan: bool,
    /// What the last review found missing; nothing when there was none.
    pub gaps: Option<Vec<Gap>>,
}

/// What someone does with a letter. Days are those on the paper, not those of typing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Sends a fallback letter.
    Send(NaiveDate),
    /// The customer has it.
    Deliver(NaiveDate),
    /// The policyholder signed.
    Sign(NaiveDate),
    /// The company's copy is back.
    Return(NaiveDate),
    /// The copy was looked through.
    Review,
    /// The copy is found good.
    Accept,
    /// The copy goes back to the salesperson and the customer.
    Reject {
        /// What is wrong.
        reason: String,
    },
    /// The receipt is entered.
    Enter,
    /// A fallback letter cannot be delivered.
    Undeliverable,
    /// A fallback letter came back signed, everything affirmed.
    ReplyAffirmed(NaiveDate),
    /// A fallback letter came back with a negative answer.
    ReplyNegative(NaiveDate),
    /// The deadline has passed without an answer.
    NoReply,
    /// Spoilt or replaced.
    Void {
        /// Why.
        reason: String,
    },
}

/// Why a command is refused. Nothing changes then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// The command does not fit the state.
    #[error("not possible while the letter is {0}")]
    WrongState(LetterState),
    /// The day lies ahead.
    #[error("the day lies in the future")]
    FutureDay,
    /// The day lies before an earlier step.
    #[error("the day lies before an earlier step")]
    DayBefore,
    /// The signed paper must be scanned first.
    #[error("the signed paper must be scanned first")]
    ScanMissing,
    /// The copy lacks something.
    #[error("the copy lacks something")]
    Incomplete,
    /// The deadline has not passed.
    #[error("the deadline has not passed")]
    NotDue,
    /// A reason is needed.
    #[error("a reason is needed")]
    ReasonMissing,
}

impl Letter {
    /// Decides a command; gives the state after it.
    ///
    /// # Errors
    /// [`LetterError`] says why the command is refused.
    pub fn decide(&self, command: &Command, today: NaiveDate) -> Result<LetterState, LetterError> {
        use LetterKind::{Combined, Fallback};
        use LetterState as S;
        match (self.kind, self.state, command) {
            (Fallback, S::Issued, Command::Send(on)) => self.on_day(*on, today, S::Sent),
            (Combined, S::Printed, Command::Deliver(on))
            | (Fallback, S::Sent, Command::Deliver(on)) => self.on_day(*on, today, S::Delivered),
            (Combined, S::Delivered, Command::Sign(on)) => self.on_day(*on, today, S::Signed),
            (Combined, S::Signed, Command::Return(on)) => self.on_day(*on, today, S::Returned),
            (Combined, S::Returned | S::Reviewed, Command::Review) => Ok(S::Reviewed),
            (Combined, S::Reviewed, Command::Accept) => {
                if self.gaps.as_ref().is_none_or(|gaps| !gaps.is_empty()) {
                    return Err(LetterError::Incomplete);
                }
                self.demand_scan()?;
                Ok(S::Accepted)
            }
            (Combined, S::Reviewed, Command::Reject { reason }) => {
                demand(reason)?;
                Ok(S::Delivered)
            }
            (Combined, S::Accepted, Command::Enter) => Ok(S::Entered),
            (Fallback, S::Sent | S::Delivered, Command::Undeliverable) => Ok(S::Undeliverable),
            (Fallback, S::Sent | S::Delivered, Command::ReplyAffirmed(on)) => {
                self.demand_scan()?;
                self.on_day(*on, today, S::ReturnedAffirmed)
            }
            (Fallback, S::Sent | S::Delivered, Command::ReplyNegative(on)) => {
                self.demand_scan()?;
                self.on_day(*on, today, S::ReturnedNegative)
            }
            (Fallback, S::Sent | S::Delivered, Command::NoReply) => {
                if self.is_overdue(today) {
                    Ok(S::NoReply)
                } else {
                    Err(LetterError::NotDue)
                }
            }
            (_, S::Printed | S::Issued, Command::Void { reason })
            | (Combined, S::Delivered | S::Signed, Command::Void { reason }) => {
                demand(reason)?;
                Ok(S::Voided)
            }
            (_, state, _) => Err(LetterError::WrongState(state)),
        }
    }

    /// Whether it is expected back and the day for that has passed.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.state.is_out() && self.due_on.is_some_and(|due| due < today)
    }

    fn on_day(
        &self,
        on: NaiveDate,
        today: NaiveDate,
        to: LetterState,
    ) -> Result<LetterState, LetterError> {
        if on > today {
            return Err(LetterError::FutureDay);
        }
        let earlier = [
            Some(self.issued_on),
            self.sent_on,
            self.delivered_on,
            self.signed_on,
        ];
        if earlier.into_iter().flatten().any(|day| on < day) {
            return Err(LetterError::DayBefore);
        }
        Ok(to)
    }

    fn demand_scan(&self) -> Result<(), LetterError> {
        if self.has_scan {
            Ok(())
        } else {
            Err(LetterError::ScanMissing)
        }
    }
}

fn demand(reason: &str) -> Result<(), LetterError> {
    if reason.trim().is_empty() {
        Err(LetterError::ReasonMissing)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn letter(kind: LetterKind, state: LetterState) -> Letter {
        Letter {
            kind,
            state,
            issued_on: day("2026-03-02"),
            due_on: Some(day("2026-03-09")),
            sent_on: None,
            delivered_on: None,
            signed_on: None,
            has_scan: true,
            gaps: Some(Vec::new()),
        }
    }

    /// Every command from every state: those that are not listed are refused.
    #[test]
    fn only_the_steps_of_the_chain_are_possible() {
        use LetterKind as K;
        use LetterState as S;
        let on = day("2026-03-20");
        let why = || "缺少签名".to_owned();
        let commands = [
            Command::Send(on),
            Command::Deliver(on),
            Command::Sign(on),
            Command::Return(on),
            Command::Review,
            Command::Accept,
            Command::Reject { reason: why() },
            Command::Enter,
            Command::Undeliverable,
            Command::ReplyAffirmed(on),
            Command::ReplyNegative(on),
            Command::NoReply,
            Command::Void { reason: why() },
        ];
        let chain = [
            (K::Combined, S::Printed, 1, S::Delivered),
            (K::Combined, S::Delivered, 2, S::Signed),
            (K::Combined, S::Signed, 3, S::Returned),
            (K::Combined, S::Returned, 4, S::Reviewed),
            (K::Combined, S::Reviewed, 4, S::Reviewed),
            (K::Combined, S::Reviewed, 5, S::Accepted),
            (K::Combined, S::Reviewed, 6, S::Delivered),
            (K::Combined, S::Accepted, 7, S::Entered),
            (K::Combined, S::Printed, 12, S::Voided),
            (K::Combined, S::Delivered, 12, S::Voided),
            (K::Combined, S::Signed, 12, S::Voided),
            (K::Fallback, S::Issued, 0, S::Sent),
            (K::Fallback, S::Issued, 12, S::Voided),
            (K::Fallback, S::Printed, 12, S::Voided),
            (K::Combined, S::Issued, 12, S::Voided),
            (K::Fallback, S::Sent, 1, S::Delivered),
            (K::Fallback, S::Sent, 8, S::Undeliverable),
            (K::Fallback, S::Delivered, 8, S::Undeliverable),
            (K::Fallback, S::Sent, 9, S::ReturnedAffirmed),
            (K::Fallback, S::Delivered, 9, S::ReturnedAffirmed),
            (K::Fallback, S::Sent, 10, S::ReturnedNegative),
            (K::Fallback, S::Delivered, 10, S::ReturnedNegative),
            (K::Fallback, S::Sent, 11, S::NoReply),
            (K::Fallback, S::Delivered, 11, S::NoReply),
        ];
        for kind in LetterKind::ALL.iter().copied() {
            for state in LetterState::ALL.iter().copied() {
                for (number, command) in commands.iter().enumerate() {
                    let listed = chain
                        .iter()
                        .find(|c| (c.0, c.1, c.2) == (kind, state, number));
                    let expected = match listed {
                        Some((.., to)) => Ok(*to),
                        None => Err(LetterError::WrongState(state)),
                    };
                    let decided = letter(kind, state).decide(command, day("2026-03-20"));
                    assert_eq!(decided, expected, "{kind} {state} {command:?}");
                }
            }
        }
    }

    #[test]
    fn days_follow_each_other_and_papers_are_complete() {
        use LetterState as S;
        let today = day("2026-03-10");
        let delivered = Letter {
            delivered_on: Some(day("2026-03-05")),
            ..letter(LetterKind::Combined, S::Delivered)
        };
        let sign = |on| delivered.decide(&Command::Sign(day(on)), today);
        assert_eq!(sign("2026-03-05"), Ok(S::Signed));
        assert_eq!(sign("2026-03-04"), Err(LetterError::DayBefore));
        assert_eq!(sign("2026-03-11"), Err(LetterError::FutureDay));
        let reviewed = letter(LetterKind::Combined, S::Reviewed);
        let lacking = Letter {
            gaps: Some(vec![Gap::Signature]),
            ..reviewed.clone()
        };
        assert_eq!(
            lacking.decide(&Command::Accept, today),
            Err(LetterError::Incomplete)
        );
        let unseen = Letter {
            has_scan: false,
            ..reviewed.clone()
        };
        assert_eq!(
            unseen.decide(&Command::Accept, today),
            Err(LetterError::ScanMissing)
        );
        let silent = Command::Reject { reason: " ".into() };
        assert_eq!(
            reviewed.decide(&silent, today),
            Err(LetterError::ReasonMissing)
        );
        let sent = letter(LetterKind::Fallback, S::Sent);
        assert_eq!(
            sent.decide(&Command::NoReply, day("2026-03-09")),
            Err(LetterError::NotDue)
        );
        assert!(sent.is_overdue(today) && !reviewed.is_overdue(today));
    }
}
