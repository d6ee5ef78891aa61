//! The tables of points behind assessments: which form they make, what answers come to, and why.

use crate::rules::Rules;
use crate::{App, Error, FieldProblem, Result};
use chrono::NaiveDate;
use domain::risk::{CreditFlag, RiskDimension, RiskLevel};
use rules::facts::{Fact, FactId, FactType};
use rules::pack::Score;
use rules::{Facts, Text, Value};
use serde::Deserialize;
use std::collections::BTreeMap;
use store::customers::CustomerRow;
use store::risk::RiskFacts;

/// Answers of a form, by the name of the fact.
pub(super) type Answers = BTreeMap<String, String>;

/// The table of a dimension.
fn code_of(dimension: RiskDimension) -> &'static str {
    match dimension {
        RiskDimension::Credit => "RISK-CREDIT",
        RiskDimension::Market => "RISK-MARKET",
        RiskDimension::Operational => "RISK-OPERATIONAL",
        RiskDimension::Other => "RISK-OTHER",
        RiskDimension::Aml => "AML-GRADE",
    }
}

/// A field of the form of an assessment.
#[derive(Clone, Debug)]
pub struct FormField {
    /// Name of the fact.
    pub name: String,
    /// What people call it.
    pub label: Text,
    /// `code`, `bool` or `int`.
    pub kind: &'static str,
    /// Codes with what people call them.
    pub codes: Vec<(String, Text)>,
    /// What was answered, or is known.
    pub value: String,
    /// What was answered or is known, in words.
    pub said: Text,
    /// The records say it; nobody is asked.
    pub known: bool,
}

/// What records say already, by the name of the fact.
pub(super) fn known(facts: &RiskFacts, flag: CreditFlag, customer: &CustomerRow) -> Answers {
    let erased = customer.erased_at.is_some();
    let numbers = [
        ("risk.credit.lapses", facts.lapses),
        ("risk.operational.complaints", facts.complaints),
        ("risk.operational.cases", facts.cases),
        ("risk.other.signals", facts.signals),
    ];
    let mut known: Answers = numbers
        .into_iter()
        .filter(|_| !erased)
        .map(|(name, n)| (name.to_owned(), n.to_string()))
        .collect();
    known.insert("risk.credit.flag".into(), flag.as_str().into());
    known
}

/// The table in force of a dimension.
fn table(rules: &Rules, dimension: RiskDimension, on: NaiveDate) -> Result<&Score> {
    let code = code_of(dimension);
    let found = rules.book().find_score(code, on);
    let found = found.map(|id| rules.book().find_score_by_id(id));
    found.ok_or_else(|| Error::Fault(format!("no pack in force has the score {code}")))
}

/// The fields of a form: what the table asks, and what the records say of it.
pub(super) fn fields(
    app: &App,
    dimension: RiskDimension,
    on: NaiveDate,
    given: &Answers,
    known: &Answers,
) -> Result<Vec<FormField>> {
    let rules = app.rules();
    let schema = rules.book().schema();
    let table = table(&rules, dimension, on)?;
    let mut fields = Vec::new();
    for id in table.terms.iter().map(|t| t.fact).chain(floor_facts(table)) {
        let fact = schema.fact(id);
        if fields.iter().any(|f: &FormField| f.name == fact.name) {
            continue;
        }
        let stands = known.get(&fact.name);
        let value = stands.or_else(|| given.get(&fact.name)).cloned();
        let value = value.unwrap_or_default();
        let read = read_value(fact, &value).unwrap_or_default();
        fields.push(FormField {
            name: fact.name.clone(),
            label: fact.label(),
            kind: match fact.kind {
                FactType::Bool => "bool",
                FactType::Code => "code",
                _ => "int",
            },
            codes: in_order(&fact.codes),
            said: schema.say_value(id, &read),
            known: stands.is_some(),
            value,
        });
    }
    Ok(fields)
}

/// Levels from low to high; other codes as they are written.
fn in_order(codes: &BTreeMap<String, Text>) -> Vec<(String, Text)> {
    let mut codes: Vec<_> = codes.iter().map(|(c, t)| (c.clone(), t.clone())).collect();
    let rank = |code: &str| RiskLevel::parse(code).map_or(usize::MAX, |l| l as usize);
    codes.sort_by_key(|(code, _)| rank(code));
    codes
}

fn floor_facts(table: &Score) -> impl Iterator<Item = FactId> + '_ {
    let asked = table.terms.iter().map(|t| t.fact).collect::<Vec<_>>();
    let used = table.facts_used.iter().copied();
    used.filter(move |f| !asked.contains(f))
}

