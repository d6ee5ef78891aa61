//! Evaluation: facts in, obligations, exclusions or nothing out.
//!
//! Pure and total. The same code runs with and without a trace; without one it allocates nothing
//! but the dates it returns.

pub mod explain;
mod lookup;
mod precedence;
mod record;
mod score;
mod source;
mod trace;

pub use score::{ChangeTrace, ClassTrace, FloorTrace, ScoreTrace, Scored, TermTrace};
pub use trace::{
    Cited, ConditionTrace, DateTrace, DayTrace, Part, QuantityTrace, StepTrace, Trace, TraceOutcome,
};

use crate::dates::{self, Roll, Unit};
use crate::facts::{Facts, Value};
use crate::pack::{
    Anchor, Base, Combine, Condition, Expression, OnUnknown, ParameterId, Programme, ProgrammeId,
    Quantity, Reason, RuleBook, Setting, Step,
};
use chrono::NaiveDate;
use lookup::Lookup;
pub(crate) use record::{NoTrace, Record};
use std::cmp::Ordering;

/// The span of triggers to look at, both days included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Triggers before this day make nothing.
    pub since: NaiveDate,
    /// Nothing after this day is looked at.
    pub as_of: NaiveDate,
}

/// What a programme says of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<'b> {
    /// Not meant for this case.
    NotCandidate,
    /// The trigger lies after the window; look again on that day.
    NotYet(NaiveDate),
    /// The trigger lies before the window, on that day.
    TooOld(NaiveDate),
    /// A candidate that a rule excludes.
    Excluded {
        /// Date of the trigger.
        trigger_on: NaiveDate,
        /// Why.
        reason: &'b Reason,
    },
    /// An obligation.
    Applies(Found<'b>),
}

/// The dates of an obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<'b> {
    /// Date of the trigger.
    pub trigger_on: NaiveDate,
    /// The programme's dates, in the order of [`Programme::dates`].
    pub dates: Vec<Option<NaiveDate>>,
    /// The same dates before any roll at days off.
    pub raw_dates: Vec<Option<NaiveDate>>,
    /// The minute of the day of each date, counted from midnight, where a rule counts hours.
    pub minutes: Vec<Option<i64>>,
    /// Whom to reach.
    pub respondent: &'b str,
    /// Why the obligation is void, if it is.
    pub cancelled: Option<&'b Reason>,
    /// A date depends on a year that has not been announced yet.
    pub provisional: bool,
}

impl RuleBook {
    /// Evaluates one programme on one case.
    pub fn evaluate<'b>(
        &'b self,
        programme: ProgrammeId,
        facts: &Facts<'_>,
        window: Window,
    ) -> Outcome<'b> {
        let mut evaluation = Evaluation::new(self, self.programme(programme), facts, NoTrace);
        evaluation.run(Some(window))
    }

    /// Evaluates one programme on one case and keeps every step. The window is not looked at.
    pub fn trace(&self, programme: ProgrammeId, facts: &Facts<'_>) -> Trace {
        let mut evaluation = Evaluation::new(
            self,
            self.programme(programme),
            facts,
            trace::Recorder::new(self),
        );
        let outcome = evaluation.run(None);
        let Evaluation { recorder, .. } = evaluation;
        recorder.finish(self, self.programme(programme), &outcome)
    }

    /// The value of a parameter on a day, for facts of one case; also used to read settings that
    /// are written as parameters.
    pub fn parameter_value(
        &self,
        id: &str,
        facts: &Facts<'_>,
        on: NaiveDate,
    ) -> Option<Value<'static>> {
        let at = self.parameters.iter().position(|p| p.id == id)?;
        let mut lookup = Lookup {
            book: self,
            facts,
            trigger_on: on,
            provisional: false,
        };
        lookup.parameter(ParameterId(at), &mut NoTrace).ok()
    }
}

/// Two values fit and nothing says which one counts.
struct Conflict;

struct Evaluation<'b, 'f, R> {
    programme: &'b Programme,
    lookup: Lookup<'b, 'f>,
    lets: Vec<Option<i64>>,
    dates: Vec<Option<NaiveDate>>,
    raw_dates: Vec<Option<NaiveDate>>,
    /// The date that the last expression gave before its roll.
    raw: Option<NaiveDate>,
    /// Its minute of the day, where it counts hours.
    minute: Option<i64>,
    minutes: Vec<Option<i64>>,
    recorder: R,
}

impl<'b, 'f, R: Record> Evaluation<'b, 'f, R> {
    fn new(
        book: &'b RuleBook,
        programme: &'b Programme,
        facts: &'f Facts<'f>,
        recorder: R,
    ) -> Self {
        Self {
            programme,
            lookup: Lookup {
                book,
                facts,
                trigger_on: NaiveDate::MIN,
                provisional: false,
            },
            lets: Vec::new(),
            dates: Vec::new(),
            raw_dates: Vec::new(),
            raw: None,
            minute: None,
            minutes: Vec::new(),
            recorder,
        }
    }

