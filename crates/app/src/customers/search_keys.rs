//! What follows at once from customers and their policies: the keys by which names are found, and the stage of the
//! relationship. Worked out after the change, in chunks, one transaction each, by whichever server comes first.
//! Doing it again changes nothing.

use super::stages::{follow_policies, lost_before};
use crate::{App, Result};
use chrono::NaiveDate;
use domain::access::Actor;
use domain::time::{self, Instant};
use std::collections::HashMap;
use store::customers::{
    Derived, Span, Subject, cells_of_keys, enqueue_derived, has_derivations, read_holders,
    read_named, read_other_units, remove_derivations, replace_keys, retain_elsewhere,
    shrink_derivation, take_derivations,
};
use store::dialect::bulk::Bulk;
use store::{AuditEntry, Turn};
use uuid::Uuid;

/// Customers of a transaction: other writers wait no longer than for these.
const CHUNK_CUSTOMERS: i64 = 2_000;
/// Policies whose holders are looked at in a transaction.
const CHUNK_POLICIES: i64 = 10_000;
/// Entries of the queue that are taken at once.
const ENTRIES: i64 = 500;

/// Works out what waits; says for how many customers.
///
/// # Errors
/// What the store says.
pub async fn refresh_search_keys(app: &App, now: Instant) -> Result<u64> {
    if !has_derivations(app.store(), Derived::Search).await? {
        return Ok(0);
    }
    app.refresh_rules(now).await?;
    let today = time::date_in_china(now);
    let days = lost_before(&app.rules(), today).map(|before| (today, before));
    let mut bulk = app.store().bulk(now, false).await?;
    let mut done = 0;
    loop {
        bulk.begin().await?;
        match chunk(&mut bulk, days).await {
            Ok(None) => {
                bulk.roll_back().await?;
                return Ok(done);
            }
            Ok(Some(customers)) => {
                done += customers;
                let entry =
                    AuditEntry::new(&Actor::system(), "customers.keys_found", "customer", None);
                let detail = serde_json::json!({ "customers": customers });
                bulk.commit(entry.detail(detail)).await?;
            }
            Err(error) => {
                bulk.roll_back().await?;
                return Err(error);
            }
        }
        // Others on this thread have their turn between chunks.
        tokio::task::yield_now().await;
    }
}

/// Today, and the day before which nothing may have happened with who is lost; nothing when no rule says.
type Days = Option<(NaiveDate, NaiveDate)>;

/// One transaction; nothing when nothing waits.
async fn chunk(bulk: &mut Bulk, days: Days) -> Result<Option<u64>> {
    bulk.take_turn(Turn::SearchKeys).await?;
    let spans = take_derivations(bulk, Derived::Search, ENTRIES).await?;
    let Some(first) = spans.first().copied() else {
        return Ok(None);
    };
    let is_single = |s: &&Span| s.subject == Subject::Customers && s.low == s.high;
    let single: Vec<Span> = spans.iter().take_while(is_single).copied().collect();
    if !single.is_empty() {
        let mut customers: Vec<Uuid> = single.iter().map(|s| s.low).collect();
        customers.sort_unstable();
        customers.dedup();
        for customer in &customers {
            keys_between(bulk, *customer, *customer, days).await?;
        }
        let ids: Vec<_> = single.iter().map(|s| s.id).collect();
        remove_derivations(bulk, Derived::Search, &ids).await?;
        return Ok(Some(customers.len() as u64));
    }
    let (last, done) = match first.subject {
        Subject::Customers => keys_between(bulk, first.low, first.high, days).await?,
        // Policies say the stage; for names they matter where they show a customer to another unit.
        Subject::Policies => {
            let (low, high) = (first.low, first.high);
            let found = read_holders(bulk, low, high, CHUNK_POLICIES).await?;
            let (last, mut holders) = found;
            if let Some(days) = days {
                follow_policies(bulk, &holders, days).await?;
            }
            retain_elsewhere(bulk, low, last.unwrap_or(high), &mut holders).await?;
            enqueue_derived(bulk, Derived::Search, &holders).await?;
            (last, 0)
        }
        Subject::Events => (None, 0),
    };
    let next = last
        .and_then(|id| id.as_u128().checked_add(1))
        .map(Uuid::from_u128);
    match next.filter(|next| *next <= first.high) {
        Some(next) => shrink_derivation(bulk, Derived::Search, first.id, next).await?,
        None => remove_derivations(bulk, Derived::Search, &[first.id]).await?,
    }
    Ok(Some(done))
}

/// Makes the keys of the first customers between two ids; gives the last when there may be more, and
/// how many there were.
async fn keys_between(
    bulk: &mut Bulk,
    low: Uuid,
    high: Uuid,
    days: Days,
) -> Result<(Option<Uuid>, u64)> {
    let customers = read_named(bulk, low, high, CHUNK_CUSTOMERS).await?;
    let is_full = i64::try_from(customers.len()).is_ok_and(|n| n >= CHUNK_CUSTOMERS);
    let last = customers.last().map(|c| c.id.0).filter(|_| is_full);
    let until = last.unwrap_or(high);
    let mut units: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (customer, unit) in read_other_units(bulk, low, until).await? {
        units.entry(customer).or_default().push(unit);
    }
    let keyring = bulk.keyring();
    let mut rows = Vec::new();
    for customer in &customers {
        let mut seen_by = units.remove(&customer.id.0).unwrap_or_default();
        seen_by.push(customer.org_id);
        cells_of_keys(&keyring, customer, &seen_by, &mut rows);
    }
    replace_keys(bulk, low, until, rows).await?;
    if let Some(days) = days {
        let ids: Vec<Uuid> = customers.iter().map(|c| c.id.0).collect();
        follow_policies(bulk, &ids, days).await?;
    }
    Ok((last, customers.len() as u64))
}
