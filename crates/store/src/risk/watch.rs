//! What signals are looked for in: customers in chunks, with what happened to them and to others who are
//! reached under the same numbers or bought from the same salespersons.

use crate::Result;
use crate::customers::{Span, Subject};
use crate::dialect::bulk::{Bulk, Cell, CellType, Row, Table};
use crate::sql::instant;
use chrono::NaiveDate;
use domain::ids::CustomerId;
use domain::risk::{Incident, IncidentKind, RiskLevel, RiskSignalKind};
use domain::time;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The customers of a span, at most those of `limit` rows; and the last row when there may be more.
///
/// # Errors
/// What the database says.
pub async fn read_span_customers(
    bulk: &mut Bulk,
    span: &Span,
    limit: i64,
) -> Result<(Vec<Uuid>, Option<Uuid>)> {
    let sql = match span.subject {
        Subject::Customers => {
            "SELECT id, id FROM customers WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT $3"
        }
        Subject::Policies => {
            "SELECT id, policyholder_id FROM policies WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT $3"
        }
        Subject::Events => {
            "SELECT e.id, COALESCE(p.policyholder_id, e.customer_id) FROM events e \
             LEFT JOIN policies p ON p.id = e.policy_id WHERE e.id >= $1 AND e.id <= $2 ORDER BY e.id LIMIT $3"
        }
    };
    let cells = [Cell::Id(span.low), Cell::Id(span.high), Cell::Int(limit)];
    let rows = bulk
        .query(sql, &cells, |row| {
            Ok((row.id(0)?.unwrap_or_default(), row.id(1)?))
        })
        .await?;
    let full = rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
    let last = rows.last().map(|(id, _)| *id).filter(|_| full);
    let mut customers: Vec<_> = rows.into_iter().filter_map(|(_, c)| c).collect();
    customers.sort_unstable();
    customers.dedup();
    Ok((customers, last))
}

/// Something that happened to a customer.
pub type WatchedIncident = (CustomerId, Incident);

fn cells(ids: &[Uuid]) -> Vec<Cell> {
    ids.iter().map(|id| Cell::Id(*id)).collect()
}

fn id(row: Row<'_>, at: usize) -> Result<Uuid> {
    Ok(row.id(at)?.unwrap_or_default())
}

fn kind_of(event: &str) -> Option<IncidentKind> {
    Some(match event {
        "lapsed" => IncidentKind::Lapse,
        "complaint_resolved" => IncidentKind::Complaint,
        "surrendered" => IncidentKind::Surrender,
        "claim_registered" => IncidentKind::Claim,
        "service_payout" | "claim_paid" => IncidentKind::Payout,
        _ => return None,
    })
}

/// What happened to some customers: events of their policies and their own, complaints, changes of contact
/// data.
///
/// # Errors
/// What the database says.
pub async fn read_own_incidents(
    bulk: &mut Bulk,
    customers: &[Uuid],
) -> Result<Vec<WatchedIncident>> {
    let types = "('lapsed', 'complaint_resolved', 'surrendered', 'claim_registered', 'service_payout', 'claim_paid')";
    let of_policies = format!(
        "SELECT p.policyholder_id, e.id, e.type, e.occurred_on, e.amount_fen, e.payee_role FROM policies p \
         JOIN events e ON e.policy_id = p.id WHERE p.policyholder_id IN ({{values}}) AND e.type IN {types}"
    );
    let own = format!(
        "SELECT e.customer_id, e.id, e.type, e.occurred_on, e.amount_fen, e.payee_role FROM events e \
         WHERE e.customer_id IN ({{values}}) AND e.policy_id IS NULL AND e.type IN {types}"
    );
    let mut found = Vec::new();
    for sql in [of_policies, own] {
        let rows = bulk
            .query_in(&sql, &cells(customers), |row| {
                let event = row.text(2)?.unwrap_or_default();
                let payee = row.text(5)?;
                let refund = matches!(event.as_str(), "surrendered" | "service_payout");
                let other = payee.is_some_and(|p| p != "policyholder");
                let incident = kind_of(&event)
                    .zip(row.date(3)?)
                    .map(|(kind, on)| Incident {
                        id: Uuid::nil(),
                        kind,
                        on,
                        amount_fen: None,
                        to_other: refund && other,
                    });
                Ok((id(row, 0)?, id(row, 1)?, row.int(4)?, incident))
            })
            .await?;
        found.extend(
            rows.into_iter()
                .filter_map(|(customer, id, amount_fen, i)| {
                    let incident = Incident {
                        id,
                        amount_fen,
                        ..i?
                    };
                    Some((CustomerId(customer), incident))
                }),
        );
    }
    found.extend(read_other_incidents(bulk, customers).await?);
    Ok(found)
}

