//! Asking for a visit: of a customer, for a callback that the telephone cannot finish, or for a ticket.

use super::{TEXT_MAX, next_number, person, text};
use crate::callbacks::{Decided, carry_out, record};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission, Scope};
use domain::callbacks::{CallbackState, Command, ContactChannel};
use domain::ids::{
    CallbackId, CustomerId, FormattedId, ObligationId, PolicyId, TicketId, UserId, VisitId,
};
use domain::numbers::NumberKind;
use domain::obligations::ObligationStatus;
use domain::tickets::ProblemType;
use domain::time::Instant;
use domain::visits::{FormattedState, RecordFormat, VisitPurpose, VisitState};
use store::callbacks::CallbackRecord;
use store::obligations::{ObligationFilter, ObligationOrder};
use store::visits::{self as rows, NewVisit};
use store::{AuditEntry, UnitOfWork};
use uuid::Uuid;

/// A visit, as it is asked for on the page or through the API.
#[derive(Clone, Debug, Default)]
pub struct NewVisitForm {
    /// Code of the purpose.
    pub purpose: String,
    /// Number of the customer.
    pub customer_no: String,
    /// Number of the policy, when the visit is about one.
    pub policy_no: String,
    /// Number of the callback, or its id.
    pub callback: String,
    /// Number of the ticket, or its id.
    pub ticket: String,
    /// Number of the obligation.
    pub obligation: String,
    /// Id of a formatted questionnaire that is ready; the form of annex 1 when empty.
    pub questionnaire: String,
    /// What is reported: why the visit is needed.
    pub report: String,
}

/// What a visit is about.
#[derive(Clone, Debug)]
pub struct VisitSubject {
    /// The customer.
    pub customer: CustomerId,
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the customer; of persons masked.
    pub customer_name: String,
    /// The policy.
    pub policy: Option<PolicyId>,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// The unit.
    pub org: Uuid,
    /// The callback.
    pub callback: Option<CallbackId>,
    /// The ticket.
    pub ticket: Option<TicketId>,
    /// The obligation, with its last day.
    pub obligation: Option<(ObligationId, Option<chrono::NaiveDate>)>,
    /// The purpose that the subject suggests.
    pub purpose: VisitPurpose,
}

/// What a visit would be about, for the page on which it is asked for.
///
/// # Errors
/// When the actor may not, or what is named is not in sight.
pub async fn visit_subject(app: &App, actor: &Actor, form: &NewVisitForm) -> Result<VisitSubject> {
    let scope = actor.scope(Permission::VisitsMake)?;
    subject(app, &scope, form).await
}

async fn subject(app: &App, scope: &Scope, form: &NewVisitForm) -> Result<VisitSubject> {
    if !form.callback.trim().is_empty() {
        return of_callback(app, scope, form.callback.trim()).await;
    }
    if !form.ticket.trim().is_empty() {
        return of_ticket(app, scope, form.ticket.trim()).await;
    }
    if !form.obligation.trim().is_empty() {
        return of_obligation(app, scope, form.obligation.trim()).await;
    }
    of_customer(app, scope, form).await
}

async fn of_callback(app: &App, scope: &Scope, key: &str) -> Result<VisitSubject> {
    let db = app.store();
    let found = match Uuid::try_parse(key) {
        Ok(id) => store::callbacks::find_callback(db, scope, CallbackId(id)).await?,
        Err(_) => store::callbacks::find_callback_by_number(db, scope, key).await?,
    };
    let row = found.ok_or_else(|| Error::invalid("callback", "unknown-callback"))?;
    let record = record(db, scope, row.id).await?;
    let branch = app
        .rules()
        .discharge_of(record.pack, &record.programme)?
        .branch_round;
    Ok(VisitSubject {
        customer: row.customer_id,
        customer_no: row.customer_no,
        customer_name: row.customer_name,
        policy: row.policy_id,
        policy_no: row.policy_no,
        org: record.org,
        callback: Some(row.id),
        ticket: None,
        obligation: None,
        purpose: if branch {
            VisitPurpose::SecondCallback
        } else {
            VisitPurpose::Unresolved
        },
    })
}

