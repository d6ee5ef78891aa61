//! Who calls a customer already: what else is due for the same customer goes on the same list.

use crate::sql::{Select, params};
use crate::{Reads, Result};
use domain::ids::{CallbackId, CustomerId, UserId};
use sea_orm::FromQueryResult;
use std::collections::HashMap;
use uuid::Uuid;

#[derive(FromQueryResult)]
struct Row {
    customer_id: Uuid,
    assignee_id: Uuid,
}

/// On whose list other open callbacks of the customers of these lie; of several people, the one with what is
/// due first.
///
/// # Errors
/// What the database says.
pub async fn list_holders(
    db: &impl Reads,
    callbacks: &[CallbackId],
) -> Result<HashMap<CustomerId, UserId>> {
    let mut select = Select::new(
        "SELECT b.customer_id, b.assignee_id FROM callbacks g \
         JOIN callbacks b ON b.customer_id = g.customer_id AND b.id <> g.id",
    );
    select
        .filter("b.is_open = ?", params![true])
        .filter("b.assignee_id IS NOT NULL", Vec::new())
        .filter_in("g.id", callbacks.iter().map(|c| c.0.into()).collect());
    select.then("ORDER BY b.due_on DESC, b.id DESC", Vec::new());
    let rows: Vec<Row> = select.list(db).await?;
    let holder = |r: Row| (CustomerId(r.customer_id), UserId(r.assignee_id));
    Ok(rows.into_iter().map(holder).collect())
}
