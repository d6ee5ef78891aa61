//! Customers whose files are to be completed after a claim or the like (CUS-13): what happened, when facts were
//! last looked at, and the list by the day by which it is to be done.

use super::due::DueFilter;
use crate::customers::shown_name;
use crate::dialect::bulk::{Bulk, Cell};
use crate::sql::{Page, PageKey, Select, instant};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::customers::CustomerField;
use domain::ids::CustomerId;
use domain::policies::EventType;
use domain::time;
use sea_orm::FromQueryResult;
use std::collections::HashMap;
use uuid::Uuid;

/// What is to be completed of one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToFollow {
    /// The first event that was not followed.
    pub event: Uuid,
    /// By when.
    pub by: NaiveDate,
    /// Facts that nobody changed or confirmed since.
    pub facts: Vec<CustomerField>,
}

/// Facts as one column keeps them.
pub(super) fn joined(facts: &[CustomerField]) -> String {
    let codes: Vec<_> = facts.iter().map(|f| f.as_str()).collect();
    codes.join(",")
}

/// What [`joined`] wrote.
pub(super) fn parted(codes: &str) -> Result<Vec<CustomerField>> {
    let codes = codes.split(',').filter(|c| !c.is_empty());
    codes.map(|c| Ok(CustomerField::parse(c)?)).collect()
}

/// Events of some kinds with the policies of customers: id and day, by customer.
///
/// # Errors
/// What the database says.
pub async fn read_events_to_follow(
    bulk: &mut Bulk,
    customers: &[Uuid],
    types: &[EventType],
) -> Result<HashMap<Uuid, Vec<(Uuid, NaiveDate)>>> {
    let mut happened: HashMap<Uuid, Vec<(Uuid, NaiveDate)>> = HashMap::new();
    if types.is_empty() {
        return Ok(happened);
    }
    let sql = format!(
        "SELECT p.policyholder_id, e.id, e.occurred_on FROM policies p JOIN events e ON e.policy_id = p.id \
         WHERE p.policyholder_id IN ({{values}}) AND e.type IN ({})",
        codes_of(types)
    );
    let cells: Vec<Cell> = customers.iter().copied().map(Cell::Id).collect();
    let rows = bulk.query_in(&sql, &cells, |row| {
        Ok((row.id(0)?, row.id(1)?, row.date(2)?))
    });
    for row in rows.await? {
        if let (Some(customer), Some(event), Some(on)) = row {
            happened.entry(customer).or_default().push((event, on));
        }
    }
    Ok(happened)
}

/// Codes of events as SQL writes them; they come from a list of the program.
pub(super) fn codes_of(types: &[EventType]) -> String {
    let codes: Vec<_> = types.iter().map(|t| format!("'{}'", t.as_str())).collect();
    codes.join(", ")
}

/// A fact of a customer.
pub type Seen = (Uuid, CustomerField);

/// When facts of customers were last changed or confirmed. Facts that nobody touched are not in the answer.
///
/// # Errors
/// What the database says.
pub async fn read_facts_seen(
    bulk: &mut Bulk,
    customers: &[Uuid],
) -> Result<HashMap<Seen, NaiveDate>> {
    let cells: Vec<Cell> = customers.iter().copied().map(Cell::Id).collect();
    let mut seen: HashMap<Seen, NaiveDate> = HashMap::new();
    for sql in [
        "SELECT entity_id, field, MAX(changed_at) FROM record_changes WHERE entity = 'customer' \
         AND entity_id IN ({values}) GROUP BY entity_id, field",
        "SELECT customer_id, field, MAX(at) FROM fact_confirmations WHERE customer_id IN ({values}) \
         GROUP BY customer_id, field",
    ] {
        let rows = bulk.query_in(sql, &cells, |row| {
            Ok((row.id(0)?, row.text(1)?, row.int(2)?))
        });
        for row in rows.await? {
            let (Some(customer), Some(field), Some(at)) = row else {
                continue;
            };
            // Columns that are no facts, such as the unit, are passed over.
            let Ok(field) = CustomerField::parse(&field) else {
                continue;
            };
            let on = time::date_in_china(instant(at));
            let last = seen.entry((customer, field)).or_insert(on);
            *last = on.max(*last);
        }
    }
    Ok(seen)
}

/// A customer whose file is to be completed.
#[derive(Clone, Debug)]
pub struct CompletionRow {
    /// Id.
    pub customer: CustomerId,
    /// Number.
    pub customer_no: String,
    /// Name as it is shown.
    pub customer_name: String,
    /// Unit.
    pub org_name: String,
    /// Code and name of the salesperson of the newest policy.
    pub agent: Option<(String, String)>,
    /// What happened.
    pub event: EventType,
    /// When.
    pub event_on: NaiveDate,
    /// With which policy.
    pub policy_no: Option<String>,
    /// Number of the claim.
    pub claim_no: Option<String>,
    /// Facts that nobody changed or confirmed since.
    pub facts: Vec<CustomerField>,
    /// Mandatory facts that are missing besides, as the last examination counted them.
    pub mandatory_missing: i64,
    /// By when it is to be done.
    pub complete_by: NaiveDate,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer_no: String,
    kind: String,
    name: Vec<u8>,
    org_name: String,
    agent_code: Option<String>,
    agent_name: Option<String>,
    event: String,
    occurred_on: NaiveDate,
    policy_no: Option<String>,
    claim_no: Option<String>,
    complete_facts: String,
    mandatory_missing: i64,
    complete_by: NaiveDate,
}

/// Customers in sight whose files are to be completed, those who are due first.
///
/// # Errors
/// What the database says.
pub async fn list_completions(
    db: &impl Reads,
    scope: &Scope,
    filter: &DueFilter,
    limit: u64,
) -> Result<Page<CompletionRow>> {
    let mut select = Select::new(
        "SELECT s.id, c.customer_no, c.kind, c.name, o.name AS org_name, a.agent_code, a.name AS agent_name, \
         e.type AS event, e.occurred_on, p.policy_no, e.claim_no, s.complete_facts, s.mandatory_missing, s.complete_by \
         FROM information_states s JOIN customers c ON c.id = s.id JOIN orgs o ON o.id = s.org_id \
         JOIN events e ON e.id = s.complete_event_id LEFT JOIN policies p ON p.id = e.policy_id \
         LEFT JOIN agents a ON a.id = s.agent_id",
    );
    filter.select(&mut select, scope, "complete_by", limit);
    let rows: Vec<Row> = select.list(db).await?;
    let mut found = Vec::with_capacity(rows.len());
    for r in rows {
        found.push(CompletionRow {
            customer_name: shown_name(db.keys(), r.id, &r.kind, &r.name)?,
            customer: CustomerId(r.id),
            customer_no: r.customer_no,
            org_name: r.org_name,
            agent: r.agent_code.zip(r.agent_name),
            event: EventType::parse(&r.event)?,
            event_on: r.occurred_on,
            policy_no: r.policy_no,
            claim_no: r.claim_no,
            facts: parted(&r.complete_facts)?,
            mandatory_missing: r.mandatory_missing,
            complete_by: r.complete_by,
        });
    }
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(Page::cut(found, most, |r| PageKey {
        sort: r.complete_by.to_string(),
        id: r.customer.0,
    }))
}
