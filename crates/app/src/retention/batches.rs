//! Batches as people see them, the steps that they take, and the certificate.

use crate::jobs::{Task, enqueue};
use crate::listing::{self, PAGE_ROWS};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission, Scope};
use domain::retention::{BatchError, BatchState, BatchStep, RecordKind};
use domain::time::Instant;
use store::retention::{self as rows, BatchChange, BatchRow, HoldFilter, ItemFilter, ItemRow};
use store::{AuditActor, AuditEntry, Page};

/// Items that a page shows as a sample.
const SAMPLE: i64 = 100;
/// Items that are read at once for a certificate.
const READ_ROWS: i64 = 1_000;
/// Longest note, in characters.
const NOTE_MAX: usize = 500;

/// Who proposes and who approves both see batches.
fn scope(actor: &Actor) -> Result<Scope> {
    match actor.scope(Permission::RetentionManage) {
        Ok(scope) => Ok(scope),
        Err(_) => Ok(actor.scope(Permission::RetentionApprove)?),
    }
}

/// The overview.
#[derive(Clone, Debug)]
pub struct RetentionPage {
    /// Batches, the newest first.
    pub batches: Page<BatchRow>,
    /// Holds that stand, at most a page of them.
    pub holds: usize,
    /// There are more.
    pub holds_more: bool,
}

/// Batches and holds of the units in sight.
///
/// # Errors
/// When the actor may neither propose nor approve.
pub async fn retention_page(app: &App, actor: &Actor, after: &str) -> Result<RetentionPage> {
    let scope = scope(actor)?;
    let after = listing::after(after)?;
    let filter = HoldFilter {
        standing: Some(true),
        ..HoldFilter::default()
    };
    let holds = rows::list_holds(app.store(), &scope, &filter, PAGE_ROWS).await?;
    Ok(RetentionPage {
        batches: rows::list_batches(app.store(), &scope, after.as_ref(), PAGE_ROWS).await?,
        holds: holds.rows.len(),
        holds_more: holds.next.is_some(),
    })
}

/// One batch.
#[derive(Clone, Debug)]
pub struct BatchPage {
    /// The batch.
    pub row: BatchRow,
    /// How much of what: kind, basis, state, items, rows, files.
    pub sums: Vec<(RecordKind, String, String, i64, i64, i64)>,
    /// The first items.
    pub sample: Vec<ItemRow>,
    /// Steps that this person may take now.
    pub steps: Vec<BatchStep>,
    /// The person may approve, but not this one, because they proposed or submitted it.
    pub is_own: bool,
}

/// A batch of a unit in sight.
///
/// # Errors
/// [`Error::NotFound`] when there is none in sight.
pub async fn batch_page(app: &App, actor: &Actor, number: &str) -> Result<BatchPage> {
    let scope = scope(actor)?;
    let row = rows::find_batch(app.store(), &scope, number).await?;
    let row = row.ok_or(Error::NotFound)?;
    let by = AuditActor::from(actor).id;
    let may = |step: &BatchStep| actor.may(right(*step));
    let fits = |step: &&BatchStep| may(step) && row.batch.decide(**step, by).is_ok();
    let steps = BatchStep::ALL.iter().filter(fits).copied().collect();
    let own = row.batch.decide(BatchStep::Approve, by) == Err(BatchError::SamePerson);
    let all = ItemFilter::default();
    Ok(BatchPage {
        sums: rows::sum_items(app.store(), &scope, row.id).await?,
        sample: rows::list_items(app.store(), &scope, row.id, all, SAMPLE).await?,
        steps,
        is_own: own && may(&BatchStep::Approve),
        row,
    })
}

fn right(step: BatchStep) -> Permission {
    match step {
        BatchStep::Submit | BatchStep::Withdraw => Permission::RetentionManage,
        BatchStep::Approve | BatchStep::Refuse => Permission::RetentionApprove,
    }
}

