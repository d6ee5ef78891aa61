//! Drafts of questionnaires, and what became of them.

use crate::sql::{find, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::rules::{Origin, ProposalState};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A draft.
#[derive(Clone, Debug)]
pub struct DraftRow {
    /// Its id; the version has the same when it is approved.
    pub id: Uuid,
    /// Identity of the questionnaire over versions.
    pub code: String,
    /// Version.
    pub version: i64,
    /// SHA-256 of the text.
    pub hash: String,
    /// The text.
    pub body: String,
    /// Where it stands.
    pub state: ProposalState,
    /// Where it came from.
    pub origin: Origin,
    /// Name of who put it down.
    pub author_name: String,
    /// How often it was changed, for updates.
    pub revision: i64,
    /// When it was put down.
    pub created_at: Instant,
    /// When it was changed last.
    pub updated_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    code: String,
    version: i64,
    hash: String,
    body: String,
    state: String,
    origin: String,
    author_name: String,
    revision: i64,
    created_at: i64,
    updated_at: i64,
}

const SELECT: &str = "SELECT id, code, version, hash, body, state, origin, author_name, revision, created_at, updated_at \
     FROM questionnaire_drafts";

impl TryFrom<Row> for DraftRow {
    type Error = crate::StoreError;

    fn try_from(r: Row) -> Result<Self> {
        Ok(Self {
            id: r.id,
            code: r.code,
            version: r.version,
            hash: r.hash,
            body: r.body,
            state: ProposalState::parse(&r.state)?,
            origin: Origin::parse(&r.origin)?,
            author_name: r.author_name,
            revision: r.revision,
            created_at: instant(r.created_at),
            updated_at: instant(r.updated_at),
        })
    }
}

/// Every draft, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_drafts(db: &impl Reads) -> Result<Vec<DraftRow>> {
    let rows: Vec<Row> = list(db, &format!("{SELECT} ORDER BY id DESC"), Vec::new()).await?;
    rows.into_iter().map(DraftRow::try_from).collect()
}

/// A draft.
///
/// # Errors
/// What the database says.
pub async fn find_draft(db: &impl Reads, id: Uuid) -> Result<Option<DraftRow>> {
    let row: Option<Row> = find(db, &format!("{SELECT} WHERE id = $1"), params![id]).await?;
    row.map(DraftRow::try_from).transpose()
}

/// Adds a draft.
///
/// # Errors
/// [`crate::StoreError::Constraint`] when that version is drafted already.
pub async fn insert_draft(work: &UnitOfWork, d: &DraftRow) -> Result<()> {
    let sql = "INSERT INTO questionnaire_drafts (id, code, version, hash, body, state, origin, author_name, revision, \
               created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)";
    let values = params![
        d.id,
        d.code.as_str(),
        d.version,
        d.hash.as_str(),
        d.body.as_str(),
        d.state.as_str(),
        d.origin.as_str(),
        d.author_name.as_str(),
        d.revision,
        millis(work.now()),
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// Writes a draft anew, whose revision must still be the one that was read.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when somebody else changed it.
pub async fn update_draft(work: &UnitOfWork, d: &DraftRow) -> Result<()> {
    let sql = "UPDATE questionnaire_drafts SET hash = $1, body = $2, state = $3, updated_at = $4, \
               revision = revision + 1 WHERE id = $5 AND revision = $6";
    let values = params![
        d.hash.as_str(),
        d.body.as_str(),
        d.state.as_str(),
        millis(work.now()),
        d.id,
        d.revision,
    ];
    work.execute_one(sql, values).await
}
