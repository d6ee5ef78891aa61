//! The trace of a decision: conditions with the values they saw, parameters with their sources,
//! dates with every step and every day counted.

use super::{Outcome, Record};
use crate::calendar::Calendar;
use crate::dates::{self, Roll, Snap, Unit};
use crate::facts::Value;
use crate::pack::{
    Anchor, Citation, Condition, DatedValue, ParameterId, Programme, RuleBook, say_roll, say_snap,
};
use crate::text::Text;
use chrono::NaiveDate;
use serde::Serialize;

/// Days of one period that a trace lists one by one; longer periods are summarised by their steps.
const LISTED_DAYS_MAX: i64 = 100;

/// Which part of a programme a condition belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Decides whether the case is a candidate.
    Scope,
    /// Excludes candidates.
    Require,
    /// Chooses whom to reach.
    Respondent,
    /// Cancels the obligation.
    Cancel,
}

/// A citation in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cited {
    /// Pack id.
    pub pack: String,
    /// Title of the instrument.
    pub title: Text,
    /// Article, such as `第四条`.
    pub article: String,
}

/// One condition as it was met or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConditionTrace {
    /// Part of the programme.
    pub part: Part,
    /// The condition as a statement.
    pub says: Text,
    /// Where it is written.
    pub cite: Cited,
    /// What people call the fact.
    pub fact: Text,
    /// The value it had.
    pub actual: Text,
    /// Met, not met, or not decidable because a value is unknown.
    pub met: Option<bool>,
}

/// A quantity or parameter that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QuantityTrace {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Text,
    /// Its value in words.
    pub value: Text,
    /// Where it is written; empty for computed quantities.
    pub cite: Cited,
    /// Remarks of the pack.
    pub note: Option<Text>,
    /// Not official yet.
    pub expected: bool,
}

/// One step of a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepTrace {
    /// What was done.
    pub says: Text,
    /// The date after it.
    pub to: NaiveDate,
}

/// One day of a derivation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DayTrace {
    /// The day.
    pub date: NaiveDate,
    /// `working`, `weekend`, `holiday` or `make_up`.
    pub kind: &'static str,
    /// `official` or `expected`.
    pub status: &'static str,
    /// The holiday.
    pub name: Option<Text>,
    /// Its number in the period; nothing when it was passed over.
    pub number: Option<i64>,
}

/// One date of the programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DateTrace {
    /// Name such as `due`.
    pub name: String,
    /// What people call it.
    pub label: Text,
    /// Where it is written.
    pub cite: Cited,
    /// The date; nothing while something it needs is unknown.
    pub date: Option<NaiveDate>,
    /// The date before any roll at holidays.
    pub raw: Option<NaiveDate>,
    /// How it came about.
    pub steps: Vec<StepTrace>,
    /// The days counted.
    pub days: Vec<DayTrace>,
}

/// The outcome in a form that can be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum TraceOutcome {
    /// Not meant for this case.
    NotCandidate,
    /// Excluded.
    Excluded {
        /// Reason code.
        code: String,
        /// Reason.
        reason: Text,
    },
    /// An obligation.
    Applies {
        /// Whom to reach.
        respondent: String,
        /// Why it is cancelled, if it is.
        cancelled: Option<Text>,
    },
}

/// Everything that a decision rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// Programme code.
    pub programme: String,
    /// Programme title.
    pub title: Text,
    /// The article that makes the duty.
    pub cite: Cited,
    /// Its wording or substance.
    pub article: Option<Text>,
    /// Whether the Chinese wording is verbatim.
    pub verbatim: bool,
    /// Pack version.
    pub pack_version: u32,
    /// SHA-256 of the pack.
    pub pack_hash: String,
    /// What set it off, in words.
    pub trigger: Text,
    /// When.
    pub trigger_on: Option<NaiveDate>,
    /// Conditions in the order they were looked at.
    pub conditions: Vec<ConditionTrace>,
    /// Parameters and quantities used.
    pub quantities: Vec<QuantityTrace>,
    /// Dates.
    pub dates: Vec<DateTrace>,
    /// What came out.
    pub outcome: TraceOutcome,
    /// Depends on a year that has not been announced.
    pub provisional: bool,
}

enum Event {
    Base(Anchor, NaiveDate),
    Move {
        from: NaiveDate,
        n: i64,
        unit: Unit,
        count_first: bool,
        to: NaiveDate,
    },
    Snap(Snap, NaiveDate),
    Rolled(Roll, NaiveDate, NaiveDate),
    Bounded(usize, NaiveDate),
}

/// Keeps what evaluation does.
pub(crate) struct Recorder<'b> {
    book: &'b RuleBook,
    conditions: Vec<ConditionTrace>,
    quantities: Vec<QuantityTrace>,
    lets: Vec<Option<i64>>,
    pending: Vec<Event>,
    dates: Vec<(Vec<Event>, Option<NaiveDate>)>,
}

