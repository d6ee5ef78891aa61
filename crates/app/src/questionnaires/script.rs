//! Scripts in memory: which version applies, which items apply, and their words with values.

use chrono::NaiveDate;
use domain::ids::QuestionnaireId;
use domain::questionnaires::{
    CaseFacts, Condition, Item, ItemKind, Medium, Reach, Topic, Words, all_hold,
};
use domain::rules::Span;
use std::collections::{BTreeSet, HashMap};

/// A version of a questionnaire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Row of this version.
    pub id: QuestionnaireId,
    /// Identity over versions.
    pub code: String,
    /// Version.
    pub version: i64,
    /// SHA-256 of the text.
    pub hash: String,
    /// First day on which it is used.
    pub effective_from: NaiveDate,
    /// Last day on which it is used, where one was set.
    pub effective_until: Option<NaiveDate>,
    /// Its name.
    pub title: Words,
    /// Programmes that use it.
    pub programmes: Vec<String>,
    /// The cases of these programmes that it is for.
    pub reach: Reach,
    /// The document that it follows.
    pub source: String,
    /// Read first.
    pub greeting: Words,
    /// Read last.
    pub closing: Words,
    /// Terms with plain explanations of its own (QST-11); the glossary has those of all.
    pub terms: Vec<Term>,
    /// Parts that are included by condition (QST-10).
    pub blocks: Vec<Block>,
    /// The items.
    pub items: Vec<ScriptItem>,
}

/// A technical term in plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The term.
    pub term: Words,
    /// What to tell the customer.
    pub plain: Words,
}

/// A part of a questionnaire that is included when its conditions hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Code, unique in the questionnaire.
    pub code: String,
    /// Heading.
    pub title: Words,
    /// When it is included.
    pub when: Vec<Condition>,
}

/// An item with the cases it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptItem {
    /// The item.
    pub item: Item,
    /// When it applies; all must hold.
    pub when: Vec<Condition>,
    /// Better words for the four answers.
    pub answers: Option<AnswerLabels>,
    /// Words for paper and screen, where those that are read aloud do not suit.
    pub written: Option<Words>,
    /// What the caller or visitor should mind here (QST-13).
    pub guide: Option<Words>,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// Code of the part in which it lies.
    pub block: Option<String>,
}

/// Words on the four answer keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerLabels {
    /// Yes, clear.
    pub affirm: Words,
    /// Unclear.
    pub unclear: Words,
    /// No, objection.
    pub negative: Words,
    /// A question that cannot be answered on the line.
    pub question: Words,
}

impl ScriptItem {
    /// The words to use: paper and screen may have words of their own.
    pub fn words_for(&self, medium: Medium) -> &Words {
        match medium {
            Medium::Call | Medium::Visit => &self.item.ask,
            Medium::Letter | Medium::Electronic => self.written.as_ref().unwrap_or(&self.item.ask),
        }
    }
}

impl Script {
    /// The items of a case, in order; promotion only where the programme allows it. Items that hang on
    /// an earlier answer are among them: [`Gate`](domain::questionnaires::Gate) says when they are asked.
    pub fn items_for(&self, case: &CaseFacts, promotion_allowed: bool) -> Vec<&ScriptItem> {
        self.items
            .iter()
            .filter(|i| promotion_allowed || i.item.kind != ItemKind::Promotion)
            .filter(|i| self.applies(i, case))
            .collect()
    }

    /// Whether an item is for a case: its own conditions hold, and those of its part.
    pub fn applies(&self, item: &ScriptItem, case: &CaseFacts) -> bool {
        let part = self.block_of(item);
        all_hold(&item.when, case) && part.is_none_or(|b| all_hold(&b.when, case))
    }

    /// The part in which an item lies.
    pub fn block_of(&self, item: &ScriptItem) -> Option<&Block> {
        let code = item.block.as_ref()?;
        self.blocks.iter().find(|b| b.code == *code)
    }

    /// The days that it claims itself.
    pub fn days(&self) -> Span {
        Span {
            from: Some(self.effective_from),
            until: self.effective_until,
        }
    }
}

/// Why no questionnaire can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotChosen {
    /// None is in force for the case.
    Missing,
    /// Two are, and neither goes before the other.
    Both(String, String),
}

/// All questionnaires, and the glossary.
#[derive(Debug, Default)]
pub struct Scripts {
    scripts: Vec<Script>,
    by_id: HashMap<QuestionnaireId, usize>,
    glossary: Vec<Term>,
    changes: i64,
}

