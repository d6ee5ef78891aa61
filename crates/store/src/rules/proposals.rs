//! Proposed versions of packs: drafts, and what became of them.

use crate::sql::{find, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::rules::{Origin, ProposalState};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A proposed version.
#[derive(Clone, Debug)]
pub struct ProposalRow {
    /// Its id; the version has the same when it is approved.
    pub id: Uuid,
    /// Identity of the pack over versions.
    pub pack: String,
    /// Version.
    pub version: i64,
    /// SHA-256 of the text.
    pub hash: String,
    /// Name of the file.
    pub file: String,
    /// The text.
    pub body: String,
    /// Where it stands.
    pub state: ProposalState,
    /// Where it came from.
    pub origin: Origin,
    /// The evaluation that asked for it.
    pub evaluation: Option<Uuid>,
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
    pack: String,
    version: i64,
    hash: String,
    file: String,
    body: String,
    state: String,
    origin: String,
    evaluation_id: Option<Uuid>,
    author_name: String,
    revision: i64,
    created_at: i64,
    updated_at: i64,
}

const SELECT: &str = "SELECT id, pack, version, hash, file, body, state, origin, evaluation_id, author_name, revision, \
     created_at, updated_at FROM rule_proposals";

impl TryFrom<Row> for ProposalRow {
    type Error = crate::StoreError;

    fn try_from(r: Row) -> Result<Self> {
        Ok(Self {
            id: r.id,
            pack: r.pack,
            version: r.version,
            hash: r.hash,
            file: r.file,
            body: r.body,
            state: ProposalState::parse(&r.state)?,
            origin: Origin::parse(&r.origin)?,
            evaluation: r.evaluation_id,
            author_name: r.author_name,
            revision: r.revision,
            created_at: instant(r.created_at),
            updated_at: instant(r.updated_at),
        })
    }
}

/// Every proposed version, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_proposals(db: &impl Reads) -> Result<Vec<ProposalRow>> {
    let rows: Vec<Row> = list(db, &format!("{SELECT} ORDER BY id DESC"), Vec::new()).await?;
    rows.into_iter().map(ProposalRow::try_from).collect()
}

/// A proposed version.
///
/// # Errors
/// What the database says.
pub async fn find_proposal(db: &impl Reads, id: Uuid) -> Result<Option<ProposalRow>> {
    let row: Option<Row> = find(db, &format!("{SELECT} WHERE id = $1"), params![id]).await?;
    row.map(ProposalRow::try_from).transpose()
}

/// Adds a proposed version.
///
/// # Errors
/// [`crate::StoreError::Constraint`] when that version is proposed already.
pub async fn insert_proposal(work: &UnitOfWork, p: &ProposalRow) -> Result<()> {
    let sql = "INSERT INTO rule_proposals (id, pack, version, hash, file, body, state, origin, evaluation_id, \
               author_name, revision, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)";
    let values = params![
        p.id,
        p.pack.as_str(),
        p.version,
        p.hash.as_str(),
        p.file.as_str(),
        p.body.as_str(),
        p.state.as_str(),
        p.origin.as_str(),
        p.evaluation,
        p.author_name.as_str(),
        p.revision,
        millis(work.now()),
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// Writes a proposed version anew, whose revision must still be the one that was read.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when somebody else changed it.
pub async fn update_proposal(work: &UnitOfWork, p: &ProposalRow) -> Result<()> {
    let sql = "UPDATE rule_proposals SET version = $1, hash = $2, body = $3, state = $4, updated_at = $5, \
               revision = revision + 1 WHERE id = $6 AND revision = $7";
    let values = params![
        p.version,
        p.hash.as_str(),
        p.body.as_str(),
        p.state.as_str(),
        millis(work.now()),
        p.id,
        p.revision,
    ];
    work.execute_one(sql, values).await
}
