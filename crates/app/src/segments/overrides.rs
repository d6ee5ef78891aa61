//! Classes that are set by hand: one person asks with a reason and a last day, another agrees.

use crate::approvals::{self, Asked};
use crate::{App, Error, FieldProblem, Refusal, Result, listing};
use chrono::{Days, NaiveDate};
use domain::access::{Actor, ActorKind, ApprovalState, ApprovalStep, Permission};
use domain::ids::CustomerId;
use domain::segments::{ClassModel, CustomerClass, OverrideRefused, OverrideState, check_override};
use domain::time::{self, Instant};
use store::customers::{enqueue_derivations_of, find_customer_by_number};
use store::segments::{self as rows, NewOverride, OverrideRow};
use store::{AuditEntry, UnitOfWork};
use uuid::Uuid;

/// Longest reason.
const REASON_CHARACTERS_MAX: usize = 500;

/// A class to ask for, as text.
#[derive(Clone, Debug, Default)]
pub struct OverrideForm {
    /// `value` or `risk`.
    pub model: String,
    /// Code of the class.
    pub class: String,
    /// Its last day.
    pub until_on: String,
    /// Why.
    pub reason: String,
}

/// What another person is to agree to. The reason is not part of it: it says something of a person and
/// lies sealed beside.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct ClassProposal {
    /// What was asked for.
    pub override_id: Uuid,
    /// The customer.
    pub customer: Uuid,
    /// Number of the customer.
    pub customer_no: String,
    /// Code of the model.
    pub model: String,
    /// Code of the class in force when it was asked for.
    pub before: Option<String>,
    /// Code of the class.
    pub class: String,
    /// Its last day.
    pub until_on: NaiveDate,
}

impl From<OverrideRefused> for Error {
    fn from(refused: OverrideRefused) -> Self {
        Refusal::new(refused.code()).into()
    }
}

struct Checked {
    model: ClassModel,
    class: CustomerClass,
    until_on: NaiveDate,
    reason: String,
}

fn check(form: &OverrideForm) -> Result<Checked> {
    let mut problems = Vec::new();
    let mut wrong = |field: &str, code: &str| problems.push(FieldProblem::new(field, code));
    let model = ClassModel::parse(&form.model).map_err(|_| wrong("model", "unknown-code"));
    let class = CustomerClass::parse(&form.class).map_err(|_| wrong("class", "unknown-code"));
    let until = match form.until_on.trim() {
        "" => {
            wrong("until_on", "missing");
            Err(())
        }
        text => text.parse().map_err(|_| wrong("until_on", "date")),
    };
    let reason = form.reason.trim();
    match reason.chars().count() {
        0 => wrong("reason", "missing"),
        n if n > REASON_CHARACTERS_MAX => wrong("reason", "too-long"),
        _ => {}
    }
    match (model, class, until) {
        (Ok(model), Ok(class), Ok(until_on)) if problems.is_empty() => Ok(Checked {
            model,
            class,
            until_on,
            reason: reason.to_owned(),
        }),
        _ => Err(Error::Invalid(problems)),
    }
}

/// What somebody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OverrideAsked {
    /// Its id.
    pub id: Uuid,
    /// The request that another person decides; nothing when a system asked, for whom any person decides
    /// at the customer.
    pub approval: Option<Uuid>,
}

/// Asks for a class that no model gives.
///
/// # Errors
/// All problems of the form at once; [`Error::NotFound`] when the customer is not in sight; when it is the
/// class in force, its last day has passed or is too late, or another request waits.
pub async fn ask_override(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &OverrideForm,
) -> Result<OverrideAsked> {
    let scope = actor.scope(Permission::ClassesOverride)?;
    let customer = find_customer_by_number(app.store(), &scope, customer_no).await?;
    let customer = customer.ok_or(Error::NotFound)?;
    let asked = check(form)?;
    let present = match asked.model {
        ClassModel::Value => customer.value_class.as_deref(),
        ClassModel::Risk => customer.risk_class.as_deref(),
    };
    let today = time::date_in_china(now);
    let work = app.store().begin(now).await?;
    let known = rows::list_overrides(&work, &scope, customer.id).await?;
    let mine = known
        .iter()
        .filter(|o| o.model == asked.model && o.state == OverrideState::Asked);
    let mut waits = false;
    for old in mine {
        if is_waiting(&work, now, old).await? {
            waits = true;
        } else {
            rows::decide_override(&work, old.id, OverrideState::Withdrawn, &actor.name).await?;
        }
    }
    let days = app.rules().setting("class_override_days_max", today);
    let last = days
        .and_then(|d| u64::try_from(d).ok())
        .and_then(|d| today.checked_add_days(Days::new(d)));
    let class = present.and_then(|c| CustomerClass::parse(c).ok());
    check_override((asked.class, asked.until_on), class, (today, last), waits)?;
    let new = NewOverride {
        customer: customer.id,
        model: asked.model,
        class: asked.class,
        until_on: asked.until_on,
        reason: &asked.reason,
        asked_name: &actor.name,
    };
    let id = rows::insert_override(&work, &new).await?;
    let proposal = ClassProposal {
        override_id: id,
        customer: customer.id.0,
        customer_no: customer.customer_no.clone(),
        model: asked.model.to_string(),
        before: present.map(str::to_owned),
        class: asked.class.to_string(),
        until_on: asked.until_on,
    };
    let (approval, entry) = match actor.kind {
        ActorKind::Client(_) => {
            let detail = serde_json::to_value(&proposal).unwrap_or_default();
            let entry = AuditEntry::new(actor, "class.override_asked", "class_override", id);
            (None, entry.detail(detail))
        }
        _ => {
            let subject = &customer.customer_no;
            let asked = Asked::Class(proposal);
            let (approval, entry) = approvals::ask(&work, actor, &asked, subject, "").await?;
            rows::attach_approval(&work, id, approval).await?;
            (Some(approval), entry)
        }
    };
    work.commit(entry.customer(customer.id.0)).await?;
    Ok(OverrideAsked { id, approval })
}

