//! Bringing sealed values and blind indexes to the newest keys, in chunks, while others write.

use super::registry::{SEALED, SealedColumn, SealedTable};
use super::stored;
use crate::audit::AuditEntry;
use crate::dialect::bulk::{Bulk, Cell, Swap, SwapRow};
use crate::sql::{count, list, params};
use crate::{Reads, Result, StoreError};
use domain::access::Actor;
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Rows of a chunk: the writer's turn, or the locks of its rows, are held for as long as it takes.
const CHUNK_ROWS: usize = 500;

/// Where the work goes on: after this row of this table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The table.
    pub table: &'static SealedTable,
    /// The row.
    pub after: Uuid,
}

impl Cursor {
    /// The beginning.
    pub fn start() -> Self {
        Self {
            table: &SEALED[0],
            after: Uuid::nil(),
        }
    }

    fn next_table(&self) -> Option<Self> {
        let at = SEALED.iter().position(|t| t.name == self.table.name)?;
        SEALED.get(at + 1).map(|table| Self {
            table,
            after: Uuid::nil(),
        })
    }
}

/// What became of a chunk.
#[derive(Clone, Debug)]
pub struct Renewed {
    /// Rows that were read.
    pub read: u64,
    /// Rows that were brought to the newest keys.
    pub renewed: u64,
    /// Where the work goes on; nothing when everything was gone through.
    pub next: Option<Cursor>,
}

/// Works through the next chunk in a transaction of its own. Rows that others hold at the moment are
/// passed over when `may_skip` says so, so that this never waits for them while they wait for this; a
/// row that changed since it was read is left as it is, as the change was written with the newest key.
///
/// # Errors
/// What the database says, or a value that cannot be opened: it is named, and nothing of the chunk is
/// kept.
pub async fn renew_chunk(bulk: &mut Bulk, cursor: &Cursor, may_skip: bool) -> Result<Renewed> {
    bulk.begin().await?;
    match renew_begun(bulk, cursor, may_skip).await {
        Ok(done) if done.renewed == 0 => {
            bulk.roll_back().await?;
            Ok(done)
        }
        Ok(done) => {
            let detail = serde_json::json!({ "table": cursor.table.name, "rows": done.renewed });
            let entry = AuditEntry::new(&Actor::system(), "keys.renewed", "keys", None);
            bulk.commit(entry.detail(detail)).await?;
            Ok(done)
        }
        Err(error) => {
            bulk.roll_back().await?;
            Err(error)
        }
    }
}

async fn renew_begun(bulk: &mut Bulk, cursor: &Cursor, may_skip: bool) -> Result<Renewed> {
    let table = cursor.table;
    let keys = bulk.keyring();
    let with_indexes = table.has_index() && keys.has_older_index();
    let head = keys.present_head();
    let columns = swap_columns(table, with_indexes);
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    let stale = if with_indexes {
        String::new()
    } else {
        format!(" AND ({})", stale_condition(table, "$2"))
    };
    let lock = if may_skip {
        bulk.backend().skip_locked_rows()
    } else {
        ""
    };
    let sql = format!(
        "SELECT id, {} FROM {} WHERE id > $1{stale} ORDER BY id LIMIT {CHUNK_ROWS} {lock}",
        names.join(", "),
        table.name,
    );
    let mut values = vec![Cell::Id(cursor.after)];
    if !with_indexes {
        values.push(Cell::Bytes(head.to_vec()));
    }
    let sealed = table.columns.len();
    let rows = bulk
        .query(&sql, &values, |row| {
            let id = row.id(0)?;
            let id = id.ok_or_else(|| StoreError::Data("a row without id".into()))?;
            let cells = (0..columns.len()).map(|n| {
                Ok(match n < sealed {
                    true => Cell::from(row.bytes(n + 1)?),
                    false => Cell::from(row.int(n + 1)?),
                })
            });
            Ok((id, cells.collect::<Result<Vec<_>>>()?))
        })
        .await?;
    let read = rows.len();
    let last = rows.last().map(|(id, _)| *id);
    let mut changed = Vec::new();
    for (id, old) in rows {
        let new = renew_row(&keys, table, id, &old, with_indexes)?;
        if new != old {
            changed.push(SwapRow { id, old, new });
        }
    }
    let swap = Swap {
        table: table.name,
        columns: &columns,
        guards: sealed,
    };
    let renewed = bulk.swap(&swap, &changed).await?;
    let next = match last {
        Some(after) if read == CHUNK_ROWS => Some(Cursor { table, after }),
        _ => cursor.next_table(),
    };
    Ok(Renewed {
        read: read as u64,
        renewed,
        next,
    })
}

/// The sealed columns, and the columns of their indexes when those are rebuilt too.
fn swap_columns(
    table: &SealedTable,
    with_indexes: bool,
) -> Vec<(&'static str, crate::dialect::bulk::CellType)> {
    use crate::dialect::bulk::CellType::{Bytes, Int};
    let mut columns: Vec<_> = table.columns.iter().map(|c| (c.name, Bytes)).collect();
    if with_indexes {
        for column in table.columns {
            columns.extend(column.index.map(|(name, _)| (name, Int)));
            columns.extend(column.tail.map(|name| (name, Int)));
        }
    }
    columns
}

