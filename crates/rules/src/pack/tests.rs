//! The tests that packs bring with them.

use super::compile::typed_value;
use super::file;
use super::{Finding, HUNDREDTHS, Pack, ProgrammeId, RuleBook, ScoreId};
use crate::dates::civil_date;
use crate::eval::{Outcome, Window};
use crate::facts::Facts;
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The boundary cases that every programme must bring as tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestKind {
    /// The last case that still fits, or the first that does.
    Boundary,
    /// One day, or one unit, before the boundary.
    Before,
    /// One day, or one unit, after the boundary.
    After,
    /// A date on a public holiday.
    Holiday,
    /// A date on a make-up working day.
    MakeUp,
    /// 29 February.
    LeapDay,
    /// Anything else worth writing down.
    Other,
}

/// What a pack's test expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpectedOutcome {
    /// An obligation comes out.
    Applies,
    /// An obligation comes out, cancelled.
    Cancelled,
    /// A candidate is excluded with a reason.
    Excluded,
    /// Not a candidate at all.
    NotCandidate,
    /// The trigger lies after the day on which it is looked at.
    NotYet,
}

/// How one test went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestResult {
    /// File of the pack.
    pub file: String,
    /// Code of the programme or score.
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
                place: format!("{}, test {:?}", r.programme, r.name),
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
    score_tests(book, &mut results);
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

fn score_tests(book: &RuleBook, results: &mut Vec<TestResult>) {
    let mut at = 0;
    for (pack, written) in book.packs.iter().zip(&book.files) {
        for score in &written.score {
            for test in &score.test {
                let failures = run_score(book, ScoreId(at), pack, score, test)
                    .unwrap_or_else(|what| vec![what]);
                results.push(TestResult {
                    file: pack.file.clone(),
                    programme: score.code.get_ref().clone(),
                    name: test.name.clone(),
                    failures,
                });
            }
            at += 1;
        }
    }
}

fn run_score(
    book: &RuleBook,
    id: ScoreId,
    pack: &Pack,
    score: &file::Score,
    test: &file::ScoreTest,
) -> Result<Vec<String>, String> {
    let mut facts = Facts::new(&book.schema);
    set(book, &mut facts, &score.test_facts)?;
    set(book, &mut facts, &test.facts)?;
    let written = test.on.as_ref().and_then(civil_date);
    let on = written.or(pack.in_force.from).unwrap_or(NaiveDate::MAX);
    let expect = &test.expect;
    let Some(scored) = book.score(id, &facts, on) else {
        let failure = "not scored".to_owned();
        return Ok((!expect.none).then_some(failure).into_iter().collect());
    };
    if expect.none {
        return Ok(vec!["scored".to_owned()]);
    }
    let mut failures = Vec::new();
    let wanted = expect.points.as_ref().map(hundredths).transpose()?;
    if let Some(wanted) = wanted.filter(|w| *w != scored.points) {
        failures.push(format!(
            "expected {} points, got {}",
            say_points(wanted),
            say_points(scored.points)
        ));
    }
    let class = &book.scores[id.0].classes[scored.class].code;
    if let Some(wanted) = expect.class.as_ref().filter(|w| *w != class) {
        failures.push(format!("expected class {wanted}, got {class}"));
    }
    if let Some(wanted) = expect.floor.filter(|w| *w != scored.floor.is_some()) {
        failures.push(format!("expected floor = {wanted}"));
    }
    Ok(failures)
}

/// Points as written in a test, in hundredths.
fn hundredths(value: &toml::Value) -> Result<i64, String> {
    let text = value.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let wrong = || format!("{value} is no number of points");
    let digits = format!("{part:0<2}");
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    let whole: i64 = whole.parse().map_err(|_| wrong())?;
    match digits.len() {
        2 => Ok(whole * HUNDREDTHS + sign * digits.parse::<i64>().map_err(|_| wrong())?),
        _ => Err(wrong()),
    }
}

fn say_points(hundredths: i64) -> String {
    let (whole, part) = (hundredths / HUNDREDTHS, (hundredths % HUNDREDTHS).abs());
    format!("{whole}.{part:02}")
}
