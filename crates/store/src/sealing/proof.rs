//! What a proof of sealing needs: the values of a customer in the clear, and every cell of the database
//! as it lies there.

use super::registry::SealedTable;
use crate::dialect::Backend;
use crate::dialect::bulk::{Bulk, Cell, Row};
use crate::sql::{params, statement};
use crate::{Reads, Result, StoreError};
use sea_orm::ConnectionTrait as _;
use std::collections::BTreeMap;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Rows that are held in memory at once.
const ROWS_AT_ONCE: usize = 1_000;

/// A value that must lie nowhere in the clear.
#[derive(Clone)]
pub struct Secret {
    /// Table and column of the sealed value.
    pub column: String,
    /// The value.
    pub plain: Zeroizing<String>,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret({})", self.column)
    }
}

/// The sealed values of a customer, of the contact persons, and what they were before.
///
/// # Errors
/// What the database says, or a value that cannot be opened.
pub async fn list_secrets(db: &impl Reads, customer: Uuid) -> Result<Vec<Secret>> {
    let mut secrets = Vec::new();
    let fields = SealedTable::find("customers").map(|t| t.columns.iter().map(|c| c.name));
    let fields: Vec<_> = fields
        .into_iter()
        .flatten()
        .map(|f| format!("'{f}'"))
        .collect();
    let earlier = format!("customer_id = $1 AND field IN ({})", fields.join(", "));
    for (table, condition) in [
        ("customers", "id = $1"),
        ("contacts", "customer_id = $1"),
        ("record_changes", earlier.as_str()),
    ] {
        let Some(table) = SealedTable::find(table) else {
            continue;
        };
        let names: Vec<_> = table.columns.iter().map(|c| c.name).collect();
        let (columns, name) = (names.join(", "), table.name);
        let sql = format!("SELECT id, {columns} FROM {name} WHERE {condition}");
        let connection = db.connection();
        let rows = connection.query_all_raw(statement(connection, &sql, params![customer]));
        for row in rows.await? {
            let id: Uuid = row.try_get("", "id")?;
            for column in &names {
                let sealed: Option<Vec<u8>> = row.try_get("", column)?;
                let column = format!("{}.{column}", table.name);
                if let Some(sealed) = sealed {
                    let plain = Zeroizing::new(db.keys().open(&column, id, &sealed)?);
                    secrets.push(Secret { column, plain });
                }
            }
        }
    }
    Ok(secrets)
}

/// Shows every cell of every table to a function, as bytes: table, column, cell.
///
/// # Errors
/// What the database says.
pub async fn visit_cells(
    bulk: &mut Bulk,
    visit: &mut (dyn FnMut(&str, &str, &[u8]) + Send),
) -> Result<()> {
    for (table, columns) in tables(bulk).await? {
        match bulk.backend() {
            Backend::Sqlite => visit_sqlite(bulk, &table, &columns, visit).await?,
            Backend::Postgres => {
                bulk.begin().await?;
                let visited = visit_postgres(bulk, &table, &columns, visit).await;
                bulk.roll_back().await?;
                visited?;
            }
        }
    }
    Ok(())
}

type Columns = Vec<(String, String)>;

/// Columns with their types, by table.
async fn tables(bulk: &mut Bulk) -> Result<BTreeMap<String, Columns>> {
    let sql = match bulk.backend() {
        Backend::Sqlite => {
            "SELECT m.name, c.name, c.type FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' ORDER BY m.name, c.cid"
        }
        Backend::Postgres => {
            "SELECT CAST(c.table_name AS text), CAST(c.column_name AS text), CAST(c.data_type AS text) \
             FROM information_schema.columns c JOIN information_schema.tables t \
             ON t.table_schema = c.table_schema AND t.table_name = c.table_name \
             WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' \
             ORDER BY 1, c.ordinal_position"
        }
    };
    let text = |row: Row<'_>, at| row.text(at).map(Option::unwrap_or_default);
    let rows = bulk
        .query(sql, &[], |row| {
            Ok((text(row, 0)?, (text(row, 1)?, text(row, 2)?)))
        })
        .await?;
    let mut tables: BTreeMap<String, Columns> = BTreeMap::new();
    for (table, column) in rows {
        tables.entry(table).or_default().push(column);
    }
    Ok(tables)
}

async fn visit_sqlite(
    bulk: &mut Bulk,
    table: &str,
    columns: &Columns,
    visit: &mut (dyn FnMut(&str, &str, &[u8]) + Send),
) -> Result<()> {
    let casts: Vec<_> = columns
        .iter()
        .map(|(name, _)| format!("CAST(\"{name}\" AS BLOB)"))
        .collect();
    let sql = format!(
        "SELECT rowid, {} FROM \"{table}\" WHERE rowid > $1 ORDER BY rowid LIMIT {ROWS_AT_ONCE}",
        casts.join(", ")
    );
    let mut after = Some(i64::MIN);
    while let Some(from) = after {
        let values = [Cell::Int(from)];
        let rows = bulk.query(&sql, &values, |row| {
            for (n, (column, _)) in columns.iter().enumerate() {
                if let Some(cell) = row.bytes(n + 1)? {
                    visit(table, column, &cell);
                }
            }
            row.int(0)
        });
        let rows = rows.await?;
        after = rows
            .last()
            .copied()
            .flatten()
            .filter(|_| rows.len() == ROWS_AT_ONCE);
    }
    Ok(())
}

async fn visit_postgres(
    bulk: &mut Bulk,
    table: &str,
    columns: &Columns,
    visit: &mut (dyn FnMut(&str, &str, &[u8]) + Send),
) -> Result<()> {
    let casts: Vec<_> = columns
        .iter()
        .map(|(name, kind)| match kind.as_str() {
            "bytea" => format!("\"{name}\""),
            _ => format!("convert_to(CAST(\"{name}\" AS text), 'UTF8')"),
        })
        .collect();
    // One cursor a table: a prepared FETCH keeps the columns of its first use.
    let declare = format!(
        "DECLARE proof_{table} NO SCROLL CURSOR FOR SELECT {} FROM \"{table}\"",
        casts.join(", ")
    );
    bulk.execute(&declare, &[]).await?;
    let fetch = format!("FETCH {ROWS_AT_ONCE} FROM proof_{table}");
    loop {
        let rows = bulk.query(&fetch, &[], |row| {
            for (n, (column, _)) in columns.iter().enumerate() {
                if let Some(cell) = row.bytes(n)? {
                    visit(table, column, &cell);
                }
            }
            Ok::<_, StoreError>(())
        });
        if rows.await?.len() < ROWS_AT_ONCE {
            return Ok(());
        }
    }
}
