//! What the packs say about facts of a customer: which are mandatory, which wait for a second person,
//! which are confirmed again after a claim. The only place that asks.

use crate::rules::Rules;
use chrono::NaiveDate;
use domain::customers::{CustomerField, CustomerKind};
use domain::information::Demand;
use domain::policies::{EventType, Line};
use rules::{Facts, Value};

/// The rules for the facts of one customer on a day.
pub struct Demands<'r> {
    rules: &'r Rules,
    kind: CustomerKind,
    lines: Vec<Line>,
    on: NaiveDate,
}

impl std::fmt::Debug for Demands<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Demands({} on {})", self.kind, self.on)
    }
}

impl<'r> Demands<'r> {
    /// The rules for a customer who holds policies of some lines.
    pub fn new(rules: &'r Rules, kind: CustomerKind, lines: Vec<Line>, on: NaiveDate) -> Self {
        Self {
            rules,
            kind,
            lines,
            on,
        }
    }

    fn ask(
        &self,
        id: &str,
        field: Option<CustomerField>,
        more: &[(&str, Value<'static>)],
    ) -> Option<Value<'static>> {
        let book = self.rules.book();
        let schema = book.schema();
        let mut facts = Facts::new(schema);
        let mut set = |name: &str, value: Value<'static>| {
            if let Some(fact) = schema.find_fact(name) {
                facts.set(fact, value);
            }
        };
        set("customer.kind", Value::code(self.kind.as_str()));
        set(
            "information.holds_policy",
            Value::Bool(!self.lines.is_empty()),
        );
        if let Some(field) = field {
            set("information.field", Value::code(field.as_str()));
        }
        for (name, value) in more {
            set(name, value.clone());
        }
        let value = book.parameter_value(id, &facts, self.on)?;
        (!value.is_unknown()).then_some(value)
    }

    /// How much a fact is demanded of the customer: the most that any line of business asks.
    pub fn of(&self, field: CustomerField) -> Demand {
        let level = |line: Option<Line>| {
            let line = line.map(|l| ("information.line", Value::code(l.as_str())));
            let found = self.ask("information_demand", Some(field), line.as_slice());
            found.and_then(|v| v.as_int()).unwrap_or(0)
        };
        let levels = self.lines.iter().map(|l| level(Some(*l)));
        Demand::from_level(levels.max().unwrap_or_else(|| level(None)))
    }

    /// Whether a change of a fact waits for a second person. Where no pack speaks, it does.
    pub fn needs_approval(&self, field: CustomerField, is_identified: bool) -> bool {
        let identified = [("information.identified", Value::Bool(is_identified))];
        let found = self.ask("information_approval", Some(field), &identified);
        found.and_then(|v| v.as_int()) != Some(0)
    }

    /// The facts that are confirmed again after a claim or the like (CUS-13); nobody is asked who holds no policy.
    pub fn confirmed_after_events(&self) -> Vec<CustomerField> {
        let says = |field: &CustomerField| {
            let found = self.ask("information_after_event", Some(*field), &[]);
            matches!(found, Some(Value::Bool(true)))
        };
        let entered = CustomerField::ALL.iter().copied();
        entered.filter(|f| f.is_entered()).filter(says).collect()
    }
}

/// After which events the file of a customer is completed, on a day.
pub fn events_to_follow(rules: &Rules, on: NaiveDate) -> Vec<EventType> {
    let book = rules.book();
    let schema = book.schema();
    let says = |event: &EventType| {
        let mut facts = Facts::new(schema);
        if let Some(fact) = schema.find_fact("information.event") {
            facts.set(fact, Value::code(event.as_str()));
        }
        let found = book.parameter_value("information_event", &facts, on);
        matches!(found, Some(Value::Bool(true)))
    };
    EventType::ALL.iter().copied().filter(says).collect()
}
