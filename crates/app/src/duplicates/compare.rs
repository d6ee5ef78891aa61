//! Comparing customers who are new or changed with those who share a key with them. One transaction a
//! chunk; servers side by side take turns, because of two customers who change at the same moment each has to
//! see the other.

use super::model::Settings;
use crate::{App, Result};
use domain::access::Actor;
use domain::duplicates::{BlockKind, Grade, Vector};
use domain::time::{self, Instant};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::customers::{
    Derived, enqueue_derived_for_everybody, has_derivations, remove_derivations, shrink_derivation,
    take_derivations,
};
use store::dialect::bulk::Bulk;
use store::duplicates::{self as rows, Found, KeyedCustomer, PairChange, StoredPair};
use store::settings::{find_setting, find_setting_in_bulk, put_setting_in_bulk};
use store::{AuditEntry, Turn};
use uuid::Uuid;

/// Customers of a transaction.
const CHUNK: usize = 500;
/// Entries of the queue that are taken at once.
const ENTRIES: i64 = 100;
/// What the packs said when everybody was asked to be compared last, as a hash.
const RULES_SEEN: &str = "duplicates.rules";

/// What comparing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CompareReport {
    /// Customers who were looked at.
    pub customers: u64,
    /// Pairs that were compared.
    pub compared: u64,
    /// Pairs that are certain, likely and possible, as far as they are new or changed.
    pub found: [u64; 3],
    /// Pairs that are none any more.
    pub removed: u64,
    /// Keys that too many customers have to be compared.
    pub oversized: u64,
}

impl CompareReport {
    fn add(&mut self, other: &Self) {
        self.customers += other.customers;
        self.compared += other.compared;
        self.removed += other.removed;
        self.oversized += other.oversized;
        for (sum, n) in self.found.iter_mut().zip(other.found) {
            *sum += n;
        }
    }
}

/// Whether customers wait to be compared.
///
/// # Errors
/// What the store says.
pub async fn is_waiting(app: &App) -> Result<bool> {
    Ok(has_derivations(app.store(), Derived::Duplicates).await?)
}

/// Compares everybody who waits, at most about `limit` customers. When the packs weigh otherwise than they did
/// (a version was approved, its day came, a newer program brought it), everybody waits.
///
/// # Errors
/// What the packs or the store say; the chunk under way is then looked at again.
pub async fn compare_due(
    app: &App,
    now: Instant,
    limit: u64,
    tell: &(dyn Fn(&CompareReport) + Sync),
) -> Result<CompareReport> {
    let mut report = CompareReport::default();
    app.refresh_rules(now).await?;
    let settings = Settings::read(&app.rules(), time::date_in_china(now))?;
    let seen = find_setting(app.store(), RULES_SEEN).await?;
    let is_known = seen.as_ref() == Some(&settings.hash);
    if is_known && !is_waiting(app).await? {
        return Ok(report);
    }
    let mut bulk = app.store().bulk(now, false).await?;
    if !is_known {
        follow_rules(&mut bulk, &settings).await?;
    }
    while report.customers < limit {
        bulk.begin().await?;
        bulk.take_turn(Turn::Duplicates).await?;
        match chunk(&mut bulk, &settings).await {
            Ok(None) => {
                bulk.roll_back().await?;
                break;
            }
            Ok(Some(done)) => {
                let detail = serde_json::json!({
                    "customers": done.customers, "compared": done.compared, "found": done.found,
                });
                let system = Actor::system();
                let entry = AuditEntry::new(&system, "duplicates.compared", "customers", None);
                bulk.commit(entry.detail(detail)).await?;
                report.add(&done);
                tell(&report);
            }
            Err(error) => {
                bulk.roll_back().await?;
                return Err(error);
            }
        }
        // Others on this thread have their turn between chunks.
        tokio::task::yield_now().await;
    }
    Ok(report)
}

/// Asks for everybody to be compared by what the packs say now, unless another server has.
async fn follow_rules(bulk: &mut Bulk, settings: &Settings) -> Result<()> {
    bulk.begin().await?;
    let asked = async {
        bulk.take_turn(Turn::Duplicates).await?;
        let seen = find_setting_in_bulk(bulk, RULES_SEEN).await?;
        if seen.as_ref() == Some(&settings.hash) {
            return Ok(false);
        }
        rows::forget_oversized_in_bulk(bulk).await?;
        enqueue_derived_for_everybody(bulk, Derived::Duplicates).await?;
        put_setting_in_bulk(bulk, RULES_SEEN, settings.hash.clone()).await?;
        Ok(true)
    };
    match asked.await {
        Ok(true) => {
            let entry = AuditEntry::new(&Actor::system(), "duplicates.asked", "customers", None);
            let detail = serde_json::json!({ "rules": settings.hash });
            Ok(bulk.commit(entry.detail(detail)).await?)
        }
        Ok(false) => Ok(bulk.roll_back().await?),
        Err(error) => {
            bulk.roll_back().await?;
            Err(error)
        }
    }
}

