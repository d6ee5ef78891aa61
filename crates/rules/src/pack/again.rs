//! What an event asks for again and again until something ends it, such as word of a claim every week.

use super::{ParameterId, ProgrammeId, RuleBook};
use crate::dates::add_calendar_days;
use crate::facts::{FactId, Facts};
use chrono::NaiveDate;

/// Days that one event may ask for: at one a week, some twenty years.
const REPETITIONS_MAX: i64 = 1_000;

/// The days that follow an event at equal distances.
#[derive(Clone, Debug)]
pub struct Again {
    /// The day from which they are counted, which is none of them.
    pub from: FactId,
    /// Calendar days from one to the next.
    pub every: ParameterId,
    /// From this day on there are no more.
    pub until: FactId,
}

impl RuleBook {
    /// The days up to `as_of` on which an event sets a programme off again, and the next one after
    /// them; nothing for a programme that an event sets off once.
    pub fn repetitions(
        &self,
        id: ProgrammeId,
        facts: &Facts<'_>,
        as_of: NaiveDate,
    ) -> Option<(Vec<NaiveDate>, Option<NaiveDate>)> {
        let again = self.programme(id).trigger.again.as_ref()?;
        let mut days = Vec::new();
        let Some(from) = facts.get(again.from).as_date() else {
            return Some((days, None));
        };
        let parameter = &self.parameters[again.every.0].id;
        let every = self.parameter_value(parameter, facts, from);
        let every = every.and_then(|v| v.as_int()).filter(|n| *n > 0);
        let Some(every) = every else {
            return Some((days, None));
        };
        let until = facts.get(again.until).as_date();
        for n in 1..=REPETITIONS_MAX {
            let day = add_calendar_days(from, n * every, false);
            if until.is_some_and(|until| until <= day) {
                return Some((days, None));
            }
            if day > as_of {
                return Some((days, Some(day)));
            }
            days.push(day);
        }
        Some((days, None))
    }
}
