//! Conditions: facts by name, operands by type.

use super::super::check::Linter;
use super::super::file;
use super::super::{Citation, Condition, OnUnknown, Op, Operand, Reason};
use super::Context;
use crate::dates::civil_date;
use crate::facts::{Fact, FactId, FactType, Value};
use crate::text::Text;
use toml::Spanned;

pub(super) fn compile(
    context: &Context<'_>,
    file: &file::Condition,
    dates: &[String],
    lint: &mut Linter<'_>,
) -> Option<Condition> {
    compile_with(context, file, dates, OnUnknown::Skip, lint)
}

/// As [`compile`], with what an unknown fact means unless the condition says so itself.
pub(super) fn compile_with(
    context: &Context<'_>,
    file: &file::Condition,
    dates: &[String],
    on_unknown: OnUnknown,
    lint: &mut Linter<'_>,
) -> Option<Condition> {
    let fact = find_fact(context, &file.fact, lint)?;
    let definition = context.schema.fact(fact);
    let operand = operand(context, file, definition, dates, lint)?;
    check_op(definition, file.op, &operand, file.fact.span(), lint);
    let says = file.says.clone().unwrap_or_default();
    let reason = match (&file.code, &file.reason) {
        (Some(code), Some(text)) => Some(Reason {
            code: code.clone(),
            text: text.clone(),
        }),
        (None, None) => None,
        _ => {
            let span = Some(file.fact.span());
            lint.report(span, "a reason needs both `code` and `reason`", None);
            None
        }
    };
    let cite = match &file.cite {
        Some(cite) => citation(context, cite, lint),
        None => Citation {
            pack: context.pack,
            article: String::new(),
        },
    };
    let on_unknown = file.unknown.unwrap_or(on_unknown);
    Some(Condition {
        fact,
        op: file.op,
        operand,
        says,
        reason,
        cite,
        on_unknown,
    })
}

/// Conditions of `scope`, `require` and `cancel` are shown to people and must speak.
pub(super) fn must_speak(file: &file::Condition, with_reason: bool, lint: &mut Linter<'_>) {
    let span = Some(file.fact.span());
    if file.says.as_ref().is_none_or(Text::is_incomplete) {
        lint.report(span.clone(), "`says` is needed in both languages", None);
    }
    if file.cite.is_none() {
        lint.report(span.clone(), "`cite` is missing: name the article", None);
    }
    if with_reason && file.reason.as_ref().is_none_or(Text::is_incomplete) {
        lint.report(
            span,
            "`code` and `reason` (both languages) are needed here",
            None,
        );
    }
}

pub(super) fn citation(
    context: &Context<'_>,
    article: &Spanned<String>,
    lint: &mut Linter<'_>,
) -> Citation {
    let reference = article.get_ref();
    if context.head.article(reference).is_none() {
        let known: Vec<_> = context
            .head
            .articles
            .iter()
            .map(|a| a.reference.as_str())
            .collect();
        let hint = format!("the pack has {}", known.join(", "));
        lint.report(
            Some(article.span()),
            format!("no article {reference:?}"),
            Some(hint),
        );
    }
    Citation {
        pack: context.pack,
        article: reference.clone(),
    }
}

pub(super) fn find_fact(
    context: &Context<'_>,
    name: &Spanned<String>,
    lint: &mut Linter<'_>,
) -> Option<FactId> {
    let found = context.schema.find_fact(name.get_ref());
    if found.is_none() {
        let hint = context
            .schema
            .suggest(name.get_ref())
            .map(|s| format!("did you mean {s:?}?"));
        lint.report(
            Some(name.span()),
            format!("unknown fact {:?}", name.get_ref()),
            hint,
        );
    }
    found
}

