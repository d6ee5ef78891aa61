//! Slips of sales visits: registered before the visit, ended after it.

use super::{Problems, SHORT_MAX, TEXT_MAX, demanded, moment, next_number, person, setting, text};
use crate::{App, Error, Refusal, Result};
use chrono::Duration;
use domain::access::{Actor, Permission, Scope};
use domain::customers::{Landline, Mobile, PersonName, RelationshipStage};
use domain::ids::SlipId;
use domain::numbers::NumberKind;
use domain::time::{self, Instant};
use domain::visits::{SlipState, SlipStep, is_late_entry};
use store::customers::CustomerRow;
use store::visits::{self as rows, EndedVisit, NewSlip, SlipRow};
use store::{AuditEntry, UnitOfWork};

/// A slip, as it comes from the page or the API (VIS-10).
#[derive(Clone, Debug, Default)]
pub struct SlipForm {
    /// Number of the customer, when it is in the register.
    pub customer_no: String,
    /// Code of the stage of the relationship.
    pub category: String,
    /// Full name of the customer; that of the register when empty.
    pub customer_name: String,
    /// Kind of business that is talked about.
    pub business_type: String,
    /// Name of the contact person.
    pub contact_name: String,
    /// Title of the contact person.
    pub contact_title: String,
    /// Telephone number of the contact person.
    pub contact_phone: String,
    /// When the visit is planned.
    pub planned_at: String,
}

/// The end of a sales visit.
#[derive(Clone, Debug, Default)]
pub struct EndForm {
    /// When it began.
    pub began_at: String,
    /// When it ended; now when empty.
    pub ended_at: String,
    /// The version of the slip that the person saw; not looked at when missing.
    pub version: Option<i64>,
}

/// Registers a slip for a visit of one's own.
///
/// # Errors
/// When the actor may not, or a field is wrong.
pub async fn register_slip(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &SlipForm,
) -> Result<(SlipId, String)> {
    let scope = actor.scope(Permission::SlipsRegister)?;
    let salesperson = person(actor)?;
    let org = actor.org_id.ok_or_else(|| Refusal::new("person-needed"))?;
    let mut problems = Problems::default();
    let known = problems.take(customer(app, &scope, &form.customer_no).await)?;
    let known = known.flatten();
    let category = problems.take(category(form, known.as_ref()))?;
    let name = problems.take(customer_name(form, known.as_ref()))?;
    let business = problems.take(demanded("business_type", &form.business_type, SHORT_MAX))?;
    let contact = problems.take(name_of("contact_name", &form.contact_name))?;
    let title = problems.take(demanded("contact_title", &form.contact_title, SHORT_MAX))?;
    let phone = problems.take(phone(&form.contact_phone))?;
    let planned_at = problems.take(moment("planned_at", &form.planned_at))?;
    problems.end()?;
    let (Some(category), Some(name), Some(contact)) = (category, name, contact) else {
        return Err(Error::invalid("category", "missing"));
    };
    let work = app.store().begin(now).await?;
    let number = next_number(&work, NumberKind::Slip).await?;
    let new = NewSlip {
        number: &number,
        org: org.0,
        salesperson,
        customer: known.as_ref().map(|c| c.id),
        category,
        customer_name: &name,
        business_type: business.unwrap_or_default(),
        contact_name: &contact,
        contact_title: title.unwrap_or_default(),
        contact_phone: phone.unwrap_or_default(),
        planned_at: planned_at.flatten(),
    };
    let id = rows::insert_slip(&work, &new).await?;
    let detail = serde_json::json!({ "number": number, "category": category.as_str() });
    let entry = AuditEntry::new(actor, "slip.registered", "field_slip", id.0);
    let entry = entry.customer(new.customer.map(|c| c.0));
    work.commit(entry.detail(detail)).await?;
    Ok((id, number))
}

async fn customer(app: &App, scope: &Scope, number: &str) -> Result<Option<CustomerRow>> {
    let number = number.trim();
    if number.is_empty() {
        return Ok(None);
    }
    let found = store::customers::find_customer_by_number(app.store(), scope, number).await?;
    let unknown = || Error::invalid("customer_no", "unknown-customer");
    found.map(Some).ok_or_else(unknown)
}

