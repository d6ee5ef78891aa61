//! Programmes: trigger, conditions, quantities, dates, tests.

use super::super::check::Linter;
use super::super::file;
use super::super::{Combine, DateRule, Let, OnUnknown, Programme, Respondent, TestKind};
use super::{Context, condition, date, trigger};
use std::collections::BTreeSet;

pub(super) fn compile(
    context: &Context<'_>,
    file: &file::Programme,
    lint: &mut Linter<'_>,
) -> Option<Programme> {
    let code = file.code.get_ref();
    let place = format!("programme {code}");
    lint.at(&place);
    if file.title.is_incomplete() {
        lint.report(
            Some(file.code.span()),
            "the title is needed in both languages",
            None,
        );
    }
    let cite = condition::citation(context, &file.cite, lint);
    let lets = lets(context, file, lint);
    let no_dates: &[String] = &[];
    let names = date::Names {
        dates: no_dates,
        lets: &lets,
    };
    lint.at(format!("{place}, trigger"));
    let trigger = trigger::compile(context, file, &names, lint);
    let conditions = |list: &[file::Condition], with_reason, lint: &mut Linter<'_>| {
        list.iter()
            .filter_map(|c| {
                condition::must_speak(c, with_reason, lint);
                let on_unknown = if with_reason {
                    OnUnknown::Exclude
                } else {
                    OnUnknown::Skip
                };
                condition::compile_with(context, c, &[], on_unknown, lint)
            })
            .collect::<Vec<_>>()
    };
    lint.at(format!("{place}, scope"));
    let scope = conditions(&file.scope, false, lint);
    lint.at(format!("{place}, require"));
    let require = conditions(&file.require, true, lint);
    let (dates, date_names) = dates(context, file, &place, &lets, lint);
    lint.at(format!("{place}, cancel"));
    let cancel = file
        .cancel
        .iter()
        .filter_map(|c| {
            condition::must_speak(c, true, lint);
            condition::compile(context, c, &date_names, lint)
        })
        .collect();
    lint.at(format!("{place}, respondent"));
    let respondents = respondents(context, file, lint);
    lint.at(&place);
    check_tests(file, lint);
    Some(Programme {
        code: code.clone(),
        title: file.title.clone(),
        kind: file.kind.clone(),
        pack: context.pack,
        cite,
        trigger: trigger?,
        scope,
        require,
        lets,
        dates,
        respondents,
        cancel,
        discharge: file.discharge.clone(),
        overridden_by: Vec::new(),
        facts_used: Vec::new(),
    })
}

fn lets(context: &Context<'_>, file: &file::Programme, lint: &mut Linter<'_>) -> Vec<Let> {
    let mut lets: Vec<Let> = Vec::new();
    for written in &file.lets {
        let name = written.name.get_ref();
        lint.at(format!("programme {}, let {name}", file.code.get_ref()));
        let (combine, sources) = match (&written.max_of, &written.min_of, &written.first_of) {
            (Some(list), None, None) => (Combine::Max, list),
            (None, Some(list), None) => (Combine::Min, list),
            (None, None, Some(list)) => (Combine::First, list),
            _ => {
                let hint = "give exactly one of max_of, min_of, first_of";
                lint.report(
                    Some(written.name.span()),
                    "nothing to compute",
                    Some(hint.into()),
                );
                continue;
            }
        };
        let from: Vec<_> = sources
            .iter()
            .filter_map(|s| date::quantity(context, s.get_ref(), &lets, lint))
            .collect();
        lets.push(Let {
            name: name.clone(),
            label: written.label.clone(),
            unit: written.unit.clone(),
            combine,
            from,
        });
    }
    lets
}

fn dates(
    context: &Context<'_>,
    file: &file::Programme,
    place: &str,
    lets: &[Let],
    lint: &mut Linter<'_>,
) -> (Vec<DateRule>, Vec<String>) {
    let mut rules = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for written in &file.date {
        let name = written.name.get_ref();
        lint.at(format!("{place}, date {name}"));
        if names.contains(name) {
            lint.report(Some(written.name.span()), "the date is defined twice", None);
        }
        let known = date::Names {
            dates: &names,
            lets,
        };
        let expression = date::expression(context, &written.expression, &known, false, lint);
        let cite = condition::citation(context, &written.cite, lint);
        if let Some(expression) = expression {
            rules.push(DateRule {
                name: name.clone(),
                label: written.label.clone(),
                cite,
                expression,
            });
            names.push(name.clone());
        }
    }
    (rules, names)
}

fn respondents(
    context: &Context<'_>,
    file: &file::Programme,
    lint: &mut Linter<'_>,
) -> Vec<Respondent> {
    let respondents: Vec<_> = file
        .respondent
        .iter()
        .map(|r| Respondent {
            who: r.who.clone(),
            when: r
                .when
                .iter()
                .filter_map(|c| condition::compile(context, c, &[], lint))
                .collect(),
        })
        .collect();
    match respondents.last() {
        Some(last) if last.when.is_empty() => {}
        _ => {
            let hint = "end the list with a respondent without `when`";
            lint.report(None, "nobody to reach in some cases", Some(hint.into()));
        }
    }
    respondents
}

/// The boundary cases that a programme must bring, or it does not load.
const REQUIRED_TESTS: [TestKind; 6] = [
    TestKind::Boundary,
    TestKind::Before,
    TestKind::After,
    TestKind::Holiday,
    TestKind::MakeUp,
    TestKind::LeapDay,
];

fn check_tests(file: &file::Programme, lint: &mut Linter<'_>) {
    let brought: BTreeSet<_> = file.test.iter().map(|t| t.kind).collect();
    let missing: Vec<_> = REQUIRED_TESTS
        .into_iter()
        .filter(|k| !brought.contains(k))
        .map(|k| format!("{k:?}").to_lowercase())
        .collect();
    if !missing.is_empty() {
        let what = format!("tests are missing for: {}", missing.join(", "));
        let hint = "boundary day, the day before and after, a holiday, a make-up day, 29 February";
        lint.report(Some(file.code.span()), what, Some(hint.into()));
    }
}
