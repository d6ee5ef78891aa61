//! The question gate (requirements §4.3) and what an interview amounts to.

use super::{Answer, Item, ItemKind};
use crate::tickets::ProblemType;

/// An answer as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenAnswer {
    /// The item's code.
    pub item: String,
    /// What was answered.
    pub answer: Answer,
    /// The rating, for items that ask for one.
    pub rating: Option<u8>,
}

/// Why an answer is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GateError {
    /// The questionnaire has no such item, or it does not apply to this case.
    #[error("the questionnaire has no item {0}")]
    NoSuchItem(String),
    /// An earlier item is still open.
    #[error("item {open} must be answered before {asked}")]
    Gated {
        /// The item that is open.
        open: String,
        /// The item that was answered.
        asked: String,
    },
    /// The answer does not fit the item.
    #[error("item {0} does not take that answer")]
    DoesNotFit(String),
    /// Items that must be answered are still open.
    #[error("still open: {}", .0.join(", "))]
    Incomplete(Vec<String>),
}

/// The items that apply to a case, and the answers so far.
#[derive(Clone, Debug)]
pub struct Gate<'q> {
    items: Vec<&'q Item>,
    answers: Vec<GivenAnswer>,
}

/// A problem found in an interview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The item that raised it.
    pub item: String,
    /// Its type.
    pub kind: ProblemType,
}

/// What a finished interview amounts to: the facts from which every regulation's own words
/// (成功, 完成) are computed (CBK-43).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interview {
    /// The respondent's identity was confirmed.
    pub identity_verified: bool,
    /// Every item that must be told or asked was.
    pub content_delivered: bool,
    /// Every such item was affirmed, without objection.
    pub affirmed: bool,
    /// What was not affirmed.
    pub problems: Vec<Problem>,
}

impl<'q> Gate<'q> {
    /// A gate over the items that apply, with the answers given so far (later ones count).
    pub fn new(items: Vec<&'q Item>, answers: Vec<GivenAnswer>) -> Self {
        Self { items, answers }
    }

    /// The items, in order.
    pub fn items(&self) -> &[&'q Item] {
        &self.items
    }

    /// The answer that counts for an item.
    pub fn answer_to(&self, item: &str) -> Option<&GivenAnswer> {
        self.answers.iter().rev().find(|a| a.item == item)
    }

