//! The life of a proposed version: one decision function with every transition, and the reasons why
//! a step is refused. Whoever wrote a text does not review it, and neither of the two approves it.

use super::ProposalState;
use crate::ids::UserId;

/// Who took a step.
#[derive(Clone, Debug)]
pub struct Person {
    /// The user; the command line and the program itself are none.
    pub user: Option<UserId>,
    /// Name at the time.
    pub name: String,
}

impl Person {
    fn is(&self, other: &Self) -> bool {
        match (self.user, other.user) {
            (Some(a), Some(b)) => a == b,
            (None, None) => self.name == other.name,
            _ => false,
        }
    }
}

/// A proposed version as far as decisions need it.
#[derive(Clone, Debug)]
pub struct Proposal<'p> {
    /// Where it stands.
    pub state: ProposalState,
    /// SHA-256 of its text.
    pub hash: &'p str,
    /// Everyone who wrote at it.
    pub authors: &'p [Person],
    /// Who reviewed the text as it is.
    pub reviewer: Option<&'p Person>,
    /// How sure its author is of the source: T, T2, K, U or P.
    pub confidence: &'p str,
    /// It is a rule of the company's own and not law.
    pub is_company_rule: bool,
    /// Its text loads, and every test in it passes.
    pub is_sound: bool,
}

/// What somebody wants to do with a proposed version.
#[derive(Clone, Copy, Debug)]
pub enum Command<'c> {
    /// Change the text.
    Edit,
    /// Say that the text of this hash is right.
    Review {
        /// What the reviewer read.
        hash: &'c str,
    },
    /// Have it changed.
    SendBack {
        /// Why.
        reason: &'c str,
    },
    /// Let the text of this hash become a rule.
    Approve {
        /// What the approver read.
        hash: &'c str,
    },
    /// Give it up.
    Withdraw {
        /// Why.
        reason: &'c str,
    },
}

/// Why a step is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is not in a state for this step.
    #[error("not in a state for this step")]
    WrongState,
    /// The text was changed since it was read.
    #[error("the text was changed since it was read")]
    OtherText,
    /// A reason is needed.
    #[error("a reason is needed")]
    NoReason,
    /// Only persons who signed in review and approve.
    #[error("only a person who signed in may do this")]
    NotAPerson,
    /// Nobody reviews what they wrote.
    #[error("nobody reviews what they wrote")]
    OwnText,
    /// Nobody approves what they wrote.
    #[error("nobody approves what they wrote")]
    AuthorApproves,
    /// Nobody approves what they reviewed.
    #[error("nobody approves what they reviewed")]
    ReviewerApproves,
    /// It does not load, or one of its tests fails.
    #[error("it does not load, or a test fails")]
    Unsound,
    /// A source that nobody read in full does not become law.
    #[error("the source is not certain enough to become law")]
    NotCertain,
    /// The text does not claim that day.
    #[error("the text does not claim that day")]
    OutsideText,
    /// Another version of the same pack is in force on that day.
    #[error("another version is in force on that day")]
    Overlap,
}

impl Refused {
    /// The code that messages hang on.
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongState => "rules-wrong-state",
            Self::OtherText => "rules-other-text",
            Self::NoReason => "rules-no-reason",
            Self::NotAPerson => "rules-not-a-person",
            Self::OwnText => "rules-own-text",
            Self::AuthorApproves => "rules-author-approves",
            Self::ReviewerApproves => "rules-reviewer-approves",
            Self::Unsound => "rules-unsound",
            Self::NotCertain => "rules-not-certain",
            Self::OutsideText => "rules-outside-text",
            Self::Overlap => "rules-overlap",
        }
    }
}

/// Where a proposed version stands after a step.
///
/// # Errors
/// Why the step is not taken.
pub fn decide(
    proposal: &Proposal<'_>,
    command: Command<'_>,
    by: &Person,
) -> Result<ProposalState, Refused> {
    use ProposalState as S;
    let wrote = proposal.authors.iter().any(|a| a.is(by));
    let demand = |holds: bool, refused: Refused| if holds { Ok(()) } else { Err(refused) };
    match (command, proposal.state) {
        (Command::Edit, S::Draft) => Ok(S::Draft),
        (Command::Review { hash }, S::Draft) => {
            demand(hash == proposal.hash, Refused::OtherText)?;
            demand(by.user.is_some(), Refused::NotAPerson)?;
            demand(!wrote, Refused::OwnText)?;
            demand(proposal.is_sound, Refused::Unsound)?;
            Ok(S::Reviewed)
        }
        (Command::SendBack { reason }, S::Reviewed | S::Draft) => {
            demand(!reason.trim().is_empty(), Refused::NoReason)?;
            Ok(S::Draft)
        }
        (Command::Approve { hash }, S::Reviewed) => {
            demand(hash == proposal.hash, Refused::OtherText)?;
            demand(by.user.is_some(), Refused::NotAPerson)?;
            demand(!wrote, Refused::AuthorApproves)?;
            let reviewed = proposal.reviewer.is_some_and(|r| r.is(by));
            demand(!reviewed, Refused::ReviewerApproves)?;
            demand(proposal.is_sound, Refused::Unsound)?;
            let certain = match proposal.confidence {
                "T" | "T2" => true,
                "P" => proposal.is_company_rule,
                _ => false,
            };
            demand(certain, Refused::NotCertain)?;
            Ok(S::Approved)
        }
        (Command::Withdraw { reason }, S::Draft | S::Reviewed) => {
            demand(!reason.trim().is_empty(), Refused::NoReason)?;
            Ok(S::Withdrawn)
        }
        _ => Err(Refused::WrongState),
    }
}
