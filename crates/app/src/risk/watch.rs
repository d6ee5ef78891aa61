//! Looks for signals where customers, their policies or events changed. A chunk of the queue at a time, with
//! what it found in one transaction; on several servers at once each takes different chunks.

use super::signals::SignalDetail;
use crate::rules::Rules;
use crate::{App, Error, Result};
use chrono::{Days, NaiveDate};
use domain::access::Actor;
use domain::ids::CustomerId;
use domain::risk::{Found, History, SignalLimits, find_signals};
use domain::time::{self, Instant};
use rules::{Facts, Value};
use std::collections::{BTreeMap, HashMap};
use store::customers::{Derived, remove_derivations, shrink_derivation, take_derivations};
use store::dialect::bulk::Bulk;
use store::risk as rows;
use store::{AuditActor, AuditEntry};
use uuid::Uuid;

/// Entries of the queue that are taken at once.
const ENTRIES: i64 = 200;
/// Rows of a span that are looked at in one transaction.
const CHUNK: i64 = 500;

/// What was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// Customers.
    pub customers: u64,
    /// New signals.
    pub signals: u64,
}

/// Works off what is queued.
///
/// # Errors
/// What the store says; what was committed before stays.
pub async fn watch_risks(app: &App, now: Instant) -> Result<Watched> {
    let mut total = Watched::default();
    if !store::customers::has_derivations(app.store(), Derived::RiskSignals).await? {
        return Ok(total);
    }
    app.refresh_rules(now).await?;
    let today = time::date_in_china(now);
    let limits = limits(&app.rules(), today)?;
    let mut bulk = app.store().bulk(now, false).await?;
    loop {
        bulk.begin().await?;
        let watched = match chunk(&mut bulk, &limits, today).await {
            Ok(Some(watched)) => watched,
            Ok(None) => {
                bulk.roll_back().await?;
                return Ok(total);
            }
            Err(error) => {
                bulk.roll_back().await?;
                return Err(error);
            }
        };
        total.customers += watched.customers;
        total.signals += watched.signals;
        let detail =
            serde_json::json!({ "customers": watched.customers, "signals": watched.signals });
        let by = AuditActor::from(&Actor::system());
        let entry = AuditEntry::new(by, "risk.watched", "derivation", None::<Uuid>);
        bulk.commit(entry.detail(detail)).await?;
    }
}

/// Looks at the next customers of the queue; nothing when it is empty.
async fn chunk(
    bulk: &mut Bulk,
    limits: &SignalLimits,
    today: NaiveDate,
) -> Result<Option<Watched>> {
    let spans = take_derivations(bulk, Derived::RiskSignals, ENTRIES).await?;
    if spans.is_empty() {
        return Ok(None);
    }
    let (mut customers, mut done) = (Vec::new(), Vec::new());
    for span in &spans {
        let (found, last) = rows::read_span_customers(bulk, span, CHUNK).await?;
        customers.extend(found);
        let next = last.and_then(|id| id.as_u128().checked_add(1));
        match next.map(Uuid::from_u128).filter(|next| *next <= span.high) {
            Some(next) => shrink_derivation(bulk, Derived::RiskSignals, span.id, next).await?,
            None => done.push(span.id),
        }
        if customers.len() >= usize::try_from(CHUNK).unwrap_or(usize::MAX) {
            break;
        }
    }
    remove_derivations(bulk, Derived::RiskSignals, &done).await?;
    customers.sort_unstable();
    customers.dedup();
    let signals = look_at(bulk, limits, today, &customers).await?;
    Ok(Some(Watched {
        customers: u64::try_from(customers.len()).unwrap_or(u64::MAX),
        signals,
    }))
}

fn days(n: i64) -> Days {
    Days::new(u64::try_from(n).unwrap_or(0))
}

/// Finds the signals of some customers, and of those who make a cluster with them; how many are new.
async fn look_at(
    bulk: &mut Bulk,
    limits: &SignalLimits,
    today: NaiveDate,
    customers: &[Uuid],
) -> Result<u64> {
    let own = histories(bulk, limits, today, customers).await?;
    let mut found: BTreeMap<CustomerId, Vec<Found>> = BTreeMap::new();
    let mut others = Vec::new();
    for (customer, history) in &own {
        let signals = find_signals(history, limits, today);
        others.extend(signals.iter().flat_map(|f| f.customers.iter().copied()));
        found.insert(*customer, signals);
    }
    // A cluster grows with its last member: the earlier ones are looked at again.
    others.retain(|c| !own.contains_key(c));
    others.sort_unstable();
    others.dedup();
    let again: Vec<_> = others.iter().map(|c| c.0).collect();
    for (customer, history) in histories(bulk, limits, today, &again).await? {
        found.insert(customer, find_signals(&history, limits, today));
    }
    keep(bulk, found).await
}

