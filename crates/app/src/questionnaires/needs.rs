//! What the rules demand of the questionnaire of each programme: which subjects must be asked on which
//! authority, whether anything may be promoted, whether every objection needs a ticket.

use super::file::conditions;
use domain::questionnaires::{Condition, Topic};
use rules::{NaiveDate, RuleBook};
use std::collections::BTreeMap;

/// A subject that a rule demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequiredTopic {
    /// The subject.
    pub topic: Topic,
    /// Where it is demanded.
    pub cite: String,
    /// In which cases.
    pub when: Vec<Condition>,
}

/// What the rules demand for a programme.
#[derive(Clone, Debug)]
pub struct Need {
    /// Promotion is allowed.
    pub promotion_allowed: bool,
    /// It is a life programme: what is not affirmed is always followed up.
    pub is_life: bool,
    /// Subjects that must be asked.
    pub topics: Vec<RequiredTopic>,
}

/// What the rules demand, by programme.
#[derive(Clone, Debug, Default)]
pub struct Needs(BTreeMap<String, Need>);

impl Needs {
    /// Reads what the rules of a day demand.
    pub fn of(book: &RuleBook, on: NaiveDate) -> Self {
        let mut needs = BTreeMap::new();
        for programme in book.programmes() {
            let current = book.pack(programme.pack).in_force.covers(on);
            if needs.contains_key(&programme.code) && !current {
                continue;
            }
            let table = &programme.discharge;
            let flag = |key: &str| table.get(key).and_then(toml::Value::as_bool);
            let success = table.get("success").and_then(toml::Value::as_str);
            let need = Need {
                promotion_allowed: flag("promotion_allowed") == Some(true),
                is_life: success == Some("life"),
                topics: required_topics(table).unwrap_or_default(),
            };
            needs.insert(programme.code.clone(), need);
        }
        Self(needs)
    }

    /// Whether any rule knows a programme.
    pub fn knows(&self, programme: &str) -> bool {
        self.0.contains_key(programme)
    }

    /// What is demanded for some programmes.
    pub(super) fn for_all<'n>(
        &'n self,
        programmes: &'n [String],
    ) -> impl Iterator<Item = (&'n str, &'n Need)> {
        let need = |p: &'n String| Some((p.as_str(), self.0.get(p)?));
        programmes.iter().filter_map(need)
    }
}

/// The subjects that a programme demands: `topics` in its `discharge`, each with the article, and with
/// conditions where it is demanded in some cases only.
///
/// # Errors
/// What cannot be read.
pub fn required_topics(discharge: &toml::Table) -> Result<Vec<RequiredTopic>, String> {
    let Some(list) = discharge.get("topics") else {
        return Ok(Vec::new());
    };
    let list = list.as_array().ok_or("topics must be a list")?;
    let topic = |entry: &toml::Value| {
        let mut table = entry.as_table().ok_or("a topic is a table")?.clone();
        let mut take = |key: &str| {
            let value = table.remove(key);
            let text = value.as_ref().and_then(toml::Value::as_str);
            text.map(str::to_owned)
                .ok_or(format!("topics: {key} is missing"))
        };
        let (topic, cite) = (take("topic")?, take("cite")?);
        Ok(RequiredTopic {
            topic: Topic::parse(&topic).map_err(|e| e.to_string())?,
            cite,
            when: conditions(Some(table))?,
        })
    };
    list.iter().map(topic).collect()
}
