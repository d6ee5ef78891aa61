//! What the planner writes, in chunks.

use super::kept::{PlannedExclusion, PlannedObligation};
use crate::Result;
use crate::dialect::bulk::{Bulk, Cell, CellType, Table};
use crate::sql::millis;
use chrono::NaiveDate;
use uuid::Uuid;

static OBLIGATIONS: Table = Table {
    name: "obligations",
    columns: &[
        ("id", CellType::Id),
        ("number", CellType::Text),
        ("programme", CellType::Text),
        ("pack_id", CellType::Id),
        ("trigger_type", CellType::Text),
        ("trigger_ref", CellType::Id),
        ("trigger_on", CellType::Date),
        ("customer_id", CellType::Id),
        ("policy_id", CellType::Id),
        ("claim_no", CellType::Text),
        ("adjuster_code", CellType::Text),
        ("respondent", CellType::Text),
        ("org_id", CellType::Id),
        ("extract_on", CellType::Date),
        ("earliest_on", CellType::Date),
        ("due_on", CellType::Date),
        ("right_end_raw_on", CellType::Date),
        ("right_end_on", CellType::Date),
        ("status", CellType::Text),
        ("cancel_reason", CellType::Text),
        ("provisional", CellType::Bool),
        ("facts", CellType::Text),
        ("calendar_id", CellType::Id),
        ("rules_generation", CellType::Int),
        ("run_id", CellType::Id),
        ("created_at", CellType::Int),
        ("updated_at", CellType::Int),
        ("kind", CellType::Text),
    ],
};

static CALLBACKS: Table = Table {
    name: "callbacks",
    columns: &[
        ("id", CellType::Id),
        ("number", CellType::Text),
        ("obligation_id", CellType::Id),
        ("programme", CellType::Text),
        ("customer_id", CellType::Id),
        ("policy_id", CellType::Id),
        ("org_id", CellType::Id),
        ("state", CellType::Text),
        ("is_open", CellType::Bool),
        ("earliest_on", CellType::Date),
        ("due_on", CellType::Date),
        ("language", CellType::Text),
        ("round", CellType::Int),
        ("attempts_in_round", CellType::Int),
        ("attempts_total", CellType::Int),
        ("in_branch", CellType::Bool),
        ("is_recall", CellType::Bool),
        ("contact_uncorrectable", CellType::Bool),
        ("end_reason", CellType::Text),
        ("version", CellType::Int),
        ("created_at", CellType::Int),
        ("updated_at", CellType::Int),
    ],
};

/// An obligation to insert, with the callback that discharges it, if one does.
#[derive(Clone, Debug)]
pub struct NewObligation {
    /// What is owed.
    pub planned: PlannedObligation,
    /// Number of the obligation.
    pub number: String,
    /// Number of the callback; nothing where other work discharges it.
    pub callback_number: Option<String>,
    /// Language in which the customer is served.
    pub language: Option<String>,
}

/// Inserts obligations with their callbacks, decided with a calendar and a set of rules.
///
/// # Errors
/// What the database says.
pub async fn insert_obligations(
    bulk: &mut Bulk,
    run: Uuid,
    (calendar, generation): (Uuid, i64),
    rows: Vec<NewObligation>,
) -> Result<()> {
    let now = Cell::Int(millis(bulk.now()));
    let mut obligations = Vec::with_capacity(rows.len() * OBLIGATIONS.columns.len());
    let mut callbacks = Vec::with_capacity(rows.len() * CALLBACKS.columns.len());
    for new in rows {
        let id = bulk.next_id();
        if let Some(number) = &new.callback_number {
            let own = bulk.next_id();
            callbacks.extend(callback(own, number, id, &new, &now));
        }
        let o = new.planned;
        let void = o.cancel_reason.is_some();
        obligations.extend([
            Cell::Id(id),
            Cell::Text(new.number),
            Cell::Text(o.programme),
            Cell::Id(o.pack),
            Cell::Text(o.trigger_type),
            Cell::Id(o.trigger_ref),
            Cell::Date(o.trigger_on),
            Cell::Id(o.customer),
            o.policy.into(),
            o.claim_no.into(),
            o.adjuster_code.into(),
            Cell::Text(o.respondent),
            Cell::Id(o.org),
            o.extract_on.into(),
            o.earliest_on.into(),
            o.due_on.into(),
            o.right_end_raw_on.into(),
            o.right_end_on.into(),
            Cell::Code(if void { "cancelled" } else { "open" }),
            o.cancel_reason.into(),
            Cell::Bool(o.provisional),
            Cell::Text(o.facts),
            Cell::Id(calendar),
            Cell::Int(generation),
            Cell::Id(run),
            now.clone(),
            now.clone(),
            Cell::Code(o.kind.as_str()),
        ]);
    }
    bulk.insert(&OBLIGATIONS, &obligations).await?;
    bulk.insert(&CALLBACKS, &callbacks).await
}

