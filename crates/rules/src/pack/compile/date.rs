//! Date rules: every convention said, every name resolved.

use super::super::check::Linter;
use super::super::file;
use super::super::{Anchor, Base, Expression, Let, Quantity, Setting, Step};
use super::{Context, parameter};
use crate::dates::{Roll, Unit};
use crate::facts::{FactId, FactType};

/// What a date rule may refer to besides facts and parameters.
pub(super) struct Names<'n> {
    pub dates: &'n [String],
    pub lets: &'n [Let],
}

pub(super) fn expression(
    context: &Context<'_>,
    file: &file::DateExpression,
    names: &Names<'_>,
    nested: bool,
    lint: &mut Linter<'_>,
) -> Option<Expression> {
    for key in file.rest.keys() {
        let hint = "known: from, first_of, earliest_of, latest_of, clock, steps, roll, not_after, not_before";
        lint.report(None, format!("unknown key {key:?}"), Some(hint.into()));
    }
    let base = base(context, file, names, lint);
    let steps: Vec<_> = file
        .steps
        .iter()
        .map(|s| step(context, s, names, lint))
        .collect();
    let roll = match (&file.roll, nested) {
        (Some(text), _) => roll(context, text, lint),
        (None, true) => Some(Setting::Fixed(Roll::None)),
        (None, false) => {
            let hint =
                "write roll = \"none\", \"next_working\", \"previous_working\" or \"param:…\"";
            lint.report(None, "the roll at holidays is not said", Some(hint.into()));
            None
        }
    };
    let not_after = bound(file.not_after.as_deref(), names, lint);
    let not_before = bound(file.not_before.as_deref(), names, lint);
    let steps: Option<Vec<_>> = steps.into_iter().collect();
    let clock = clock(context, file, lint);
    Some(Expression {
        base: base?,
        steps: steps?,
        clock,
        roll: roll?,
        not_after,
        not_before,
    })
}

fn base(
    context: &Context<'_>,
    file: &file::DateExpression,
    names: &Names<'_>,
    lint: &mut Linter<'_>,
) -> Option<Base> {
    let many = |list: &[file::DateExpression], lint: &mut Linter<'_>| -> Option<Vec<Expression>> {
        list.iter()
            .map(|e| expression(context, e, names, true, lint))
            .collect()
    };
    match (
        &file.from,
        &file.first_of,
        &file.earliest_of,
        &file.latest_of,
    ) {
        (Some(name), None, None, None) => {
            anchor(context, name, names, lint).map(|a| Base::First(vec![a]))
        }
        (None, Some(list), None, None) => {
            let anchors: Option<Vec<_>> = list
                .iter()
                .map(|n| anchor(context, n, names, lint))
                .collect();
            anchors.map(Base::First)
        }
        (None, None, Some(list), None) => many(list, lint).map(Base::EarliestOf),
        (None, None, None, Some(list)) => many(list, lint).map(Base::LatestOf),
        _ => {
            let hint = "give exactly one of from, first_of, earliest_of, latest_of";
            lint.report(None, "the date has no start, or several", Some(hint.into()));
            None
        }
    }
}

fn anchor(
    context: &Context<'_>,
    name: &str,
    names: &Names<'_>,
    lint: &mut Linter<'_>,
) -> Option<Anchor> {
    if name == "trigger" {
        return Some(Anchor::Trigger);
    }
    if let Some(date) = name.strip_prefix("date:") {
        return bound(Some(date), names, lint).map(Anchor::Date);
    }
    let Some(fact) = context.schema.find_fact(name) else {
        let hint = context
            .schema
            .suggest(name)
            .map(|s| format!("did you mean {s:?}?"));
        lint.report(None, format!("unknown date {name:?}"), hint);
        return None;
    };
    if context.schema.fact(fact).kind != FactType::Date {
        lint.report(None, format!("{name} is not a date"), None);
        return None;
    }
    Some(Anchor::Fact(fact))
}

/// The fact with the minute of the day; hours without one are an error.
fn clock(
    context: &Context<'_>,
    file: &file::DateExpression,
    lint: &mut Linter<'_>,
) -> Option<FactId> {
    let hours = file.steps.iter().any(|s| s.unit == Some(Unit::Hour));
    let Some(name) = &file.clock else {
        if hours {
            let hint = "write clock = \"…\", a fact with the minute of the day";
            lint.report(
                None,
                "the time of day at which hours begin is not said",
                Some(hint.into()),
            );
        }
        return None;
    };
    let fact = context.schema.find_fact(name);
    let fact = fact.filter(|f| context.schema.fact(*f).kind == FactType::Int);
    if fact.is_none() {
        let hint = context
            .schema
            .suggest(name)
            .map(|s| format!("did you mean {s:?}?"));
        lint.report(None, format!("no number is called {name:?}"), hint);
    }
    fact
}

