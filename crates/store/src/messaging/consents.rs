//! What customers said about being contacted, and when.

use crate::audit::AuditActor;
use crate::customers::note_consent;
use crate::sql::{Select, find, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::customers::{Origin, SensitiveText};
use domain::ids::CustomerId;
use domain::messaging::{ConsentSource, ConsentTopic};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Lines that are shown.
const LINES_MAX: i64 = 100;

/// What a customer said.
#[derive(Clone, Debug)]
pub struct NewConsent<'n> {
    /// The customer.
    pub customer: CustomerId,
    /// About what.
    pub topic: ConsentTopic,
    /// Yes, or no.
    pub given: bool,
    /// Where it came from.
    pub source: ConsentSource,
    /// What proves it, in words.
    pub note: &'n str,
    /// Who wrote it down.
    pub actor: &'n AuditActor,
}

/// A word of a customer.
#[derive(Clone, Debug)]
pub struct ConsentRow {
    /// When it was written down.
    pub at: Instant,
    /// About what.
    pub topic: ConsentTopic,
    /// Yes, or no.
    pub given: bool,
    /// Where it came from.
    pub source: ConsentSource,
    /// What proves it.
    pub note: Option<SensitiveText>,
    /// Who wrote it down.
    pub actor_name: String,
}

/// Writes down what a customer said, and lets it hold from now on. Imports do not undo a refusal.
///
/// # Errors
/// What the database says.
pub async fn insert_consent(work: &UnitOfWork, new: &NewConsent<'_>) -> Result<()> {
    let id = work.next_id();
    let now = millis(work.now());
    let sealed = work.keys().seal("consent_entries.note", id, new.note)?;
    let sql = "INSERT INTO consent_entries (id, customer_id, topic, given, source, note, actor_kind, actor_id, \
               actor_name, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = params![
        id,
        new.customer.0,
        new.topic.as_str(),
        new.given,
        new.source.as_str(),
        sealed,
        new.actor.kind,
        new.actor.id,
        new.actor.name.as_str(),
        now,
    ];
    work.execute(sql, values).await?;
    let refused_at = (!new.given).then_some(now);
    if new.topic == ConsentTopic::Marketing {
        let (id, given) = (new.customer.0, new.given);
        note_consent(work, id, given, new.actor, "", Origin::Form).await?;
    }
    let (sql, values) = match new.topic {
        ConsentTopic::Marketing => (
            "UPDATE customers SET marketing_consent = $1, consent_withdrawn_at = $2, updated_at = $3, \
             version = version + 1 WHERE id = $4",
            params![new.given, refused_at, now, new.customer.0],
        ),
        ConsentTopic::Care => (
            "UPDATE customers SET care_stopped_at = $1, updated_at = $2, version = version + 1 WHERE id = $3",
            params![refused_at, now, new.customer.0],
        ),
    };
    work.execute_one(sql, values).await
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    at: i64,
    topic: String,
    given: bool,
    source: String,
    note: Option<Vec<u8>>,
    actor_name: String,
}

/// What a customer in sight said, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_consents(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Vec<ConsentRow>> {
    let mut select = Select::new(
        "SELECT e.id, e.at, e.topic, e.given, e.source, e.note, e.actor_name FROM consent_entries e \
         JOIN customers c ON c.id = e.customer_id",
    );
    select
        .scope_customer(scope)
        .filter("e.customer_id = ?", params![customer.0])
        .then("ORDER BY e.id DESC LIMIT ?", params![LINES_MAX]);
    let rows: Vec<Row> = select.list(db).await?;
    let line = |r: Row| {
        let note = r
            .note
            .map(|n| db.keys().open("consent_entries.note", r.id, &n));
        Ok(ConsentRow {
            at: instant(r.at),
            topic: ConsentTopic::parse(&r.topic)?,
            given: r.given,
            source: ConsentSource::parse(&r.source)?,
            note: note.transpose()?.map(SensitiveText::from_stored),
            actor_name: r.actor_name,
        })
    };
    rows.into_iter().map(line).collect()
}

#[derive(FromQueryResult)]
struct HoldsRow {
    marketing_consent: Option<bool>,
    care_stopped_at: Option<i64>,
}

/// What holds for a customer whom the caller may see: consent to marketing, and since when no greetings
/// are wanted.
///
/// # Errors
/// What the database says.
pub async fn read_consent(
    db: &impl Reads,
    customer: CustomerId,
) -> Result<(Option<bool>, Option<Instant>)> {
    let sql = "SELECT marketing_consent, care_stopped_at FROM customers WHERE id = $1";
    let row = find::<HoldsRow>(db, sql, params![customer.0]).await?;
    let row = row.ok_or(crate::StoreError::Missing)?;
    Ok((row.marketing_consent, row.care_stopped_at.map(instant)))
}
