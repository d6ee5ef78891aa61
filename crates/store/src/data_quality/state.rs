//! How the information of each customer stands.

use super::completions::{ToFollow, joined, parted};
use super::known::Keys;
use crate::dialect::bulk::{Bulk, Cell, CellType, Table};
use crate::sql::{Select, instant, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::CustomerId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use std::collections::HashMap;
use uuid::Uuid;

/// How the information of a customer stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateRow {
    /// The customer.
    pub id: Uuid,
    /// Unit.
    pub org: Uuid,
    /// Salesperson of the newest policy.
    pub agent: Option<Uuid>,
    /// Channel of the newest policy.
    pub channel: Option<String>,
    /// Completeness, 0 to 100.
    pub completeness: i64,
    /// Truth, 0 to 100.
    pub truth: i64,
    /// Mandatory fields that are missing.
    pub mandatory_missing: i64,
    /// Wanted fields that are missing.
    pub wanted_missing: i64,
    /// Findings against the truth that block.
    pub untrue: i64,
    /// Findings against the truth to be cleared up.
    pub doubtful: i64,
    /// The document has expired.
    pub document_expired: bool,
    /// Something open keeps underwriting and policy changes from passing.
    pub is_blocked: bool,
    /// The customer has own policies.
    pub holds_policies: bool,
    /// By what the customer is compared.
    pub keys: Keys,
    /// Households with the mobile number.
    pub mobile_households: i64,
    /// Families at the address.
    pub address_families: i64,
    /// Families with the e-mail address.
    pub email_families: i64,
    /// When the information was verified last.
    pub verified_on: Option<NaiveDate>,
    /// By when it is to be verified.
    pub verify_by: NaiveDate,
    /// What is to be completed after an event; nothing when the file is complete.
    pub to_complete: Option<ToFollow>,
    /// When time alone may change something.
    pub look_again_on: Option<NaiveDate>,
    /// When it was examined.
    pub examined_at: Instant,
}

static STATES: Table = Table {
    name: "information_states",
    columns: &[
        ("id", CellType::Id),
        ("org_id", CellType::Id),
        ("agent_id", CellType::Id),
        ("channel", CellType::Text),
        ("completeness", CellType::Int),
        ("truth", CellType::Int),
        ("mandatory_missing", CellType::Int),
        ("wanted_missing", CellType::Int),
        ("untrue", CellType::Int),
        ("doubtful", CellType::Int),
        ("document_expired", CellType::Bool),
        ("is_blocked", CellType::Bool),
        ("holds_policies", CellType::Bool),
        ("mobile_key", CellType::Int),
        ("email_key", CellType::Int),
        ("address_key", CellType::Int),
        ("household_key", CellType::Int),
        ("surname_key", CellType::Int),
        ("mobile_households", CellType::Int),
        ("address_families", CellType::Int),
        ("email_families", CellType::Int),
        ("verified_on", CellType::Date),
        ("verify_by", CellType::Date),
        ("complete_by", CellType::Date),
        ("complete_event_id", CellType::Id),
        ("complete_facts", CellType::Text),
        ("look_again_on", CellType::Date),
        ("examined_at", CellType::Int),
    ],
};

/// What an earlier examination kept.
#[derive(Clone, Copy, Debug, Default)]
pub struct OldState {
    /// By what the customer was compared.
    pub keys: Keys,
    /// Households with the mobile number.
    pub mobile_households: i64,
    /// Families at the address.
    pub address_families: i64,
    /// Families with the e-mail address.
    pub email_families: i64,
}

/// What earlier examinations of some customers kept.
///
/// # Errors
/// What the database says.
pub async fn read_old_states(bulk: &mut Bulk, ids: &[Uuid]) -> Result<HashMap<Uuid, OldState>> {
    let cells: Vec<Cell> = ids.iter().copied().map(Cell::Id).collect();
    let sql = "SELECT id, mobile_key, email_key, address_key, household_key, surname_key, mobile_households, \
               address_families, email_families FROM information_states WHERE id IN ({values})";
    let rows = bulk.query_in(sql, &cells, |row| {
        let number = |at| row.int(at).map(Option::unwrap_or_default);
        let keys = Keys {
            mobile: row.int(1)?,
            email: row.int(2)?,
            address: row.int(3)?,
            household: number(4)?,
            surname: number(5)?,
        };
        let state = OldState {
            keys,
            mobile_households: number(6)?,
            address_families: number(7)?,
            email_families: number(8)?,
        };
        Ok((row.id(0)?.unwrap_or_default(), state))
    });
    Ok(rows.await?.into_iter().collect())
}

