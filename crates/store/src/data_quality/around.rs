//! What is compared between customers, and with numbers of the company's own side.

use super::known::Known;
use crate::Result;
use crate::dialect::bulk::{Bulk, Cell};
use chrono::NaiveDate;
use domain::customers::{Address, PersonName};
use domain::data_quality::{NumberOwner, normal_address, surname};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Another customer with the same number or address, as it was examined last.
#[derive(Clone, Copy, Debug)]
pub struct Neighbour {
    /// Id.
    pub id: Uuid,
    /// The key that is shared.
    pub key: i64,
    /// The household, or the surname, by which neighbours are told apart.
    pub apart: i64,
    /// Whether it counts: has policies of its own, where only such customers are counted.
    pub counts: bool,
    /// What was counted when it was examined.
    pub counted: i64,
}

/// Neighbours by mobile number, address, e-mail address.
#[derive(Clone, Debug, Default)]
pub struct Neighbours {
    /// By mobile number; told apart by household.
    pub mobile: Vec<Neighbour>,
    /// By address; told apart by surname.
    pub address: Vec<Neighbour>,
    /// By e-mail address; told apart by surname.
    pub email: Vec<Neighbour>,
}

/// Customers other than those of the chunk (whose states were dropped before) with some keys.
///
/// # Errors
/// What the database says.
pub async fn find_neighbours(
    bulk: &mut Bulk,
    mobile: &[i64],
    address: &[i64],
    email: &[i64],
) -> Result<Neighbours> {
    let mobile_sql = "SELECT id, mobile_key, household_key, holds_policies, mobile_households \
                      FROM information_states WHERE mobile_key IN ({values})";
    let address_sql = "SELECT id, address_key, surname_key, holds_policies, address_families \
                       FROM information_states WHERE address_key IN ({values})";
    let email_sql = "SELECT id, email_key, surname_key, holds_policies, email_families \
                     FROM information_states WHERE email_key IN ({values})";
    Ok(Neighbours {
        mobile: neighbours(bulk, mobile_sql, mobile).await?,
        address: neighbours(bulk, address_sql, address).await?,
        email: neighbours(bulk, email_sql, email).await?,
    })
}

async fn neighbours(bulk: &mut Bulk, sql: &str, keys: &[i64]) -> Result<Vec<Neighbour>> {
    let cells: Vec<Cell> = keys.iter().copied().map(Cell::Int).collect();
    bulk.query_in(sql, &cells, |row| {
        Ok(Neighbour {
            id: row.id(0)?.unwrap_or_default(),
            key: row.int(1)?.unwrap_or_default(),
            apart: row.int(2)?.unwrap_or_default(),
            counts: row.bool(3)?.unwrap_or_default(),
            counted: row.int(4)?.unwrap_or_default(),
        })
    })
    .await
}

/// Whose numbers some indexes are, where they belong to the company's own side.
///
/// # Errors
/// What the database says.
pub async fn find_own(bulk: &mut Bulk, indexes: &[i64]) -> Result<HashMap<i64, NumberOwner>> {
    let cells: Vec<Cell> = indexes.iter().copied().map(Cell::Int).collect();
    let mut own = HashMap::new();
    let sql = "SELECT mobile_index, kind FROM agents WHERE mobile_index IN ({values}) AND status = 'active'";
    let agents = bulk.query_in(sql, &cells, |row| Ok((row.int(0)?, row.text(1)?)));
    for (index, kind) in agents.await? {
        let owner = match kind.as_deref() {
            Some("salesperson") => NumberOwner::Salesperson,
            Some("agency") => NumberOwner::Agency,
            Some("bank_outlet") => NumberOwner::Outlet,
            Some("adjuster") => NumberOwner::Staff,
            // Repair shops are customers too.
            _ => continue,
        };
        own.insert(index.unwrap_or_default(), owner);
    }
    let sql = "SELECT number_index, owner FROM own_numbers WHERE number_index IN ({values})";
    let kept = bulk.query_in(sql, &cells, |row| Ok((row.int(0)?, row.text(1)?)));
    for (index, owner) in kept.await? {
        let owner = NumberOwner::parse(&owner.unwrap_or_default())?;
        own.insert(index.unwrap_or_default(), owner);
    }
    Ok(own)
}

/// A salesperson of an own policy.
#[derive(Clone, Debug)]
pub struct Seller {
    /// Number.
    pub mobile_index: Option<i64>,
    /// Name.
    pub name: String,
}

/// Salespersons by id.
///
/// # Errors
/// What the database says.
pub async fn find_sellers(bulk: &mut Bulk, agents: &[Uuid]) -> Result<HashMap<Uuid, Seller>> {
    let cells: Vec<Cell> = agents.iter().copied().map(Cell::Id).collect();
    let sql = "SELECT id, mobile_index, name FROM agents WHERE id IN ({values})";
    let rows = bulk.query_in(sql, &cells, |row| {
        let seller = Seller {
            mobile_index: row.int(1)?,
            name: row.text(2)?.unwrap_or_default(),
        };
        Ok((row.id(0)?.unwrap_or_default(), seller))
    });
    Ok(rows.await?.into_iter().collect())
}

/// Policyholders whose mobile number is that of an insured who is neither of their household nor of their
/// family, and was born before a day.
///
/// # Errors
/// What the database says.
pub async fn find_insureds_numbers(
    bulk: &mut Bulk,
    holders: &[Known],
    born_before: NaiveDate,
) -> Result<HashSet<Uuid>> {
    let keys = bulk.keyring();
    let known: HashMap<Uuid, &Known> = holders.iter().map(|k| (k.id, k)).collect();
    let cells: Vec<Cell> = holders.iter().map(|k| Cell::Id(k.id)).collect();
    let sql = "SELECT c.id, i.id, i.name, i.address, i.birth_date FROM policies p \
               JOIN customers c ON c.id = p.policyholder_id JOIN customers i ON i.id = p.insured_id \
               WHERE p.policyholder_id IN ({values}) AND i.id <> c.id AND i.mobile_index = c.mobile_index \
               AND i.kind = 'individual' AND c.kind = 'individual' AND i.erased_at IS NULL AND i.merged_into_id IS NULL";
    let rows = bulk.query_in(sql, &cells, |row| {
        let insured = row.id(1)?.unwrap_or_default();
        let open = |at: usize, column: &str| {
            let sealed = row.bytes(at)?;
            sealed.map(|s| keys.open(column, insured, &s)).transpose()
        };
        let name = open(2, "customers.name")?.map(PersonName::from_stored);
        let address = open(3, "customers.address")?.map(Address::from_stored);
        Ok((row.id(0)?.unwrap_or_default(), name, address, row.date(4)?))
    });
    let mut found = HashSet::new();
    for (holder, name, address, born) in rows.await? {
        let Some(holder) = known.get(&holder) else {
            continue;
        };
        let is_minor = born.is_some_and(|b| b >= born_before);
        let same_family =
            name.is_some_and(|n| keys.index("surname", &surname(&n)) == holder.keys.surname);
        let address = address.as_ref().and_then(normal_address);
        let address = address.map(|a| keys.index("address", &a));
        let same_home = address.is_some() && address == holder.keys.address;
        if !(is_minor || same_family || same_home) {
            found.insert(holder.id);
        }
    }
    Ok(found)
}