fn callback(
    id: Uuid,
    number: &str,
    obligation: Uuid,
    new: &NewObligation,
    now: &Cell,
) -> [Cell; 22] {
    let o = &new.planned;
    let void = o.cancel_reason.is_some();
    [
        Cell::Id(id),
        Cell::Text(number.to_owned()),
        Cell::Id(obligation),
        Cell::Text(o.programme.clone()),
        Cell::Id(o.customer),
        o.policy.into(),
        Cell::Id(o.org),
        Cell::Code(if void { "cancelled" } else { "planned" }),
        Cell::Bool(!void),
        o.earliest_on.into(),
        o.due_on.into(),
        new.language.clone().into(),
        Cell::Int(1),
        Cell::Int(0),
        Cell::Int(0),
        Cell::Bool(false),
        Cell::Bool(false),
        Cell::Bool(false),
        o.cancel_reason.clone().into(),
        Cell::Int(1),
        now.clone(),
        now.clone(),
    ]
}

/// Gives an obligation new dates and facts, and its open callback with it.
///
/// # Errors
/// What the database says.
pub async fn redate_obligation(
    bulk: &mut Bulk,
    obligation: Uuid,
    calendar: Uuid,
    o: &PlannedObligation,
) -> Result<()> {
    let sql = "UPDATE obligations SET pack_id = $1, trigger_on = $2, respondent = $3, org_id = $4, extract_on = $5, \
               earliest_on = $6, due_on = $7, right_end_raw_on = $8, right_end_on = $9, provisional = $10, \
               facts = $11, calendar_id = $12, updated_at = $13 WHERE id = $14";
    let cells = [
        Cell::Id(o.pack),
        Cell::Date(o.trigger_on),
        Cell::Text(o.respondent.clone()),
        Cell::Id(o.org),
        o.extract_on.into(),
        o.earliest_on.into(),
        o.due_on.into(),
        o.right_end_raw_on.into(),
        o.right_end_on.into(),
        Cell::Bool(o.provisional),
        Cell::Text(o.facts.clone()),
        Cell::Id(calendar),
        Cell::Int(millis(bulk.now())),
        Cell::Id(obligation),
    ];
    let date = CellType::Date;
    let types = [
        CellType::Id,
        date,
        CellType::Text,
        CellType::Id,
        date,
        date,
        date,
        date,
        date,
        CellType::Bool,
        CellType::Text,
        CellType::Id,
        CellType::Int,
        CellType::Id,
    ];
    bulk.execute_typed(sql, &cells, &types).await?;
    let sql = "UPDATE callbacks SET earliest_on = $1, due_on = $2, org_id = $3, updated_at = $4, \
               version = version + 1 WHERE obligation_id = $5";
    let cells = [
        o.earliest_on.into(),
        o.due_on.into(),
        Cell::Id(o.org),
        Cell::Int(millis(bulk.now())),
        Cell::Id(obligation),
    ];
    let types = [date, date, CellType::Id, CellType::Int, CellType::Id];
    bulk.execute_typed(sql, &cells, &types).await.map(|_| ())
}

/// The day on which an obligation's callback was completed, if it was.
///
/// # Errors
/// What the database says.
pub async fn completed_at(bulk: &mut Bulk, obligation: Uuid) -> Result<Option<i64>> {
    let sql = "SELECT completed_at FROM callbacks WHERE obligation_id = $1";
    let rows = bulk
        .query(sql, &[Cell::Id(obligation)], |row| row.int(0))
        .await?;
    Ok(rows.into_iter().next().flatten())
}

