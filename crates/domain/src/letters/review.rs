//! What is checked when the company's copy is back (LTR-06).

use crate::questionnaires::{Answer, Item};

/// What the policyholder confirmed by crossing and signing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confirmed {
    /// The rights, on both copies.
    pub rights: bool,
    /// That the policy was received.
    pub receipt: bool,
    /// Signed by the policyholder's own hand, as on the application.
    pub signature: bool,
    /// Contact data and the account are confirmed, or what changes is written down.
    pub contact: bool,
}

/// A copy as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// What was confirmed.
    pub confirmed: Confirmed,
    /// Answers by the code of their item.
    pub answers: Vec<(String, Answer)>,
}

codes! {
    /// What a copy lacks.
    pub enum Gap ("gap") {
        /// The rights are not confirmed.
        Rights = "rights",
        /// The receipt is not confirmed.
        Receipt = "receipt",
        /// It is not signed by hand by the policyholder.
        Signature = "signature",
        /// Contact data and account are neither confirmed nor changed.
        Contact = "contact",
        /// Items are not answered.
        Answers = "answers",
    }
}

impl Review {
    /// The answer to an item.
    pub fn answer(&self, code: &str) -> Option<Answer> {
        let found = self.answers.iter().find(|(c, _)| c == code);
        found.map(|(_, answer)| *answer)
    }

    /// Items whose answer is not the one hoped for.
    pub fn negative<'i>(&self, items: &[&'i Item]) -> Vec<&'i Item> {
        let answered = |item: &Item| self.answer(&item.code);
        let negative = items
            .iter()
            .filter(|i| answered(i).is_some_and(|a| !i.is_affirmed_by(a, None)));
        negative.copied().collect()
    }
}

/// What a copy lacks, given the items that the letter asked.
pub fn gaps(review: &Review, items: &[&Item]) -> Vec<Gap> {
    let c = review.confirmed;
    let answered = items.iter().all(|i| review.answer(&i.code).is_some());
    [
        (c.rights, Gap::Rights),
        (c.receipt, Gap::Receipt),
        (c.signature, Gap::Signature),
        (c.contact, Gap::Contact),
        (answered, Gap::Answers),
    ]
    .into_iter()
    .filter_map(|(good, gap)| (!good).then_some(gap))
    .collect()
}
