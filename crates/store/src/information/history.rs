//! The history of a customer's facts, and when each was confirmed.

use crate::audit::AuditActor;
use crate::customers::{Derived, enqueue_derived_of};
use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::customers::{CustomerField, FactValue, Origin, SourceChannel};
use domain::ids::CustomerId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Lines of one customer that are read: more than any customer collects in a life.
const LINES_MAX: i64 = 10_000;

/// A change of a fact, as it is kept.
#[derive(Clone, Debug)]
pub struct FactLine {
    /// Its id.
    pub id: Uuid,
    /// The fact.
    pub field: CustomerField,
    /// What it was.
    pub old: Option<FactValue>,
    /// What it became.
    pub new: Option<FactValue>,
    /// Why.
    pub reason: String,
    /// `user`, `client`, `system` and so on.
    pub actor_kind: String,
    /// Who changed it.
    pub actor_name: String,
    /// When it was entered.
    pub changed_at: Instant,
    /// On what occasion it was learned; nothing for what a file brought.
    pub origin: Option<Origin>,
    /// Through which channel.
    pub source: Option<SourceChannel>,
    /// Who collected it.
    pub collected_by: Option<String>,
    /// When it was collected.
    pub collected_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    field: String,
    old_value: Option<Vec<u8>>,
    new_value: Option<Vec<u8>>,
    reason: String,
    actor_kind: String,
    actor_name: String,
    changed_at: i64,
    origin: Option<String>,
    source_channel: Option<String>,
    collected_by: Option<String>,
    collected_at: Option<i64>,
}

/// Changes of the facts of a customer in sight, the newest first. Columns that are no facts, such as the
/// unit, are passed over.
///
/// # Errors
/// What the database says.
pub async fn list_fact_lines(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Vec<FactLine>> {
    let mut select = Select::new(
        "SELECT r.id, r.field, r.old_value, r.new_value, r.reason, r.actor_kind, r.actor_name, r.changed_at, r.origin, \
         r.source_channel, r.collected_by, r.collected_at FROM record_changes r JOIN customers c ON c.id = r.entity_id",
    );
    select
        .scope_customer(scope)
        .filter("r.entity_id = ?", params![customer.0])
        .filter("r.entity = 'customer'", Vec::new())
        .then(
            "ORDER BY r.changed_at DESC, r.id DESC LIMIT ?",
            params![LINES_MAX],
        );
    let rows: Vec<Row> = select.list(db).await?;
    let open = |column: &str, id: Uuid, sealed: Option<Vec<u8>>| {
        let text = sealed.map(|s| db.keys().open(column, id, &s)).transpose();
        text.map(|t| t.map(FactValue::from_stored))
    };
    let mut lines = Vec::with_capacity(rows.len());
    for r in rows {
        let Ok(field) = CustomerField::parse(&r.field) else {
            continue;
        };
        lines.push(FactLine {
            id: r.id,
            field,
            old: open("record_changes.old_value", r.id, r.old_value)?,
            new: open("record_changes.new_value", r.id, r.new_value)?,
            reason: r.reason,
            actor_kind: r.actor_kind,
            actor_name: r.actor_name,
            changed_at: instant(r.changed_at),
            origin: r.origin.as_deref().map(Origin::parse).transpose()?,
            source: r
                .source_channel
                .as_deref()
                .map(SourceChannel::parse)
                .transpose()?,
            collected_by: r.collected_by,
            collected_at: r.collected_at.map(instant),
        });
    }
    Ok(lines)
}

/// When a fact was last confirmed, and by whom.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// The fact.
    pub field: CustomerField,
    /// When.
    pub at: Instant,
    /// On what occasion.
    pub origin: Origin,
    /// Who confirmed it.
    pub actor_name: String,
}

#[derive(FromQueryResult)]
struct ConfirmationRow {
    field: String,
    at: i64,
    origin: String,
    actor_name: String,
}

/// The last confirmation of each fact of a customer in sight.
///
/// # Errors
/// What the database says.
pub async fn list_confirmations(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Vec<Confirmation>> {
    let mut select = Select::new(
        "SELECT v.field, v.at, v.origin, v.actor_name FROM fact_confirmations v JOIN customers c ON c.id = v.customer_id",
    );
    select
        .scope_customer(scope)
        .filter("v.customer_id = ?", params![customer.0])
        .filter(
            "v.id = (SELECT n.id FROM fact_confirmations n WHERE n.customer_id = v.customer_id AND n.field = v.field \
             ORDER BY n.at DESC, n.id DESC LIMIT 1)",
            Vec::new(),
        );
    let rows: Vec<ConfirmationRow> = select.list(db).await?;
    rows.into_iter()
        .map(|r| {
            Ok(Confirmation {
                field: CustomerField::parse(&r.field)?,
                at: instant(r.at),
                origin: Origin::parse(&r.origin)?,
                actor_name: r.actor_name,
            })
        })
        .collect()
}

/// Notes that facts were read over to the customer and are right.
///
/// # Errors
/// What the database says.
pub async fn insert_confirmations(
    work: &UnitOfWork,
    customer: CustomerId,
    fields: &[CustomerField],
    by: &AuditActor,
    origin: Origin,
) -> Result<()> {
    let sql = "INSERT INTO fact_confirmations (id, customer_id, field, origin, actor_name, at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    for field in fields {
        let values = params![
            work.next_id(),
            customer.0,
            field.as_str(),
            origin.as_str(),
            by.name.as_str(),
            millis(work.now()),
        ];
        work.execute(sql, values).await?;
    }
    // The file may be complete now.
    enqueue_derived_of(work, Derived::Quality, customer).await
}
