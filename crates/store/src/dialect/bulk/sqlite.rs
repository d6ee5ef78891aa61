//! Bulk work on SQLite: prepared statements through `rusqlite`.

use super::{Cell, Row, Swap, SwapRow, Table};
use crate::Result;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};
use std::path::Path;
use std::time::Duration;

/// How long a chunk waits for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(60);
/// Statements kept prepared.
const STATEMENTS: usize = 64;

pub(super) struct Session {
    connection: Connection,
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Int(n) => ToSqlOutput::Owned(Value::Integer(*n)),
            Self::Bool(b) => ToSqlOutput::Owned(Value::Integer(i64::from(*b))),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Code(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Self::Id(id) => ToSqlOutput::Borrowed(ValueRef::Blob(id.as_bytes())),
            Self::Date(date) => ToSqlOutput::Owned(Value::Text(iso_date(*date))),
        })
    }
}

/// `YYYY-MM-DD`, faster than the general formatter: this runs for every date of every row.
fn iso_date(date: chrono::NaiveDate) -> String {
    use chrono::Datelike as _;
    let (Ok(year @ 0..=9999), month, day) = (u32::try_from(date.year()), date.month(), date.day())
    else {
        return date.to_string();
    };
    let digit = |n: u32| char::from(b'0' + u8::try_from(n % 10).unwrap_or(0));
    let mut text = String::with_capacity(10);
    for n in [year / 1000, year / 100, year / 10, year] {
        text.push(digit(n));
    }
    for n in [month, day] {
        text.push('-');
        text.push(digit(n / 10));
        text.push(digit(n));
    }
    text
}

impl Session {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.execute_batch(
            "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -131072; \
             PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;",
        )?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(Self { connection })
    }

    pub(super) fn execute(&mut self, sql: &str, params: &[Cell]) -> Result<u64> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let touched = statement.execute(rusqlite::params_from_iter(params))?;
        Ok(u64::try_from(touched).unwrap_or(u64::MAX))
    }

    pub(super) fn query<T>(
        &mut self,
        sql: &str,
        params: &[Cell],
        mut map: impl FnMut(Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(params))?;
        let mut values = Vec::new();
        while let Some(row) = rows.next()? {
            values.push(map(Row::Sqlite(row))?);
        }
        Ok(values)
    }

    pub(super) fn insert(&mut self, table: &Table, cells: &[Cell]) -> Result<()> {
        let columns: Vec<_> = table.columns.iter().map(|(name, _)| *name).collect();
        let places: Vec<_> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({})",
            table.name,
            columns.join(", "),
            places.join(", ")
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        for row in cells.chunks_exact(columns.len()) {
            statement.execute(rusqlite::params_from_iter(row))?;
        }
        Ok(())
    }

    pub(super) fn swap(&mut self, swap: &Swap<'_>, rows: &[SwapRow]) -> Result<u64> {
        let width = swap.columns.len();
        let name = |n: usize| swap.columns[n].0;
        let sets: Vec<_> = (0..width)
            .map(|n| format!("{} = ?{}", name(n), n + 2))
            .collect();
        let guards: Vec<_> = (0..swap.guards)
            .map(|n| format!("{} IS ?{}", name(n), width + n + 2))
            .collect();
        let sql = format!(
            "UPDATE {} SET {} WHERE id = ?1 AND {}",
            swap.table,
            sets.join(", "),
            guards.join(" AND ")
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut touched = 0;
        for row in rows {
            let id = Cell::Id(row.id);
            let cells = [&id]
                .into_iter()
                .chain(&row.new)
                .chain(&row.old[..swap.guards]);
            touched += statement.execute(rusqlite::params_from_iter(cells))? as u64;
        }
        Ok(touched)
    }
}