fn operand(
    context: &Context<'_>,
    file: &file::Condition,
    fact: &Fact,
    dates: &[String],
    lint: &mut Linter<'_>,
) -> Option<Operand> {
    let span = Some(file.fact.span());
    let given = [
        file.value.is_some(),
        file.values.is_some(),
        file.param.is_some(),
        file.other.is_some(),
        file.date.is_some(),
    ];
    let count = given.iter().filter(|g| **g).count();
    if matches!(file.op, Op::Known | Op::Unknown) {
        if count > 0 {
            lint.report(span, "`known` and `unknown` compare with nothing", None);
        }
        return Some(Operand::Nothing);
    }
    if count != 1 {
        let hint = "give exactly one of value, values, param, other, date";
        lint.report(
            span,
            "nothing, or too much, to compare with",
            Some(hint.into()),
        );
        return None;
    }
    if let Some(name) = &file.param {
        return super::parameter::find(context, name, Some(fact.kind), lint)
            .map(Operand::Parameter);
    }
    if let Some(name) = &file.other {
        let other = find_fact(context, name, lint)?;
        if context.schema.fact(other).kind != fact.kind {
            let what = format!(
                "{} and {} are of different types",
                fact.name,
                name.get_ref()
            );
            lint.report(Some(name.span()), what, None);
        }
        return Some(Operand::Fact(other));
    }
    if let Some(name) = &file.date {
        let at = dates.iter().position(|d| d == name.get_ref());
        if at.is_none() || fact.kind != FactType::Date {
            lint.report(
                Some(name.span()),
                format!("no date {:?} here", name.get_ref()),
                None,
            );
        }
        return at.map(Operand::Date);
    }
    let values = match (&file.value, &file.values) {
        (Some(one), _) => std::slice::from_ref(one),
        (None, Some(many)) => many.as_slice(),
        (None, None) => &[],
    };
    let literals: Vec<_> = values
        .iter()
        .filter_map(|v| literal(fact, v, file.fact.span(), lint))
        .collect();
    (literals.len() == values.len()).then_some(Operand::Literals(literals))
}

/// A value written in a condition. Numbers are not allowed there: they belong into parameters.
fn literal(
    fact: &Fact,
    value: &toml::Value,
    span: std::ops::Range<usize>,
    lint: &mut Linter<'_>,
) -> Option<Value<'static>> {
    if matches!(fact.kind, FactType::Int | FactType::Money) {
        let hint = "make it a parameter with a citation and use `param`";
        lint.report(
            Some(span),
            format!("a number is written for {}", fact.name),
            Some(hint.into()),
        );
        return None;
    }
    match typed(fact, value) {
        Ok(value) => Some(value),
        Err(what) => {
            lint.report(Some(span), what, None);
            None
        }
    }
}

/// A TOML value as a value of the fact's type, or what is wrong with it.
pub(in crate::pack) fn typed(fact: &Fact, value: &toml::Value) -> Result<Value<'static>, String> {
    let value = typed_as(fact.kind, value)
        .ok_or_else(|| format!("{value} is not of the type of {}", fact.name))?;
    match &value {
        Value::Code(code) if !fact.codes.is_empty() && !fact.codes.contains_key(code.as_ref()) => {
            let known = fact.codes.keys().map(String::as_str);
            let hint = crate::facts::closest(code, known.clone())
                .map_or_else(|| known.collect::<Vec<_>>().join(", "), str::to_owned);
            Err(format!(
                "{code:?} is no code of {}; known: {hint}",
                fact.name
            ))
        }
        _ => Ok(value),
    }
}

pub(super) fn typed_as(kind: FactType, value: &toml::Value) -> Option<Value<'static>> {
    match (kind, value) {
        (FactType::Bool, toml::Value::Boolean(b)) => Some(Value::Bool(*b)),
        (FactType::Int | FactType::Money, toml::Value::Integer(n)) => Some(Value::Int(*n)),
        (FactType::Date, toml::Value::Datetime(d)) => civil_date(d).map(Value::Date),
        (FactType::Code, toml::Value::String(s)) => Some(Value::code(s.clone())),
        _ => None,
    }
}

fn check_op(
    fact: &Fact,
    op: Op,
    operand: &Operand,
    span: std::ops::Range<usize>,
    lint: &mut Linter<'_>,
) {
    let ordered = matches!(fact.kind, FactType::Int | FactType::Money | FactType::Date);
    if matches!(op, Op::Gt | Op::Ge | Op::Lt | Op::Le) && !ordered {
        lint.report(Some(span), format!("{} has no order", fact.name), None);
        return;
    }
    let many = matches!(operand, Operand::Literals(v) if v.len() != 1);
    if many && !matches!(op, Op::In | Op::NotIn) {
        lint.report(Some(span), "a list is compared with `in` or `not_in`", None);
    }
}
