//! Rule packs and calendars as they were loaded: never edited, found by hash; and how packs are made.

mod names;
mod proposals;
mod records;
mod steps;

pub use names::{read_obligation_numbers, read_policy_numbers};
pub use proposals::{ProposalRow, find_proposal, insert_proposal, list_proposals, update_proposal};
pub use records::{
    DiffRow, EvaluationRow, find_diff, find_latest_diff, insert_diff, insert_evaluation,
    list_evaluations,
};
pub use steps::{
    StepRow, insert_step, latest_generation, list_activations, list_steps, move_open_obligations,
};

use crate::sql::{list, millis, params};
use crate::{Reads, Result, StoreError, UnitOfWork};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A pack as it is stored.
#[derive(Clone, Debug)]
pub struct StoredPack {
    /// Its id.
    pub id: Uuid,
    /// Identity over versions.
    pub pack: String,
    /// Version.
    pub version: i64,
    /// SHA-256 of the text.
    pub hash: String,
    /// Where it stands in its life.
    pub status: String,
    /// Name of the file it came from.
    pub file: String,
    /// The text.
    pub body: String,
}

#[derive(FromQueryResult)]
struct PackRow {
    id: Uuid,
    pack: String,
    version: i64,
    hash: String,
    status: String,
    file: String,
    body: String,
}

/// All packs, by identity and version. Rules are the same for everyone.
///
/// # Errors
/// What the database says.
pub async fn load_packs(db: &impl Reads) -> Result<Vec<StoredPack>> {
    let sql =
        "SELECT id, pack, version, hash, status, file, body FROM rule_packs ORDER BY pack, version";
    let rows: Vec<PackRow> = list(db, sql, Vec::new()).await?;
    Ok(rows
        .into_iter()
        .map(|r| StoredPack {
            id: r.id,
            pack: r.pack,
            version: r.version,
            hash: r.hash,
            status: r.status,
            file: r.file,
            body: r.body,
        })
        .collect())
}

/// Adds a pack.
///
/// # Errors
/// [`StoreError::Constraint`] when that version exists already with another text.
pub async fn insert_pack(work: &UnitOfWork, pack: &StoredPack) -> Result<()> {
    let sql = "INSERT INTO rule_packs (id, pack, version, hash, status, file, body, loaded_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        pack.id,
        pack.pack.as_str(),
        pack.version,
        pack.hash.as_str(),
        pack.status.as_str(),
        pack.file.as_str(),
        pack.body.as_str(),
        millis(work.now()),
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// A calendar as it is stored.
#[derive(Clone, Debug)]
pub struct StoredCalendar {
    /// Its id.
    pub id: Uuid,
    /// SHA-256 of the text.
    pub hash: String,
    /// The text.
    pub body: String,
}

#[derive(FromQueryResult)]
struct CalendarRow {
    id: Uuid,
    hash: String,
    body: String,
}

/// All calendars, the newest last.
///
/// # Errors
/// What the database says.
pub async fn load_calendars(db: &impl Reads) -> Result<Vec<StoredCalendar>> {
    let sql = "SELECT id, hash, body FROM calendars ORDER BY loaded_at, id";
    let rows: Vec<CalendarRow> = list(db, sql, Vec::new()).await?;
    Ok(rows
        .into_iter()
        .map(|r| StoredCalendar {
            id: r.id,
            hash: r.hash,
            body: r.body,
        })
        .collect())
}

/// Adds a calendar.
///
/// # Errors
/// What the database says.
pub async fn insert_calendar(work: &UnitOfWork, calendar: &StoredCalendar) -> Result<()> {
    let sql = "INSERT INTO calendars (id, hash, body, loaded_at) VALUES ($1, $2, $3, $4)";
    let values = params![
        calendar.id,
        calendar.hash.as_str(),
        calendar.body.as_str(),
        millis(work.now())
    ];
    work.execute(sql, values).await.map(|_| ())
}

impl StoredPack {
    /// Whether the text was altered since it was stored.
    ///
    /// # Errors
    /// [`StoreError::Data`] when the hash does not fit.
    pub fn verify(&self, hash: &str) -> Result<()> {
        if self.hash == hash {
            Ok(())
        } else {
            Err(StoreError::Data(format!(
                "pack {} version {} was altered",
                self.pack, self.version
            )))
        }
    }
}
