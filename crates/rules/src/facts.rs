//! Facts: what rules may look at, by name and type.
//!
//! The schema is data (`rulepacks/facts.toml`). Packs that name an unknown fact, or compare one with
//! a value of another type, do not load.

use crate::text::Text;
use chrono::NaiveDate;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Index of a fact in its schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId(u16);

impl FactId {
    /// Position in [`FactSchema::facts`] and in [`Facts`].
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// Index of an event type in its schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventType(u16);

impl EventType {
    /// Position in [`FactSchema::events`].
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactType {
    /// True or false.
    Bool,
    /// A whole number; its unit is part of the definition.
    Int,
    /// Money in fen (hundredths of a yuan).
    Money,
    /// A civil date.
    Date,
    /// One of a list of codes, or free text when the list is empty.
    Code,
}

/// The value of a fact. Unknown is a value: rules must say what they do with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value<'a> {
    /// Not known.
    #[default]
    Unknown,
    /// True or false.
    Bool(bool),
    /// A whole number, or money in fen.
    Int(i64),
    /// A civil date.
    Date(NaiveDate),
    /// A code or free text.
    Code(Cow<'a, str>),
}

impl<'a> Value<'a> {
    /// A code, or unknown when the text is empty.
    pub fn code(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() {
            Self::Unknown
        } else {
            Self::Code(text)
        }
    }

    /// Whether nothing is known.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// The date, if it is one.
    pub fn as_date(&self) -> Option<NaiveDate> {
        if let Self::Date(date) = self {
            Some(*date)
        } else {
            None
        }
    }

    /// The number, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        if let Self::Int(n) = self {
            Some(*n)
        } else {
            None
        }
    }

    /// Cuts the tie to borrowed text.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Unknown => Value::Unknown,
            Self::Bool(b) => Value::Bool(b),
            Self::Int(n) => Value::Int(n),
            Self::Date(d) => Value::Date(d),
            Self::Code(c) => Value::Code(Cow::Owned(c.into_owned())),
        }
    }
}

impl From<Option<bool>> for Value<'_> {
    fn from(value: Option<bool>) -> Self {
        value.map_or(Self::Unknown, Self::Bool)
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(value: Option<i64>) -> Self {
        value.map_or(Self::Unknown, Self::Int)
    }
}

impl From<Option<NaiveDate>> for Value<'_> {
    fn from(value: Option<NaiveDate>) -> Self {
        value.map_or(Self::Unknown, Self::Date)
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(value: Option<&'a str>) -> Self {
        value.map_or(Self::Unknown, Self::code)
    }
}

/// The definition of a fact.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Name such as `policy.issue_date`.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: FactType,
    /// What people call it, in Chinese.
    pub zh: String,
    /// What people call it, in English.
    pub en: String,
    /// Unit of a number, if it has one.
    pub unit: Option<Text>,
    /// A date on which something happened: nobody can know it before that day.
    #[serde(default)]
    pub happens: bool,
    /// The codes that a code fact may have, with what people call them; empty for free text.
    #[serde(default)]
    pub codes: BTreeMap<String, Text>,
}

impl Fact {
    /// What people call it.
    pub fn label(&self) -> Text {
        Text::new(&self.zh, &self.en)
    }
}

/// A type of event that may trigger programmes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Name such as `policy_issued`.
    pub name: String,
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemaFile {
    event: Vec<Event>,
    fact: Vec<Fact>,
}

/// All facts and event types that packs may use.
#[derive(Clone, Debug)]
pub struct FactSchema {
    facts: Vec<Fact>,
    events: Vec<Event>,
    happening: Vec<FactId>,
    fact_index: BTreeMap<String, FactId>,
    event_index: BTreeMap<String, EventType>,
}

/// What is wrong with a schema file.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// Not TOML, or not of the schema's shape.
    #[error("facts: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A name given twice, or more names than fit.
    #[error("facts: {0} is defined twice")]
    Duplicate(String),
}

impl Event {
    /// What people call it.
    pub fn label(&self) -> Text {
        Text::new(&self.zh, &self.en)
    }
}