/// Complaints that became tickets, and changes of contact data.
async fn read_other_incidents(bulk: &mut Bulk, customers: &[Uuid]) -> Result<Vec<WatchedIncident>> {
    let mut found = Vec::new();
    for (sql, kind) in [
        (
            "SELECT customer_id, id, opened_at FROM tickets WHERE customer_id IN ({values}) AND type = 'complaint'",
            IncidentKind::Complaint,
        ),
        (
            "SELECT entity_id, id, changed_at FROM record_changes WHERE entity_id IN ({values}) AND entity = 'customer' \
             AND field IN ('mobile', 'phone', 'address', 'mailing_address')",
            IncidentKind::ContactChange,
        ),
    ] {
        found.extend(
            bulk.query_in(sql, &cells(customers), |row| {
                let incident = Incident {
                    id: id(row, 1)?,
                    kind,
                    on: time::date_in_china(instant(row.int(2)?.unwrap_or_default())),
                    amount_fen: None,
                    to_other: false,
                };
                Ok((CustomerId(id(row, 0)?), incident))
            })
            .await?,
        );
    }
    Ok(found)
}

/// Somebody looked at, somebody with something in common, and the day of a surrender or complaint of theirs.
type Shared = (CustomerId, CustomerId, NaiveDate);

fn shared(row: Row<'_>) -> Result<Option<Shared>> {
    let Some(on) = row.date(2)? else {
        return Ok(None);
    };
    let (mine, theirs) = (CustomerId(id(row, 0)?), CustomerId(id(row, 1)?));
    Ok(Some((mine, theirs, on)))
}

/// A condition on the day, as text of the program: lists of values are numbered from one.
fn since(day: NaiveDate) -> String {
    format!("e.occurred_on >= '{day}'")
}

/// Surrenders and complaints since a day of everybody who is reached under a number of some customers.
///
/// # Errors
/// What the database says.
pub async fn read_shared_numbers(
    bulk: &mut Bulk,
    customers: &[Uuid],
    day: NaiveDate,
) -> Result<Vec<Shared>> {
    let mut found = Vec::new();
    for (mine, theirs) in [
        ("mobile_index", "mobile_index"),
        ("phone_index", "phone_index"),
    ] {
        for source in [
            "JOIN policies p ON p.policyholder_id = o.id JOIN events e ON e.policy_id = p.id",
            "JOIN events e ON e.customer_id = o.id AND e.policy_id IS NULL",
        ] {
            let sql = format!(
                "SELECT m.id, o.id, e.occurred_on FROM customers m JOIN customers o ON o.{theirs} = m.{mine} {source} \
                 WHERE m.id IN ({{values}}) AND m.{mine} IS NOT NULL \
                 AND e.type IN ('surrendered', 'complaint_resolved') AND {}",
                since(day)
            );
            let rows = bulk.query_in(&sql, &cells(customers), shared).await?;
            found.extend(rows.into_iter().flatten());
        }
    }
    Ok(found)
}

/// Surrenders and complaints since a day of everybody who bought from a salesperson of some customers.
///
/// # Errors
/// What the database says.
pub async fn read_same_sellers(
    bulk: &mut Bulk,
    customers: &[Uuid],
    day: NaiveDate,
) -> Result<Vec<Shared>> {
    let sql = format!(
        "SELECT DISTINCT m.policyholder_id, p.policyholder_id, e.occurred_on FROM policies m \
         JOIN policies p ON p.agent_id = m.agent_id JOIN events e ON e.policy_id = p.id \
         WHERE m.policyholder_id IN ({{values}}) AND m.agent_id IS NOT NULL \
         AND e.type IN ('surrendered', 'complaint_resolved') AND {}",
        since(day)
    );
    let rows = bulk.query_in(&sql, &cells(customers), shared).await?;
    Ok(rows.into_iter().flatten().collect())
}

