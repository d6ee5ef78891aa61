//! How people call what a preview lists.

use crate::sql::{Select, params};
use crate::{Reads, Result};
use sea_orm::FromQueryResult;
use std::collections::HashMap;
use uuid::Uuid;

/// Parameters of one statement.
const AT_ONCE: usize = 500;

#[derive(FromQueryResult)]
struct Named {
    id: Uuid,
    name: String,
}

async fn names(db: &impl Reads, sql: &str, ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    let mut found = HashMap::with_capacity(ids.len());
    for part in ids.chunks(AT_ONCE) {
        let mut select = Select::new(sql);
        let ids = part.iter().flat_map(|id| params![*id]).collect();
        let rows: Vec<Named> = select.filter_in("id", ids).list(db).await?;
        found.extend(rows.into_iter().map(|r| (r.id, r.name)));
    }
    Ok(found)
}

/// Numbers of obligations.
///
/// # Errors
/// What the database says.
pub async fn read_obligation_numbers(
    db: &impl Reads,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, String>> {
    names(db, "SELECT id, number AS name FROM obligations", ids).await
}

/// Numbers of policies.
///
/// # Errors
/// What the database says.
pub async fn read_policy_numbers(db: &impl Reads, ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    names(db, "SELECT id, policy_no AS name FROM policies", ids).await
}
