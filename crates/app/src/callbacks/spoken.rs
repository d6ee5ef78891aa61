//! What callers say aloud: names, products, amounts and dates as people speak of them.

use crate::obligations::Explanation;
use crate::questionnaires::ScriptValues;
use crate::rules::Rules;
use chrono::{Datelike as _, NaiveDate};
use domain::policies::EventType;
use store::customers::CustomerRow;
use store::policies::{ClaimRow, PolicyRow};

/// What the words of a script are filled from.
pub(crate) struct Spoken<'s> {
    /// The policy.
    pub(crate) policy: Option<&'s PolicyRow>,
    /// Its claims.
    pub(crate) claims: &'s [ClaimRow],
    /// The obligation, with why it exists.
    pub(crate) explanation: &'s Explanation,
    /// Name of the policyholder, in full.
    pub(crate) holder: &'s str,
    /// Who is asked for, with the name in full.
    pub(crate) person: (&'s CustomerRow, &'s str),
    /// Name of the company.
    pub(crate) company: &'s str,
    /// Who speaks.
    pub(crate) caller: &'s str,
    /// The rules in force.
    pub(crate) rules: &'s Rules,
}

/// Everything that the words of a script may name.
pub(crate) fn values(of: &Spoken<'_>, today: NaiveDate) -> ScriptValues {
    let mut values = ScriptValues::default();
    values.set("company", of.company);
    values.set("caller", of.caller);
    values.set("holder", of.holder);
    values.set("payee", of.person.1);
    let (zh, en) = salutation(of.person.0, of.person.1);
    values.set_words("salutation", zh, en);
    case_values(&mut values, of, today);
    payout_values(&mut values, of, today);
    values
}

/// Words for what is not recorded, so that the sentence stays readable.
const THIS_BUSINESS: (&str, &str) = ("保全业务", "the servicing request");
const BY_US: (&str, &str) = ("付款", "payment");

/// What a payout was for, how much, how and when, from the facts of the obligation.
fn payout_values(values: &mut ScriptValues, of: &Spoken<'_>, today: NaiveDate) {
    let obligation = &of.explanation.obligation;
    if obligation.trigger_type != EventType::ServicePayout.as_str() {
        return;
    }
    let facts: serde_json::Value = serde_json::from_str(&obligation.facts).unwrap_or_default();
    let text = |name: &str| facts.get(name).and_then(serde_json::Value::as_str);
    values.set_money("payout_amount", facts["event.amount"].as_i64());
    values.set_date("paid_on", Some(obligation.trigger_on), today);
    let (zh, en) = match text("event.payout_method") {
        Some("cash") => ("现金", "cash"),
        Some("bank_transfer") => ("银行转账", "bank transfer"),
        _ => BY_US,
    };
    values.set_words("payout_method", zh, en);
    let item = text("event.service_item_code").and_then(|code| of.rules.service_item(code));
    let (zh, en) = item.map_or(
        (THIS_BUSINESS.0.to_owned(), THIS_BUSINESS.1.to_owned()),
        |i| (i.name.zh.clone(), i.name.en.clone()),
    );
    values.set_words("service_item", zh, en);
}

fn case_values(values: &mut ScriptValues, of: &Spoken<'_>, today: NaiveDate) {
    if let Some(policy) = of.policy {
        policy_values(values, policy, today);
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
    let grace = of.explanation.trace.dates.iter();
    let grace = grace.filter(|d| d.name == "grace_end").find_map(|d| d.date);
    values.set_date("grace_end_on", grace, today);
}

pub(crate) fn policy_values(values: &mut ScriptValues, policy: &PolicyRow, today: NaiveDate) {
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

/// How to address a person: family name and title; organisations by their name.
pub(crate) fn salutation(customer: &CustomerRow, full_name: &str) -> (String, String) {
    domain::customers::salutation(customer.kind, customer.sex.as_deref(), full_name)
}
