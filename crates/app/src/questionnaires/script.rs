//! Scripts in memory: which version applies, which items apply, and their words with values.

use chrono::NaiveDate;
use domain::customers::CustomerKind;
use domain::ids::QuestionnaireId;
use domain::policies::{Channel, ProductClass};
use domain::questionnaires::{Item, ItemKind, Words};
use serde::Deserialize;
use std::collections::HashMap;

/// A version of a questionnaire.
#[derive(Clone, Debug)]
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
    /// Its name.
    pub title: Words,
    /// Programmes that use it.
    pub programmes: Vec<String>,
    /// The document that it follows.
    pub source: String,
    /// Read first.
    pub greeting: Words,
    /// Read last.
    pub closing: Words,
    /// Terms with plain explanations (QST-11).
    pub terms: Vec<Term>,
    /// The items.
    pub items: Vec<ScriptItem>,
}

/// A technical term in plain words.
#[derive(Clone, Debug)]
pub struct Term {
    /// The term.
    pub term: Words,
    /// What to tell the customer.
    pub plain: Words,
}

/// An item with the cases it is for.
#[derive(Clone, Debug)]
pub struct ScriptItem {
    /// The item.
    pub item: Item,
    /// When it applies.
    pub(crate) when: When,
    /// Better words for the four answers.
    pub answers: Option<AnswerLabels>,
}

/// Words on the four answer keys.
#[derive(Clone, Debug)]
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

/// Conditions of an item; all that are given must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct When {
    product_class: Option<Vec<String>>,
    new_type: Option<bool>,
    instalments: Option<bool>,
    double_recorded: Option<bool>,
    channel: Option<Vec<String>>,
    had_claim: Option<bool>,
    insured_kind: Option<String>,
}

/// What of a case decides which items apply.
#[derive(Clone, Debug, Default)]
pub struct CaseFacts {
    /// Class of product.
    pub product_class: Option<ProductClass>,
    /// The premium is paid in instalments.
    pub instalments: bool,
    /// The sale was recorded in sound and picture.
    pub double_recorded: bool,
    /// Channel.
    pub channel: Option<Channel>,
    /// There was a claim in the term.
    pub had_claim: bool,
    /// Kind of insured.
    pub insured_kind: Option<CustomerKind>,
}

impl When {
    fn holds(&self, case: &CaseFacts) -> bool {
        let one_of = |list: &Option<Vec<String>>, code: Option<&str>| {
            list.as_ref()
                .is_none_or(|l| code.is_some_and(|c| l.iter().any(|x| x == c)))
        };
        let is = |wanted: Option<bool>, actual: bool| wanted.is_none_or(|w| w == actual);
        one_of(
            &self.product_class,
            case.product_class.map(ProductClass::as_str),
        ) && is(
            self.new_type,
            case.product_class.is_some_and(ProductClass::is_new_type),
        ) && is(self.instalments, case.instalments)
            && is(self.double_recorded, case.double_recorded)
            && one_of(&self.channel, case.channel.map(Channel::as_str))
            && is(self.had_claim, case.had_claim)
            && self
                .insured_kind
                .as_ref()
                .is_none_or(|k| case.insured_kind.is_some_and(|i| i.as_str() == k))
    }
}

impl Script {
    /// The items of a case, in order; promotion only where the programme allows it.
    pub fn items_for(&self, case: &CaseFacts, promotion_allowed: bool) -> Vec<&ScriptItem> {
        self.items
            .iter()
            .filter(|i| promotion_allowed || i.item.kind != ItemKind::Promotion)
            .filter(|i| i.when.holds(case))
            .collect()
    }
}

/// All questionnaires.
#[derive(Debug, Default)]
pub struct Scripts {
    scripts: Vec<Script>,
    by_id: HashMap<QuestionnaireId, usize>,
}

impl Scripts {
    pub(crate) fn new(scripts: Vec<Script>) -> Self {
        let by_id = scripts
            .iter()
            .enumerate()
            .map(|(at, s)| (s.id, at))
            .collect();
        Self { scripts, by_id }
    }

    /// All versions.
    pub fn all(&self) -> &[Script] {
        &self.scripts
    }

    /// The version of a questionnaire that is used on a day: the newest that is in effect.
    pub fn in_effect(&self, code: &str, on: NaiveDate) -> Option<&Script> {
        self.scripts
            .iter()
            .filter(|s| s.code == code && s.effective_from <= on)
            .max_by_key(|s| (s.effective_from, s.version))
    }

    /// A version by its row.
    pub fn find(&self, id: QuestionnaireId) -> Option<&Script> {
        self.by_id.get(&id).map(|at| &self.scripts[*at])
    }
}
