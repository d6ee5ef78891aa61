//! Approval by a second person (双人复核): what is asked for, who may decide, and what is done then.
//!
//! What was agreed to is done in the transaction that records the agreement.

use crate::access::{RightsProposal, RolesProposal};
use crate::duplicates::{self, MergeProposal};
use crate::exports::ExportQuery;
use crate::listing::{self, PAGE_ROWS};
use crate::messaging::{self, TemplateProposal};
use crate::segments::{self, ClassProposal};
use crate::{App, Error, Refusal, Result};
use domain::access::{
    Actor, ApprovalError, ApprovalKind, ApprovalState, ApprovalStep, check_step, expires_at,
};
use domain::time::Instant;
use store::access::{self as rows, ApprovalRow, NewApproval};
use store::{Audit, AuditEntry, Page, UnitOfWork};
use uuid::Uuid;

/// Longest reason or note, in characters.
const WORDS_MAX: usize = 500;

/// What is to be done when somebody agrees.
#[derive(Clone, Debug)]
pub enum Asked {
    /// A change of the table of rights.
    Rights(RightsProposal),
    /// Sensitive roles for a user.
    Roles(RolesProposal),
    /// An export.
    Export(Box<ExportQuery>),
    /// A text that goes to customers.
    Template(TemplateProposal),
    /// A class of a customer that no model gives.
    Class(ClassProposal),
    /// Making one customer of two records.
    Merge(Box<MergeProposal>),
}

impl Asked {
    fn kind(&self) -> ApprovalKind {
        match self {
            Self::Rights(_) => ApprovalKind::Rights,
            Self::Roles(_) => ApprovalKind::Roles,
            Self::Export(_) => ApprovalKind::Export,
            Self::Template(_) => ApprovalKind::Template,
            Self::Class(_) => ApprovalKind::Class,
            Self::Merge(_) => ApprovalKind::Merge,
        }
    }

    fn payload(&self) -> Result<String> {
        let text = match self {
            Self::Rights(proposal) => serde_json::to_string(proposal),
            Self::Roles(proposal) => serde_json::to_string(proposal),
            Self::Export(query) => serde_json::to_string(query),
            Self::Template(proposal) => serde_json::to_string(proposal),
            Self::Class(proposal) => serde_json::to_string(proposal),
            Self::Merge(proposal) => serde_json::to_string(proposal),
        };
        text.map_err(|e| Error::Fault(e.to_string()))
    }

    fn read(row: &ApprovalRow) -> Result<Self> {
        let text = row.payload.as_str();
        let asked = match row.kind {
            ApprovalKind::Rights => serde_json::from_str(text).map(Self::Rights),
            ApprovalKind::Roles => serde_json::from_str(text).map(Self::Roles),
            ApprovalKind::Export => serde_json::from_str(text).map(Self::Export),
            ApprovalKind::Template => serde_json::from_str(text).map(Self::Template),
            ApprovalKind::Class => serde_json::from_str(text).map(Self::Class),
            ApprovalKind::Merge => serde_json::from_str(text).map(Self::Merge),
        };
        asked.map_err(|e| Error::Fault(format!("approval {}: {e}", row.id)))
    }
}

/// A request as it is shown.
#[derive(Clone, Debug)]
pub struct ApprovalView {
    /// The request.
    pub row: ApprovalRow,
    /// Where it stands now.
    pub state: ApprovalState,
    /// The viewer asked.
    pub is_own: bool,
    /// The viewer may decide.
    pub may_decide: bool,
    /// What is to be done.
    pub asked: Asked,
}

/// What waits for a person, and what the person asked for.
#[derive(Clone, Debug)]
pub struct Approvals {
    /// Waits for the person, the oldest first.
    pub waiting: Vec<ApprovalView>,
    /// The person's own, the newest first.
    pub own: Page<ApprovalView>,
}

/// Reads words that explain something.
///
/// # Errors
/// When they are missing or too long.
pub(crate) fn reason(text: &str) -> Result<&str> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Error::invalid("reason", "missing")),
        n if n > WORDS_MAX => Err(Error::invalid("reason", "too-long")),
        _ => Ok(text),
    }
}

