//! What is put before a person who asks or answers: one model for the call page, the page of an
//! electronic callback, the letter and the form of a visit, from the same definition (QST-16).

use super::script::{AnswerLabels, Script, Scripts, Term};
use super::values::ScriptValues;
use domain::questionnaires::{CaseFacts, Item, Words};

/// A questionnaire for one case, with values in its words.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Its name.
    pub title: Words,
    /// Comes first.
    pub greeting: Words,
    /// Comes last.
    pub closing: Words,
    /// The items, in order.
    pub items: Vec<SheetItem>,
}

/// One item of a sheet.
#[derive(Clone, Debug)]
pub struct SheetItem {
    /// The item; [`Item::after`] says on which earlier answer it hangs.
    pub item: Item,
    /// The words to use, for the medium of the case, with values.
    pub words: Words,
    /// Better words for the four answers.
    pub labels: Option<AnswerLabels>,
    /// What the caller or visitor should mind.
    pub guide: Option<Words>,
    /// Terms in it, in plain words.
    pub terms: Vec<Term>,
    /// Heading of the part that begins here.
    pub part: Option<Words>,
}

impl Scripts {
    /// The sheet of a case; [`CaseFacts::medium`] says for whom.
    pub fn sheet(
        &self,
        script: &Script,
        case: &CaseFacts,
        promotion_allowed: bool,
        values: &ScriptValues,
    ) -> Sheet {
        let mut part = None;
        let mut items = Vec::new();
        for of in script.items_for(case, promotion_allowed) {
            let block = script.block_of(of).filter(|_| of.block != part);
            part.clone_from(&of.block);
            let words = of.words_for(case.medium);
            items.push(SheetItem {
                item: of.item.clone(),
                words: values.fill(words),
                labels: of.answers.clone(),
                guide: of.guide.as_ref().map(|g| values.fill(g)),
                terms: self.terms_in(script, &[words]),
                part: block.map(|b| b.title.clone()),
            });
        }
        Sheet {
            title: script.title.clone(),
            greeting: values.fill(&script.greeting),
            closing: values.fill(&script.closing),
            items,
        }
    }
}
