//! Dates of every shipped callback programme around the holidays and make-up working days of 2024, 2025 and
//! 2026. The expected dates in `boundaries.csv` and `edges.csv` were not made by the engine: a routine of its own
//! counted them from the notices of the State Council and the wording of each rule.

use crate::shipped::book;
use rules::facts::FactType;
use rules::{FactSchema, Facts, NaiveDate, Outcome, RuleBook, Value, Window};
use std::collections::BTreeSet;

/// Programmes that the table covers; each has nineteen cases.
const PROGRAMMES: [&str; 21] = [
    "CP-SET",
    "LP-LAPSE",
    "MC-OFF",
    "MC-PAID",
    "NB-2017",
    "NB-BR",
    "NB-BS",
    "NB-CN",
    "NB-CQ",
    "NB-HEALTH",
    "NB-SD",
    "NB-SUP",
    "NB-T10",
    "PC-CL1",
    "PC-REN",
    "PC-UW1",
    "PO-CLAIM",
    "PS-BEN",
    "PS-PH",
    "RN-GRACE",
    "SU-SURR",
];
const CASES_EACH: usize = 19;

/// Programmes of `edges.csv` and how many cases they have there: turns of the year, ends of months, 29
/// February, receipts that are missing or signed at once, terms of exactly one year, hours over midnight,
/// periods that begin in a holiday.
const EDGES: (usize, usize) = (35, 229);

/// A case of a table.
struct Case<'t> {
    line: &'t str,
    programme: &'t str,
    facts: Vec<(&'t str, &'t str)>,
    /// The respondent, `excluded=REASON` or `not_candidate`.
    outcome: &'t str,
    /// Dates as text, `-` for none; `NAME.minute` is the minute of the day.
    dates: Vec<(&'t str, &'t str)>,
}

fn pairs(text: &str) -> Vec<(&str, &str)> {
    text.split(' ').filter_map(|p| p.split_once('=')).collect()
}

fn case(line: &str) -> Case<'_> {
    let parts: Vec<&str> = line.split(';').collect();
    Case {
        line,
        programme: parts[0],
        facts: pairs(parts[1]),
        outcome: parts[2],
        dates: pairs(parts[3]),
    }
}

fn value(schema: &FactSchema, name: &str, text: &str) -> Value<'static> {
    let fact = schema.fact(schema.find_fact(name).unwrap());
    match fact.kind {
        FactType::Bool => Value::Bool(text == "true"),
        FactType::Int | FactType::Money => Value::Int(text.parse().unwrap()),
        FactType::Date => Value::Date(text.parse().unwrap()),
        FactType::Code => Value::code(text.to_owned()),
    }
}

/// What a programme says of a case, as text; empty when it agrees.
fn difference(book: &RuleBook, case: &Case<'_>) -> String {
    let schema = book.schema();
    let mut facts = Facts::new(schema);
    for (name, text) in &case.facts {
        facts.set(schema.find_fact(name).unwrap(), value(schema, name, text));
    }
    let mut programmes = book.programmes().iter();
    let at = programmes.position(|p| p.code == case.programme).unwrap();
    let window = Window {
        since: NaiveDate::MIN,
        as_of: NaiveDate::MAX,
    };
    let id = book.programme_id(at).unwrap();
    let programme = book.programme(id);
    let found = match book.evaluate(id, &facts, window) {
        Outcome::Applies(found) => found,
        Outcome::Excluded { reason, .. } if case.outcome == format!("excluded={}", reason.code) => {
            return String::new();
        }
        Outcome::NotCandidate if case.outcome == "not_candidate" => return String::new(),
        other => return format!("{other:?} in {}", case.line),
    };
    let mut wrong = String::new();
    if found.respondent != case.outcome {
        wrong += &format!(" respondent {}", found.respondent);
    }
    for (name, expected) in &case.dates {
        let at = |name: &str| programme.find_date(name);
        let given = match name.split_once('.') {
            Some((name, _)) => at(name)
                .and_then(|at| found.minutes[at])
                .map(|m| m.to_string()),
            None if *name == "trigger" => Some(found.trigger_on.to_string()),
            None => at(name)
                .and_then(|at| found.dates[at])
                .map(|d| d.to_string()),
        };
        if given.as_deref().unwrap_or("-") != *expected {
            wrong += &format!(" {name} {given:?}");
        }
    }
    if wrong.is_empty() {
        return wrong;
    }
    format!("{wrong} in {}", case.line)
}

/// The cases of a table with what differs.
fn check(table: &str) -> Vec<Case<'_>> {
    let book = book();
    let cases: Vec<_> = table.lines().skip(1).map(case).collect();
    let wrong: Vec<_> = cases
        .iter()
        .map(|case| difference(&book, case))
        .filter(|d| !d.is_empty())
        .collect();
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    cases
}

#[test]
fn every_date_is_as_counted_by_hand() {
    let cases = check(include_str!("boundaries.csv"));
    for programme in PROGRAMMES {
        let own = cases.iter().filter(|c| c.programme == programme).count();
        assert_eq!(own, CASES_EACH, "{programme}");
    }
    let known: BTreeSet<_> = cases.iter().map(|c| c.programme).collect();
    assert_eq!(known.len(), PROGRAMMES.len());
}

#[test]
fn edges_are_as_counted_by_hand() {
    let cases = check(include_str!("edges.csv"));
    let known: BTreeSet<_> = cases.iter().map(|c| c.programme).collect();
    assert_eq!((known.len(), cases.len()), EDGES);
}
