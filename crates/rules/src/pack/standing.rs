//! A pack as text, how wide it reaches, and where it stands in its life.

use chrono::NaiveDate;
use serde::Deserialize;

/// A pack as text, with the name to show in findings.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path or name, such as `cn-50/new-contract.toml`.
    pub name: String,
    /// The TOML text.
    pub text: String,
}

/// Where a pack stands in the product, whatever its text says: what is missing is as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Its place in its life.
    pub status: Option<Status>,
    /// It counts from this day at the earliest.
    pub from: Option<NaiveDate>,
    /// It counts until this day at the latest.
    pub until: Option<NaiveDate>,
}

/// How wide a rule reaches; the order is the order of precedence, widest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Statutes.
    Law,
    /// The national regulator.
    Regulator,
    /// A provincial regulator.
    Province,
    /// The company's own rules.
    Company,
}

impl Layer {
    /// The name used in packs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Law => "law",
            Self::Regulator => "regulator",
            Self::Province => "province",
            Self::Company => "company",
        }
    }
}

/// Where a pack stands in its life. Only approved and later ones are evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being written.
    Draft,
    /// Read by a second person.
    Reviewed,
    /// Approved by the leadership; applies to triggers inside its dates.
    Approved,
    /// In force.
    Effective,
    /// Replaced by a later version; still applies to triggers inside its dates.
    Superseded,
}

impl Status {
    /// The name used in packs and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Reviewed => "reviewed",
            Self::Approved => "approved",
            Self::Effective => "effective",
            Self::Superseded => "superseded",
        }
    }

    /// Whether packs of this status take part in evaluation.
    pub fn is_evaluated(self) -> bool {
        self >= Self::Approved
    }
}
