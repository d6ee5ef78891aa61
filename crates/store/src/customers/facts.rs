//! Changing facts of a customer: the one place that writes them. Old and new value, who, when, why and
//! where it was learned stay in the history; everything that follows is asked for in the same transaction.

use super::derivations::enqueue_derivations_of;
use super::read::CustomerRow;
use crate::audit::AuditActor;
use crate::obligations::{enqueue_customer, enqueue_policies_of};
use crate::sealing::registry::SealedTable;
use crate::sql::{millis, params};
use crate::{Reads as _, Result, StoreError, UnitOfWork};
use chrono::NaiveDate;
use domain::customers::{
    CustomerField, FactGroup, FactShape, FactSheet, FactValue, NewFact, Origin, Reveal,
    SourceChannel,
};
use domain::time::Instant;
use sea_orm::Value;
use uuid::Uuid;

/// Where and by whom a change was learned.
#[derive(Clone, Debug)]
pub struct Learned {
    /// On what occasion.
    pub origin: Origin,
    /// Through which channel (CUS-01).
    pub source: Option<SourceChannel>,
    /// Who collected it.
    pub collected_by: Option<String>,
    /// When it was collected.
    pub collected_at: Option<Instant>,
}

impl Learned {
    /// Learned now, by whoever writes it, while serving the customer.
    pub fn in_service(origin: Origin, by: &AuditActor, now: Instant) -> Self {
        Self {
            origin,
            source: Some(SourceChannel::Service),
            collected_by: Some(by.name.clone()),
            collected_at: Some(now),
        }
    }
}

/// What is known of a customer today.
pub fn sheet_of(c: &CustomerRow) -> FactSheet {
    use CustomerField as F;
    let hidden = Reveal::for_storage();
    let text = |v: &Option<String>| v.clone();
    let date = |v: Option<NaiveDate>| v.map(|d| d.to_string());
    let int = |v: Option<i64>| v.map(|n| n.to_string());
    let secret = |v: Option<&str>| v.map(str::to_owned);
    let all = [
        (
            F::Name,
            Some(c.name.reveal(hidden).to_owned()).filter(|n| !n.is_empty()),
        ),
        (F::Sex, text(&c.sex)),
        (F::BirthDate, date(c.birth_date)),
        (F::IdType, text(&c.id_type)),
        (F::IdNo, secret(c.id_no.as_ref().map(|v| v.reveal(hidden)))),
        (F::IdExpiresOn, date(c.id_expires_on)),
        (F::Nationality, text(&c.nationality)),
        (F::Occupation, text(&c.occupation)),
        (F::Language, text(&c.language)),
        (
            F::Mobile,
            secret(c.mobile.as_ref().map(|v| v.reveal(hidden))),
        ),
        (F::Phone, secret(c.phone.as_ref().map(|v| v.reveal(hidden)))),
        (F::Email, secret(c.email.as_ref().map(|v| v.reveal(hidden)))),
        (
            F::Address,
            secret(c.address.as_ref().map(|v| v.reveal(hidden))),
        ),
        (
            F::MailingAddress,
            secret(c.mailing_address.as_ref().map(|v| v.reveal(hidden))),
        ),
        (F::PreferredChannel, text(&c.preferred_channel)),
        (F::Needs, secret(c.needs.as_ref().map(|v| v.reveal(hidden)))),
        (F::WantedSum, int(c.wanted_sum_fen)),
        (F::WantedTerm, int(c.wanted_term_months)),
        (F::RiskAppetite, text(&c.risk_appetite)),
        (F::RiskTolerance, text(&c.risk_tolerance)),
        (F::AnnualIncome, int(c.annual_income_fen)),
        (F::RelationshipStage, text(&c.relationship_stage)),
        (
            F::SpecialNeeds,
            secret(c.special_needs.as_ref().map(|v| v.reveal(hidden))),
        ),
        (
            F::SpecialCircumstances,
            secret(c.special_circumstances.as_ref().map(|v| v.reveal(hidden))),
        ),
        (F::Large, Some(c.large.to_string())),
        (F::KeyAccount, Some(c.key_account.to_string())),
        (
            F::ShareholderRelated,
            Some(c.shareholder_related.to_string()),
        ),
        (
            F::MarketingConsent,
            c.marketing_consent.map(|b| b.to_string()),
        ),
    ];
    let known = all
        .into_iter()
        .filter_map(|(f, v)| Some((f, FactValue::from_stored(v?))));
    known.collect()
}

