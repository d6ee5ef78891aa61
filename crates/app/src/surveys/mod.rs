//! Online surveys: what the packs say of them.

use crate::rules::Rules;
use chrono::NaiveDate;
use domain::surveys::{LimitCounts, SurveyLimit};
use rules::{Facts, RuleBook, Value};

/// How many routine surveys a year need no more than the usual approval, on a day; nothing when no pack
/// says it.
pub fn survey_limit(rules: &Rules, on: NaiveDate) -> Option<SurveyLimit> {
    limit_in(rules.book(), on)
}

fn limit_in(book: &RuleBook, on: NaiveDate) -> Option<SurveyLimit> {
    let facts = Facts::new(book.schema());
    let surveys_max = book.parameter_value("survey_limit_a_year", &facts, on)?;
    let counts = match book.parameter_value("survey_limit_counts", &facts, on)? {
        Value::Code(code) => LimitCounts::parse(&code).ok()?,
        _ => return None,
    };
    Some(SurveyLimit {
        surveys_max: u32::try_from(surveys_max.as_int()?).ok()?,
        counts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{shipped_calendar, shipped_packs, shipped_schema};
    use std::sync::Arc;

    #[test]
    fn the_shipped_limit_is_two_a_department() {
        let schema = Arc::new(shipped_schema().unwrap());
        let calendar = Arc::new(shipped_calendar().unwrap());
        let book = RuleBook::load(schema, calendar, &shipped_packs()).unwrap();
        let on = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let limit = limit_in(&book, on).unwrap();
        assert_eq!(
            (limit.surveys_max, limit.counts),
            (2, LimitCounts::Department)
        );
    }
}
