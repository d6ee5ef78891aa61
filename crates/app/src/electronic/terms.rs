//! Reading the company's numbers of electronic callbacks from the rules.

use crate::rules::Rules;
use chrono::{Duration, NaiveDate};
use domain::electronic::ElectronicTerms;

/// The numbers of a day. What a company's pack leaves out is as strict as it can be.
pub fn terms_of(rules: &Rules, on: NaiveDate) -> ElectronicTerms {
    let number = |id: &str| rules.setting(id, on).unwrap_or(0).max(0);
    let small = |id: &str| u32::try_from(number(id)).unwrap_or(u32::MAX);
    ElectronicTerms {
        valid_for: Duration::hours(number("electronic_valid_hours").min(24 * 90)),
        reserve_days: small("electronic_reserve_days"),
        links_max: small("electronic_links_max"),
        tries_max: small("electronic_tries_max"),
        id_tail: usize::try_from(number("electronic_id_tail")).unwrap_or(usize::MAX),
        asks_birth_date: rules.flag("electronic_asks_birth_date", on).unwrap_or(true),
        code_for: Duration::minutes(number("electronic_code_minutes").min(60)),
        codes_max: small("electronic_codes_max"),
        code_gap: Duration::seconds(number("electronic_code_gap_seconds").min(3_600)),
        session_for: Duration::minutes(number("electronic_session_minutes").min(24 * 60)),
        dwell_min: Duration::seconds(number("electronic_dwell_seconds").min(600)),
        reading_per_minute: small("electronic_reading_per_minute"),
        inspected_per_mille: small("electronic_inspected_per_mille"),
    }
}
