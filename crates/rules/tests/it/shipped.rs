//! The packs that we ship load, pass their own tests and decide as written.

use rules::{Calendar, FactSchema, NaiveDate, RuleBook, Source};
use std::path::Path;
use std::sync::Arc;

pub(crate) fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn calendar() -> Calendar {
    let text = std::fs::read_to_string(root().join("calendars/cn.toml")).unwrap();
    Calendar::parse(&text).unwrap()
}

pub(crate) fn schema() -> FactSchema {
    let text = std::fs::read_to_string(root().join("rulepacks/facts.toml")).unwrap();
    FactSchema::parse(&text).unwrap()
}

pub(crate) fn sources() -> Vec<Source> {
    let mut sources = Vec::new();
    for folder in std::fs::read_dir(root().join("rulepacks")).unwrap() {
        let folder = folder.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let name = path.strip_prefix(root().join("rulepacks")).unwrap();
            sources.push(Source {
                name: name.to_string_lossy().into_owned(),
                text,
            });
        }
    }
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    sources
}

pub(crate) fn book() -> RuleBook {
    RuleBook::load(Arc::new(schema()), Arc::new(calendar()), &sources()).unwrap_or_else(
        |findings| {
            let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
            panic!("the shipped packs do not load:\n{}", lines.join("\n"))
        },
    )
}

#[test]
fn shipped_packs_load_and_pass_their_tests() {
    let report = book().run_tests();
    assert!(report.is_passed());
    assert!(report.results.len() >= 78, "{} tests", report.results.len());
}

/// CBK-01: every programme that events or the calendar set off is data. On-site visits for what the telephone could
/// not solve, and surveys, are set off by people; their terms are parameters.
#[test]
fn programmes_are_data() {
    let book = book();
    let codes: Vec<_> = book.programmes().iter().map(|p| p.code.as_str()).collect();
    for code in [
        "NB-2017", "NB-BR", "NB-BS", "NB-CQ", "NB-SD", "NB-SUP", "NB-T10", "RN-GRACE", "LP-LAPSE",
        "SU-SURR", "PO-CLAIM", "PS-PH", "PS-BEN", "PC-UW1", "PC-CL1", "PC-REN", "OV-KEY", "OV-SHR",
        "MC-PAID", "MC-ADJ", "MC-OFF", "CP-SET", "VF-HIGH", "VF-MED", "VF-LOW", "SC-NEW",
        "SC-COMP", "SC-LOST", "GN-1W", "KA-SPEC", "GN-PLAN", "SL-VISIT", "SL-COOP", "CT-EFF",
        "CT-DUE", "CT-REV", "CT-CLM", "CT-BDAY", "CT-HOL", "CT-LOW", "CT-EVT", "CT-RISK",
    ] {
        assert!(codes.contains(&code), "{code} is in no pack");
    }
    for parameter in [
        "visit_unresolved_due_days",
        "survey_routine_per_year",
        "survey_collation_days",
    ] {
        let facts = rules::Facts::new(book.schema());
        let on = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let value = book.parameter_value(parameter, &facts, on);
        assert!(value.is_some(), "{parameter} is in no pack");
    }
}

#[test]
fn every_programme_has_the_dates_that_the_application_needs() {
    let book = book();
    for programme in book.programmes() {
        for name in ["extract", "earliest", "due"] {
            assert!(
                programme.find_date(name).is_some(),
                "{} lacks {name}",
                programme.code
            );
        }
    }
}

#[test]
fn a_trace_counts_the_days_and_names_every_source() {
    let book = book();
    let schema = book.schema();
    let mut facts = rules::Facts::new(schema);
    let day = |y, m, d| rules::Value::Date(NaiveDate::from_ymd_opt(y, m, d).unwrap());
    for (name, value) in [
        ("policy.region", rules::Value::code("500000")),
        ("policy.line", rules::Value::code("life")),
        ("holder.kind", rules::Value::code("individual")),
        ("policy.term_months", rules::Value::Int(468)),
        ("policy.cooling_off_days", rules::Value::Int(15)),
        ("policy.issue_date", day(2026, 9, 15)),
        ("policy.ack_signed_on", day(2026, 9, 18)),
    ] {
        facts.set(schema.find_fact(name).unwrap(), value);
    }
    let event = schema.find_event("acknowledgement_signed").unwrap();
    let trace = book.trace(book.triggered_by(event)[0], &facts);
    insta::assert_snapshot!(
        "nb_cq_zh",
        rules::eval::explain::explain(&trace, rules::Language::Zh)
    );
    insta::assert_snapshot!(
        "nb_cq_en",
        rules::eval::explain::explain(&trace, rules::Language::En)
    );
}
