//! Scores: terms, bands, classes, floors, tests.

use super::super::check::{Finding, Linter};
use super::super::file;
use super::super::score::{Band, BandValues, Floor, HUNDREDTHS, Score, ScoreClass, Term};
use super::super::{OnUnknown, RuleBook};
use super::{Context, condition, layers};
use crate::facts::FactType;
use std::collections::BTreeSet;

/// Beyond these, a total would no longer fit beside others; no table that people read comes near.
const POINTS_MAX: i64 = 1_000_000;
const WEIGHT_MAX: i64 = 10_000;

pub(super) fn compile(
    context: &Context<'_>,
    file: &file::Score,
    lint: &mut Linter<'_>,
) -> Option<Score> {
    let code = file.code.get_ref();
    let place = format!("score {code}");
    let at_code = Some(file.code.span());
    lint.at(&place);
    if file.title.is_incomplete() {
        lint.report(
            at_code.clone(),
            "the title is needed in both languages",
            None,
        );
    }
    let cite = condition::citation(context, &file.cite, lint);
    lint.at(format!("{place}, scope"));
    let scope = conditions(context, &file.scope, lint);
    let terms: Vec<_> = file
        .term
        .iter()
        .filter_map(|t| term(context, &place, t, lint))
        .collect();
    lint.at(&place);
    if file.term.is_empty() {
        lint.report(at_code, "a score without terms", None);
    }
    for (at, term) in file.term.iter().enumerate() {
        if file.term[..at]
            .iter()
            .any(|t| t.id.get_ref() == term.id.get_ref())
        {
            lint.report(Some(term.id.span()), "the term is defined twice", None);
        }
    }
    let classes = classes(context, &place, file, lint);
    let floors = floors(context, &place, file, &classes, lint);
    lint.at(&place);
    check_tests(file, lint);
    Some(Score {
        code: code.clone(),
        title: file.title.clone(),
        subject: file.subject.clone(),
        pack: context.pack,
        cite,
        start: file.start * HUNDREDTHS,
        scope,
        terms,
        classes,
        floors,
        overridden_by: Vec::new(),
        facts_used: Vec::new(),
    })
}

fn conditions(
    context: &Context<'_>,
    list: &[file::Condition],
    lint: &mut Linter<'_>,
) -> Vec<super::super::Condition> {
    list.iter()
        .filter_map(|c| {
            condition::must_speak(c, false, lint);
            condition::compile_with(context, c, &[], OnUnknown::Skip, lint)
        })
        .collect()
}

fn term(
    context: &Context<'_>,
    place: &str,
    file: &file::Term,
    lint: &mut Linter<'_>,
) -> Option<Term> {
    lint.at(format!("{place}, term {}", file.id.get_ref()));
    let span = Some(file.id.span());
    if file.label.is_incomplete() {
        lint.report(span.clone(), "the label is needed in both languages", None);
    }
    let weight = file.weight.unwrap_or(HUNDREDTHS);
    if !(1..=WEIGHT_MAX).contains(&weight) {
        let what = format!("a weight is a percentage from 1 to {WEIGHT_MAX}");
        lint.report(span.clone(), what, None);
    }
    let points = file.bands.iter().map(|b| b.points).chain([file.unknown]);
    if points.into_iter().any(|p| p.abs() > POINTS_MAX) {
        lint.report(span, format!("points go up to {POINTS_MAX}"), None);
    }
    let cite = condition::citation(context, &file.cite, lint);
    let fact = condition::find_fact(context, &file.fact, lint)?;
    let bands = bands(context, file, fact, lint);
    Some(Term {
        id: file.id.get_ref().clone(),
        label: file.label.clone(),
        fact,
        weight,
        unknown: file.unknown,
        bands,
        cite,
    })
}

fn bands(
    context: &Context<'_>,
    file: &file::Term,
    fact: crate::facts::FactId,
    lint: &mut Linter<'_>,
) -> Vec<Band> {
    let definition = context.schema.fact(fact);
    let numeric = matches!(definition.kind, FactType::Int | FactType::Money);
    let span = || Some(file.fact.span());
    if definition.kind == FactType::Date {
        let hint = "use a fact that counts days or months";
        lint.report(span(), "a date has no bands", Some(hint.into()));
        return Vec::new();
    }
    let mut bands = Vec::new();
    let mut highest = None;
    for (at, band) in file.bands.iter().enumerate() {
        let last = at + 1 == file.bands.len();
        let values = match (&band.below, &band.is) {
            (Some(below), None) if numeric && !last => {
                if highest.is_some_and(|h| *below <= h) {
                    lint.report(span(), format!("the bands do not rise at {below}"), None);
                }
                highest = Some(*below);
                BandValues::Below(*below)
            }
            (None, Some(list)) if !numeric && !last => {
                let typed: Vec<_> = list
                    .iter()
                    .filter_map(|v| {
                        condition::typed(definition, v)
                            .map_err(|what| lint.report(span(), what, None))
                            .ok()
                    })
                    .collect();
                BandValues::Is(typed)
            }
            (None, None) if last => BandValues::Rest,
            _ => {
                let hint =
                    "numbers: `below`, rising; codes and truth values: `is`; the last band is open";
                let what = format!("band {} does not fit {}", at + 1, definition.name);
                lint.report(span(), what, Some(hint.into()));
                continue;
            }
        };
        bands.push(Band {
            values,
            points: band.points,
        });
    }
    if file.bands.is_empty() {
        lint.report(span(), "a term without bands", None);
    }
    bands
}

