//! The beginning of the sealed log: with the keys of a new database, or once when an older one is
//! brought up to date. Never otherwise: heads that are gone later were removed by somebody.

use super::content::{StoredEntry, code};
use super::heads::{Head, LANES};
use crate::sealing::Keyring;
use crate::sql::{params, statement};
use crate::{Result, unit_of_work};
use migration::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait, DatabaseConnection, FromQueryResult as _};

/// The migration that seals the log.
const MIGRATION: &str = "m20261124_000101_audit_seals";
/// Entries of an older database that are read at once.
const BATCH: i64 = 1_000;

/// Whether the log of a database was not sealed yet, before its schema is brought up to date.
pub(crate) async fn is_unsealed(connection: &DatabaseConnection) -> Result<bool> {
    let pending = Migrator::get_pending_migrations(connection).await?;
    Ok(pending.iter().any(|m| m.name() == MIGRATION))
}

/// Begins the log in a transaction of its own.
pub(crate) async fn begin(connection: &DatabaseConnection, keys: &Keyring) -> Result<()> {
    let transaction = unit_of_work::begin(connection).await?;
    begin_in(&transaction, keys).await?;
    Ok(transaction.commit().await?)
}

/// Begins the log: a head for each lane; entries that exist already become the first of lane one.
/// Another server may have been first, then there is nothing to do.
pub(crate) async fn begin_in(connection: &impl ConnectionTrait, keys: &Keyring) -> Result<()> {
    let mut first = Head::empty(keys, 1);
    if insert(connection, &first).await? == 0 {
        return Ok(());
    }
    for lane in 2..=LANES {
        insert(connection, &Head::empty(keys, lane)).await?;
    }
    while adopt(connection, keys, &mut first).await? {}
    if first.entries > 0 {
        first.sign(keys);
        let sql = "UPDATE audit_heads SET entries = $1, mac = $2 WHERE lane = 1";
        run(connection, sql, params![first.entries, first.mac]).await?;
    }
    Ok(())
}

async fn insert(connection: &impl ConnectionTrait, head: &Head) -> Result<u64> {
    let sql = "INSERT INTO audit_heads (lane, entries, sealed, seal, mac) VALUES ($1, 0, 0, 0, $2) \
               ON CONFLICT DO NOTHING";
    run(connection, sql, params![head.lane, head.mac.clone()]).await
}

/// Gives the next entries that have no place the next ones of a lane, the oldest first.
async fn adopt(connection: &impl ConnectionTrait, keys: &Keyring, head: &mut Head) -> Result<bool> {
    let sql = format!(
        "SELECT {} FROM audit_entries WHERE lane IS NULL ORDER BY at, id LIMIT {BATCH}",
        StoredEntry::COLUMNS
    );
    let select = statement(connection, &sql, Vec::new());
    let entries = StoredEntry::find_by_statement(select)
        .all(connection)
        .await?;
    for entry in &entries {
        head.entries += 1;
        let mac = code(keys, &entry.content().bytes(head.lane, head.entries));
        let sql = "UPDATE audit_entries SET lane = $1, place = $2, mac = $3 WHERE id = $4";
        let values = params![head.lane, head.entries, mac.to_vec(), entry.id];
        run(connection, sql, values).await?;
    }
    Ok(!entries.is_empty())
}

async fn run(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: Vec<sea_orm::Value>,
) -> Result<u64> {
    let statement = statement(connection, sql, values);
    Ok(connection.execute_raw(statement).await?.rows_affected())
}