    /// The item to ask now: the first without an answer.
    pub fn current(&self) -> Option<&'q Item> {
        self.items
            .iter()
            .copied()
            .find(|i| self.answer_to(&i.code).is_none())
    }

    /// Takes an answer. Items that were answered before may be answered again; a later item only
    /// when no gated item before it is open.
    ///
    /// # Errors
    /// [`GateError`] says which item is open, unknown, or does not take the answer.
    pub fn take(&mut self, given: GivenAnswer) -> Result<(), GateError> {
        let Some(at) = self.items.iter().position(|i| i.code == given.item) else {
            return Err(GateError::NoSuchItem(given.item));
        };
        let blocked = self.items[..at]
            .iter()
            .find(|i| i.gated && self.answer_to(&i.code).is_none());
        if let Some(open) = blocked {
            return Err(GateError::Gated {
                open: open.code.clone(),
                asked: given.item,
            });
        }
        if !self.items[at].accepts(given.answer, given.rating) {
            return Err(GateError::DoesNotFit(given.item));
        }
        self.answers.push(given);
        Ok(())
    }

    /// Whether someone refused or could not confirm who they are.
    pub fn is_identity_refused(&self) -> bool {
        self.items
            .iter()
            .filter(|i| i.kind == ItemKind::Identity)
            .any(|i| {
                self.answer_to(&i.code)
                    .is_some_and(|a| a.answer != Answer::Affirm)
            })
    }

    /// Sums the interview up.
    ///
    /// # Errors
    /// [`GateError::Incomplete`] lists the items that must be answered and are not.
    pub fn finish(&self) -> Result<Interview, GateError> {
        let open: Vec<_> = self
            .items
            .iter()
            .filter(|i| i.must_ask && self.answer_to(&i.code).is_none())
            .map(|i| i.code.clone())
            .collect();
        if !open.is_empty() {
            return Err(GateError::Incomplete(open));
        }
        Ok(self.so_far())
    }

    /// What the answers amount to until now.
    pub fn so_far(&self) -> Interview {
        let answered = |i: &Item| self.answer_to(&i.code).is_some();
        let affirmed = |i: &Item| {
            self.answer_to(&i.code)
                .is_some_and(|a| i.is_affirmed_by(a.answer, a.rating))
        };
        let identity = |i: &&&Item| i.kind == ItemKind::Identity;
        let problems: Vec<_> = self
            .items
            .iter()
            .filter(|i| answered(i) && !affirmed(i))
            .map(|i| Problem {
                item: i.code.clone(),
                kind: self.problem_type(i),
            })
            .collect();
        let must = |i: &&&Item| i.must_ask;
        Interview {
            identity_verified: self.items.iter().filter(identity).all(|i| affirmed(i)),
            content_delivered: self.items.iter().filter(must).all(|i| answered(i)),
            affirmed: self.items.iter().filter(must).all(|i| affirmed(i)) && problems.is_empty(),
            problems,
        }
    }

    fn problem_type(&self, item: &Item) -> ProblemType {
        let unanswerable = self
            .answer_to(&item.code)
            .is_some_and(|a| a.answer == Answer::Question);
        if unanswerable {
            return ProblemType::UnanswerableQuestion;
        }
        item.ticket.unwrap_or(match item.kind {
            ItemKind::Rate => ProblemType::ServiceDissatisfaction,
            ItemKind::Verify => ProblemType::WrongAddress,
            _ => ProblemType::RightsUnclear,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Words;
    use super::*;

    fn item(code: &str, kind: ItemKind) -> Item {
        Item {
            code: code.into(),
            kind,
            title: Words::default(),
            ask: Words::default(),
            must_ask: kind != ItemKind::Open,
            gated: kind != ItemKind::Open,
            ticket: (code == "signed").then_some(ProblemType::ProxySignature),
            cite: String::new(),
        }
    }

    fn answer(item: &str, answer: Answer) -> GivenAnswer {
        GivenAnswer {
            item: item.into(),
            answer,
            rating: None,
        }
    }

    fn items() -> Vec<Item> {
        vec![
            item("identity", ItemKind::Identity),
            item("signed", ItemKind::Confirm),
            item("coverage", ItemKind::Inform),
            item("remarks", ItemKind::Open),
        ]
    }

    #[test]
    fn the_next_item_opens_after_a_clear_answer() {
        let items = items();
        let mut gate = Gate::new(items.iter().collect(), Vec::new());
        assert_eq!(gate.current().unwrap().code, "identity");
        let refused = gate.take(answer("coverage", Answer::Affirm)).unwrap_err();
        assert_eq!(
            refused,
            GateError::Gated {
                open: "identity".into(),
                asked: "coverage".into()
            }
        );
        gate.take(answer("identity", Answer::Affirm)).unwrap();
        assert_eq!(gate.current().unwrap().code, "signed");
    }

    #[test]
    fn an_earlier_answer_may_be_corrected() {
        let items = items();
        let mut gate = Gate::new(items.iter().collect(), Vec::new());
        for code in ["identity", "signed", "coverage"] {
            gate.take(answer(code, Answer::Affirm)).unwrap();
        }
        gate.take(answer("signed", Answer::Unclear)).unwrap();
        let interview = gate.finish().unwrap();
        assert!(interview.content_delivered && interview.identity_verified && !interview.affirmed);
        assert_eq!(
            interview.problems,
            [Problem {
                item: "signed".into(),
                kind: ProblemType::ProxySignature
            }]
        );
    }

    #[test]
    fn must_ask_items_block_the_end() {
        let items = items();
        let mut gate = Gate::new(items.iter().collect(), Vec::new());
        gate.take(answer("identity", Answer::Affirm)).unwrap();
        let open = gate.finish().unwrap_err();
        assert_eq!(
            open,
            GateError::Incomplete(vec!["signed".into(), "coverage".into()])
        );
    }

    #[test]
    fn an_unanswerable_question_is_a_problem_of_its_own() {
        let items = items();
        let answers = ["identity", "signed"]
            .map(|i| answer(i, Answer::Affirm))
            .to_vec();
        let mut gate = Gate::new(items.iter().collect(), answers);
        gate.take(answer("coverage", Answer::Question)).unwrap();
        assert_eq!(
            gate.finish().unwrap().problems[0].kind,
            ProblemType::UnanswerableQuestion
        );
    }

    #[test]
    fn open_items_take_words_only() {
        let items = items();
        let answers = ["identity", "signed", "coverage"].map(|i| answer(i, Answer::Affirm));
        let mut gate = Gate::new(items.iter().collect(), answers.to_vec());
        let refused = gate.take(answer("remarks", Answer::Affirm)).unwrap_err();
        assert_eq!(refused, GateError::DoesNotFit("remarks".into()));
        gate.take(answer("remarks", Answer::Given)).unwrap();
        assert!(gate.finish().unwrap().affirmed);
    }
}
