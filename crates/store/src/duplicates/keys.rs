//! Keys of blocks: keyed hashes of what records of one customer have in common.

use crate::dialect::bulk::{Bulk, Cell, CellType, Row, Table};
use crate::sealing::Keyring;
use crate::sql::{list, millis, params};
use crate::{Reads, Result, StoreError, UnitOfWork};
use domain::customers::{
    Address, CustomerKind, Email, IdNumber, IdType, Landline, Mobile, PersonName, Reveal, Sex,
};
use domain::duplicates::{BlockKind, Known, Profile};
use domain::ids::OrgId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;
use uuid::Uuid;

const SELECT: &str = "SELECT id, kind, name, id_type, id_no, birth_date, sex, mobile, phone, email, address, org_id \
     FROM customers WHERE erased_at IS NULL AND merged_into_id IS NULL AND id";

/// A customer in the form in which it is compared.
#[derive(Clone, Debug)]
pub struct KeyedCustomer {
    /// Its id.
    pub id: Uuid,
    /// What is compared.
    pub profile: Profile,
}

/// Customers of a span, both ids included, in the order of their ids. Who is merged into another or was
/// erased is not among them.
///
/// # Errors
/// What the database says.
pub async fn read_profiles_between(
    bulk: &mut Bulk,
    (low, high): (Uuid, Uuid),
    limit: i64,
) -> Result<Vec<KeyedCustomer>> {
    let sql = format!("{SELECT} >= $1 AND id <= $2 ORDER BY id LIMIT $3");
    let keys = bulk.keyring();
    let cells = [Cell::Id(low), Cell::Id(high), Cell::Int(limit)];
    bulk.query(&sql, &cells, |row| keyed(&keys, row)).await
}

/// Customers by id.
///
/// # Errors
/// What the database says.
pub async fn read_profiles(bulk: &mut Bulk, ids: &[Uuid]) -> Result<Vec<KeyedCustomer>> {
    let sql = format!("{SELECT} IN ({{values}})");
    let keys = bulk.keyring();
    let cells: Vec<_> = ids.iter().map(|id| Cell::Id(*id)).collect();
    bulk.query_in(&sql, &cells, |row| keyed(&keys, row)).await
}

/// Customers for an estimate: those of pairs, and the newest.
///
/// # Errors
/// What the database says.
pub async fn sample_ids(bulk: &mut Bulk, limit: i64) -> Result<Vec<Uuid>> {
    let half = [Cell::Int(limit / 4)];
    let id = |row: Row<'_>| row.id(0);
    let mut ids = Vec::new();
    for column in ["low_id", "high_id"] {
        let sql = format!("SELECT {column} FROM duplicate_pairs ORDER BY id DESC LIMIT $1");
        ids.extend(bulk.query(&sql, &half, id).await?);
    }
    let sql = "SELECT id FROM customers WHERE erased_at IS NULL AND merged_into_id IS NULL ORDER BY id DESC LIMIT $1";
    ids.extend(bulk.query(sql, &[Cell::Int(limit / 2)], id).await?);
    let mut ids: Vec<Uuid> = ids.into_iter().flatten().collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

fn keyed(keys: &Keyring, row: Row<'_>) -> Result<KeyedCustomer> {
    let id = row.id(0)?.unwrap_or_default();
    let open = |column: &str, at: usize| -> Result<Option<String>> {
        let sealed = row.bytes(at)?.filter(|sealed| !sealed.is_empty());
        sealed
            .map(|s| keys.open(&format!("customers.{column}"), id, &s))
            .transpose()
    };
    let name = PersonName::from_stored(open("name", 2)?.unwrap_or_default());
    let id_no = open("id_no", 4)?.map(IdNumber::from_stored);
    let mobile = open("mobile", 7)?.map(Mobile::from_stored);
    let phone = open("phone", 8)?.map(Landline::from_stored);
    let email = open("email", 9)?.map(Email::from_stored);
    let address = open("address", 10)?.map(Address::from_stored);
    let known = Known {
        kind: CustomerKind::parse(&row.text(1)?.unwrap_or_default())?,
        name: &name,
        id_type: row.text(3)?.map(|t| IdType::parse(&t)).transpose()?,
        id_no: id_no.as_ref(),
        birth_date: row.date(5)?,
        sex: row.text(6)?.map(|t| Sex::parse(&t)).transpose()?,
        mobile: mobile.as_ref(),
        phone: phone.as_ref(),
        email: email.as_ref(),
        address: address.as_ref(),
        unit: OrgId(row.id(11)?.unwrap_or_default()),
    };
    Ok(KeyedCustomer {
        id,
        profile: Profile::of(&known),
    })
}

static KEYS: Table = Table {
    name: "duplicate_keys",
    columns: &[("hash", CellType::Int), ("customer_id", CellType::Id)],
};

/// Writes the keys of the customers of a span anew. Gives the hashes with what they are of.
///
/// # Errors
/// What the database says.
pub async fn replace_keys(
    bulk: &mut Bulk,
    (low, high): (Uuid, Uuid),
    customers: &[KeyedCustomer],
) -> Result<BTreeMap<i64, BlockKind>> {
    let sql = "DELETE FROM duplicate_keys WHERE customer_id >= $1 AND customer_id <= $2";
    bulk.execute(sql, &[Cell::Id(low), Cell::Id(high)]).await?;
    let keys = bulk.keyring();
    let mut kinds = BTreeMap::new();
    let mut cells = Vec::new();
    for customer in customers {
        let mut own = Vec::new();
        for block in customer.profile.blocks() {
            let kind = format!("duplicate.{}", block.kind);
            let hash = keys.index(&kind, block.text(Reveal::for_storage()));
            if own.contains(&hash) {
                continue;
            }
            own.push(hash);
            kinds.insert(hash, block.kind);
            cells.extend([Cell::Int(hash), Cell::Id(customer.id)]);
        }
    }
    bulk.insert(&KEYS, &cells).await?;
    Ok(kinds)
}

/// A key and how many customers have it.
pub type BlockRow = (i64, i64);

/// Keys that more than one customer has, with how many have them.
///
/// # Errors
/// What the database says.
pub async fn count_blocks(bulk: &mut Bulk, hashes: &[i64]) -> Result<Vec<BlockRow>> {
    let sql = "SELECT hash, COUNT(*) FROM duplicate_keys WHERE hash IN ({values}) GROUP BY hash HAVING COUNT(*) > 1";
    let cells: Vec<_> = hashes.iter().map(|hash| Cell::Int(*hash)).collect();
    let map = |row: Row<'_>| {
        Ok((
            row.int(0)?.unwrap_or_default(),
            row.int(1)?.unwrap_or_default(),
        ))
    };
    bulk.query_in(sql, &cells, map).await
}

