//! The work after new keys were made: everything is brought to them, then the older ones are destroyed.

use crate::jobs::Clock;
use crate::{App, Error, Result};
use chrono::Duration;
use domain::access::{Actor, Permission};
use domain::time::Instant;
use store::sealing::registry::SealedTable;
use store::sealing::renew::{
    Cursor, count_rows_to_renew, count_stale_rows, has_older_index, renew_chunk,
};
use store::sealing::{KeyInfo, destroy_key, list_keys, refresh_keys};
use store::{AuditEntry, StoreError};
use uuid::Uuid;

/// An older key is destroyed this long after the newer one was made: no transaction that began before
/// lasts longer, and no page that was read before is still being opened.
const GRACE: Duration = Duration::minutes(10);
/// Chunks after which the place is written down.
const CHUNKS_OF_A_STRETCH: usize = 20;
/// Times that everything is gone through, should somebody keep writing with an older key.
const PASSES_MAX: usize = 10;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenewDone {
    /// Rows that were brought to the newest keys.
    pub renewed: u64,
    /// The same, and the keys that were destroyed, as JSON.
    pub result: String,
    /// An older key may be destroyed only then.
    pub again_at: Option<Instant>,
}

/// Where the work is, as it is written down.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
struct Place {
    table: String,
    after: Uuid,
}

/// Hears how many rows are done, how many there are, and the place to go on from.
pub(super) type Tell<'t> = &'t (dyn Fn(u64, u64, String) + Send + Sync);

/// Brings everything to the newest keys, going on where an earlier attempt was, and destroys older
/// keys when a last look finds nothing under them.
///
/// # Errors
/// When the actor may not, or a value cannot be opened.
pub async fn renew(
    app: &App,
    actor: &Actor,
    clock: Clock<'_>,
    earlier: (i64, Option<i64>, Option<&str>),
    tell: Tell<'_>,
) -> Result<RenewDone> {
    actor.demand(Permission::SystemManage)?;
    let store = app.store();
    let (done, total, place) = earlier;
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let mut cursor = place.and_then(cursor_of);
    let mut renewed = if cursor.is_some() { count(done) } else { 0 };
    let total = match total.filter(|_| cursor.is_some()) {
        Some(total) => count(total),
        None => count_rows_to_renew(store).await?,
    };
    for pass in 0..PASSES_MAX {
        let is_whole = cursor.is_none() && pass > 0;
        let mut next = Some(cursor.take().unwrap_or_else(Cursor::start));
        let before = renewed;
        while let Some(from) = next {
            let (rows, then) = stretch(app, clock(), from, pass == 0).await?;
            renewed += rows;
            if let Some(place) = &then {
                let place = Place {
                    table: place.table.name.to_owned(),
                    after: place.after,
                };
                let place = serde_json::to_string(&place).unwrap_or_default();
                tell(renewed, total.max(renewed), place);
            }
            next = then;
        }
        // Values name their key; of an index only computing it again tells.
        let is_clean = count_stale_rows(store).await? == 0;
        if is_clean && (!has_older_index(store) || (is_whole && renewed == before)) {
            return finish(app, actor, clock(), renewed).await;
        }
    }
    let what = "values are still being written with an older key";
    Err(Error::Unavailable(what.into()))
}

fn cursor_of(text: &str) -> Option<Cursor> {
    let place: Place = serde_json::from_str(text).ok()?;
    Some(Cursor {
        table: SealedTable::find(&place.table)?,
        after: place.after,
    })
}

/// Some chunks in a row.
async fn stretch(
    app: &App,
    now: Instant,
    from: Cursor,
    may_skip: bool,
) -> Result<(u64, Option<Cursor>)> {
    let mut bulk = app.store().bulk(now, false).await?;
    let (mut rows, mut next) = (0, Some(from));
    for _ in 0..CHUNKS_OF_A_STRETCH {
        let Some(cursor) = &next else { break };
        let done = renew_chunk(&mut bulk, cursor, may_skip).await?;
        rows += done.renewed;
        next = done.next;
        // Others on this thread have their turn between chunks.
        tokio::task::yield_now().await;
    }
    Ok((rows, next))
}

/// Destroys older keys when their time has come.
async fn finish(app: &App, actor: &Actor, now: Instant, renewed: u64) -> Result<RenewDone> {
    let store = app.store();
    let keys: Vec<KeyInfo> = list_keys(store).await?;
    let (mut older, mut again_at) = (Vec::new(), None);
    for purpose in ["seal", "index"] {
        let mut live = keys
            .iter()
            .filter(|k| k.purpose == purpose && k.destroyed_at.is_none());
        let Some(newest) = live.next() else { continue };
        let rest: Vec<_> = live.collect();
        if rest.is_empty() {
            continue;
        }
        if now < newest.created_at + GRACE {
            again_at = again_at.max(Some(newest.created_at + GRACE));
        } else {
            older.extend(rest);
        }
    }
    let names: Vec<_> = older
        .iter()
        .map(|k| format!("{} {}", k.purpose, k.version))
        .collect();
    if older.iter().any(|k| k.purpose == "index") {
        crate::customers::refresh_search_keys(app, now).await?;
    }
    if !older.is_empty() {
        let work = store.begin(now).await?;
        if count_stale_rows(&work).await? > 0 {
            return Err(StoreError::Conflict.into());
        }
        for key in &older {
            destroy_key(&work, &key.purpose, key.version).await?;
        }
        let detail = serde_json::json!({ "keys": names });
        let entry = AuditEntry::new(actor, "keys.destroyed", "keys", None);
        work.commit(entry.detail(detail)).await?;
        refresh_keys(store).await?;
    }
    store.fold_log().await?;
    let result = serde_json::json!({ "renewed": renewed, "destroyed": names });
    Ok(RenewDone {
        renewed,
        result: result.to_string(),
        again_at,
    })
}
