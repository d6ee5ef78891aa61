//! Slips of sales visits, gatherings, surveys and campaigns: records with a term of their own, whoever they are
//! about.

use crate::sql::{Select, end_of_day, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::{OrgPath, Scope};
use domain::ids::CustomerId;
use domain::retention::RecordKind;
use domain::time;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A record with what its term is computed from.
#[derive(Clone, Debug)]
pub struct KeptRecord {
    /// Its id.
    pub id: Uuid,
    /// Customers of the register whom it is about; none for prospects.
    pub customers: Vec<CustomerId>,
    /// Unit.
    pub org: Uuid,
    /// Path of the unit.
    pub org_path: OrgPath,
    /// The day on which it was made.
    pub made_on: NaiveDate,
    /// Something is still to be done about it.
    pub is_open: bool,
}

/// Which records.
#[derive(Clone, Copy, Debug)]
pub enum WhichRecords {
    /// This one.
    One(Uuid),
    /// Made until this day; ids after one.
    MadeBy(NaiveDate, Option<Uuid>),
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer_id: Option<Uuid>,
    org_id: Uuid,
    org_path: String,
    made_at: i64,
    is_open: bool,
}

#[derive(FromQueryResult)]
struct AboutRow {
    record_id: Uuid,
    customer_id: Uuid,
}

/// Reads whom records between two ids are about. Of surveys and campaigns, which go to thousands, only those are
/// read for whom something is held.
fn customers_of(kind: RecordKind) -> Option<&'static str> {
    Some(match kind {
        RecordKind::Gathering => {
            "SELECT gathering_id AS record_id, customer_id FROM gathering_participants \
             WHERE gathering_id >= $1 AND gathering_id <= $2"
        }
        RecordKind::Survey => {
            "SELECT survey_id AS record_id, customer_id FROM survey_invitations WHERE survey_id >= $1 \
             AND survey_id <= $2 AND customer_id IN (SELECT customer_id FROM legal_holds WHERE lifted_at IS NULL)"
        }
        RecordKind::Campaign => {
            "SELECT campaign_id AS record_id, customer_id FROM campaign_members WHERE campaign_id >= $1 \
             AND campaign_id <= $2 AND customer_id IN (SELECT customer_id FROM legal_holds WHERE lifted_at IS NULL)"
        }
        _ => return None,
    })
}

/// What was not destroyed yet, in the order of ids; nothing for kinds that have no term of their own.
///
/// # Errors
/// What the database says.
pub async fn list_kept_records(
    db: &impl Reads,
    scope: &Scope,
    kind: RecordKind,
    which: WhichRecords,
    limit: i64,
) -> Result<Vec<KeptRecord>> {
    // Retention is no work of people who see their own list alone.
    if scope.own_list_of().is_some() {
        return Ok(Vec::new());
    }
    let (text, made) = match kind {
        RecordKind::SalesVisit => (
            "SELECT r.id, r.customer_id, r.org_id, o.path AS org_path, COALESCE(r.ended_at, r.registered_at) AS made_at, \
             r.is_open FROM field_slips r JOIN orgs o ON o.id = r.org_id",
            "COALESCE(r.ended_at, r.registered_at) < ?",
        ),
        RecordKind::Gathering => (
            "SELECT r.id, NULLIF(r.id, r.id) AS customer_id, r.org_id, o.path AS org_path, r.begins_at AS made_at, \
             r.state = 'planned' AS is_open FROM gatherings r JOIN orgs o ON o.id = r.org_id",
            "r.begins_at < ?",
        ),
        RecordKind::Survey => (
            "SELECT r.id, NULLIF(r.id, r.id) AS customer_id, r.org_id, o.path AS org_path, r.updated_at AS made_at, \
             r.state NOT IN ('archived', 'rejected') AS is_open FROM surveys r JOIN orgs o ON o.id = r.org_id",
            "r.updated_at < ?",
        ),
        RecordKind::Campaign => (
            "SELECT r.id, NULLIF(r.id, r.id) AS customer_id, r.org_id, o.path AS org_path, r.updated_at AS made_at, \
             r.state NOT IN ('closed', 'cancelled') AS is_open FROM campaigns r JOIN orgs o ON o.id = r.org_id",
            "r.updated_at < ?",
        ),
        _ => return Ok(Vec::new()),
    };
    let mut select = Select::new(text);
    select.scope(scope, "r.org_id");
    select.filter("r.destroyed_at IS NULL", Vec::new());
    match which {
        WhichRecords::One(id) => {
            select.filter("r.id = ?", params![id]);
        }
        WhichRecords::MadeBy(day, after) => {
            select.filter(made, params![end_of_day(day)]);
            if let Some(after) = after {
                select.filter("r.id > ?", params![after]);
            }
        }
    }
    select.then("ORDER BY r.id LIMIT ?", params![limit]);
    let rows: Vec<Row> = select.list(db).await?;
    let mut records: Vec<_> = rows.into_iter().map(record).collect();
    if let Some(sql) = customers_of(kind) {
        add_customers(db, sql, &mut records).await?;
    }
    Ok(records)
}

