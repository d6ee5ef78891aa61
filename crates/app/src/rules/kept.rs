//! The facts of a decision as they are kept with it, so that it can be replayed.

use chrono::NaiveDate;
use rules::facts::{FactId, FactType};
use rules::{FactSchema, Facts, Value};
use std::borrow::Cow;

/// The facts that a decision rests on, as JSON: enough to replay it years later.
pub(crate) fn snapshot(schema: &FactSchema, used: &[FactId], facts: &Facts<'_>) -> String {
    use std::fmt::Write as _;
    let mut json = String::with_capacity(256);
    json.push('{');
    for id in used {
        let value = facts.get(*id);
        if value.is_unknown() {
            continue;
        }
        if json.len() > 1 {
            json.push(',');
        }
        let _ = write!(json, "\"{}\":", schema.fact(*id).name);
        match value {
            Value::Unknown => {}
            Value::Bool(b) => json.push_str(if *b { "true" } else { "false" }),
            Value::Int(n) => {
                let _ = write!(json, "{n}");
            }
            Value::Date(d) => push_date(&mut json, *d),
            Value::Code(c) => json.push_str(&quoted(c)),
        }
    }
    json.push('}');
    json
}

fn push_date(json: &mut String, date: NaiveDate) {
    use std::fmt::Write as _;
    let _ = write!(json, "\"{date}\"");
}

/// Codes are plain; free text is escaped by the library.
fn quoted(text: &str) -> Cow<'_, str> {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    if plain {
        Cow::Owned(format!("\"{text}\""))
    } else {
        Cow::Owned(serde_json::Value::from(text).to_string())
    }
}

/// Facts from a snapshot; names that the schema does not know any more are passed over.
pub(crate) fn restore(schema: &FactSchema, json: &str) -> Result<Facts<'static>, String> {
    let values: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(json).map_err(|e| e.to_string())?;
    let mut facts = Facts::new(schema);
    for (name, value) in values {
        let Some(id) = schema.find_fact(&name) else {
            continue;
        };
        let value = match (schema.fact(id).kind, value) {
            (FactType::Bool, serde_json::Value::Bool(b)) => Value::Bool(b),
            (FactType::Int | FactType::Money, serde_json::Value::Number(n)) => {
                Value::from(n.as_i64())
            }
            (FactType::Date, serde_json::Value::String(s)) => {
                Value::from(s.parse::<NaiveDate>().ok())
            }
            (FactType::Code, serde_json::Value::String(s)) => Value::code(s),
            _ => Value::Unknown,
        };
        facts.set(id, value);
    }
    Ok(facts)
}
