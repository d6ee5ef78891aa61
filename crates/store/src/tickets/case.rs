//! What rules look at in the case behind a ticket, and who holds the posts that they name.

use super::row::TicketRow;
use crate::sql::{find, list, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::OrgPath;
use domain::ids::{AgentId, CallbackId, CustomerId, PolicyId, UserId};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// The case behind a ticket.
#[derive(Clone, Debug, Default)]
pub struct TicketCase {
    /// Line of business as a code.
    pub line: Option<String>,
    /// Channel as a code.
    pub channel: Option<String>,
    /// Region of the unit, or of the nearest one above it that has one.
    pub region: Option<String>,
    /// The adjuster of the loss.
    pub adjuster: Option<AgentId>,
    /// The salesperson of the policy.
    pub salesperson: Option<AgentId>,
    /// What the customer is worth, as a code.
    pub value_class: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    line: Option<String>,
    channel: Option<String>,
    region: Option<String>,
    adjuster_id: Option<Uuid>,
    agent_id: Option<Uuid>,
    value_class: Option<String>,
}

/// The case behind a callback, for rules; empty when there is no such callback.
///
/// # Errors
/// What the database says.
pub async fn find_case(db: &impl Reads, callback: CallbackId) -> Result<TicketCase> {
    let sql = "SELECT p.line, p.channel, (SELECT x.region FROM orgs x WHERE x.region IS NOT NULL \
               AND substr(o.path, 1, length(x.path)) = x.path ORDER BY length(x.path) DESC LIMIT 1) AS region, \
               a.id AS adjuster_id, p.agent_id, c.value_class FROM callbacks b JOIN orgs o ON o.id = b.org_id \
               JOIN customers c ON c.id = b.customer_id \
               JOIN obligations g ON g.id = b.obligation_id LEFT JOIN policies p ON p.id = b.policy_id \
               LEFT JOIN agents a ON a.agent_code = g.adjuster_code WHERE b.id = $1";
    Ok(case(find(db, sql, params![callback.0]).await?))
}

/// The case of a unit and a policy behind which no callback stands.
///
/// # Errors
/// What the database says.
pub async fn find_case_of_unit(
    db: &impl Reads,
    org: Uuid,
    policy: Option<PolicyId>,
    customer: CustomerId,
) -> Result<TicketCase> {
    let sql = "SELECT p.line, p.channel, (SELECT x.region FROM orgs x WHERE x.region IS NOT NULL \
               AND substr(o.path, 1, length(x.path)) = x.path ORDER BY length(x.path) DESC LIMIT 1) AS region, \
               p.agent_id, (SELECT a.id FROM agents a WHERE a.id IS NULL) AS adjuster_id, \
               (SELECT c.value_class FROM customers c WHERE c.id = $3) AS value_class \
               FROM orgs o LEFT JOIN policies p ON p.id = $2 WHERE o.id = $1";
    Ok(case(
        find(db, sql, params![org, policy.map(|p| p.0), customer.0]).await?,
    ))
}

/// The case behind a ticket, whatever raised it.
///
/// # Errors
/// What the database says.
pub async fn find_case_of_ticket(db: &impl Reads, ticket: &TicketRow) -> Result<TicketCase> {
    match ticket.callback_id {
        Some(callback) => find_case(db, callback).await,
        None => {
            let of = (ticket.org_id, ticket.policy_id);
            find_case_of_unit(db, of.0, of.1, ticket.customer_id).await
        }
    }
}

fn case(row: Option<Row>) -> TicketCase {
    row.map(|r| TicketCase {
        line: r.line,
        channel: r.channel,
        region: r.region,
        adjuster: r.adjuster_id.map(AgentId),
        salesperson: r.agent_id.map(AgentId),
        value_class: r.value_class,
    })
    .unwrap_or_default()
}

#[derive(FromQueryResult)]
struct HolderRow {
    user_id: Uuid,
    display_name: String,
    org_name: String,
    path: String,
}

/// Active people who hold a kind of post on a day: who, their name, the unit of the post. For the program
/// itself: where a case goes does not depend on who looks.
///
/// # Errors
/// What the database says.
pub async fn find_post_holders(
    db: &impl Reads,
    kind: &str,
    on: NaiveDate,
) -> Result<Vec<(UserId, String, String, OrgPath)>> {
    let sql = "SELECT h.user_id, u.display_name, o.name AS org_name, o.path FROM post_holders h \
               JOIN posts p ON p.id = h.post_id JOIN users u ON u.id = h.user_id JOIN orgs o ON o.id = p.org_id \
               WHERE p.kind = $1 AND u.active AND h.from_on <= $2 AND (h.until_on IS NULL OR h.until_on >= $2) \
               ORDER BY o.path, u.display_name LIMIT 1000";
    let rows: Vec<HolderRow> = list(db, sql, params![kind, on]).await?;
    let holder = |r: HolderRow| {
        let path = OrgPath::from_stored(r.path);
        (UserId(r.user_id), r.display_name, r.org_name, path)
    };
    Ok(rows.into_iter().map(holder).collect())
}
