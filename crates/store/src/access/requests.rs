//! Requests with a key, so that sending one again does nothing twice.

use crate::sql::{find, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::ids::ClientId;
use domain::time::Instant;
use sea_orm::FromQueryResult;

/// A request under a key of a client, with its answer once there is one.
#[derive(Clone, Debug)]
pub struct KeyedRequest {
    /// SHA-256 of method, path and body of the request.
    pub request_hash: Vec<u8>,
    /// Its answer; nothing while it is under way.
    pub answer: Option<KeptAnswer>,
    /// When it began.
    pub begun_at: Instant,
}

/// An answer that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// HTTP status.
    pub status: i64,
    /// Headers and body, as the API wrote them down.
    pub body: String,
}

#[derive(FromQueryResult)]
struct Row {
    request_hash: Vec<u8>,
    status: i64,
    body: String,
    created_at: i64,
}

/// The status of a request that has no answer yet.
const UNDER_WAY: i64 = 0;

/// The request of a key.
///
/// # Errors
/// What the database says.
pub async fn find_keyed_request(
    db: &impl Reads,
    client: ClientId,
    key: &str,
) -> Result<Option<KeyedRequest>> {
    let sql = "SELECT request_hash, status, body, created_at FROM idempotency_keys \
               WHERE client_id = $1 AND key = $2";
    let row: Option<Row> = find(db, sql, params![client.0, key]).await?;
    Ok(row.map(|r| KeyedRequest {
        request_hash: r.request_hash,
        answer: (r.status != UNDER_WAY).then_some(KeptAnswer {
            status: r.status,
            body: r.body,
        }),
        begun_at: instant(r.created_at),
    }))
}

/// Takes a key for a request; says no when it is taken already.
///
/// # Errors
/// What the database says.
pub async fn take_key(
    work: &UnitOfWork,
    client: ClientId,
    key: &str,
    request_hash: &[u8],
) -> Result<bool> {
    let sql = "INSERT INTO idempotency_keys (client_id, key, request_hash, status, body, created_at) \
               VALUES ($1, $2, $3, $4, '', $5) ON CONFLICT DO NOTHING";
    let values = params![
        client.0,
        key,
        request_hash.to_vec(),
        UNDER_WAY,
        millis(work.now())
    ];
    Ok(work.execute(sql, values).await? == 1)
}

/// Keeps the answer of a request under way.
///
/// # Errors
/// What the database says.
pub async fn keep_answer(
    work: &UnitOfWork,
    client: ClientId,
    key: &str,
    answer: &KeptAnswer,
) -> Result<()> {
    let sql =
        "UPDATE idempotency_keys SET status = $1, body = $2 WHERE client_id = $3 AND key = $4";
    let values = params![answer.status, answer.body.as_str(), client.0, key];
    work.execute(sql, values).await.map(|_| ())
}

/// Gives a key back.
///
/// # Errors
/// What the database says.
pub async fn give_key_back(work: &UnitOfWork, client: ClientId, key: &str) -> Result<()> {
    let sql = "DELETE FROM idempotency_keys WHERE client_id = $1 AND key = $2";
    work.execute(sql, params![client.0, key]).await.map(|_| ())
}

/// Forgets the keys of a client from before a moment.
///
/// # Errors
/// What the database says.
pub async fn forget_keys(work: &UnitOfWork, client: ClientId, before: Instant) -> Result<()> {
    let sql = "DELETE FROM idempotency_keys WHERE client_id = $1 AND created_at < $2";
    work.execute(sql, params![client.0, millis(before)])
        .await
        .map(|_| ())
}
