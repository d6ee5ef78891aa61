//! Setting and ending flags of customers, with date, person and reason (CUS-07).

use crate::customers::{find, put_facts};
use crate::{App, Error, FieldProblem, Refusal, Result, listing};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::customers::{FactValue, Origin};
use domain::information::CustomerMark;
use domain::time::{self, Instant};
use store::customers::{CustomerRow, Learned};
use store::information::{self as rows, MarkRow};
use store::{Audit, AuditActor, AuditEntry};

/// Longest reason, in characters.
const REASON_MAX: usize = 200;

/// What a form says.
#[derive(Clone, Debug, Default)]
pub struct MarkForm {
    /// Code of the flag.
    pub flag: String,
    /// Since or until when; today when empty.
    pub on: String,
    /// Why.
    pub reason: String,
    /// The version of the customer that was shown.
    pub version: i64,
}

struct Read {
    mark: CustomerMark,
    on: NaiveDate,
}

fn read(form: &MarkForm, now: Instant) -> Result<Read> {
    let mut problems = Vec::new();
    let today = time::date_in_china(now);
    let mark = CustomerMark::parse(form.flag.trim());
    if mark.is_err() {
        problems.push(FieldProblem::new("flag", "unknown-code"));
    }
    let on = listing::date("on", &form.on).map(|d| d.unwrap_or(today));
    match &on {
        Err(_) => problems.push(FieldProblem::new("on", "date")),
        Ok(day) if *day > today => problems.push(FieldProblem::new("on", "in-future")),
        Ok(_) => {}
    }
    match form.reason.trim().chars().count() {
        0 => problems.push(FieldProblem::new("reason", "missing")),
        n if n > REASON_MAX => problems.push(FieldProblem::new("reason", "too-long")),
        _ => {}
    }
    match (mark, on) {
        (Ok(mark), Ok(on)) if problems.is_empty() => Ok(Read { mark, on }),
        _ => Err(Error::Invalid(problems)),
    }
}

/// Sets a flag on a customer in sight.
///
/// # Errors
/// All problems at once; [`Error::Refused`] when it stands already; [`Error::Conflict`] when someone else
/// changed the customer.
pub async fn set_flag(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &MarkForm,
) -> Result<()> {
    put(app, actor, now, customer_no, form, true).await
}

/// Ends a flag of a customer in sight.
///
/// # Errors
/// As [`set_flag`]; [`Error::Refused`] when it does not stand.
pub async fn end_flag(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &MarkForm,
) -> Result<()> {
    put(app, actor, now, customer_no, form, false).await
}

async fn put(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &MarkForm,
    is_set: bool,
) -> Result<()> {
    let scope = actor.scope(Permission::CustomersEdit)?;
    let customer = find(app, &scope, customer_no).await?;
    let Read { mark, on } = read(form, now)?;
    if customer.version != form.version {
        return Err(Error::Conflict);
    }
    if customer.erased_at.is_some() {
        return Err(Refusal::new("information-restricted").into());
    }
    let marks = rows::list_marks(app.store(), &scope, customer.id).await?;
    let standing: Option<&MarkRow> = marks
        .iter()
        .find(|m| m.mark == mark && m.ended_on.is_none());
    let held = holds(&customer, mark);
    if (standing.is_some() || held) == is_set {
        return Err(Refusal::new(if is_set {
            "flag-stands"
        } else {
            "flag-does-not-stand"
        })
        .into());
    }
    if !is_set && standing.is_some_and(|m| on < m.since_on) {
        return Err(Error::invalid("on", "before-start"));
    }
    let reason = form.reason.trim();
    let work = app.store().begin(now).await?;
    match (is_set, standing) {
        (true, _) => {
            rows::insert_mark(&work, customer.id, mark, on, reason, &actor.name).await?;
        }
        (false, Some(standing)) => {
            rows::end_mark(&work, standing.id, on, reason, &actor.name).await?;
        }
        // A flag that came with a file has no line of its own: the history of the fact says when it ended.
        (false, None) => {}
    }
    let mut others = Vec::new();
    if let Some(field) = mark.field() {
        let facts = [(field, Some(FactValue::from_stored(is_set.to_string())))];
        let learned = Learned::in_service(Origin::Form, &AuditActor::from(actor), now);
        others.extend(
            put_facts(
                &work,
                actor,
                &customer,
                form.version,
                &facts,
                reason,
                &learned,
            )
            .await?,
        );
    }
    let entry = entry(actor, &customer, mark, on, is_set);
    Ok(work.commit(Audit::with(entry, others)).await?)
}

/// Whether the column that the rules look at says so.
pub(super) fn holds(customer: &CustomerRow, mark: CustomerMark) -> bool {
    match mark {
        CustomerMark::Large => customer.large,
        CustomerMark::KeyAccount => customer.key_account,
        CustomerMark::ShareholderRelated => customer.shareholder_related,
        CustomerMark::Cooperating => false,
    }
}

fn entry(
    actor: &Actor,
    customer: &CustomerRow,
    mark: CustomerMark,
    on: NaiveDate,
    is_set: bool,
) -> AuditEntry {
    let action = if is_set {
        "customer.flag_set"
    } else {
        "customer.flag_ended"
    };
    AuditEntry::new(actor, action, "customer", customer.id.0)
        .customer(customer.id.0)
        .detail(serde_json::json!({ "flag": mark.as_str(), "on": on }))
}
