//! Requests that carry a key: sent again, they get the answer of the first time.

use crate::{App, Result};
use chrono::Duration;
use domain::access::{Actor, ActorKind};
use domain::ids::ClientId;
use domain::time::Instant;
use store::AuditEntry;
use store::access::{self as rows, KeptAnswer};

/// How long a key is remembered.
const REMEMBERED_FOR: Duration = Duration::days(7);
/// A request without an answer after this long was lost with its server; it may be sent again.
const LOST_AFTER: Duration = Duration::minutes(2);

/// What became of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The request is new: do it, then [`keep_answer`] or [`give_key_back`].
    New,
    /// It was done; this was its answer.
    Answered(KeptAnswer),
    /// The same request is being done at this moment.
    UnderWay,
    /// The key belongs to another request.
    AnotherRequest,
}

/// The client of an actor, if it is one; only clients have keys.
fn client(actor: &Actor) -> Option<ClientId> {
    match actor.kind {
        ActorKind::Client(id) => Some(id),
        _ => None,
    }
}

/// Begins a request under a key. `hash` is the SHA-256 of its method, path and body.
///
/// # Errors
/// [`crate::Error::NotFound`] for actors that are not clients.
pub async fn begin_request(
    app: &App,
    actor: &Actor,
    now: Instant,
    key: &str,
    hash: &[u8],
) -> Result<Begun> {
    let client = client(actor).ok_or(crate::Error::NotFound)?;
    let work = app.store().begin(now).await?;
    rows::forget_keys(&work, client, now - REMEMBERED_FOR).await?;
    if let Some(found) = rows::find_keyed_request(&work, client, key).await? {
        if found.request_hash != hash {
            return Ok(Begun::AnotherRequest);
        }
        if let Some(answer) = found.answer {
            return Ok(Begun::Answered(answer));
        }
        if found.begun_at + LOST_AFTER > now {
            return Ok(Begun::UnderWay);
        }
        rows::give_key_back(&work, client, key).await?;
    }
    if !rows::take_key(&work, client, key, hash).await? {
        return Ok(Begun::UnderWay);
    }
    work.commit(entry(actor, client, "access.request_begun"))
        .await?;
    Ok(Begun::New)
}

/// Keeps the answer of a request that was done.
///
/// # Errors
/// What the store says.
pub async fn keep_answer(
    app: &App,
    actor: &Actor,
    now: Instant,
    key: &str,
    answer: &KeptAnswer,
) -> Result<()> {
    let client = client(actor).ok_or(crate::Error::NotFound)?;
    let work = app.store().begin(now).await?;
    rows::keep_answer(&work, client, key, answer).await?;
    Ok(work
        .commit(entry(actor, client, "access.request_answered"))
        .await?)
}

/// Gives back the key of a request that failed: nothing was done, so it may be sent again.
///
/// # Errors
/// What the store says.
pub async fn give_key_back(app: &App, actor: &Actor, now: Instant, key: &str) -> Result<()> {
    let client = client(actor).ok_or(crate::Error::NotFound)?;
    let work = app.store().begin(now).await?;
    rows::give_key_back(&work, client, key).await?;
    Ok(work
        .commit(entry(actor, client, "access.request_failed"))
        .await?)
}

fn entry(actor: &Actor, client: ClientId, action: &'static str) -> AuditEntry {
    AuditEntry::new(actor, action, "api_client", client.0)
}
