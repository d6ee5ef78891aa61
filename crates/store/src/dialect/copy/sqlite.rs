//! Copies from and to SQLite, through `rusqlite` on a connection of their own.

use super::{CopiedRow, MIGRATIONS, TableShape};
use crate::dialect::bulk::Cell;
use crate::{Result, StoreError};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// How long the copy waits for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(60);

pub(super) struct Session {
    connection: Connection,
    reading: Option<Reading>,
}

/// The table that is being read, and the key of the row that was read last.
struct Reading {
    first: String,
    after: String,
    key_places: Vec<usize>,
    last: Option<Vec<Cell>>,
    ended: bool,
}

impl Session {
    pub(super) fn open(path: &Path, read_only: bool) -> Result<Self> {
        let access = if read_only {
            OpenFlags::SQLITE_OPEN_READ_ONLY
        } else {
            OpenFlags::SQLITE_OPEN_READ_WRITE
        };
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.execute_batch("PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY")?;
        Ok(Self {
            connection,
            reading: None,
        })
    }

    pub(super) fn run(&mut self, sql: &str) -> Result<()> {
        Ok(self.connection.execute_batch(sql)?)
    }

    fn names(&mut self, sql: &str) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    pub(super) fn tables(&mut self) -> Result<Vec<TableShape>> {
        let names = self.names(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name",
        )?;
        let names = names.into_iter().filter(|name| name != MIGRATIONS);
        names.map(|name| self.shape(name)).collect()
    }

    fn shape(&mut self, name: String) -> Result<TableShape> {
        let sql = format!("SELECT name, pk FROM pragma_table_info('{name}') ORDER BY name");
        let mut statement = self.connection.prepare(&sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let columns: Vec<(String, i64)> = rows.collect::<rusqlite::Result<_>>()?;
        let mut key: Vec<_> = columns.iter().filter(|(_, pk)| *pk > 0).collect();
        key.sort_by_key(|(_, pk)| *pk);
        if key.is_empty() {
            return Err(StoreError::Data(format!("{name} has no primary key")));
        }
        let key = key.into_iter().map(|(name, _)| name.clone()).collect();
        Ok(TableShape {
            name,
            columns: columns.into_iter().map(|(name, _)| name).collect(),
            key,
        })
    }

    pub(super) fn migrations(&mut self) -> Result<Vec<String>> {
        let there = self.names(&format!(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name = '{MIGRATIONS}'"
        ))?;
        match there.is_empty() {
            true => Ok(Vec::new()),
            false => self.names(&format!(
                "SELECT version FROM {MIGRATIONS} ORDER BY version"
            )),
        }
    }

    pub(super) fn count(&mut self, table: &TableShape) -> Result<u64> {
        let sql = format!("SELECT COUNT(*) FROM {}", table.name);
        let n: i64 = self.connection.query_row(&sql, [], |row| row.get(0))?;
        Ok(u64::try_from(n).unwrap_or(0))
    }

    pub(super) fn open_table(&mut self, table: &TableShape) -> Result<()> {
        let (columns, key) = (quoted(&table.columns), quoted(&table.key));
        let places: Vec<_> = (1..=table.key.len()).map(|n| format!("?{n}")).collect();
        let head = format!("SELECT {columns} FROM {}", table.name);
        let tail = format!("ORDER BY {key} LIMIT ?{}", table.key.len() + 1);
        self.reading = Some(Reading {
            first: format!("{head} ORDER BY {key} LIMIT ?1"),
            after: format!("{head} WHERE ({key}) > ({}) {tail}", places.join(", ")),
            key_places: table.key_places(),
            last: None,
            ended: false,
        });
        Ok(())
    }

    pub(super) fn next(&mut self, rows_max: usize) -> Result<Vec<CopiedRow>> {
        let Some(reading) = self.reading.as_mut().filter(|r| !r.ended) else {
            return Ok(Vec::new());
        };
        let mut params = reading.last.take().unwrap_or_default();
        let sql = if params.is_empty() {
            &reading.first
        } else {
            &reading.after
        };
        params.push(Cell::Int(i64::try_from(rows_max).unwrap_or(i64::MAX)));
        let mut statement = self.connection.prepare_cached(sql)?;
        let width = statement.column_count();
        let mut found = statement.query(rusqlite::params_from_iter(&params))?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let cells: Result<CopiedRow> = (0..width).map(|at| cell(row.get_ref(at)?)).collect();
            rows.push(cells?);
        }
        reading.ended = rows.len() < rows_max;
        let key = |row: &CopiedRow| {
            reading
                .key_places
                .iter()
                .map(|at| row[*at].clone())
                .collect()
        };
        reading.last = rows.last().map(key);
        Ok(rows)
    }

    pub(super) fn insert(&mut self, table: &TableShape, rows: &[CopiedRow]) -> Result<()> {
        let places: Vec<_> = (1..=table.columns.len()).map(|n| format!("?{n}")).collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({})",
            table.name,
            quoted(&table.columns),
            places.join(", ")
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        for row in rows {
            statement.execute(rusqlite::params_from_iter(row))?;
        }
        Ok(())
    }

    /// Begins the transaction of a load; references are checked at its end, all at once.
    pub(super) fn begin_load(&mut self) -> Result<()> {
        self.run("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE")
    }

    /// Checks what rows refer to.
    pub(super) fn check_references(&mut self) -> Result<()> {
        let broken = self.names("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1")?;
        match broken.first() {
            None => Ok(()),
            Some(table) => Err(StoreError::Constraint(format!(
                "a row of {table} refers to one that does not exist"
            ))),
        }
    }
}

/// Names as SQL takes them, with commas between them.
pub(super) fn quoted(names: &[String]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
    quoted.join(", ")
}

fn cell(value: ValueRef<'_>) -> Result<Cell> {
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(n) => Cell::Int(n),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text);
            Cell::Text(
                text.map_err(|e| StoreError::Data(e.to_string()))?
                    .to_owned(),
            )
        }
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
        ValueRef::Real(_) => {
            return Err(StoreError::Data("copies do not know fractions".into()));
        }
    })
}
