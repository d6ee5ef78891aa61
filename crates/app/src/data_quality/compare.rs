//! Customers beside each other: who shares a number, an address, a mailbox; and who has to be looked at again
//! because a neighbour changed.

use super::read_rules::InformationRules;
use crate::Result;
use domain::data_quality::{Around, bears};
use std::collections::{HashMap, HashSet};
use store::data_quality::{self as rows, Held, Known, Neighbour, Neighbours, OldState, Seller};
use store::dialect::bulk::Bulk;
use uuid::Uuid;

/// What is apart (households, surnames) by key.
#[derive(Debug, Default)]
struct Groups(HashMap<i64, HashSet<i64>>);

impl Groups {
    fn add(&mut self, key: Option<i64>, apart: i64) {
        if let Some(key) = key {
            self.0.entry(key).or_default().insert(apart);
        }
    }

    /// How many are apart by a key, with one who may not count among the others.
    fn count(&self, key: Option<i64>, own: i64) -> i64 {
        let Some(set) = key.and_then(|k| self.0.get(&k)) else {
            return i64::from(key.is_some());
        };
        let others = i64::try_from(set.len()).unwrap_or(i64::MAX);
        others + i64::from(!set.contains(&own))
    }

    /// Neighbours who counted something else that matters: above the limit then or now.
    fn outdated(&self, neighbours: &[Neighbour], limit: i64) -> Vec<Uuid> {
        let fits = |n: &&Neighbour| {
            let now = self.count(Some(n.key), n.apart);
            now != n.counted && now.max(n.counted) > limit
        };
        neighbours.iter().filter(fits).map(|n| n.id).collect()
    }
}

/// What was counted around the customers of a chunk.
#[derive(Debug, Default)]
pub(super) struct Compared {
    mobile: Groups,
    address: Groups,
    email: Groups,
    owners: HashMap<i64, domain::data_quality::NumberOwner>,
    sellers: HashMap<Uuid, Seller>,
    insureds: HashSet<Uuid>,
    /// Customers outside of the chunk who are to be examined again.
    pub outdated: Vec<Uuid>,
}

/// Compares the customers of a chunk, whose old states were dropped.
pub(super) async fn compare(
    bulk: &mut Bulk,
    known: &[Known],
    held: &HashMap<Uuid, Held>,
    old: &HashMap<Uuid, OldState>,
    rules: &InformationRules,
) -> Result<Compared> {
    let keys = |of: fn(&rows::Keys) -> Option<i64>| {
        let now = known.iter().filter_map(|k| of(&k.keys));
        let before = old.values().filter_map(|o| of(&o.keys));
        let all: HashSet<i64> = now.chain(before).collect();
        all.into_iter().collect::<Vec<i64>>()
    };
    let (mobile, address, email) = (keys(|k| k.mobile), keys(|k| k.address), keys(|k| k.email));
    let found = rows::find_neighbours(bulk, &mobile, &address, &email).await?;
    let mut compared = grouped(known, held, &found);
    let limits = &rules.limits;
    let mut outdated = compared
        .mobile
        .outdated(&found.mobile, limits.mobile_households_alert);
    outdated.extend(
        compared
            .address
            .outdated(&found.address, limits.address_families_alert),
    );
    outdated.extend(
        compared
            .email
            .outdated(&found.email, limits.email_families_alert),
    );
    outdated.sort_unstable();
    outdated.dedup();
    compared.outdated = outdated;
    let numbers = known.iter().flat_map(|k| [k.mobile_index, k.phone_index]);
    let numbers: HashSet<i64> = numbers.flatten().collect();
    let numbers: Vec<i64> = numbers.into_iter().collect();
    compared.owners = rows::find_own(bulk, &numbers).await?;
    let agents = held.values().flat_map(|h| h.sold.iter().map(|s| s.1));
    let agents: HashSet<Uuid> = agents.collect();
    let agents: Vec<Uuid> = agents.into_iter().collect();
    compared.sellers = rows::find_sellers(bulk, &agents).await?;
    compared.insureds = rows::find_insureds_numbers(bulk, known, rules.minors_born_from()).await?;
    Ok(compared)
}

fn grouped(known: &[Known], held: &HashMap<Uuid, Held>, found: &Neighbours) -> Compared {
    let mut compared = Compared::default();
    for n in found.mobile.iter().filter(|n| n.counts) {
        compared.mobile.add(Some(n.key), n.apart);
    }
    for n in &found.address {
        compared.address.add(Some(n.key), n.apart);
    }
    for n in &found.email {
        compared.email.add(Some(n.key), n.apart);
    }
    for k in known {
        if holds(held, k.id) {
            compared.mobile.add(k.keys.mobile, k.keys.household);
        }
        compared.address.add(k.keys.address, k.keys.surname);
        compared.email.add(k.keys.email, k.keys.surname);
    }
    compared
}

/// Whether a customer has policies of their own.
pub(super) fn holds(held: &HashMap<Uuid, Held>, id: Uuid) -> bool {
    held.get(&id).is_some_and(|h| h.holder_since.is_some())
}

impl Compared {
    /// What was counted around one customer.
    pub(super) fn around(&self, k: &Known, held: Option<&Held>) -> Around {
        let sellers = held.into_iter().flat_map(|h| &h.sold);
        let sellers: Vec<&Seller> = sellers.filter_map(|s| self.sellers.get(&s.1)).collect();
        let is_number = |s: &&&Seller| s.mobile_index.is_some() && s.mobile_index == k.mobile_index;
        let numbered: Vec<_> = sellers.iter().filter(is_number).collect();
        let is_named = |s: &&Seller| bears(&k.subject.name, &s.name);
        Around {
            mobile_households: self.mobile.count(k.keys.mobile, k.keys.household),
            address_families: self.address.count(k.keys.address, k.keys.surname),
            email_families: self.email.count(k.keys.email, k.keys.surname),
            mobile_owner: k.mobile_index.and_then(|i| self.owners.get(&i).copied()),
            phone_owner: k.phone_index.and_then(|i| self.owners.get(&i).copied()),
            is_sellers_number: !numbered.is_empty(),
            is_sellers_name: numbered.into_iter().any(is_named),
            is_insureds_number: self.insureds.contains(&k.id),
        }
    }
}