/// Drops how customers stood; what they stand at now follows in the same transaction.
///
/// # Errors
/// What the database says.
pub async fn drop_states(bulk: &mut Bulk, ids: &[Uuid]) -> Result<()> {
    for chunk in ids.chunks(500) {
        let places: Vec<_> = (1..=chunk.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "DELETE FROM information_states WHERE id IN ({})",
            places.join(", ")
        );
        let cells: Vec<Cell> = chunk.iter().copied().map(Cell::Id).collect();
        bulk.execute(&sql, &cells).await?;
    }
    Ok(())
}

/// Writes how customers stand.
///
/// # Errors
/// What the database says.
pub async fn insert_states(bulk: &mut Bulk, states: &[StateRow]) -> Result<()> {
    let mut cells = Vec::with_capacity(states.len() * STATES.columns.len());
    for s in states {
        cells.extend([
            Cell::Id(s.id),
            Cell::Id(s.org),
            Cell::from(s.agent),
            Cell::from(s.channel.clone()),
            Cell::Int(s.completeness),
            Cell::Int(s.truth),
            Cell::Int(s.mandatory_missing),
            Cell::Int(s.wanted_missing),
            Cell::Int(s.untrue),
            Cell::Int(s.doubtful),
            Cell::Bool(s.document_expired),
            Cell::Bool(s.is_blocked),
            Cell::Bool(s.holds_policies),
            Cell::from(s.keys.mobile),
            Cell::from(s.keys.email),
            Cell::from(s.keys.address),
            Cell::Int(s.keys.household),
            Cell::Int(s.keys.surname),
            Cell::Int(s.mobile_households),
            Cell::Int(s.address_families),
            Cell::Int(s.email_families),
            Cell::from(s.verified_on),
            Cell::Date(s.verify_by),
            Cell::from(s.to_complete.as_ref().map(|c| c.by)),
            Cell::from(s.to_complete.as_ref().map(|c| c.event)),
            Cell::from(s.to_complete.as_ref().map(|c| joined(&c.facts))),
            Cell::from(s.look_again_on),
            Cell::Int(crate::sql::millis(s.examined_at)),
        ]);
    }
    bulk.insert(&STATES, &cells).await
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    org_id: Uuid,
    agent_id: Option<Uuid>,
    channel: Option<String>,
    completeness: i64,
    truth: i64,
    mandatory_missing: i64,
    wanted_missing: i64,
    untrue: i64,
    doubtful: i64,
    document_expired: bool,
    is_blocked: bool,
    holds_policies: bool,
    mobile_key: Option<i64>,
    email_key: Option<i64>,
    address_key: Option<i64>,
    household_key: i64,
    surname_key: i64,
    mobile_households: i64,
    address_families: i64,
    email_families: i64,
    verified_on: Option<NaiveDate>,
    verify_by: NaiveDate,
    complete_by: Option<NaiveDate>,
    complete_event_id: Option<Uuid>,
    complete_facts: Option<String>,
    look_again_on: Option<NaiveDate>,
    examined_at: i64,
}

/// How the information of a customer in sight stands; nothing before the first examination.
///
/// # Errors
/// What the database says.
pub async fn find_state(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Option<StateRow>> {
    let mut select =
        Select::new("SELECT s.* FROM information_states s JOIN customers c ON c.id = s.id");
    select
        .scope_customer(scope)
        .filter("s.id = ?", params![customer.0]);
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().next().map(state).transpose()
}

fn state(r: Row) -> Result<StateRow> {
    let codes = r.complete_facts.as_deref().unwrap_or_default();
    let facts = parted(codes)?;
    let to_complete = r.complete_by.zip(r.complete_event_id);
    Ok(StateRow {
        id: r.id,
        org: r.org_id,
        agent: r.agent_id,
        channel: r.channel,
        completeness: r.completeness,
        truth: r.truth,
        mandatory_missing: r.mandatory_missing,
        wanted_missing: r.wanted_missing,
        untrue: r.untrue,
        doubtful: r.doubtful,
        document_expired: r.document_expired,
        is_blocked: r.is_blocked,
        holds_policies: r.holds_policies,
        keys: Keys {
            mobile: r.mobile_key,
            email: r.email_key,
            address: r.address_key,
            household: r.household_key,
            surname: r.surname_key,
        },
        mobile_households: r.mobile_households,
        address_families: r.address_families,
        email_families: r.email_families,
        verified_on: r.verified_on,
        verify_by: r.verify_by,
        to_complete: to_complete.map(|(by, event)| ToFollow { event, by, facts }),
        look_again_on: r.look_again_on,
        examined_at: instant(r.examined_at),
    })
}
