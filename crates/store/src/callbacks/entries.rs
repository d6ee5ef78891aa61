//! The history of a callback.

use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::ids::CallbackId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Adds a line to the history of a callback.
///
/// # Errors
/// What the database says.
pub async fn insert_entry(
    work: &UnitOfWork,
    callback: CallbackId,
    actor: &str,
    command: &str,
    from: &str,
    to: &str,
    note: Option<&str>,
) -> Result<()> {
    let id = work.next_id();
    let sealed = note
        .map(|n| work.keys().seal("callback_entries.note", id, n))
        .transpose()?;
    let sql = "INSERT INTO callback_entries (id, callback_id, at, actor_name, command, from_state, to_state, note) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        id,
        callback.0,
        millis(work.now()),
        actor,
        command,
        from,
        to,
        sealed
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// A line of the history.
#[derive(Clone, Debug)]
pub struct EntryRow {
    /// When.
    pub at: Instant,
    /// Who.
    pub actor_name: String,
    /// What.
    pub command: String,
    /// State before.
    pub from_state: String,
    /// State after.
    pub to_state: String,
    /// What was noted.
    pub note: Option<String>,
}

#[derive(FromQueryResult)]
struct EntryDbRow {
    id: Uuid,
    at: i64,
    actor_name: String,
    command: String,
    from_state: String,
    to_state: String,
    note: Option<Vec<u8>>,
}

/// The history of a callback in sight, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_entries(
    db: &impl Reads,
    scope: &Scope,
    callback: CallbackId,
) -> Result<Vec<EntryRow>> {
    let mut select = Select::new(
        "SELECT e.id, e.at, e.actor_name, e.command, e.from_state, e.to_state, e.note FROM callback_entries e \
         JOIN callbacks b ON b.id = e.callback_id",
    );
    select
        .scope(scope, "b.org_id")
        .own(scope, "b.customer_id")
        .filter("e.callback_id = ?", params![callback.0]);
    select.then("ORDER BY e.id LIMIT 500", Vec::new());
    let keys = db.keys();
    let rows: Vec<EntryDbRow> = select.list(db).await?;
    rows.into_iter()
        .map(|r| {
            Ok(EntryRow {
                note: r
                    .note
                    .map(|n| keys.open("callback_entries.note", r.id, &n))
                    .transpose()?,
                at: instant(r.at),
                actor_name: r.actor_name,
                command: r.command,
                from_state: r.from_state,
                to_state: r.to_state,
            })
        })
        .collect()
}
