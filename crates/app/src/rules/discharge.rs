//! What a pack wants done to discharge a callback.

use domain::callbacks::{ContactChannel, Discharge, Success};
use domain::obligations::{ObligationKind, Respondent, Sampling};
use rules::{Facts, Finding, NaiveDate, Programme, RuleBook};
use std::collections::BTreeMap;

/// Reads what each callback programme wants done, with the numbers of a day: the position of the
/// programme in the book, and what it wants. A pack that says nonsense there does not load.
///
/// # Errors
/// What is wrong, with the file.
pub fn discharges(book: &RuleBook, on: NaiveDate) -> Result<Vec<(usize, Discharge)>, Vec<Finding>> {
    let (mut discharges, mut findings) = (Vec::new(), Vec::new());
    for (at, programme) in book.programmes().iter().enumerate() {
        let finding = |part: &str, what: String, hint: Option<String>| Finding {
            file: book.pack(programme.pack).file.clone(),
            line: None,
            column: None,
            place: format!("programme {}, {part}", programme.code),
            what,
            hint,
        };
        match ObligationKind::parse(&programme.kind) {
            Ok(ObligationKind::Callback) => {}
            Ok(ObligationKind::Message | ObligationKind::Visit) => continue,
            Err(_) => {
                let what = format!("unknown kind {:?}", programme.kind);
                let known: Vec<_> = ObligationKind::ALL.iter().map(|k| k.as_str()).collect();
                let hint = format!("known: {}", known.join(", "));
                findings.push(finding("kind", what, Some(hint)));
                continue;
            }
        }
        if let Err(what) = sampling(book, programme, on) {
            findings.push(finding("discharge", what, None));
            continue;
        }
        match read_discharge(book, programme, on) {
            Ok(discharge) => discharges.push((at, discharge)),
            Err(what) => findings.push(finding("discharge", what, None)),
        }
    }
    if findings.is_empty() {
        Ok(discharges)
    } else {
        Err(findings)
    }
}

fn read_discharge(
    book: &RuleBook,
    programme: &Programme,
    on: NaiveDate,
) -> Result<Discharge, String> {
    let table = &programme.discharge;
    let text = |key: &str| {
        let value = table.get(key).and_then(toml::Value::as_str);
        value.ok_or(format!("{key} is missing"))
    };
    let flag = |key: &str| table.get(key).and_then(toml::Value::as_bool) == Some(true);
    let list = |key: &str| -> Vec<&str> {
        let values = table.get(key).and_then(toml::Value::as_array);
        values
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_str)
            .collect()
    };
    let number = |key: &str| -> Result<Option<i64>, String> {
        let Some(name) = table.get(key).and_then(toml::Value::as_str) else {
            return Ok(None);
        };
        let id = name
            .strip_prefix("param:")
            .ok_or(format!("{key} must name a parameter"))?;
        parameter(book, programme, id, on).ok_or(format!("{key}: parameter {id} is not known"))
    };
    let channels: Result<Vec<_>, _> = list("channels")
        .iter()
        .map(|c| ContactChannel::parse(c))
        .collect();
    let mut channels = channels.map_err(|e| e.to_string())?;
    let respondents: Result<Vec<_>, _> = list("respondents")
        .iter()
        .map(|r| Respondent::parse(r))
        .collect();
    let success = Success::parse(text("success")?).map_err(|e| e.to_string())?;
    if success == Success::Life && channels.iter().any(|c| c.is_text()) {
        return Err("text messages never satisfy a life compliance programme".into());
    }
    add_electronic(book, on, success, &mut channels);
    let positive = |key: &str| -> Result<u32, String> {
        let n = number(key)?.and_then(|n| u32::try_from(n).ok());
        n.filter(|n| *n > 0)
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
        rounds: positive("rounds")?,
        attempts_per_round: positive("attempts_per_round")?,
        contact_fix: flag("contact_fix"),
        branch_round: flag("branch_round"),
        ticket_due_days: number("ticket_due_days")?.unwrap_or(0),
        warn_before_due_days: number("warn_before_due_days")?
            .or(number("warn_before_due_working_days")?)
            .unwrap_or(0),
        deemed_days: number("deemed_days")?.and_then(|n| u32::try_from(n).ok()),
        promotion_allowed: flag("promotion_allowed"),
        respondent_fixed: flag("respondent_fixed"),
        payout: flag("payout"),
    })
}

/// The programmes that sample their candidates, and how; what is wrong with one keeps its pack out
/// before.
pub(super) fn samplings(book: &RuleBook, on: NaiveDate) -> BTreeMap<String, Sampling> {
    let programmes = book.programmes().iter();
    let found = programmes.filter_map(|p| {
        let sampling = sampling(book, p, on).ok().flatten()?;
        Some((p.code.clone(), sampling))
    });
    found.collect()
}

/// How a programme samples its candidates, if it does.
fn sampling(
    book: &RuleBook,
    programme: &Programme,
    on: NaiveDate,
) -> Result<Option<Sampling>, String> {
    let table = &programme.discharge;
    let Some(name) = table.get("sample_successes") else {
        return Ok(None);
    };
    let id = name.as_str().and_then(|n| n.strip_prefix("param:"));
    let id = id.ok_or("sample_successes must name a parameter")?;
    let value = parameter(book, programme, id, on).flatten();
    let successes = value.and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
    let whole = table.get("sample_whole_months");
    Ok(Some(Sampling {
        successes: successes.ok_or(format!("sample_successes: {id} must be positive"))?,
        whole_months: whole
            .and_then(toml::Value::as_bool)
            .ok_or("sample_whole_months is missing")?,
    }))
}

/// Puts the electronic callback beside the telephone: the national notice of 2020 lets every life
/// callback be electronic, whatever the rule of the programme says of the telephone.
fn add_electronic(
    book: &RuleBook,
    on: NaiveDate,
    success: Success,
    channels: &mut Vec<ContactChannel>,
) {
    let id = "electronic_allowed";
    let facts = Facts::new(book.schema());
    let allowed = book.find_parameter(id).is_some()
        && book.parameter_value(id, &facts, on) == Some(rules::Value::Bool(true));
    if success == Success::Life && allowed && !channels.contains(&ContactChannel::Electronic) {
        let phone = channels.iter().position(|c| *c == ContactChannel::Phone);
        channels.insert(phone.map_or(0, |at| at + 1), ContactChannel::Electronic);
    }
}

/// The value of a parameter on a day for a case inside the programme's own pack. `Some(None)` is a parameter
/// that is set to nothing on purpose.
fn parameter(
    book: &RuleBook,
    programme: &Programme,
    id: &str,
    on: NaiveDate,
) -> Option<Option<i64>> {
    book.find_parameter(id)?;
    let mut facts = Facts::new(book.schema());
    for condition in &book.pack(programme.pack).scope {
        if let rules::pack::Operand::Literals(values) = &condition.operand
            && let Some(first) = values.first()
        {
            facts.set(condition.fact, first.clone());
        }
    }
    // A version that has not begun, or has ended, has the numbers of its own days.
    let span = &book.pack(programme.pack).in_force;
    let on = span.until.map_or(on, |until| on.min(until));
    let on = span.from.map_or(on, |from| on.max(from));
    Some(
        book.parameter_value(id, &facts, on)
            .and_then(|v| v.as_int()),
    )
}