fn record(r: Row) -> KeptRecord {
    KeptRecord {
        id: r.id,
        customers: r.customer_id.map(CustomerId).into_iter().collect(),
        org: r.org_id,
        org_path: OrgPath::from_stored(r.org_path),
        made_on: time::date_in_china(instant(r.made_at)),
        is_open: r.is_open,
    }
}

async fn add_customers(db: &impl Reads, sql: &str, records: &mut [KeptRecord]) -> Result<()> {
    let (Some(first), Some(last)) = (records.first(), records.last()) else {
        return Ok(());
    };
    let all: Vec<AboutRow> = list(db, sql, params![first.id, last.id]).await?;
    for record in records {
        let own = all.iter().filter(|a| a.record_id == record.id);
        record.customers = own.map(|a| CustomerId(a.customer_id)).collect();
    }
    Ok(())
}

/// Empties a slip: names, numbers and what was said go; that there was a sales visit stays.
///
/// # Errors
/// What the database says.
pub async fn destroy_slip(work: &UnitOfWork, slip: Uuid) -> Result<u64> {
    let sql = "UPDATE field_slips SET customer_name = NULL, contact_name = NULL, contact_phone = NULL, contact_title = '', \
               product_problems = NULL, important = NULL, verification = NULL, cancel_reason = NULL, destroyed_at = $2, \
               updated_at = $2, version = version + 1 WHERE id = $1 AND destroyed_at IS NULL";
    work.execute(sql, params![slip, millis(work.now())]).await
}

/// Empties a gathering: minutes, findings and what participants said go; that it took place stays.
///
/// # Errors
/// What the database says.
pub async fn destroy_gathering(work: &UnitOfWork, gathering: Uuid) -> Result<u64> {
    let said = "UPDATE gathering_participants SET remark = NULL WHERE gathering_id = $1 AND remark IS NOT NULL";
    let rows = work.execute(said, params![gathering]).await?;
    let sql = "UPDATE gatherings SET minutes = NULL, findings = NULL, cancel_reason = NULL, destroyed_at = $2, \
               updated_at = $2, version = version + 1 WHERE id = $1 AND destroyed_at IS NULL";
    let own = work.execute(sql, params![gathering, millis(work.now())]);
    Ok(rows + own.await?)
}

/// Empties a survey: what was answered in words, the report and what was fed back go; figures stay.
///
/// # Errors
/// What the database says.
pub async fn destroy_survey(work: &UnitOfWork, survey: Uuid) -> Result<u64> {
    let words =
        "UPDATE survey_answer_items SET words = NULL WHERE survey_id = $1 AND words IS NOT NULL";
    let rows = work.execute(words, params![survey]).await?;
    let notes = "UPDATE survey_entries SET note = NULL WHERE survey_id = $1 AND note IS NOT NULL";
    let rows = rows + work.execute(notes, params![survey]).await?;
    let sql = "UPDATE surveys SET report = NULL, feedback = NULL, destroyed_at = $2, updated_at = $2, \
               version = version + 1 WHERE id = $1 AND destroyed_at IS NULL";
    let own = work.execute(sql, params![survey, millis(work.now())]);
    Ok(rows + own.await?)
}

/// Empties a campaign: why each customer was on the list and what was found go; that it took place stays.
///
/// # Errors
/// What the database says.
pub async fn destroy_campaign(work: &UnitOfWork, campaign: Uuid) -> Result<u64> {
    let why = "UPDATE campaign_members SET purpose = NULL, added_reason = NULL, removed_reason = NULL \
               WHERE campaign_id = $1";
    let rows = work.execute(why, params![campaign]).await?;
    let sql = "UPDATE campaigns SET analysis = NULL, destroyed_at = $2, updated_at = $2, \
               version = version + 1 WHERE id = $1 AND destroyed_at IS NULL";
    let own = work.execute(sql, params![campaign, millis(work.now())]);
    Ok(rows + own.await?)
}
