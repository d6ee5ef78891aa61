//! Packs that are wrong say where, what and what to do.

use crate::shipped::{calendar, schema, sources};
use rules::{RuleBook, Source};
use std::sync::Arc;

/// The Chongqing pack with one passage changed, beside the packs it refers to.
fn findings(find: &str, replace: &str) -> Vec<String> {
    let mut sources = sources();
    let pack = sources
        .iter_mut()
        .find(|s| s.name == "cn-50/new-contract.toml")
        .unwrap();
    assert!(pack.text.contains(find), "the pack has no {find:?}");
    pack.text = pack.text.replacen(find, replace, 1);
    load(&sources)
}

fn load(sources: &[Source]) -> Vec<String> {
    match RuleBook::load(Arc::new(schema()), Arc::new(calendar()), sources) {
        Ok(_) => Vec::new(),
        Err(findings) => findings.iter().map(ToString::to_string).collect(),
    }
}

fn check(find: &str, replace: &str, expected: &str) {
    let found = findings(find, replace);
    assert!(
        found.iter().any(|f| f.contains(expected)),
        "expected {expected:?} in {found:#?}"
    );
}

#[test]
fn an_unknown_fact_is_named_with_line_and_suggestion() {
    let found = findings("fact = \"holder.kind\"", "fact = \"holder.kin\"");
    assert!(found[0].contains("unknown fact \"holder.kin\"; did you mean \"holder.kind\"?"));
    assert!(
        found[0].starts_with("cn-50/new-contract.toml:"),
        "{}",
        found[0]
    );
}

#[test]
fn what_is_not_said_is_an_error() {
    check(
        "roll = \"none\"\nnot_after",
        "not_after",
        "the roll at holidays is not said",
    );
    check("unit = \"calendar_day\", ", "", "the unit is not said");
    check(
        ", count_first = \"param:callback_due_counts_first_day\"",
        "",
        "whether the starting day counts is not said",
    );
}

#[test]
fn numbers_belong_into_parameters() {
    check(
        "param = \"term_months_over\"",
        "value = 12",
        "a number is written for policy.term_months",
    );
    check(
        "add = \"let:cooling_off_days\"",
        "add = \"10\"",
        "is no quantity",
    );
}

#[test]
fn codes_and_types_are_checked() {
    check(
        "value = \"individual\"",
        "value = \"individal\"",
        "is no code of holder.kind",
    );
    check(
        "op = \"eq\"\nvalue = \"individual\"",
        "op = \"gt\"\nvalue = \"individual\"",
        "has no order",
    );
    check(
        "value = 7, cite",
        "value = \"seven\", cite",
        "is not of the parameter's type",
    );
}

#[test]
fn citations_must_exist() {
    check(
        "cite = \"第三条\"\nin_place_of",
        "cite = \"第三十条\"\nin_place_of",
        "no article \"第三十条\"",
    );
}

#[test]
fn a_failing_test_keeps_the_pack_out() {
    check(
        "due = 2026-10-02",
        "due = 2026-10-08",
        "due: expected 2026-10-08, got 2026-10-02",
    );
}

#[test]
fn missing_boundary_tests_keep_the_pack_out() {
    check(
        "kind = \"leap_day\"",
        "kind = \"other\"",
        "tests are missing for: leapday",
    );
}

#[test]
fn two_rules_without_precedence_name_both_articles() {
    check(
        "tightens = \"cn/cooling-off\"",
        "",
        "both define it without precedence",
    );
    let mut twice = sources();
    let copy = twice
        .iter()
        .find(|s| s.name == "cn-50/new-contract.toml")
        .unwrap()
        .clone();
    let text = copy
        .text
        .replace("id = \"cn-50/new-contract\"", "id = \"cn-50/other\"");
    twice.push(Source {
        name: "cn-50/other.toml".into(),
        text,
    });
    let found = load(&twice);
    assert!(
        found
            .iter()
            .any(|f| f.contains("programme NB-CQ") && f.contains("第三条")),
        "{found:#?}"
    );
}

#[test]
fn unsure_texts_may_not_be_approved() {
    check(
        "confidence = \"T\"",
        "confidence = \"K\"",
        "confidence K may ship as a draft only",
    );
}

#[test]
fn syntax_errors_name_the_line() {
    let found = findings("[pack]", "[pack");
    assert!(
        found[0].starts_with("cn-50/new-contract.toml:4"),
        "{}",
        found[0]
    );
}

/// A company pack with one passage changed.
fn check_in(file: &str, find: &str, replace: &str, expected: &str) {
    let mut sources = sources();
    let pack = sources.iter_mut().find(|s| s.name == file).unwrap();
    assert!(pack.text.contains(find), "{file} has no {find:?}");
    pack.text = pack.text.replacen(find, replace, 1);
    let found = load(&sources);
    assert!(
        found.iter().any(|f| f.contains(expected)),
        "expected {expected:?} in {found:#?}"
    );
}

#[test]
fn triggers_of_the_calendar_say_for_each_of_what() {
    let file = "company/value-callbacks.toml";
    let trigger = "every = \"quarter\", of = \"customer\"";
    check_in(
        file,
        trigger,
        "every = \"quarter\"",
        "for each of what is not said",
    );
    check_in(
        file,
        trigger,
        "anniversary = \"customer.birth_date\", of = \"customer\"",
        "where 29 February goes is not said",
    );
    check_in(
        file,
        trigger,
        "every = \"quarter\", event = \"policy_issued\", of = \"customer\"",
        "nothing sets the programme off, or several things do",
    );
}

#[test]
fn hours_begin_at_a_time_of_day() {
    check_in(
        "company/sales-callbacks.toml",
        "clock = \"event.minute\"\n",
        "",
        "the time of day at which hours begin is not said",
    );
}
