//! Evaluations of rules, and previews of what a proposed version would change.

use crate::sql::{find, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::OrgPath;
use domain::rules::EvaluationResult;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// An evaluation of a rule in use.
#[derive(Clone, Debug)]
pub struct EvaluationRow {
    /// Its id.
    pub id: Uuid,
    /// The pack.
    pub pack: String,
    /// The version that was evaluated.
    pub version: i64,
    /// When.
    pub evaluated_on: NaiveDate,
    /// What came of it.
    pub result: EvaluationResult,
    /// Findings and reasons.
    pub note: String,
    /// Who recorded it.
    pub actor_name: String,
}

#[derive(FromQueryResult)]
struct Evaluation {
    id: Uuid,
    pack: String,
    version: i64,
    evaluated_on: NaiveDate,
    result: String,
    note: String,
    actor_name: String,
}

/// Evaluations of a pack, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_evaluations(db: &impl Reads, pack: &str) -> Result<Vec<EvaluationRow>> {
    let sql = "SELECT id, pack, version, evaluated_on, result, note, actor_name FROM rule_evaluations \
               WHERE pack = $1 ORDER BY id DESC";
    let rows: Vec<Evaluation> = list(db, sql, params![pack]).await?;
    let evaluation = |r: Evaluation| {
        Ok(EvaluationRow {
            id: r.id,
            pack: r.pack,
            version: r.version,
            evaluated_on: r.evaluated_on,
            result: EvaluationResult::parse(&r.result)?,
            note: r.note,
            actor_name: r.actor_name,
        })
    };
    rows.into_iter().map(evaluation).collect()
}

/// Adds an evaluation.
///
/// # Errors
/// What the database says.
pub async fn insert_evaluation(work: &UnitOfWork, e: &EvaluationRow) -> Result<()> {
    let sql = "INSERT INTO rule_evaluations (id, pack, version, evaluated_on, result, note, actor_name, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        e.id,
        e.pack.as_str(),
        e.version,
        e.evaluated_on,
        e.result.as_str(),
        e.note.as_str(),
        e.actor_name.as_str(),
        millis(work.now()),
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// A preview of what a proposed version would change.
#[derive(Clone, Debug)]
pub struct DiffRow {
    /// Its id.
    pub id: Uuid,
    /// The proposed version.
    pub proposal: Uuid,
    /// SHA-256 of the text that was compared.
    pub hash: String,
    /// The unit whose obligations were compared.
    pub scope: OrgPath,
    /// Until which day things were looked at.
    pub as_of: NaiveDate,
    /// The first day that was assumed.
    pub effective_from: NaiveDate,
    /// Whether open obligations were assumed to move.
    pub redate_open: bool,
    /// The result as JSON.
    pub body: String,
    /// Who asked.
    pub actor_name: String,
    /// When.
    pub made_at: Instant,
}

#[derive(FromQueryResult)]
struct Diff {
    id: Uuid,
    proposal_id: Uuid,
    hash: String,
    scope_path: String,
    as_of: NaiveDate,
    effective_from: NaiveDate,
    redate_open: bool,
    body: String,
    actor_name: String,
    made_at: i64,
}

const DIFFS: &str = "SELECT id, proposal_id, hash, scope_path, as_of, effective_from, redate_open, body, actor_name, \
     made_at FROM rule_diffs";

/// A preview.
///
/// # Errors
/// What the database says.
pub async fn find_diff(db: &impl Reads, id: Uuid) -> Result<Option<DiffRow>> {
    let sql = format!("{DIFFS} WHERE id = $1");
    let row: Option<Diff> = find(db, &sql, params![id]).await?;
    Ok(row.map(diff_row))
}

/// The latest preview of a text.
///
/// # Errors
/// What the database says.
pub async fn find_latest_diff(
    db: &impl Reads,
    proposal: Uuid,
    hash: &str,
) -> Result<Option<DiffRow>> {
    let sql = format!("{DIFFS} WHERE proposal_id = $1 AND hash = $2 ORDER BY id DESC LIMIT 1");
    let row: Option<Diff> = find(db, &sql, params![proposal, hash]).await?;
    Ok(row.map(diff_row))
}

fn diff_row(r: Diff) -> DiffRow {
    DiffRow {
        id: r.id,
        proposal: r.proposal_id,
        hash: r.hash,
        scope: OrgPath::from_stored(r.scope_path),
        as_of: r.as_of,
        effective_from: r.effective_from,
        redate_open: r.redate_open,
        body: r.body,
        actor_name: r.actor_name,
        made_at: instant(r.made_at),
    }
}

/// Adds a preview.
///
/// # Errors
/// What the database says.
pub async fn insert_diff(work: &UnitOfWork, d: &DiffRow) -> Result<()> {
    let sql = "INSERT INTO rule_diffs (id, proposal_id, hash, scope_path, as_of, effective_from, redate_open, body, \
               actor_name, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = params![
        d.id,
        d.proposal,
        d.hash.as_str(),
        d.scope.as_str(),
        d.as_of,
        d.effective_from,
        d.redate_open,
        d.body.as_str(),
        d.actor_name.as_str(),
        millis(work.now()),
    ];
    work.execute(sql, values).await.map(|_| ())
}
