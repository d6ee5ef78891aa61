//! The glossary: technical terms with what to tell the customer, shared by all questionnaires.

use crate::sql::{find, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::questionnaires::Words;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A term.
#[derive(Clone, Debug)]
pub struct TermRow {
    /// Its id.
    pub id: Uuid,
    /// The term.
    pub term: Words,
    /// What to tell the customer.
    pub plain: Words,
    /// It is shown no more.
    pub retired: bool,
    /// How often it was changed, for updates.
    pub revision: i64,
    /// Who wrote it last.
    pub author_name: String,
    /// When it was changed last.
    pub updated_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    term_zh: String,
    term_en: String,
    plain_zh: String,
    plain_en: String,
    retired: bool,
    revision: i64,
    author_name: String,
    updated_at: i64,
}

impl From<Row> for TermRow {
    fn from(r: Row) -> Self {
        Self {
            id: r.id,
            term: Words {
                zh: r.term_zh,
                en: r.term_en,
            },
            plain: Words {
                zh: r.plain_zh,
                en: r.plain_en,
            },
            retired: r.retired,
            revision: r.revision,
            author_name: r.author_name,
            updated_at: instant(r.updated_at),
        }
    }
}

const SELECT: &str = "SELECT id, term_zh, term_en, plain_zh, plain_en, retired, revision, author_name, updated_at \
     FROM glossary_terms";

/// Every term, by its Chinese name.
///
/// # Errors
/// What the database says.
pub async fn list_terms(db: &impl Reads) -> Result<Vec<TermRow>> {
    let rows: Vec<Row> = list(db, &format!("{SELECT} ORDER BY term_zh, id"), Vec::new()).await?;
    Ok(rows.into_iter().map(TermRow::from).collect())
}

/// A term.
///
/// # Errors
/// What the database says.
pub async fn find_term(db: &impl Reads, id: Uuid) -> Result<Option<TermRow>> {
    let row: Option<Row> = find(db, &format!("{SELECT} WHERE id = $1"), params![id]).await?;
    Ok(row.map(TermRow::from))
}

/// Adds a term.
///
/// # Errors
/// [`crate::StoreError::Constraint`] when the term is there already.
pub async fn insert_term(work: &UnitOfWork, t: &TermRow) -> Result<()> {
    let sql = "INSERT INTO glossary_terms (id, term_zh, term_en, plain_zh, plain_en, retired, revision, author_name, \
               updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = params![
        t.id,
        t.term.zh.as_str(),
        t.term.en.as_str(),
        t.plain.zh.as_str(),
        t.plain.en.as_str(),
        t.retired,
        t.revision,
        t.author_name.as_str(),
        millis(work.now()),
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// Writes a term anew, whose revision must still be the one that was read.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when somebody else changed it.
pub async fn update_term(work: &UnitOfWork, t: &TermRow) -> Result<()> {
    let sql = "UPDATE glossary_terms SET term_en = $1, plain_zh = $2, plain_en = $3, retired = $4, author_name = $5, \
               updated_at = $6, revision = revision + 1 WHERE id = $7 AND revision = $8";
    let values = params![
        t.term.en.as_str(),
        t.plain.zh.as_str(),
        t.plain.en.as_str(),
        t.retired,
        t.author_name.as_str(),
        millis(work.now()),
        t.id,
        t.revision,
    ];
    work.execute_one(sql, values).await
}
