//! What a pack wants done to discharge a callback.

use crate::{Error, Result};
use domain::callbacks::{ContactChannel, Discharge, Success};
use domain::obligations::Respondent;
use rules::{Facts, NaiveDate, Programme, RuleBook};
use std::collections::HashMap;

/// Reads what each callback programme wants done; a pack that says nonsense there does not load.
pub fn discharges(book: &RuleBook) -> Result<HashMap<String, Discharge>> {
    let mut discharges = HashMap::new();
    for programme in book.programmes().iter().filter(|p| p.kind == "callback") {
        let discharge = read_discharge(book, programme).map_err(|what| {
            Error::Fault(format!("programme {}: discharge: {what}", programme.code))
        })?;
        discharges.insert(programme.code.clone(), discharge);
    }
    Ok(discharges)
}

fn read_discharge(
    book: &RuleBook,
    programme: &Programme,
) -> std::result::Result<Discharge, String> {
    let table = &programme.discharge;
    let text = |key: &str| {
        table
            .get(key)
            .and_then(toml::Value::as_str)
            .ok_or(format!("{key} is missing"))
    };
    let flag = |key: &str| {
        table
            .get(key)
            .and_then(toml::Value::as_bool)
            .unwrap_or(false)
    };
    let list = |key: &str| -> Vec<&str> {
        let values = table.get(key).and_then(toml::Value::as_array);
        values
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_str)
            .collect()
    };
    let number = |key: &str| -> std::result::Result<Option<i64>, String> {
        let Some(name) = table.get(key).and_then(toml::Value::as_str) else {
            return Ok(None);
        };
        let id = name
            .strip_prefix("param:")
            .ok_or(format!("{key} must name a parameter"))?;
        parameter(book, programme, id).ok_or(format!("{key}: parameter {id} is not known"))
    };
    let channels: std::result::Result<Vec<_>, _> = list("channels")
        .iter()
        .map(|c| ContactChannel::parse(c))
        .collect();
    let channels = channels.map_err(|e| e.to_string())?;
    let respondents: std::result::Result<Vec<_>, _> = list("respondents")
        .iter()
        .map(|r| Respondent::parse(r))
        .collect();
    let success = Success::parse(text("success")?).map_err(|e| e.to_string())?;
    if success == Success::Life && channels.iter().any(|c| c.is_text()) {
        return Err("text messages never satisfy a life compliance programme".into());
    }
    let positive = |key: &str, n: Option<i64>| -> std::result::Result<u32, String> {
        n.and_then(|n| u32::try_from(n).ok())
            .filter(|n| *n > 0)
            .ok_or(format!("{key} must be positive"))
    };
    Ok(Discharge {
        questionnaire: text("questionnaire")?.to_owned(),
        channels,
        respondents: respondents.map_err(|e| e.to_string())?,
        proxy_allowed: flag("proxy_allowed"),
        success,
        recording_required: flag("recording_required"),
        bars_salesperson: list("barred").contains(&"policy_salesperson"),
        rounds: positive("rounds", number("rounds")?)?,
        attempts_per_round: positive("attempts_per_round", number("attempts_per_round")?)?,
        contact_fix: flag("contact_fix"),
        branch_round: flag("branch_round"),
        ticket_due_days: number("ticket_due_days")?.unwrap_or(0),
        warn_before_due_days: number("warn_before_due_days")?
            .or(number("warn_before_due_working_days")?)
            .unwrap_or(0),
        deemed_days: number("deemed_days")?.and_then(|n| u32::try_from(n).ok()),
        promotion_allowed: flag("promotion_allowed"),
    })
}

/// The value of a parameter for a case inside the programme's own pack. `Some(None)` is a parameter
/// that is set to nothing on purpose.
fn parameter(book: &RuleBook, programme: &Programme, id: &str) -> Option<Option<i64>> {
    book.find_parameter(id)?;
    let mut facts = Facts::new(book.schema());
    for condition in &book.pack(programme.pack).scope {
        if let rules::pack::Operand::Literals(values) = &condition.operand
            && let Some(first) = values.first()
        {
            facts.set(condition.fact, first.clone());
        }
    }
    let far = NaiveDate::from_ymd_opt(2100, 1, 1).unwrap_or(NaiveDate::MAX);
    let on = book.pack(programme.pack).in_force.until.unwrap_or(far);
    Some(
        book.parameter_value(id, &facts, on)
            .and_then(|v| v.as_int()),
    )
}
