//! Keys of names: filling them, and finding customers by them.

use super::read::open_name;
use crate::dialect::bulk::{Bulk, Cell, CellType, Table};
use crate::sealing::{Keyring, refresh_keys};
use crate::sql::{Select, params};
use crate::{Reads, Result, StoreError};
use domain::access::Scope;
use domain::customers::{
    Address, CustomerKind, Likeness, NameKey, NameQuery, PersonName, Reveal, Tier, key_of_address,
    keys_of_name,
};
use domain::ids::CustomerId;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

static SEARCH_KEYS: Table = Table {
    name: "search_keys",
    columns: &[
        ("name_key", CellType::Int),
        ("org_id", CellType::Id),
        ("customer_id", CellType::Id),
    ],
};

/// A customer as far as its keys need it.
#[derive(Clone, Debug)]
pub struct NamedRow {
    /// The customer.
    pub id: CustomerId,
    /// Its unit.
    pub org_id: Uuid,
    /// Its kind.
    pub kind: CustomerKind,
    /// Its name; nothing when the data was destroyed.
    pub name: Option<PersonName>,
    /// Where it lives.
    pub address: Option<Address>,
}

/// Customers between two ids, both included, by id.
///
/// # Errors
/// What the database says.
pub async fn read_named(
    bulk: &mut Bulk,
    low: Uuid,
    high: Uuid,
    limit: i64,
) -> Result<Vec<NamedRow>> {
    let keys = bulk.keyring();
    let sql = "SELECT id, org_id, kind, name, erased_at IS NOT NULL, address FROM customers \
               WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT $3";
    let cells = [Cell::Id(low), Cell::Id(high), Cell::Int(limit)];
    bulk.query(sql, &cells, |row| {
        let id = row.id(0)?.unwrap_or_default();
        let is_erased = row.bool(4)? == Some(true);
        let sealed = row.bytes(3)?.unwrap_or_default();
        Ok(NamedRow {
            id: CustomerId(id),
            org_id: row.id(1)?.unwrap_or_default(),
            kind: CustomerKind::parse(&row.text(2)?.unwrap_or_default())?,
            name: match is_erased {
                true => None,
                false => Some(open_name(&keys, id, &sealed)?),
            },
            address: row
                .bytes(5)?
                .map(|a| keys.open("customers.address", id, &a))
                .transpose()?
                .map(Address::from_stored),
        })
    })
    .await
}

/// Other units in which customers between two ids hold policies: they see the customers too.
///
/// # Errors
/// What the database says.
pub async fn read_other_units(bulk: &mut Bulk, low: Uuid, high: Uuid) -> Result<Vec<(Uuid, Uuid)>> {
    let sql = "SELECT DISTINCT p.policyholder_id, p.org_id FROM policies p JOIN customers c ON c.id = p.policyholder_id \
               WHERE p.policyholder_id >= $1 AND p.policyholder_id <= $2 AND p.org_id <> c.org_id";
    bulk.query(sql, &[Cell::Id(low), Cell::Id(high)], |row| {
        let customer = row.id(0)?.unwrap_or_default();
        Ok((customer, row.id(1)?.unwrap_or_default()))
    })
    .await
}

/// Keeps of some policyholders those who are of another unit than a policy between two ids.
///
/// # Errors
/// What the database says.
pub async fn retain_elsewhere(
    bulk: &mut Bulk,
    low: Uuid,
    high: Uuid,
    holders: &mut Vec<Uuid>,
) -> Result<()> {
    let sql = "SELECT DISTINCT p.policyholder_id FROM policies p JOIN customers c ON c.id = p.policyholder_id \
               WHERE p.id >= $1 AND p.id <= $2 AND p.org_id <> c.org_id";
    let cells = [Cell::Id(low), Cell::Id(high)];
    let elsewhere = bulk.query(sql, &cells, |row| row.id(0)).await?;
    holders.retain(|h| elsewhere.contains(&Some(*h)));
    Ok(())
}

/// Keys of a customer under the newest key, for the units that see it; none when its data was destroyed.
pub fn cells_of_keys(
    keyring: &Keyring,
    customer: &NamedRow,
    units: &[Uuid],
    rows: &mut Vec<(i64, Uuid, Uuid)>,
) {
    let Some(name) = &customer.name else { return };
    let reveal = Reveal::for_storage();
    let mut keys = keys_of_name(customer.kind, name, reveal);
    let address = customer.address.as_ref();
    keys.extend(address.and_then(|a| key_of_address(a, reveal)));
    let mut indexes: Vec<i64> = keys
        .iter()
        .map(|k| keyring.index(k.kind.as_str(), k.plain(Reveal::for_storage())))
        .collect();
    indexes.sort_unstable();
    indexes.dedup();
    for unit in units {
        rows.extend(indexes.iter().map(|index| (*index, *unit, customer.id.0)));
    }
}