async fn of_ticket(app: &App, scope: &Scope, key: &str) -> Result<VisitSubject> {
    let db = app.store();
    let found = match Uuid::try_parse(key) {
        Ok(id) => store::tickets::find_ticket(db, scope, TicketId(id)).await?,
        Err(_) => store::tickets::find_ticket_by_number(db, scope, key).await?,
    };
    let row = found.ok_or_else(|| Error::invalid("ticket", "unknown-ticket"))?;
    if row.state.is_final() {
        return Err(Refusal::with("ticket-wrong-state", row.state.as_str()).into());
    }
    Ok(VisitSubject {
        customer: row.customer_id,
        customer_no: row.customer_no,
        customer_name: row.customer_name,
        policy: row.policy_id,
        policy_no: row.policy_no,
        org: row.org_id,
        callback: None,
        ticket: Some(row.id),
        obligation: None,
        purpose: VisitPurpose::Clarification,
    })
}

async fn of_obligation(app: &App, scope: &Scope, number: &str) -> Result<VisitSubject> {
    let db = app.store();
    let found = store::obligations::find_obligation_by_number(db, scope, number).await?;
    let row = found.ok_or_else(|| Error::invalid("obligation", "unknown-obligation"))?;
    if row.status != ObligationStatus::Open.as_str() {
        return Err(Refusal::new("visit-obligation-ended").into());
    }
    let customer = store::customers::find_customer(db, scope, row.customer_id).await?;
    let customer = customer.ok_or(Error::NotFound)?;
    let purpose = if customer.shareholder_related {
        VisitPurpose::Shareholder
    } else {
        VisitPurpose::Key
    };
    Ok(VisitSubject {
        customer: customer.id,
        customer_name: customer.shown_name(),
        customer_no: customer.customer_no,
        policy: row.policy_id,
        policy_no: row.policy_no,
        org: customer.org_id.0,
        callback: None,
        ticket: None,
        obligation: Some((ObligationId(row.id), row.due_on)),
        purpose,
    })
}

async fn of_customer(app: &App, scope: &Scope, form: &NewVisitForm) -> Result<VisitSubject> {
    let db = app.store();
    let number = form.customer_no.trim();
    if number.is_empty() {
        return Err(Error::invalid("customer_no", "missing"));
    }
    let customer = store::customers::find_customer_by_number(db, scope, number).await?;
    let customer = customer.ok_or_else(|| Error::invalid("customer_no", "unknown-customer"))?;
    let policy = match form.policy_no.trim() {
        "" => None,
        number => {
            let found = store::policies::find_policy_by_number(db, scope, number).await?;
            let own = found.filter(|p| p.policyholder_id == customer.id);
            Some(own.ok_or_else(|| Error::invalid("policy_no", "unknown-policy"))?)
        }
    };
    let purpose = match (customer.key_account, customer.shareholder_related) {
        (_, true) => VisitPurpose::Shareholder,
        (true, false) => VisitPurpose::Key,
        _ if customer.large => VisitPurpose::Large,
        _ => VisitPurpose::Other,
    };
    let obligation = owed(app, scope, customer.id, purpose).await?;
    Ok(VisitSubject {
        customer: customer.id,
        customer_name: customer.shown_name(),
        customer_no: customer.customer_no,
        org: customer.org_id.0,
        policy: policy.as_ref().map(|p| p.id),
        policy_no: policy.map(|p| p.policy_no),
        callback: None,
        ticket: None,
        obligation,
        purpose,
    })
}

/// The visit that is owed to the customer next: whoever visits for that purpose anyway discharges it.
async fn owed(
    app: &App,
    scope: &Scope,
    customer: CustomerId,
    purpose: VisitPurpose,
) -> Result<Option<(ObligationId, Option<chrono::NaiveDate>)>> {
    if !purpose.is_regular() {
        return Ok(None);
    }
    let filter = ObligationFilter {
        kind: Some("visit".to_owned()),
        status: Some(ObligationStatus::Open.as_str().to_owned()),
        customer: Some(customer),
        order: ObligationOrder::Due,
        ..ObligationFilter::default()
    };
    let found = store::obligations::list_obligations(app.store(), scope, &filter, 1).await?;
    let next = found.rows.into_iter().next();
    Ok(next.map(|o| (ObligationId(o.id), o.due_on)))
}

