//! The history of a letter: who had it when and where.

use super::filter::in_sight;
use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::LetterId;
use domain::letters::LetterState;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A line of a letter's history.
#[derive(Clone, Debug)]
pub struct LetterEntryRow {
    /// When it was written down.
    pub at: Instant,
    /// Who.
    pub actor_name: String,
    /// The unit in which they work.
    pub place: String,
    /// What.
    pub step: String,
    /// State before.
    pub from_state: String,
    /// State after.
    pub to_state: String,
    /// The day on the paper.
    pub day: Option<NaiveDate>,
    /// What was noted.
    pub note: Option<String>,
}

/// A line to write.
#[derive(Clone, Copy, Debug)]
pub struct NewLetterEntry<'n> {
    /// The letter.
    pub letter: LetterId,
    /// Who.
    pub actor: &'n str,
    /// The unit in which they work.
    pub place: &'n str,
    /// What.
    pub step: &'n str,
    /// State before; nothing for a new letter.
    pub from: Option<LetterState>,
    /// State after.
    pub to: LetterState,
    /// The day on the paper.
    pub day: Option<NaiveDate>,
    /// What was noted.
    pub note: Option<&'n str>,
}

#[derive(FromQueryResult)]
struct EntryDbRow {
    id: Uuid,
    at: i64,
    actor_name: String,
    place: String,
    step: String,
    from_state: String,
    to_state: String,
    day: Option<NaiveDate>,
    note: Option<Vec<u8>>,
}

/// The history of a letter in sight, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_letter_entries(
    db: &impl Reads,
    scope: &Scope,
    letter: LetterId,
) -> Result<Vec<LetterEntryRow>> {
    let mut select = Select::new(
        "SELECT e.id, e.at, e.actor_name, e.place, e.step, e.from_state, e.to_state, e.day, e.note \
         FROM letter_entries e JOIN letters l ON l.id = e.letter_id",
    );
    in_sight(&mut select, scope);
    select.filter("e.letter_id = ?", params![letter.0]);
    select.then("ORDER BY e.id LIMIT 500", Vec::new());
    let keys = db.keys();
    let rows: Vec<EntryDbRow> = select.list(db).await?;
    rows.into_iter()
        .map(|r| {
            let open = |sealed: Vec<u8>| keys.open("letter_entries.note", r.id, &sealed);
            Ok(LetterEntryRow {
                note: r.note.map(open).transpose()?,
                at: instant(r.at),
                actor_name: r.actor_name,
                place: r.place,
                step: r.step,
                from_state: r.from_state,
                to_state: r.to_state,
                day: r.day,
            })
        })
        .collect()
}

/// Adds a line to the history of a letter.
///
/// # Errors
/// What the database says.
pub async fn insert_letter_entry(work: &UnitOfWork, entry: &NewLetterEntry<'_>) -> Result<()> {
    let id = work.next_id();
    let sealed = entry
        .note
        .map(|n| work.keys().seal("letter_entries.note", id, n))
        .transpose()?;
    let sql = "INSERT INTO letter_entries (id, letter_id, at, actor_name, place, step, from_state, to_state, day, note) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = params![
        id,
        entry.letter.0,
        millis(work.now()),
        entry.actor,
        entry.place,
        entry.step,
        entry.from.map_or("", LetterState::as_str),
        entry.to.as_str(),
        entry.day,
        sealed,
    ];
    work.execute(sql, values).await.map(|_| ())
}
