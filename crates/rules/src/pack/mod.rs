//! Rule packs: the model that evaluation works on.
//!
//! Layers go from wide to narrow: law, regulator, province, company. A narrower pack may add rules,
//! and may tighten or override a wider one by naming it. Two that apply together without saying so
//! are an error that names both articles.

mod again;
mod book;
mod cause;
pub mod check;
mod compile;
mod file;
mod reasons;
mod score;
mod standing;
mod tests;
mod words;

pub use again::Again;
pub use book::RuleBook;
pub(crate) use cause::OCCURRENCE;
pub use cause::{Cause, Occurrence, Recurrence, Rhythm, SUBJECTS, Subject, Trigger};
pub use check::Finding;
pub use compile::text_hash;
pub use reasons::{NOT_DRAWN, Reason};
pub use score::{Band, BandValues, Floor, HUNDREDTHS, Score, ScoreClass, ScoreId, Term};
pub use standing::{Layer, Source, Standing, Status};
pub use tests::{ExpectedOutcome, TestKind, TestReport, TestResult};
pub(crate) use words::{say_roll, say_snap};

use crate::dates::{Roll, Snap, Unit};
use crate::facts::{FactId, FactType, Value};
use crate::text::Text;
use chrono::NaiveDate;
use serde::Deserialize;

/// How a fact is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// One of a list.
    In,
    /// None of a list.
    NotIn,
    /// Greater, or later.
    Gt,
    /// Greater or equal, or not earlier.
    Ge,
    /// Less, or earlier.
    Lt,
    /// Less or equal, or not later.
    Le,
    /// The value is known.
    Known,
    /// The value is not known.
    Unknown,
}

/// What a condition does when it looks at an unknown fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnUnknown {
    /// The case is no candidate (yet).
    Skip,
    /// The candidate is excluded and the missing fact is the reason, so that people see it.
    Exclude,
    /// The condition counts as met.
    Pass,
}

/// Which value wins when several of a parameter fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pick {
    /// Only one may fit.
    #[default]
    Only,
    /// The greatest.
    Max,
    /// The least.
    Min,
}

/// Index of a pack in its [`RuleBook`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackId(pub(crate) usize);

/// Index of a programme in its [`RuleBook`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProgrammeId(pub(crate) usize);

impl ProgrammeId {
    /// Position in [`RuleBook::programmes`].
    pub fn index(self) -> usize {
        self.0
    }
}

/// Index of a parameter group (one id over all layers).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParameterId(pub(crate) usize);

/// Where a rule is written: an article of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// The pack whose source is cited.
    pub pack: PackId,
    /// The article's reference, such as `第四条`.
    pub article: String,
}

/// The quoted or summarised wording of an article.
#[derive(Clone, Debug)]
pub struct Article {
    /// Reference such as `第四条`.
    pub reference: String,
    /// The words.
    pub text: Text,
    /// Whether the Chinese is the wording of the instrument itself.
    pub verbatim: bool,
}

/// The dates between which a pack applies, both included, by the date of the trigger.
#[derive(Clone, Debug, Default)]
pub struct InForce {
    /// First day; `None` when the source is undated and applies to every trigger.
    pub from: Option<NaiveDate>,
    /// Last day; `None` while it stays in force.
    pub until: Option<NaiveDate>,
    /// Why there is no first day.
    pub undated: Option<Text>,
}

impl InForce {
    /// Whether a trigger on that date falls under the pack.
    pub fn covers(&self, date: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date <= until)
    }

    fn overlaps(&self, other: &Self) -> bool {
        let before = |a: &Self, b: &Self| matches!((a.until, b.from), (Some(u), Some(f)) if u < f);
        !before(self, other) && !before(other, self)
    }
}