impl<'b> Recorder<'b> {
    pub(crate) fn new(book: &'b RuleBook) -> Self {
        Self {
            book,
            conditions: Vec::new(),
            quantities: Vec::new(),
            lets: Vec::new(),
            pending: Vec::new(),
            dates: Vec::new(),
        }
    }

    fn cited(&self, cite: &Citation) -> Cited {
        let pack = self.book.pack(cite.pack);
        Cited {
            pack: pack.id.clone(),
            title: pack.title.clone(),
            article: cite.article.clone(),
        }
    }

    pub(crate) fn finish(
        mut self,
        book: &RuleBook,
        programme: &Programme,
        outcome: &Outcome<'_>,
    ) -> Trace {
        let pack = book.pack(programme.pack);
        let article = pack.article(&programme.cite.article);
        let dates = std::mem::take(&mut self.dates);
        let dates = programme
            .dates
            .iter()
            .zip(dates)
            .map(|(rule, (events, date))| DateTrace {
                name: rule.name.clone(),
                label: rule.label.clone(),
                cite: self.cited(&rule.cite),
                date,
                raw: raw(&events).or(date),
                days: days(&book.calendar, &events),
                steps: events.iter().map(|e| self.say(programme, e)).collect(),
            })
            .collect();
        for (quantity, value) in programme.lets.iter().zip(&self.lets) {
            self.quantities.push(QuantityTrace {
                id: quantity.name.clone(),
                label: quantity.label.clone(),
                value: number(*value, quantity.unit.as_ref()),
                cite: Cited::default(),
                note: None,
                expected: false,
            });
        }
        let (trigger_on, provisional, outcome) = summarise(outcome);
        Trace {
            programme: programme.code.clone(),
            title: programme.title.clone(),
            cite: self.cited(&programme.cite),
            article: article.map(|a| a.text.clone()),
            verbatim: article.is_some_and(|a| a.verbatim),
            pack_version: pack.version,
            pack_hash: pack.hash.clone(),
            trigger: programme.trigger.label.clone(),
            trigger_on,
            conditions: self.conditions,
            quantities: self.quantities,
            dates,
            outcome,
            provisional,
        }
    }

    fn say(&self, programme: &Programme, event: &Event) -> StepTrace {
        let (says, to) = match event {
            Event::Base(anchor, date) => (self.say_base(programme, *anchor, *date), *date),
            Event::Move {
                n,
                unit,
                count_first,
                to,
                ..
            } => (say_move(*n, *unit, *count_first), *to),
            Event::Snap(snap, to) => (say_snap(*snap), *to),
            Event::Rolled(roll, from, to) => (say_roll(*roll, from == to), *to),
            Event::Bounded(at, to) => {
                let label = &programme.dates[*at].label;
                let zh = format!("以{}为限", label.zh);
                (Text::new(zh, format!("limited by {}", label.en)), *to)
            }
        };
        StepTrace { says, to }
    }

    fn say_base(&self, programme: &Programme, anchor: Anchor, date: NaiveDate) -> Text {
        let label = match anchor {
            Anchor::Trigger => programme.trigger.label.clone(),
            Anchor::Fact(fact) => self.book.schema.fact(fact).label(),
            Anchor::Date(at) => programme.dates[at].label.clone(),
        };
        Text::new(
            format!("自{} {date} 起", label.zh),
            format!("from {} {date}", label.en),
        )
    }
}

fn summarise(outcome: &Outcome<'_>) -> (Option<NaiveDate>, bool, TraceOutcome) {
    match outcome {
        Outcome::NotCandidate => (None, false, TraceOutcome::NotCandidate),
        Outcome::NotYet(on) | Outcome::TooOld(on) => (Some(*on), false, TraceOutcome::NotCandidate),
        Outcome::Excluded { trigger_on, reason } => {
            let (code, reason) = (reason.code.clone(), reason.text.clone());
            (
                Some(*trigger_on),
                false,
                TraceOutcome::Excluded { code, reason },
            )
        }
        Outcome::Applies(found) => {
            let respondent = found.respondent.to_owned();
            let cancelled = found.cancelled.map(|r| r.text.clone());
            let outcome = TraceOutcome::Applies {
                respondent,
                cancelled,
            };
            (Some(found.trigger_on), found.provisional, outcome)
        }
    }
}

