//! The models in force: which score of the packs classes customers by what, and how far they look.

use super::facts::{Cases, FactIds, Periods};
use crate::rules::{Rules, snapshot};
use crate::{Error, Result};
use chrono::NaiveDate;
use domain::segments::{ClassModel, CustomerClass};
use rules::pack::{Finding, HUNDREDTHS, ScoreId};
use rules::{Facts, RuleBook, ScoreTrace};
use std::sync::Arc;

/// The parameter that says how many days lie between rounds over all customers.
const ROUND_DAYS: &str = "class_round_days";

/// What is wrong with scores that class customers: their classes are high, medium and low.
pub(crate) fn check_models(book: &RuleBook) -> Vec<Finding> {
    let mut findings = Vec::new();
    for score in book.scores() {
        if ClassModel::of_score(&score.code).is_none() {
            continue;
        }
        let codes = score.classes.iter().map(|c| c.code.as_str());
        let known = CustomerClass::ALL.iter().map(|c| c.as_str());
        if !codes.eq(known) {
            findings.push(Finding {
                file: book.pack(score.pack).file.clone(),
                line: None,
                column: None,
                place: format!("score {}", score.code),
                what: "customers are classed high, medium and low".to_owned(),
                hint: None,
            });
        }
    }
    findings
}

/// A model in force on a day.
#[derive(Clone, Debug)]
struct Model {
    model: ClassModel,
    id: ScoreId,
    hash: String,
}

/// What a model says of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub class: CustomerClass,
    /// Points in hundredths.
    pub points: i64,
}

/// The models of a set of rules on a day.
pub(super) struct Models {
    pub rules: Arc<Rules>,
    pub as_of: NaiveDate,
    pub periods: Periods,
    ids: FactIds,
    models: Vec<Model>,
}

impl Models {
    pub(super) fn of(rules: &Arc<Rules>, as_of: NaiveDate) -> Result<Self> {
        let book = rules.book();
        let find = |model: &ClassModel| {
            let id = book.find_score(model.score(), as_of)?;
            let pack = book.pack(book.find_score_by_id(id).pack);
            Some(Model {
                model: *model,
                id,
                hash: pack.hash.clone(),
            })
        };
        let months = |id| rules.setting(id, as_of);
        Ok(Self {
            periods: Periods {
                claims: months("class_claims_months"),
                complaints: months("class_complaints_months"),
                renewals: months("class_renewals_months"),
            },
            ids: FactIds::find(book.schema()).map_err(Error::Fault)?,
            models: ClassModel::ALL.iter().filter_map(find).collect(),
            rules: Arc::clone(rules),
            as_of,
        })
    }

    /// Days between rounds over all customers.
    pub(super) fn round_days(&self) -> Option<i64> {
        self.rules.setting(ROUND_DAYS, self.as_of)
    }

    fn find(&self, model: ClassModel) -> Option<&Model> {
        self.models.iter().find(|m| m.model == model)
    }

    /// Hash of the pack of a model.
    pub(super) fn hash(&self, model: ClassModel) -> &str {
        self.find(model).map_or("", |m| m.hash.as_str())
    }

    /// The title of a model, and the least points of each class but the last, in hundredths.
    pub(super) fn outline(&self, model: ClassModel) -> Option<ModelOutline> {
        let found = self.find(model)?;
        let book = self.rules.book();
        let score = book.find_score_by_id(found.id);
        let pack = book.pack(score.pack);
        Some(ModelOutline {
            title: score.title.clone(),
            pack: pack.id.clone(),
            version: pack.version,
            boundaries: score.classes.iter().filter_map(|c| c.from).collect(),
        })
    }

    /// The facts of one of some customers.
    pub(super) fn fill<'a>(&self, cases: &'a Cases, facts: &mut Facts<'a>, at: usize) {
        cases.fill(&self.ids, facts, at, (self.as_of, self.periods));
    }

    /// What a model says; nothing when there is none or the customer is not among those it is about.
    pub(super) fn say(&self, model: ClassModel, facts: &Facts<'_>) -> Option<Said> {
        let found = self.find(model)?;
        let scored = self.rules.book().score(found.id, facts, self.as_of)?;
        Some(Said {
            class: class_at(scored.class)?,
            points: scored.points,
        })
    }

    /// The facts that a model looked at, as they are kept.
    pub(super) fn keep(&self, model: ClassModel, facts: &Facts<'_>) -> String {
        let book = self.rules.book();
        let used = self
            .find(model)
            .map(|m| book.find_score_by_id(m.id).facts_used.as_slice());
        snapshot(book.schema(), used.unwrap_or_default(), facts)
    }

    /// Why a model says what it says.
    pub(super) fn explain(&self, model: ClassModel, facts: &Facts<'_>) -> Option<ScoreTrace> {
        let found = self.find(model)?;
        self.rules.book().explain_score(found.id, facts, self.as_of)
    }
}

/// A model as lists and plots show it.
#[derive(Clone, Debug)]
pub struct ModelOutline {
    /// Its name.
    pub title: rules::Text,
    /// The pack.
    pub pack: String,
    /// Its version.
    pub version: u32,
    /// The least points of each class but the last, in hundredths, the highest first.
    pub boundaries: Vec<i64>,
}

impl ModelOutline {
    /// The boundaries in points.
    pub fn points(&self) -> Vec<i64> {
        self.boundaries.iter().map(|b| b / HUNDREDTHS).collect()
    }
}

fn class_at(place: usize) -> Option<CustomerClass> {
    CustomerClass::ALL.get(place).copied()
}
