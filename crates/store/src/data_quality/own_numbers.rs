//! Numbers of the company's own side: of staff, salespersons, agencies, outlets. No customer has one.

use super::known::digits;
use crate::sql::{Page, PageKey, Select, find, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::customers::{Landline, Reveal};
use domain::data_quality::NumberOwner;
use domain::ids::OrgId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// An own number.
#[derive(Clone, Debug)]
pub struct OwnNumberRow {
    /// Id.
    pub id: Uuid,
    /// The number, masked by its type.
    pub number: Landline,
    /// Whose it is.
    pub owner: NumberOwner,
    /// What it is for.
    pub label: String,
    /// Unit.
    pub org_name: String,
    /// Who added it.
    pub added_by_name: String,
    /// When.
    pub added_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    number: Vec<u8>,
    owner: String,
    label: String,
    org_name: String,
    added_by_name: String,
    added_at: i64,
}

/// Own numbers of the units in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_own_numbers(
    db: &impl Reads,
    scope: &Scope,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<OwnNumberRow>> {
    let mut select = Select::new(
        "SELECT n.id, n.number, n.owner, n.label, o.name AS org_name, n.added_by_name, n.added_at \
         FROM own_numbers n JOIN orgs o ON o.id = n.org_id",
    );
    select.scope(scope, "n.org_id");
    // They are nobody's work.
    if scope.own_list_of().is_some() {
        select.filter("1 = 0", Vec::new());
    }
    select.page_by_id("n.id", true, after, limit);
    let rows: Vec<Row> = select.list(db).await?;
    let mut numbers = Vec::with_capacity(rows.len());
    for r in rows {
        let plain = db.keys().open("own_numbers.number", r.id, &r.number)?;
        numbers.push(OwnNumberRow {
            id: r.id,
            number: Landline::from_stored(plain),
            owner: NumberOwner::parse(&r.owner)?,
            label: r.label,
            org_name: r.org_name,
            added_by_name: r.added_by_name,
            added_at: instant(r.added_at),
        });
    }
    Ok(Page::cut_by_id(numbers, limit, |r: &OwnNumberRow| r.id))
}

/// Adds an own number and asks for the customers with it to be examined again.
///
/// # Errors
/// What the database says.
pub async fn insert_own_number(
    work: &UnitOfWork,
    org: OrgId,
    number: &Landline,
    owner: NumberOwner,
    label: &str,
    by: &str,
) -> Result<Uuid> {
    let id = work.next_id();
    let keys = work.keys();
    let plain = digits(number.reveal(Reveal::for_storage()));
    let index = keys.index("mobile", &plain);
    let sql = "INSERT INTO own_numbers (id, number, number_index, owner, label, org_id, added_by_name, added_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        id,
        keys.seal("own_numbers.number", id, &plain)?,
        index,
        owner.as_str(),
        label,
        org.0,
        by,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    ask_again(work, &plain).await?;
    Ok(id)
}

#[derive(FromQueryResult)]
struct NumberRow {
    number: Vec<u8>,
}

/// Whether an own number is in sight.
///
/// # Errors
/// What the database says.
pub async fn has_own_number(db: &impl Reads, scope: &Scope, id: Uuid) -> Result<bool> {
    let mut select = Select::new("SELECT COUNT(*) AS n FROM own_numbers n");
    select
        .scope(scope, "n.org_id")
        .filter("n.id = ?", params![id]);
    if scope.own_list_of().is_some() {
        select.filter("1 = 0", Vec::new());
    }
    Ok(select.count(db).await? > 0)
}

/// Takes an own number off the list.
///
/// # Errors
/// [`crate::StoreError::Missing`] when there is none.
pub async fn delete_own_number(work: &UnitOfWork, id: Uuid) -> Result<()> {
    let sql = "SELECT number FROM own_numbers WHERE id = $1";
    let row: Option<NumberRow> = find(work, sql, params![id]).await?;
    let row = row.ok_or(crate::StoreError::Missing)?;
    let plain = work.keys().open("own_numbers.number", id, &row.number)?;
    work.execute_one("DELETE FROM own_numbers WHERE id = $1", params![id])
        .await?;
    ask_again(work, &plain).await
}

#[derive(FromQueryResult)]
struct CustomerRow {
    id: Uuid,
    phone: Option<Vec<u8>>,
}

/// Asks for customers with a number to be examined again. Landlines are written in many ways: those with the
/// index of the digits, or of the digits with a hyphen after the area code.
async fn ask_again(work: &UnitOfWork, plain: &str) -> Result<()> {
    let keys = work.keys();
    let mut ways = vec![plain.to_owned()];
    for area in [3, 4] {
        if let Some((head, tail)) = plain.split_at_checked(area) {
            ways.push(format!("{head}-{tail}"));
        }
    }
    let phones = ways.iter().flat_map(|w| keys.indexes("phone", w));
    let mut select = Select::new("SELECT c.id, c.phone FROM customers c");
    select.filter_in("c.phone_index", phones.map(Into::into).collect());
    let mut found: Vec<CustomerRow> = select.list(work).await?;
    found.retain(|r| r.phone.is_some());
    let mut select = Select::new("SELECT c.id, c.phone FROM customers c");
    let mobiles = keys.indexes("mobile", plain);
    select.filter_in(
        "c.mobile_index",
        mobiles.into_iter().map(Into::into).collect(),
    );
    found.extend(select.list::<CustomerRow>(work).await?);
    for row in found {
        let sql = "INSERT INTO derivations (derived, id, subject, low, high) VALUES ('quality', $1, 'customers', $2, $2)";
        work.execute(sql, params![work.next_id(), row.id]).await?;
    }
    Ok(())
}