impl Scripts {
    /// Codes of the items that ask who is speaking, over all questionnaires and versions.
    pub fn identity_items(&self) -> Vec<String> {
        let items = self.scripts.iter().flat_map(|s| &s.items);
        let identity = items.filter(|i| i.item.kind == ItemKind::Identity);
        let codes: BTreeSet<_> = identity.map(|i| i.item.code.clone()).collect();
        codes.into_iter().collect()
    }

    pub(crate) fn new(scripts: Vec<Script>) -> Self {
        let by_id = scripts
            .iter()
            .enumerate()
            .map(|(at, s)| (s.id, at))
            .collect();
        Self {
            scripts,
            by_id,
            ..Self::default()
        }
    }

    /// Questionnaires that stand beside each other, without a database.
    pub fn of(scripts: Vec<Script>) -> Self {
        Self::new(scripts)
    }

    /// With the glossary, as they stood after so many changes.
    #[must_use]
    pub(crate) fn with(mut self, glossary: Vec<Term>, changes: i64) -> Self {
        self.glossary = glossary;
        self.changes = changes;
        self
    }

    /// How often they had been changed when they were read.
    pub(crate) fn changes(&self) -> i64 {
        self.changes
    }

    /// All versions.
    pub fn all(&self) -> &[Script] {
        &self.scripts
    }

    /// The version of a questionnaire that is used on a day: the newest that is in effect. One that
    /// was ended does not give way to those before it.
    pub fn in_effect(&self, code: &str, on: NaiveDate) -> Option<&Script> {
        self.scripts
            .iter()
            .filter(|s| s.code == code && s.effective_from <= on)
            .max_by_key(|s| (s.effective_from, s.version))
            .filter(|s| s.days().covers(on))
    }

    /// The days on which a version is used: from its first day on, a later one takes its place.
    pub fn span(&self, script: &Script) -> Span {
        let key = |s: &Script| (s.effective_from, s.version);
        let later = self
            .scripts
            .iter()
            .filter(|s| s.code == script.code && key(s) > key(script));
        later.fold(script.days(), |span, next| {
            span.before(Some(next.effective_from))
        })
    }

    /// The version that is used for a case of a programme on a day (QST-01): of those that name the
    /// programme and cover the case the narrowest; among equals the one that the rule names; where none
    /// names the programme, the one that the rule names.
    ///
    /// # Errors
    /// [`NotChosen`] when there is none, or two go before all others and neither before the other.
    pub fn choose(
        &self,
        named: &str,
        programme: &str,
        case: &CaseFacts,
        on: NaiveDate,
    ) -> Result<&Script, NotChosen> {
        let codes: BTreeSet<_> = self.scripts.iter().map(|s| s.code.as_str()).collect();
        let in_force = codes.into_iter().filter_map(|c| self.in_effect(c, on));
        let fits =
            |s: &&Script| s.programmes.iter().any(|p| p == programme) && s.reach.covers(case);
        let mut found: Vec<_> = in_force.filter(fits).collect();
        let rank = |s: &Script| (s.reach.specificity(), s.code == named);
        found.sort_by_key(|s| std::cmp::Reverse(rank(s)));
        match found[..] {
            [] => self.in_effect(named, on).ok_or(NotChosen::Missing),
            [first, second, ..] if rank(first) == rank(second) => {
                Err(NotChosen::Both(first.code.clone(), second.code.clone()))
            }
            [first, ..] => Ok(first),
        }
    }

    /// A version by its row.
    pub fn find(&self, id: QuestionnaireId) -> Option<&Script> {
        self.by_id.get(&id).map(|at| &self.scripts[*at])
    }

    /// The glossary.
    pub fn glossary(&self) -> &[Term] {
        &self.glossary
    }

    /// Terms that stand in some Chinese words, in plain words: those of the questionnaire itself go
    /// before those of the glossary.
    pub fn terms_in(&self, script: &Script, words: &[&Words]) -> Vec<Term> {
        let mut found: Vec<Term> = Vec::new();
        for term in script.terms.iter().chain(&self.glossary) {
            let name = &term.term.zh;
            let stands = words.iter().any(|w| w.zh.contains(name.as_str()));
            if stands && !found.iter().any(|t| t.term.zh == *name) {
                found.push(term.clone());
            }
        }
        found
    }
}
