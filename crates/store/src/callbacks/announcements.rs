//! That salespersons told their customers that a callback will come (CBK-35).

use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::ids::CallbackId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use std::collections::HashMap;
use uuid::Uuid;

/// Who told the customer, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Name of the salesperson.
    pub by: String,
    /// When they said so.
    pub at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    callback_id: Uuid,
    actor_name: String,
    at: i64,
}

/// What was told, by callback, of callbacks that are in sight.
///
/// # Errors
/// What the database says.
pub async fn read_announcements(
    db: &impl Reads,
    callbacks: &[CallbackId],
) -> Result<HashMap<CallbackId, Announcement>> {
    let mut select = Select::new("SELECT callback_id, actor_name, at FROM callback_announcements");
    let ids = callbacks.iter().map(|c| c.0.into()).collect();
    select.filter_in("callback_id", ids);
    let rows: Vec<Row> = select.list(db).await?;
    let told = |r: Row| Announcement {
        by: r.actor_name.clone(),
        at: instant(r.at),
    };
    Ok(rows
        .into_iter()
        .map(|r| (CallbackId(r.callback_id), told(r)))
        .collect())
}

/// Notes that a customer was told; who was told before stays told then.
///
/// # Errors
/// What the database says.
pub async fn insert_announcement(work: &UnitOfWork, callback: CallbackId, by: &str) -> Result<()> {
    let sql = "INSERT INTO callback_announcements (id, callback_id, actor_name, at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (callback_id) DO NOTHING";
    let values = params![work.next_id(), callback.0, by, millis(work.now())];
    work.execute(sql, values).await.map(|_| ())
}
