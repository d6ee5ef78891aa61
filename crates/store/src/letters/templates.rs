//! Versions of letter templates. Their words are the same for everybody.

use crate::sql::{find, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::ids::UserId;
use domain::letters::{LetterKind, TemplateState};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A version of a template.
#[derive(Clone, Debug)]
pub struct TemplateRow {
    /// Its id.
    pub id: Uuid,
    /// The kind of letter.
    pub kind: LetterKind,
    /// Version.
    pub version: i64,
    /// How far it is.
    pub state: TemplateState,
    /// First day on which it is used.
    pub effective_from: NaiveDate,
    /// Its words as JSON.
    pub words: String,
    /// Who wrote it; nobody for the shipped ones.
    pub written_by: Option<UserId>,
    /// Their name.
    pub written_by_name: String,
    /// Name of who decided.
    pub decided_by_name: Option<String>,
    /// When.
    pub decided_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    kind: String,
    version: i64,
    state: String,
    effective_from: NaiveDate,
    words: String,
    written_by: Option<Uuid>,
    written_by_name: String,
    decided_by_name: Option<String>,
    decided_at: Option<i64>,
}

impl TryFrom<Row> for TemplateRow {
    type Error = crate::StoreError;

    fn try_from(r: Row) -> Result<Self> {
        Ok(Self {
            id: r.id,
            kind: LetterKind::parse(&r.kind)?,
            version: r.version,
            state: TemplateState::parse(&r.state)?,
            effective_from: r.effective_from,
            words: r.words,
            written_by: r.written_by.map(UserId),
            written_by_name: r.written_by_name,
            decided_by_name: r.decided_by_name,
            decided_at: r.decided_at.map(instant),
        })
    }
}

const SELECT: &str = "SELECT id, kind, version, state, effective_from, words, written_by, written_by_name, \
     decided_by_name, decided_at FROM letter_templates";

/// Every version, by kind, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_templates(db: &impl Reads) -> Result<Vec<TemplateRow>> {
    let sql = format!("{SELECT} ORDER BY kind, version DESC LIMIT 1000");
    let rows: Vec<Row> = list(db, &sql, Vec::new()).await?;
    rows.into_iter().map(TemplateRow::try_from).collect()
}

/// A version.
///
/// # Errors
/// What the database says.
pub async fn find_template(db: &impl Reads, id: Uuid) -> Result<Option<TemplateRow>> {
    let sql = format!("{SELECT} WHERE id = $1");
    let row: Option<Row> = find(db, &sql, params![id]).await?;
    row.map(TemplateRow::try_from).transpose()
}

/// A version to keep.
#[derive(Clone, Copy, Debug)]
pub struct NewTemplate<'n> {
    /// The kind of letter.
    pub kind: LetterKind,
    /// Version.
    pub version: i64,
    /// How far it is: shipped ones are approved.
    pub state: TemplateState,
    /// First day on which it is used.
    pub effective_from: NaiveDate,
    /// Its words as JSON.
    pub words: &'n str,
    /// Who wrote it.
    pub written_by: Option<UserId>,
    /// Their name.
    pub written_by_name: &'n str,
}

/// Keeps a version.
///
/// # Errors
/// When that version exists already.
pub async fn insert_template(work: &UnitOfWork, new: &NewTemplate<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO letter_templates (id, kind, version, state, effective_from, words, written_by, \
               written_by_name, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = params![
        id,
        new.kind.as_str(),
        new.version,
        new.state.as_str(),
        new.effective_from,
        new.words,
        new.written_by.map(|u| u.0),
        new.written_by_name,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Approves a draft or turns it down.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when somebody decided already.
pub async fn decide_template(
    work: &UnitOfWork,
    id: Uuid,
    to: TemplateState,
    by: UserId,
    name: &str,
) -> Result<()> {
    let sql = "UPDATE letter_templates SET state = $1, decided_by = $2, decided_by_name = $3, decided_at = $4 \
               WHERE id = $5 AND state = 'draft'";
    let values = params![to.as_str(), by.0, name, millis(work.now()), id];
    work.execute_one(sql, values).await
}