/// Takes a step with a batch; an approved one is carried out by a job.
///
/// # Errors
/// When the right is missing; [`Error::Refused`] when the step does not fit, or the person who
/// proposed it would approve it.
pub async fn take_batch_step(
    app: &App,
    actor: &Actor,
    now: Instant,
    number: &str,
    step: &str,
    note: &str,
) -> Result<()> {
    let step = BatchStep::parse(step).map_err(|_| Error::invalid("step", "unknown-code"))?;
    let scope = actor.scope(right(step))?;
    let row = rows::find_batch(app.store(), &scope, number).await?;
    let row = row.ok_or(Error::NotFound)?;
    let note = note.trim();
    if step == BatchStep::Refuse && note.is_empty() {
        return Err(Error::invalid("note", "missing"));
    }
    if note.chars().count() > NOTE_MAX {
        return Err(Error::invalid("note", "too-long"));
    }
    let by = AuditActor::from(actor);
    let to = row.batch.decide(step, by.id).map_err(|error| {
        Refusal::new(match error {
            BatchError::WrongState(_) => "destruction-wrong-state",
            BatchError::SamePerson => "destruction-same-person",
        })
    })?;
    let work = app.store().begin(now).await?;
    let mut change = BatchChange::default();
    match step {
        BatchStep::Submit => change.submitted_by = Some((by.id, &actor.name)),
        BatchStep::Approve | BatchStep::Refuse => change.decided_by = Some((&actor.name, note)),
        BatchStep::Withdraw => {}
    }
    if to == BatchState::Approved {
        let task = Task::Destroy {
            batch: row.number.clone(),
        };
        // The approval stands, whatever becomes of the account of who gave it.
        change.job = Some(enqueue(&work, &Actor::system(), now, &task).await?);
    }
    rows::save_batch(&work, &row, to, &change).await?;
    let action = match step {
        BatchStep::Submit => "retention.batch_submitted",
        BatchStep::Withdraw => "retention.batch_withdrawn",
        BatchStep::Approve => "retention.batch_approved",
        BatchStep::Refuse => "retention.batch_refused",
    };
    let detail = serde_json::json!({ "number": row.number, "items": row.items });
    let entry = AuditEntry::new(actor, action, "destruction", row.id).detail(detail);
    Ok(work.commit(entry).await?)
}

/// Columns of a certificate.
const COLUMNS: [&str; 14] = [
    "batch",
    "seq",
    "kind",
    "customer_no",
    "policy_no",
    "started_on",
    "kept_until",
    "basis",
    "state",
    "skip_reason",
    "rows",
    "files",
    "digest",
    "done_at",
];

/// The certificate of a batch that was carried out, as CSV. That it was fetched is recorded.
///
/// # Errors
/// [`Error::NotFound`] when there is none in sight or it was not carried out.
pub async fn certificate_csv(
    app: &App,
    actor: &Actor,
    now: Instant,
    number: &str,
) -> Result<Vec<u8>> {
    let scope = scope(actor)?;
    let row = rows::find_batch(app.store(), &scope, number).await?;
    let row = row
        .filter(|r| r.batch.state == BatchState::Executed)
        .ok_or(Error::NotFound)?;
    let unwritable = |e: csv::Error| Error::Fault(e.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(unwritable)?;
    let mut filter = ItemFilter::default();
    loop {
        let items = rows::list_items(app.store(), &scope, row.id, filter, READ_ROWS).await?;
        let Some(last) = items.last() else { break };
        filter.after_seq = last.seq;
        for item in &items {
            writer
                .write_record(cells(&row.number, item))
                .map_err(unwritable)?;
        }
    }
    let work = app.store().begin(now).await?;
    let entry = AuditEntry::new(
        actor,
        "retention.certificate_fetched",
        "destruction",
        row.id,
    );
    work.commit(entry).await?;
    let bytes = writer
        .into_inner()
        .map_err(|e| Error::Fault(e.to_string()))?;
    Ok(bytes)
}

fn cells(batch: &str, item: &ItemRow) -> [String; 14] {
    let day = |d: Option<chrono::NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
    [
        batch.to_owned(),
        item.seq.to_string(),
        item.kind.to_string(),
        item.customer_no.clone().unwrap_or_default(),
        item.policy_no
            .clone()
            .or(item.record_no.clone())
            .unwrap_or_default(),
        day(item.started_on),
        day(item.kept_until),
        item.basis.clone(),
        item.state.clone(),
        item.skip_reason.clone().unwrap_or_default(),
        item.rows.to_string(),
        item.files.to_string(),
        item.digest.clone().unwrap_or_default(),
        item.done_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
    ]
}
