//! Parameters: dated values, one group an id over all layers.

use super::super::check::{Finding, Linter};
use super::super::file::{self, PackFile};
use super::super::{
    DatedValue, Parameter, ParameterGroup, ParameterId, Pick, Relation, RuleBook, Source,
};
use super::Names;
use super::{Context, condition};
use crate::dates::civil_date;
use crate::facts::{FactType, Value};
use toml::Spanned;

/// Creates one group for each id, so that files may refer to each other's parameters.
pub(super) fn collect_ids(
    book: &mut RuleBook,
    files: &[(usize, PackFile)],
    sources: &[Source],
    findings: &mut Vec<Finding>,
) -> Names {
    let mut names = Names::new();
    for (at, file) in files {
        let mut lint = Linter::new(&sources[*at].name, &sources[*at].text);
        for parameter in &file.parameter {
            let id = parameter.id.get_ref();
            lint.at(format!("parameter {id}"));
            let Some(&known) = names.get(id) else {
                names.insert(id.clone(), book.parameters.len());
                book.parameters.push(ParameterGroup {
                    id: id.clone(),
                    label: parameter.label.clone(),
                    kind: parameter.kind,
                    unit: parameter.unit.clone(),
                    dated_by: None,
                    members: Vec::new(),
                });
                continue;
            };
            if book.parameters[known].kind != parameter.kind {
                let what = "another pack defines it with another type";
                lint.report(Some(parameter.id.span()), what, None);
            }
        }
        findings.extend(lint.finish());
    }
    names
}

/// Finds a parameter; with `kind`, also checks its type.
pub(super) fn find(
    context: &Context<'_>,
    name: &Spanned<String>,
    _kind: Option<FactType>,
    lint: &mut Linter<'_>,
) -> Option<ParameterId> {
    find_by_name(context, name.get_ref(), Some(name.span()), lint)
}

pub(super) fn find_by_name(
    context: &Context<'_>,
    name: &str,
    span: Option<std::ops::Range<usize>>,
    lint: &mut Linter<'_>,
) -> Option<ParameterId> {
    let found = context.parameters.get(name).copied().map(ParameterId);
    if found.is_none() {
        let hint = crate::facts::closest(name, context.parameters.keys().map(String::as_str))
            .map(|s| format!("did you mean {s:?}?"));
        lint.report(span, format!("unknown parameter {name:?}"), hint);
    }
    found
}

pub(super) fn compile(
    book: &mut RuleBook,
    context: &Context<'_>,
    file: &file::Parameter,
    lint: &mut Linter<'_>,
) {
    let id = file.id.get_ref();
    lint.at(format!("parameter {id}"));
    if file.label.is_incomplete() {
        lint.report(
            Some(file.id.span()),
            "the label is needed in both languages",
            None,
        );
    }
    let Some(&group) = context.parameters.get(id) else {
        return;
    };
    if let Some(name) = &file.dated_by {
        let fact = condition::find_fact(context, name, lint);
        if fact.is_some_and(|f| context.schema.fact(f).kind != FactType::Date) {
            lint.report(Some(name.span()), "`dated_by` must name a date", None);
        }
        book.parameters[group].dated_by = fact;
    }
    let relation = relation(file, lint);
    let values: Vec<_> = file
        .value
        .iter()
        .filter_map(|v| dated_value(context, file.kind, v, lint))
        .collect();
    check_spans(file, &values, lint);
    let member = Parameter {
        pack: context.pack,
        relation,
        pick: file.pick,
        values,
    };
    book.parameters[group].members.push(member);
}

fn relation(file: &file::Parameter, lint: &mut Linter<'_>) -> Relation {
    let named = [
        (&file.overrides, Relation::Overrides),
        (&file.tightens, Relation::Tightens),
        (&file.fills, Relation::Fills),
    ];
    let mut named = named
        .into_iter()
        .filter_map(|(name, relation)| Some((name.as_ref()?, relation)));
    let first = named.next();
    if let Some((name, _)) = named.next() {
        lint.report(
            Some(name.span()),
            "only one of overrides, tightens, fills",
            None,
        );
    }
    first.map_or(Relation::Base, |(_, relation)| relation)
}

fn dated_value(
    context: &Context<'_>,
    kind: FactType,
    file: &file::DatedValue,
    lint: &mut Linter<'_>,
) -> Option<DatedValue> {
    let span = file.cite.span();
    let value = match (&file.value, file.none) {
        (None, true) => Value::Unknown,
        (Some(value), false) => match condition::typed_as(kind, value) {
            Some(value) => value,
            None => {
                lint.report(
                    Some(span),
                    format!("{value} is not of the parameter's type"),
                    None,
                );
                return None;
            }
        },
        _ => {
            let hint = "write `value = …`, or `none = true` where the source gives none";
            lint.report(Some(span), "a value is needed", Some(hint.into()));
            return None;
        }
    };
    let cite = condition::citation(context, &file.cite, lint);
    let when = file
        .when
        .iter()
        .filter_map(|c| condition::compile(context, c, &[], lint))
        .collect();
    Some(DatedValue {
        from: file.from.as_ref().and_then(civil_date),
        until: file.until.as_ref().and_then(civil_date),
        value,
        when,
        expected: file.expected,
        cite,
        note: file.note.clone(),
    })
}

/// Values without conditions must not overlap, else nobody could say which one counts.
fn check_spans(file: &file::Parameter, values: &[DatedValue], lint: &mut Linter<'_>) {
    if file.pick != Pick::Only {
        return;
    }
    for (i, a) in values.iter().enumerate() {
        for b in &values[i + 1..] {
            let apart = matches!((a.until, b.from), (Some(u), Some(f)) if u < f)
                || matches!((b.until, a.from), (Some(u), Some(f)) if u < f);
            if !apart && a.when.is_empty() && b.when.is_empty() {
                let what = format!(
                    "two values apply at once: {} and {}",
                    a.cite.article, b.cite.article
                );
                let hint = "give them dates that do not overlap, conditions, or `pick`";
                lint.report(Some(file.id.span()), what, Some(hint.into()));
            }
        }
    }
}
