//! Who has read of the results of callbacks after sales visits, and how often visits were false.

use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::ids::{SlipId, UserId};
use domain::time::Instant;
use domain::visits::Receiver;
use sea_orm::FromQueryResult;

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