impl FactSchema {
    /// Reads a schema file.
    ///
    /// # Errors
    /// Says where the file is no schema, or which name it defines twice.
    pub fn parse(text: &str) -> Result<Self, SchemaError> {
        let file: SchemaFile = toml::from_str(text)?;
        let mut fact_index = BTreeMap::new();
        for (id, fact) in (0_u16..).zip(&file.fact) {
            if fact_index.insert(fact.name.clone(), FactId(id)).is_some() {
                return Err(SchemaError::Duplicate(fact.name.clone()));
            }
        }
        let mut event_index = BTreeMap::new();
        for (id, event) in (0_u16..).zip(&file.event) {
            if event_index
                .insert(event.name.clone(), EventType(id))
                .is_some()
            {
                return Err(SchemaError::Duplicate(event.name.clone()));
            }
        }
        let happening = (0_u16..).zip(&file.fact).filter(|(_, f)| f.happens);
        Ok(Self {
            happening: happening.map(|(id, _)| FactId(id)).collect(),
            facts: file.fact,
            events: file.event,
            fact_index,
            event_index,
        })
    }

    /// The facts, in the order of their ids.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The event types, in the order of their ids.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Finds a fact by name.
    pub fn find_fact(&self, name: &str) -> Option<FactId> {
        self.fact_index.get(name).copied()
    }

    /// Finds an event type by name.
    pub fn find_event(&self, name: &str) -> Option<EventType> {
        self.event_index.get(name).copied()
    }

    /// The definition of a fact.
    pub fn fact(&self, id: FactId) -> &Fact {
        &self.facts[id.index()]
    }

    /// The definition of an event type.
    pub fn event(&self, id: EventType) -> &Event {
        &self.events[id.index()]
    }

    /// The known name that looks most like `name`, to suggest after a typing error.
    pub fn suggest(&self, name: &str) -> Option<&str> {
        let names = self.facts.iter().map(|f| f.name.as_str());
        closest(
            name,
            names.chain(self.events.iter().map(|e| e.name.as_str())),
        )
    }

    /// What people call a value of a fact.
    pub fn say_value(&self, id: FactId, value: &Value<'_>) -> Text {
        let fact = self.fact(id);
        match value {
            Value::Unknown => Text::new("未知", "unknown"),
            Value::Bool(true) => Text::new("是", "yes"),
            Value::Bool(false) => Text::new("否", "no"),
            Value::Date(date) => Text::new(date.to_string(), date.to_string()),
            Value::Int(fen) if fact.kind == FactType::Money => {
                let yuan = format!("{}.{:02}", fen / 100, (fen % 100).abs());
                Text::new(format!("{yuan} 元"), format!("CNY {yuan}"))
            }
            Value::Int(n) => match &fact.unit {
                Some(unit) => Text::new(format!("{n} {}", unit.zh), format!("{n} {}", unit.en)),
                None => Text::new(n.to_string(), n.to_string()),
            },
            Value::Code(code) => fact
                .codes
                .get(code.as_ref())
                .cloned()
                .unwrap_or_else(|| Text::new(code.as_ref(), code.as_ref())),
        }
    }
}

/// The candidate with the smallest edit distance, when it is near enough to be meant.
pub(crate) fn closest<'n>(
    name: &str,
    candidates: impl Iterator<Item = &'n str>,
) -> Option<&'n str> {
    candidates
        .map(|c| (strsim::levenshtein(name, c), c))
        .min()
        .filter(|(distance, _)| *distance <= 2 + name.len() / 4)
        .map(|(_, c)| c)
}

/// The values of one case, one slot a fact of the schema.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    slots: Vec<Value<'a>>,
}

impl<'a> Facts<'a> {
    /// Nothing known yet.
    pub fn new(schema: &FactSchema) -> Self {
        Self {
            slots: vec![Value::Unknown; schema.facts.len()],
        }
    }

    /// Forgets everything but keeps the memory.
    pub fn clear(&mut self) {
        self.slots.fill(Value::Unknown);
    }

    /// Sets the value of a fact.
    pub fn set(&mut self, id: FactId, value: impl Into<Value<'a>>) {
        self.slots[id.index()] = value.into();
    }

    /// Forgets what had not happened by `as_of` and returns the first day on which one of those
    /// things does happen.
    pub fn hide_after(&mut self, schema: &FactSchema, as_of: NaiveDate) -> Option<NaiveDate> {
        let mut next = None;
        for id in &schema.happening {
            let slot = &mut self.slots[id.index()];
            if let Some(date) = slot.as_date().filter(|d| *d > as_of) {
                *slot = Value::Unknown;
                next = Some(next.map_or(date, |n: NaiveDate| n.min(date)));
            }
        }
        next
    }

    /// The value of a fact.
    pub fn get(&self, id: FactId) -> &Value<'a> {
        &self.slots[id.index()]
    }
}