    fn run(&mut self, window: Option<Window>) -> Outcome<'b> {
        match self.try_run(window) {
            Ok(outcome) => outcome,
            Err(Conflict) => Outcome::Excluded {
                trigger_on: self.lookup.trigger_on,
                reason: &self.lookup.book.conflict,
            },
        }
    }

    fn try_run(&mut self, window: Option<Window>) -> Result<Outcome<'b>, Conflict> {
        let (book, programme) = (self.lookup.book, self.programme);
        let Some(trigger_on) = self.expression(&programme.trigger.on)? else {
            return Ok(Outcome::NotCandidate);
        };
        self.recorder.trigger();
        self.lookup.trigger_on = trigger_on;
        let pack = book.pack(programme.pack);
        if !pack.in_force.covers(trigger_on) {
            return Ok(Outcome::NotCandidate);
        }
        if self.lookup.is_overridden(programme)? {
            return Ok(Outcome::NotCandidate);
        }
        for condition in pack.scope.iter().chain(&programme.scope) {
            match (self.holds(condition, Part::Scope)?, condition.on_unknown) {
                (Some(true), _) | (None, OnUnknown::Pass) => {}
                (None, OnUnknown::Exclude) => {
                    let reason = &book.unknown_reasons[condition.fact.index()];
                    let excluded = Outcome::Excluded { trigger_on, reason };
                    return Ok(self.out_of_window(window).unwrap_or(excluded));
                }
                (Some(false), _) | (None, OnUnknown::Skip) => return Ok(Outcome::NotCandidate),
            }
        }
        if let Some(outcome) = self.out_of_window(window) {
            return Ok(outcome);
        }
        for condition in &programme.require {
            let unknown = &book.unknown_reasons[condition.fact.index()];
            let reason = match (self.holds(condition, Part::Require)?, condition.on_unknown) {
                (Some(true), _) | (None, OnUnknown::Pass) => continue,
                (Some(false), _) => condition.reason.as_ref().unwrap_or(unknown),
                (None, _) => unknown,
            };
            return Ok(Outcome::Excluded { trigger_on, reason });
        }
        self.compute()?;
        Ok(Outcome::Applies(Found {
            trigger_on,
            respondent: self.respondent()?,
            cancelled: self.cancelled()?,
            dates: std::mem::take(&mut self.dates),
            raw_dates: std::mem::take(&mut self.raw_dates),
            minutes: std::mem::take(&mut self.minutes),
            provisional: self.lookup.provisional,
        }))
    }

    fn out_of_window(&self, window: Option<Window>) -> Option<Outcome<'b>> {
        let (on, window) = (self.lookup.trigger_on, window?);
        if on > window.as_of {
            Some(Outcome::NotYet(on))
        } else if on < window.since {
            Some(Outcome::TooOld(on))
        } else {
            None
        }
    }

    fn compute(&mut self) -> Result<(), Conflict> {
        let programme = self.programme;
        for (at, quantity) in programme.lets.iter().enumerate() {
            let mut value: Option<i64> = None;
            for source in &quantity.from {
                let Some(number) = self.quantity(source)? else {
                    continue;
                };
                value = Some(match (quantity.combine, value) {
                    (Combine::Max, Some(known)) => known.max(number),
                    (Combine::Min, Some(known)) => known.min(number),
                    (Combine::First, Some(known)) => known,
                    (_, None) => number,
                });
            }
            self.recorder.quantity(at, value);
            self.lets.push(value);
        }
        for (at, rule) in programme.dates.iter().enumerate() {
            let date = self.expression(&rule.expression)?;
            self.recorder.date(at, date);
            self.dates.push(date);
            self.raw_dates.push(date.and(self.raw));
            self.minutes.push(date.and(self.minute));
        }
        Ok(())
    }

    fn respondent(&mut self) -> Result<&'b str, Conflict> {
        for respondent in &self.programme.respondents {
            let mut all = true;
            for condition in &respondent.when {
                all &= self.holds(condition, Part::Respondent)? == Some(true);
            }
            if all {
                return Ok(&respondent.who);
            }
        }
        Ok("")
    }

    fn cancelled(&mut self) -> Result<Option<&'b Reason>, Conflict> {
        for condition in &self.programme.cancel {
            if self.holds(condition, Part::Cancel)? == Some(true) {
                return Ok(condition.reason.as_ref());
            }
        }
        Ok(None)
    }

    fn holds(&mut self, condition: &Condition, part: Part) -> Result<Option<bool>, Conflict> {
        let lookup = &mut self.lookup;
        let met = lookup.holds(condition, &self.dates, &mut self.recorder)?;
        let actual = lookup.facts.get(condition.fact);
        self.recorder.condition(part, condition, actual, met);
        Ok(met)
    }

    fn quantity(&mut self, quantity: &Quantity) -> Result<Option<i64>, Conflict> {
        Ok(match quantity {
            Quantity::Fact(fact) => self.lookup.facts.get(*fact).as_int(),
            Quantity::Parameter(id) => self.lookup.parameter(*id, &mut self.recorder)?.as_int(),
            Quantity::Let(at) => self.lets.get(*at).copied().flatten(),
        })
    }

    /// A date, or nothing when what it starts from, or a number it needs, is not known.
    fn expression(&mut self, expression: &Expression) -> Result<Option<NaiveDate>, Conflict> {
        let Some(mut date) = self.base(&expression.base)? else {
            return Ok(None);
        };
        let facts = self.lookup.facts;
        let mut minute = expression.clock.and_then(|f| facts.get(f).as_int());
        for step in &expression.steps {
            match step {
                Step::Snap(snap) => {
                    date = snap.apply(date);
                    self.recorder.snap(*snap, date);
                }
                Step::Move {
                    by,
                    backwards,
                    unit,
                    count_first,
                } => {
                    let Some(n) = self.quantity(by)? else {
                        return Ok(None);
                    };
                    let n = if *backwards { -n } else { n };
                    let count_first = self.flag(count_first)?;
                    let to = if *unit == Unit::Hour {
                        let (to, at) = dates::add_hours(date, minute.unwrap_or(0), n);
                        minute = minute.map(|_| at);
                        to
                    } else {
                        dates::add(&self.lookup.book.calendar, date, n, *unit, count_first)
                    };
                    if *unit == Unit::WorkingDay {
                        self.lookup.rely_on(date, to);
                    }
                    self.recorder.move_by(date, n, *unit, count_first, to);
                    date = to;
                }
            }
        }
        self.raw = Some(date);
        self.minute = minute;
        let roll = self.roll(&expression.roll)?;
        if roll != Roll::None {
            let to = roll.apply(&self.lookup.book.calendar, date);
            self.lookup.rely_on(date, to);
            self.recorder.rolled(roll, date, to);
            date = to;
        }
        for (bound, keep) in [
            (expression.not_after, Ordering::Less),
            (expression.not_before, Ordering::Greater),
        ] {
            let limit = bound.and_then(|at| Some((at, self.dates.get(at).copied().flatten()?)));
            if let Some((at, limit)) = limit
                && date != limit
                && date.cmp(&limit) != keep
            {
                self.recorder.bounded(at, limit);
                date = limit;
            }
        }
        Ok(Some(date))
    }

    fn base(&mut self, base: &Base) -> Result<Option<NaiveDate>, Conflict> {
        let (list, wanted) = match base {
            Base::First(anchors) => {
                for anchor in anchors {
                    if let Some(date) = self.anchor(*anchor) {
                        self.recorder.base(*anchor, date);
                        return Ok(Some(date));
                    }
                }
                return Ok(None);
            }
            Base::EarliestOf(list) => (list, Ordering::Less),
            Base::LatestOf(list) => (list, Ordering::Greater),
        };
        let start = self.recorder.mark();
        let mut best: Option<(NaiveDate, std::ops::Range<usize>)> = None;
        for inner in list {
            let before = self.recorder.mark();
            let Some(date) = self.expression(inner)? else {
                continue;
            };
            if best
                .as_ref()
                .is_none_or(|(known, _)| date.cmp(known) == wanted)
            {
                best = Some((date, before..self.recorder.mark()));
            }
        }
        Ok(best.map(|(date, chosen)| {
            self.recorder.keep_only(start, chosen);
            date
        }))
    }

    fn anchor(&self, anchor: Anchor) -> Option<NaiveDate> {
        match anchor {
            Anchor::Trigger => Some(self.lookup.trigger_on),
            Anchor::Fact(fact) => self.lookup.facts.get(fact).as_date(),
            Anchor::Date(at) => self.dates.get(at).copied().flatten(),
        }
    }

    fn flag(&mut self, setting: &Setting<bool>) -> Result<bool, Conflict> {
        match setting {
            Setting::Fixed(value) => Ok(*value),
            Setting::Parameter(id) => {
                let value = self.lookup.parameter(*id, &mut self.recorder)?;
                Ok(value == Value::Bool(true))
            }
        }
    }

    fn roll(&mut self, setting: &Setting<Roll>) -> Result<Roll, Conflict> {
        match setting {
            Setting::Fixed(value) => Ok(*value),
            Setting::Parameter(id) => {
                let value = self.lookup.parameter(*id, &mut self.recorder)?;
                let Value::Code(code) = value else {
                    return Ok(Roll::None);
                };
                Ok(Roll::parse(&code).unwrap_or(Roll::None))
            }
        }
    }
}
