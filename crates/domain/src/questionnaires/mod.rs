//! Questionnaires and the question gate: items one by one, the next only after a clear answer.

mod condition;
mod finding;
mod gate;
mod reach;
mod topic;

pub use condition::{AfterAnswer, CaseFacts, Condition, Test, all_hold, cases_of, lies_in};
pub use finding::FindingCode;
pub use gate::{Gate, GateError, GivenAnswer, Interview, Problem};
pub use reach::Reach;
pub use topic::Topic;

use crate::tickets::ProblemType;

codes! {
    /// Kind of an item (QST-15).
    pub enum ItemKind ("item kind") {
        /// Who is on the line.
        Identity = "identity",
        /// Something the customer must be told and understand.
        Inform = "inform",
        /// Something the customer confirms.
        Confirm = "confirm",
        /// Data to verify, such as an address.
        Verify = "verify",
        /// A rating from 1 (very dissatisfied) to 5 (very satisfied).
        Rate = "rate",
        /// An open question.
        Open = "open",
        /// Promotion; only where the programme allows it.
        Promotion = "promotion",
    }
}

codes! {
    /// How a questionnaire reaches the customer.
    #[derive(Default)]
    pub enum Medium ("medium") {
        /// Read aloud in a call.
        #[default]
        Call = "call",
        /// Answered by the customer on a page.
        Electronic = "electronic",
        /// Printed in a letter.
        Letter = "letter",
        /// Filled in during a visit.
        Visit = "visit",
    }
}

codes! {
    /// A fact of a case on which items depend.
    pub enum Fact ("fact of a questionnaire") {
        /// Class of product.
        ProductClass = "product_class",
        /// Line of business.
        Line = "line",
        /// The product is of a new type: its benefits are uncertain.
        NewType = "new_type",
        /// The premium is paid in instalments.
        Instalments = "instalments",
        /// The sale was recorded in sound and picture.
        DoubleRecorded = "double_recorded",
        /// Sales channel.
        Channel = "channel",
        /// There was a claim in the term.
        HadClaim = "had_claim",
        /// Kind of insured.
        InsuredKind = "insured_kind",
        /// Kind of policyholder.
        HolderKind = "holder_kind",
        /// Region.
        Region = "region",
        /// The customer is a key account.
        KeyAccount = "key_account",
        /// The insured is a minor.
        Juvenile = "juvenile",
        /// It is a second callback.
        Recall = "recall",
        /// How the customer is asked.
        Medium = "medium",
        /// A subject that the plan behind the callback wants asked.
        PlannedTopic = "planned_topic",
    }
}

codes! {
    /// A step in the life of a version of a questionnaire.
    pub enum ScriptStep ("step of a questionnaire") {
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
        /// Part of what the program brought.
        Shipped = "shipped",
        /// Its last day was set.
        Ended = "ended",
    }
}

codes! {
    /// What the customer answered.
    pub enum Answer ("answer") {
        /// Yes, clear, confirmed.
        Affirm = "affirm",
        /// Unclear.
        Unclear = "unclear",
        /// No, objection.
        Negative = "negative",
        /// A question that could not be answered on the line.
        Question = "question",
        /// A rating or words were given.
        Given = "given",
        /// Not applicable, or skipped where skipping is allowed.
        Skipped = "skipped",
    }
}

/// Words in two languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Chinese, as it is read aloud.
    pub zh: String,
    /// English gloss.
    pub en: String,
}

/// Ratings up to this one are dissatisfaction.
const DISSATISFIED_MAX: u8 = 2;

/// One item of a questionnaire. Values are filled into its words by the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Code, unique in the questionnaire.
    pub code: String,
    /// Its kind.
    pub kind: ItemKind,
    /// Short heading.
    pub title: Words,
    /// The sentence to read aloud.
    pub ask: Words,
    /// Must be answered before the callback can finish.
    pub must_ask: bool,
    /// The next item opens only after this one is answered.
    pub gated: bool,
    /// Ticket opened by a negative, unclear or unanswerable answer.
    pub ticket: Option<ProblemType>,
    /// Where the duty to ask is written.
    pub cite: String,
    /// The answer that the item hopes for; other than [`Answer::Affirm`] for questions such as
    /// whether somebody else signed.
    pub expected: Answer,
    /// The item is asked only after an earlier one was answered so.
    pub after: Option<AfterAnswer>,
}

impl Item {
    /// Whether an answer fits the item.
    pub fn accepts(&self, answer: Answer, rating: Option<u8>) -> bool {
        match (self.kind, answer) {
            (ItemKind::Rate, Answer::Given) => rating.is_some_and(|r| (1..=5).contains(&r)),
            (ItemKind::Open | ItemKind::Promotion, Answer::Given) => true,
            (ItemKind::Rate | ItemKind::Open | ItemKind::Promotion, Answer::Skipped) => {
                !self.must_ask
            }
            (ItemKind::Rate | ItemKind::Open | ItemKind::Promotion, _) => false,
            (_, Answer::Given | Answer::Skipped) => false,
            (_, _) => true,
        }
    }

    /// Whether an answer is what the item hopes for.
    pub fn is_affirmed_by(&self, answer: Answer, rating: Option<u8>) -> bool {
        match self.kind {
            ItemKind::Rate => rating.is_none_or(|r| r > DISSATISFIED_MAX),
            ItemKind::Open | ItemKind::Promotion => true,
            _ => answer == self.expected,
        }
    }

    /// Whether it asks for a clear yes or no, in one of four answers.
    pub fn is_closed(&self) -> bool {
        !matches!(
            self.kind,
            ItemKind::Rate | ItemKind::Open | ItemKind::Promotion
        )
    }

    /// An answer as later items see it: dissatisfaction counts as negative.
    fn seen_as(&self, given: &GivenAnswer) -> Answer {
        match (self.kind, given.rating) {
            (ItemKind::Rate, Some(rating)) if rating <= DISSATISFIED_MAX => Answer::Negative,
            (ItemKind::Rate, Some(_)) => Answer::Affirm,
            _ => given.answer,
        }
    }
}
