//! The history of a visit.

use super::{open, seal};
use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::ids::VisitId;
use domain::time::Instant;
use domain::visits::VisitState;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A line of a visit's history.
#[derive(Clone, Debug)]
pub struct VisitEntryRow {
    /// When.
    pub at: Instant,
    /// Who.
    pub actor_name: String,
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
struct Row {
    id: Uuid,
    at: i64,
    actor_name: String,
    step: String,
    from_state: String,
    to_state: String,
    note: Option<Vec<u8>>,
}

/// The history of a visit in sight, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_visit_entries(
    db: &impl Reads,
    scope: &Scope,
    visit: VisitId,
) -> Result<Vec<VisitEntryRow>> {
    let mut select = Select::new(
        "SELECT e.id, e.at, e.actor_name, e.step, e.from_state, e.to_state, e.note FROM visit_entries e \
         JOIN visits v ON v.id = e.visit_id",
    );
    select.scope(scope, "v.org_id");
    if let Some(user) = scope.own_list_of() {
        select.filter(
            "(v.visitor_id = ? OR v.requested_by = ? OR v.callback_id IN \
             (SELECT own.id FROM callbacks own WHERE own.assignee_id = ?))",
            params![user.0, user.0, user.0],
        );
    }
    select.filter("e.visit_id = ?", params![visit.0]);
    select.then("ORDER BY e.id LIMIT 500", Vec::new());
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter()
        .map(|r| {
            Ok(VisitEntryRow {
                note: open(db.keys(), "visit_entries.note", r.id, r.note)?,
                at: instant(r.at),
                actor_name: r.actor_name,
                step: r.step,
                from_state: r.from_state,
                to_state: r.to_state,
            })
        })
        .collect()
}

/// Adds a line to the history of a visit.
///
/// # Errors
/// What the database says.
pub async fn insert_visit_entry(
    work: &UnitOfWork,
    visit: VisitId,
    actor: &str,
    step: &str,
    (from, to): (Option<VisitState>, VisitState),
    note: Option<&str>,
) -> Result<()> {
    let id = work.next_id();
    let note = seal(work.keys(), "visit_entries.note", id, note)?;
    let sql = "INSERT INTO visit_entries (id, visit_id, at, actor_name, step, from_state, to_state, note) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        id,
        visit.0,
        millis(work.now()),
        actor,
        step,
        from.map_or("", VisitState::as_str),
        to.as_str(),
        note,
    ];
    work.execute(sql, values).await.map(|_| ())
}