fn category(form: &SlipForm, known: Option<&CustomerRow>) -> Result<RelationshipStage> {
    let given = crate::listing::code("category", &form.category, RelationshipStage::parse)?;
    let registered = known.and_then(|c| c.relationship_stage.as_deref());
    let registered = registered.and_then(|code| RelationshipStage::parse(code).ok());
    let stage = given.or(registered);
    stage.ok_or_else(|| Error::invalid("category", "missing"))
}

fn name_of(field: &str, given: &str) -> Result<PersonName> {
    let given = demanded(field, given, SHORT_MAX)?;
    PersonName::parse(given).map_err(|_| Error::invalid(field, "too-long"))
}

fn customer_name(form: &SlipForm, known: Option<&CustomerRow>) -> Result<PersonName> {
    match known {
        Some(customer) if form.customer_name.trim().is_empty() => Ok(customer.name.clone()),
        _ => name_of("customer_name", &form.customer_name),
    }
}

fn phone(given: &str) -> Result<&str> {
    let given = demanded("contact_phone", given, SHORT_MAX)?;
    if Mobile::parse(given).is_ok() || Landline::parse(given).is_ok() {
        Ok(given)
    } else {
        Err(Error::invalid("contact_phone", "phone"))
    }
}

pub(super) async fn load(
    work: &UnitOfWork,
    actor: &Actor,
    permission: Permission,
    id: SlipId,
) -> Result<SlipRow> {
    let scope = actor.scope(permission)?;
    let slip = rows::find_slip(work, &scope, id).await?;
    slip.ok_or(Error::NotFound)
}

/// Notes that the visit ended: the callback is due within its hours. A visit that began before the
/// slip was registered is a finding.
///
/// # Errors
/// When it is another's visit, it ended before, or the times cannot be.
pub async fn end_visit(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: SlipId,
    form: &EndForm,
) -> Result<SlipState> {
    let by = person(actor)?;
    let today = time::date_in_china(now);
    let ended_at = moment("ended_at", &form.ended_at)?.unwrap_or(now);
    let hours = setting(app, "sales_visit_hours", today)?;
    let late_hours = setting(app, "visit_entry_late_hours", today)?;
    let work = app.store().begin(now).await?;
    let slip = load(&work, actor, Permission::SlipsRegister, id).await?;
    if form.version.is_some_and(|seen| seen != slip.version) {
        return Err(Error::Conflict);
    }
    let began_at = moment("began_at", &form.began_at)?;
    let began_at = began_at.or(slip.planned_at.filter(|at| *at <= ended_at));
    let began_at = began_at.unwrap_or_else(|| slip.registered_at.min(ended_at));
    let view = slip.decision_view(Vec::new());
    let state = view.decide(&SlipStep::End { began_at, ended_at }, by, now)?;
    let ended = EndedVisit {
        began_at,
        ended_at,
        without_slip: view.is_without_slip(began_at),
        entered_late: is_late_entry(ended_at, now, late_hours),
        callback_due_at: ended_at + Duration::hours(hours),
    };
    rows::end_slip(&work, &slip, &ended).await?;
    if let Some(customer) = slip.customer_id {
        rows::insert_sales_visit_event(&work, &slip, customer, actor.agent, ended_at).await?;
    }
    let detail = serde_json::json!({
        "number": slip.number, "without_slip": ended.without_slip, "late": ended.entered_late,
    });
    let entry = AuditEntry::new(actor, "slip.visit_ended", "field_slip", id.0);
    let entry = entry.customer(slip.customer_id.map(|c| c.0));
    work.commit(entry.detail(detail)).await?;
    Ok(state)
}

/// Notes that a visit was not made.
///
/// # Errors
/// When it is another's visit, it ended, or the reason is missing.
pub async fn cancel_slip(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: SlipId,
    reason: &str,
) -> Result<SlipState> {
    let by = person(actor)?;
    let reason = text("reason", reason, TEXT_MAX)?.unwrap_or_default();
    let work = app.store().begin(now).await?;
    let slip = load(&work, actor, Permission::SlipsRegister, id).await?;
    let step = SlipStep::Cancel {
        reason: reason.to_owned(),
    };
    let state = slip.decision_view(Vec::new()).decide(&step, by, now)?;
    rows::save_slip_state(&work, &slip, state, Some(reason)).await?;
    let entry = AuditEntry::new(actor, "slip.cancelled", "field_slip", id.0);
    work.commit(entry.customer(slip.customer_id.map(|c| c.0)))
        .await?;
    Ok(state)
}
