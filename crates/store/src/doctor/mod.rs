//! What the doctor asks the database. Nothing here changes anything.

use crate::sql::{count, find, instant, list, millis, params};
use crate::{Result, Store};
use chrono::{Duration, NaiveDate};
use domain::time::Instant;
use sea_orm::FromQueryResult;

#[derive(FromQueryResult)]
struct Text {
    v: String,
}

#[derive(FromQueryResult)]
struct Number {
    v: Option<i64>,
}

/// Findings that are listed; the first few say enough.
const FOUND_MAX: usize = 5;

async fn number(store: &Store, sql: &str) -> Result<Option<i64>> {
    let row = find::<Number>(store, sql, Vec::new()).await?;
    Ok(row.and_then(|r| r.v))
}

/// Version of the database.
///
/// # Errors
/// When it is gone.
pub async fn engine_version(store: &Store) -> Result<String> {
    let row = find::<Text>(store, store.backend().version_query(), Vec::new()).await?;
    Ok(row.map_or_else(String::new, |r| r.v))
}

/// What is damaged: pages, indexes, references. Reads the whole of an embedded database.
///
/// # Errors
/// When it is gone.
pub async fn find_damage(store: &Store) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for sql in store.backend().damage_queries() {
        let rows = list::<Text>(store, sql, Vec::new()).await?;
        found.extend(rows.into_iter().map(|r| r.v).filter(|v| v != "ok"));
        found.truncate(FOUND_MAX);
    }
    Ok(found)
}

/// The clock of the database; nothing where it is that of the server.
///
/// # Errors
/// When it is gone.
pub async fn database_clock(store: &Store) -> Result<Option<Instant>> {
    match store.backend().clock_query() {
        Some(sql) => Ok(number(store, sql).await?.map(instant)),
        None => Ok(None),
    }
}

/// Versions of the data keys, such as `seal/1`.
///
/// # Errors
/// When the database is gone.
pub async fn list_key_versions(store: &Store) -> Result<Vec<String>> {
    let sql = "SELECT purpose || '/' || CAST(version AS TEXT) AS v FROM encryption_keys ORDER BY purpose, version";
    let rows = list::<Text>(store, sql, Vec::new()).await?;
    Ok(rows.into_iter().map(|r| r.v).collect())
}

/// Jobs that were given up.
///
/// # Errors
/// When the database is gone.
pub async fn count_dead_jobs(store: &Store) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM jobs WHERE state = 'dead'";
    count(store, sql, Vec::new()).await
}

/// Jobs that should long have been taken up, or taken up again.
///
/// # Errors
/// When the database is gone.
pub async fn count_stuck_jobs(store: &Store, now: Instant, patience: Duration) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM jobs WHERE (state = 'queued' AND run_at < $1) \
               OR (state = 'running' AND lease_until < $1)";
    count(store, sql, params![millis(now - patience)]).await
}

/// When the planner last ended well.
///
/// # Errors
/// When the database is gone.
pub async fn find_last_plan(store: &Store) -> Result<Option<Instant>> {
    let sql = "SELECT MAX(started_at) AS v FROM extraction_runs WHERE state = 'finished'";
    Ok(number(store, sql).await?.map(instant))
}

/// Policies there are; without any nothing needs to be planned.
///
/// # Errors
/// When the database is gone.
pub async fn has_policies(store: &Store) -> Result<bool> {
    let sql = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM policies LIMIT 1) AS found";
    Ok(count(store, sql, Vec::new()).await? > 0)
}

/// Open obligations that nobody has met and whose day has passed.
///
/// # Errors
/// When the database is gone.
pub async fn count_overdue(store: &Store, today: NaiveDate) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM obligations WHERE status = 'open' AND due_on < $1";
    count(store, sql, params![today]).await
}