fn stale_condition(table: &SealedTable, place: &str) -> String {
    // What was erased is empty: no key sealed it.
    let stale =
        |c: &SealedColumn| format!("(length({0}) > 0 AND substr({0}, 1, 3) <> {place})", c.name);
    let all: Vec<_> = table.columns.iter().map(stale).collect();
    all.join(" OR ")
}

/// The cells of a row under the newest keys.
fn renew_row(
    keys: &super::Keyring,
    table: &SealedTable,
    id: Uuid,
    old: &[Cell],
    with_indexes: bool,
) -> Result<Vec<Cell>> {
    let head = keys.present_head();
    let mut new = Vec::with_capacity(old.len());
    let mut indexes = Vec::new();
    // The old cells of the indexes come after those of the sealed columns.
    let mut old_indexes = old.iter().skip(table.columns.len());
    for (column, cell) in table.columns.iter().zip(old) {
        let cells = usize::from(column.index.is_some()) + usize::from(column.tail.is_some());
        let kept: Vec<_> = old_indexes.by_ref().take(cells).cloned().collect();
        let Cell::Bytes(sealed) = cell else {
            new.push(Cell::Null);
            if with_indexes {
                indexes.extend(column.index.map(|_| Cell::Null));
                indexes.extend(column.tail.map(|_| Cell::Null));
            }
            continue;
        };
        if sealed.is_empty() {
            new.push(cell.clone());
            indexes.extend(kept);
            continue;
        }
        let is_present = sealed.starts_with(&head);
        let needs_index = with_indexes && column.index.is_some();
        if is_present && !needs_index {
            new.push(cell.clone());
            continue;
        }
        let context = format!("{}.{}", table.name, column.name);
        let plain = keys.open(&context, id, sealed)?;
        new.push(match is_present {
            true => cell.clone(),
            false => Cell::Bytes(keys.seal(&context, id, &plain)?),
        });
        if let Some((_, kind)) = column.index.filter(|_| with_indexes) {
            indexes.push(Cell::Int(keys.index(kind, &plain)));
            if column.tail.is_some() {
                indexes.push(Cell::Int(keys.index_tail(kind, &plain)));
            }
        }
    }
    new.extend(indexes);
    Ok(new)
}

/// How many rows the work would go through.
///
/// # Errors
/// What the database says.
pub async fn count_rows_to_renew(db: &impl Reads) -> Result<u64> {
    stored::refresh_keys(db).await?;
    let with_indexes = db.keys().has_older_index();
    let mut rows = 0;
    for table in SEALED {
        rows += if with_indexes && table.has_index() {
            let sql = format!("SELECT COUNT(*) AS n FROM {}", table.name);
            count(db, &sql, Vec::new()).await?
        } else {
            count_stale(db, table).await?
        };
    }
    Ok(u64::try_from(rows).unwrap_or(0))
}

async fn count_stale(db: &impl Reads, table: &SealedTable) -> Result<i64> {
    let sql = format!(
        "SELECT COUNT(*) AS n FROM {} WHERE {}",
        table.name,
        stale_condition(table, "$1")
    );
    let head = db.keys().present_head().to_vec();
    count(db, &sql, params![head]).await
}

/// Whether indexes are being rebuilt: there is more than one key that they may have been made with.
pub fn has_older_index(db: &impl Reads) -> bool {
    db.keys().has_older_index()
}

/// How many rows have a value that the newest key did not seal.
///
/// # Errors
/// What the database says.
pub async fn count_stale_rows(db: &impl Reads) -> Result<u64> {
    let mut rows = 0;
    for table in SEALED {
        rows += count_stale(db, table).await?;
    }
    Ok(u64::try_from(rows).unwrap_or(0))
}

/// How many values there are under each version of the key that seals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SealedCounts(pub BTreeMap<i64, u64>);

impl SealedCounts {
    /// Values under a version.
    pub fn of(&self, version: i64) -> u64 {
        self.0.get(&version).copied().unwrap_or(0)
    }
}

#[derive(FromQueryResult)]
struct HeadRow {
    head: Vec<u8>,
    n: i64,
}

/// Counts the values under each version of the key that seals, by reading all of them.
///
/// # Errors
/// What the database says.
pub async fn count_sealed(db: &impl Reads) -> Result<SealedCounts> {
    let mut counts = SealedCounts::default();
    for table in SEALED {
        for column in table.columns {
            let (name, table) = (column.name, table.name);
            let sql = format!(
                "SELECT substr({name}, 1, 3) AS head, COUNT(*) AS n FROM {table} \
                 WHERE length({name}) > 0 GROUP BY 1"
            );
            for row in list::<HeadRow>(db, &sql, Vec::new()).await? {
                let version = match row.head[..] {
                    [_, high, low] => i64::from(u16::from_be_bytes([high, low])),
                    _ => 0,
                };
                *counts.0.entry(version).or_default() += u64::try_from(row.n).unwrap_or(0);
            }
        }
    }
    Ok(counts)
}
