//! What rows of a file refer to, by the numbers that people know.

use crate::Result;
use crate::dialect::bulk::{Bulk, Cell};
use std::collections::HashMap;
use uuid::Uuid;

/// All units by code, with id, path and region of the province.
///
/// # Errors
/// What the database says.
pub async fn load_orgs(bulk: &mut Bulk) -> Result<HashMap<String, (Uuid, String)>> {
    let rows = bulk
        .query("SELECT org_code, id, path FROM orgs", &[], |row| {
            Ok((
                row.text(0)?.unwrap_or_default(),
                (
                    row.id(1)?.unwrap_or_default(),
                    row.text(2)?.unwrap_or_default(),
                ),
            ))
        })
        .await?;
    Ok(rows.into_iter().collect())
}

/// All salespersons and partners by code.
///
/// # Errors
/// What the database says.
pub async fn load_agents(bulk: &mut Bulk) -> Result<HashMap<String, Uuid>> {
    let rows = bulk
        .query("SELECT agent_code, id FROM agents", &[], |row| {
            Ok((
                row.text(0)?.unwrap_or_default(),
                row.id(1)?.unwrap_or_default(),
            ))
        })
        .await?;
    Ok(rows.into_iter().collect())
}

/// Ids of customers by number. A number that was merged leads to the survivor.
///
/// # Errors
/// What the database says.
pub async fn lookup_customers(bulk: &mut Bulk, numbers: &[Cell]) -> Result<HashMap<String, Uuid>> {
    let sql = "SELECT customer_no, COALESCE(merged_into_id, id) FROM customers WHERE customer_no IN ({values})";
    let rows = bulk
        .query_in(sql, numbers, |row| {
            Ok((
                row.text(0)?.unwrap_or_default(),
                row.id(1)?.unwrap_or_default(),
            ))
        })
        .await?;
    Ok(rows.into_iter().collect())
}

/// Ids of policies by number, each with its policyholder.
///
/// # Errors
/// What the database says.
pub async fn lookup_policies(
    bulk: &mut Bulk,
    numbers: &[Cell],
) -> Result<HashMap<String, (Uuid, Uuid)>> {
    let sql = "SELECT policy_no, id, policyholder_id FROM policies WHERE policy_no IN ({values})";
    let rows = bulk
        .query_in(sql, numbers, |row| {
            let ids = (
                row.id(1)?.unwrap_or_default(),
                row.id(2)?.unwrap_or_default(),
            );
            Ok((row.text(0)?.unwrap_or_default(), ids))
        })
        .await?;
    Ok(rows.into_iter().collect())
}
