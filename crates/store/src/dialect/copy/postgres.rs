//! Copies from and to PostgreSQL: a cursor to read, COPY to write.

use super::sqlite::quoted;
use super::{CopiedRow, MIGRATIONS, TableShape};
use crate::dialect::bulk::{Cell, CellType};
use crate::{Result, StoreError};
use sqlx::postgres::{PgConnection, PgPool, PgRow};
use sqlx::{AssertSqlSafe, Postgres, Row as _};
use std::collections::HashMap;
use std::fmt::Write as _;

pub(super) struct Session {
    connection: sqlx::pool::PoolConnection<Postgres>,
    /// Types of columns, by table and column.
    types: HashMap<(String, String), CellType>,
    /// The types of the columns of the table that is being read.
    reading: Option<Vec<CellType>>,
    /// References that were taken away for the load: table, name, definition.
    references: Vec<(String, String, String)>,
}

impl Session {
    pub(super) async fn open(pool: &PgPool) -> Result<Self> {
        let mut connection = pool.acquire().await?;
        // Whoever gives up leaves an open transaction behind; it must not come back to the pool.
        connection.close_on_drop();
        Ok(Self {
            connection,
            types: HashMap::new(),
            reading: None,
            references: Vec::new(),
        })
    }

    fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    pub(super) async fn run(&mut self, sql: &str) -> Result<()> {
        let query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        query.execute(self.connection()).await?;
        Ok(())
    }

    async fn rows(&mut self, sql: &str) -> Result<Vec<PgRow>> {
        let query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        Ok(query.fetch_all(self.connection()).await?)
    }

    async fn texts<const N: usize>(&mut self, sql: &str) -> Result<Vec<[String; N]>> {
        let rows = self.rows(sql).await?;
        let texts = |row: &PgRow| {
            let mut texts = [const { String::new() }; N];
            for (at, text) in texts.iter_mut().enumerate() {
                *text = row.try_get(at)?;
            }
            Ok(texts)
        };
        rows.iter().map(texts).collect()
    }

    pub(super) async fn tables(&mut self) -> Result<Vec<TableShape>> {
        let columns = self
            .texts::<3>(
                "SELECT c.table_name::text, c.column_name::text, c.data_type::text \
                 FROM information_schema.columns c JOIN information_schema.tables t \
                 USING (table_schema, table_name) WHERE table_schema = current_schema() \
                 AND t.table_type = 'BASE TABLE' ORDER BY 1, c.column_name::text COLLATE \"C\"",
            )
            .await?;
        let keys = self
            .texts::<2>(
                "SELECT k.table_name::text, k.column_name::text FROM information_schema.table_constraints t \
                 JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name, table_name) \
                 WHERE t.constraint_type = 'PRIMARY KEY' AND t.table_schema = current_schema() \
                 ORDER BY 1, k.ordinal_position",
            )
            .await?;
        let mut tables: Vec<TableShape> = Vec::new();
        for [table, column, data_type] in columns {
            if table == MIGRATIONS {
                continue;
            }
            let kind = cell_type(&table, &column, &data_type)?;
            self.types.insert((table.clone(), column.clone()), kind);
            match tables.last_mut().filter(|t| t.name == table) {
                Some(known) => known.columns.push(column),
                None => tables.push(TableShape {
                    key: keys
                        .iter()
                        .filter(|[t, _]| *t == table)
                        .map(|[_, column]| column.clone())
                        .collect(),
                    name: table,
                    columns: vec![column],
                }),
            }
        }
        tables.sort_by(|a, b| a.name.cmp(&b.name));
        match tables.iter().find(|t| t.key.is_empty()) {
            Some(table) => Err(StoreError::Data(format!(
                "{} has no primary key",
                table.name
            ))),
            None => Ok(tables),
        }
    }

    pub(super) async fn migrations(&mut self) -> Result<Vec<String>> {
        let there = self
            .texts::<1>(&format!(
                "SELECT table_name::text FROM information_schema.tables \
                 WHERE table_schema = current_schema() AND table_name = '{MIGRATIONS}'"
            ))
            .await?;
        if there.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!("SELECT version::text COLLATE \"C\" FROM {MIGRATIONS} ORDER BY 1");
        let found = self.texts::<1>(&sql).await?;
        Ok(found.into_iter().map(|[version]| version).collect())
    }

    fn types_of(&self, table: &TableShape) -> Result<Vec<CellType>> {
        let kind = |column: &String| {
            let key = (table.name.clone(), column.clone());
            let missing = || StoreError::Data(format!("there is no {}.{column}", table.name));
            self.types.get(&key).copied().ok_or_else(missing)
        };
        table.columns.iter().map(kind).collect()
    }

    pub(super) async fn count(&mut self, table: &TableShape) -> Result<u64> {
        let sql = format!("SELECT COUNT(*)::text FROM {}", table.name);
        let found = self.texts::<1>(&sql).await?;
        Ok(found.first().and_then(|[n]| n.parse().ok()).unwrap_or(0))
    }

    pub(super) async fn open_table(&mut self, table: &TableShape) -> Result<()> {
        if self.reading.take().is_some() {
            self.run("CLOSE copied").await?;
        }
        let types = self.types_of(table)?;
        let columns = table.columns.iter().zip(&types);
        let columns: Vec<_> = columns
            .map(|(name, kind)| match kind {
                CellType::Int => format!("\"{name}\"::bigint"),
                _ => format!("\"{name}\""),
            })
            .collect();
        // By bytes, as SQLite orders text.
        let order = table.key.iter().map(|name| {
            let place = table.columns.iter().position(|c| c == name);
            match place.map(|at| types[at]) {
                Some(CellType::Text) => format!("\"{name}\" COLLATE \"C\""),
                _ => format!("\"{name}\""),
            }
        });
        let order: Vec<_> = order.collect();
        let sql = format!(
            "DECLARE copied NO SCROLL CURSOR FOR SELECT {} FROM {} ORDER BY {}",
            columns.join(", "),
            table.name,
            order.join(", ")
        );
        self.run(&sql).await?;
        self.reading = Some(types);
        Ok(())
    }

