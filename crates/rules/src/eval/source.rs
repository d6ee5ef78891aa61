//! Parameters with the place that their value comes from.

use super::Record;
use super::lookup::Lookup;
use crate::facts::{Facts, Value};
use crate::pack::{DatedValue, ParameterId, RuleBook};
use chrono::NaiveDate;

impl RuleBook {
    /// As [`Self::parameter_value`], with the dated value that was chosen and its citation; nothing
    /// when the parameter has no value for the case.
    pub fn parameter_source(
        &self,
        id: &str,
        facts: &Facts<'_>,
        on: NaiveDate,
    ) -> Option<(Value<'static>, DatedValue)> {
        let at = self.parameters.iter().position(|p| p.id == id)?;
        let mut lookup = Lookup {
            book: self,
            facts,
            trigger_on: on,
            provisional: false,
        };
        let mut chosen = Chosen(None);
        let value = lookup.parameter(ParameterId(at), &mut chosen).ok()?;
        Some((value, chosen.0?))
    }
}

/// Keeps the dated value that a parameter took.
struct Chosen(Option<DatedValue>);
impl Record for Chosen {
    fn parameter(&mut self, _id: ParameterId, _value: &Value<'_>, source: &DatedValue) {
        self.0 = Some(source.clone());
    }
}
