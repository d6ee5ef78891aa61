//! Corrections that wait for a second person: the list, and deciding.

use super::demands::Demands;
use super::edit::misfits;
use crate::customers::put_facts;
use crate::listing::{self, COUNT_CAP, Listed, PAGE_ROWS};
use crate::{App, Error, Refusal, Result};
use domain::access::{
    Actor, ApprovalError, ApprovalState, ApprovalStep, Permission, Scope, check_step,
};
use domain::customers::CustomerField;
use domain::information::ChangeState;
use domain::time::{self, Instant};
use store::customers::{CustomerRow, Learned, find_customer, sheet_of};
use store::information::{self as rows, ChangeFilter, ChangeRow};
use store::{Audit, AuditEntry};
use uuid::Uuid;

/// Longest note, in characters.
const NOTE_MAX: usize = 500;

/// Filters of the list, as text.
#[derive(Clone, Debug, Default)]
pub struct ChangeQuery {
    /// Code of the state; those that wait when empty, `all` for all.
    pub view: String,
    /// Start of the page.
    pub after: String,
}

/// A correction as a person sees it.
#[derive(Clone, Debug)]
pub struct ChangeView {
    /// The correction.
    pub row: ChangeRow,
    /// Each fact: what stands there now and what is to stand there, personal data masked.
    pub lines: Vec<(CustomerField, Option<String>, Option<String>)>,
    /// The viewer asked.
    pub is_own: bool,
    /// The viewer may decide.
    pub may_decide: bool,
}

/// A page of corrections.
pub type ChangeList = Listed<ChangeRow>;

/// Corrections about customers in sight: what waits, the oldest first, or what was decided.
///
/// # Errors
/// When the actor may not, or the filter cannot be read.
pub async fn list_changes(app: &App, actor: &Actor, query: &ChangeQuery) -> Result<ChangeList> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let state = match query.view.as_str() {
        "all" => None,
        "" => Some(ChangeState::Pending),
        code => listing::code("view", code, ChangeState::parse)?,
    };
    let filter = ChangeFilter {
        state,
        customer: None,
        after: listing::after(&query.after)?,
    };
    let db = app.store();
    let page = rows::list_information_changes(db, &scope, &filter, PAGE_ROWS).await?;
    let count = rows::count_information_changes(db, &scope, &filter, COUNT_CAP).await?;
    Ok(Listed::new(page, count))
}

/// A correction about a customer in sight, with what stands there now.
///
/// # Errors
/// [`Error::NotFound`] when there is none in sight.
pub async fn find_change(app: &App, actor: &Actor, now: Instant, id: Uuid) -> Result<ChangeView> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let row = rows::find_information_change(app.store(), &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let customer = find_customer(app.store(), &scope, row.customer).await?;
    let customer = customer.ok_or(Error::NotFound)?;
    crate::customers::note(app, actor, now, &customer).await?;
    let sheet = sheet_of(&customer);
    let shown =
        |field: CustomerField, v: &domain::customers::FactValue| v.shown(field, customer.kind);
    let line = |field: &CustomerField| {
        let wanted = row
            .facts
            .iter()
            .find(|(f, _)| f == field)
            .and_then(|(_, v)| v.as_ref());
        let now = sheet.get(field).map(|v| shown(*field, v));
        (*field, now, wanted.map(|v| shown(*field, v)))
    };
    let is_own = row.asked_by.is_some() && row.asked_by == actor.user();
    Ok(ChangeView {
        lines: row.fields.iter().map(line).collect(),
        may_decide: row.state == ChangeState::Pending
            && !is_own
            && actor.user().is_some()
            && actor.may(Permission::InformationApprove),
        is_own,
        row,
    })
}

/// Decides on a correction or takes it back. What was agreed to is written in the same transaction.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] when it is the actor's own, was decided before, or does not fit
/// what is known by now.
pub async fn decide_change(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    step: ApprovalStep,
    note: &str,
) -> Result<()> {
    let right = match step {
        ApprovalStep::Withdraw => Permission::CustomersEdit,
        ApprovalStep::Approve | ApprovalStep::Refuse => Permission::InformationApprove,
    };
    let scope = actor.scope(right)?;
    let row = rows::find_information_change(app.store(), &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let note = note.trim();
    if note.chars().count() > NOTE_MAX {
        return Err(Error::invalid("note", "too-long"));
    }
    let pending = match row.state {
        ChangeState::Pending => ApprovalState::Pending,
        ChangeState::Approved => ApprovalState::Approved,
        ChangeState::Refused => ApprovalState::Refused,
        ChangeState::Withdrawn => ApprovalState::Withdrawn,
    };
    check_step(step, pending, row.asked_by, actor, note).map_err(refusal)?;
    let customer = find_customer(app.store(), &scope, row.customer).await?;
    let customer = customer.ok_or(Error::NotFound)?;
    let (state, action) = match step {
        ApprovalStep::Approve => (ChangeState::Approved, "information.approved"),
        ApprovalStep::Refuse => (ChangeState::Refused, "information.refused"),
        ApprovalStep::Withdraw => (ChangeState::Withdrawn, "information.withdrawn"),
    };
    if step == ApprovalStep::Approve {
        demand_fit(app, actor, &scope, now, (&customer, &row)).await?;
    }
    let work = app.store().begin(now).await?;
    rows::end_information_change(&work, id, state, (actor.user(), &actor.name), note).await?;
    let mut others = Vec::new();
    if step == ApprovalStep::Approve {
        let learned = Learned {
            origin: row.origin,
            source: row.source,
            collected_by: row.collected_by.clone(),
            collected_at: Some(row.collected_at),
        };
        let version = customer.version;
        others.extend(
            put_facts(
                &work,
                actor,
                &customer,
                version,
                &row.facts,
                &row.reason,
                &learned,
            )
            .await?,
        );
    }
    let fields: Vec<_> = row.fields.iter().map(|f| f.as_str()).collect();
    let entry = AuditEntry::new(actor, action, "information_change", id)
        .customer(customer.id.0)
        .detail(serde_json::json!({ "fields": fields }));
    Ok(work.commit(Audit::with(entry, others)).await?)
}

/// Demands that a correction fits what is known of the customer by now.
async fn demand_fit(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    now: Instant,
    (customer, row): (&CustomerRow, &ChangeRow),
) -> Result<()> {
    let today = time::date_in_china(now);
    let rules = app.rules_for(actor)?;
    let profile = rows::find_profile(app.store(), scope, customer.id).await?;
    let demands = Demands::new(&rules, customer.kind, profile.lines, today);
    let sheet = sheet_of(customer);
    let wrong = misfits(&sheet, &row.facts, &demands, (customer.kind, today));
    if customer.erased_at.is_some() || !wrong.is_empty() {
        return Err(Refusal::new("information-does-not-fit").into());
    }
    Ok(())
}

fn refusal(error: ApprovalError) -> Error {
    match error {
        ApprovalError::NotPending => Refusal::new("approval-not-pending").into(),
        ApprovalError::OwnRequest => Refusal::new("duty-proposer").into(),
        ApprovalError::NotOwn => Refusal::new("approval-not-own").into(),
        ApprovalError::NoteMissing => Error::invalid("note", "missing"),
    }
}
