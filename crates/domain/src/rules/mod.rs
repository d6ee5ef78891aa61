//! How rules are made: who wrote a version of a pack, who reviewed it, who approved it for the
//! leadership, and from which day it counts (requirements §4.15, §5.3 no. 6; GOV-01…GOV-07).

mod life;
mod span;

pub use life::{Command, Person, Proposal, Refused, decide};
pub use span::{Span, choose_first_day};

use chrono::NaiveDate;

codes! {
    /// Where a proposed version of a pack stands. Once approved it is a version; whether that is in
    /// force is a matter of days, see [`VersionState`].
    pub enum ProposalState ("proposal state") {
        /// Being written, or sent back.
        Draft = "draft",
        /// Read by a second person, with its tests passed.
        Reviewed = "reviewed",
        /// Approved by the leadership.
        Approved = "approved",
        /// Given up.
        Withdrawn = "withdrawn",
    }
}

codes! {
    /// Where a proposed version came from.
    pub enum Origin ("origin of a proposal") {
        /// Written in the product.
        Written = "written",
        /// Uploaded as a file.
        Uploaded = "uploaded",
        /// Came in a signed package.
        Package = "package",
        /// Came with a newer program.
        Shipped = "shipped",
    }
}

codes! {
    /// A step in the life of a version.
    pub enum RuleStep ("step of a rule") {
        /// Put down for the first time.
        Drafted = "drafted",
        /// The text was changed.
        Edited = "edited",
        /// Reviewed by another person.
        Reviewed = "reviewed",
        /// Sent back to be changed.
        SentBack = "sent_back",
        /// Approved.
        Approved = "approved",
        /// Given up.
        Withdrawn = "withdrawn",
        /// Part of the set that the program brought to a new database.
        Shipped = "shipped",
    }
}

codes! {
    /// What came of evaluating a rule (B11 七.2).
    pub enum EvaluationResult ("result of an evaluation") {
        /// It serves its purpose.
        Keep = "keep",
        /// It is to be revised.
        Revise = "revise",
        /// It is to be repealed.
        Repeal = "repeal",
    }
}

codes! {
    /// Where a version stands on a day. Nothing stores it: it is read off the days.
    pub enum VersionState ("state of a version") {
        /// Being written.
        Draft = "draft",
        /// Reviewed.
        Reviewed = "reviewed",
        /// Approved; its first day lies ahead.
        Approved = "approved",
        /// In force.
        Effective = "effective",
        /// Replaced by a later version, or at its end; counts on for triggers inside its days.
        Superseded = "superseded",
        /// Given up.
        Withdrawn = "withdrawn",
    }
}

impl VersionState {
    /// Where a version stands on a day, from its days in force.
    pub fn on(state: ProposalState, span: Span, today: NaiveDate) -> Self {
        match state {
            ProposalState::Draft => Self::Draft,
            ProposalState::Reviewed => Self::Reviewed,
            ProposalState::Withdrawn => Self::Withdrawn,
            ProposalState::Approved if span.is_empty() => Self::Superseded,
            ProposalState::Approved if span.from.is_some_and(|from| today < from) => Self::Approved,
            ProposalState::Approved if span.until.is_some_and(|until| until < today) => {
                Self::Superseded
            }
            ProposalState::Approved => Self::Effective,
        }
    }
}

#[cfg(test)]
mod tests;