/// One transaction's worth; nothing when the queue is empty.
async fn chunk(bulk: &mut Bulk, settings: &Settings) -> Result<Option<CompareReport>> {
    let spans = take_derivations(bulk, Derived::Duplicates, ENTRIES).await?;
    if spans.is_empty() {
        return Ok(None);
    }
    let mut report = CompareReport::default();
    let (mut left, mut done) = (CHUNK, Vec::new());
    for span in spans {
        let limit = i64::try_from(left).unwrap_or(i64::MAX);
        let customers = rows::read_profiles_between(bulk, (span.low, span.high), limit).await?;
        let is_full = customers.len() == left;
        let last = customers.last().map(|c| c.id).filter(|_| is_full);
        let end = last.unwrap_or(span.high);
        report.add(&look_at(bulk, settings, (span.low, end), &customers).await?);
        let next = end.as_u128().checked_add(1).map(Uuid::from_u128);
        match next.filter(|next| is_full && *next <= span.high) {
            Some(next) => shrink_derivation(bulk, Derived::Duplicates, span.id, next).await?,
            None => done.push(span.id),
        }
        left = left.saturating_sub(customers.len().max(1));
        if left == 0 {
            break;
        }
    }
    remove_derivations(bulk, Derived::Duplicates, &done).await?;
    Ok(Some(report))
}

/// Compares the customers of a span with everybody who shares a key with them.
async fn look_at(
    bulk: &mut Bulk,
    settings: &Settings,
    span: (Uuid, Uuid),
    customers: &[KeyedCustomer],
) -> Result<CompareReport> {
    let kinds = rows::replace_keys(bulk, span, customers).await?;
    let (pairs, oversized) = candidates(bulk, settings, span, &kinds).await?;
    let mut people: HashMap<Uuid, &KeyedCustomer> = customers.iter().map(|c| (c.id, c)).collect();
    let others: BTreeSet<Uuid> = pairs
        .iter()
        .flat_map(|(a, b)| [*a, *b])
        .filter(|id| !people.contains_key(id))
        .collect();
    let others: Vec<Uuid> = others.into_iter().collect();
    let others = rows::read_profiles(bulk, &others).await?;
    people.extend(others.iter().map(|c| (c.id, c)));
    let mut report = CompareReport {
        customers: customers.len() as u64,
        oversized,
        ..CompareReport::default()
    };
    let mut known: HashMap<(Uuid, Uuid), StoredPair> = HashMap::new();
    for pair in rows::read_pairs_between(bulk, span).await? {
        known.insert(pair.customers, pair);
    }
    let mut changes = Vec::new();
    for pair in pairs {
        let (Some(a), Some(b)) = (people.get(&pair.0), people.get(&pair.1)) else {
            continue;
        };
        if a.profile.kind() != b.profile.kind() {
            continue;
        }
        report.compared += 1;
        let vector = Vector::of(&a.profile, &b.profile, settings.similar);
        let weighed = settings.model.weigh(&vector);
        let Some(grade) = weighed.grade else { continue };
        let found = Found {
            levels: vector.write(),
            weight: weighed.weight,
            probability: weighed.probability,
            grade,
        };
        if let Some(change) = change(known.remove(&pair), pair, a, found) {
            report.found[grade as usize] += 1;
            changes.push(change);
        }
    }
    // What was found before and not now is none any more; what people decided stays to be seen.
    let gone = known.into_values().filter(|p| p.state.is_open());
    let gone: BTreeMap<Uuid, PairChange> = gone.map(|p| (p.id, PairChange::Remove(p.id))).collect();
    report.removed += gone.len() as u64;
    changes.extend(gone.into_values());
    rows::write_pairs(bulk, changes).await?;
    Ok(report)
}

fn change(
    known: Option<StoredPair>,
    customers: (Uuid, Uuid),
    one: &KeyedCustomer,
    found: Found,
) -> Option<PairChange> {
    let Some(known) = known else {
        let kind = one.profile.kind();
        return Some(PairChange::Add {
            customers,
            kind,
            found,
        });
    };
    let is_changed = known.found.levels != found.levels;
    (known.found != found).then(|| PairChange::Change {
        id: known.id,
        state: known.state.compared_again(is_changed),
        found,
    })
}

/// Pairs that share a key, of whom one lies in the span; and how many keys are too large.
async fn candidates(
    bulk: &mut Bulk,
    settings: &Settings,
    (low, high): (Uuid, Uuid),
    kinds: &BTreeMap<i64, BlockKind>,
) -> Result<(BTreeSet<(Uuid, Uuid)>, u64)> {
    let hashes: Vec<i64> = kinds.keys().copied().collect();
    let (mut good, mut large) = (Vec::new(), Vec::new());
    for (hash, n) in rows::count_blocks(bulk, &hashes).await? {
        match kinds.get(&hash) {
            Some(kind) if n > settings.block_max => large.push((hash, *kind, n)),
            _ => good.push(hash),
        }
    }
    rows::note_oversized(bulk, &hashes, &large).await?;
    good.sort_unstable();
    let members = rows::read_members(bulk, &good).await?;
    let mut pairs = BTreeSet::new();
    for block in members.chunk_by(|a, b| a.0 == b.0) {
        for (at, (_, a)) in block.iter().enumerate() {
            for (_, b) in &block[at + 1..] {
                let (a, b) = (*a.min(b), *a.max(b));
                let inside = |id: Uuid| low <= id && id <= high;
                if a != b && (inside(a) || inside(b)) {
                    pairs.insert((a, b));
                }
            }
        }
    }
    Ok((pairs, large.len() as u64))
}

/// The count of a grade in a report.
impl std::ops::Index<Grade> for CompareReport {
    type Output = u64;

    fn index(&self, grade: Grade) -> &u64 {
        &self.found[grade as usize]
    }
}
