//! Questionnaires and the question gate: items one by one, the next only after a clear answer.

mod gate;

pub use gate::{Gate, GateError, GivenAnswer, Interview, Problem};

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
            _ => answer == Answer::Affirm,
        }
    }
}