/// One legal instrument or company rule.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Identity over versions, such as `cn-50/new-contract`.
    pub id: String,
    /// Version, counted from one; never edited in place.
    pub version: u32,
    /// Name of the instrument.
    pub title: Text,
    /// `CN`, `CN-50` (GB/T 2260 province) or `company`.
    pub jurisdiction: String,
    /// Its precedence.
    pub layer: Layer,
    /// Its place in the pack's life.
    pub status: Status,
    /// How sure we are of the text (T, T2, K, U, P).
    pub confidence: String,
    /// When it applies.
    pub in_force: InForce,
    /// Title of the source document as printed.
    pub source_title: String,
    /// Who issued it.
    pub issuer: Text,
    /// Document number.
    pub number: Option<String>,
    /// Which higher rule it implements.
    pub implements: Option<Text>,
    /// Who may interpret it.
    pub interpretation: Option<Text>,
    /// Remarks for readers.
    pub note: Option<Text>,
    /// Its articles.
    pub articles: Vec<Article>,
    /// Conditions that every rule of the pack shares.
    pub scope: Vec<Condition>,
    /// SHA-256 of the text, hexadecimal.
    pub hash: String,
    /// Its days were narrowed by where it stands, so that the text alone does not tell them.
    pub narrowed: bool,
    /// Name of the file it came from.
    pub file: String,
}

impl Pack {
    /// An article by its reference.
    pub fn article(&self, reference: &str) -> Option<&Article> {
        self.articles.iter().find(|a| a.reference == reference)
    }
}

/// The right-hand side of a comparison.
#[derive(Clone, Debug)]
pub enum Operand {
    /// None is needed (`known`, `unknown`).
    Nothing,
    /// Codes, truth values or dates written in the pack.
    Literals(Vec<Value<'static>>),
    /// A parameter.
    Parameter(ParameterId),
    /// Another fact.
    Fact(FactId),
    /// A date that the programme has computed.
    Date(usize),
}

/// A typed condition on one fact.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The fact looked at.
    pub fact: FactId,
    /// The comparison.
    pub op: Op,
    /// What it is compared with.
    pub operand: Operand,
    /// The condition as a statement.
    pub says: Text,
    /// Why a candidate that fails it is excluded; for `cancel`, why it is cancelled.
    pub reason: Option<Reason>,
    /// Where it is written.
    pub cite: Citation,
    /// What an unknown fact means.
    pub on_unknown: OnUnknown,
}

/// One value of a parameter in one span of time.
#[derive(Clone, Debug)]
pub struct DatedValue {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
    /// The value; unknown when the source gives none on purpose.
    pub value: Value<'static>,
    /// Conditions under which it applies.
    pub when: Vec<Condition>,
    /// Not official yet.
    pub expected: bool,
    /// Where it is written.
    pub cite: Citation,
    /// Remarks.
    pub note: Option<Text>,
}

/// How a parameter relates to the same parameter in a wider layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The widest definition.
    Base,
    /// Replaces the wider one where it applies.
    Overrides,
    /// Combines with the wider one by the base's `pick`.
    Tightens,
    /// Counts only where nothing wider applies: a company's default.
    Fills,
}

/// One pack's definition of a parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The pack that defines it.
    pub pack: PackId,
    /// How it relates to wider definitions.
    pub relation: Relation,
    /// What to do when several values fit.
    pub pick: Pick,
    /// The values.
    pub values: Vec<DatedValue>,
}

/// A parameter over all layers.
#[derive(Clone, Debug)]
pub struct ParameterGroup {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Text,
    /// Its type.
    pub kind: FactType,
    /// Unit of a number.
    pub unit: Option<Text>,
    /// The fact whose date chooses the value; the trigger's date when `None`.
    pub dated_by: Option<FactId>,
    /// Definitions, widest layer first.
    pub members: Vec<Parameter>,
}

/// A quantity computed before the dates.
#[derive(Clone, Debug)]
pub struct Let {
    /// Its name inside the programme.
    pub name: String,
    /// What people call it.
    pub label: Text,
    /// Unit of the number.
    pub unit: Option<Text>,
    /// How the sources combine; unknown ones are passed over.
    pub combine: Combine,
    /// Where the numbers come from.
    pub from: Vec<Quantity>,
}

/// How several quantities become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// The greatest.
    Max,
    /// The least.
    Min,
    /// The first that is known.
    First,
}

