//! Scores: points for facts, bands of points, classes of totals. A score is a table that people can read
//! and check by hand; nothing is learnt and nothing is hidden.

use super::{Citation, Condition, PackId};
use crate::facts::{FactId, Value};
use crate::text::Text;

/// Points are kept in hundredths, because weights are percentages.
pub const HUNDREDTHS: i64 = 100;

/// Index of a score in its [`RuleBook`](super::RuleBook).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScoreId(pub(crate) usize);

impl ScoreId {
    /// Position in [`RuleBook::scores`](super::RuleBook::scores).
    pub fn index(self) -> usize {
        self.0
    }
}

/// A scoring model: who is scored, which facts give how many points, which totals make which class.
#[derive(Clone, Debug)]
pub struct Score {
    /// Code such as `VALUE`; one is in force on a day.
    pub code: String,
    /// Its name.
    pub title: Text,
    /// What is scored; opaque here.
    pub subject: String,
    /// The pack that defines it.
    pub pack: PackId,
    /// The article that asks for it.
    pub cite: Citation,
    /// Points before any term, in hundredths.
    pub start: i64,
    /// Who is scored; empty means everybody.
    pub scope: Vec<Condition>,
    /// What gives points.
    pub terms: Vec<Term>,
    /// Classes, from the highest to the lowest; the last takes every total.
    pub classes: Vec<ScoreClass>,
    /// What lifts a case to a class whatever its points.
    pub floors: Vec<Floor>,
    /// Packs whose score of this code replaces this one.
    pub(crate) overridden_by: Vec<PackId>,
    /// Every fact that the score may look at, in the order of the schema.
    pub facts_used: Vec<FactId>,
}

impl Score {
    /// The position of a class by its code.
    pub fn find_class(&self, code: &str) -> Option<usize> {
        self.classes.iter().position(|c| c.code == code)
    }
}

/// One line of the table: a fact and what its values are worth.
#[derive(Clone, Debug)]
pub struct Term {
    /// Its name inside the score.
    pub id: String,
    /// What people call it.
    pub label: Text,
    /// The fact looked at.
    pub fact: FactId,
    /// Weight in percent.
    pub weight: i64,
    /// Points when the fact is not known.
    pub unknown: i64,
    /// Bands of values; the last takes what the others leave.
    pub bands: Vec<Band>,
    /// Where it is written.
    pub cite: Citation,
}

/// Values of a fact that are worth the same.
#[derive(Clone, Debug)]
pub struct Band {
    /// Which values.
    pub values: BandValues,
    /// What they are worth, before the weight.
    pub points: i64,
}

/// Which values fall into a band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BandValues {
    /// Numbers below this one that no earlier band took.
    Below(i64),
    /// One of these.
    Is(Vec<Value<'static>>),
    /// What is left.
    Rest,
}

/// A class of totals.
#[derive(Clone, Debug)]
pub struct ScoreClass {
    /// Code such as `high`; opaque here.
    pub code: String,
    /// What people call it.
    pub label: Text,
    /// The least total, in hundredths; none for the last class.
    pub from: Option<i64>,
    /// Where it is written.
    pub cite: Citation,
}

/// A class that a case has at least, whatever its points.
#[derive(Clone, Debug)]
pub struct Floor {
    /// Position of the class.
    pub class: usize,
    /// All of these must hold.
    pub when: Vec<Condition>,
    /// Why, as a statement.
    pub says: Text,
    /// Where it is written.
    pub cite: Citation,
}
