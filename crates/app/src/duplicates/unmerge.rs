//! Taking a merge back.

use super::decide::set_state;
use crate::{App, Error, Refusal, Result};
use chrono::Datelike as _;
use domain::access::{Actor, Permission};
use domain::duplicates::{PairState, UnmergeError, check_unmerge};
use domain::numbers::NumberKind;
use domain::retention::HoldSubject;
use domain::time::{self, Instant};
use store::duplicates::{self as rows, MergeRow, Undone};
use store::obligations::take_number;
use store::retention::{HoldFilter, NewHold, insert_hold, list_holds, lock_open_batches};
use store::{AuditActor, AuditEntry, UnitOfWork};
use uuid::Uuid;

/// Holds on one customer that are looked at; nobody has as many.
const HOLDS_MAX: u64 = 1_000;

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
    lock_open_batches(&work).await?;
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
    let mut undone = rows::unmerge_customers(&work, &row, &by, reason).await?;
    undone.held = hold_both(&work, &row, now).await?;
    let whole = Actor::system().scope(Permission::DuplicatesDecide)?;
    if let Some(pair) = rows::find_duplicate(&work, &whole, row.pair).await? {
        set_state(&work, &pair, PairState::Different, reason, &by).await?;
    }
    let detail = serde_json::json!({
        "survivor": row.survivor_no, "absorbed": row.absorbed_no, "returned": undone.returned,
        "followed": undone.followed, "kept": undone.kept,
        "forbidden": undone.forbidden, "held": undone.held,
    });
    let entry = AuditEntry::new(actor, "customers.unmerged", "merge", row.id);
    let entry = entry.detail(detail).customer(row.survivor.0);
    work.commit(entry.purpose(reason)).await?;
    Ok(undone)
}

/// Places the holds that came upon the merged customer upon the absorbed record, too: what they forbid to destroy
/// goes back with it. Each is lifted by itself. Their numbers.
async fn hold_both(work: &UnitOfWork, row: &MergeRow, now: Instant) -> Result<Vec<String>> {
    let whole = Actor::system().scope(Permission::RetentionManage)?;
    let filter = HoldFilter {
        standing: Some(true),
        customer: Some(row.survivor),
        ..HoldFilter::default()
    };
    let found = list_holds(work, &whole, &filter, HOLDS_MAX).await?;
    // Ids rise with time: what has a higher one than the merge came about after it.
    let since =
        |h: &&store::retention::HoldRow| h.id > row.id && h.hold.subject == HoldSubject::Customer;
    let absorbed = store::customers::find_customer(work, &whole, row.absorbed).await?;
    let absorbed = absorbed.ok_or(Error::NotFound)?;
    let mut numbers = Vec::new();
    for held in found.rows.iter().filter(since) {
        let year = time::date_in_china(now).year();
        let number = take_number(work, NumberKind::LegalHold, year).await?;
        let number = number.to_string();
        let new = NewHold {
            number: &number,
            subject: HoldSubject::Customer,
            customer: Some(row.absorbed),
            policy: None,
            ticket: None,
            org: absorbed.org_id.0,
            from_on: held.hold.from_on,
            until_on: held.hold.until_on,
            kind: held.kind,
            authority: &held.authority,
            document_no: &held.document_no,
            reason: held.reason.as_deref().unwrap_or_default(),
            effective_on: held.effective_on,
            review_on: held.review_on,
            placed_by: (held.hold.placed_by, &held.placed_by),
        };
        insert_hold(work, &new).await?;
        numbers.push(number);
    }
    Ok(numbers)
}