/// Puts a request before those who may decide on it.
///
/// # Errors
/// When no person asks, or the store fails.
pub(crate) async fn ask(
    work: &UnitOfWork,
    actor: &Actor,
    asked: &Asked,
    subject: &str,
    reason: &str,
) -> Result<(Uuid, AuditEntry)> {
    let (Some(asked_by), Some(org)) = (actor.user(), actor.org_id) else {
        return Err(Refusal::new("approval-needs-person").into());
    };
    let kind = asked.kind();
    let new = NewApproval {
        kind,
        subject,
        payload: &asked.payload()?,
        reason,
        org,
        asked_by,
        delegation: actor.delegation,
        expires_at: expires_at(work.now()),
    };
    let id = rows::insert_approval(work, &new).await?;
    let detail = serde_json::json!({ "kind": kind.as_str(), "subject": subject });
    let entry = AuditEntry::new(actor, "approval.asked", "approval", id).detail(detail);
    Ok((id, entry.purpose(reason)))
}

fn view(actor: &Actor, now: Instant, row: ApprovalRow, in_sight: bool) -> Result<ApprovalView> {
    let is_own = actor.user() == Some(row.asked_by);
    let state = row.state.at(row.expires_at, now);
    let decides = in_sight && !is_own && actor.may(row.kind.decided_with());
    Ok(ApprovalView {
        asked: Asked::read(&row)?,
        may_decide: decides && state == ApprovalState::Pending,
        state,
        is_own,
        row,
    })
}

/// A request as a person sees it who sees the whole table that it belongs to.
pub(crate) fn shown(actor: &Actor, now: Instant, row: ApprovalRow) -> Result<ApprovalView> {
    view(actor, now, row, true)
}

/// What waits for the actor, and what the actor asked for.
///
/// # Errors
/// What the store says; when `after` cannot be read.
pub async fn list_approvals(
    app: &App,
    actor: &Actor,
    now: Instant,
    after: &str,
) -> Result<Approvals> {
    let mut waiting = Vec::new();
    for kind in ApprovalKind::ALL.iter().copied() {
        let Ok(scope) = actor.scope(kind.decided_with()) else {
            continue;
        };
        let found = rows::list_waiting_approvals(app.store(), &scope, kind, now).await?;
        for row in found {
            let view = view(actor, now, row, true)?;
            if !view.is_own {
                waiting.push(view);
            }
        }
    }
    let own = match actor.user() {
        Some(user) => {
            let after = listing::after(after)?;
            let page =
                rows::list_approvals_of(app.store(), user, after.as_ref(), PAGE_ROWS).await?;
            let rows = page.rows.into_iter().map(|r| view(actor, now, r, false));
            Page {
                rows: rows.collect::<Result<_>>()?,
                next: page.next,
            }
        }
        None => Page::empty(),
    };
    Ok(Approvals { waiting, own })
}

