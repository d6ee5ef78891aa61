//! The tests that packs bring with them.

use super::compile::typed_value;
use super::file;
use super::{ExpectedOutcome, Finding, ProgrammeId, RuleBook};
use crate::dates::civil_date;
use crate::eval::{Outcome, Window};
use crate::facts::Facts;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// How one test went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestResult {
    /// File of the pack.
    pub file: String,
    /// Programme code.
    pub programme: String,
    /// Name of the test.
    pub name: String,
    /// What came out instead of what was expected; empty when it passed.
    pub failures: Vec<String>,
}

/// How all tests went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestReport {
    /// One entry a test, in the order of the packs.
    pub results: Vec<TestResult>,
}

impl TestReport {
    /// Whether every test passed.
    pub fn is_passed(&self) -> bool {
        self.results.iter().all(|r| r.failures.is_empty())
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        self.results
            .iter()
            .filter(|r| !r.failures.is_empty())
            .map(|r| Finding {
                file: r.file.clone(),
                line: None,
                column: None,
                place: format!("programme {}, test {:?}", r.programme, r.name),
                what: r.failures.join("; "),
                hint: None,
            })
            .collect()
    }
}

pub(super) fn run(book: &RuleBook) -> TestReport {
    let mut results = Vec::new();
    let mut at = 0;
    for (pack, written) in book.packs.iter().zip(&book.files) {
        for programme in &written.programme {
            for test in &programme.test {
                let failures = run_one(book, ProgrammeId(at), programme, test)
                    .unwrap_or_else(|what| vec![what]);
                results.push(TestResult {
                    file: pack.file.clone(),
                    programme: programme.code.get_ref().clone(),
                    name: test.name.clone(),
                    failures,
                });
            }
            at += 1;
        }
    }
    TestReport { results }
}

fn run_one(
    book: &RuleBook,
    id: ProgrammeId,
    programme: &file::Programme,
    test: &file::Test,
) -> Result<Vec<String>, String> {
    let mut facts = Facts::new(&book.schema);
    set(book, &mut facts, &programme.test_facts)?;
    set(book, &mut facts, &test.facts)?;
    let as_of = test
        .as_of
        .as_ref()
        .and_then(civil_date)
        .unwrap_or(NaiveDate::MAX);
    facts.hide_after(&book.schema, as_of);
    let outcome = book.evaluate(
        id,
        &facts,
        Window {
            since: NaiveDate::MIN,
            as_of,
        },
    );
    Ok(compare(book, id, &outcome, &test.expect))
}

fn set(
    book: &RuleBook,
    facts: &mut Facts<'_>,
    values: &BTreeMap<String, toml::Value>,
) -> Result<(), String> {
    for (name, value) in values {
        let Some(id) = book.schema.find_fact(name) else {
            return Err(format!("unknown fact {name:?}"));
        };
        facts.set(id, typed_value(book.schema.fact(id), value)?);
    }
    Ok(())
}

fn compare(
    book: &RuleBook,
    id: ProgrammeId,
    outcome: &Outcome<'_>,
    expect: &file::Expect,
) -> Vec<String> {
    let mut failures = Vec::new();
    let (actual, reason) = match outcome {
        Outcome::NotCandidate | Outcome::TooOld(_) => (ExpectedOutcome::NotCandidate, None),
        Outcome::NotYet(_) => (ExpectedOutcome::NotYet, None),
        Outcome::Excluded { reason, .. } => (ExpectedOutcome::Excluded, Some(&reason.code)),
        Outcome::Applies(found) => match found.cancelled {
            Some(reason) => (ExpectedOutcome::Cancelled, Some(&reason.code)),
            None => (ExpectedOutcome::Applies, None),
        },
    };
    if actual != expect.outcome {
        failures.push(format!("expected {:?}, got {outcome:?}", expect.outcome));
        return failures;
    }
    if let Some(wanted) = expect.reason.as_ref().filter(|w| Some(*w) != reason) {
        failures.push(format!(
            "expected reason {wanted}, got {}",
            reason.map_or("none", |r| r)
        ));
    }
    let Outcome::Applies(found) = outcome else {
        return failures;
    };
    if let Some(who) = expect
        .respondent
        .as_ref()
        .filter(|w| *w != found.respondent)
    {
        failures.push(format!(
            "expected respondent {who}, got {}",
            found.respondent
        ));
    }
    for (name, wanted) in &expect.dates {
        let known = match book.programme(id).find_date(name) {
            Some(at) => found.dates.get(at).copied().flatten(),
            None if name == "trigger" => Some(found.trigger_on),
            None => {
                failures.push(format!("the programme has no date {name:?}"));
                continue;
            }
        };
        let say = |d: Option<NaiveDate>| d.map_or_else(|| "unknown".to_owned(), |d| d.to_string());
        let wanted = match wanted {
            toml::Value::Datetime(d) => say(civil_date(d)),
            other => other.as_str().unwrap_or_default().to_owned(),
        };
        if say(known) != wanted {
            failures.push(format!("{name}: expected {wanted}, got {}", say(known)));
        }
    }
    failures
}
