//! What imports write beside policies and events.

use crate::Result;
use crate::dialect::bulk::{Bulk, Cell, CellType, Table};
use crate::sql::millis;
use chrono::NaiveDate;
use domain::policies::EventType;
use domain::time;
use std::collections::HashMap;
use uuid::Uuid;

/// A receipt as it became known.
#[derive(Clone, Copy, Debug)]
pub struct NewReceipt {
    /// The policy.
    pub policy: Uuid,
    /// When the policyholder signed.
    pub signed_on: NaiveDate,
    /// When it was entered.
    pub entered_on: Option<NaiveDate>,
    /// Signed electronically.
    pub electronic: Option<bool>,
}

static RECEIPTS: Table = Table {
    name: "receipts",
    columns: &[
        ("id", CellType::Id),
        ("policy_id", CellType::Id),
        ("signed_on", CellType::Date),
        ("entered_on", CellType::Date),
        ("electronic", CellType::Bool),
        ("recorded_at", CellType::Int),
    ],
};

/// Keeps receipts; a corrected one is kept beside the first.
///
/// # Errors
/// What the database says.
pub async fn insert_receipts(bulk: &mut Bulk, receipts: &[NewReceipt]) -> Result<()> {
    let mut cells = Vec::with_capacity(receipts.len() * RECEIPTS.columns.len());
    for receipt in receipts {
        cells.extend([
            Cell::Id(bulk.next_id()),
            Cell::Id(receipt.policy),
            Cell::Date(receipt.signed_on),
            receipt.entered_on.into(),
            receipt.electronic.into(),
            Cell::Int(millis(bulk.now())),
        ]);
    }
    bulk.insert(&RECEIPTS, &cells).await
}

/// An event that a change of status stands for, until an event row says when it happened.
#[derive(Clone, Copy, Debug)]
pub struct StatusEvent {
    /// The policy.
    pub policy: Uuid,
    /// Its policyholder.
    pub customer: Uuid,
    /// What the new status means.
    pub kind: EventType,
    /// The day on which the change became known.
    pub known_on: NaiveDate,
}

static EVENTS: Table = Table {
    name: "events",
    columns: &[
        ("id", CellType::Id),
        ("event_id", CellType::Text),
        ("type", CellType::Text),
        ("source", CellType::Text),
        ("occurred_at", CellType::Int),
        ("occurred_on", CellType::Date),
        ("policy_id", CellType::Id),
        ("customer_id", CellType::Id),
        ("agent_id", CellType::Id),
        ("row_hash", CellType::Int),
        ("created_at", CellType::Int),
        ("updated_at", CellType::Int),
    ],
};

/// Adds the event of a change of status, unless the policy has one of that type already. Gives the
/// id of the new event.
///
/// # Errors
/// What the database says.
pub async fn insert_status_event(bulk: &mut Bulk, event: StatusEvent) -> Result<Option<Uuid>> {
    let sql = "SELECT id FROM events WHERE policy_id = $1 AND type = $2";
    let known = [Cell::Id(event.policy), Cell::Code(event.kind.as_str())];
    if !bulk.query(sql, &known, |row| row.id(0)).await?.is_empty() {
        return Ok(None);
    }
    let id = bulk.next_id();
    let now = millis(bulk.now());
    let at = time::at_in_china(event.known_on, chrono::NaiveTime::MIN);
    let cells = [
        Cell::Id(id),
        Cell::Text(format!("status/{}/{}", event.policy.simple(), event.kind)),
        Cell::Code(event.kind.as_str()),
        Cell::Code("status"),
        Cell::Int(millis(at)),
        Cell::Date(event.known_on),
        Cell::Id(event.policy),
        Cell::Id(event.customer),
        Cell::Null,
        Cell::Int(0),
        Cell::Int(now),
        Cell::Int(now),
    ];
    bulk.insert(&EVENTS, &cells).await?;
    Ok(Some(id))
}

/// Gives the events that stood for a change of status the ids of the event rows that now say when
/// it happened, so that these rows update them.
///
/// # Errors
/// What the database says.
pub async fn adopt_status_events(
    bulk: &mut Bulk,
    rows: &[(Uuid, EventType, String)],
) -> Result<()> {
    let policies: Vec<_> = rows
        .iter()
        .map(|(policy, _, _)| Cell::Id(*policy))
        .collect();
    let sql = "SELECT policy_id, type, id FROM events WHERE source = 'status' AND policy_id IN ({values})";
    let standing: HashMap<(Uuid, String), Uuid> = bulk
        .query_in(sql, &policies, |row| {
            let key = (
                row.id(0)?.unwrap_or_default(),
                row.text(1)?.unwrap_or_default(),
            );
            Ok((key, row.id(2)?.unwrap_or_default()))
        })
        .await?
        .into_iter()
        .collect();
    for (policy, kind, event_id) in rows {
        if let Some(id) = standing.get(&(*policy, kind.as_str().to_owned())) {
            let sql = "UPDATE events SET event_id = $1 WHERE id = $2";
            bulk.execute(sql, &[Cell::Text(event_id.clone()), Cell::Id(*id)])
                .await?;
        }
    }
    Ok(())
}

/// Notes that a salesperson left, or corrects the day. Gives the id of the event.
///
/// # Errors
/// What the database says.
pub async fn put_agent_left(
    bulk: &mut Bulk,
    agent: Uuid,
    code: &str,
    left_on: NaiveDate,
) -> Result<Uuid> {
    let event_id = format!("agent_left/{code}");
    let at = millis(time::at_in_china(left_on, chrono::NaiveTime::MIN));
    let known = bulk
        .query(
            "SELECT id FROM events WHERE event_id = $1 AND type = 'agent_left'",
            &[Cell::Text(event_id.clone())],
            |row| row.id(0),
        )
        .await?;
    let now = millis(bulk.now());
    if let Some(id) = known.into_iter().flatten().next() {
        let sql =
            "UPDATE events SET occurred_at = $1, occurred_on = $2, updated_at = $3 WHERE id = $4";
        bulk.execute(
            sql,
            &[
                Cell::Int(at),
                Cell::Date(left_on),
                Cell::Int(now),
                Cell::Id(id),
            ],
        )
        .await?;
        return Ok(id);
    }
    let id = bulk.next_id();
    let cells = [
        Cell::Id(id),
        Cell::Text(event_id),
        Cell::Code(EventType::AgentLeft.as_str()),
        Cell::Code("status"),
        Cell::Int(at),
        Cell::Date(left_on),
        Cell::Null,
        Cell::Null,
        Cell::Id(agent),
        Cell::Int(0),
        Cell::Int(now),
        Cell::Int(now),
    ];
    bulk.insert(&EVENTS, &cells).await?;
    Ok(id)
}

/// The policies that a salesperson looks after.
///
/// # Errors
/// What the database says.
pub async fn read_policies_of_agent(bulk: &mut Bulk, agent: Uuid) -> Result<Vec<Uuid>> {
    let sql = "SELECT id FROM policies WHERE agent_id = $1";
    let ids = bulk.query(sql, &[Cell::Id(agent)], |row| row.id(0)).await?;
    Ok(ids.into_iter().flatten().collect())
}