/// Customers of some whose risk class in force is high and was another before: the span of the class, and its
/// first day.
///
/// # Errors
/// What the database says.
pub async fn read_raised_classes(
    bulk: &mut Bulk,
    customers: &[Uuid],
) -> Result<Vec<(CustomerId, Uuid, NaiveDate)>> {
    let sql = "SELECT k.customer_id, k.id, k.from_on FROM customer_classes k WHERE k.customer_id IN ({values}) \
               AND k.model = 'risk' AND k.until_on IS NULL AND k.class = 'high' AND COALESCE(k.earlier, '') <> 'high'";
    let rows = bulk
        .query_in(sql, &cells(customers), |row| {
            Ok((CustomerId(id(row, 0)?), id(row, 1)?, row.date(2)?))
        })
        .await?;
    let rows = rows.into_iter();
    Ok(rows.filter_map(|(c, k, on)| Some((c, k, on?))).collect())
}

/// Signals that are known: those that were found by the same, and kinds with an open one.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// By customer, kind and key.
    pub keys: HashSet<(Uuid, String, String)>,
    /// Open, by customer and kind.
    pub open: HashSet<(Uuid, String)>,
}

/// Signals of some customers that are known.
///
/// # Errors
/// What the database says.
pub async fn read_known_signals(bulk: &mut Bulk, customers: &[Uuid]) -> Result<Known> {
    let sql = "SELECT customer_id, kind, found_key, is_open FROM risk_signals WHERE customer_id IN ({values})";
    let rows = bulk
        .query_in(sql, &cells(customers), |row| {
            let (kind, key) = (row.text(1)?, row.text(2)?);
            let open = row.bool(3)?.unwrap_or_default();
            Ok((
                id(row, 0)?,
                kind.unwrap_or_default(),
                key.unwrap_or_default(),
                open,
            ))
        })
        .await?;
    let mut known = Known::default();
    for (customer, kind, key, open) in rows {
        if open {
            known.open.insert((customer, kind.clone()));
        }
        known.keys.insert((customer, kind, key));
    }
    Ok(known)
}

static SIGNALS: Table = Table {
    name: "risk_signals",
    columns: &[
        ("id", CellType::Id),
        ("customer_id", CellType::Id),
        ("kind", CellType::Text),
        ("level", CellType::Text),
        ("found_key", CellType::Text),
        ("happened_on", CellType::Date),
        ("found_on", CellType::Date),
        ("detail", CellType::Bytes),
        ("raised_by", CellType::Text),
        ("is_confidential", CellType::Bool),
        ("is_open", CellType::Bool),
        ("version", CellType::Int),
    ],
};

/// A signal that the rules found: customer, what, how serious, by what, when, and why as JSON.
pub type FoundSignal = (
    CustomerId,
    RiskSignalKind,
    RiskLevel,
    String,
    NaiveDate,
    String,
);

/// Keeps signals that the rules found.
///
/// # Errors
/// What the database says.
pub async fn insert_found_signals(bulk: &mut Bulk, found: Vec<FoundSignal>) -> Result<()> {
    let (today, keys) = (time::date_in_china(bulk.now()), bulk.keyring());
    let mut cells = Vec::with_capacity(found.len() * SIGNALS.columns.len());
    for (customer, kind, level, key, on, detail) in found {
        let id = bulk.next_id();
        let sealed = keys.seal("risk_signals.detail", id, &detail)?;
        cells.extend([
            Cell::Id(id),
            Cell::Id(customer.0),
            Cell::Code(kind.as_str()),
            Cell::Code(level.as_str()),
            Cell::Text(key),
            Cell::Date(on),
            Cell::Date(today),
            Cell::Bytes(sealed),
            Cell::Text(String::new()),
            Cell::Bool(kind.is_confidential()),
            Cell::Bool(true),
            Cell::Int(1),
        ]);
    }
    bulk.insert(&SIGNALS, &cells).await
}

/// Numbers of some customers.
///
/// # Errors
/// What the database says.
pub async fn read_customer_numbers(
    bulk: &mut Bulk,
    customers: &[Uuid],
) -> Result<HashMap<Uuid, String>> {
    let sql = "SELECT id, customer_no FROM customers WHERE id IN ({values})";
    let rows = bulk
        .query_in(sql, &cells(customers), |row| {
            Ok((id(row, 0)?, row.text(1)?.unwrap_or_default()))
        })
        .await?;
    Ok(rows.into_iter().collect())
}
