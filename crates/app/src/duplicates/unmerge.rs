//! Taking a merge back.

use super::decide::set_state;
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::duplicates::{PairState, UnmergeError, check_unmerge};
use domain::time::Instant;
use store::duplicates::{self as rows, Undone};
use store::{AuditActor, AuditEntry};
use uuid::Uuid;

/// Takes a merge back. The pair counts as two customers from then on.
///
/// # Errors
/// When the actor may not, the merge is not in sight, or a later one builds on it.
pub async fn unmerge(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    reason: &str,
) -> Result<Undone> {
    let scope = actor.scope(Permission::DuplicatesApprove)?;
    let reason = crate::approvals::reason(reason)?;
    let work = app.store().begin(now).await?;
    let row = rows::find_merge(&work, &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let is_built_on = rows::is_built_on(&work, &row).await?;
    check_unmerge(row.state, is_built_on, row.is_destroyed).map_err(|error| {
        Error::from(Refusal::new(match error {
            UnmergeError::Undone => "merge-undone",
            UnmergeError::BuiltOn => "merge-built-on",
            UnmergeError::Destroyed => "merge-destroyed",
        }))
    })?;
    let by = AuditActor::from(actor);
    let undone = rows::unmerge_customers(&work, &row, &by, reason).await?;
    let whole = Actor::system().scope(Permission::DuplicatesDecide)?;
    if let Some(pair) = rows::find_duplicate(&work, &whole, row.pair).await? {
        set_state(&work, &pair, PairState::Different, reason, &by).await?;
    }
    let detail = serde_json::json!({
        "survivor": row.survivor_no, "absorbed": row.absorbed_no, "returned": undone.returned,
        "followed": undone.followed, "kept": undone.kept,
    });
    let entry = AuditEntry::new(actor, "customers.unmerged", "merge", row.id);
    let entry = entry.detail(detail).customer(row.survivor.0);
    work.commit(entry.purpose(reason)).await?;
    Ok(undone)
}
