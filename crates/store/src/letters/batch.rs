//! Many letters at once: the policies that still lack one, and the letters of a batch.

use super::row::{LetterRow, SELECT, letters};
use crate::sql::{Select, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{CallbackId, LetterId};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Which policies a batch is for.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// Programme of the callback.
    pub programme: String,
    /// Issued from this day.
    pub issued_from: Option<NaiveDate>,
    /// Issued until this day.
    pub issued_to: Option<NaiveDate>,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
}

#[derive(FromQueryResult)]
struct IdRow {
    id: Uuid,
}

/// Open callbacks whose policy has no combined letter yet, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_candidates(
    db: &impl Reads,
    scope: &Scope,
    wanted: &Candidates,
    after: Option<CallbackId>,
    limit: i64,
) -> Result<Vec<CallbackId>> {
    let mut select =
        Select::new("SELECT b.id FROM callbacks b JOIN policies p ON p.id = b.policy_id");
    select.scope(scope, "b.org_id").own(scope, "b.customer_id");
    select.filter("b.is_open = ?", params![true]);
    select.filter("b.programme = ?", params![wanted.programme.as_str()]);
    select.filter(
        "NOT EXISTS (SELECT 1 FROM letters l WHERE l.callback_id = b.id AND l.kind = 'combined' \
         AND l.state <> 'voided')",
        Vec::new(),
    );
    if let Some(day) = wanted.issued_from {
        select.filter("p.issue_date >= ?", params![day]);
    }
    if let Some(day) = wanted.issued_to {
        select.filter("p.issue_date <= ?", params![day]);
    }
    if let Some(path) = &wanted.org_path {
        select.under(path, "b.org_id");
    }
    if let Some(after) = after {
        select.filter("b.id > ?", params![after.0]);
    }
    select.then("ORDER BY b.id LIMIT ?", params![limit]);
    let rows: Vec<IdRow> = select.list(db).await?;
    Ok(rows.into_iter().map(|r| CallbackId(r.id)).collect())
}

/// Letters of a batch, in the order of their numbers.
///
/// # Errors
/// What the database says.
pub async fn list_batch(
    db: &impl Reads,
    scope: &Scope,
    batch: Uuid,
    after: Option<LetterId>,
    limit: i64,
) -> Result<Vec<LetterRow>> {
    let mut select = Select::new(SELECT);
    super::filter::in_sight(&mut select, scope);
    select.filter("l.batch_id = ?", params![batch]);
    if let Some(after) = after {
        select.filter("l.id > ?", params![after.0]);
    }
    select.then("ORDER BY l.id LIMIT ?", params![limit]);
    letters(db, select.list(db).await?)
}

/// How many letters a batch has.
///
/// # Errors
/// What the database says.
pub async fn count_batch(db: &impl Reads, scope: &Scope, batch: Uuid) -> Result<i64> {
    let mut select = Select::new("SELECT COUNT(*) AS n FROM letters l");
    super::filter::in_sight(&mut select, scope);
    select.filter("l.batch_id = ?", params![batch]);
    select.count(db).await
}