/// Who has the keys: key and customer, in that order.
///
/// # Errors
/// What the database says.
pub async fn read_members(bulk: &mut Bulk, hashes: &[i64]) -> Result<Vec<(i64, Uuid)>> {
    let sql = "SELECT hash, customer_id FROM duplicate_keys WHERE hash IN ({values}) ORDER BY hash, customer_id";
    let cells: Vec<_> = hashes.iter().map(|hash| Cell::Int(*hash)).collect();
    let map = |row: Row<'_>| {
        Ok((
            row.int(0)?.unwrap_or_default(),
            row.id(1)?.unwrap_or_default(),
        ))
    };
    bulk.query_in(sql, &cells, map).await
}

static BLOCKS: Table = Table {
    name: "duplicate_blocks",
    columns: &[
        ("hash", CellType::Int),
        ("kind", CellType::Text),
        ("customers", CellType::Int),
        ("seen_at", CellType::Int),
    ],
};

/// Keeps which keys too many customers have to be compared; keys that were too large before and are not any
/// more are forgotten.
///
/// # Errors
/// What the database says.
pub async fn note_oversized(
    bulk: &mut Bulk,
    seen: &[i64],
    oversized: &[(i64, BlockKind, i64)],
) -> Result<()> {
    for chunk in seen.chunks(5_000) {
        let places: Vec<_> = (1..=chunk.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "DELETE FROM duplicate_blocks WHERE hash IN ({})",
            places.join(", ")
        );
        let cells: Vec<_> = chunk.iter().map(|hash| Cell::Int(*hash)).collect();
        bulk.execute(&sql, &cells).await?;
    }
    let now = millis(bulk.now());
    let mut cells = Vec::new();
    for (hash, kind, customers) in oversized {
        cells.extend([
            Cell::Int(*hash),
            Cell::Code(kind.as_str()),
            Cell::Int(*customers),
            Cell::Int(now),
        ]);
    }
    bulk.insert(&BLOCKS, &cells).await
}

/// Forgets which keys are too large, because all of them are worked out anew.
///
/// # Errors
/// What the database says.
pub async fn forget_oversized(work: &UnitOfWork) -> Result<()> {
    let sql = "DELETE FROM duplicate_blocks";
    work.execute(sql, Vec::new()).await.map(|_| ())
}

/// As [`forget_oversized`], among streaming work.
///
/// # Errors
/// What the database says.
pub async fn forget_oversized_in_bulk(bulk: &mut Bulk) -> Result<()> {
    let sql = "DELETE FROM duplicate_blocks";
    bulk.execute(sql, &[]).await.map(|_| ())
}

/// Keys that too many customers have.
#[derive(Clone, Debug)]
pub struct OversizedBlock {
    /// What they have in common.
    pub kind: BlockKind,
    /// How many keys of the kind.
    pub blocks: i64,
    /// Customers of the largest.
    pub largest: i64,
    /// When the newest was seen.
    pub seen_at: Instant,
}

#[derive(FromQueryResult)]
struct OversizedRow {
    kind: String,
    blocks: i64,
    largest: i64,
    seen_at: i64,
}

/// Keys that too many customers have to be compared, by kind. They name nobody.
///
/// # Errors
/// What the database says.
pub async fn list_oversized_blocks(db: &impl Reads) -> Result<Vec<OversizedBlock>> {
    let sql = "SELECT kind, COUNT(*) AS blocks, MAX(customers) AS largest, MAX(seen_at) AS seen_at \
               FROM duplicate_blocks GROUP BY kind ORDER BY kind";
    let rows: Vec<OversizedRow> = list(db, sql, params![]).await?;
    let block = |r: OversizedRow| {
        Ok::<_, StoreError>(OversizedBlock {
            kind: BlockKind::parse(&r.kind)?,
            blocks: r.blocks,
            largest: r.largest,
            seen_at: crate::sql::instant(r.seen_at),
        })
    };
    rows.into_iter().map(block).collect()
}
