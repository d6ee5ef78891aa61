//! Symposia and satisfaction-survey events with their participants.

use super::{open, seal};
use crate::customers::shown_name;
use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::ids::{CustomerId, GatheringId, OrgId, UserId};
use domain::time::Instant;
use domain::visits::{GatheringKind, GatheringState};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A gathering.
#[derive(Clone, Debug)]
pub struct GatheringRow {
    /// Its id.
    pub id: GatheringId,
    /// Its number.
    pub number: String,
    /// Kind.
    pub kind: GatheringKind,
    /// Where it stands.
    pub state: GatheringState,
    /// Name of the unit.
    pub org_name: String,
    /// Title.
    pub title: String,
    /// Where it takes place.
    pub place: String,
    /// When it begins.
    pub begins_at: Instant,
    /// Who holds it.
    pub host: UserId,
    /// Name of who holds it.
    pub host_name: String,
    /// What was said.
    pub minutes: Option<String>,
    /// What was found.
    pub findings: Option<String>,
    /// Why it did not take place.
    pub cancel_reason: Option<String>,
    /// Participants.
    pub participants: i64,
    /// Participants who were there.
    pub attended: i64,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    number: String,
    kind: String,
    state: String,
    org_name: String,
    title: String,
    place: String,
    begins_at: i64,
    host_id: Uuid,
    host_name: String,
    minutes: Option<Vec<u8>>,
    findings: Option<Vec<u8>>,
    cancel_reason: Option<String>,
    participants: i64,
    attended: i64,
    version: i64,
}

const SELECT: &str = "SELECT g.id, g.number, g.kind, g.state, o.name AS org_name, g.title, g.place, g.begins_at, g.host_id, \
     u.display_name AS host_name, g.minutes, g.findings, g.cancel_reason, \
     (SELECT COUNT(*) FROM gathering_participants p WHERE p.gathering_id = g.id) AS participants, \
     (SELECT COUNT(*) FROM gathering_participants p WHERE p.gathering_id = g.id AND p.attended = TRUE) AS attended, \
     g.version FROM gatherings g JOIN orgs o ON o.id = g.org_id JOIN users u ON u.id = g.host_id";

fn in_sight(select: &mut Select, scope: &Scope) {
    select.scope(scope, "g.org_id");
    if let Some(user) = scope.own_list_of() {
        select.filter("g.host_id = ?", params![user.0]);
    }
}

fn row(db: &impl Reads, r: Row) -> Result<GatheringRow> {
    let text =
        |column: &str, sealed| open(db.keys(), &format!("gatherings.{column}"), r.id, sealed);
    Ok(GatheringRow {
        minutes: text("minutes", r.minutes)?,
        findings: text("findings", r.findings)?,
        kind: GatheringKind::parse(&r.kind)?,
        state: GatheringState::parse(&r.state)?,
        id: GatheringId(r.id),
        number: r.number,
        org_name: r.org_name,
        title: r.title,
        place: r.place,
        begins_at: instant(r.begins_at),
        host: UserId(r.host_id),
        host_name: r.host_name,
        cancel_reason: r.cancel_reason,
        participants: r.participants,
        attended: r.attended,
        version: r.version,
    })
}

/// Gatherings in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_gatherings(
    db: &impl Reads,
    scope: &Scope,
    state: Option<GatheringState>,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<GatheringRow>> {
    let mut select = Select::new(SELECT);
    in_sight(&mut select, scope);
    if let Some(state) = state {
        select.filter("g.state = ?", params![state.as_str()]);
    }
    select.page_by_id("g.id", true, after, limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows: Result<Vec<_>> = rows.into_iter().map(|r| row(db, r)).collect();
    Ok(Page::cut_by_id(rows?, limit, |r| r.id.0))
}

/// A gathering in sight.
///
/// # Errors
/// What the database says.
pub async fn find_gathering(
    db: &impl Reads,
    scope: &Scope,
    id: GatheringId,
) -> Result<Option<GatheringRow>> {
    let mut select = Select::new(SELECT);
    in_sight(&mut select, scope);
    select.filter("g.id = ?", params![id.0]);
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().next().map(|r| row(db, r)).transpose()
}

/// A gathering to announce.
#[derive(Clone, Copy, Debug)]
pub struct NewGathering<'n> {
    /// Its number.
    pub number: &'n str,
    /// Kind.
    pub kind: GatheringKind,
    /// The unit.
    pub org: OrgId,
    /// Title.
    pub title: &'n str,
    /// Where it takes place.
    pub place: &'n str,
    /// When it begins.
    pub begins_at: Instant,
    /// Who holds it.
    pub host: UserId,
}

