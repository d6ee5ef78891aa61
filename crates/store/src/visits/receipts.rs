//! Who has read of the results of callbacks after sales visits, and how often visits were false.

use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::ids::{AttemptId, CallbackId, SlipId, UserId};
use domain::time::Instant;
use domain::visits::Receiver;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Who has read of the result of a callback.
#[derive(Clone, Debug)]
pub struct ReceiptRow {
    /// In which capacity.
    pub receiver: Receiver,
    /// Name.
    pub reader_name: String,
    /// When.
    pub read_at: Instant,
}

#[derive(FromQueryResult)]
struct ReceiptDbRow {
    receiver: String,
    reader_name: String,
    read_at: i64,
}

/// Who has read of the result of a slip in sight, in their order.
///
/// # Errors
/// What the database says.
pub async fn list_receipts(
    db: &impl Reads,
    scope: &Scope,
    slip: SlipId,
) -> Result<Vec<ReceiptRow>> {
    let mut select = Select::new(
        "SELECT r.receiver, r.reader_name, r.read_at FROM slip_receipts r JOIN field_slips s ON s.id = r.slip_id",
    );
    select.scope(scope, "s.org_id");
    if let Some(user) = scope.own_list_of() {
        let own = "(s.salesperson_id = ? OR s.called_by = ?)";
        select.filter(own, params![user.0, user.0]);
    }
    select.filter("r.slip_id = ?", params![slip.0]);
    select.then("ORDER BY r.read_at, r.id", Vec::new());
    let rows: Vec<ReceiptDbRow> = select.list(db).await?;
    rows.into_iter()
        .map(|r| {
            Ok(ReceiptRow {
                receiver: Receiver::parse(&r.receiver)?,
                reader_name: r.reader_name,
                read_at: instant(r.read_at),
            })
        })
        .collect()
}

/// Notes that somebody has read of the result.
///
/// # Errors
/// What the database says.
pub async fn insert_receipt(
    work: &UnitOfWork,
    slip: SlipId,
    receiver: Receiver,
    (reader, name): (UserId, &str),
) -> Result<()> {
    let sql = "INSERT INTO slip_receipts (id, slip_id, receiver, reader_id, reader_name, read_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let now = millis(work.now());
    let values = params![
        work.next_id(),
        slip.0,
        receiver.as_str(),
        reader.0,
        name,
        now
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// A planned callback after a sales visit that was finished, and whose result the slip does not have.
#[derive(Clone, Copy, Debug)]
pub struct FinishedCallback {
    /// The slip.
    pub slip: SlipId,
    /// The callback.
    pub callback: CallbackId,
    /// The attempt in which the customer answered.
    pub attempt: AttemptId,
    /// Who called.
    pub caller: UserId,
    /// When the call ended.
    pub ended_at: Instant,
}

#[derive(FromQueryResult)]
struct FinishedRow {
    slip_id: Uuid,
    callback_id: Uuid,
    attempt_id: Uuid,
    caller_id: Uuid,
    ended_at: i64,
}

/// Planned callbacks after sales visits that were finished, and whose results the slips do not have.
/// The planner made them from the events of the slips.
///
/// # Errors
/// What the database says.
pub async fn list_finished_callbacks(db: &impl Reads) -> Result<Vec<FinishedCallback>> {
    let sql = "SELECT s.id AS slip_id, b.id AS callback_id, a.id AS attempt_id, a.caller_id, a.ended_at \
               FROM field_slips s JOIN events e ON e.event_id = 'slip/' || s.number AND e.type = 'sales_visit_ended' \
               JOIN obligations g ON g.trigger_ref = e.id JOIN callbacks b ON b.obligation_id = g.id \
               JOIN attempts a ON a.callback_id = b.id AND a.result = 'finished' \
               WHERE s.state = 'visit_ended' AND a.ended_at IS NOT NULL ORDER BY a.id LIMIT 100";
    let rows: Vec<FinishedRow> = crate::sql::list(db, sql, params![]).await?;
    let rows = rows.into_iter().map(|r| FinishedCallback {
        slip: SlipId(r.slip_id),
        callback: CallbackId(r.callback_id),
        attempt: AttemptId(r.attempt_id),
        caller: UserId(r.caller_id),
        ended_at: instant(r.ended_at),
    });
    Ok(rows.collect())
}

#[derive(FromQueryResult)]
struct PlannedRow {
    id: Uuid,
    number: String,
}

/// The callback that the planner made from the event of a slip.
///
/// # Errors
/// What the database says.
pub async fn find_planned_callback(
    db: &impl Reads,
    slip_number: &str,
) -> Result<Option<(CallbackId, String)>> {
    let sql = "SELECT b.id, b.number FROM events e JOIN obligations g ON g.trigger_ref = e.id \
               JOIN callbacks b ON b.obligation_id = g.id WHERE e.event_id = $1 AND e.type = 'sales_visit_ended'";
    let event = format!("slip/{slip_number}");
    let row: Option<PlannedRow> = crate::sql::find(db, sql, params![event]).await?;
    Ok(row.map(|r| (CallbackId(r.id), r.number)))
}

#[derive(FromQueryResult)]
struct SumRow {
    name: String,
    n: i64,
}

/// Salespersons in sight with confirmed false visits, and how many, the most first.
///
/// # Errors
/// What the database says.
pub async fn list_confirmed_suspicions(
    db: &impl Reads,
    scope: &Scope,
) -> Result<Vec<(String, i64)>> {
    let mut select = Select::new(
        "SELECT u.display_name AS name, COUNT(*) AS n FROM field_slips s JOIN users u ON u.id = s.salesperson_id",
    );
    select.scope(scope, "s.org_id");
    if let Some(user) = scope.own_list_of() {
        select.filter("s.salesperson_id = ?", params![user.0]);
    }
    select.filter("s.suspicion = 'confirmed'", Vec::new());
    select.then(
        "GROUP BY u.id, u.display_name ORDER BY n DESC, name LIMIT 200",
        Vec::new(),
    );
    let rows: Vec<SumRow> = select.list(db).await?;
    Ok(rows.into_iter().map(|r| (r.name, r.n)).collect())
}
