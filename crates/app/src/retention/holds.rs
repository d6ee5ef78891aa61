//! Placing and lifting legal holds.

use crate::listing::{self, PAGE_ROWS, some};
use crate::{App, Error, FieldProblem, Refusal, Result};
use chrono::{Datelike as _, NaiveDate};
use domain::access::{Actor, Permission};
use domain::ids::{CustomerId, PolicyId, TicketId};
use domain::numbers::NumberKind;
use domain::retention::{HoldError, HoldKind, HoldSubject};
use domain::time::{self, Instant};
use store::obligations::take_number;
use store::retention::{self as rows, HoldFilter, HoldRow, NewHold};
use store::{AuditActor, AuditEntry, Page};
use uuid::Uuid;

/// Longest line of a form, in characters.
const LINE_MAX: usize = 200;
/// Longest reason, in characters.
const REASON_MAX: usize = 2000;

/// What a form says.
#[derive(Clone, Debug, Default)]
pub struct HoldForm {
    /// Code of what is held.
    pub subject: String,
    /// Number of the customer, policy or ticket, or code of the unit.
    pub number: String,
    /// First day of the period of a unit.
    pub from_on: String,
    /// Last day of that period.
    pub until_on: String,
    /// Code of the kind.
    pub kind: String,
    /// Who asked for it.
    pub authority: String,
    /// Number of their document.
    pub document_no: String,
    /// The reason.
    pub reason: String,
    /// From when; today when empty.
    pub effective_on: String,
    /// When it is looked at again.
    pub review_on: String,
}

#[derive(Default)]
struct Target {
    customer: Option<CustomerId>,
    policy: Option<PolicyId>,
    ticket: Option<TicketId>,
    org: Option<Uuid>,
}

/// Places a hold; its number.
///
/// # Errors
/// When the actor may not, or all problems of the form at once.
pub async fn place(app: &App, actor: &Actor, now: Instant, form: &HoldForm) -> Result<String> {
    actor.demand(Permission::RetentionManage)?;
    let today = time::date_in_china(now);
    let mut problems = Vec::new();
    let subject = HoldSubject::parse(&form.subject).map_err(|_| "subject");
    let kind = HoldKind::parse(&form.kind).map_err(|_| "kind");
    for field in [subject.err(), kind.err()].into_iter().flatten() {
        problems.push(FieldProblem::new(field, "missing"));
    }
    check_lines(form, &mut problems);
    let mut day = |field: &str, text: &str| match listing::date(field, text) {
        Ok(day) => day,
        Err(_) => {
            problems.push(FieldProblem::new(field, "date"));
            None
        }
    };
    let effective = day("effective_on", &form.effective_on).unwrap_or(today);
    let review = day("review_on", &form.review_on);
    let period = (
        day("from_on", &form.from_on),
        day("until_on", &form.until_on),
    );
    check_days(subject.ok(), effective, review, period, &mut problems);
    let (Ok(subject), Ok(kind), Some(review), true) = (subject, kind, review, problems.is_empty())
    else {
        return Err(Error::Invalid(problems));
    };
    let target = target(app, actor, subject, form.number.trim()).await?;
    let missing = || Error::invalid("number", "not-found");
    let org = target.org.ok_or_else(missing)?;
    let work = app.store().begin(now).await?;
    rows::lock_open_batches(&work).await?;
    let number = take_number(&work, NumberKind::LegalHold, today.year()).await?;
    let number = number.to_string();
    let by = AuditActor::from(actor);
    let new = NewHold {
        number: &number,
        subject,
        customer: target.customer,
        policy: target.policy,
        ticket: target.ticket,
        org,
        from_on: period.0,
        until_on: period.1,
        kind,
        authority: form.authority.trim(),
        document_no: form.document_no.trim(),
        reason: form.reason.trim(),
        effective_on: effective,
        review_on: review,
        placed_by: (by.id, &actor.name),
    };
    let id = rows::insert_hold(&work, &new).await?;
    let detail = serde_json::json!({
        "number": number, "subject": subject.as_str(), "document_no": form.document_no.trim(),
    });
    let entry = AuditEntry::new(actor, "retention.hold_placed", "legal_hold", id)
        .customer(target.customer.map(|c| c.0))
        .detail(detail);
    work.commit(entry).await?;
    Ok(number)
}

fn check_lines(form: &HoldForm, problems: &mut Vec<FieldProblem>) {
    for (field, text, max) in [
        ("authority", &form.authority, LINE_MAX),
        ("document_no", &form.document_no, LINE_MAX),
        ("reason", &form.reason, REASON_MAX),
    ] {
        match text.trim().chars().count() {
            0 => problems.push(FieldProblem::new(field, "missing")),
            n if n > max => problems.push(FieldProblem::new(field, "too-long")),
            _ => {}
        }
    }
}

