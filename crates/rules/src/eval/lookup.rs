//! Parameters and conditions in the light of one case.

use super::{Conflict, Record};
use crate::calendar::DayStatus;
use crate::facts::{Facts, Value};
use crate::pack::{Condition, DatedValue, Op, Operand, ParameterId, Pick, Relation, RuleBook};
use chrono::NaiveDate;
use std::cmp::Ordering;

/// Parameters in the light of one case.
pub(super) struct Lookup<'b, 'f> {
    pub book: &'b RuleBook,
    pub facts: &'f Facts<'f>,
    pub trigger_on: NaiveDate,
    pub provisional: bool,
}

impl Lookup<'_, '_> {
    /// Notes that a date depends on days between these two.
    pub(super) fn rely_on(&mut self, a: NaiveDate, b: NaiveDate) {
        let calendar = &self.book.calendar;
        let expected = |d| calendar.day(d).status == DayStatus::Expected;
        self.provisional = self.provisional || expected(a) || expected(b);
    }

    pub(super) fn holds(
        &mut self,
        condition: &Condition,
        dates: &[Option<NaiveDate>],
        recorder: &mut impl Record,
    ) -> Result<Option<bool>, Conflict> {
        let actual = self.facts.get(condition.fact);
        match condition.op {
            Op::Known => return Ok(Some(!actual.is_unknown())),
            Op::Unknown => return Ok(Some(actual.is_unknown())),
            _ if actual.is_unknown() => return Ok(None),
            _ => {}
        }
        let one;
        let wanted: &[Value<'_>] = match &condition.operand {
            Operand::Nothing => &[],
            Operand::Literals(values) => values,
            Operand::Parameter(id) => {
                one = [self.parameter(*id, recorder)?];
                &one
            }
            Operand::Fact(fact) => std::slice::from_ref(self.facts.get(*fact)),
            Operand::Date(at) => {
                one = [Value::from(dates.get(*at).copied().flatten())];
                &one
            }
        };
        Ok(compare(condition.op, actual, wanted))
    }

    /// The value of a parameter over all layers, the widest first.
    pub(super) fn parameter(
        &mut self,
        id: ParameterId,
        recorder: &mut impl Record,
    ) -> Result<Value<'static>, Conflict> {
        let group = &self.book.parameters[id.0];
        let on = match group.dated_by {
            Some(fact) => self.facts.get(fact).as_date().unwrap_or(self.trigger_on),
            None => self.trigger_on,
        };
        let pick = group.members.first().map_or(Pick::Only, |m| m.pick);
        let mut result: Option<(&Value<'static>, &DatedValue)> = None;
        for member in &group.members {
            if !self.is_live(member.pack, on)? {
                continue;
            }
            let mut own: Option<(&Value<'static>, &DatedValue)> = None;
            for dated in &member.values {
                let covers =
                    dated.from.is_none_or(|f| f <= on) && dated.until.is_none_or(|u| on <= u);
                if !covers || !self.all_hold(&dated.when)? {
                    continue;
                }
                own = Some(match own {
                    Some(known) => picked(member.pick, known, (&dated.value, dated))?,
                    None => (&dated.value, dated),
                });
            }
            let Some(own) = own else { continue };
            result = Some(match (member.relation, result) {
                (Relation::Tightens, Some(wider)) => picked(pick, wider, own)?,
                (Relation::Fills, Some(wider)) => wider,
                (Relation::Base, Some(_)) => return Err(Conflict),
                (Relation::Overrides, _) | (_, None) => own,
            });
        }
        let Some((value, source)) = result else {
            return Ok(Value::Unknown);
        };
        recorder.parameter(id, value, source);
        Ok(value.clone())
    }
}

type Dated<'b> = (&'b Value<'static>, &'b DatedValue);

fn picked<'b>(pick: Pick, a: Dated<'b>, b: Dated<'b>) -> Result<Dated<'b>, Conflict> {
    let order = compare_values(a.0, b.0);
    match (pick, order) {
        (Pick::Only, _) | (_, None) => Err(Conflict),
        (Pick::Max, Some(Ordering::Less)) | (Pick::Min, Some(Ordering::Greater)) => Ok(b),
        (Pick::Max | Pick::Min, Some(_)) => Ok(a),
    }
}

fn compare(op: Op, actual: &Value<'_>, wanted: &[Value<'_>]) -> Option<bool> {
    if op == Op::In || op == Op::NotIn {
        let found = wanted.iter().any(|w| w == actual);
        return Some(found == (op == Op::In));
    }
    let wanted = wanted.first().filter(|w| !w.is_unknown())?;
    let order = compare_values(actual, wanted);
    Some(match op {
        Op::Eq => actual == wanted,
        Op::Ne => actual != wanted,
        Op::Gt => order? == Ordering::Greater,
        Op::Ge => order? != Ordering::Less,
        Op::Lt => order? == Ordering::Less,
        Op::Le => order? != Ordering::Greater,
        Op::In | Op::NotIn | Op::Known | Op::Unknown => return None,
    })
}

fn compare_values(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        _ => None,
    }
}
