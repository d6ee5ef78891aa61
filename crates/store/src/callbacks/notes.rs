//! Notes on a record that was saved: it is never changed, only annotated (CBK-38).

use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::ids::{CallbackId, CustomerId, UserId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A note.
#[derive(Clone, Debug)]
pub struct NoteRow {
    /// The attempt that it is about, by its place; nothing for the whole callback.
    pub attempt_seq: Option<i64>,
    /// Who wrote it.
    pub author_name: String,
    /// When.
    pub written_at: Instant,
    /// The words; nothing once they were destroyed.
    pub note: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    attempt_seq: Option<i64>,
    author_name: String,
    written_at: i64,
    note: Option<Vec<u8>>,
}

/// Notes on a callback in sight, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_notes(
    db: &impl Reads,
    scope: &Scope,
    callback: CallbackId,
) -> Result<Vec<NoteRow>> {
    let mut select = Select::new(
        "SELECT n.id, n.attempt_seq, COALESCE(u.display_name, n.author_name) AS author_name, n.written_at, n.note \
         FROM callback_notes n LEFT JOIN users u ON u.id = n.author_id \
         JOIN callbacks b ON b.id = n.callback_id",
    );
    select
        .scope(scope, "b.org_id")
        .own(scope, "b.customer_id")
        .filter("n.callback_id = ?", params![callback.0]);
    select.then("ORDER BY n.id LIMIT 200", Vec::new());
    let keys = db.keys();
    let rows: Vec<Row> = select.list(db).await?;
    let note = |r: Row| {
        let note = r.note.map(|n| keys.open("callback_notes.note", r.id, &n));
        Ok(NoteRow {
            attempt_seq: r.attempt_seq,
            author_name: r.author_name,
            written_at: instant(r.written_at),
            note: note.transpose()?,
        })
    };
    rows.into_iter().map(note).collect()
}

/// Adds a note.
///
/// # Errors
/// What the database says.
pub async fn insert_note(
    work: &UnitOfWork,
    callback: CallbackId,
    customer: CustomerId,
    attempt_seq: Option<i64>,
    (author, author_name): (UserId, &str),
    note: &str,
) -> Result<()> {
    let id = work.next_id();
    let sealed = work.keys().seal("callback_notes.note", id, note)?;
    let sql = "INSERT INTO callback_notes (id, callback_id, customer_id, attempt_seq, author_id, author_name, \
               written_at, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        id,
        callback.0,
        customer.0,
        attempt_seq,
        author.0,
        author_name,
        millis(work.now()),
        sealed,
    ];
    work.execute(sql, values).await.map(|_| ())
}
