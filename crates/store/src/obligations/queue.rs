//! What the planner has to look at: spans of new rows, single changed rows, and rows whose time has
//! come. Entries are written in the transaction that made them necessary, so nothing is missed.

use crate::customers::{Subject, enqueue_derivations};
use crate::dialect::bulk::{Bulk, Cell, CellType, Table};
use crate::sql::params;
use crate::{Result, UnitOfWork};
use chrono::NaiveDate;
use domain::ids::{CustomerId, PolicyId};
use uuid::Uuid;

/// What an entry spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueKind {
    /// Policies, with all their events.
    Policies,
    /// Events, and through them their policies or customers.
    Events,
    /// Customers, with the events that concern no policy.
    Customers,
}

impl QueueKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Policies => "policies",
            Self::Events => "events",
            Self::Customers => "customers",
        }
    }
}

/// A span of ids to look at, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueEntry {
    /// Its id.
    pub id: Uuid,
    /// What it spans.
    pub kind: QueueKind,
    /// First id.
    pub low: Uuid,
    /// Last id.
    pub high: Uuid,
}

static QUEUE: Table = Table {
    name: "plan_queue",
    columns: &[
        ("id", CellType::Id),
        ("kind", CellType::Text),
        ("low", CellType::Id),
        ("high", CellType::Id),
        ("wake_on", CellType::Date),
    ],
};

/// Adds spans; one with a day is looked at from that day on.
///
/// # Errors
/// What the database says.
pub async fn enqueue(
    bulk: &mut Bulk,
    kind: QueueKind,
    spans: &[(Uuid, Uuid, Option<NaiveDate>)],
) -> Result<()> {
    let mut cells = Vec::with_capacity(spans.len() * QUEUE.columns.len());
    for (low, high, wake_on) in spans {
        cells.extend([
            Cell::Id(bulk.next_id()),
            Cell::Code(kind.as_str()),
            Cell::Id(*low),
            Cell::Id(*high),
            (*wake_on).into(),
        ]);
    }
    bulk.insert(&QUEUE, &cells).await
}

/// Asks for changed rows to be planned again, and for what is derived from them to be worked out again.
///
/// # Errors
/// What the database says.
pub async fn enqueue_changed(
    bulk: &mut Bulk,
    kind: QueueKind,
    spans: &[(Uuid, Uuid)],
) -> Result<()> {
    let undated: Vec<_> = spans
        .iter()
        .map(|(low, high)| (*low, *high, None))
        .collect();
    enqueue(bulk, kind, &undated).await?;
    let subject = match kind {
        QueueKind::Policies => Subject::Policies,
        QueueKind::Events => Subject::Events,
        QueueKind::Customers => Subject::Customers,
    };
    enqueue_derivations(bulk, subject, spans).await
}

/// Forgets the queue and asks for everything to be looked at again.
///
/// # Errors
/// What the database says.
pub async fn enqueue_everything(bulk: &mut Bulk) -> Result<()> {
    bulk.execute("DELETE FROM plan_queue", &[]).await?;
    let all = [(Uuid::nil(), Uuid::max(), None)];
    enqueue(bulk, QueueKind::Policies, &all).await?;
    enqueue(bulk, QueueKind::Events, &all).await?;
    enqueue(bulk, QueueKind::Customers, &all).await
}

/// Asks for all policies, or all customers, to be looked at.
///
/// # Errors
/// What the database says.
pub async fn enqueue_all(bulk: &mut Bulk, kind: QueueKind) -> Result<()> {
    enqueue(bulk, kind, &[(Uuid::nil(), Uuid::max(), None)]).await
}

/// Asks for a customer to be looked at, in the transaction that changed what rules may look at.
///
/// # Errors
/// What the database says.
pub async fn enqueue_customer(work: &UnitOfWork, customer: CustomerId) -> Result<()> {
    let sql = "INSERT INTO plan_queue (id, kind, low, high) VALUES ($1, 'customers', $2, $2)";
    work.execute(sql, params![work.next_id(), customer.0])
        .await
        .map(|_| ())
}

