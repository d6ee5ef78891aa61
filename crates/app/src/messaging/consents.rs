//! What customers say about being contacted: given, refused, given again, each with its source.

use crate::{App, Error, FieldProblem, Result, listing};
use domain::access::{Actor, Permission};
use domain::ids::CustomerId;
use domain::messaging::{ConsentSource, ConsentTopic};
use domain::time::Instant;
use store::messaging::{self as rows, ConsentRow, NewConsent};
use store::{AuditActor, AuditEntry};

/// Longest note, in characters.
const NOTE_MAX: usize = 300;

/// A word of a customer, as a form has it.
#[derive(Clone, Debug, Default)]
pub struct ConsentForm {
    /// Code of the topic.
    pub topic: String,
    /// Whether the customer agrees.
    pub given: bool,
    /// Code of the source.
    pub source: String,
    /// What proves it.
    pub note: String,
}

/// What a customer said, and what holds.
#[derive(Clone, Debug, Default)]
pub struct Consents {
    /// Consent to marketing: given, refused, never asked.
    pub marketing: Option<bool>,
    /// Since when the customer wants no greetings.
    pub care_stopped_at: Option<Instant>,
    /// Every word, the newest first.
    pub lines: Vec<ConsentRow>,
}

/// What a customer in sight said about being contacted.
///
/// # Errors
/// When the actor may not see customers.
pub async fn consents_of(app: &App, actor: &Actor, customer: CustomerId) -> Result<Consents> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let lines = rows::list_consents(app.store(), &scope, customer).await?;
    let (marketing, care_stopped_at) = rows::read_consent(app.store(), customer).await?;
    Ok(Consents {
        marketing,
        care_stopped_at,
        lines,
    })
}

/// Writes down what a customer in sight said. It holds for every message that has not gone out yet.
///
/// # Errors
/// All problems of the form at once; [`Error::NotFound`] when the customer is not in sight;
/// [`Error::Refused`] with `consent-restricted` when the data may only be stored.
pub async fn record_consent(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &ConsentForm,
) -> Result<()> {
    let scope = actor.scope(Permission::CustomersEdit)?;
    let found =
        store::customers::find_customer_by_number(app.store(), &scope, customer_no.trim()).await?;
    let customer = found.ok_or(Error::NotFound)?;
    let mut problems = Vec::new();
    let mut missing = |field: &str| problems.push(FieldProblem::new(field, "missing"));
    let topic = listing::code("topic", &form.topic, ConsentTopic::parse)?;
    let source = listing::code("source", &form.source, ConsentSource::parse)?;
    if topic.is_none() {
        missing("topic");
    }
    if source.is_none() {
        missing("source");
    }
    let note = form.note.trim();
    match note.chars().count() {
        0 => missing("note"),
        n if n > NOTE_MAX => problems.push(FieldProblem::new("note", "too-long")),
        _ => {}
    }
    let (Some(topic), Some(source), true) = (topic, source, problems.is_empty()) else {
        return Err(Error::Invalid(problems));
    };
    if form.given && (customer.restricted_at.is_some() || customer.erased_at.is_some()) {
        return Err(crate::Refusal::new("consent-restricted").into());
    }
    let work = app.store().begin(now).await?;
    let new = NewConsent {
        customer: customer.id,
        topic,
        given: form.given,
        source,
        note,
        actor: &AuditActor::from(actor),
    };
    rows::insert_consent(&work, &new).await?;
    let action = if form.given {
        "customer.consent_given"
    } else {
        "customer.consent_withdrawn"
    };
    let detail = serde_json::json!({ "topic": topic.as_str(), "source": source.as_str() });
    let entry = AuditEntry::new(actor, action, "customer", customer.id.0)
        .customer(customer.id.0)
        .purpose(note)
        .detail(detail);
    Ok(work.commit(entry).await?)
}
