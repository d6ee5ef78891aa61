//! Showing personal data in full, one field at a time, for a stated purpose.

use super::page::find;
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::customers::{PersonalField, PurposeError, Reveal, StatedPurpose};
use domain::time::Instant;
use store::AuditEntry;
use store::customers::CustomerRow;

/// What is asked for, as text.
#[derive(Clone, Debug, Default)]
pub struct RevealForm {
    /// Code of the field.
    pub field: String,
    /// Code of the purpose.
    pub purpose: String,
    /// A note beside it; needed where the purpose is `other`.
    pub note: String,
}

/// A value in full.
#[derive(Clone)]
pub struct Revealed {
    /// The field.
    pub field: PersonalField,
    /// Its value; nothing when the customer has none.
    pub value: Option<String>,
}

impl std::fmt::Debug for Revealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Revealed({})", self.field)
    }
}

/// Shows a field of a customer in full. Who saw which field and why is written down first.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when the customer is not in sight; when the field is
/// unknown or the purpose is missing.
pub async fn reveal(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &RevealForm,
) -> Result<Revealed> {
    let scope = actor.scope(Permission::PersonalDataReveal)?;
    let field =
        PersonalField::parse(&form.field).map_err(|_| Error::invalid("field", "unknown-code"))?;
    let purpose = stated_purpose(&form.purpose, &form.note)?;
    let customer = find(app, &scope, customer_no).await?;
    let work = app.store().begin(now).await?;
    let trace = work.next_id();
    let entry = AuditEntry::new(actor, "customer.revealed", "customer", customer.id.0)
        .customer(customer.id.0)
        .purpose(purpose.to_string())
        .detail(serde_json::json!({ "field": field.as_str(), "trace": trace }));
    work.commit(entry).await?;
    Ok(Revealed {
        field,
        value: value(&customer, field, Reveal::traced(trace)),
    })
}

/// Reads a purpose, with what is wrong on its field.
pub(crate) fn stated_purpose(purpose: &str, note: &str) -> Result<StatedPurpose> {
    StatedPurpose::parse(purpose, note).map_err(|error| match error {
        PurposeError::Missing => Error::invalid("purpose", "purpose-missing"),
        PurposeError::NoteMissing => Error::invalid("note", "missing"),
        PurposeError::NoteTooLong => Error::invalid("note", "too-long"),
    })
}

/// The value of a field in full.
pub(crate) fn value(customer: &CustomerRow, field: PersonalField, trace: Reveal) -> Option<String> {
    let text = match field {
        PersonalField::Name => Some(customer.name.reveal(trace)),
        PersonalField::IdNo => customer.id_no.as_ref().map(|v| v.reveal(trace)),
        PersonalField::Mobile => customer.mobile.as_ref().map(|v| v.reveal(trace)),
        PersonalField::Phone => customer.phone.as_ref().map(|v| v.reveal(trace)),
        PersonalField::Email => customer.email.as_ref().map(|v| v.reveal(trace)),
        PersonalField::Address => customer.address.as_ref().map(|v| v.reveal(trace)),
        PersonalField::MailingAddress => customer.mailing_address.as_ref().map(|v| v.reveal(trace)),
        PersonalField::Needs => customer.needs.as_ref().map(|v| v.reveal(trace)),
        PersonalField::SpecialNeeds => customer.special_needs.as_ref().map(|v| v.reveal(trace)),
    };
    text.map(str::to_owned)
}
