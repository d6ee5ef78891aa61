//! Evaluations of rules in use, and what they lead to (B11 七.2: rules are revised after evaluation).

use crate::{App, Error, Result, listing};
use domain::access::{Actor, Permission};
use domain::rules::EvaluationResult;
use domain::time::{self, Instant};
use store::AuditEntry;
use store::rules::{self as rows, EvaluationRow};
use uuid::Uuid;

/// Longest note.
const NOTE_CHARACTERS_MAX: usize = 4_000;

/// An evaluation as it was written down.
#[derive(Clone, Debug, Default)]
pub struct EvaluationForm {
    /// The pack.
    pub pack: String,
    /// The version that was evaluated.
    pub version: i64,
    /// When; today when empty.
    pub evaluated_on: String,
    /// Code of the result.
    pub result: String,
    /// Findings and reasons.
    pub note: String,
}

/// Keeps an evaluation of an approved version.
///
/// # Errors
/// When the actor may not, a field cannot be taken, or there is no such version.
pub async fn record_evaluation(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &EvaluationForm,
) -> Result<Uuid> {
    actor.demand(Permission::RulesReview)?;
    let result = EvaluationResult::parse(&form.result)
        .map_err(|_| Error::invalid("result", "unknown-code"))?;
    let today = time::date_in_china(now);
    let day = listing::date("evaluated_on", &form.evaluated_on)?.unwrap_or(today);
    if day > today {
        return Err(Error::invalid("evaluated_on", "in-future"));
    }
    match form.note.trim().chars().count() {
        0 => return Err(Error::invalid("note", "missing")),
        n if n > NOTE_CHARACTERS_MAX => return Err(Error::invalid("note", "too-long")),
        _ => {}
    }
    let rules = app.rules();
    let known = rules
        .versions()
        .any(|v| v.pack.pack == form.pack && v.pack.version == form.version);
    if !known {
        return Err(Error::NotFound);
    }
    let work = app.store().begin(now).await?;
    let row = EvaluationRow {
        id: work.next_id(),
        pack: form.pack.clone(),
        version: form.version,
        evaluated_on: day,
        result,
        note: form.note.trim().to_owned(),
        actor_name: actor.name.clone(),
    };
    rows::insert_evaluation(&work, &row).await?;
    let detail = serde_json::json!({
        "pack": row.pack, "version": row.version, "result": result.as_str(),
    });
    let entry = AuditEntry::new(actor, "rules.evaluated", "rule_pack", row.id).detail(detail);
    work.commit(entry).await?;
    Ok(row.id)
}

/// Evaluations of a pack, the newest first.
///
/// # Errors
/// When the actor may not read rules.
pub async fn list_evaluations(app: &App, actor: &Actor, pack: &str) -> Result<Vec<EvaluationRow>> {
    actor.demand(Permission::RulesRead)?;
    Ok(rows::list_evaluations(app.store(), pack).await?)
}
