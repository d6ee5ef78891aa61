//! When what a customer is reached by came to be what it is.

use crate::sql::{Select, instant, params};
use crate::{Reads, Result};
use domain::access::Scope;
use domain::ids::CustomerId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use std::collections::HashMap;
use uuid::Uuid;

/// Facts and contact persons of one customer: more than any has.
const CHANGES_MAX: i64 = 2_000;

#[derive(FromQueryResult)]
struct Row {
    entity_id: Uuid,
    field: String,
    changed_at: i64,
}

/// When facts of a customer in sight and of its contact persons changed last: by the customer's or person's id
/// and the name of the fact.
///
/// # Errors
/// What the database says.
pub async fn read_last_changes(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<HashMap<(Uuid, String), Instant>> {
    // What a file changed of a contact person names the person alone.
    let mut select = Select::with_values(
        "SELECT r.entity_id, r.field, MAX(r.changed_at) AS changed_at FROM (\
         SELECT c.id AS customer_id, c.id AS entity_id FROM customers c WHERE c.id = $1 \
         UNION ALL SELECT t.customer_id, t.id FROM contacts t WHERE t.customer_id = $1) w \
         JOIN customers c ON c.id = w.customer_id JOIN record_changes r ON r.entity_id = w.entity_id",
        params![customer.0],
    );
    select
        .scope_customer(scope)
        .filter("r.entity IN ('customer', 'contact')", Vec::new())
        .then(
            "GROUP BY r.entity_id, r.field ORDER BY r.entity_id, r.field LIMIT ?",
            params![CHANGES_MAX],
        );
    let rows: Vec<Row> = select.list(db).await?;
    let changes = rows
        .into_iter()
        .map(|r| ((r.entity_id, r.field), instant(r.changed_at)));
    Ok(changes.collect())
}
