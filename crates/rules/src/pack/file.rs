//! The shape of a pack file. Everything here is as written; `check` turns it into the model.

use crate::dates::{LeapDay, Period, Roll, Snap, Unit};
use crate::facts::FactType;
use crate::text::Text;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;
use toml::value::Datetime;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PackFile {
    pub pack: Head,
    #[serde(default)]
    pub article: Vec<Article>,
    #[serde(default)]
    pub scope: Vec<Condition>,
    #[serde(default)]
    pub parameter: Vec<Parameter>,
    #[serde(default)]
    pub programme: Vec<Programme>,
    #[serde(default)]
    pub score: Vec<Score>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    pub id: String,
    pub version: u32,
    pub title: Text,
    pub jurisdiction: String,
    pub layer: super::Layer,
    pub status: super::Status,
    pub confidence: String,
    pub in_force: InForce,
    pub source: SourceDocument,
    pub implements: Option<Text>,
    pub interpretation: Option<Text>,
    pub note: Option<Text>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InForce {
    pub from: Option<Datetime>,
    pub until: Option<Datetime>,
    /// Why there is no `from`: the source bears no date.
    pub undated: Option<Text>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceDocument {
    pub title: String,
    pub issuer: Text,
    pub number: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Article {
    #[serde(rename = "ref")]
    pub reference: String,
    /// The wording where it may be quoted, else the substance.
    pub text: Text,
    #[serde(default)]
    pub verbatim: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Condition {
    pub fact: Spanned<String>,
    pub op: super::Op,
    pub value: Option<toml::Value>,
    pub values: Option<Vec<toml::Value>>,
    pub param: Option<Spanned<String>>,
    pub other: Option<Spanned<String>>,
    pub date: Option<Spanned<String>>,
    pub says: Option<Text>,
    pub code: Option<String>,
    pub reason: Option<Text>,
    pub cite: Option<Spanned<String>>,
    #[serde(default)]
    pub unknown: Option<super::OnUnknown>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameter {
    pub id: Spanned<String>,
    #[serde(rename = "type")]
    pub kind: FactType,
    pub label: Text,
    pub unit: Option<Text>,
    #[serde(default)]
    pub pick: super::Pick,
    pub overrides: Option<Spanned<String>>,
    pub tightens: Option<Spanned<String>>,
    pub fills: Option<Spanned<String>>,
    /// The fact whose date chooses the value; the trigger's date when missing.
    pub dated_by: Option<Spanned<String>>,
    pub value: Vec<DatedValue>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DatedValue {
    pub from: Option<Datetime>,
    pub until: Option<Datetime>,
    pub value: Option<toml::Value>,
    /// Set on purpose to nothing: the source gives no value.
    #[serde(default)]
    pub none: bool,
    #[serde(default)]
    pub when: Vec<Condition>,
    #[serde(default)]
    pub expected: bool,
    pub cite: Spanned<String>,
    pub note: Option<Text>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Programme {
    pub code: Spanned<String>,
    pub title: Text,
    /// What kind of work discharges it; opaque here.
    pub kind: String,
    pub cite: Spanned<String>,
    pub trigger: Trigger,
    /// The pack whose programme of the same code this one replaces.
    pub overrides: Option<Spanned<String>>,
    /// Codes of programmes of wider or equal packs whose place this one takes where it applies.
    #[serde(default)]
    pub in_place_of: Vec<Spanned<String>>,
    #[serde(default)]
    pub scope: Vec<Condition>,
    #[serde(default)]
    pub require: Vec<Condition>,
    #[serde(default, rename = "let")]
    pub lets: Vec<Let>,
    pub date: Vec<DateRule>,
    #[serde(default)]
    pub respondent: Vec<Respondent>,
    #[serde(default)]
    pub cancel: Vec<Condition>,
    #[serde(default)]
    pub discharge: toml::Table,
    #[serde(default)]
    pub test_facts: BTreeMap<String, toml::Value>,
    #[serde(default)]
    pub test: Vec<Test>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trigger {
    /// What happens; or `every` or `anniversary`.
    pub event: Option<Spanned<String>>,
    /// The day that counts for an event.
    pub on: Option<DateExpression>,
    /// Each period of the calendar.
    pub every: Option<Period>,
    /// Each year on the day of this fact.
    pub anniversary: Option<Spanned<String>>,
    /// Where 29 February goes in other years; must be said for anniversaries.
    pub leap_day: Option<LeapDay>,
    /// The day that this fact names, such as a due date.
    pub day: Option<Spanned<String>>,
    /// The first day of each public holiday of these names.
    #[serde(default)]
    pub holidays: Vec<String>,
    /// For an event: how it comes back until something ends it.
    pub again: Option<Again>,
    /// Of what the calendar asks: opaque here.
    pub of: Option<Spanned<String>>,
    pub label: Text,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Again {
    pub from: Spanned<String>,
    pub every: Spanned<String>,
    pub until: Spanned<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Let {
    pub name: Spanned<String>,
    pub label: Text,
    pub unit: Option<Text>,
    pub max_of: Option<Vec<Spanned<String>>>,
    pub min_of: Option<Vec<Spanned<String>>>,
    pub first_of: Option<Vec<Spanned<String>>>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DateRule {
    pub name: Spanned<String>,
    pub label: Text,
    pub cite: Spanned<String>,
    #[serde(flatten)]
    pub expression: DateExpression,
}

/// `deny_unknown_fields` does not work through `flatten`; `check` reports what is left in `rest`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DateExpression {
    pub from: Option<String>,
    pub first_of: Option<Vec<String>>,
    pub earliest_of: Option<Vec<DateExpression>>,
    pub latest_of: Option<Vec<DateExpression>>,
    #[serde(default)]
    pub steps: Vec<Step>,
    pub roll: Option<String>,
    /// The fact that holds the minute of the day at which hours begin to run.
    pub clock: Option<String>,
    pub not_after: Option<String>,
    pub not_before: Option<String>,
    #[serde(flatten)]
    pub rest: BTreeMap<String, toml::Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub add: Option<String>,
    pub subtract: Option<String>,
    pub unit: Option<Unit>,
    pub count_first: Option<toml::Value>,
    pub month_end: Option<MonthEnd>,
    pub snap: Option<Snap>,
}

/// The only rounding at month ends that is implemented, and it must be said.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MonthEnd {
    Clamp,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Respondent {
    pub who: String,
    #[serde(default)]
    pub when: Vec<Condition>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Test {
    pub name: String,
    pub kind: super::TestKind,
    pub as_of: Option<Datetime>,
    #[serde(default)]
    pub facts: BTreeMap<String, toml::Value>,
    pub expect: Expect,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    pub outcome: super::ExpectedOutcome,
    pub reason: Option<String>,
    pub respondent: Option<String>,
    #[serde(default)]
    pub dates: BTreeMap<String, toml::Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Score {
    pub code: Spanned<String>,
    pub title: Text,
    /// What is scored; opaque here.
    pub subject: String,
    pub cite: Spanned<String>,
    /// The pack whose score of the same code this one replaces.
    pub overrides: Option<Spanned<String>>,
    /// Points before any term.
    #[serde(default)]
    pub start: i64,
    #[serde(default)]
    pub scope: Vec<Condition>,
    #[serde(default)]
    pub term: Vec<Term>,
    #[serde(default)]
    pub class: Vec<ScoreClass>,
    #[serde(default)]
    pub floor: Vec<Floor>,
    #[serde(default)]
    pub test_facts: BTreeMap<String, toml::Value>,
    #[serde(default)]
    pub test: Vec<ScoreTest>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Term {
    pub id: Spanned<String>,
    pub label: Text,
    pub fact: Spanned<String>,
    /// Percent.
    pub weight: Option<i64>,
    /// Points when the fact is not known; must be said.
    pub unknown: i64,
    pub bands: Vec<Band>,
    pub cite: Spanned<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Band {
    pub below: Option<i64>,
    pub is: Option<Vec<toml::Value>>,
    pub points: i64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScoreClass {
    pub code: Spanned<String>,
    pub label: Text,
    pub from: Option<i64>,
    pub cite: Spanned<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Floor {
    pub class: Spanned<String>,
    pub says: Text,
    pub cite: Spanned<String>,
    #[serde(default)]
    pub when: Vec<Condition>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScoreTest {
    pub name: String,
    /// The day that it is scored on; needed only where parameters are dated.
    pub on: Option<Datetime>,
    #[serde(default)]
    pub facts: BTreeMap<String, toml::Value>,
    pub expect: ScoreExpect,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScoreExpect {
    /// Points, with up to two decimal places.
    pub points: Option<toml::Value>,
    pub class: Option<String>,
    /// A floor lifted it.
    pub floor: Option<bool>,
    /// Not among those who are scored.
    #[serde(default)]
    pub none: bool,
}

/// Which roll a name stands for, where a pack writes it literally.
pub(crate) fn literal_roll(text: &str) -> Option<Roll> {
    Roll::parse(text)
}
