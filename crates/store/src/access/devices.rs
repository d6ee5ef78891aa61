//! Devices on which people signed in, and failures to sign in.

use crate::sql::{Select, count, find, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::ids::UserId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A device on which a user signed in.
#[derive(Clone, Copy, Debug)]
pub struct DeviceRow {
    /// Its id.
    pub id: Uuid,
    /// When the user last signed in on it.
    pub seen_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    seen_at: i64,
}

/// The device of a user of this name that holds one of some tokens.
///
/// # Errors
/// What the database says.
pub async fn find_device(
    db: &impl Reads,
    username: &str,
    token_hashes: &[[u8; 32]],
) -> Result<Option<DeviceRow>> {
    let mut select =
        Select::new("SELECT d.id, d.seen_at FROM known_devices d JOIN users u ON u.id = d.user_id");
    let hashes = token_hashes.iter().map(|h| h.to_vec().into());
    select
        .filter("u.username = ?", params![username])
        .filter_in("d.token_hash", hashes.collect())
        .then("ORDER BY d.seen_at DESC LIMIT 1", Vec::new());
    let row = select.list::<Row>(db).await?.into_iter().next();
    Ok(row.map(|r| DeviceRow {
        id: r.id,
        seen_at: instant(r.seen_at),
    }))
}

/// A device that is new for a user.
#[derive(Clone, Debug)]
pub struct NewDevice<'n> {
    /// Whose it is.
    pub user: UserId,
    /// SHA-256 of the token that it keeps.
    pub token_hash: [u8; 32],
    /// Browser.
    pub user_agent: &'n str,
    /// Network address.
    pub address: &'n str,
}

/// Keeps a device.
///
/// # Errors
/// What the database says.
pub async fn insert_device(work: &UnitOfWork, device: &NewDevice<'_>) -> Result<()> {
    let sql = "INSERT INTO known_devices (id, user_id, token_hash, user_agent, address, first_at, seen_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $6)";
    let values = params![
        work.next_id(),
        device.user.0,
        device.token_hash.to_vec(),
        device.user_agent,
        device.address,
        millis(work.now()),
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// Notes that a user signed in on a device.
///
/// # Errors
/// What the database says.
pub async fn touch_device(
    work: &UnitOfWork,
    device: Uuid,
    user_agent: &str,
    address: &str,
) -> Result<()> {
    let sql = "UPDATE known_devices SET user_agent = $1, address = $2, seen_at = $3 WHERE id = $4";
    let values = params![user_agent, address, millis(work.now()), device];
    work.execute(sql, values).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct LastRow {
    at: Option<i64>,
}

/// When a user last signed in on any device, or from one address.
///
/// # Errors
/// What the database says.
pub async fn last_sign_in(
    db: &impl Reads,
    username: &str,
    address: Option<&str>,
) -> Result<Option<Instant>> {
    let sql = "SELECT MAX(d.seen_at) AS at FROM known_devices d JOIN users u ON u.id = d.user_id \
               WHERE u.username = $1 AND ($2 = '*' OR d.address = $2)";
    let row = find::<LastRow>(db, sql, params![username, address.unwrap_or("*")]).await?;
    Ok(row.and_then(|r| r.at).map(instant))
}

/// Whether a user signed in before with such a browser from such an address.
///
/// # Errors
/// What the database says.
pub async fn is_familiar(
    db: &impl Reads,
    user: UserId,
    user_agent: &str,
    address: &str,
) -> Result<bool> {
    let sql = "SELECT COUNT(*) AS n FROM known_devices WHERE user_id = $1 AND user_agent = $2 AND address = $3";
    Ok(count(db, sql, params![user.0, user_agent, address]).await? > 0)
}

/// Somebody who failed to sign in.
#[derive(Clone, Debug)]
pub struct NewFailure<'n> {
    /// Blind index of the name that was typed; see [`name_index`].
    pub name_index: i64,
    /// The device, when the person behind the name signed in on it before.
    pub device: Option<Uuid>,
    /// Network address.
    pub address: &'n str,
}

/// The blind index of a name that somebody typed: what people type there by mistake is not for keeping.
pub fn name_index(db: &impl Reads, username: &str) -> i64 {
    db.keys().index("sign_in_failures.name", username)
}

/// Keeps a failure.
///
/// # Errors
/// What the database says.
pub async fn insert_failure(work: &UnitOfWork, failure: &NewFailure<'_>) -> Result<()> {
    let sql = "INSERT INTO sign_in_failures (id, name_index, device_id, address, at) \
               VALUES ($1, $2, $3, $4, $5)";
    let values = params![
        work.next_id(),
        failure.name_index,
        failure.device,
        failure.address,
        millis(work.now()),
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// How many failures there were, and when the last one was.
#[derive(Clone, Copy, Debug, Default)]
pub struct Failures {
    /// How many.
    pub count: i64,
    /// The last one.
    pub last_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct FailuresRow {
    n: i64,
    last_at: Option<i64>,
}

/// Failures after a moment on one device, or, when no device is named, on unknown devices: under a
/// name, from an address, or both.
///
/// # Errors
/// What the database says.
pub async fn list_failures(
    db: &impl Reads,
    name_index: Option<i64>,
    device: Option<Uuid>,
    address: Option<&str>,
    after: Instant,
) -> Result<Failures> {
    let mut select = Select::new("SELECT COUNT(*) AS n, MAX(at) AS last_at FROM sign_in_failures");
    select.filter("at > ?", params![millis(after)]);
    match device {
        Some(device) => select.filter("device_id = ?", params![device]),
        None => select.filter("device_id IS NULL", Vec::new()),
    };
    if let Some(name) = name_index {
        select.filter("name_index = ?", params![name]);
    }
    if let Some(address) = address {
        select.filter("address = ?", params![address]);
    }
    let row = select.list::<FailuresRow>(db).await?.into_iter().next();
    Ok(row.map_or_else(Failures::default, |r| Failures {
        count: r.n,
        last_at: r.last_at.map(instant),
    }))
}

/// Failures under a name after a moment, those on one device left out.
///
/// # Errors
/// What the database says.
pub async fn count_failures_since(
    db: &impl Reads,
    name_index: i64,
    after: Instant,
    but_on: Option<Uuid>,
) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM sign_in_failures WHERE name_index = $1 AND at > $2 \
               AND (device_id IS NULL OR device_id <> $3)";
    let but_on = but_on.unwrap_or(Uuid::nil());
    count(db, sql, params![name_index, millis(after), but_on]).await
}

/// Forgets failures and devices of before some moments.
///
/// # Errors
/// What the database says.
pub async fn delete_old_traces(
    work: &UnitOfWork,
    failures_before: Instant,
    devices_before: Instant,
) -> Result<()> {
    let sql = "DELETE FROM sign_in_failures WHERE at < $1";
    work.execute(sql, params![millis(failures_before)]).await?;
    let sql = "DELETE FROM known_devices WHERE seen_at < $1";
    work.execute(sql, params![millis(devices_before)])
        .await
        .map(|_| ())
}
