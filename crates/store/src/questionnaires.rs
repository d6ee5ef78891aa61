//! Questionnaires as they were loaded: a version used by a record is never changed.

use crate::sql::{list, millis, params};
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
    body: String,
}

/// All questionnaires, by code and version. Wording is the same for everyone.
///
/// # Errors
/// What the database says.
pub async fn load_questionnaires(db: &impl Reads) -> Result<Vec<StoredQuestionnaire>> {
    let sql = "SELECT id, code, version, hash, effective_from, body FROM questionnaires ORDER BY code, version";
    let rows: Vec<Row> = list(db, sql, Vec::new()).await?;
    Ok(rows
        .into_iter()
        .map(|r| StoredQuestionnaire {
            id: r.id,
            code: r.code,
            version: r.version,
            hash: r.hash,
            effective_from: r.effective_from,
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
    let sql = "INSERT INTO questionnaires (id, code, version, hash, effective_from, body, loaded_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = params![
        questionnaire.id,
        questionnaire.code.as_str(),
        questionnaire.version,
        questionnaire.hash.as_str(),
        questionnaire.effective_from,
        questionnaire.body.as_str(),
        millis(work.now()),
    ];
    work.execute(sql, values).await.map(|_| ())
}