/// Rows of one statement that queues policies.
const POLICIES_AT_ONCE: usize = 200;

/// Asks for every policy that a customer holds or that insures the customer to be looked at.
///
/// # Errors
/// What the database says.
pub async fn enqueue_policies_of(work: &UnitOfWork, customer: CustomerId) -> Result<()> {
    #[derive(sea_orm::FromQueryResult)]
    struct Row {
        id: Uuid,
    }
    let sql = "SELECT id FROM policies WHERE policyholder_id = $1 \
               UNION SELECT id FROM policies WHERE insured_id = $1";
    let rows: Vec<Row> = crate::sql::list(work, sql, params![customer.0]).await?;
    for chunk in rows.chunks(POLICIES_AT_ONCE) {
        let mut values = Vec::with_capacity(chunk.len() * 2);
        let mut places = Vec::with_capacity(chunk.len());
        for row in chunk {
            let at = values.len();
            let (id, policy) = (at + 1, at + 2);
            places.push(format!("(${id}, 'policies', ${policy}, ${policy})"));
            values.extend(params![work.next_id(), row.id]);
        }
        let sql = format!(
            "INSERT INTO plan_queue (id, kind, low, high) VALUES {}",
            places.join(", ")
        );
        work.execute(&sql, values).await?;
    }
    Ok(())
}

/// Asks for a policy to be looked at, in the transaction that changed what rules may look at.
///
/// # Errors
/// What the database says.
pub async fn enqueue_policy(work: &UnitOfWork, policy: PolicyId) -> Result<()> {
    let sql = "INSERT INTO plan_queue (id, kind, low, high) VALUES ($1, 'policies', $2, $2)";
    work.execute(sql, params![work.next_id(), policy.0])
        .await
        .map(|_| ())
}

/// Entries that are due on a day: spans of policies first, then spans of events, each in the order
/// in which they came. On PostgreSQL the entries are held for this transaction, so that planners side
/// by side take different ones.
///
/// # Errors
/// What the database says.
pub async fn find_due_entries(
    bulk: &mut Bulk,
    kind: QueueKind,
    today: NaiveDate,
    limit: i64,
) -> Result<Vec<QueueEntry>> {
    let sql = format!(
        "SELECT id, low, high FROM plan_queue WHERE kind = $1 AND (wake_on IS NULL OR wake_on <= $2) \
         ORDER BY id LIMIT $3 {}",
        bulk.backend().skip_locked()
    );
    let cells = [
        Cell::Code(kind.as_str()),
        Cell::Date(today),
        Cell::Int(limit),
    ];
    bulk.query(&sql, &cells, |row| {
        let id = |at: usize| -> Result<Uuid> { Ok(row.id(at)?.unwrap_or_default()) };
        Ok(QueueEntry {
            id: id(0)?,
            kind,
            low: id(1)?,
            high: id(2)?,
        })
    })
    .await
}

/// Notes that a span has been looked at up to an id.
///
/// # Errors
/// What the database says.
pub async fn shrink_entry(bulk: &mut Bulk, entry: Uuid, next: Uuid) -> Result<()> {
    let cells = [Cell::Id(next), Cell::Id(entry)];
    bulk.execute("UPDATE plan_queue SET low = $1 WHERE id = $2", &cells)
        .await
        .map(|_| ())
}

/// Removes entries that have been looked at.
///
/// # Errors
/// What the database says.
pub async fn remove_entries(bulk: &mut Bulk, entries: &[QueueEntry]) -> Result<()> {
    for entry in entries {
        bulk.execute(
            "DELETE FROM plan_queue WHERE id = $1",
            &[Cell::Id(entry.id)],
        )
        .await?;
    }
    Ok(())
}
