//! The history of a ticket.

use super::filter::in_sight;
use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::ids::{OrgId, TicketId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A line of a ticket's history.
#[derive(Clone, Debug)]
pub struct TicketEntryRow {
    /// When.
    pub at: Instant,
    /// Who.
    pub actor_name: String,
    /// Name of the unit of who it was.
    pub unit: Option<String>,
    /// What.
    pub step: String,
    /// State before.
    pub from_state: String,
    /// State after.
    pub to_state: String,
    /// What was noted.
    pub note: Option<String>,
}

#[derive(FromQueryResult)]
struct EntryDbRow {
    id: Uuid,
    at: i64,
    actor_name: String,
    unit: Option<String>,
    step: String,
    from_state: String,
    to_state: String,
    note: Option<Vec<u8>>,
}

/// The history of a ticket in sight, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_ticket_entries(
    db: &impl Reads,
    scope: &Scope,
    ticket: TicketId,
) -> Result<Vec<TicketEntryRow>> {
    let mut select = Select::new(
        "SELECT e.id, e.at, e.actor_name, x.name AS unit, e.step, e.from_state, e.to_state, e.note FROM ticket_entries e \
         JOIN tickets t ON t.id = e.ticket_id LEFT JOIN orgs x ON x.id = e.org_id",
    );
    in_sight(&mut select, scope);
    select.filter("e.ticket_id = ?", params![ticket.0]);
    select.then("ORDER BY e.id LIMIT 500", Vec::new());
    let keys = db.keys();
    let rows: Vec<EntryDbRow> = select.list(db).await?;
    rows.into_iter()
        .map(|r| {
            Ok(TicketEntryRow {
                note: r
                    .note
                    .map(|n| keys.open("ticket_entries.note", r.id, &n))
                    .transpose()?,
                at: instant(r.at),
                actor_name: r.actor_name,
                unit: r.unit,
                step: r.step,
                from_state: r.from_state,
                to_state: r.to_state,
            })
        })
        .collect()
}

/// A line to add to the history of a ticket.
#[derive(Clone, Copy, Debug)]
pub struct NewTicketEntry<'e> {
    /// Name of who it was.
    pub actor: &'e str,
    /// Unit of who it was.
    pub unit: Option<OrgId>,
    /// What.
    pub step: &'e str,
    /// State before.
    pub from: &'e str,
    /// State after.
    pub to: &'e str,
    /// What was noted.
    pub note: Option<&'e str>,
}

/// Adds a line to the history of a ticket.
///
/// # Errors
/// What the database says.
pub async fn insert_ticket_entry(
    work: &UnitOfWork,
    ticket: TicketId,
    entry: &NewTicketEntry<'_>,
) -> Result<()> {
    let id = work.next_id();
    let sealed = entry
        .note
        .map(|n| work.keys().seal("ticket_entries.note", id, n))
        .transpose()?;
    let sql = "INSERT INTO ticket_entries (id, ticket_id, at, actor_name, step, from_state, to_state, note, org_id) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = params![
        id,
        ticket.0,
        millis(work.now()),
        entry.actor,
        entry.step,
        entry.from,
        entry.to,
        sealed,
        entry.unit.map(|u| u.0),
    ];
    work.execute(sql, values).await.map(|_| ())
}
