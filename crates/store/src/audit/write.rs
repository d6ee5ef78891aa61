//! Writing entries: each with its place and its code, at the end of the transaction that did what
//! they tell of.

use super::content::{Content, code};
use super::heads::{self, Head};
use super::{Audit, AuditEntry};
use crate::dialect::bulk::{Bulk, Cell, CellType, Table};
use crate::sealing::Keyring;
use crate::sql::{millis, params};
use crate::{Reads as _, Result, UnitOfWork};
use uuid::Uuid;

const INSERT: &str = "INSERT INTO audit_entries \
    (id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, customer_id, purpose, detail, \
     lane, place, mac) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

const TABLE: Table = Table {
    name: "audit_entries",
    columns: &[
        ("id", CellType::Id),
        ("at", CellType::Int),
        ("actor_kind", CellType::Text),
        ("actor_id", CellType::Id),
        ("actor_name", CellType::Text),
        ("action", CellType::Text),
        ("subject_kind", CellType::Text),
        ("subject_id", CellType::Id),
        ("customer_id", CellType::Id),
        ("purpose", CellType::Text),
        ("detail", CellType::Text),
        ("lane", CellType::Int),
        ("place", CellType::Int),
        ("mac", CellType::Bytes),
    ],
};

/// The next place of a lane, taken by an entry: the code of the entry there.
fn take_place(head: &mut Head, keys: &Keyring, content: &Content<'_>) -> [u8; 32] {
    head.entries += 1;
    code(keys, &content.bytes(head.lane, head.entries))
}

/// Writes the entries of a transaction that is about to end.
pub(crate) async fn insert(work: &UnitOfWork, audit: Audit) -> Result<()> {
    let mut head = heads::take(work).await?;
    let at = millis(work.now());
    for entry in audit.0 {
        let (id, detail) = (work.next_id(), entry.detail.to_string());
        let mac = take_place(
            &mut head,
            work.keys(),
            &Content::of(&entry, id, at, &detail),
        );
        let values = params![
            id,
            at,
            entry.actor.kind,
            entry.actor.id,
            entry.actor.name,
            entry.action,
            entry.subject_kind,
            entry.subject,
            entry.customer,
            entry.purpose,
            detail,
            head.lane,
            head.entries,
            mac.to_vec(),
        ];
        work.execute(INSERT, values).await?;
    }
    heads::put(work, head).await
}

/// Writes the entries of a chunk that is about to end.
pub(crate) async fn insert_in_bulk(bulk: &mut Bulk, audit: &Audit) -> Result<()> {
    let mut head = heads::take_in_bulk(bulk).await?;
    let (at, keys) = (millis(bulk.now()), bulk.keyring());
    let mut cells = Vec::with_capacity(audit.entries().len() * TABLE.columns.len());
    for entry in audit.entries() {
        let id = bulk.next_id();
        push_cells(&mut cells, &mut head, &keys, entry, id, at);
    }
    bulk.insert(&TABLE, &cells).await?;
    heads::put_in_bulk(bulk, head).await
}

fn push_cells(
    cells: &mut Vec<Cell>,
    head: &mut Head,
    keys: &Keyring,
    entry: &AuditEntry,
    id: Uuid,
    at: i64,
) {
    let detail = entry.detail.to_string();
    let mac = take_place(head, keys, &Content::of(entry, id, at, &detail));
    cells.extend([
        Cell::Id(id),
        Cell::Int(at),
        Cell::Code(entry.actor.kind),
        entry.actor.id.into(),
        Cell::Text(entry.actor.name.clone()),
        Cell::Code(entry.action),
        Cell::Code(entry.subject_kind),
        entry.subject.into(),
        entry.customer.into(),
        entry.purpose.clone().into(),
        Cell::Text(detail),
        Cell::Int(head.lane),
        Cell::Int(head.entries),
        Cell::Bytes(mac.to_vec()),
    ]);
}
