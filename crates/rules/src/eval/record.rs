//! What evaluation tells whoever keeps its steps.

use super::Part;
use crate::dates::{self, Roll, Unit};
use crate::facts::Value;
use crate::pack::{Anchor, Condition, DatedValue, ParameterId};
use chrono::NaiveDate;

/// Keeps, or ignores, what evaluation does.
pub(crate) trait Record {
    fn trigger(&mut self) {}
    fn condition(
        &mut self,
        _part: Part,
        _condition: &Condition,
        _actual: &Value<'_>,
        _met: Option<bool>,
    ) {
    }
    fn parameter(&mut self, _id: ParameterId, _value: &Value<'_>, _source: &DatedValue) {}
    fn quantity(&mut self, _at: usize, _value: Option<i64>) {}
    fn move_by(
        &mut self,
        _from: NaiveDate,
        _n: i64,
        _unit: Unit,
        _count_first: bool,
        _to: NaiveDate,
    ) {
    }
    fn base(&mut self, _anchor: Anchor, _date: NaiveDate) {}
    fn snap(&mut self, _snap: dates::Snap, _to: NaiveDate) {}
    fn rolled(&mut self, _roll: Roll, _from: NaiveDate, _to: NaiveDate) {}
    fn bounded(&mut self, _by: usize, _to: NaiveDate) {}
    fn date(&mut self, _at: usize, _value: Option<NaiveDate>) {}
    /// Forgets the steps of an expression that was not chosen.
    fn mark(&self) -> usize {
        0
    }
    fn keep_only(&mut self, _from: usize, _chosen: std::ops::Range<usize>) {}
}

pub(crate) struct NoTrace;
impl Record for NoTrace {}
