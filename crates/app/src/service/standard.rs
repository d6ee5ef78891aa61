//! What the packs give a customer by class: each value with the article that it is written in.

use crate::rules::Rules;
use chrono::NaiveDate;
use domain::customers::{Degree, ValueClass};
use domain::service::{FlagKind, Thresholds};
use rules::pack::DatedValue;
use rules::{Facts, Text, Value};
use store::service::RiskCodes;

/// Parameters of a class begin so.
const OF_CLASS: &str = "service_";
/// Privileges begin so.
const PRIVILEGE: &str = "service_privilege_";
/// Channels begin so.
const CHANNEL: &str = "service_channel_";
/// Programmes of care begin so.
const CARE: &str = "service_care_programme_";
/// Flags begin so.
const FLAG: &str = "service_flag_";

/// Where a value is written.
#[derive(Clone, Debug)]
pub struct Source {
    /// The pack.
    pub pack: String,
    /// Name of the instrument.
    pub title: Text,
    /// The article.
    pub article: String,
    /// Its wording.
    pub words: Option<Text>,
}

/// What a value says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A number.
    Times(i64),
    /// It is given; there is no number.
    Given,
    /// A code.
    Code(String),
}

/// Something that a class is given.
#[derive(Clone, Debug)]
pub struct Entitled {
    /// Name of the parameter without what all begin with.
    pub code: String,
    /// What people call it.
    pub label: Text,
    /// Unit of a number.
    pub unit: Option<Text>,
    /// What it says.
    pub standing: Standing,
    /// Where it is written.
    pub source: Source,
}

/// What a class is given on a day.
#[derive(Clone, Debug)]
pub struct Standard {
    entries: Vec<(String, Entitled)>,
}

impl Standard {
    /// What the packs give a customer of some classes, as codes, on a day.
    pub fn of(rules: &Rules, value: Option<&str>, risk: Option<&str>, on: NaiveDate) -> Self {
        let risk = RiskCodes {
            class: risk.map(str::to_owned),
            assessed: None,
        };
        Self::with_risk(rules, value, &risk, on)
    }

    /// What the packs give a customer of a value class whose risk was classed and assessed (三（二）5: the plan
    /// follows the result), on a day.
    pub fn with_risk(rules: &Rules, value: Option<&str>, risk: &RiskCodes, on: NaiveDate) -> Self {
        let book = rules.book();
        let mut facts = Facts::new(book.schema());
        for (name, code) in [
            ("customer.value_class", value),
            ("customer.risk_class", risk.class.as_deref()),
            ("customer.assessed_risk", risk.assessed.as_deref()),
        ] {
            if let Some(fact) = book.schema().find_fact(name) {
                facts.set(fact, Value::from(code));
            }
        }
        let named = book.parameters().iter();
        let entries = named
            .filter(|p| p.id.starts_with(OF_CLASS))
            .filter_map(|p| {
                let (value, source) = book.parameter_source(&p.id, &facts, on)?;
                let standing = match value {
                    Value::Int(n) => Standing::Times(n),
                    Value::Bool(true) => Standing::Given,
                    Value::Code(code) => Standing::Code(code.into_owned()),
                    Value::Bool(false) | Value::Date(_) | Value::Unknown => return None,
                };
                let entitled = Entitled {
                    code: short(&p.id).to_owned(),
                    label: p.label.clone(),
                    unit: p.unit.clone(),
                    standing,
                    source: cited(rules, &source),
                };
                Some((p.id.clone(), entitled))
            });
        Self {
            entries: entries.collect(),
        }
    }

    fn find(&self, id: &str) -> Option<&Entitled> {
        let mut all = self.entries.iter();
        all.find(|(own, _)| own == id).map(|(_, entitled)| entitled)
    }

    fn under(&self, prefix: &'static str) -> impl Iterator<Item = &Entitled> {
        let all = self.entries.iter();
        all.filter(move |(id, _)| id.starts_with(prefix))
            .map(|(_, entitled)| entitled)
    }

    /// Something that the class is given, by the name of its parameter.
    pub fn entitled(&self, id: &str) -> Option<&Entitled> {
        self.find(id)
    }

    /// A number; nothing when the class has none.
    pub fn times(&self, id: &str) -> Option<i64> {
        match self.find(id)?.standing {
            Standing::Times(n) => Some(n),
            _ => None,
        }
    }

    /// A code; nothing when the class has none.
    pub fn code(&self, id: &str) -> Option<&str> {
        match &self.find(id)?.standing {
            Standing::Code(code) => Some(code),
            _ => None,
        }
    }

    /// Privileges of the class.
    pub fn privileges(&self) -> impl Iterator<Item = &Entitled> {
        self.under(PRIVILEGE)
    }

    /// Channels by which the class is served.
    pub fn channels(&self) -> impl Iterator<Item = &Entitled> {
        self.under(CHANNEL)
    }

    /// Programmes of messages that count as care, by their codes.
    pub fn care_programmes(&self) -> Vec<String> {
        let codes = self.under(CARE).filter_map(|e| match &e.standing {
            Standing::Code(code) => Some(code.clone()),
            _ => None,
        });
        codes.collect()
    }

    /// What underwriting or claims are told of the class, with where that is written.
    pub fn flag(&self, flag: FlagKind) -> Option<&Entitled> {
        self.find(&format!("{FLAG}{flag}"))
    }

    /// Whether the class has a person in charge.
    pub fn needs_person(&self) -> bool {
        self.find("service_named_person").is_some() || self.needs_team()
    }

    /// Whether the class has a team of its own.
    pub fn needs_team(&self) -> bool {
        self.find("service_dedicated_team").is_some()
    }

    /// From where on something is a sign of potential.
    pub(super) fn thresholds(&self) -> Thresholds {
        Thresholds {
            income_fen: self.times("service_watch_income"),
            age_from: self.times("service_watch_age_from"),
            age_to: self.times("service_watch_age_to"),
            lines: self.times("service_watch_lines"),
            new_policies: self.times("service_watch_new_policies"),
        }
    }
}

fn short(id: &str) -> &str {
    let rest = [PRIVILEGE, CHANNEL, FLAG, OF_CLASS]
        .iter()
        .find_map(|prefix| id.strip_prefix(prefix));
    rest.unwrap_or(id)
}

fn cited(rules: &Rules, source: &DatedValue) -> Source {
    let pack = rules.book().pack(source.cite.pack);
    Source {
        pack: pack.id.clone(),
        title: pack.title.clone(),
        words: pack.article(&source.cite.article).map(|a| a.text.clone()),
        article: source.cite.article.clone(),
    }
}

/// The classes that ask for a person in charge on a day.
pub(super) fn classes_with_person(rules: &Rules, on: NaiveDate) -> Vec<ValueClass> {
    let all = ValueClass::ALL.iter().copied();
    all.filter(|class| Standard::of(rules, Some(class.as_str()), None, on).needs_person())
        .collect()
}

/// The risk classes of which a department is told something on a day.
pub(super) fn classes_with_flag(rules: &Rules, flag: FlagKind, on: NaiveDate) -> Vec<Degree> {
    let all = Degree::ALL.iter().copied();
    all.filter(|class| {
        let standard = Standard::of(rules, None, Some(class.as_str()), on);
        standard.flag(flag).is_some()
    })
    .collect()
}

/// A number of the packs for a class, by the name of its parameter.
pub(super) fn number(rules: &Rules, class: ValueClass, id: &str, on: NaiveDate) -> Option<i64> {
    Standard::of(rules, Some(class.as_str()), None, on).times(id)
}
