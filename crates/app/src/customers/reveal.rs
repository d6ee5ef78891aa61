//! Showing personal data in full, one field at a time, for a stated purpose.

use super::page::find;
use crate::{App, Error, Refusal, Result};
use chrono::NaiveDate;
use domain::access::{Actor, ActorKind, Permission};
use domain::customers::{PersonalField, PurposeError, Reveal, StatedPurpose};
use domain::time::{self, Instant};
use store::customers::CustomerRow;
use store::exports::DisclosureCount;
use store::{AuditActor, AuditEntry, UnitOfWork};
use uuid::Uuid;

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
    /// How much of the day's quota is used; nothing where there is none.
    pub quota: Option<Quota>,
}

/// How much personal data somebody looked at in full today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Fields, this one among them.
    pub used: i64,
    /// How many are allowed.
    pub limit: i64,
}

impl Quota {
    /// Whether little is left.
    pub fn is_near(&self) -> bool {
        domain::access::is_near(self.used, self.limit)
    }
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
/// unknown or the purpose is missing; [`Error::Refused`] when the field is not open to the actor's
/// roles, the customer's data is restricted, or the quota of the day is used up.
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
    if !app.rights_in_force().await?.opens(&actor.roles, field) {
        return Err(Refusal::new("reveal-field-closed").into());
    }
    let customer = find(app, &scope, customer_no).await?;
    if customer.restricted_at.is_some() && !purpose.purpose().reaches_restricted() {
        return Err(Refusal::new("reveal-restricted").into());
    }
    let work = app.store().begin(now).await?;
    let quota = count(app, actor, &work).await?;
    if let Some(full) = quota.filter(|q| q.used > q.limit) {
        work.roll_back().await?;
        return Err(refuse(app, actor, now, customer.id.0, full).await);
    }
    let trace = work.next_id();
    let entry = AuditEntry::new(actor, "customer.revealed", "customer", customer.id.0)
        .customer(customer.id.0)
        .purpose(purpose.to_string())
        .detail(serde_json::json!({ "field": field.as_str(), "trace": trace }));
    work.commit(entry).await?;
    Ok(Revealed {
        field,
        value: value(&customer, field, Reveal::traced(trace)),
        quota,
    })
}

/// Counts one field more of the day. The command line has no quota.
async fn count(app: &App, actor: &Actor, work: &UnitOfWork) -> Result<Option<Quota>> {
    if matches!(actor.kind, ActorKind::Shell | ActorKind::System) {
        return Ok(None);
    }
    let Some(org) = actor.org_id else {
        return Err(Error::NotFound);
    };
    let limit = app.rights().reveals_per_day(&actor.roles);
    let day = time::date_in_china(work.now());
    let owner = AuditActor::from(actor);
    let used = store::exports::count_disclosure(work, &owner, org, day, limit).await?;
    Ok(Some(Quota { used, limit }))
}

/// Writes down that somebody wanted more than the quota; the refusal says who can lift it.
async fn refuse(app: &App, actor: &Actor, now: Instant, customer: Uuid, quota: Quota) -> Error {
    let entry = AuditEntry::new(actor, "customer.reveal_refused", "customer", customer)
        .customer(customer)
        .detail(serde_json::json!({ "limit": quota.limit }));
    let written = async { app.store().begin(now).await?.commit(entry).await };
    match written.await {
        Ok(()) => Refusal::with("reveal-quota", quota.limit.to_string()).into(),
        Err(error) => error.into(),
    }
}

/// Who looked at how much personal data since a day.
///
/// # Errors
/// When the actor may not read the log.
pub async fn list_disclosures(
    app: &App,
    actor: &Actor,
    from: NaiveDate,
) -> Result<Vec<DisclosureCount>> {
    let scope = actor.scope(Permission::AuditRead)?;
    Ok(store::exports::list_disclosure_counts(app.store(), &scope, from).await?)
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
