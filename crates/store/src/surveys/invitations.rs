//! Who is asked: customers within the scope, each invited once.

use crate::sql::{Select, count, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::customers::CustomerKind;
use domain::ids::{CustomerId, SurveyId};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Which customers are asked.
#[derive(Clone, Copy, Debug)]
pub struct Respondents<'r> {
    /// Of this unit and those below it.
    pub org_path: &'r str,
    /// Only of a kind.
    pub kind: Option<CustomerKind>,
}

fn within(select: &str, scope: &Scope, of: &Respondents<'_>) -> Select {
    let mut select = Select::new(select);
    select.scope_customer(scope);
    select.under(of.org_path, "c.org_id");
    select.filter(
        "c.erased_at IS NULL AND c.restricted_at IS NULL AND c.merged_into_id IS NULL",
        Vec::new(),
    );
    if let Some(kind) = of.kind {
        select.filter("c.kind = ?", params![kind.as_str()]);
    }
    select
}

#[derive(FromQueryResult)]
struct IdRow {
    id: Uuid,
}

/// Customers within the scope who were not invited yet, by id.
///
/// # Errors
/// What the database says.
pub async fn list_candidates(
    db: &impl Reads,
    scope: &Scope,
    of: &Respondents<'_>,
    survey: SurveyId,
    after: Option<CustomerId>,
    limit: i64,
) -> Result<Vec<CustomerId>> {
    let mut select = within("SELECT c.id FROM customers c", scope, of);
    select.filter(
        "NOT EXISTS (SELECT 1 FROM survey_invitations i WHERE i.survey_id = ? AND i.customer_id = c.id)",
        params![survey.0],
    );
    if let Some(after) = after {
        select.filter("c.id > ?", params![after.0]);
    }
    select.then("ORDER BY c.id LIMIT ?", params![limit]);
    let rows: Vec<IdRow> = select.list(db).await?;
    Ok(rows.into_iter().map(|r| CustomerId(r.id)).collect())
}

/// How many customers there are within the scope, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_candidates(
    db: &impl Reads,
    scope: &Scope,
    of: &Respondents<'_>,
    cap: i64,
) -> Result<i64> {
    let select = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM customers c";
    let mut select = within(select, scope, of);
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

/// Invites a customer with a token. The token of a named survey belongs to the invitation; that of an
/// anonymous one belongs to nobody.
///
/// # Errors
/// What the database says.
pub async fn insert_invitation(
    work: &UnitOfWork,
    survey: SurveyId,
    customer: CustomerId,
    token_hash: &[u8; 32],
    is_named: bool,
) -> Result<()> {
    let id = work.next_id();
    let sql = "INSERT INTO survey_invitations (id, survey_id, customer_id) VALUES ($1, $2, $3)";
    work.execute(sql, params![id, survey.0, customer.0]).await?;
    let sql =
        "INSERT INTO survey_tokens (token_hash, survey_id, invitation_id) VALUES ($1, $2, $3)";
    let values = params![token_hash.to_vec(), survey.0, is_named.then_some(id)];
    work.execute(sql, values).await.map(|_| ())
}

/// How many customers were invited.
///
/// # Errors
/// What the database says.
pub async fn count_invitations(db: &impl Reads, survey: SurveyId) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM survey_invitations WHERE survey_id = $1";
    count(db, sql, params![survey.0]).await
}
