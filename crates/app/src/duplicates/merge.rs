//! Merging a pair: at once where the packs let one person decide, otherwise when a second person agrees.

use super::decide::{find, refusal, set_state};
use super::model::is_decided_alone;
use crate::approvals::{self, Asked};
use crate::{App, Error, Refusal, Result, listing};
use domain::access::{Actor, ApprovalStep, Permission};
use domain::duplicates::{DecisionError, MergeError, MergedField, PairState, check_merge};
use domain::ids::CustomerId;
use domain::time::{self, Instant};
use serde::{Deserialize, Serialize};
use store::customers::CustomerRow;
use store::duplicates::{self as rows, DuplicateRow, NewMerge};
use store::{AuditActor, AuditEntry, UnitOfWork};
use uuid::Uuid;

/// What a form says.
#[derive(Clone, Debug, Default)]
pub struct MergeForm {
    /// Number of who stays.
    pub survivor: String,
    /// Codes of the facts that come from the other record.
    pub fields: Vec<String>,
    /// Why.
    pub reason: String,
    /// The version that was looked at; the present one when it is missing.
    pub version: Option<i64>,
}

/// A merge that waits for a second person. Only codes and ids: it names nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeProposal {
    /// The pair.
    pub pair: Uuid,
    /// Who stays.
    pub survivor: Uuid,
    /// Whose record is absorbed.
    pub absorbed: Uuid,
    /// The numbers of both, for who decides.
    pub numbers: (String, String),
    /// Facts that come from the absorbed record.
    pub fields: Vec<String>,
    /// Why.
    pub reason: String,
    /// Who asks.
    pub asked_by: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merging {
    /// Merged: the number of who stayed.
    Done(String),
    /// A second person is asked: the request.
    Asked(Uuid),
}

/// Merges a pair, or asks for it.
///
/// # Errors
/// When the actor may not, the pair is not in sight, or the records cannot be merged.
pub async fn merge(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    form: &MergeForm,
) -> Result<Merging> {
    let row = find(app, actor, id).await?;
    let reason = approvals::reason(&form.reason)?;
    match row.state {
        PairState::Same => return Err(refusal(DecisionError::Merged)),
        PairState::Asked => return Err(refusal(DecisionError::Asked)),
        _ => {}
    }
    let mut sides = [&row.low, &row.high];
    if sides[1].customer_no == form.survivor.trim() {
        sides.swap(0, 1);
    }
    let [survivor, absorbed] = sides;
    if survivor.customer_no != form.survivor.trim() {
        return Err(Error::invalid("survivor", "not-found"));
    }
    for field in &form.fields {
        listing::code("fields", field, MergedField::parse)?;
    }
    let proposal = MergeProposal {
        pair: row.id,
        survivor: survivor.id.0,
        absorbed: absorbed.id.0,
        numbers: (survivor.customer_no.clone(), absorbed.customer_no.clone()),
        fields: form.fields.clone(),
        reason: reason.to_owned(),
        asked_by: actor.name.clone(),
    };
    let version = form.version.unwrap_or(row.version);
    let row = DuplicateRow { version, ..row };
    let work = app.store().begin(now).await?;
    check(&work, &proposal).await?;
    if is_decided_alone(&app.rules(), row.grade, time::date_in_china(now)) {
        let entry = carry(&work, actor, &row, &proposal, None).await?;
        work.commit(entry).await?;
        return Ok(Merging::Done(proposal.numbers.0));
    }
    let by = AuditActor::from(actor);
    set_state(&work, &row, PairState::Asked, reason, &by).await?;
    let subject = format!("{} ← {}", proposal.numbers.0, proposal.numbers.1);
    let asked = Asked::Merge(Box::new(proposal));
    let (request, entry) = approvals::ask(&work, actor, &asked, &subject, reason).await?;
    work.commit(entry).await?;
    Ok(Merging::Asked(request))
}

async fn side(work: &UnitOfWork, id: Uuid) -> Result<CustomerRow> {
    let whole = Actor::system().scope(Permission::DuplicatesDecide)?;
    let row = store::customers::find_customer(work, &whole, CustomerId(id)).await?;
    row.ok_or(Error::NotFound)
}

/// Whether both records are still what they were. Whoever destroys waits until the merge has brought the holds
/// along.
async fn check(work: &UnitOfWork, proposal: &MergeProposal) -> Result<()> {
    store::retention::lock_open_batches(work).await?;
    let (a, b) = (
        side(work, proposal.survivor).await?,
        side(work, proposal.absorbed).await?,
    );
    let state = |c: &CustomerRow| {
        (
            c.id.0,
            c.kind,
            c.merged_into.is_some(),
            c.erased_at.is_some(),
        )
    };
    check_merge(state(&a), state(&b)).map_err(|error| {
        Error::from(Refusal::new(match error {
            MergeError::OneRecord => "merge-one-record",
            MergeError::Kinds => "merge-kinds",
            MergeError::Merged => "merge-merged",
            MergeError::Destroyed => "merge-destroyed",
        }))
    })
}

async fn carry(
    work: &UnitOfWork,
    actor: &Actor,
    row: &DuplicateRow,
    proposal: &MergeProposal,
    asked_by: Option<&str>,
) -> Result<AuditEntry> {
    let fields: Vec<MergedField> = proposal
        .fields
        .iter()
        .filter_map(|f| MergedField::parse(f).ok())
        .collect();
    let by = AuditActor::from(actor);
    set_state(work, row, PairState::Same, &proposal.reason, &by).await?;
    let new = NewMerge {
        pair: proposal.pair,
        survivor: CustomerId(proposal.survivor),
        absorbed: CustomerId(proposal.absorbed),
        fields: &fields,
        reason: &proposal.reason,
        by: &by,
        asked_by,
    };
    let merged = rows::merge_customers(work, &new).await?;
    let detail = serde_json::json!({
        "survivor": proposal.numbers.0, "absorbed": proposal.numbers.1, "fields": proposal.fields,
        "moved": merged.moved, "left_behind": merged.left_behind, "grade": row.grade.as_str(),
        "weight": row.weight, "asked_by": asked_by,
    });
    let entry = AuditEntry::new(actor, "customers.merged", "merge", merged.id);
    let entry = entry.detail(detail).customer(proposal.survivor);
    Ok(entry.purpose(&proposal.reason))
}

async fn pair(work: &UnitOfWork, proposal: &MergeProposal) -> Result<DuplicateRow> {
    let whole = Actor::system().scope(Permission::DuplicatesDecide)?;
    let row = rows::find_duplicate(work, &whole, proposal.pair).await?;
    row.ok_or(Error::NotFound)
}

/// Does what was agreed to, in the transaction that records the agreement.
pub(crate) async fn carry_out(
    work: &UnitOfWork,
    actor: &Actor,
    proposal: &MergeProposal,
) -> Result<AuditEntry> {
    check(work, proposal).await?;
    let row = pair(work, proposal).await?;
    if row.state != PairState::Asked {
        return Err(refusal(DecisionError::Already));
    }
    carry(work, actor, &row, proposal, Some(&proposal.asked_by)).await
}

/// Opens the pair again when nobody agreed.
pub(crate) async fn put_back(
    work: &UnitOfWork,
    actor: &Actor,
    proposal: &MergeProposal,
    step: ApprovalStep,
) -> Result<()> {
    debug_assert_ne!(step, ApprovalStep::Approve);
    let row = pair(work, proposal).await?;
    if row.state == PairState::Asked {
        let by = AuditActor::from(actor);
        set_state(work, &row, PairState::Open, "", &by).await?;
    }
    Ok(())
}