/// Replaces all keys of the customers between two ids, both included.
///
/// # Errors
/// What the database says.
pub async fn replace_keys(
    bulk: &mut Bulk,
    low: Uuid,
    high: Uuid,
    mut rows: Vec<(i64, Uuid, Uuid)>,
) -> Result<()> {
    let forget = "DELETE FROM search_keys WHERE customer_id >= $1 AND customer_id <= $2";
    bulk.execute(forget, &[Cell::Id(low), Cell::Id(high)])
        .await?;
    // In the order of the index, so that neighbours are written together.
    rows.sort_unstable();
    rows.dedup();
    let cells: Vec<Cell> = rows
        .into_iter()
        .flat_map(|(key, unit, customer)| [Cell::Int(key), Cell::Id(unit), Cell::Id(customer)])
        .collect();
    bulk.insert(&SEARCH_KEYS, &cells).await
}

#[derive(FromQueryResult)]
struct CandidateRow {
    id: Uuid,
    kind: String,
    name: Vec<u8>,
}

/// A customer whose keys fit.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The customer.
    pub id: CustomerId,
    /// Its kind.
    pub kind: CustomerKind,
    /// Why its name fits what was typed; nothing when the key alone does, or nothing was typed.
    pub likeness: Option<Likeness>,
}

/// Customers in sight that have keys of a tier, in no order that means anything; at most `limit`.
///
/// # Errors
/// What the database says.
pub async fn list_by_keys(
    db: &impl Reads,
    scope: &Scope,
    tier: &Tier,
    query: Option<&NameQuery>,
    limit: u64,
) -> Result<Vec<Candidate>> {
    refresh_keys(db).await?;
    let keys = db.keys();
    let indexes = |key: &NameKey| -> Vec<Value> {
        let found = keys.indexes(key.kind.as_str(), key.plain(Reveal::for_storage()));
        found.into_iter().map(Value::from).collect()
    };
    // The order of the join is said: the keys are few, customers are very many.
    let mut select =
        Select::new("SELECT c.id, c.kind, c.name FROM search_keys k CROSS JOIN customers c");
    select
        .filter(
            "c.id = k.customer_id AND c.erased_at IS NULL AND c.merged_into_id IS NULL",
            Vec::new(),
        )
        .filter_in("k.name_key", tier.any.iter().flat_map(indexes).collect())
        .scope(scope, "k.org_id")
        .own(scope, "c.id");
    if let Some(and) = &tier.and {
        let values = indexes(and);
        let places = vec!["?"; values.len()].join(", ");
        let condition = format!(
            "EXISTS (SELECT 1 FROM search_keys other WHERE other.name_key IN ({places}) \
             AND other.org_id = k.org_id AND other.customer_id = k.customer_id)"
        );
        select.filter(&condition, values);
    }
    named(db, select, query, limit).await
}

/// Customers in sight who live at an address; at most `limit`.
///
/// # Errors
/// What the database says.
pub async fn list_at_address(
    db: &impl Reads,
    scope: &Scope,
    address: &Address,
    limit: u64,
) -> Result<Vec<Candidate>> {
    let Some(key) = key_of_address(address, Reveal::for_storage()) else {
        return Ok(Vec::new());
    };
    let tier = Tier {
        any: vec![key],
        and: None,
    };
    list_by_keys(db, scope, &tier, None, limit).await
}

/// Customers in sight whose whole name is what was typed without one of its characters; at most `limit`.
///
/// # Errors
/// What the database says.
pub async fn list_by_shorter_names(
    db: &impl Reads,
    scope: &Scope,
    query: &NameQuery,
    limit: u64,
) -> Result<Vec<Candidate>> {
    refresh_keys(db).await?;
    let keys = db.keys();
    let values = query
        .shorter()
        .iter()
        .flat_map(|name| keys.indexes("name", name.reveal(Reveal::for_storage())))
        .map(Value::from)
        .collect();
    let mut select = Select::new("SELECT c.id, c.kind, c.name FROM customers c");
    select
        .filter_in("c.name_index", values)
        .scope_customer(scope)
        .filter(
            "c.erased_at IS NULL AND c.merged_into_id IS NULL",
            Vec::new(),
        );
    named(db, select, Some(query), limit).await
}

async fn named(
    db: &impl Reads,
    mut select: Select,
    query: Option<&NameQuery>,
    limit: u64,
) -> Result<Vec<Candidate>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    select.then("LIMIT ?", params![limit]);
    let keys = db.keys();
    let rows: Vec<CandidateRow> = select.list(db).await?;
    let mut found: Vec<Candidate> = Vec::with_capacity(rows.len());
    for row in rows {
        if found.iter().any(|c| c.id.0 == row.id) {
            continue;
        }
        let kind = CustomerKind::parse(&row.kind).map_err(StoreError::from)?;
        let likeness = match query {
            Some(query) => {
                let name = open_name(keys, row.id, &row.name)?;
                query.likeness(kind, &name, Reveal::for_storage())
            }
            None => None,
        };
        found.push(Candidate {
            id: CustomerId(row.id),
            kind,
            likeness,
        });
    }
    Ok(found)
}