impl Record for Recorder<'_> {
    fn trigger(&mut self) {
        self.pending.clear();
    }

    fn condition(
        &mut self,
        part: Part,
        condition: &Condition,
        actual: &Value<'_>,
        met: Option<bool>,
    ) {
        self.conditions.push(ConditionTrace {
            part,
            says: condition.says.clone(),
            cite: self.cited(&condition.cite),
            fact: self.book.schema.fact(condition.fact).label(),
            actual: self.book.schema.say_value(condition.fact, actual),
            met,
        });
    }

    fn parameter(&mut self, id: ParameterId, value: &Value<'_>, source: &DatedValue) {
        let group = &self.book.parameters[id.0];
        if self.quantities.iter().any(|q| q.id == group.id) {
            return;
        }
        let value = match value {
            Value::Int(n) => number(Some(*n), group.unit.as_ref()),
            Value::Bool(true) => Text::new("是", "yes"),
            Value::Bool(false) => Text::new("否", "no"),
            Value::Date(d) => Text::new(d.to_string(), d.to_string()),
            Value::Code(c) => match Roll::parse(c) {
                Some(roll) => say_roll(roll, false),
                None => Text::new(c.as_ref(), c.as_ref()),
            },
            Value::Unknown => Text::new("未规定", "not set"),
        };
        self.quantities.push(QuantityTrace {
            id: group.id.clone(),
            label: group.label.clone(),
            value,
            cite: self.cited(&source.cite),
            note: source.note.clone(),
            expected: source.expected,
        });
    }

    fn quantity(&mut self, at: usize, value: Option<i64>) {
        debug_assert_eq!(at, self.lets.len());
        self.lets.push(value);
    }

    fn base(&mut self, anchor: Anchor, date: NaiveDate) {
        self.pending.push(Event::Base(anchor, date));
    }

    fn move_by(&mut self, from: NaiveDate, n: i64, unit: Unit, count_first: bool, to: NaiveDate) {
        self.pending.push(Event::Move {
            from,
            n,
            unit,
            count_first,
            to,
        });
    }

    fn snap(&mut self, snap: Snap, to: NaiveDate) {
        self.pending.push(Event::Snap(snap, to));
    }

    fn rolled(&mut self, roll: Roll, from: NaiveDate, to: NaiveDate) {
        self.pending.push(Event::Rolled(roll, from, to));
    }

    fn bounded(&mut self, by: usize, to: NaiveDate) {
        self.pending.push(Event::Bounded(by, to));
    }

    fn date(&mut self, _at: usize, value: Option<NaiveDate>) {
        self.dates.push((std::mem::take(&mut self.pending), value));
    }

    fn mark(&self) -> usize {
        self.pending.len()
    }

    fn keep_only(&mut self, from: usize, chosen: std::ops::Range<usize>) {
        self.pending.truncate(chosen.end);
        self.pending.drain(from..chosen.start);
    }
}

fn raw(events: &[Event]) -> Option<NaiveDate> {
    events.iter().find_map(|e| {
        if let Event::Rolled(_, from, _) = e {
            Some(*from)
        } else {
            None
        }
    })
}

fn days(calendar: &Calendar, events: &[Event]) -> Vec<DayTrace> {
    let mut listed: Vec<DayTrace> = Vec::new();
    for event in events {
        match event {
            Event::Move {
                from,
                n,
                unit,
                count_first,
                to,
            } if matches!(unit, Unit::CalendarDay | Unit::WorkingDay)
                && to.signed_duration_since(*from).num_days().abs() <= LISTED_DAYS_MAX =>
            {
                let counted = dates::count_days(calendar, *from, *n, *unit, *count_first);
                listed.extend(counted.into_iter().map(|c| day(&c.day, c.number)));
            }
            Event::Rolled(_, from, to) if from != to => {
                let (low, high) = if from < to {
                    (*from, *to)
                } else {
                    (*to, *from)
                };
                listed.extend(calendar.days(low, high).map(|d| day(&d, None)));
            }
            _ => {}
        }
    }
    listed.sort_by_key(|d| (d.date, d.number.is_none()));
    listed.dedup_by_key(|d| d.date);
    listed
}

fn day(day: &crate::calendar::Day<'_>, number: Option<i64>) -> DayTrace {
    DayTrace {
        date: day.date,
        kind: day.kind.as_str(),
        status: day.status.as_str(),
        name: day.name.cloned(),
        number,
    }
}

fn number(value: Option<i64>, unit: Option<&Text>) -> Text {
    match (value, unit) {
        (None, _) => Text::new("未知", "unknown"),
        (Some(n), None) => Text::new(n.to_string(), n.to_string()),
        (Some(n), Some(unit)) => Text::new(format!("{n} {}", unit.zh), format!("{n} {}", unit.en)),
    }
}

fn say_move(n: i64, unit: Unit, count_first: bool) -> Text {
    let (verb_zh, verb_en) = if n < 0 {
        ("前推", "back")
    } else {
        ("加", "plus")
    };
    let n = n.abs();
    let (zh, en) = match unit {
        Unit::CalendarDay => (
            format!("{verb_zh} {n} 日"),
            format!("{verb_en} {n} calendar days"),
        ),
        Unit::WorkingDay => (
            format!("{verb_zh} {n} 个工作日"),
            format!("{verb_en} {n} working days"),
        ),
        Unit::Hour => {
            return Text::new(
                format!("{verb_zh} {n} 小时（连续计算）"),
                format!("{verb_en} {n} hours by the clock"),
            );
        }
        Unit::Month => {
            let zh = format!("{verb_zh} {n} 个月（当月无此日的取月末）");
            return Text::new(
                zh,
                format!("{verb_en} {n} months (clamped to the month's end)"),
            );
        }
    };
    if count_first {
        Text::new(zh + "（起算日计入）", en + " (starting day counted)")
    } else {
        Text::new(zh + "（起算日不计）", en + " (starting day not counted)")
    }
}
