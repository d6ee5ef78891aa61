//! Which of the things that events name are in somebody's sight.

use crate::sql::Select;
use crate::{Reads, Result};
use domain::access::Scope;
use sea_orm::{FromQueryResult, Value};
use std::collections::HashSet;

#[derive(FromQueryResult)]
struct Row {
    code: String,
}

fn values(codes: &[String]) -> Vec<Value> {
    codes.iter().map(|c| c.as_str().into()).collect()
}

async fn found(select: &Select, db: &impl Reads) -> Result<HashSet<String>> {
    let rows: Vec<Row> = select.list(db).await?;
    Ok(rows.into_iter().map(|r| r.code).collect())
}

/// Those of some policy numbers that are in sight.
///
/// # Errors
/// What the database says.
pub async fn list_policy_nos_in_sight(
    db: &impl Reads,
    scope: &Scope,
    numbers: &[String],
) -> Result<HashSet<String>> {
    let mut select = Select::new("SELECT p.policy_no AS code FROM policies p");
    select
        .scope(scope, "p.org_id")
        .own(scope, "p.policyholder_id")
        .filter_in("p.policy_no", values(numbers));
    found(&select, db).await
}

/// Those of some customer numbers that are in sight.
///
/// # Errors
/// What the database says.
pub async fn list_customer_nos_in_sight(
    db: &impl Reads,
    scope: &Scope,
    numbers: &[String],
) -> Result<HashSet<String>> {
    let mut select = Select::new("SELECT c.customer_no AS code FROM customers c");
    select
        .scope_customer(scope)
        .filter_in("c.customer_no", values(numbers));
    found(&select, db).await
}

/// Those of some codes of salespersons that are in sight.
///
/// # Errors
/// What the database says.
pub async fn list_agent_codes_in_sight(
    db: &impl Reads,
    scope: &Scope,
    codes: &[String],
) -> Result<HashSet<String>> {
    let mut select = Select::new("SELECT a.agent_code AS code FROM agents a");
    select
        .scope(scope, "a.org_id")
        .filter_in("a.agent_code", values(codes));
    found(&select, db).await
}

/// Those of some event ids that exist already, in sight of the scope.
///
/// # Errors
/// What the database says.
pub async fn list_event_ids_in_sight(
    db: &impl Reads,
    scope: &Scope,
    ids: &[String],
) -> Result<HashSet<String>> {
    let mut select = Select::new(
        "SELECT e.event_id AS code FROM events e LEFT JOIN policies p ON p.id = e.policy_id \
         LEFT JOIN customers c ON c.id = e.customer_id LEFT JOIN agents a ON a.id = e.agent_id",
    );
    select
        .scope(scope, "COALESCE(p.org_id, c.org_id, a.org_id)")
        .own(scope, "COALESCE(p.policyholder_id, e.customer_id)")
        .filter_in("e.event_id", values(ids));
    found(&select, db).await
}
