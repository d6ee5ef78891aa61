//! What callers say aloud: names, products, amounts and dates as people speak of them.

use super::values::ScriptValues;
use crate::obligations::Explanation;
use chrono::{Datelike as _, NaiveDate};
use domain::customers::salutation;
use store::customers::CustomerRow;
use store::policies::{ClaimRow, PolicyRow};

/// What the words of a script are filled from.
pub(crate) struct Spoken<'s> {
    /// The customer.
    pub(crate) customer: &'s CustomerRow,
    /// The policy.
    pub(crate) policy: Option<&'s PolicyRow>,
    /// Its claims.
    pub(crate) claims: &'s [ClaimRow],
    /// The obligation, with why it exists.
    pub(crate) explanation: &'s Explanation,
    /// Name of the customer, in full.
    pub(crate) full_name: &'s str,
    /// Name of the company.
    pub(crate) company: &'s str,
    /// Who speaks.
    pub(crate) caller: &'s str,
}

/// Everything that the words of a script may name.
pub(crate) fn values(of: &Spoken<'_>, today: NaiveDate) -> ScriptValues {
    let mut values = ScriptValues::default();
    values.set("company", of.company);
    values.set("caller", of.caller);
    values.set("holder", of.full_name);
    let (zh, en) = salutation(of.customer.kind, of.customer.sex.as_deref(), of.full_name);
    values.set_words("salutation", zh, en);
    if let Some(policy) = of.policy {
        policy_values(&mut values, policy, today);
    }
    let obligation = &of.explanation.obligation;
    values.set_date("right_end_on", obligation.right_end_on, today);
    let days = of
        .explanation
        .trace
        .quantities
        .iter()
        .find(|q| q.id == "cooling_off_days");
    if let Some(days) = days.and_then(|q| q.value.zh.split(' ').next()) {
        values.set("cooling_off_days", days);
    }
    let claim = obligation
        .claim_no
        .as_ref()
        .and_then(|no| of.claims.iter().find(|c| c.claim_no == *no));
    if let Some(claim) = claim.or_else(|| of.claims.last()) {
        values.set("claim_no", &claim.claim_no);
        values.set_money("claim_amount", claim.amount_fen);
        values.set_date("paid_on", claim.paid_on, today);
        values.set_date("loss_date", claim.reported_on, today);
    }
    values
}

fn policy_values(values: &mut ScriptValues, policy: &PolicyRow, today: NaiveDate) {
    values.set("policy_no", &policy.policy_no);
    values.set("product", &policy.product_name);
    values.set("insured", policy.insured_name.as_deref().unwrap_or("本人"));
    values.set_money("premium", policy.premium_fen);
    let (zh, en) = match policy.premium_frequency.as_deref() {
        Some("annual") => ("每年", "a year"),
        Some("half_yearly") => ("每半年", "every half-year"),
        Some("quarterly") => ("每季度", "a quarter"),
        Some("monthly") => ("每月", "a month"),
        _ => ("趸交", "as a single premium"),
    };
    values.set_words("frequency", zh, en);
    if let Some(years) = policy.premium_term_years {
        values.set_words(
            "payment_years",
            format!("{years} 年"),
            format!("{years} years"),
        );
    }
    let (zh, en) = coverage_term(policy);
    values.set_words("coverage_term", zh, en);
    values.set_date("ack_signed_on", policy.ack_signed_on, today);
    values.set_date("expiry_date", policy.expiry_date, today);
    values.set("agent", policy.agent_name.as_deref().unwrap_or("—"));
}

/// Terms beyond a hundred years, and life terms without an end, are whole life.
const WHOLE_LIFE_MONTHS: i64 = 450;

fn coverage_term(policy: &PolicyRow) -> (String, String) {
    match policy.term_months {
        Some(months) if policy.expiry_date.is_none() && months >= WHOLE_LIFE_MONTHS => {
            ("终身".into(), "whole life".into())
        }
        Some(months) if months % 12 == 0 => (
            format!("{} 年", months / 12),
            format!("{} years", months / 12),
        ),
        Some(months) => (format!("{months} 个月"), format!("{months} months")),
        None => match policy.expiry_date {
            Some(date) => (
                format!("至 {} 年 {} 月", date.year(), date.month()),
                format!("until {date}"),
            ),
            None => ("终身".into(), "whole life".into()),
        },
    }
}