/// A request that the actor made or may decide.
///
/// # Errors
/// [`Error::NotFound`] when it does not exist or is none of the actor's business.
pub async fn find_approval(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
) -> Result<ApprovalView> {
    let row = rows::find_approval(app.store(), id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let in_sight = match actor.scope(row.kind.decided_with()) {
        Ok(scope) => rows::is_approval_in_sight(app.store(), &scope, id).await?,
        Err(_) => false,
    };
    let view = view(actor, now, row, in_sight)?;
    if view.is_own || in_sight {
        Ok(view)
    } else {
        Err(Error::NotFound)
    }
}

/// Decides on a request or takes it back; what was agreed to is done.
///
/// # Errors
/// [`Error::Refused`] when it is the actor's own, was decided before, or cannot be done any more.
pub async fn decide(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    step: ApprovalStep,
    note: &str,
) -> Result<()> {
    let seen = find_approval(app, actor, now, id).await?;
    let note = note.trim();
    if note.chars().count() > WORDS_MAX {
        return Err(Error::invalid("note", "too-long"));
    }
    let asked_by = Some(seen.row.asked_by);
    check_step(step, seen.state, asked_by, actor, note).map_err(refusal)?;
    if step != ApprovalStep::Withdraw {
        actor.demand(seen.row.kind.decided_with())?;
    }
    let Some(by) = actor.user() else {
        return Err(Refusal::new("approval-needs-person").into());
    };
    let work = app.store().begin(now).await?;
    let state = step.leads_to();
    rows::end_approval(&work, id, state, by, note).await?;
    let mut others = Vec::new();
    if step == ApprovalStep::Approve {
        others.push(carry_out(app, &work, actor, &seen).await?);
    } else {
        match &seen.asked {
            Asked::Template(proposal) => messaging::put_back(&work, proposal, step).await?,
            Asked::Class(proposal) => {
                segments::drop_override(&work, actor, proposal, step).await?;
            }
            Asked::Merge(proposal) => duplicates::put_back(&work, actor, proposal, step).await?,
            Asked::Rights(_) | Asked::Roles(_) | Asked::Export(_) => {}
        }
    }
    let action = match step {
        ApprovalStep::Approve => "approval.approved",
        ApprovalStep::Refuse => "approval.refused",
        ApprovalStep::Withdraw => "approval.withdrawn",
    };
    let kind = seen.row.kind.as_str();
    let detail = serde_json::json!({ "kind": kind, "subject": seen.row.subject, "note": note });
    let entry = AuditEntry::new(actor, action, "approval", id).detail(detail);
    work.commit(Audit::with(entry, others)).await?;
    app.rights_in_force().await?;
    Ok(())
}

async fn carry_out(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    seen: &ApprovalView,
) -> Result<AuditEntry> {
    match &seen.asked {
        Asked::Rights(proposal) => crate::access::put_proposal(work, actor, proposal).await,
        Asked::Roles(proposal) => crate::access::grant_roles(app, work, actor, proposal).await,
        Asked::Template(proposal) => messaging::put_in_use(work, actor, proposal).await,
        Asked::Class(proposal) => segments::put_override(work, actor, proposal).await,
        Asked::Merge(proposal) => duplicates::carry_out(work, actor, proposal).await,
        Asked::Export(query) => {
            let (asker, under) = (seen.row.asked_by, seen.row.delegation);
            let asker = crate::access::actor_of_user(app, work.now(), asker, under).await?;
            let gone = || Refusal::with("job-owner-gone", seen.row.asker_name.clone());
            let asker = asker.ok_or_else(gone)?;
            query.check(&asker)?;
            let approved = ExportQuery {
                approval: Some(seen.row.id),
                ..ExportQuery::clone(query)
            };
            let task = crate::jobs::Task::Export(approved);
            let job = crate::jobs::enqueue(work, &asker, work.now(), &task).await?;
            let detail = serde_json::json!({ "kind": task.kind().as_str() });
            Ok(AuditEntry::new(actor, "job.queued", "job", job).detail(detail))
        }
    }
}

fn refusal(error: ApprovalError) -> Error {
    match error {
        ApprovalError::NotPending => Refusal::new("approval-not-pending").into(),
        ApprovalError::OwnRequest => Refusal::new("duty-proposer").into(),
        ApprovalError::NotOwn => Refusal::new("approval-not-own").into(),
        ApprovalError::NoteMissing => Error::invalid("note", "missing"),
    }
}

/// Demands that an export was agreed to as it is: the same request, by the same person.
///
/// # Errors
/// [`Error::Refused`] with `export-needs-approval` otherwise.
pub(crate) async fn demand_approved_export(
    app: &App,
    actor: &Actor,
    approval: Uuid,
    query: &ExportQuery,
) -> Result<()> {
    let row = rows::find_approval(app.store(), approval).await?;
    let asked = ExportQuery {
        approval: None,
        ..query.clone()
    };
    let payload = Asked::Export(Box::new(asked)).payload()?;
    let agreed = row.is_some_and(|r| {
        r.kind == ApprovalKind::Export
            && r.state == ApprovalState::Approved
            && actor.user() == Some(r.asked_by)
            && r.payload == payload
    });
    if agreed {
        Ok(())
    } else {
        Err(Refusal::with("export-needs-approval", "0").into())
    }
}