/// Decides on what a system asked for.
///
/// # Errors
/// When the actor may not or is no person; [`Error::NotFound`] when nothing of the kind waits at this
/// customer; when its last day has passed.
pub async fn decide_asked(
    app: &App,
    actor: &Actor,
    now: Instant,
    (customer_no, id): (&str, Uuid),
    approve: bool,
) -> Result<()> {
    let scope = actor.scope(Permission::ClassesApprove)?;
    if actor.user().is_none() {
        return Err(Refusal::new("approval-needs-person").into());
    }
    let customer = find_customer_by_number(app.store(), &scope, customer_no).await?;
    let customer = customer.ok_or(Error::NotFound)?;
    let row = rows::find_override(app.store(), &scope, id).await?;
    let row = row.filter(|o| o.customer == customer.id && o.state == OverrideState::Asked);
    let row = row.filter(|o| o.approval.is_none());
    let row = row.ok_or(Error::NotFound)?;
    let proposal = ClassProposal {
        override_id: row.id,
        customer: customer.id.0,
        customer_no: customer.customer_no,
        model: row.model.to_string(),
        before: None,
        class: row.class.to_string(),
        until_on: row.until_on,
    };
    let work = app.store().begin(now).await?;
    let entry = if approve {
        put_override(&work, actor, &proposal).await?
    } else {
        drop_override(&work, actor, &proposal, ApprovalStep::Refuse).await?;
        AuditEntry::new(actor, "class.override_refused", "class_override", id)
            .customer(customer.id.0)
    };
    Ok(work.commit(entry).await?)
}

async fn is_waiting(work: &UnitOfWork, now: Instant, row: &OverrideRow) -> Result<bool> {
    // What a system asked for waits until somebody decides.
    let Some(approval) = row.approval else {
        return Ok(true);
    };
    let found = store::access::find_approval(work, approval).await?;
    Ok(found.is_some_and(|a| a.state.at(a.expires_at, now) == ApprovalState::Pending))
}

/// What another person agreed to is in force; the customer is looked at again at once.
pub(crate) async fn put_override(
    work: &UnitOfWork,
    actor: &Actor,
    proposal: &ClassProposal,
) -> Result<AuditEntry> {
    if proposal.until_on < time::date_in_china(work.now()) {
        return Err(OverrideRefused::Past.into());
    }
    let scope = actor.scope(Permission::ClassesApprove)?;
    let customer = CustomerId(proposal.customer);
    let known = rows::list_overrides(work, &scope, customer).await?;
    let in_force =
        |o: &&OverrideRow| o.state == OverrideState::InForce && o.model.as_str() == proposal.model;
    for old in known.iter().filter(in_force) {
        rows::end_override(work, old.id, &actor.name, None).await?;
    }
    let state = OverrideState::InForce;
    rows::decide_override(work, proposal.override_id, state, &actor.name).await?;
    enqueue_derivations_of(work, customer).await?;
    let detail = serde_json::json!({
        "model": proposal.model, "before": proposal.before, "class": proposal.class,
        "until_on": proposal.until_on,
    });
    let id = proposal.override_id;
    let entry = AuditEntry::new(actor, "class.overridden", "class_override", id);
    Ok(entry.customer(proposal.customer).detail(detail))
}

/// What was refused or taken back is so.
pub(crate) async fn drop_override(
    work: &UnitOfWork,
    actor: &Actor,
    proposal: &ClassProposal,
    step: ApprovalStep,
) -> Result<()> {
    let state = match step {
        ApprovalStep::Refuse => OverrideState::Refused,
        ApprovalStep::Withdraw | ApprovalStep::Approve => OverrideState::Withdrawn,
    };
    Ok(rows::decide_override(work, proposal.override_id, state, &actor.name).await?)
}

/// Ends what is set by hand before its last day; the class is again what the model gives.
///
/// # Errors
/// Without a reason; [`Error::NotFound`] when nothing is in force for the model, or the customer is not in
/// sight; [`Error::Conflict`] when somebody else was quicker.
pub async fn end_override_early(
    app: &App,
    actor: &Actor,
    now: Instant,
    (customer_no, model): (&str, &str),
    reason: &str,
) -> Result<()> {
    let scope = actor.scope(Permission::ClassesOverride)?;
    let customer = find_customer_by_number(app.store(), &scope, customer_no).await?;
    let customer = customer.ok_or(Error::NotFound)?;
    let model = listing::code("model", model, ClassModel::parse)?;
    let model = model.ok_or_else(|| Error::invalid("model", "missing"))?;
    let reason = approvals::reason(reason)?;
    let work = app.store().begin(now).await?;
    let known = rows::list_overrides(&work, &scope, customer.id).await?;
    let row = known
        .into_iter()
        .find(|o| o.model == model && o.state == OverrideState::InForce);
    let row = row.ok_or(Error::NotFound)?;
    rows::end_override(&work, row.id, &actor.name, Some(reason)).await?;
    enqueue_derivations_of(&work, customer.id).await?;
    let detail = serde_json::json!({ "model": model.as_str(), "class": row.class.as_str() });
    let entry = AuditEntry::new(actor, "class.override_ended", "class_override", row.id);
    let entry = entry.customer(customer.id.0).detail(detail);
    Ok(work.commit(entry).await?)
}
