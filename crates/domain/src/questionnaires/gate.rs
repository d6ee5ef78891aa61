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

    /// Whether an item is asked, by the answers so far: one that hangs on an earlier answer only when
    /// that was given, and counts no longer when it was corrected.
    pub fn is_asked(&self, item: &Item) -> bool {
        let Some(after) = &item.after else {
            return true;
        };
        let Some(earlier) = self.items.iter().find(|i| i.code == after.item) else {
            return false;
        };
        let given = self.answer_to(&after.item);
        given.is_some_and(|g| after.answers.contains(&earlier.seen_as(g)))
            && earlier.code != item.code
            && self.is_asked(earlier)
    }

    /// The items that are asked, by the answers so far, in order.
    pub fn asked(&self) -> impl Iterator<Item = &'q Item> + '_ {
        self.items.iter().copied().filter(|i| self.is_asked(i))
    }

    /// The item to ask now: the first without an answer.
    pub fn current(&self) -> Option<&'q Item> {
        self.asked().find(|i| self.answer_to(&i.code).is_none())
    }

    /// Takes an answer. Items that were answered before may be answered again; a later item only
    /// when no gated item before it is open.
    ///
    /// # Errors
    /// [`GateError`] says which item is open, unknown, or does not take the answer.
    pub fn take(&mut self, given: GivenAnswer) -> Result<(), GateError> {
        let named = |i: &&Item| i.code == given.item && self.is_asked(i);
        let Some(at) = self.items.iter().position(named) else {
            return Err(GateError::NoSuchItem(given.item));
        };
        let blocked = self.items[..at]
            .iter()
            .find(|i| i.gated && self.is_asked(i) && self.answer_to(&i.code).is_none());
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
        self.asked()
            .filter(|i| i.kind == ItemKind::Identity)
            .any(|i| {
                self.answer_to(&i.code)
                    .is_some_and(|a| !i.is_affirmed_by(a.answer, a.rating))
            })
    }

    /// Sums the interview up.
    ///
    /// # Errors
    /// [`GateError::Incomplete`] lists the items that must be answered and are not.
    pub fn finish(&self) -> Result<Interview, GateError> {
        let open: Vec<_> = self
            .asked()
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
        let asked: Vec<_> = self.asked().collect();
        let identity = |i: &&&Item| i.kind == ItemKind::Identity;
        let problems: Vec<_> = asked
            .iter()
            .filter(|i| answered(i) && !affirmed(i))
            .map(|i| Problem {
                item: i.code.clone(),
                kind: self.problem_type(i),
            })
            .collect();
        let must = |i: &&&Item| i.must_ask;
        Interview {
            identity_verified: asked.iter().filter(identity).all(|i| affirmed(i)),
            content_delivered: asked.iter().filter(must).all(|i| answered(i)),
            affirmed: asked.iter().filter(must).all(|i| affirmed(i)) && problems.is_empty(),
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
    use super::super::{AfterAnswer, Words};
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
            expected: Answer::Affirm,
            after: None,
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

    #[test]
    fn an_item_that_hangs_on_an_answer_comes_and_goes_with_it() {
        let mut items = items();
        items[2].after = Some(AfterAnswer {
            item: "signed".into(),
            answers: vec![Answer::Negative, Answer::Unclear],
        });
        let mut gate = Gate::new(items.iter().collect(), Vec::new());
        gate.take(answer("identity", Answer::Affirm)).unwrap();
        gate.take(answer("signed", Answer::Negative)).unwrap();
        assert_eq!(gate.current().unwrap().code, "coverage");
        gate.take(answer("coverage", Answer::Unclear)).unwrap();
        assert_eq!(gate.so_far().problems.len(), 2);
        // The earlier answer is corrected: what hung on it is not asked and counts no more.
        gate.take(answer("signed", Answer::Affirm)).unwrap();
        assert_eq!(gate.current().unwrap().code, "remarks");
        assert!(gate.finish().unwrap().affirmed);
        let refused = gate.take(answer("coverage", Answer::Affirm)).unwrap_err();
        assert_eq!(refused, GateError::NoSuchItem("coverage".into()));
    }

    #[test]
    fn dissatisfaction_opens_the_question_why() {
        let mut items = [item("service", ItemKind::Rate), item("why", ItemKind::Open)];
        items[1].after = Some(AfterAnswer {
            item: "service".into(),
            answers: vec![Answer::Negative],
        });
        for (rating, next) in [(2, Some("why")), (3, None)] {
            let mut gate = Gate::new(items.iter().collect(), Vec::new());
            let given = GivenAnswer {
                rating: Some(rating),
                ..answer("service", Answer::Given)
            };
            gate.take(given).unwrap();
            assert_eq!(gate.current().map(|i| i.code.as_str()), next);
        }
    }

    #[test]
    fn some_questions_hope_for_no() {
        let mut items = items();
        items[1].expected = Answer::Negative;
        let mut gate = Gate::new(items.iter().collect(), Vec::new());
        gate.take(answer("identity", Answer::Affirm)).unwrap();
        gate.take(answer("signed", Answer::Negative)).unwrap();
        gate.take(answer("coverage", Answer::Affirm)).unwrap();
        assert!(gate.finish().unwrap().affirmed);
        gate.take(answer("signed", Answer::Affirm)).unwrap();
        assert_eq!(gate.finish().unwrap().problems.len(), 1);
    }
}