fn check_days(
    subject: Option<HoldSubject>,
    effective: NaiveDate,
    review: Option<NaiveDate>,
    (from, until): (Option<NaiveDate>, Option<NaiveDate>),
    problems: &mut Vec<FieldProblem>,
) {
    match review {
        None => problems.push(FieldProblem::new("review_on", "missing")),
        Some(day) if day <= effective => {
            problems.push(FieldProblem::new("review_on", "in-the-past"));
        }
        Some(_) => {}
    }
    if subject == Some(HoldSubject::Unit) {
        for (field, day) in [("from_on", from), ("until_on", until)] {
            if day.is_none() {
                problems.push(FieldProblem::new(field, "missing"));
            }
        }
        if from > until {
            problems.push(FieldProblem::new("until_on", "in-the-past"));
        }
    }
}

/// Finds what is to be held, among what the actor sees.
async fn target(app: &App, actor: &Actor, subject: HoldSubject, number: &str) -> Result<Target> {
    let (db, scope) = (app.store(), actor.scope(Permission::RetentionManage)?);
    let target = match subject {
        HoldSubject::Customer => {
            let found = store::customers::find_customer_by_number(db, &scope, number).await?;
            found.map(|c| Target {
                customer: Some(c.id),
                org: Some(c.org_id.0),
                ..Target::default()
            })
        }
        HoldSubject::Policy => {
            let found = store::policies::find_policy_by_number(db, &scope, number).await?;
            found.map(|p| Target {
                customer: Some(p.policyholder_id),
                policy: Some(p.id),
                org: Some(p.org_id.0),
                ..Target::default()
            })
        }
        HoldSubject::Ticket => {
            let found = store::tickets::find_ticket_by_number(db, &scope, number).await?;
            found.map(|t| Target {
                customer: Some(t.customer_id),
                policy: t.policy_id,
                ticket: Some(t.id),
                org: Some(t.org_id),
            })
        }
        HoldSubject::Unit => {
            let found = store::orgs::find_org_by_code(db, number).await?;
            found.filter(|o| scope.covers(&o.path)).map(|o| Target {
                org: Some(o.id.0),
                ..Target::default()
            })
        }
    };
    Ok(target.unwrap_or_default())
}

/// Lifts a hold that somebody else placed.
///
/// # Errors
/// [`Error::NotFound`] when it is not in sight; [`Error::Refused`] for the person who placed it.
pub async fn lift(
    app: &App,
    actor: &Actor,
    now: Instant,
    number: &str,
    reason: &str,
) -> Result<()> {
    let scope = actor.scope(Permission::RetentionManage)?;
    let row = rows::find_hold(app.store(), &scope, number).await?;
    let row = row.ok_or(Error::NotFound)?;
    let reason = some(reason).ok_or_else(|| Error::invalid("reason", "missing"))?;
    if reason.chars().count() > REASON_MAX {
        return Err(Error::invalid("reason", "too-long"));
    }
    let by = AuditActor::from(actor);
    row.hold.lift(by.id).map_err(|error| {
        Refusal::new(match error {
            HoldError::AlreadyLifted => "hold-already-lifted",
            HoldError::SamePerson => "hold-same-person",
        })
    })?;
    let work = app.store().begin(now).await?;
    rows::lift_hold(&work, row.id, row.version, &actor.name, &reason).await?;
    let entry = AuditEntry::new(actor, "retention.hold_lifted", "legal_hold", row.id)
        .customer(row.hold.customer.map(|c| c.0))
        .detail(serde_json::json!({ "number": row.hold.number }));
    Ok(work.commit(entry).await?)
}

/// Filters of the list, as text; an empty one does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HoldQuery {
    /// `standing`, `review` (due for another look) or `lifted`.
    pub view: String,
    /// Code of the kind.
    pub kind: String,
    /// Start of the page.
    pub after: String,
}

/// A page of holds.
pub type HoldList = Page<HoldRow>;

/// Holds in sight, the newest first.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_holds(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &HoldQuery,
) -> Result<HoldList> {
    let scope = actor.scope(Permission::RetentionManage)?;
    let filter = HoldFilter {
        standing: Some(query.view != "lifted"),
        kind: listing::code("kind", &query.kind, HoldKind::parse)?,
        review_to: (query.view == "review").then(|| time::date_in_china(now)),
        after: listing::after(&query.after)?,
        ..HoldFilter::default()
    };
    Ok(rows::list_holds(app.store(), &scope, &filter, PAGE_ROWS).await?)
}

/// Holds that stand on a customer or policy, for a badge on its page. Investigations of money
/// laundering are shown to nobody but those who manage holds.
///
/// # Errors
/// What the store says.
pub async fn standing_holds(
    app: &App,
    actor: &Actor,
    customer: Option<CustomerId>,
    policy: Option<PolicyId>,
) -> Result<Vec<HoldRow>> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let filter = HoldFilter {
        standing: Some(true),
        customer,
        policy,
        ..HoldFilter::default()
    };
    let page = rows::list_holds(app.store(), &scope, &filter, PAGE_ROWS).await?;
    let manages = actor.may(Permission::RetentionManage);
    let shown = |h: &HoldRow| manages || h.kind != HoldKind::AmlInvestigation;
    Ok(page.rows.into_iter().filter(shown).collect())
}
