//! Carrying out an approved batch: item by item, each in a transaction of its own, so that a killed
//! job goes on where it was. Terms and holds are looked at again before each.

use super::terms::{
    covering, customer_case, held_policy, held_record, kinds_of_policy, made_term, record_term,
};
use crate::{App, Error, Result, jobs};
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Scope};
use domain::ids::{CustomerId, PolicyId};
use domain::retention::{BatchState, RecordKind};
use domain::time::{self, Instant};
use sha2::{Digest as _, Sha256};
use store::retention::{
    self as rows, BatchChange, DestroyedFile, HoldRow, ItemFilter, ItemRow, KeptPolicy, Wanted,
    WhichRecords, list_kept_policies, list_kept_records, load_active_holds,
};
use store::{AuditEntry, Reads, UnitOfWork};
use uuid::Uuid;

/// Items that are read at once.
const READ_ROWS: i64 = 200;

/// Destroys what an approved batch lists; how many items were done.
///
/// # Errors
/// [`Error::NotFound`] when there is no such batch, and what the store and the files say; what was
/// done until then stays done.
pub(crate) async fn execute(
    app: &App,
    clock: jobs::Clock<'_>,
    number: &str,
    progress: &(dyn Fn(i64, i64) + Sync),
) -> Result<i64> {
    let actor = Actor::system();
    let scope = actor.scope(Permission::RetentionApprove)?;
    let row = rows::find_batch(app.store(), &scope, number).await?;
    let row = row.ok_or(Error::NotFound)?;
    match row.batch.state {
        BatchState::Executed => return Ok(row.items),
        BatchState::Approved => {}
        _ => return Err(Error::NotFound),
    }
    let waiting = ItemFilter {
        waiting: true,
        after_seq: 0,
    };
    loop {
        let items = rows::list_items(app.store(), &scope, row.id, waiting, READ_ROWS).await?;
        if items.is_empty() {
            break;
        }
        for item in items {
            destroy(app, &scope, clock, &item).await?;
            progress(item.seq, row.items);
        }
    }
    let now = clock();
    let (destroyed, skipped, certificate) = certificate(app, &scope, row.id).await?;
    let work = app.store().begin(now).await?;
    let change = BatchChange {
        executed: Some((destroyed, skipped, &certificate)),
        ..BatchChange::default()
    };
    rows::save_batch(&work, &row, BatchState::Executed, &change).await?;
    let detail = serde_json::json!({
        "number": row.number, "destroyed": destroyed, "skipped": skipped, "certificate": certificate,
    });
    let entry = AuditEntry::new(&actor, "retention.executed", "destruction", row.id);
    work.commit(entry.detail(detail)).await?;
    Ok(row.items)
}

/// Counts, and the hash over the digests of all items in their order.
async fn certificate(app: &App, scope: &Scope, batch: Uuid) -> Result<(i64, i64, String)> {
    let mut hasher = Sha256::new();
    let (mut destroyed, mut skipped) = (0, 0);
    let mut filter = ItemFilter::default();
    loop {
        let items = rows::list_items(app.store(), scope, batch, filter, READ_ROWS).await?;
        let Some(last) = items.last() else { break };
        filter.after_seq = last.seq;
        for item in &items {
            match &item.digest {
                Some(_) => destroyed += 1,
                None => skipped += 1,
            }
            let end = item.digest.as_deref().or(item.skip_reason.as_deref());
            hasher.update(format!("{}\t{}\n", item.seq, end.unwrap_or_default()));
        }
    }
    Ok((destroyed, skipped, hex::encode(hasher.finalize())))
}

async fn destroy(app: &App, scope: &Scope, clock: jobs::Clock<'_>, item: &ItemRow) -> Result<()> {
    // Files go first: if the program dies in between, the item is done again and finds them gone.
    let files = files(app, item).await?;
    let mut discarded = 0_u64;
    for file in files.iter().filter(|f| !f.is_link) {
        let now = clock();
        if stays(app, app.store(), scope, now, item).await?.is_some() {
            break;
        }
        crate::files::discard(app, now, &file.location).await?;
        discarded += 1;
    }
    let now = clock();
    let work = app.store().begin(now).await?;
    // Whoever places a hold waits for this, or this for them: no row goes under a hold.
    rows::lock_open_batches(&work).await?;
    let reason = stays(app, &work, scope, now, item).await?;
    let actor = Actor::system();
    let entry = |action| {
        let customer = item.customer.map(|c| c.0);
        AuditEntry::new(&actor, action, "destruction_item", item.id).customer(customer)
    };
    if let Some(reason) = reason {
        rows::end_item(&work, item.id, Err(reason)).await?;
        let detail = serde_json::json!({
            "kind": item.kind.as_str(), "reason": reason, "files": discarded,
        });
        return Ok(work
            .commit(entry("retention.passed_over").detail(detail))
            .await?);
    }
    if let (RecordKind::Identity, Some(customer)) = (item.kind, item.customer) {
        for key in rows::list_copies(&work, customer).await? {
            jobs::enqueue(&work, &actor, now, &jobs::Task::DiscardFile { key }).await?;
        }
    }
    let rows_gone = empty(&work, item, &files).await?;
    let rows_gone = i64::try_from(rows_gone).unwrap_or(i64::MAX);
    let files_gone = i64::try_from(files.len()).unwrap_or(i64::MAX);
    let digest = digest(item, rows_gone, &files, now);
    rows::end_item(&work, item.id, Ok((rows_gone, files_gone, &digest))).await?;
    let detail = serde_json::json!({
        "kind": item.kind.as_str(), "rows": rows_gone, "files": files_gone, "digest": digest,
    });
    Ok(work
        .commit(entry("retention.destroyed").detail(detail))
        .await?)
}