/// What happened to some customers who had anything happen to them.
async fn histories(
    bulk: &mut Bulk,
    limits: &SignalLimits,
    today: NaiveDate,
    customers: &[Uuid],
) -> Result<HashMap<CustomerId, History>> {
    let mut histories: HashMap<CustomerId, History> = HashMap::new();
    for (customer, incident) in rows::read_own_incidents(bulk, customers).await? {
        histories.entry(customer).or_default().own.push(incident);
    }
    for (customer, span, on) in rows::read_raised_classes(bulk, customers).await? {
        histories.entry(customer).or_default().class_raised = Some((span, on));
    }
    let touched: Vec<_> = histories.keys().map(|c| c.0).collect();
    let since = |span: i64| today - days(limits.look_back_days) - days(span);
    let day = since(limits.number_cluster.1);
    for (customer, other, on) in rows::read_shared_numbers(bulk, &touched, day).await? {
        if let Some(history) = histories.get_mut(&customer) {
            history.shared_number.push((other, on));
        }
    }
    let day = since(limits.seller_cluster.1);
    for (customer, other, on) in rows::read_same_sellers(bulk, &touched, day).await? {
        if let Some(history) = histories.get_mut(&customer) {
            history.same_seller.push((other, on));
        }
    }
    Ok(histories)
}

/// Keeps what is new: the same pattern is not told twice, nor another of a kind that somebody still looks at.
async fn keep(bulk: &mut Bulk, found: BTreeMap<CustomerId, Vec<Found>>) -> Result<u64> {
    let ids: Vec<_> = found.keys().map(|c| c.0).collect();
    let known = rows::read_known_signals(bulk, &ids).await?;
    let mut clustered: Vec<_> = found.values().flatten().collect::<Vec<_>>();
    clustered.retain(|f| !f.customers.is_empty());
    let named = clustered
        .iter()
        .flat_map(|f| f.customers.iter().map(|c| c.0));
    let mut named: Vec<_> = named.collect();
    named.sort_unstable();
    named.dedup();
    let numbers = rows::read_customer_numbers(bulk, &named).await?;
    let mut new = Vec::new();
    for (customer, signals) in found {
        for f in signals {
            let kind = f.kind.as_str().to_owned();
            let told = known
                .keys
                .contains(&(customer.0, kind.clone(), f.key.clone()));
            if told || known.open.contains(&(customer.0, kind)) {
                continue;
            }
            let of = f
                .customers
                .iter()
                .filter_map(|c| numbers.get(&c.0).cloned());
            let detail = SignalDetail {
                count: f.count,
                days: f.days,
                amount_fen: f.amount_fen,
                customers: of.collect(),
                words: String::new(),
            };
            let detail = serde_json::to_string(&detail).map_err(|e| Error::Fault(e.to_string()))?;
            new.push((customer, f.kind, f.level, f.key, f.on, detail));
        }
    }
    let count = u64::try_from(new.len()).unwrap_or(u64::MAX);
    rows::insert_found_signals(bulk, new).await?;
    Ok(count)
}

/// The limits of a day.
fn limits(rules: &Rules, on: NaiveDate) -> Result<SignalLimits> {
    let facts = Facts::new(rules.book().schema());
    let number = |id: &str| match rules.book().parameter_value(id, &facts, on) {
        Some(Value::Int(n)) => Ok(n),
        _ => Err(Error::Fault(format!(
            "no pack in force has the parameter {id}"
        ))),
    };
    Ok(SignalLimits {
        look_back_days: number("risk_signal_look_back_days")?,
        lapses: (number("risk_lapses_min")?, number("risk_lapses_days")?),
        complaints: (
            number("risk_complaints_min")?,
            number("risk_complaints_days")?,
        ),
        large_surrender_fen: number("risk_large_surrender")?,
        number_cluster: (
            number("risk_agency_number_min")?,
            number("risk_agency_number_days")?,
        ),
        seller_cluster: (
            number("risk_agency_seller_min")?,
            number("risk_agency_seller_days")?,
        ),
        quick_claims: (
            number("risk_quick_claims_min")?,
            number("risk_quick_claims_days")?,
        ),
        third_party_fen: number("risk_third_party_from")?,
        contact_days: number("risk_contact_days")?,
        contact_payout_fen: number("risk_contact_payout_from")?,
    })
}
