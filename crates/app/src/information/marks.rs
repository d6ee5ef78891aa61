//! Flags of customers (CUS-07): those that people set with date and reason, and those that follow from
//! policies and complaints.

use super::demands::Demands;
use crate::customers::{find, put_facts};
use crate::{App, Error, FieldProblem, Refusal, Result, listing};
use chrono::{Duration, Months, NaiveDate};
use domain::access::{Actor, Permission};
use domain::customers::{FactValue, Origin};
use domain::information::{CustomerMark, DerivedMark};
use domain::time::{self, Instant};
use store::customers::{CustomerRow, Learned};
use store::information::{self as rows, MarkRow, Profile};
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

/// A flag that follows from what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DerivedFlag {
    /// Which.
    pub mark: DerivedMark,
    /// Since when.
    pub since_on: NaiveDate,
    /// Until when, where that is known beforehand.
    pub until_on: Option<NaiveDate>,
}

/// Flags that follow from what happened, on a day.
pub(super) fn derived(demands: &Demands<'_>, profile: &Profile, on: NaiveDate) -> Vec<DerivedFlag> {
    let mut flags = Vec::new();
    let mut lasting = |mark, since: Option<NaiveDate>, days: Option<i64>| {
        let until = since.zip(days).map(|(d, n)| d + Duration::days(n));
        if let (Some(since_on), Some(until_on)) = (since, until)
            && since_on <= on
            && on <= until_on
        {
            flags.push(DerivedFlag {
                mark,
                since_on,
                until_on: Some(until_on),
            });
        }
    };
    let complained = profile.complained_at.map(time::date_in_china);
    lasting(
        DerivedMark::Complainant,
        complained,
        demands.number("mark_complainant_days"),
    );
    lasting(
        DerivedMark::New,
        profile.first_policy_on,
        demands.number("mark_new_days"),
    );
    let months = demands
        .number("lost_after_months")
        .and_then(|n| u32::try_from(n).ok());
    let lost_on = profile
        .last_end_on
        .filter(|_| profile.in_force == 0)
        .zip(months)
        .and_then(|(end, n)| end.checked_add_months(Months::new(n)));
    if let Some(since_on) = lost_on.filter(|d| *d <= on) {
        flags.push(DerivedFlag {
            mark: DerivedMark::Lost,
            since_on,
            until_on: None,
        });
    }
    flags
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
fn holds(customer: &CustomerRow, mark: CustomerMark) -> bool {
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
