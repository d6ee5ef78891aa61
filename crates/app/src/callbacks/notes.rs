//! Notes on saved records: a record is never changed, only annotated (CBK-38).

use super::reviews::text;
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::ids::CallbackId;
use domain::time::Instant;
use store::AuditEntry;
use store::callbacks as rows;

/// Rights of which one is enough to annotate what is in sight.
const MAY: [Permission; 3] = [
    Permission::CallbacksReview,
    Permission::CallbacksDecide,
    Permission::CallbacksMake,
];

/// Adds a note to a callback, or to one of its attempts.
///
/// # Errors
/// When the actor may not, there is no such attempt, or there are no words.
pub async fn add_note(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CallbackId,
    attempt: &str,
    words: &str,
) -> Result<()> {
    let right = MAY.into_iter().find(|p| actor.may(*p));
    let scope = actor.scope(right.unwrap_or(Permission::CallbacksMake))?;
    let Some(by) = actor.user() else {
        return Err(crate::Refusal::new("person-needed").into());
    };
    let words = text(words, "text")?.ok_or_else(|| Error::invalid("text", "missing"))?;
    let work = app.store().begin(now).await?;
    let callback = rows::find_callback(&work, &scope, id).await?;
    let callback = callback.ok_or(Error::NotFound)?;
    let seq = match attempt.trim() {
        "" => None,
        seq => {
            let seq: i64 = seq
                .parse()
                .map_err(|_| Error::invalid("attempt", "number"))?;
            let attempts = rows::list_attempts(&work, &scope, id).await?;
            let known = attempts.iter().any(|a| a.seq == seq && a.is_saved);
            Some(seq)
                .filter(|_| known)
                .ok_or_else(|| Error::invalid("attempt", "unknown-code"))
                .map(Some)?
        }
    };
    let author = (by, actor.name.as_str());
    rows::insert_note(&work, id, callback.customer_id, seq, author, words).await?;
    let entry = AuditEntry::new(actor, "callback.annotated", "callback", id.0);
    let detail = serde_json::json!({ "attempt": seq });
    Ok(work
        .commit(entry.customer(callback.customer_id.0).detail(detail))
        .await?)
}
