//! Bulk work on PostgreSQL: multi-row inserts on one connection.

use super::{Cell, CellType, Row, Swap, SwapRow, Table};
use crate::Result;
use sqlx::postgres::{PgArguments, PgConnection, PgPool};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres};

/// Parameters of one statement; the protocol allows 65,535.
const PARAMETERS_MAX: usize = 30_000;

pub(super) struct Session {
    connection: sqlx::pool::PoolConnection<Postgres>,
}

impl Session {
    pub(super) async fn open(pool: &PgPool) -> Result<Self> {
        Ok(Self {
            connection: pool.acquire().await?,
        })
    }

    fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    pub(super) async fn execute(&mut self, sql: &str, params: &[Cell]) -> Result<u64> {
        self.execute_typed(sql, params, &[]).await
    }

    pub(super) async fn execute_typed(
        &mut self,
        sql: &str,
        params: &[Cell],
        types: &[CellType],
    ) -> Result<u64> {
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (at, cell) in params.iter().enumerate() {
            query = bind(
                query,
                cell,
                types.get(at).copied().unwrap_or(CellType::Text),
            );
        }
        Ok(query.execute(self.connection()).await?.rows_affected())
    }

    pub(super) async fn query<T>(
        &mut self,
        sql: &str,
        params: &[Cell],
        mut map: impl FnMut(Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for cell in params {
            query = bind(query, cell, CellType::Text);
        }
        let rows = query.fetch_all(self.connection()).await?;
        rows.iter().map(|row| map(Row::Postgres(row))).collect()
    }

    pub(super) async fn insert(&mut self, table: &Table, cells: &[Cell]) -> Result<()> {
        let width = table.columns.len();
        let columns: Vec<_> = table.columns.iter().map(|(name, _)| *name).collect();
        let head = format!(
            "INSERT INTO {} ({}) VALUES ",
            table.name,
            columns.join(", ")
        );
        for chunk in cells.chunks(PARAMETERS_MAX / width * width) {
            let rows: Vec<_> = (0..chunk.len() / width)
                .map(|row| {
                    let places: Vec<_> = (1..=width)
                        .map(|n| format!("${}", row * width + n))
                        .collect();
                    format!("({})", places.join(", "))
                })
                .collect();
            let mut query = sqlx::query(AssertSqlSafe(format!("{head}{}", rows.join(", "))));
            for (at, cell) in chunk.iter().enumerate() {
                query = bind(query, cell, table.columns[at % width].1);
            }
            // The text depends on the number of rows; only full chunks are worth keeping prepared.
            query
                .persistent(chunk.len() == PARAMETERS_MAX / width * width)
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }

    pub(super) async fn swap(&mut self, swap: &Swap<'_>, rows: &[SwapRow]) -> Result<u64> {
        let (columns, guards) = (swap.columns, swap.guards);
        let width = 1 + columns.len() + guards;
        // A column of the list of values: the id, what to write, what was read.
        let kind = |n: usize| match n {
            0 => CellType::Id,
            n if n <= columns.len() => columns[n - 1].1,
            n => columns[n - 1 - columns.len()].1,
        };
        let sets = (0..columns.len()).map(|n| format!("{} = v.column{}", columns[n].0, n + 2));
        let same = (0..guards).map(|n| {
            let at = columns.len() + n + 2;
            format!("t.{} IS NOT DISTINCT FROM v.column{at}", columns[n].0)
        });
        let (sets, same): (Vec<_>, Vec<_>) = (sets.collect(), same.collect());
        let mut touched = 0;
        for chunk in rows.chunks(PARAMETERS_MAX / width) {
            let places: Vec<_> = (0..chunk.len())
                .map(|row| {
                    let place = |n| format!("${}::{}", row * width + n + 1, sql_type(kind(n)));
                    format!("({})", (0..width).map(place).collect::<Vec<_>>().join(", "))
                })
                .collect();
            let sql = format!(
                "UPDATE {} AS t SET {} FROM (VALUES {}) AS v WHERE t.id = v.column1 AND {}",
                swap.table,
                sets.join(", "),
                places.join(", "),
                same.join(" AND ")
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for row in chunk {
                let id = Cell::Id(row.id);
                let cells = [&id].into_iter().chain(&row.new).chain(&row.old[..guards]);
                for (n, cell) in cells.enumerate() {
                    query = bind(query, cell, kind(n));
                }
            }
            let done = query.persistent(false).execute(self.connection()).await?;
            touched += done.rows_affected();
        }
        Ok(touched)
    }
}

fn sql_type(kind: CellType) -> &'static str {
    match kind {
        CellType::Int => "bigint",
        CellType::Bool => "boolean",
        CellType::Text => "text",
        CellType::Bytes => "bytea",
        CellType::Id => "uuid",
        CellType::Date => "date",
    }
}

fn bind<'q>(
    query: Query<'q, Postgres, PgArguments>,
    cell: &Cell,
    kind: CellType,
) -> Query<'q, Postgres, PgArguments> {
    match cell {
        Cell::Null => match kind {
            CellType::Int => query.bind(None::<i64>),
            CellType::Bool => query.bind(None::<bool>),
            CellType::Text => query.bind(None::<String>),
            CellType::Bytes => query.bind(None::<Vec<u8>>),
            CellType::Id => query.bind(None::<uuid::Uuid>),
            CellType::Date => query.bind(None::<chrono::NaiveDate>),
        },
        Cell::Int(n) => query.bind(*n),
        Cell::Bool(b) => query.bind(*b),
        Cell::Text(text) => query.bind(text.clone()),
        Cell::Code(text) => query.bind(*text),
        Cell::Bytes(bytes) => query.bind(bytes.clone()),
        Cell::Id(id) => query.bind(*id),
        Cell::Date(date) => query.bind(*date),
    }
}
