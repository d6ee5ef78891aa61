//! The floor: the same rows by prepared inserts through `rusqlite` alone.
//!
//! The tables that a step filled are made anew in a fresh file, with all their indexes and checks;
//! the rows that the step added are read from its database and inserted in the same order. Reading
//! is not timed. Foreign keys are off, every transaction holds 10,000 rows, and the other settings are
//! those of the product's own bulk connection: all this helps the floor.

use crate::Result;
use crate::machine::{Spent, Stopwatch};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeMap;
use std::path::Path;

/// Rows of a transaction.
const CHUNK_ROWS: usize = 10_000;

/// The last row of every table.
pub(crate) type Marks = BTreeMap<String, i64>;

/// The last row of every table of a database.
pub(crate) fn marks(path: &Path) -> Result<Marks> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mut marks = Marks::new();
    for table in tables(&db)? {
        let sql = format!("SELECT coalesce(max(rowid), 0) FROM \"{table}\"");
        let last = db.query_row(&sql, [], |row| row.get(0))?;
        marks.insert(table, last);
    }
    Ok(marks)
}

fn tables(db: &Connection) -> Result<Vec<String>> {
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let mut statement = db.prepare(sql)?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

/// What the floor did.
pub(crate) struct Floor {
    /// The time of the inserts.
    pub spent: Spent,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
}

/// Inserts what `source` has beyond `marks` into the fresh file `into`.
pub(crate) fn run(source: &Path, marks: &Marks, into: &Path) -> Result<Floor> {
    crate::database::remove(into);
    let source = Connection::open_with_flags(source, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let target = Connection::open(into)?;
    target.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    target.execute_batch(
        "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -131072; \
         PRAGMA temp_store = MEMORY;",
    )?;
    let mut floor = Floor {
        spent: Spent::default(),
        rows: BTreeMap::new(),
    };
    for table in tables(&source)? {
        let mark = marks.get(&table).copied().unwrap_or(0);
        let sql = format!("SELECT count(*) FROM \"{table}\" WHERE rowid > ?1");
        let count: i64 = source.query_row(&sql, [mark], |row| row.get(0))?;
        if count > 0 {
            create(&source, &target, &table)?;
            let rows = copy(&source, &target, &table, mark, &mut floor.spent)?;
            floor.rows.insert(table, rows);
        }
    }
    Ok(floor)
}

/// Makes a table with its indexes.
fn create(source: &Connection, target: &Connection, table: &str) -> Result<()> {
    let sql = "SELECT sql FROM sqlite_master WHERE tbl_name = ?1 AND sql IS NOT NULL \
               AND type IN ('table', 'index') ORDER BY type DESC";
    let mut statement = source.prepare(sql)?;
    let texts = statement.query_map([table], |row| row.get::<_, String>(0))?;
    for text in texts {
        target.execute_batch(&text?)?;
    }
    Ok(())
}

fn copy(
    source: &Connection,
    target: &Connection,
    table: &str,
    mark: i64,
    spent: &mut Spent,
) -> Result<u64> {
    let select = format!("SELECT * FROM \"{table}\" WHERE rowid > ?1 ORDER BY rowid");
    let mut select = source.prepare(&select)?;
    let width = select.column_count();
    let places = vec!["?"; width].join(", ");
    let mut insert = target.prepare(&format!("INSERT INTO \"{table}\" VALUES ({places})"))?;
    let mut rows = select.query([mark])?;
    let mut chunk: Vec<Vec<Value>> = Vec::with_capacity(CHUNK_ROWS);
    let mut count = 0;
    loop {
        let row = rows.next()?;
        let ended = row.is_none();
        if let Some(row) = row {
            chunk.push(
                (0..width)
                    .map(|at| row.get(at))
                    .collect::<rusqlite::Result<_>>()?,
            );
        }
        if chunk.len() == CHUNK_ROWS || ended {
            let watch = Stopwatch::thread();
            target.execute_batch("BEGIN IMMEDIATE")?;
            for row in &chunk {
                insert.execute(rusqlite::params_from_iter(row))?;
            }
            target.execute_batch("COMMIT")?;
            spent.add(watch.spent());
            count += chunk.len() as u64;
            chunk.clear();
        }
        if ended {
            return Ok(count);
        }
    }
}
