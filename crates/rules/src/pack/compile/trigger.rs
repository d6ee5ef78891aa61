//! Triggers: an event with the day that counts, or a day of the calendar that comes round.

use super::super::check::Linter;
use super::super::file;
use super::super::{
    Again, Anchor, Base, Cause, Expression, OCCURRENCE, Quantity, Recurrence, Rhythm, SUBJECTS,
    Setting, Subject, Trigger,
};
use super::{Context, date};
use crate::dates::Roll;
use crate::facts::{EventType, FactId, FactType};
use toml::Spanned;

pub(super) fn compile(
    context: &Context<'_>,
    file: &file::Programme,
    names: &date::Names<'_>,
    lint: &mut Linter<'_>,
) -> Option<Trigger> {
    let written = &file.trigger;
    let label = written.label.clone();
    let holidays = Some(&written.holidays).filter(|names| !names.is_empty());
    match (
        &written.event,
        &written.every,
        &written.anniversary,
        &written.day,
        holidays,
    ) {
        (Some(name), None, None, None, None) => {
            let event = event(context, name, lint);
            let again = match &written.again {
                Some(again) => Some(self::again(context, again, lint)?),
                None => None,
            };
            let Some(on) = &written.on else {
                let hint = "write on = { from = …, roll = … }";
                lint.report(
                    Some(name.span()),
                    "the day that counts is not said",
                    Some(hint.into()),
                );
                return None;
            };
            let on = date::expression(context, on, names, false, lint)?;
            Some(Trigger {
                cause: Cause::Event(event?),
                on,
                again,
                label,
            })
        }
        (None, Some(period), None, None, None) => {
            calendar(context, written, Some(Rhythm::Every(*period)), lint)
        }
        (None, None, Some(fact), None, None) => {
            let rhythm = anniversary(context, written, fact, lint);
            calendar(context, written, rhythm, lint)
        }
        (None, None, None, Some(fact), None) => day(context, written, fact, names, lint),
        (None, None, None, None, Some(names)) => {
            let names = names.clone();
            calendar(context, written, Some(Rhythm::Holidays { names }), lint)
        }
        _ => {
            let hint = "give exactly one of event, every, anniversary, day, holidays";
            lint.report(
                Some(file.code.span()),
                "nothing sets the programme off, or several things do",
                Some(hint.into()),
            );
            None
        }
    }
}

fn event(
    context: &Context<'_>,
    name: &Spanned<String>,
    lint: &mut Linter<'_>,
) -> Option<EventType> {
    let event = context.schema.find_event(name.get_ref());
    if event.is_none() {
        let hint = context
            .schema
            .suggest(name.get_ref())
            .map(|s| format!("did you mean {s:?}?"));
        let what = format!("unknown event {:?}", name.get_ref());
        lint.report(Some(name.span()), what, hint);
    }
    event
}

fn date_fact(
    context: &Context<'_>,
    name: &Spanned<String>,
    lint: &mut Linter<'_>,
) -> Option<FactId> {
    let known = context.schema.find_fact(name.get_ref());
    let fact = known.filter(|f| context.schema.fact(*f).kind == FactType::Date);
    if fact.is_none() {
        let hint = context
            .schema
            .suggest(name.get_ref())
            .map(|s| format!("did you mean {s:?}?"));
        let what = format!("no date is called {:?}", name.get_ref());
        lint.report(Some(name.span()), what, hint);
    }
    fact
}

/// An event that comes back: from when, how often, until when.
fn again(context: &Context<'_>, written: &file::Again, lint: &mut Linter<'_>) -> Option<Again> {
    let from = date_fact(context, &written.from, lint);
    let until = date_fact(context, &written.until, lint);
    let every = match date::quantity(context, written.every.get_ref(), &[], lint) {
        Some(Quantity::Parameter(id)) => Some(id),
        Some(_) => {
            let hint = "write every = \"param:…\"";
            lint.report(
                Some(written.every.span()),
                "the distance is no parameter",
                Some(hint.into()),
            );
            None
        }
        None => None,
    };
    Some(Again {
        from: from?,
        every: every?,
        until: until?,
    })
}

/// The day of a fact; the trigger may lie before or after it.
fn day(
    context: &Context<'_>,
    written: &file::Trigger,
    name: &Spanned<String>,
    names: &date::Names<'_>,
    lint: &mut Linter<'_>,
) -> Option<Trigger> {
    let fact = date_fact(context, name, lint);
    let of = subject(written, lint);
    let on = match &written.on {
        Some(on) => date::expression(context, on, names, false, lint)?,
        None => on(context.schema.find_fact(OCCURRENCE)?),
    };
    Some(Trigger {
        cause: Cause::Calendar(Recurrence {
            of: of?,
            rhythm: Rhythm::Day { fact: fact? },
        }),
        on,
        again: None,
        label: written.label.clone(),
    })
}

fn anniversary(
    context: &Context<'_>,
    written: &file::Trigger,
    name: &Spanned<String>,
    lint: &mut Linter<'_>,
) -> Option<Rhythm> {
    let fact = date_fact(context, name, lint);
    if written.leap_day.is_none() {
        let hint = "write leap_day = \"before\" (28 February) or \"after\" (1 March)";
        lint.report(
            Some(name.span()),
            "where 29 February goes is not said",
            Some(hint.into()),
        );
    }
    Some(Rhythm::Anniversary {
        fact: fact?,
        leap_day: written.leap_day?,
    })
}

fn calendar(
    context: &Context<'_>,
    written: &file::Trigger,
    rhythm: Option<Rhythm>,
    lint: &mut Linter<'_>,
) -> Option<Trigger> {
    if written.on.is_some() {
        let hint = "leave `on` out; move dates with steps from the trigger";
        lint.report(None, "the calendar itself is the day", Some(hint.into()));
    }
    if written.again.is_some() {
        lint.report(None, "only events come back by `again`", None);
    }
    if written.leap_day.is_some() && written.anniversary.is_none() {
        lint.report(None, "leap_day belongs to an anniversary", None);
    }
    let of = subject(written, lint);
    let Some(day) = context.schema.find_fact(OCCURRENCE) else {
        lint.report(None, format!("the schema lacks {OCCURRENCE}"), None);
        return None;
    };
    Some(Trigger {
        cause: Cause::Calendar(Recurrence {
            of: of?,
            rhythm: rhythm?,
        }),
        on: on(day),
        again: None,
        label: written.label.clone(),
    })
}

fn subject(written: &file::Trigger, lint: &mut Linter<'_>) -> Option<Subject> {
    let name = written.of.as_ref();
    let found = name.and_then(|n| SUBJECTS.iter().find(|(known, _)| known == n.get_ref()));
    if found.is_none() {
        let hint = "write of = \"customer\" or of = \"policy\"";
        lint.report(
            name.map(Spanned::span),
            "for each of what is not said",
            Some(hint.into()),
        );
    }
    found.map(|(_, subject)| *subject)
}

fn on(day: FactId) -> Expression {
    Expression {
        base: Base::First(vec![Anchor::Fact(day)]),
        steps: Vec::new(),
        clock: None,
        roll: Setting::Fixed(Roll::None),
        not_after: None,
        not_before: None,
    }
}