fn bound(name: Option<&str>, names: &Names<'_>, lint: &mut Linter<'_>) -> Option<usize> {
    let name = name?;
    let found = names.dates.iter().position(|d| d == name);
    if found.is_none() {
        let hint = "dates are computed in the order of the file; move it further up";
        lint.report(
            None,
            format!("no date {name:?} before this one"),
            Some(hint.into()),
        );
    }
    found
}

fn roll(context: &Context<'_>, text: &str, lint: &mut Linter<'_>) -> Option<Setting<Roll>> {
    if let Some(name) = text.strip_prefix("param:") {
        return parameter::find_by_name(context, name, None, lint).map(Setting::Parameter);
    }
    let known = file::literal_roll(text).map(Setting::Fixed);
    if known.is_none() {
        let hint = "known: none, next_working, previous_working, param:…";
        lint.report(None, format!("unknown roll {text:?}"), Some(hint.into()));
    }
    known
}

fn step(
    context: &Context<'_>,
    file: &file::Step,
    names: &Names<'_>,
    lint: &mut Linter<'_>,
) -> Option<Step> {
    if let Some(snap) = file.snap {
        return Some(Step::Snap(snap));
    }
    let (text, backwards) = match (&file.add, &file.subtract) {
        (Some(text), None) => (text, false),
        (None, Some(text)) => (text, true),
        _ => {
            lint.report(None, "a step adds, subtracts or snaps", None);
            return None;
        }
    };
    let by = quantity(context, text, names.lets, lint)?;
    let Some(unit) = file.unit else {
        let hint = "write unit = \"calendar_day\", \"working_day\" or \"month\"";
        lint.report(None, "the unit is not said", Some(hint.into()));
        return None;
    };
    let count_first = count_first(context, file, unit, lint)?;
    Some(Step::Move {
        by,
        backwards,
        unit,
        count_first,
    })
}

fn count_first(
    context: &Context<'_>,
    file: &file::Step,
    unit: Unit,
    lint: &mut Linter<'_>,
) -> Option<Setting<bool>> {
    if unit == Unit::Month {
        if file.month_end.is_none() {
            let hint = "write month_end = \"clamp\"";
            lint.report(
                None,
                "rounding at month ends is not said",
                Some(hint.into()),
            );
        }
        return Some(Setting::Fixed(false));
    }
    if unit == Unit::Hour {
        return Some(Setting::Fixed(false));
    }
    match &file.count_first {
        Some(toml::Value::Boolean(b)) => Some(Setting::Fixed(*b)),
        Some(toml::Value::String(s)) if s.starts_with("param:") => {
            parameter::find_by_name(context, &s["param:".len()..], None, lint)
                .map(Setting::Parameter)
        }
        _ => {
            let hint = "write count_first = true, false or \"param:…\"";
            lint.report(
                None,
                "whether the starting day counts is not said",
                Some(hint.into()),
            );
            None
        }
    }
}

/// A quantity by name: `param:…`, `let:…` or a fact. Bare numbers are refused.
pub(super) fn quantity(
    context: &Context<'_>,
    text: &str,
    lets: &[Let],
    lint: &mut Linter<'_>,
) -> Option<Quantity> {
    if let Some(name) = text.strip_prefix("param:") {
        return parameter::find_by_name(context, name, None, lint).map(Quantity::Parameter);
    }
    if let Some(name) = text.strip_prefix("let:") {
        let found = lets.iter().position(|l| l.name == name).map(Quantity::Let);
        if found.is_none() {
            lint.report(None, format!("no quantity {name:?} before this one"), None);
        }
        return found;
    }
    let Some(fact) = context.schema.find_fact(text) else {
        let hint = "write param:…, let:… or the name of a fact; numbers belong into parameters";
        lint.report(None, format!("{text:?} is no quantity"), Some(hint.into()));
        return None;
    };
    if !matches!(
        context.schema.fact(fact).kind,
        FactType::Int | FactType::Money
    ) {
        lint.report(None, format!("{text} is not a number"), None);
        return None;
    }
    Some(Quantity::Fact(fact))
}
