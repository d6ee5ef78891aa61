//! The steps in the life of versions. They are only ever added. A step that changes which rules
//! count bears the number of the set of rules that begins with it, its *generation*.

use crate::audit::AuditActor;
use crate::sql::{count, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::ids::UserId;
use domain::rules::{Person, RuleStep};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A step.
#[derive(Clone, Debug)]
pub struct StepRow {
    /// The version.
    pub version_id: Uuid,
    /// When.
    pub at: Instant,
    /// Who.
    pub by: Person,
    /// What.
    pub step: RuleStep,
    /// SHA-256 of the text at that time.
    pub hash: String,
    /// Why.
    pub reason: Option<String>,
    /// First day of the version.
    pub effective_from: Option<NaiveDate>,
    /// Whether open obligations that nobody has begun move to it.
    pub redate_open: Option<bool>,
    /// Number of the set of rules that begins with it.
    pub generation: Option<i64>,
}

#[derive(FromQueryResult)]
struct Row {
    version_id: Uuid,
    at: i64,
    actor_id: Option<Uuid>,
    actor_name: String,
    step: String,
    hash: String,
    reason: Option<String>,
    effective_from: Option<NaiveDate>,
    redate_open: Option<bool>,
    generation: Option<i64>,
}

const SELECT: &str = "SELECT version_id, at, actor_id, actor_name, step, hash, reason, effective_from, redate_open, \
     generation FROM rule_steps";

fn steps(rows: Vec<Row>) -> Result<Vec<StepRow>> {
    let step = |r: Row| {
        Ok(StepRow {
            version_id: r.version_id,
            at: instant(r.at),
            by: Person {
                user: r.actor_id.map(UserId),
                name: r.actor_name,
            },
            step: RuleStep::parse(&r.step)?,
            hash: r.hash,
            reason: r.reason,
            effective_from: r.effective_from,
            redate_open: r.redate_open,
            generation: r.generation,
        })
    };
    rows.into_iter().map(step).collect()
}

/// The steps of a version, in order.
///
/// # Errors
/// What the database says.
pub async fn list_steps(db: &impl Reads, version_id: Uuid) -> Result<Vec<StepRow>> {
    let sql = format!("{SELECT} WHERE version_id = $1 ORDER BY at, id");
    steps(list(db, &sql, params![version_id]).await?)
}

/// The steps that changed which rules count, in order.
///
/// # Errors
/// What the database says.
pub async fn list_activations(db: &impl Reads) -> Result<Vec<StepRow>> {
    let sql = format!("{SELECT} WHERE generation IS NOT NULL ORDER BY generation, id");
    steps(list(db, &sql, Vec::new()).await?)
}

/// Number of the latest set of rules; 0 when there is none yet.
///
/// # Errors
/// What the database says.
pub async fn latest_generation(db: &impl Reads) -> Result<i64> {
    count(
        db,
        "SELECT COALESCE(MAX(generation), 0) AS n FROM rule_steps",
        Vec::new(),
    )
    .await
}

/// Adds a step. Its moment is that of the unit of work.
///
/// # Errors
/// [`crate::StoreError::Constraint`] when another approval took the generation.
pub async fn insert_step(work: &UnitOfWork, actor: &AuditActor, step: &StepRow) -> Result<()> {
    let user = actor.id.filter(|_| actor.kind == "user");
    let sql = "INSERT INTO rule_steps (id, version_id, at, actor_id, actor_name, step, hash, reason, effective_from, \
               redate_open, generation) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let values = params![
        work.next_id(),
        step.version_id,
        millis(work.now()),
        user,
        actor.name.as_str(),
        step.step.as_str(),
        step.hash.as_str(),
        step.reason.as_deref(),
        step.effective_from,
        step.redate_open,
        step.generation,
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// Moves open obligations that nobody has begun to a set of rules; says how many.
///
/// # Errors
/// What the database says.
pub async fn move_open_obligations(work: &UnitOfWork, generation: i64) -> Result<u64> {
    let sql = format!(
        "UPDATE obligations SET rules_generation = $1 WHERE status = 'open' AND NOT {}",
        crate::obligations::HAS_BEGUN
    );
    work.execute(&sql, params![generation]).await
}