/// Adds a gathering.
///
/// # Errors
/// What the database says.
pub async fn insert_gathering(work: &UnitOfWork, new: &NewGathering<'_>) -> Result<GatheringId> {
    let id = work.next_id();
    let sql = "INSERT INTO gatherings (id, number, kind, state, org_id, title, place, begins_at, host_id, version, \
               created_at, updated_at) VALUES ($1, $2, $3, 'planned', $4, $5, $6, $7, $8, 1, $9, $9)";
    let values = params![
        id,
        new.number,
        new.kind.as_str(),
        new.org.0,
        new.title,
        new.place,
        millis(new.begins_at),
        new.host.0,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(GatheringId(id))
}

/// Saves minutes and findings, or why a gathering did not take place.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn save_gathering(
    work: &UnitOfWork,
    seen: &GatheringRow,
    state: GatheringState,
    record: Option<(&str, &str)>,
    cancel_reason: Option<&str>,
) -> Result<()> {
    let sealed = |column: &str, text: Option<&str>| {
        seal(
            work.keys(),
            &format!("gatherings.{column}"),
            seen.id.0,
            text,
        )
    };
    let sql = "UPDATE gatherings SET state = $1, minutes = COALESCE($2, minutes), findings = COALESCE($3, findings), \
               cancel_reason = $4, updated_at = $5, version = version + 1 WHERE id = $6 AND version = $7";
    let values = params![
        state.as_str(),
        sealed("minutes", record.map(|(minutes, _)| minutes))?,
        sealed("findings", record.map(|(_, findings)| findings))?,
        cancel_reason,
        millis(work.now()),
        seen.id.0,
        seen.version,
    ];
    work.execute_one(sql, values).await
}

/// A participant of a gathering.
#[derive(Clone, Debug)]
pub struct ParticipantRow {
    /// The customer.
    pub customer_id: CustomerId,
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the customer; of persons masked.
    pub customer_name: String,
    /// Whether the customer was there.
    pub attended: bool,
    /// What the customer said.
    pub remark: Option<String>,
    /// Callbacks that the gathering completed.
    pub callbacks: i64,
}

#[derive(FromQueryResult)]
struct ParticipantDbRow {
    id: Uuid,
    customer_id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    attended: bool,
    remark: Option<Vec<u8>>,
    callbacks: i64,
}

/// Participants of a gathering in sight.
///
/// # Errors
/// What the database says.
pub async fn list_participants(
    db: &impl Reads,
    scope: &Scope,
    gathering: GatheringId,
) -> Result<Vec<ParticipantRow>> {
    let mut select = Select::new(
        "SELECT p.id, p.customer_id, c.customer_no, c.kind AS customer_kind, c.name AS customer_name, p.attended, \
         p.remark, p.callbacks FROM gathering_participants p JOIN gatherings g ON g.id = p.gathering_id \
         JOIN customers c ON c.id = p.customer_id",
    );
    in_sight(&mut select, scope);
    select.filter("p.gathering_id = ?", params![gathering.0]);
    select.then("ORDER BY p.id LIMIT 1000", Vec::new());
    let rows: Vec<ParticipantDbRow> = select.list(db).await?;
    rows.into_iter()
        .map(|r| {
            Ok(ParticipantRow {
                customer_name: shown_name(
                    db.keys(),
                    r.customer_id,
                    &r.customer_kind,
                    &r.customer_name,
                )?,
                remark: open(db.keys(), "gathering_participants.remark", r.id, r.remark)?,
                customer_id: CustomerId(r.customer_id),
                customer_no: r.customer_no,
                attended: r.attended,
                callbacks: r.callbacks,
            })
        })
        .collect()
}

/// Adds a participant; who is one already stays one.
///
/// # Errors
/// What the database says.
pub async fn add_participant(
    work: &UnitOfWork,
    gathering: GatheringId,
    customer: CustomerId,
) -> Result<()> {
    let sql = "INSERT INTO gathering_participants (id, gathering_id, customer_id, attended, callbacks) \
               VALUES ($1, $2, $3, FALSE, 0) ON CONFLICT (gathering_id, customer_id) DO NOTHING";
    let values = params![work.next_id(), gathering.0, customer.0];
    work.execute(sql, values).await.map(|_| ())
}

/// Takes a participant off the list.
///
/// # Errors
/// What the database says.
pub async fn remove_participant(
    work: &UnitOfWork,
    gathering: GatheringId,
    customer: CustomerId,
) -> Result<()> {
    let sql = "DELETE FROM gathering_participants WHERE gathering_id = $1 AND customer_id = $2";
    work.execute(sql, params![gathering.0, customer.0])
        .await
        .map(|_| ())
}

#[derive(FromQueryResult)]
struct IdRow {
    id: Uuid,
}

/// Notes whether a participant was there, what was said, and how many callbacks that completed.
///
/// # Errors
/// What the database says.
pub async fn set_attendance(
    work: &UnitOfWork,
    gathering: GatheringId,
    customer: CustomerId,
    attended: bool,
    remark: Option<&str>,
    callbacks: i64,
) -> Result<()> {
    let sql = "SELECT id FROM gathering_participants WHERE gathering_id = $1 AND customer_id = $2";
    let found: Option<IdRow> =
        crate::sql::find(work, sql, params![gathering.0, customer.0]).await?;
    let Some(IdRow { id }) = found else {
        return Err(crate::StoreError::Missing);
    };
    let remark = seal(work.keys(), "gathering_participants.remark", id, remark)?;
    let sql = "UPDATE gathering_participants SET attended = $1, remark = COALESCE($2, remark), callbacks = $3 WHERE id = $4";
    work.execute_one(sql, params![attended, remark, callbacks, id])
        .await
}