/// Why an item is passed over, as a code; nothing when it goes.
async fn stays(
    app: &App,
    db: &impl Reads,
    scope: &Scope,
    now: Instant,
    item: &ItemRow,
) -> Result<Option<&'static str>> {
    let today = time::date_in_china(now);
    let holds = load_active_holds(db).await?;
    if let Some(record) = item.record {
        return record_stays(app, db, scope, (item.kind, record), &holds, today).await;
    }
    let Some(policy) = item.policy else {
        let Some(customer) = item.customer else {
            return Ok(Some("already_gone"));
        };
        let case = customer_case(app, db, scope, customer, today).await?;
        let gone = |p: &KeptPolicy| p.is_destroyed;
        return Ok(match case {
            Some(case) => case.stays(&holds, today, &gone),
            None => Some("already_gone"),
        });
    };
    let found = list_kept_policies(db, scope, &Wanted::One(policy), 1).await?;
    let Some(policy) = found.first() else {
        return Ok(Some("already_gone"));
    };
    let kinds = kinds_of_policy(policy);
    let term = record_term(&app.rules(), item.kind, policy, today);
    Ok(
        if !covering(&holds, &held_policy(policy, today)).is_empty() {
            Some("held")
        } else if !kinds.contains(&item.kind) {
            Some("already_gone")
        } else if !term.is_over(today) {
            Some("term_running")
        } else if item.kind == RecordKind::PolicyRecord && kinds.len() > 1 {
            Some("records_left")
        } else {
            None
        },
    )
}

/// Why a record with a term of its own is passed over.
async fn record_stays(
    app: &App,
    db: &impl Reads,
    scope: &Scope,
    (kind, record): (RecordKind, Uuid),
    holds: &[HoldRow],
    today: NaiveDate,
) -> Result<Option<&'static str>> {
    let which = WhichRecords::One(record);
    let found = list_kept_records(db, scope, kind, which, 1).await?;
    let Some(record) = found.first() else {
        return Ok(Some("already_gone"));
    };
    let term = made_term(&app.rules(), kind, record.made_on, today);
    Ok(if !covering(holds, &held_record(record)).is_empty() {
        Some("held")
    } else if record.is_open {
        Some("open_work")
    } else if term.is_over(today) {
        None
    } else {
        Some("term_running")
    })
}

async fn files(app: &App, item: &ItemRow) -> Result<Vec<DestroyedFile>> {
    Ok(match (item.policy, item.customer) {
        (Some(policy), _) => rows::list_files_of_policy(app.store(), policy, item.kind).await?,
        (None, Some(customer)) if item.kind == RecordKind::Identity => {
            rows::list_files_of_customer(app.store(), customer).await?
        }
        _ => Vec::new(),
    })
}

async fn empty(work: &UnitOfWork, item: &ItemRow, files: &[DestroyedFile]) -> Result<u64> {
    let deleted = rows::delete_recordings(work, files).await?;
    if let Some(record) = item.record {
        return Ok(match item.kind {
            RecordKind::SalesVisit => rows::destroy_slip(work, record).await?,
            RecordKind::Gathering => rows::destroy_gathering(work, record).await?,
            RecordKind::Survey => rows::destroy_survey(work, record).await?,
            RecordKind::Campaign => rows::destroy_campaign(work, record).await?,
            _ => 0,
        });
    }
    let emptied = match (item.kind, item.policy) {
        (RecordKind::Ticket, Some(policy)) => rows::destroy_tickets(work, policy).await?,
        (RecordKind::CallbackRecord, Some(policy)) => rows::destroy_callbacks(work, policy).await?,
        (RecordKind::VisitQuestionnaire, Some(policy)) => {
            rows::destroy_visits(work, policy).await?
        }
        (RecordKind::PolicyRecord, Some(policy)) => rows::destroy_policy(work, policy).await?,
        (RecordKind::Identity, None) => match item.customer {
            Some(customer) => rows::erase_customer(work, customer).await?,
            None => 0,
        },
        _ => 0,
    };
    Ok(deleted + emptied)
}

/// What was destroyed, as a hash: ids, counts, the hashes of the files, the moment.
fn digest(item: &ItemRow, rows: i64, files: &[DestroyedFile], now: Instant) -> String {
    let customer = item.customer.map(|CustomerId(id)| id.to_string());
    let customer = customer.unwrap_or_default();
    let policy = item.policy.map(|PolicyId(id)| id.to_string());
    let policy = policy.or(item.record.map(|id| id.to_string()));
    let mut hasher = Sha256::new();
    hasher.update(format!(
        "{}\t{}\t{customer}\t{}\t{rows}\t{}\t{}",
        item.id,
        item.kind,
        policy.unwrap_or_default(),
        files.len(),
        now.timestamp_millis(),
    ));
    for file in files {
        hasher.update(file.sha256.as_deref().unwrap_or(&file.location));
    }
    hex::encode(hasher.finalize())
}
