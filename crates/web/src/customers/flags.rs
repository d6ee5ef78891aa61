//! Flags of customers as pages and the interface show them, with date and who says so (CUS-07).

use crate::api::codes;
use crate::frame::Frame;
use app::information::{Flag, FlaggedBy};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

/// A flag in words.
pub(crate) struct FlagTag {
    /// Name of the flag.
    pub(crate) label: String,
    /// Its colour.
    pub(crate) tone: &'static str,
    /// Since when, and until when where that is known beforehand.
    pub(crate) when: String,
    /// A person, a file or a rule, in a word.
    pub(crate) by: String,
    /// The rule with its article; empty for what people and files set.
    pub(crate) rule: String,
}

/// Flags in words.
pub(crate) fn tags(f: &Frame, flags: &[Flag]) -> Vec<FlagTag> {
    flags.iter().map(|flag| tag(f, flag)).collect()
}

fn tag(f: &Frame, flag: &Flag) -> FlagTag {
    let since = f.say1("mark-since", "day", flag.since_on.to_string());
    let when = match flag.until_on {
        Some(until) => format!(
            "{since} · {}",
            f.say1("flag-until", "day", until.to_string())
        ),
        None => since,
    };
    let (by, rule) = match &flag.by {
        FlaggedBy::Person(name) => (name.clone(), String::new()),
        FlaggedBy::File => (f.say("flag-from-file"), String::new()),
        FlaggedBy::Rule(title, article) => {
            let rule = format!("{} {article}", f.text(title));
            (f.say("flag-by-rule"), rule)
        }
    };
    FlagTag {
        label: f.code("customer-flag", flag.code),
        tone: tone(flag.code),
        when,
        by,
        rule,
    }
}

fn tone(code: &str) -> &'static str {
    match code {
        "complainant" => "red",
        "key_account" | "lost" => "orange",
        "shareholder_related" | "new" => "blue",
        _ => "",
    }
}

/// A flag that stands on a customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerMark)]
pub(crate) struct FlagJson {
    /// Which flag.
    #[schema(value_type = codes::CustomerMarkCode)]
    flag: &'static str,
    /// It follows from policies and complaints; people and files set the others.
    derived: bool,
    /// Since when; of flags that a file brought, when it came.
    since_on: NaiveDate,
    /// Until when, where that is known beforehand.
    until_on: Option<NaiveDate>,
    /// The person who set it; nothing where a file or a rule did.
    set_by: Option<String>,
    /// The rule that it follows from, with its article.
    rule: Option<String>,
}

impl From<Flag> for FlagJson {
    fn from(flag: Flag) -> Self {
        let (set_by, rule) = match flag.by {
            FlaggedBy::Person(name) => (Some(name), None),
            FlaggedBy::File => (None, None),
            FlaggedBy::Rule(title, article) => (None, Some(format!("{} {article}", title.zh))),
        };
        Self {
            flag: flag.code,
            derived: flag.is_derived,
            since_on: flag.since_on,
            until_on: flag.until_on,
            set_by,
            rule,
        }
    }
}
