//! Why an obligation exists, as JSON: the trace of its decision in both languages.

use super::ObligationJson;
use app::obligations::Explanation;
use chrono::NaiveDate;
use rules::eval::{Cited, ConditionTrace, DateTrace, DayTrace, QuantityTrace, TraceOutcome};
use serde::Serialize;
use utoipa::ToSchema;

/// Words in two languages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Bilingual {
    /// Chinese.
    zh: String,
    /// English.
    en: String,
}

impl From<rules::Text> for Bilingual {
    fn from(t: rules::Text) -> Self {
        Self { zh: t.zh, en: t.en }
    }
}

/// Where something is written.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Citation {
    /// Rule pack.
    pack: String,
    /// Title of the instrument.
    title: Bilingual,
    /// Article, such as `第四条`.
    article: String,
}

impl From<Cited> for Citation {
    fn from(c: Cited) -> Self {
        Self {
            pack: c.pack,
            title: c.title.into(),
            article: c.article,
        }
    }
}

/// A condition as it was met or not.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplainedCondition {
    /// The condition as a statement.
    says: Bilingual,
    /// Where it is written.
    cite: Citation,
    /// What people call the fact.
    fact: Bilingual,
    /// The value it had.
    actual: Bilingual,
    /// Met, not met, or not decidable because a value is unknown.
    met: Option<bool>,
}

impl From<ConditionTrace> for ExplainedCondition {
    fn from(c: ConditionTrace) -> Self {
        Self {
            says: c.says.into(),
            cite: c.cite.into(),
            fact: c.fact.into(),
            actual: c.actual.into(),
            met: c.met,
        }
    }
}

/// A number that was used.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplainedQuantity {
    /// Its id.
    id: String,
    /// What people call it.
    label: Bilingual,
    /// Its value in words.
    value: Bilingual,
    /// Where it is written; empty for computed ones.
    cite: Citation,
    /// Not official yet.
    expected: bool,
}

impl From<QuantityTrace> for ExplainedQuantity {
    fn from(q: QuantityTrace) -> Self {
        Self {
            id: q.id,
            label: q.label.into(),
            value: q.value.into(),
            cite: q.cite.into(),
            expected: q.expected,
        }
    }
}

/// A day that was looked at.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplainedDay {
    /// The day.
    date: NaiveDate,
    /// `working`, `weekend`, `holiday` or `make_up`.
    kind: &'static str,
    /// `official` or `expected`.
    status: &'static str,
    /// The holiday.
    name: Option<Bilingual>,
    /// Its number in the period; nothing when it was passed over.
    number: Option<i64>,
}

impl From<DayTrace> for ExplainedDay {
    fn from(d: DayTrace) -> Self {
        Self {
            date: d.date,
            kind: d.kind,
            status: d.status,
            name: d.name.map(Bilingual::from),
            number: d.number,
        }
    }
}

/// A step of a date.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplainedStep {
    /// What was done.
    says: Bilingual,
    /// The date after it.
    to: NaiveDate,
}

/// A date with how it came about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplainedDate {
    /// Name such as `due`.
    name: String,
    /// What people call it.
    label: Bilingual,
    /// Where it is written.
    cite: Citation,
    /// The date; nothing while something it needs is unknown.
    date: Option<NaiveDate>,
    /// The date before any roll at holidays.
    raw: Option<NaiveDate>,
    /// How it came about.
    steps: Vec<ExplainedStep>,
    /// The days counted.
    days: Vec<ExplainedDay>,
}

impl From<DateTrace> for ExplainedDate {
    fn from(d: DateTrace) -> Self {
        let steps = d.steps.into_iter().map(|s| ExplainedStep {
            says: s.says.into(),
            to: s.to,
        });
        Self {
            name: d.name,
            label: d.label.into(),
            cite: d.cite.into(),
            date: d.date,
            raw: d.raw,
            steps: steps.collect(),
            days: d.days.into_iter().map(ExplainedDay::from).collect(),
        }
    }
}

/// Why an obligation exists.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Explanation)]
pub(crate) struct ExplanationJson {
    /// The obligation.
    obligation: ObligationJson,
    /// Title of the programme.
    title: Bilingual,
    /// The article that makes the duty.
    cite: Citation,
    /// Its wording or substance.
    article: Option<Bilingual>,
    /// Whether the Chinese wording is verbatim.
    verbatim: bool,
    /// SHA-256 of the pack.
    pack_hash: String,
    /// What set it off, in words.
    trigger: Bilingual,
    /// Conditions in the order in which they were looked at.
    conditions: Vec<ExplainedCondition>,
    /// Numbers that were used.
    quantities: Vec<ExplainedQuantity>,
    /// Dates.
    dates: Vec<ExplainedDate>,
    /// Why it is cancelled, if it is.
    cancelled: Option<Bilingual>,
    /// The rules or the calendar have changed since; this is the decision as it was made.
    rules_changed: bool,
}

impl From<Explanation> for ExplanationJson {
    fn from(e: Explanation) -> Self {
        let trace = e.trace;
        let conditions = trace.conditions.into_iter();
        let quantities = trace.quantities.into_iter();
        let cancelled = match trace.outcome {
            TraceOutcome::Applies { cancelled, .. } => cancelled,
            _ => None,
        };
        Self {
            obligation: e.obligation.into(),
            title: trace.title.into(),
            cite: trace.cite.into(),
            article: trace.article.map(Bilingual::from),
            verbatim: trace.verbatim,
            pack_hash: trace.pack_hash,
            trigger: trace.trigger.into(),
            conditions: conditions.map(ExplainedCondition::from).collect(),
            quantities: quantities.map(ExplainedQuantity::from).collect(),
            dates: trace.dates.into_iter().map(ExplainedDate::from).collect(),
            cancelled: cancelled.map(Bilingual::from),
            rules_changed: e.rules_changed,
        }
    }
}
