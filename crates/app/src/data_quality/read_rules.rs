//! What the packs say of customers' information: what is demanded, where limits lie, what findings weigh.

use crate::rules::Rules;
use chrono::{Days, Months, NaiveDate};
use domain::customers::{CustomerField, CustomerKind};
use domain::data_quality::{Check, Demand, Demands, Field, Graded, Grades, Limits, Severity};
use domain::policies::{EventType, Line};
use rules::pack::ScoreId;
use rules::{Facts, Value};
use std::collections::HashMap;

/// Code of the score of completeness.
pub(super) const COMPLETENESS: &str = "INFO-COMPLETE";
/// Code of the score of truth.
pub(super) const TRUTH: &str = "INFO-TRUE";

/// The rules of a day.
#[derive(Clone, Debug)]
pub struct InformationRules {
    /// The day.
    pub today: NaiveDate,
    /// What has to be known.
    pub demands: Demands,
    /// Where limits lie.
    pub limits: Limits,
    /// What findings weigh.
    pub grades: Grades,
    /// The score of completeness.
    pub completeness: Option<ScoreId>,
    /// The score of truth.
    pub truth: Option<ScoreId>,
    /// When the file of a customer is completed.
    pub completion: CompletionRules,
    adult_age: i64,
    verification_months: i64,
    hold_months: i64,
}

/// After what the file of a customer is completed, and within what time (CUS-13).
#[derive(Clone, Debug)]
pub struct CompletionRules {
    /// After these events.
    pub events: Vec<EventType>,
    /// Facts of persons and of organisations that are confirmed again.
    facts: [(CustomerKind, Vec<CustomerField>); 2],
    days: u64,
}

impl CompletionRules {
    fn read(rules: &Rules, today: NaiveDate) -> Self {
        // Whoever such an event happens to holds a policy, of whatever line.
        let lines = || Line::ALL.to_vec();
        let of = |kind| {
            let demands = crate::information::Demands::new(rules, kind, lines(), today);
            (kind, demands.confirmed_after_events())
        };
        let days = rules.setting("information_complete_days", today);
        Self {
            events: crate::information::events_to_follow(rules, today),
            facts: [of(CustomerKind::Individual), of(CustomerKind::Group)],
            days: u64::try_from(days.unwrap_or(0)).unwrap_or(0),
        }
    }

    /// Facts of such a customer that are confirmed again.
    pub fn facts_of(&self, kind: CustomerKind) -> &[CustomerField] {
        let found = self.facts.iter().find(|(k, _)| *k == kind);
        found.map_or(&[], |(_, facts)| facts)
    }

    /// By when the file is complete after an event of a day.
    pub fn complete_by(&self, since: NaiveDate) -> NaiveDate {
        since
            .checked_add_days(Days::new(self.days))
            .unwrap_or(since)
    }
}

impl InformationRules {
    /// Reads the rules as they hold on a day.
    pub fn read(rules: &Rules, today: NaiveDate) -> Self {
        let number = |id: &str| rules.setting(id, today).unwrap_or(0);
        Self {
            today,
            demands: demands(rules, today),
            limits: Limits {
                mobile_households_alert: number("information_mobile_households_alert"),
                mobile_households_block: number("information_mobile_households_block"),
                address_families_alert: number("information_address_families_alert"),
                email_families_alert: number("information_email_families_alert"),
                id_expiring_days: number("information_id_expiring_days"),
                address_characters_min: number("information_address_characters_min"),
                insured_age_max: number("information_insured_age_max"),
                holder_age_min: number("information_holder_age_min"),
                military_age_min: number("information_military_age_min"),
                equal_digits_min: number("information_equal_digits_min"),
                counting_digits_min: number("information_counting_digits_min"),
            },
            grades: grades(rules, today),
            completeness: rules.book().find_score(COMPLETENESS, today),
            truth: rules.book().find_score(TRUTH, today),
            completion: CompletionRules::read(rules, today),
            adult_age: number("information_adult_age"),
            verification_months: number("information_verification_months"),
            hold_months: number("information_hold_months"),
        }
    }

    /// By when information is to be verified that was verified, or became known, on a day.
    pub fn verify_by(&self, since: NaiveDate) -> NaiveDate {
        let months = u32::try_from(self.verification_months).unwrap_or(0);
        since
            .checked_add_months(Months::new(months))
            .unwrap_or(since)
    }

    /// Whoever was born on or after this day is not grown up.
    pub(super) fn minors_born_from(&self) -> NaiveDate {
        let months = u32::try_from(self.adult_age)
            .unwrap_or(0)
            .saturating_mul(12);
        let day = self.today.checked_sub_months(Months::new(months));
        day.and_then(|d| d.checked_add_days(Days::new(1)))
            .unwrap_or(self.today)
    }

    /// Commission of policies issued from this day on is held back.
    pub(super) fn held_from(&self) -> NaiveDate {
        let months = u32::try_from(self.hold_months).unwrap_or(0);
        self.today
            .checked_sub_months(Months::new(months))
            .unwrap_or(self.today)
    }

    /// What the domain takes.
    pub(super) fn parts(&self) -> (&Demands, &Limits, &Grades) {
        (&self.demands, &self.limits, &self.grades)
    }
}

fn demands(rules: &Rules, today: NaiveDate) -> Demands {
    let book = rules.book();
    let schema = book.schema();
    let mut of = HashMap::new();
    for kind in CustomerKind::ALL.iter().copied() {
        let lines = Line::ALL.iter().map(|l| Some(l.as_str()));
        for line in std::iter::once(None).chain(lines) {
            let mut demanded = Vec::new();
            for field in Field::ALL.iter().copied() {
                let mut facts = Facts::new(schema);
                let mut set = |name: &str, code: &'static str| {
                    if let Some(fact) = schema.find_fact(name) {
                        facts.set(fact, Value::code(code));
                    }
                };
                set("customer.kind", kind.as_str());
                set("quality.field", field.as_str());
                if let Some(line) = line {
                    set("policy.line", line);
                }
                let says = |id| match book.parameter_value(id, &facts, today) {
                    Some(Value::Code(code)) if code == "mandatory" => Some(Demand::Mandatory),
                    Some(Value::Code(_)) => Some(Demand::Wanted),
                    _ => None,
                };
                let strictest = says("information_needs").max(says("information_wants"));
                demanded.extend(strictest.map(|d| (field, d)));
            }
            of.insert((kind, line.map(str::to_owned)), demanded);
        }
    }
    Demands::new(of)
}

fn grades(rules: &Rules, today: NaiveDate) -> Grades {
    let book = rules.book();
    let schema = book.schema();
    let mut of = HashMap::new();
    for check in Check::ALL.iter().copied() {
        for grave in [false, true] {
            let mut facts = Facts::new(schema);
            if let Some(fact) = schema.find_fact("quality.check") {
                facts.set(fact, Value::code(check.as_str()));
            }
            if let Some(fact) = schema.find_fact("quality.grave") {
                facts.set(fact, Value::Bool(grave));
            }
            let found = book.parameter_source("information_severity", &facts, today);
            let Some((Value::Code(code), source)) = found else {
                continue;
            };
            if let Ok(severity) = Severity::parse(&code) {
                let pack = &book.pack(source.cite.pack).title.zh;
                let article = format!("{pack} {}", source.cite.article);
                of.insert((check, grave), Graded { severity, article });
            }
        }
    }
    Grades::new(of)
}
