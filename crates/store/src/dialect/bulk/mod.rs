//! Streaming work on very many rows: imports and the planner.
//!
//! One transaction a chunk, multi-row statements, plain cells. On SQLite the statements run through
//! `rusqlite` on a connection of their own, prepared once; on PostgreSQL they run as multi-row
//! inserts through `sqlx`. A chunk is committed with its audit entry like any other write.

mod postgres;
mod sqlite;
mod swap;

pub use swap::{Swap, SwapRow};

use super::Turn;
use super::connect::{DatabaseUrl, Store};
use crate::audit::{self, Audit};
use crate::sealing::Keyring;
use crate::{Ids, Result};
use chrono::NaiveDate;
use domain::time::Instant;
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

/// A value in a statement or a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cell {
    /// Nothing, of the type of the column.
    #[default]
    Null,
    /// A number.
    Int(i64),
    /// True or false.
    Bool(bool),
    /// Text.
    Text(String),
    /// Text that is part of the program.
    Code(&'static str),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An id.
    Id(Uuid),
    /// A civil date.
    Date(NaiveDate),
}

macro_rules! cell_from {
    ($($type:ty => $variant:ident),+ $(,)?) => { $(
        impl From<$type> for Cell {
            fn from(value: $type) -> Self {
                Self::$variant(value)
            }
        }
        impl From<Option<$type>> for Cell {
            fn from(value: Option<$type>) -> Self {
                value.map_or(Self::Null, Self::$variant)
            }
        }
    )+ };
}

cell_from! {
    i64 => Int, bool => Bool, String => Text, &'static str => Code, Vec<u8> => Bytes, Uuid => Id,
    NaiveDate => Date,
}

/// What a column holds; needed to bind a null on PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellType {
    /// Numbers.
    Int,
    /// True or false.
    Bool,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// Ids.
    Id,
    /// Civil dates.
    Date,
}

/// A table as far as bulk inserts need it.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The columns to fill, with their types.
    pub columns: &'static [(&'static str, CellType)],
}

/// A row of a query. Columns are read by position.
#[derive(Clone, Copy)]
pub enum Row<'r> {
    /// From SQLite.
    Sqlite(&'r rusqlite::Row<'r>),
    /// From PostgreSQL.
    Postgres(&'r sqlx::postgres::PgRow),
}

macro_rules! row_reader {
    ($(#[$meta:meta])* $name:ident, $type:ty, $sqlite:ty, $convert:expr) => {
        $(#[$meta])*
        ///
        /// # Errors
        /// When the column does not exist or holds another type.
        pub fn $name(self, at: usize) -> Result<Option<$type>> {
            match self {
                Self::Sqlite(row) => {
                    let value: Option<$sqlite> = row.get(at)?;
                    value.map($convert).transpose()
                }
                Self::Postgres(row) => Ok(sqlx::Row::try_get(row, at)?),
            }
        }
    };
}

impl Row<'_> {
    row_reader!(/// A number, or nothing.
        int, i64, i64, Ok);
    row_reader!(/// True or false, or nothing.
        bool, bool, bool, Ok);
    row_reader!(/// Text, or nothing.
        text, String, String, Ok);
    row_reader!(/// Bytes, or nothing.
        bytes, Vec<u8>, Vec<u8>, Ok);
    row_reader!(/// An id, or nothing.
        id, Uuid, [u8; 16], |b| Ok(Uuid::from_bytes(b)));
    row_reader!(/// A civil date, or nothing.
        date, NaiveDate, String, |text| parse_date(&text));
}

/// Reads `YYYY-MM-DD` by its bytes: this runs for every date of every row.
fn parse_date(text: &str) -> Result<NaiveDate> {
    let bytes = text.as_bytes();
    let number = |range: std::ops::Range<usize>| {
        bytes.get(range)?.iter().try_fold(0_u32, |n, b| {
            b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0'))
        })
    };
    let date = (bytes.len() == 10)
        .then(|| Some((number(0..4)?, number(5..7)?, number(8..10)?)))
        .flatten()
        .and_then(|(y, m, d)| NaiveDate::from_ymd_opt(i32::try_from(y).ok()?, m, d));
    date.ok_or_else(|| crate::StoreError::Data(format!("{text:?} is not a date")))
}

enum Inner {
    Sqlite(sqlite::Session),
    Postgres(Box<postgres::Session>),
}

/// A connection for streaming work. Between chunks nothing is open.
pub struct Bulk {
    inner: Inner,
    store: Store,
    turn: Option<OwnedMutexGuard<()>>,
    now: Instant,
    dry: bool,
}

impl std::fmt::Debug for Bulk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bulk")
    }
}

impl Store {
    /// Opens a connection for streaming work. A dry one never keeps anything.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn bulk(&self, now: Instant, dry: bool) -> Result<Bulk> {
        let inner = match self.url() {
            DatabaseUrl::Sqlite(path) => Inner::Sqlite(sqlite::Session::open(path)?),
            DatabaseUrl::Postgres(_) => {
                let pool = self.write_connection().get_postgres_connection_pool();
                Inner::Postgres(Box::new(postgres::Session::open(pool).await?))
            }
        };
        Ok(Bulk {
            inner,
            store: self.clone(),
            turn: None,
            now,
            dry,
        })
    }
}

