//! Penalty tables as packs write them, and what no table may say (conflict C-23).

use chrono::NaiveDate;
use domain::money::Money;
use domain::quality::{Measure, Offence, Penalty};
use rules::{Facts, Finding, RuleBook, Value};

/// The parameter that names the measure of an offence.
const MEASURE: &str = "penalty_measure";

/// What the tables propose for an offence that somebody committed so many times, on a day; nothing when no
/// table names it.
///
/// # Errors
/// When a table names a measure that does not exist.
pub fn penalty_of(
    book: &RuleBook,
    on: NaiveDate,
    offence: Offence,
    times: u32,
) -> Result<Option<Penalty>, domain::UnknownCode> {
    let facts = facts_of(book, offence, times);
    let value = |id: &str| {
        book.find_parameter(id)?;
        book.parameter_value(id, &facts, on)
    };
    let Some(Value::Code(measure)) = value(MEASURE) else {
        return Ok(None);
    };
    Ok(Some(Penalty {
        measure: Measure::parse(&measure)?,
        fine: value("penalty_fine").and_then(|v| v.as_int()).map(Money),
        // Who says nothing of it wants it.
        legal_review: value("penalty_legal_review") != Some(Value::Bool(false)),
    }))
}

fn facts_of(book: &RuleBook, offence: Offence, times: u32) -> Facts<'static> {
    let schema = book.schema();
    let mut facts = Facts::new(schema);
    if let Some(id) = schema.find_fact("penalty.offence") {
        facts.set(id, Value::code(offence.as_str()));
    }
    if let Some(id) = schema.find_fact("penalty.times") {
        facts.set(id, Value::Int(times.into()));
    }
    facts
}

/// Times up to which a table is looked at: later ones are like the last.
const TIMES_MAX: u32 = 4;

/// What is wrong with the tables: pay or employment taken without a legal review, a fine without amount. A
/// pack that says so does not load.
pub(crate) fn check_penalties(book: &RuleBook, on: NaiveDate) -> Vec<Finding> {
    let mut findings = Vec::new();
    for offence in Offence::ALL {
        for times in 1..=TIMES_MAX {
            let what = match penalty_of(book, on, *offence, times) {
                Ok(None) => continue,
                Ok(Some(penalty)) => penalty.check().map_err(|e| e.to_string()),
                Err(unknown) => Err(unknown.to_string()),
            };
            let Err(what) = what else { continue };
            let facts = facts_of(book, *offence, times);
            let source = book.parameter_source(MEASURE, &facts, on);
            let file = source.map(|(_, of)| book.pack(of.cite.pack).file.clone());
            findings.push(Finding {
                file: file.unwrap_or_default(),
                line: None,
                column: None,
                place: format!("parameter {MEASURE}, {offence}, time {times}"),
                what,
                hint: None,
            });
            break;
        }
    }
    findings
}
