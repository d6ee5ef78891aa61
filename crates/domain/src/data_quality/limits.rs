//! Limits and demands, which packs give.

use super::{Check, Field, Severity};
use crate::customers::CustomerKind;
use std::collections::HashMap;

/// Where the checks draw lines. Each is a parameter of a pack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// More households than this with one mobile number are an alert.
    pub mobile_households_alert: i64,
    /// More than this block.
    pub mobile_households_block: i64,
    /// More families than this at one address are an alert.
    pub address_families_alert: i64,
    /// More families than this with one e-mail address are an alert.
    pub email_families_alert: i64,
    /// A document that expires within so many days is told.
    pub id_expiring_days: i64,
    /// Fewest characters of an address.
    pub address_characters_min: i64,
    /// Oldest age of an insured.
    pub insured_age_max: i64,
    /// Youngest age of a policyholder.
    pub holder_age_min: i64,
    /// Youngest age at which military documents are held.
    pub military_age_min: i64,
    /// So many equal digits in a row are no number.
    pub equal_digits_min: i64,
    /// So many digits that count up or down are no number.
    pub counting_digits_min: i64,
}

/// How much a field is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Demand {
    /// Good to know.
    Wanted,
    /// Has to be known.
    Mandatory,
}

/// Fields with what is demanded of each, by kind of customer and line of business.
pub type DemandsOf = HashMap<(CustomerKind, Option<String>), Vec<(Field, Demand)>>;

/// What has to be known, by kind of customer and line of business; without a line for those without policies.
#[derive(Clone, Debug, Default)]
pub struct Demands(DemandsOf);

impl Demands {
    /// Demands as they were read.
    pub fn new(of: DemandsOf) -> Self {
        Self(of)
    }

    /// What is demanded of a customer: the strictest of the lines.
    pub fn of(&self, kind: CustomerKind, lines: &[String]) -> Vec<(Field, Demand)> {
        let mut demanded: Vec<(Field, Demand)> = Vec::new();
        let keys: Vec<Option<String>> = match lines {
            [] => vec![None],
            lines => lines.iter().cloned().map(Some).collect(),
        };
        for key in keys {
            for (field, demand) in self.0.get(&(kind, key)).into_iter().flatten() {
                match demanded.iter_mut().find(|(f, _)| f == field) {
                    Some((_, known)) => *known = (*known).max(*demand),
                    None => demanded.push((*field, *demand)),
                }
            }
        }
        demanded
    }
}

/// How much findings of a check weigh, and the article that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graded {
    /// The weight.
    pub severity: Severity,
    /// Pack and article.
    pub article: String,
}

/// What each check weighs; a check without an entry is not made.
#[derive(Clone, Debug, Default)]
pub struct Grades(HashMap<(Check, bool), Graded>);

impl Grades {
    /// Grades as they were read: by check, and for missing fields whether they are mandatory; for shared
    /// numbers whether the higher limit is passed.
    pub fn new(of: HashMap<(Check, bool), Graded>) -> Self {
        Self(of)
    }

    /// The grade of a check.
    pub fn of(&self, check: Check, is_grave: bool) -> Option<&Graded> {
        self.0.get(&(check, is_grave))
    }
}