/// A value as its column takes it.
fn cell(field: CustomerField, value: Option<&str>) -> Result<Value> {
    let wrong = |_| StoreError::Data(format!("{field} has no such value"));
    Ok(match field.shape() {
        FactShape::Date => {
            let date = value.map(|v| v.parse::<NaiveDate>().map_err(|_| wrong(())));
            date.transpose()?.into()
        }
        FactShape::Money | FactShape::Months => {
            let number = value.map(|v| v.parse::<i64>().map_err(|_| wrong(())));
            number.transpose()?.into()
        }
        // Flags that are not known are not set; only the consent may be unknown.
        FactShape::Flag if field == CustomerField::MarketingConsent => {
            value.map(|v| v == "true").into()
        }
        FactShape::Flag => (value == Some("true")).into(),
        FactShape::Text | FactShape::Words | FactShape::Code(_) => value.map(str::to_owned).into(),
    })
}

/// Columns and values of one changed fact: the value, and its blind indexes where it is searched for.
fn columns(
    work: &UnitOfWork,
    customer: Uuid,
    field: CustomerField,
    value: Option<&str>,
) -> Result<Vec<(&'static str, Value)>> {
    let sealed = SealedTable::find("customers")
        .and_then(|t| t.columns.iter().find(|c| c.name == field.as_str()));
    let Some(column) = sealed else {
        return Ok(vec![(field.as_str(), cell(field, value)?)]);
    };
    let keys = work.keys();
    let context = format!("customers.{field}");
    let secret = value
        .map(|v| keys.seal(&context, customer, v))
        .transpose()?;
    let mut cells = vec![(column.name, Value::from(secret))];
    if let Some((index, kind)) = column.index {
        cells.push((index, value.map(|v| keys.index(kind, v)).into()));
        if let Some(tail) = column.tail {
            cells.push((tail, value.map(|v| keys.index_tail(kind, v)).into()));
        }
    }
    Ok(cells)
}

/// Changes facts of a customer and counts its version up once. Facts that stay as they are are passed
/// over; the fields that changed come back, each with the id of its line in the history.
///
/// # Errors
/// [`StoreError::Conflict`] when someone else changed the customer.
pub async fn change_facts(
    work: &UnitOfWork,
    customer: &CustomerRow,
    version: i64,
    facts: &[NewFact],
    by: &AuditActor,
    reason: &str,
    learned: &Learned,
) -> Result<Vec<(CustomerField, Uuid)>> {
    let hidden = Reveal::for_storage();
    let before = sheet_of(customer);
    let changed: Vec<_> = facts
        .iter()
        .filter(|(field, new)| before.get(field) != new.as_ref())
        .collect();
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let id = customer.id.0;
    let (mut sets, mut values) = (Vec::new(), Vec::new());
    for (field, new) in &changed {
        let plain = new.as_ref().map(|v| v.reveal(hidden));
        for (column, value) in columns(work, id, *field, plain)? {
            values.push(value);
            sets.push(format!("{column} = ${}", values.len()));
        }
    }
    values.extend(params![millis(work.now()), id, version]);
    let n = values.len();
    let sql = format!(
        "UPDATE customers SET {}, updated_at = ${}, version = version + 1 \
         WHERE id = ${} AND version = ${} AND erased_at IS NULL",
        sets.join(", "),
        n - 2,
        n - 1,
        n
    );
    work.execute_one(&sql, values).await?;
    let mut lines = Vec::new();
    for (field, new) in &changed {
        let line = note_change(
            work,
            id,
            *field,
            (before.get(field), new.as_ref()),
            by,
            reason,
            learned,
        );
        lines.push((*field, line.await?));
    }
    follow(work, customer, &lines).await?;
    Ok(lines)
}

