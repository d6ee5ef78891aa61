//! Money laundering: how far the grading of existing customers has come, and checks before payments. All of
//! it needs the confidential right, and that somebody looked is recorded.

use super::{TEXT_MAX, find, setting};
use crate::listing::{self, PAGE_ROWS};
use crate::visits::{Problems, demanded, person};
use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::risk::{AmlResult, AssessmentState, RiskDimension};
use domain::time::{self, Instant};
use rules::{Facts, Value};
use store::risk::{self as rows, AssessmentFilter, AssessmentRow, DuePaymentRow, GradeCounts};
use store::risk::{NewAmlCheck, UngradedRow};
use store::{AuditEntry, Page};
use uuid::Uuid;

/// Filters of the page, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AmlQuery {
    /// `payments` when empty, `ungraded`, `high` (ungraded of higher risk), `reviews` or `waiting`.
    pub view: String,
    /// Where the page begins.
    pub after: String,
}

/// The dates of the remediation (令〔2025〕第11号 51).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remediation {
    /// Existing customers are those before.
    pub since: NaiveDate,
    /// Those of higher risk until.
    pub high_due: NaiveDate,
    /// All until.
    pub all_due: NaiveDate,
}

/// The page: of its lists the one that was asked for is filled.
#[derive(Clone, Debug)]
pub struct AmlOverview {
    /// The dates; nothing while no rule on it is in force.
    pub remediation: Option<Remediation>,
    /// How far it has come.
    pub counts: GradeCounts,
    /// Payments that nobody has checked.
    pub payments: Page<DuePaymentRow>,
    /// Customers who are not graded yet.
    pub ungraded: Page<UngradedRow>,
    /// Grades to look at again, or that wait for confirmation.
    pub grades: Page<AssessmentRow>,
}

fn date(app: &App, id: &str, on: NaiveDate) -> Option<NaiveDate> {
    let rules = app.rules();
    let facts = Facts::new(rules.book().schema());
    rules.book().parameter_value(id, &facts, on)?.as_date()
}

fn remediation(app: &App, on: NaiveDate) -> Option<Remediation> {
    Some(Remediation {
        since: date(app, "aml_stock_since", on)?,
        high_due: date(app, "aml_stock_high_due", on)?,
        all_due: date(app, "aml_stock_all_due", on)?,
    })
}

/// From when and from which amount on payments are checked; nothing while no rule asks for it.
fn limits(app: &App, on: NaiveDate) -> Option<(NaiveDate, i64)> {
    let rules = app.rules();
    let facts = Facts::new(rules.book().schema());
    let value = rules
        .book()
        .parameter_value("aml_verify_from", &facts, on)?;
    let Value::Int(from) = value else { return None };
    Some((date(app, "aml_stock_since", on)?, from))
}

/// What is to be done against money laundering, in sight.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn aml_overview(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &AmlQuery,
) -> Result<AmlOverview> {
    let scope = actor.scope(Permission::RiskConfidential)?;
    let (db, today) = (app.store(), time::date_in_china(now));
    let after = listing::after(&query.after)?;
    if let Some(user) = actor.user() {
        let what = ("risk.confidential_listed", "user");
        crate::audit::seen(app, actor, now, what, (user.0, None)).await?;
    }
    let remediation = remediation(app, today);
    let mut found = AmlOverview {
        remediation,
        counts: match remediation {
            Some(r) => rows::count_grades(db, &scope, r.since).await?,
            None => GradeCounts::default(),
        },
        payments: Page::empty(),
        ungraded: Page::empty(),
        grades: Page::empty(),
    };
    match query.view.as_str() {
        "" | "payments" => {
            if let Some(limits) = limits(app, today) {
                let list = rows::list_due_payments(db, &scope, limits, after.as_ref(), PAGE_ROWS);
                found.payments = list.await?;
            }
        }
        "ungraded" | "high" => {
            let since = remediation.map_or(today, |r| r.since);
            let which = (since, query.view == "high", today);
            let list = rows::list_ungraded(db, &scope, which, after.as_ref(), PAGE_ROWS);
            found.ungraded = list.await?;
        }
        "reviews" | "waiting" => {
            let reviews = query.view == "reviews";
            let ahead = setting(app, "risk_review_ahead_days", today)?;
            let soon = today + chrono::Days::new(u64::try_from(ahead).unwrap_or(0));
            let filter = AssessmentFilter {
                state: Some(match reviews {
                    true => AssessmentState::Confirmed,
                    false => AssessmentState::Submitted,
                }),
                dimension: Some(RiskDimension::Aml),
                review_to: reviews.then_some(soon),
                confidential: true,
                after,
                ..AssessmentFilter::default()
            };
            found.grades = rows::list_assessments(db, &scope, &filter, PAGE_ROWS).await?;
        }
        _ => return Err(Error::invalid("view", "unknown-code")),
    }
    Ok(found)
}

/// A check, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct CheckForm {
    /// What was found, as a code.
    pub result: String,
    /// How.
    pub words: String,
}

/// Keeps the check of a payment.
///
/// # Errors
/// When the actor may not, the payment needs none or was checked before, or a field is wrong.
pub async fn check_payment(
    app: &App,
    actor: &Actor,
    now: Instant,
    event: Uuid,
    form: &CheckForm,
) -> Result<()> {
    person(actor)?;
    let scope = actor.scope(Permission::RiskConfidential)?;
    let mut problems = Problems::default();
    let result = listing::code("result", &form.result, AmlResult::parse);
    let result = result.and_then(|r| r.ok_or_else(|| Error::invalid("result", "missing")));
    let result = problems.take(result)?;
    let words = problems.take(demanded("handling", &form.words, TEXT_MAX))?;
    problems.end()?;
    let (Some(result), Some(words)) = (result, words) else {
        return Err(Error::invalid("result", "missing"));
    };
    let limits = limits(app, time::date_in_china(now)).ok_or(Error::NotFound)?;
    let work = app.store().begin(now).await?;
    let payment = rows::find_due_payment(&work, &scope, limits, event).await?;
    let payment = payment.ok_or(Error::NotFound)?;
    let customer = find(app, &scope, &payment.of.customer_no).await?;
    let new = NewAmlCheck {
        event,
        subject: payment.subject,
        result,
        words,
        by: &actor.name,
    };
    rows::insert_aml_check(&work, customer.id, &new).await?;
    let entry = AuditEntry::new(actor, "risk.payment_checked", "event", event);
    Ok(work.commit(entry.customer(customer.id.0)).await?)
}