/// A number from a fact, a parameter or a `let`.
#[derive(Clone, Debug)]
pub enum Quantity {
    /// A fact.
    Fact(FactId),
    /// A parameter.
    Parameter(ParameterId),
    /// A quantity computed before.
    Let(usize),
}

/// A convention that is written in the pack or set by a parameter.
#[derive(Clone, Debug)]
pub enum Setting<T> {
    /// Written in the pack.
    Fixed(T),
    /// Set by a parameter.
    Parameter(ParameterId),
}

/// One step of a date rule.
#[derive(Clone, Debug)]
pub enum Step {
    /// Moves by a number of units.
    Move {
        /// How many.
        by: Quantity,
        /// Backwards instead of forwards.
        backwards: bool,
        /// Days, working days or months.
        unit: Unit,
        /// Whether the starting day is day one.
        count_first: Setting<bool>,
    },
    /// Goes to a named day of the period.
    Snap(Snap),
}

/// Where a date rule starts.
#[derive(Clone, Debug)]
pub enum Base {
    /// The first of these that is known.
    First(Vec<Anchor>),
    /// The earliest of several expressions that are known.
    EarliestOf(Vec<Expression>),
    /// The latest of several expressions that are known.
    LatestOf(Vec<Expression>),
}

/// A known date to start from.
#[derive(Clone, Copy, Debug)]
pub enum Anchor {
    /// The date of the trigger.
    Trigger,
    /// A fact.
    Fact(FactId),
    /// A date of the programme that was computed before.
    Date(usize),
}

/// Date arithmetic with its conventions.
#[derive(Clone, Debug)]
pub struct Expression {
    /// Where it starts.
    pub base: Base,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The minute of the day at which hours begin to run.
    pub clock: Option<FactId>,
    /// What happens on a day off.
    pub roll: Setting<Roll>,
    /// Never later than this date of the programme.
    pub not_after: Option<usize>,
    /// Never earlier than this date of the programme.
    pub not_before: Option<usize>,
}

/// A named date of a programme.
#[derive(Clone, Debug)]
pub struct DateRule {
    /// Name such as `due`.
    pub name: String,
    /// What people call it.
    pub label: Text,
    /// Where it is written.
    pub cite: Citation,
    /// How it is computed.
    pub expression: Expression,
}

/// Who has to be reached, and when that choice applies.
#[derive(Clone, Debug)]
pub struct Respondent {
    /// Code; opaque here.
    pub who: String,
    /// All of these must hold; empty means always.
    pub when: Vec<Condition>,
}

/// One programme: when something is owed, to whom, and from when to when.
#[derive(Clone, Debug)]
pub struct Programme {
    /// Code such as `NB-CQ`.
    pub code: String,
    /// Its name.
    pub title: Text,
    /// Kind of work that discharges it; opaque here.
    pub kind: String,
    /// The pack it belongs to.
    pub pack: PackId,
    /// The article that makes the duty.
    pub cite: Citation,
    /// What sets it off.
    pub trigger: Trigger,
    /// A case that fails one of these is no candidate.
    pub scope: Vec<Condition>,
    /// A candidate that fails one of these is excluded with its reason.
    pub require: Vec<Condition>,
    /// Quantities.
    pub lets: Vec<Let>,
    /// Dates, in the order of computation.
    pub dates: Vec<DateRule>,
    /// Whom to reach; the first that holds.
    pub respondents: Vec<Respondent>,
    /// Any of these that holds cancels the obligation.
    pub cancel: Vec<Condition>,
    /// What people have to do; read by the application.
    pub discharge: toml::Table,
    /// Packs whose programme of the same code takes this one's place where they apply.
    pub overridden_by: Vec<PackId>,
    /// Programmes of other codes that take this one's place for the cases that they apply to.
    pub displaced_by: Vec<ProgrammeId>,
    /// Facts that the programme looks at, to keep with each decision.
    pub facts_used: Vec<FactId>,
}

impl Programme {
    /// Position of a named date.
    pub fn find_date(&self, name: &str) -> Option<usize> {
        self.dates.iter().position(|d| d.name == name)
    }
}