fn classes(
    context: &Context<'_>,
    place: &str,
    file: &file::Score,
    lint: &mut Linter<'_>,
) -> Vec<ScoreClass> {
    let mut classes: Vec<ScoreClass> = Vec::new();
    for (at, written) in file.class.iter().enumerate() {
        lint.at(format!("{place}, class {}", written.code.get_ref()));
        let span = Some(written.code.span());
        if written.label.is_incomplete() {
            lint.report(span.clone(), "the label is needed in both languages", None);
        }
        let last = at + 1 == file.class.len();
        if written.from.is_none() != last {
            let hint = "from the highest class to the lowest; the last takes what is left";
            lint.report(
                span.clone(),
                "`from` belongs to every class but the last",
                Some(hint.into()),
            );
        }
        let from = written.from.map(|points| points * HUNDREDTHS);
        let above = classes.last().and_then(|c| c.from);
        if matches!((above, from), (Some(above), Some(from)) if from >= above) {
            lint.report(
                span.clone(),
                "classes go from the highest to the lowest",
                None,
            );
        }
        if classes.iter().any(|c| c.code == *written.code.get_ref()) {
            lint.report(span, "the class is defined twice", None);
        }
        classes.push(ScoreClass {
            code: written.code.get_ref().clone(),
            label: written.label.clone(),
            from,
            cite: condition::citation(context, &written.cite, lint),
        });
    }
    if classes.is_empty() {
        lint.at(place);
        lint.report(Some(file.code.span()), "a score without classes", None);
    }
    classes
}

fn floors(
    context: &Context<'_>,
    place: &str,
    file: &file::Score,
    classes: &[ScoreClass],
    lint: &mut Linter<'_>,
) -> Vec<Floor> {
    let mut floors = Vec::new();
    for written in &file.floor {
        let name = written.class.get_ref();
        lint.at(format!("{place}, floor {name}"));
        let span = Some(written.class.span());
        if written.says.is_incomplete() {
            lint.report(span.clone(), "`says` is needed in both languages", None);
        }
        if written.when.is_empty() {
            lint.report(span.clone(), "a floor needs conditions", None);
        }
        let when = conditions(context, &written.when, lint);
        let cite = condition::citation(context, &written.cite, lint);
        let Some(class) = classes.iter().position(|c| c.code == *name) else {
            lint.report(span, format!("no class {name:?}"), None);
            continue;
        };
        floors.push(Floor {
            class,
            when,
            says: written.says.clone(),
            cite,
        });
    }
    floors
}

/// Every class and every floor must be shown by a test, or the score does not load.
fn check_tests(file: &file::Score, lint: &mut Linter<'_>) {
    let shown: BTreeSet<_> = file
        .test
        .iter()
        .filter_map(|t| t.expect.class.as_deref())
        .collect();
    let missing: Vec<_> = file
        .class
        .iter()
        .map(|c| c.code.get_ref().as_str())
        .filter(|c| !shown.contains(c))
        .collect();
    if !missing.is_empty() {
        let what = format!("tests are missing for the classes: {}", missing.join(", "));
        lint.report(Some(file.code.span()), what, None);
    }
    let floors = file
        .test
        .iter()
        .filter(|t| t.expect.floor == Some(true))
        .count();
    if floors < file.floor.len() {
        let hint = "each floor needs a test that says `floor = true`";
        lint.report(
            Some(file.code.span()),
            "a floor has no test",
            Some(hint.into()),
        );
    }
}

/// Scores of one code in several packs: the narrower must name the pack that it replaces.
pub(super) fn fit(book: &mut RuleBook) -> Vec<Finding> {
    let written: Vec<_> = book
        .files
        .iter()
        .flat_map(|f| &f.score)
        .map(|s| s.overrides.as_ref().map(|o| o.get_ref().clone()))
        .collect();
    let mut findings = Vec::new();
    let mut overridden = Vec::new();
    for (i, a) in book.scores.iter().enumerate() {
        for (j, b) in book.scores.iter().enumerate().skip(i + 1) {
            if a.code != b.code || !layers::clash(book, a.pack.0, b.pack.0) {
                continue;
            }
            if written[j].as_ref() == Some(&book.pack(a.pack).id) {
                overridden.push((i, b.pack));
            } else if written[i].as_ref() == Some(&book.pack(b.pack).id) {
                overridden.push((j, a.pack));
            } else {
                let (first, second) = (book.pack(a.pack), book.pack(b.pack));
                let what = format!(
                    "score {}: {} {} and {} {} both define it without precedence",
                    a.code, first.title.zh, a.cite.article, second.title.zh, b.cite.article
                );
                findings.push(layers::finding(&second.file, what));
            }
        }
    }
    for (score, by) in overridden {
        book.scores[score].overridden_by.push(by);
    }
    findings
}

/// Notes for each score which facts it may look at.
pub(super) fn index(book: &mut RuleBook) {
    let used: Vec<_> = book
        .scores
        .iter()
        .map(|score| {
            let mut used = layers::Usage::default();
            used.conditions(book, &book.pack(score.pack).scope);
            used.conditions(book, &score.scope);
            for floor in &score.floors {
                used.conditions(book, &floor.when);
            }
            used.facts(score.terms.iter().map(|t| t.fact));
            used.into_facts()
        })
        .collect();
    for (score, facts) in book.scores.iter_mut().zip(used) {
        score.facts_used = facts;
    }
}