/// Classes a completed obligation anew after its dates changed.
///
/// # Errors
/// What the database says.
pub async fn reclass_obligation(
    bulk: &mut Bulk,
    obligation: Uuid,
    timing: Option<&'static str>,
) -> Result<()> {
    let cells = [timing.into(), Cell::Id(obligation)];
    let types = [CellType::Text, CellType::Id];
    bulk.execute_typed(
        "UPDATE obligations SET timing = $1 WHERE id = $2",
        &cells,
        &types,
    )
    .await?;
    bulk.execute_typed(
        "UPDATE callbacks SET timing = $1 WHERE obligation_id = $2",
        &cells,
        &types,
    )
    .await
    .map(|_| ())
}

/// Writes to a policy until when a surrender counts as cooling-off cancellation, because the callback
/// came late (Chongqing measures, article 4).
///
/// # Errors
/// What the database says.
pub async fn open_deemed_right(bulk: &mut Bulk, policy: Uuid, until: NaiveDate) -> Result<()> {
    let sql = "UPDATE policies SET deemed_until_on = $1, version = version + 1 WHERE id = $2";
    bulk.execute(sql, &[Cell::Date(until), Cell::Id(policy)])
        .await
        .map(|_| ())
}

/// Cancels an obligation and its callback.
///
/// # Errors
/// What the database says.
pub async fn cancel_obligation(bulk: &mut Bulk, obligation: Uuid, reason: &str) -> Result<()> {
    let cells = [
        Cell::Text(reason.to_owned()),
        Cell::Int(millis(bulk.now())),
        Cell::Id(obligation),
    ];
    let sql = "UPDATE obligations SET status = 'cancelled', cancel_reason = $1, updated_at = $2 WHERE id = $3";
    bulk.execute(sql, &cells).await?;
    let sql = "UPDATE callbacks SET state = 'cancelled', is_open = FALSE, assignee_id = NULL, end_reason = $1, \
               updated_at = $2, version = version + 1 WHERE obligation_id = $3";
    bulk.execute(sql, &cells).await.map(|_| ())
}

/// Reopens an obligation that was cancelled, because what cancelled it was taken back.
///
/// # Errors
/// What the database says.
pub async fn reopen_obligation(bulk: &mut Bulk, obligation: Uuid) -> Result<()> {
    let cells = [Cell::Int(millis(bulk.now())), Cell::Id(obligation)];
    let sql = "UPDATE obligations SET status = 'open', cancel_reason = NULL, updated_at = $1 WHERE id = $2";
    bulk.execute(sql, &cells).await?;
    let sql = "UPDATE callbacks SET state = 'planned', is_open = TRUE, end_reason = NULL, updated_at = $1, \
               version = version + 1 WHERE obligation_id = $2";
    bulk.execute(sql, &cells).await.map(|_| ())
}

static EXCLUSIONS: Table = Table {
    name: "exclusions",
    columns: &[
        ("id", CellType::Id),
        ("programme", CellType::Text),
        ("pack_id", CellType::Id),
        ("trigger_type", CellType::Text),
        ("trigger_ref", CellType::Id),
        ("trigger_on", CellType::Date),
        ("customer_id", CellType::Id),
        ("policy_id", CellType::Id),
        ("claim_no", CellType::Text),
        ("org_id", CellType::Id),
        ("reason_code", CellType::Text),
        ("run_id", CellType::Id),
        ("created_at", CellType::Int),
    ],
};

/// Inserts exclusions.
///
/// # Errors
/// What the database says.
pub async fn insert_exclusions(
    bulk: &mut Bulk,
    run: Uuid,
    rows: Vec<PlannedExclusion>,
) -> Result<()> {
    let mut cells = Vec::with_capacity(rows.len() * EXCLUSIONS.columns.len());
    for e in rows {
        cells.extend([
            Cell::Id(bulk.next_id()),
            Cell::Text(e.programme),
            Cell::Id(e.pack),
            Cell::Text(e.trigger_type),
            Cell::Id(e.trigger_ref),
            Cell::Date(e.trigger_on),
            Cell::Id(e.customer),
            e.policy.into(),
            e.claim_no.into(),
            Cell::Id(e.org),
            Cell::Text(e.reason_code),
            Cell::Id(run),
            Cell::Int(millis(bulk.now())),
        ]);
    }
    bulk.insert(&EXCLUSIONS, &cells).await
}

/// Removes exclusions that no longer hold.
///
/// # Errors
/// What the database says.
pub async fn delete_exclusions(bulk: &mut Bulk, ids: &[Uuid]) -> Result<()> {
    for id in ids {
        bulk.execute("DELETE FROM exclusions WHERE id = $1", &[Cell::Id(*id)])
            .await?;
    }
    Ok(())
}