/// Asks for a visit. One that solves what the telephone could not waits for the decision of the head
/// of the customer-service office; any other may be arranged at once.
///
/// # Errors
/// When the actor may not, a field is wrong, or the callback cannot be visited now.
pub async fn request_visit(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &NewVisitForm,
) -> Result<(VisitId, String)> {
    let scope = actor.scope(Permission::VisitsMake)?;
    let by = person(actor)?;
    let subject = subject(app, &scope, form).await?;
    let purpose = crate::listing::code("purpose", &form.purpose, VisitPurpose::parse)?;
    let purpose = purpose.unwrap_or(subject.purpose);
    let report = text("report", &form.report, TEXT_MAX)?;
    if purpose.needs_decision() && report.is_none() {
        return Err(Error::invalid("report", "missing"));
    }
    fitting(purpose, &subject)?;
    let questionnaire = questionnaire(app, &scope, &form.questionnaire).await?;
    let work = app.store().begin(now).await?;
    let mut audit = Vec::new();
    if let Some(callback) = subject.callback {
        let record = record(&work, &scope, callback).await?;
        if rows::find_open_visit_of_callback(&work, callback)
            .await?
            .is_some()
        {
            return Err(Refusal::new("visit-callback-has-one").into());
        }
        if !purpose.needs_decision() {
            audit = plan_visit(app, &work, actor, by, &record, report).await?;
        }
    }
    let state = if purpose.needs_decision() {
        VisitState::Requested
    } else {
        VisitState::Approved
    };
    let number = next_number(&work, NumberKind::Visit).await?;
    // A duty that was found for the customer belongs to the regular visits only.
    let named = !form.obligation.trim().is_empty();
    let duty = subject.obligation.filter(|_| named || purpose.is_regular());
    let new = NewVisit {
        number: &number,
        purpose,
        format: if questionnaire.is_some() {
            RecordFormat::Formatted
        } else {
            RecordFormat::FreeForm
        },
        questionnaire,
        customer: subject.customer,
        policy: subject.policy,
        org: subject.org,
        callback: subject.callback,
        ticket: subject.ticket,
        obligation: duty.map(|(id, _)| id),
        state,
        report,
        requested: (by, &actor.name),
        due_on: duty.and_then(|(_, due)| due),
    };
    let id = rows::insert_visit(&work, &new).await?;
    rows::insert_visit_entry(&work, id, &actor.name, "request", (None, state), report).await?;
    let detail = serde_json::json!({ "number": number, "purpose": purpose.as_str() });
    let entry = AuditEntry::new(actor, "visit.requested", "visit", id.0);
    let first = entry.customer(subject.customer.0).detail(detail);
    work.commit(store::Audit::with(first, audit)).await?;
    Ok((id, number))
}

/// Whether a purpose fits what the visit is about.
fn fitting(purpose: VisitPurpose, subject: &VisitSubject) -> Result<()> {
    let fits = match purpose {
        VisitPurpose::SecondCallback => subject.callback.is_some(),
        VisitPurpose::Clarification => subject.ticket.is_some(),
        VisitPurpose::Unresolved => subject.callback.is_some() || subject.ticket.is_some(),
        _ => subject.callback.is_none() && subject.ticket.is_none(),
    };
    if fits {
        Ok(())
    } else {
        Err(Error::invalid("purpose", "visit-purpose"))
    }
}

async fn questionnaire(app: &App, scope: &Scope, id: &str) -> Result<Option<FormattedId>> {
    let id = id.trim();
    if id.is_empty() {
        return Ok(None);
    }
    let unknown = || Error::invalid("questionnaire", "unknown-code");
    let id = Uuid::try_parse(id).map_err(|_| unknown())?;
    let found = rows::find_formatted(app.store(), scope, FormattedId(id)).await?;
    let found = found.filter(|q| q.state == FormattedState::ReadyForService);
    found.map(|q| Some(q.id)).ok_or_else(unknown)
}

/// Tells the callback that a visit is planned. One that already waits for a visit stays as it is.
pub(super) async fn plan_visit(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    by: UserId,
    record: &CallbackRecord,
    reason: Option<&str>,
) -> Result<Vec<AuditEntry>> {
    if record.callback.state == CallbackState::VisitPlanned {
        return Ok(Vec::new());
    }
    let decided = Decided {
        command: &Command::PlanVisit,
        kind: "plan_visit",
        reason,
        channel: ContactChannel::Visit,
        problem: ProblemType::RightsUnclear,
    };
    let (_, audit) = carry_out(app, work, actor, by, record, &decided).await?;
    Ok(audit)
}