/// What follows from a change: derived data, plans, the language of open callbacks, the core system.
async fn follow(
    work: &UnitOfWork,
    customer: &CustomerRow,
    lines: &[(CustomerField, Uuid)],
) -> Result<()> {
    enqueue_derivations_of(work, customer.id).await?;
    enqueue_customer(work, customer.id).await?;
    if lines
        .iter()
        .any(|(field, _)| !matches!(field.group(), FactGroup::Contact | FactGroup::Needs))
    {
        enqueue_policies_of(work, customer.id).await?;
    }
    if lines
        .iter()
        .any(|(field, _)| *field == CustomerField::Language)
    {
        let sql = "UPDATE callbacks SET language = (SELECT language FROM customers WHERE id = $1) \
                   WHERE customer_id = $1 AND is_open";
        work.execute(sql, params![customer.id.0]).await?;
    }
    for (field, change) in lines {
        let sql = "INSERT INTO core_changes (id, customer_id, change_id, field, state, created_at) \
                   VALUES ($1, $2, $3, $4, 'waiting', $5)";
        let now = millis(work.now());
        let values = params![work.next_id(), customer.id.0, *change, field.as_str(), now];
        work.execute(sql, values).await?;
    }
    Ok(())
}

/// Writes a line of the history of a customer.
///
/// # Errors
/// What the database says.
pub(crate) async fn note_change(
    work: &UnitOfWork,
    customer: Uuid,
    field: CustomerField,
    (old, new): (Option<&FactValue>, Option<&FactValue>),
    by: &AuditActor,
    reason: &str,
    learned: &Learned,
) -> Result<Uuid> {
    let id = work.next_id();
    let keys = work.keys();
    let seal = |column: &str, value: Option<&FactValue>| {
        let plain = value.map(|v| v.reveal(Reveal::for_storage()));
        plain.map(|v| keys.seal(column, id, v)).transpose()
    };
    let sql = "INSERT INTO record_changes (id, entity, entity_id, customer_id, field, old_value, new_value, reason, \
               actor_kind, actor_id, actor_name, changed_at, origin, source_channel, collected_by, collected_at) \
               VALUES ($1, 'customer', $2, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let values = params![
        id,
        customer,
        field.as_str(),
        seal("record_changes.old_value", old)?,
        seal("record_changes.new_value", new)?,
        reason,
        by.kind,
        by.id,
        by.name.as_str(),
        millis(work.now()),
        learned.origin.as_str(),
        learned.source.map(SourceChannel::as_str),
        learned.collected_by.as_deref(),
        learned.collected_at.map(millis),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Notes in the history that a consent to marketing is given or taken back, before the column changes.
///
/// # Errors
/// What the database says.
pub(crate) async fn note_consent(
    work: &UnitOfWork,
    customer: Uuid,
    given: bool,
    by: &AuditActor,
    reason: &str,
    origin: Origin,
) -> Result<()> {
    #[derive(sea_orm::FromQueryResult)]
    struct Row {
        marketing_consent: Option<bool>,
    }
    let sql = "SELECT marketing_consent FROM customers WHERE id = $1";
    let row: Option<Row> = crate::sql::find(work, sql, params![customer]).await?;
    let old = row.and_then(|r| r.marketing_consent);
    if old == Some(given) {
        return Ok(());
    }
    let value = |b: bool| FactValue::from_stored(b.to_string());
    let (old, new) = (old.map(value), value(given));
    let learned = Learned {
        collected_at: None,
        ..Learned::in_service(origin, by, work.now())
    };
    let values = (old.as_ref(), Some(&new));
    let field = CustomerField::MarketingConsent;
    note_change(work, customer, field, values, by, reason, &learned)
        .await
        .map(|_| ())
}