impl Bulk {
    /// The moment at which the work happens.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Which database it is.
    pub fn backend(&self) -> super::Backend {
        self.store.backend()
    }

    /// A new id.
    pub fn next_id(&self) -> Uuid {
        self.store.ids().next(self.now)
    }

    /// New ids, for work on other threads.
    pub fn ids(&self) -> &Ids {
        self.store.ids()
    }

    /// The keys, for work on other threads.
    pub fn keyring(&self) -> Arc<Keyring> {
        self.store.keyring()
    }

    /// Begins a chunk.
    ///
    /// # Errors
    /// When the database is busy for too long, or gone.
    pub async fn begin(&mut self) -> Result<()> {
        if matches!(self.inner, Inner::Sqlite(_)) {
            self.turn = Some(self.store.turn().lock_owned().await);
        }
        match &mut self.inner {
            Inner::Sqlite(session) => session.execute("BEGIN IMMEDIATE", &[]).map(|_| ()),
            Inner::Postgres(session) => session.execute("BEGIN", &[]).await.map(|_| ()),
        }?;
        // What is written from here on is sealed with the newest key.
        let text = |row: Row<'_>, at| row.text(at).map(Option::unwrap_or_default);
        let stored = self
            .query(crate::sealing::stored::SELECT, &[], |row| {
                Ok(crate::sealing::StoredKey {
                    purpose: text(row, 0)?,
                    version: row.int(1)?.unwrap_or_default(),
                    algorithm: text(row, 2)?,
                    wrapped: row.bytes(3)?.unwrap_or_default(),
                })
            })
            .await?;
        self.store.keyring().adopt(stored)
    }

    /// Waits until no other transaction has this turn; what was committed before is seen from here on.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn take_turn(&mut self, turn: Turn) -> Result<()> {
        match self.backend().turn(turn) {
            Some(sql) => self.execute(sql, &[]).await.map(|_| ()),
            None => Ok(()),
        }
    }

    /// Ends a chunk with its audit entry; a dry one is rolled back.
    ///
    /// # Errors
    /// Nothing of the chunk is kept when the database refuses.
    pub async fn commit(&mut self, audit: impl Into<Audit>) -> Result<()> {
        if self.dry {
            return self.roll_back().await;
        }
        let audit: Audit = audit.into();
        audit::insert_in_bulk(self, &audit).await?;
        self.end("COMMIT").await
    }

    /// Gives a chunk up.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn roll_back(&mut self) -> Result<()> {
        self.end("ROLLBACK").await
    }

    async fn end(&mut self, how: &'static str) -> Result<()> {
        let ended = match &mut self.inner {
            Inner::Sqlite(session) => session.execute(how, &[]).map(|_| ()),
            Inner::Postgres(session) => session.execute(how, &[]).await.map(|_| ()),
        };
        self.turn = None;
        ended
    }

    /// Runs a statement without nulls among its parameters.
    ///
    /// # Errors
    /// What the database says.
    pub async fn execute(&mut self, sql: &str, params: &[Cell]) -> Result<u64> {
        self.execute_typed(sql, params, &[]).await
    }

    /// Runs a statement; `types` says what a null would have been.
    ///
    /// # Errors
    /// What the database says.
    pub async fn execute_typed(
        &mut self,
        sql: &str,
        params: &[Cell],
        types: &[CellType],
    ) -> Result<u64> {
        match &mut self.inner {
            Inner::Sqlite(session) => session.execute(sql, params),
            Inner::Postgres(session) => session.execute_typed(sql, params, types).await,
        }
    }

    /// Rows of a query, each turned into a value as it comes.
    ///
    /// # Errors
    /// What the database or `map` says.
    pub async fn query<T>(
        &mut self,
        sql: &str,
        params: &[Cell],
        map: impl FnMut(Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        match &mut self.inner {
            Inner::Sqlite(session) => session.query(sql, params, map),
            Inner::Postgres(session) => session.query(sql, params, map).await,
        }
    }

    /// Inserts rows; `cells` holds them one after the other, each as long as the table's columns.
    ///
    /// # Errors
    /// What the database says, such as a row that exists already.
    pub async fn insert(&mut self, table: &Table, cells: &[Cell]) -> Result<()> {
        debug_assert_eq!(cells.len() % table.columns.len(), 0);
        match &mut self.inner {
            Inner::Sqlite(session) => session.insert(table, cells),
            Inner::Postgres(session) => session.insert(table, cells).await,
        }
    }

    /// The rows whose `column` has one of the values, by a query that ends in `… IN ` or
    /// `… = ANY`: the text must contain `{values}` where the list goes.
    ///
    /// # Errors
    /// What the database or `map` says.
    pub async fn query_in<T>(
        &mut self,
        sql: &str,
        values: &[Cell],
        mut map: impl FnMut(Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        // SQLite allows 32,766 parameters, PostgreSQL 65,535.
        for values in values.chunks(5_000) {
            let places: Vec<_> = (1..=values.len()).map(|n| format!("${n}")).collect();
            let sql = sql.replace("{values}", &places.join(", "));
            rows.extend(self.query(&sql, values, &mut map).await?);
        }
        Ok(rows)
    }
}
