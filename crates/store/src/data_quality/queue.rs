//! Customers who are to be examined: from the queue of what is derived, and those whose day has come.

use super::completions::codes_of;
use crate::Result;
use crate::customers::{
    Derived, Span, Subject, enqueue_derived, remove_derivations, shrink_derivation,
    take_derivations,
};
use crate::dialect::bulk::{Bulk, Cell};
use chrono::NaiveDate;
use domain::policies::EventType;
use uuid::Uuid;

/// Entries of single rows that are taken at once.
const ENTRIES: i64 = 2_000;

/// What was taken from the queue.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// Customers to examine, each once.
    pub customers: Vec<Uuid>,
    /// Whether there was anything at all.
    pub any: bool,
}

/// Takes customers to examine, about `limit` of them, and notes in the queue that they were taken. Of events only
/// those of some kinds count.
///
/// # Errors
/// What the database says.
pub async fn take_customers(bulk: &mut Bulk, events: &[EventType], limit: i64) -> Result<Taken> {
    let spans = take_derivations(bulk, Derived::Quality, ENTRIES).await?;
    let Some(first) = spans.first().copied() else {
        return Ok(Taken::default());
    };
    let mut customers = if first.low == first.high {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let single: Vec<Span> = spans
            .into_iter()
            .take_while(|s| s.low == s.high)
            .take(most)
            .collect();
        singles(bulk, &single, events).await?
    } else {
        wide(bulk, first, events, limit).await?
    };
    customers.sort_unstable();
    customers.dedup();
    Ok(Taken {
        customers,
        any: true,
    })
}

async fn singles(bulk: &mut Bulk, spans: &[Span], events: &[EventType]) -> Result<Vec<Uuid>> {
    let of = |subject: Subject| {
        let fits = spans.iter().filter(move |s| s.subject == subject);
        fits.map(|s| Cell::Id(s.low)).collect::<Vec<_>>()
    };
    let mut customers: Vec<Uuid> = spans
        .iter()
        .filter(|s| s.subject == Subject::Customers)
        .map(|s| s.low)
        .collect();
    for column in ["policyholder_id", "insured_id"] {
        let sql = format!("SELECT {column} FROM policies WHERE id IN ({{values}})");
        let policies = of(Subject::Policies);
        let found = bulk.query_in(&sql, &policies, |row| row.id(0)).await?;
        customers.extend(found.into_iter().flatten());
    }
    if !events.is_empty() {
        let sql = format!(
            "SELECT p.policyholder_id FROM events e JOIN policies p ON p.id = e.policy_id \
             WHERE e.id IN ({{values}}) AND e.type IN ({})",
            codes_of(events)
        );
        let single = of(Subject::Events);
        let found = bulk.query_in(&sql, &single, |row| row.id(0)).await?;
        customers.extend(found.into_iter().flatten());
    }
    let ids: Vec<Uuid> = spans.iter().map(|s| s.id).collect();
    remove_derivations(bulk, Derived::Quality, &ids).await?;
    Ok(customers)
}

async fn wide(bulk: &mut Bulk, span: Span, events: &[EventType], limit: i64) -> Result<Vec<Uuid>> {
    let within = "WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT $3";
    let sql = match span.subject {
        Subject::Customers => format!("SELECT id, id, NULL FROM customers {within}"),
        Subject::Policies => {
            format!("SELECT id, policyholder_id, insured_id FROM policies {within}")
        }
        Subject::Events if events.is_empty() => {
            remove_derivations(bulk, Derived::Quality, &[span.id]).await?;
            return Ok(Vec::new());
        }
        Subject::Events => format!(
            "SELECT e.id, p.policyholder_id, NULL FROM events e LEFT JOIN policies p ON p.id = e.policy_id \
             WHERE e.id >= $1 AND e.id <= $2 AND e.type IN ({}) ORDER BY e.id LIMIT $3",
            codes_of(events)
        ),
    };
    let cells = [Cell::Id(span.low), Cell::Id(span.high), Cell::Int(limit)];
    let has_insured = span.subject == Subject::Policies;
    let rows = bulk
        .query(&sql, &cells, |row| {
            let insured = if has_insured { row.id(2)? } else { None };
            Ok((row.id(0)?.unwrap_or_default(), row.id(1)?, insured))
        })
        .await?;
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= limit;
    let last = rows.last().map(|(id, ..)| *id).filter(|_| full);
    match last.and_then(|id| id.as_u128().checked_add(1)) {
        Some(next) if next <= span.high.as_u128() => {
            shrink_derivation(bulk, Derived::Quality, span.id, Uuid::from_u128(next)).await?;
        }
        _ => remove_derivations(bulk, Derived::Quality, &[span.id]).await?,
    }
    let both = rows.into_iter().flat_map(|(_, one, other)| [one, other]);
    Ok(both.flatten().collect())
}

/// Asks for customers to be examined again whose day has come; says how many.
///
/// # Errors
/// What the database says.
pub async fn enqueue_due(bulk: &mut Bulk, today: NaiveDate, limit: i64) -> Result<usize> {
    let sql = "SELECT id FROM information_states WHERE look_again_on <= $1 ORDER BY look_again_on LIMIT $2";
    let cells = [Cell::Date(today), Cell::Int(limit)];
    let due = bulk.query(sql, &cells, |row| row.id(0)).await?;
    let due: Vec<Uuid> = due.into_iter().flatten().collect();
    // Whoever waits in the queue has no day.
    for id in &due {
        let sql = "UPDATE information_states SET look_again_on = NULL WHERE id = $1";
        bulk.execute(sql, &[Cell::Id(*id)]).await?;
    }
    enqueue_derived(bulk, Derived::Quality, &due).await?;
    Ok(due.len())
}

/// Asks for the customers to be examined again who have a number of an agent that changed since a moment
/// (milliseconds), or whose policies such an agent sold.
///
/// # Errors
/// What the database says.
pub async fn enqueue_of_agents(bulk: &mut Bulk, since: i64) -> Result<i64> {
    let sql =
        "SELECT updated_at FROM agents WHERE updated_at > $1 ORDER BY updated_at DESC LIMIT 1";
    let newest = bulk
        .query(sql, &[Cell::Int(since)], |row| row.int(0))
        .await?;
    let Some(newest) = newest.into_iter().flatten().next() else {
        return Ok(since);
    };
    let sql = "SELECT c.id FROM agents a JOIN customers c ON c.mobile_index = a.mobile_index \
               WHERE a.updated_at > $1 AND a.updated_at <= $2";
    let cells = [Cell::Int(since), Cell::Int(newest)];
    let mut found = bulk.query(sql, &cells, |row| row.id(0)).await?;
    // Nobody knows the numbers that agents had before: whoever had one of them is looked at again.
    let sql = "SELECT DISTINCT customer_id FROM information_findings WHERE state IN ('open', 'explained') \
               AND check_code IN ('own_number', 'seller_number', 'self_policy')";
    found.extend(bulk.query(sql, &[], |row| row.id(0)).await?);
    let ids: Vec<Uuid> = found.into_iter().flatten().collect();
    enqueue_derived(bulk, Derived::Quality, &ids).await?;
    Ok(newest)
}