/// The value of an answer; nothing when it cannot be one.
fn read_value(fact: &Fact, text: &str) -> Option<Value<'static>> {
    if text.is_empty() {
        return Some(Value::Unknown);
    }
    match fact.kind {
        FactType::Bool => text.parse().ok().map(Value::Bool),
        FactType::Int | FactType::Money => text.parse().ok().filter(|n| *n >= 0).map(Value::Int),
        FactType::Code => {
            let known = fact.codes.is_empty() || fact.codes.contains_key(text);
            known.then(|| Value::code(text.to_owned()))
        }
        FactType::Date => None,
    }
}

/// What answers come to.
pub(super) struct Assessed {
    /// Points in hundredths.
    pub(super) points: i64,
    pub(super) level: RiskLevel,
    /// The answers with what is known, as JSON.
    pub(super) answers: String,
    /// Why, as JSON.
    pub(super) explanation: String,
}

/// Works out what answers come to; what the records say goes before what is answered.
pub(super) fn assess(
    app: &App,
    dimension: RiskDimension,
    on: NaiveDate,
    given: &Answers,
    known: &Answers,
) -> Result<Assessed> {
    let rules = app.rules();
    let book = rules.book();
    let code = code_of(dimension);
    let id = book.find_score(code, on);
    let id = id.ok_or_else(|| Error::Fault(format!("no pack in force has the score {code}")))?;
    let fields = fields(app, dimension, on, given, known)?;
    let mut facts = Facts::new(book.schema());
    let (mut kept, mut problems) = (Answers::new(), Vec::new());
    for field in &fields {
        let Some(fact) = book.schema().find_fact(&field.name) else {
            continue;
        };
        match read_value(book.schema().fact(fact), &field.value) {
            Some(Value::Unknown) => {}
            Some(value) => {
                facts.set(fact, value);
                kept.insert(field.name.clone(), field.value.clone());
            }
            None => problems.push(FieldProblem::new(&field.name, "unknown-code")),
        }
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let trace = book.explain_score(id, &facts, on);
    let trace = trace.ok_or_else(|| Error::Fault(format!("{code} scores nobody")))?;
    let level = RiskLevel::parse(&trace.class.code);
    Ok(Assessed {
        points: trace.points,
        level: level.map_err(|e| Error::Fault(e.to_string()))?,
        answers: json(&kept)?,
        explanation: json(&trace)?,
    })
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::Fault(e.to_string()))
}

/// Answers as they were kept.
pub(super) fn kept(answers: Option<&String>) -> Answers {
    let read = answers.and_then(|text| serde_json::from_str(text).ok());
    read.unwrap_or_default()
}

/// Where something is written.
#[derive(Clone, Debug, Deserialize)]
pub struct ExplainedCite {
    /// Title of the instrument.
    pub title: Text,
    /// The article.
    pub article: String,
}

/// A class in words.
#[derive(Clone, Debug, Deserialize)]
pub struct ExplainedClass {
    /// What people call it.
    pub label: Text,
}

/// What lifted a case.
#[derive(Clone, Debug, Deserialize)]
pub struct ExplainedFloor {
    /// Why.
    pub says: Text,
    /// Where it is written.
    pub cite: ExplainedCite,
}

/// What a term gave.
#[derive(Clone, Debug, Deserialize)]
pub struct ExplainedTerm {
    /// What people call it.
    pub label: Text,
    /// The value it had.
    pub actual: Text,
    /// The band that the value fell into.
    pub band: Text,
    /// What it added, in hundredths of a point.
    pub contribution: i64,
    /// The most that it could add.
    pub contribution_max: i64,
}

/// A change of one term that would lead to another class.
#[derive(Clone, Debug, Deserialize)]
pub struct ExplainedChange {
    /// What people call the term.
    pub label: Text,
    /// The band that the value would have to fall into.
    pub band: Text,
    /// What people call the class that it would make.
    pub class_label: Text,
}

/// Why an assessment came to its level, as it was kept.
#[derive(Clone, Debug, Deserialize)]
pub struct Explanation {
    /// Name of the table.
    pub title: Text,
    /// Where it is written.
    pub cite: ExplainedCite,
    /// Version of the pack.
    pub pack_version: u32,
    /// Total, in hundredths of a point.
    pub points: i64,
    /// The class.
    pub class: ExplainedClass,
    /// The class that the points alone give.
    pub by_points: ExplainedClass,
    /// What lifted it.
    pub floor: Option<ExplainedFloor>,
    /// Term by term.
    pub terms: Vec<ExplainedTerm>,
    /// What would lead to another class.
    pub changes: Vec<ExplainedChange>,
}

impl Explanation {
    /// Reads an explanation as it was kept.
    pub(super) fn read(text: Option<&String>) -> Option<Self> {
        serde_json::from_str(text?).ok()
    }
}