    pub(super) async fn next(&mut self, rows_max: usize) -> Result<Vec<CopiedRow>> {
        let Some(types) = self.reading.clone() else {
            return Ok(Vec::new());
        };
        let rows = self.rows(&format!("FETCH {rows_max} FROM copied")).await?;
        let cells = |row: &PgRow| {
            let kinds = types.iter().enumerate();
            kinds.map(|(at, kind)| read(row, at, *kind)).collect()
        };
        rows.iter().map(cells).collect()
    }

    pub(super) async fn insert(&mut self, table: &TableShape, rows: &[CopiedRow]) -> Result<()> {
        let types = self.types_of(table)?;
        let mut text = String::with_capacity(rows.len() * 128);
        for row in rows {
            for (at, (cell, kind)) in row.iter().zip(&types).enumerate() {
                if at > 0 {
                    text.push('\t');
                }
                write(&mut text, cell, *kind)?;
            }
            text.push('\n');
        }
        let columns = quoted(&table.columns);
        let sql = format!("COPY {} ({columns}) FROM STDIN", table.name);
        let mut copy = self.connection().copy_in_raw(&sql).await?;
        copy.send(text.as_bytes()).await?;
        copy.finish().await?;
        Ok(())
    }

    /// Begins the transaction of a load. References are taken away for its time: adding them again
    /// checks them all at once, and the order of the tables does not matter.
    pub(super) async fn begin_load(&mut self) -> Result<()> {
        self.run("BEGIN").await?;
        let references = self
            .texts::<3>(
                "SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint \
                 WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2",
            )
            .await?;
        for [table, name, definition] in references {
            self.run(&format!("ALTER TABLE {table} DROP CONSTRAINT \"{name}\""))
                .await?;
            self.references.push((table, name, definition));
        }
        Ok(())
    }

    /// Puts references back, which checks them.
    pub(super) async fn check_references(&mut self) -> Result<()> {
        for (table, name, definition) in std::mem::take(&mut self.references) {
            let sql = format!("ALTER TABLE {table} ADD CONSTRAINT \"{name}\" {definition}");
            let put_back = self.run(&sql).await;
            put_back.map_err(|e| StoreError::Constraint(format!("{table}: {e}")))?;
        }
        self.run("ANALYZE").await
    }

    /// Gives the open cursor back, so that the transaction may end.
    pub(super) async fn close_reading(&mut self) -> Result<()> {
        match self.reading.take() {
            Some(_) => self.run("CLOSE copied").await,
            None => Ok(()),
        }
    }
}

fn cell_type(table: &str, column: &str, data_type: &str) -> Result<CellType> {
    Ok(match data_type {
        "bigint" | "integer" | "smallint" => CellType::Int,
        "boolean" => CellType::Bool,
        "text" | "character varying" => CellType::Text,
        "bytea" => CellType::Bytes,
        "uuid" => CellType::Id,
        "date" => CellType::Date,
        other => {
            return Err(StoreError::Data(format!(
                "copies do not know the type {other} of {table}.{column}"
            )));
        }
    })
}

fn read(row: &PgRow, at: usize, kind: CellType) -> Result<Cell> {
    fn some<T>(value: Option<T>, cell: impl FnOnce(T) -> Cell) -> Cell {
        value.map_or(Cell::Null, cell)
    }
    Ok(match kind {
        CellType::Int => some(row.try_get(at)?, Cell::Int),
        CellType::Bool => some(row.try_get(at)?, |b: bool| Cell::Int(i64::from(b))),
        CellType::Text => some(row.try_get(at)?, Cell::Text),
        CellType::Bytes => some(row.try_get(at)?, Cell::Bytes),
        CellType::Id => some(row.try_get(at)?, |id: uuid::Uuid| {
            Cell::Bytes(id.as_bytes().to_vec())
        }),
        CellType::Date => some(row.try_get(at)?, |day: chrono::NaiveDate| {
            Cell::Text(day.to_string())
        }),
    })
}

/// A value in the text form of COPY.
fn write(text: &mut String, cell: &Cell, kind: CellType) -> Result<()> {
    let unfit = || StoreError::Data("a value does not fit its column".into());
    match (cell, kind) {
        (Cell::Null, _) => text.push_str("\\N"),
        (Cell::Int(n), CellType::Int) => {
            let _ = write!(text, "{n}");
        }
        (Cell::Int(n), CellType::Bool) => text.push(if *n == 0 { 'f' } else { 't' }),
        (Cell::Text(value), CellType::Text | CellType::Date) => {
            for c in value.chars() {
                match c {
                    '\\' => text.push_str("\\\\"),
                    '\n' => text.push_str("\\n"),
                    '\r' => text.push_str("\\r"),
                    '\t' => text.push_str("\\t"),
                    '\0' => return Err(unfit()),
                    other => text.push(other),
                }
            }
        }
        (Cell::Bytes(bytes), CellType::Bytes) => {
            text.push_str("\\\\x");
            text.push_str(&hex::encode(bytes));
        }
        (Cell::Bytes(bytes), CellType::Id) => {
            let id = uuid::Uuid::from_slice(bytes).map_err(|_| unfit())?;
            let _ = write!(text, "{id}");
        }
        _ => return Err(unfit()),
    }
    Ok(())
}
