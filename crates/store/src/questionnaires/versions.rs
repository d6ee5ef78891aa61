//! Questionnaires as they were loaded: a version used by a record is never changed.

use crate::sql::{count, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A questionnaire as it is stored.
#[derive(Clone, Debug)]
pub struct StoredQuestionnaire {
    /// Its id.
    pub id: Uuid,
    /// Identity over versions.
    pub code: String,
    /// Version.
    pub version: i64,
    /// SHA-256 of the text.
    pub hash: String,
    /// First day on which it is used.
    pub effective_from: NaiveDate,
    /// Last day on which it is used, where one was set.
    pub effective_until: Option<NaiveDate>,
    /// The text.
    pub body: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    code: String,
    version: i64,
    hash: String,
    effective_from: NaiveDate,
    effective_until: Option<NaiveDate>,
    body: String,
}

/// All questionnaires, by code and version. Wording is the same for everyone.
///
/// # Errors
/// What the database says.
pub async fn load_questionnaires(db: &impl Reads) -> Result<Vec<StoredQuestionnaire>> {
    let sql = "SELECT id, code, version, hash, effective_from, effective_until, body FROM questionnaires \
               ORDER BY code, version";
    let rows: Vec<Row> = list(db, sql, Vec::new()).await?;
    Ok(rows
        .into_iter()
        .map(|r| StoredQuestionnaire {
            id: r.id,
            code: r.code,
            version: r.version,
            hash: r.hash,
            effective_from: r.effective_from,
            effective_until: r.effective_until,
            body: r.body,
        })
        .collect())
}

/// Adds a version of a questionnaire.
///
/// # Errors
/// When that version exists already.
pub async fn insert_questionnaire(
    work: &UnitOfWork,
    questionnaire: &StoredQuestionnaire,
) -> Result<()> {
    let sql = "INSERT INTO questionnaires (id, code, version, hash, effective_from, effective_until, body, \
               loaded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        questionnaire.id,
        questionnaire.code.as_str(),
        questionnaire.version,
        questionnaire.hash.as_str(),
        questionnaire.effective_from,
        questionnaire.effective_until,
        questionnaire.body.as_str(),
        millis(work.now()),
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// Sets the last day of a version.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when there is no such version.
pub async fn end_questionnaire(work: &UnitOfWork, id: Uuid, until: NaiveDate) -> Result<()> {
    let sql = "UPDATE questionnaires SET effective_until = $1 WHERE id = $2";
    work.execute_one(sql, params![until, id]).await
}

/// How many attempts were made with a version, over the whole company.
///
/// # Errors
/// What the database says.
pub async fn count_attempts(db: &impl Reads, id: Uuid) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM attempts WHERE questionnaire_id = $1";
    count(db, sql, params![id]).await
}
