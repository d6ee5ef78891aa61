//! The quality of one customer's information: what is wrong, why it may be in order, when it was verified.

use super::read_rules::InformationRules;
use super::score::Counted;
use crate::customers::customer_in_sight;
use crate::{App, Error, Refusal, Result};
use ::rules::eval::ScoreTrace;
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::customers::{FieldError, SensitiveText};
use domain::data_quality::{Check, Field, FindingState, Severity, VerifiedBy};
use domain::ids::CustomerId;
use domain::time::{self, Instant};
use store::AuditEntry;
use store::customers::{CustomerRow, enqueue_derivations_of};
use store::data_quality::{self as rows, FindingRow, NewVerification, StateRow, VerificationRow};
use uuid::Uuid;

/// Findings that a page shows.
const FINDINGS: i64 = 100;
/// Verifications that a page shows.
const VERIFICATIONS: i64 = 50;

/// The quality of one customer's information.
#[derive(Clone, Debug)]
pub struct InformationPage {
    /// The customer.
    pub customer: CustomerRow,
    /// How the information stands; nothing before the first examination.
    pub state: Option<StateRow>,
    /// What was found: open, explained, put right.
    pub findings: Vec<FindingRow>,
    /// When it was verified, the newest first.
    pub verifications: Vec<VerificationRow>,
    /// Both scores, explained.
    pub scores: Vec<ScoreTrace>,
}

/// The quality of the information of a customer in sight. That someone looked is recorded.
///
/// # Errors
/// When the actor may not see customers; [`Error::NotFound`] when this one is not in sight.
pub async fn information_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
) -> Result<InformationPage> {
    let (customer, _) = customer_in_sight(app, actor, now, customer_no).await?;
    let scope = actor.scope(Permission::CustomersRead)?;
    let (db, id) = (app.store(), customer.id);
    let state = rows::find_state(db, &scope, id).await?;
    let rules = app.rules();
    let read = InformationRules::read(&rules, time::date_in_china(now));
    let explain = |s: &StateRow| Counted::of(s, &read).explain(rules.book(), &read);
    Ok(InformationPage {
        scores: state.as_ref().map(explain).unwrap_or_default(),
        findings: rows::list_findings_of(db, &scope, id, FINDINGS).await?,
        verifications: rows::list_verifications(db, &scope, id, VERIFICATIONS).await?,
        customer,
        state,
    })
}

/// What the overview of a customer says in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InformationSummary {
    /// Completeness, 0 to 100.
    pub completeness: i64,
    /// Truth, 0 to 100.
    pub truth: i64,
    /// The open findings that weigh most, at most three: check, field, weight.
    pub worst: Vec<(Check, Field, Severity)>,
    /// Open findings.
    pub open: usize,
    /// Verified last.
    pub verified_on: Option<NaiveDate>,
    /// To be verified by.
    pub verify_by: NaiveDate,
    /// Whether that day is past.
    pub is_overdue: bool,
}

/// The quality of a customer's information in a line; nothing before the first examination.
///
/// # Errors
/// When the actor may not see customers.
pub async fn summary(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer: CustomerId,
) -> Result<Option<InformationSummary>> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let Some(state) = rows::find_state(app.store(), &scope, customer).await? else {
        return Ok(None);
    };
    let findings = rows::list_findings_of(app.store(), &scope, customer, FINDINGS).await?;
    let open = findings.iter().filter(|f| f.state == FindingState::Open);
    let worst = open.clone().take(3).map(|f| (f.check, f.field, f.severity));
    Ok(Some(InformationSummary {
        completeness: state.completeness,
        truth: state.truth,
        worst: worst.collect(),
        open: open.count(),
        verified_on: state.verified_on,
        verify_by: state.verify_by,
        is_overdue: state.verify_by < time::date_in_china(now),
    }))
}

/// Why a finding is in order.
#[derive(Clone, Debug, Default)]
pub struct ExplanationForm {
    /// The words.
    pub words: String,
    /// The version that was shown.
    pub version: i64,
}

/// Keeps why a finding is in order; gives the number of the customer. It stands until the facts change.
///
/// # Errors
/// When the actor may not, the finding is not in sight or not open, or nothing is said.
pub async fn explain(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    finding: Uuid,
    form: &ExplanationForm,
) -> Result<()> {
    let scope = actor.scope(Permission::InformationManage)?;
    let user = actor.user().ok_or_else(|| Refusal::new("person-needed"))?;
    let words =
        sensitive("words", &form.words)?.ok_or_else(|| Error::invalid("words", "missing"))?;
    let work = app.store().begin(now).await?;
    let found = rows::find_finding(&work, &scope, finding).await?;
    let found = found.ok_or(Error::NotFound)?;
    let customer = store::customers::find_customer_by_number(&work, &scope, customer_no).await?;
    if customer.is_none_or(|c| c.id != found.customer) {
        return Err(Error::NotFound);
    }
    if found.state != FindingState::Open {
        return Err(Refusal::new("finding-not-open").into());
    }
    let by = (Some(user), actor.name.as_str());
    rows::explain_finding(&work, finding, form.version, by, &words).await?;
    enqueue_derivations_of(&work, found.customer).await?;
    let detail =
        serde_json::json!({ "check": found.check.as_str(), "field": found.field.as_str() });
    let entry = AuditEntry::new(actor, "information.explained", "finding", finding);
    Ok(work
        .commit(entry.customer(found.customer.0).detail(detail))
        .await?)
}

/// A verification as a person enters it.
#[derive(Clone, Debug, Default)]
pub struct VerificationForm {
    /// When; today when empty.
    pub on: String,
    /// How, as a code.
    pub way: String,
    /// What was noted.
    pub note: String,
}

/// Records that the information of a customer was verified (二（三）1).
///
/// # Errors
/// When the actor may not, the customer is not in sight, or the fields cannot be taken.
pub async fn verify(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &VerificationForm,
) -> Result<()> {
    let scope = actor.scope(Permission::CustomersEdit)?;
    let user = actor.user().ok_or_else(|| Refusal::new("person-needed"))?;
    let today = time::date_in_china(now);
    let on = crate::listing::date("on", &form.on)?.unwrap_or(today);
    if on > today {
        return Err(Error::invalid("on", "in-future"));
    }
    let way = VerifiedBy::parse(&form.way)
        .ok()
        .filter(|w| *w != VerifiedBy::Callback);
    let way = way.ok_or_else(|| Error::invalid("way", "unknown-code"))?;
    let work = app.store().begin(now).await?;
    let customer = store::customers::find_customer_by_number(&work, &scope, customer_no).await?;
    let customer = customer
        .filter(|c| c.erased_at.is_none())
        .ok_or(Error::NotFound)?;
    let new = NewVerification {
        customer: customer.id,
        on,
        way,
        note: sensitive("note", &form.note)?,
        user: Some(user),
        user_name: actor.name.clone(),
    };
    let id = rows::insert_verification(&work, &new).await?;
    enqueue_derivations_of(&work, customer.id).await?;
    let detail = serde_json::json!({ "on": on, "way": way.as_str() });
    let entry = AuditEntry::new(actor, "information.verified", "verification", id);
    Ok(work
        .commit(entry.customer(customer.id.0).detail(detail))
        .await?)
}

/// Free text, or nothing.
pub(super) fn sensitive(field: &str, text: &str) -> Result<Option<SensitiveText>> {
    match SensitiveText::parse(text) {
        Ok(words) => Ok(Some(words)),
        Err(FieldError::Empty) => Ok(None),
        Err(_) => Err(Error::invalid(field, "too-long")),
    }
}
