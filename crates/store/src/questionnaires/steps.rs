//! The steps in the life of versions of questionnaires. They are only ever added.

use crate::audit::AuditActor;
use crate::sql::{instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::ids::UserId;
use domain::questionnaires::ScriptStep;
use domain::rules::Person;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A step.
#[derive(Clone, Debug)]
pub struct ScriptStepRow {
    /// The version.
    pub version_id: Uuid,
    /// When.
    pub at: Instant,
    /// Who.
    pub by: Person,
    /// What.
    pub step: ScriptStep,
    /// SHA-256 of the text at that time.
    pub hash: String,
    /// Why.
    pub reason: Option<String>,
    /// First day of an approved version, last day of an ended one.
    pub day: Option<NaiveDate>,
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
    day: Option<NaiveDate>,
}

/// The steps of a version, in order.
///
/// # Errors
/// What the database says.
pub async fn list_steps(db: &impl Reads, version_id: Uuid) -> Result<Vec<ScriptStepRow>> {
    let sql = "SELECT version_id, at, actor_id, actor_name, step, hash, reason, day FROM questionnaire_steps \
               WHERE version_id = $1 ORDER BY at, id";
    let rows: Vec<Row> = list(db, sql, params![version_id]).await?;
    let step = |r: Row| {
        Ok(ScriptStepRow {
            version_id: r.version_id,
            at: instant(r.at),
            by: Person {
                user: r.actor_id.map(UserId),
                name: r.actor_name,
            },
            step: ScriptStep::parse(&r.step)?,
            hash: r.hash,
            reason: r.reason,
            day: r.day,
        })
    };
    rows.into_iter().map(step).collect()
}

#[derive(FromQueryResult)]
struct HashRow {
    hash: String,
}

/// Hashes of the texts that the program brought, ever.
///
/// # Errors
/// What the database says.
pub async fn list_shipped_hashes(db: &impl Reads) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT hash FROM questionnaire_steps WHERE step = 'shipped' ORDER BY hash";
    let rows: Vec<HashRow> = list(db, sql, Vec::new()).await?;
    Ok(rows.into_iter().map(|r| r.hash).collect())
}

/// Adds a step. Its moment is that of the unit of work.
///
/// # Errors
/// What the database says.
pub async fn insert_step(
    work: &UnitOfWork,
    actor: &AuditActor,
    step: &ScriptStepRow,
) -> Result<()> {
    let user = actor.id.filter(|_| actor.kind == "user");
    let sql = "INSERT INTO questionnaire_steps (id, version_id, at, actor_id, actor_name, step, hash, reason, day) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = params![
        work.next_id(),
        step.version_id,
        millis(work.now()),
        user,
        actor.name.as_str(),
        step.step.as_str(),
        step.hash.as_str(),
        step.reason.as_deref(),
        step.day,
    ];
    work.execute(sql, values).await.map(|_| ())
}
