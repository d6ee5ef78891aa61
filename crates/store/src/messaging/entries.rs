//! The history of a message.

use crate::sql::{Select, instant, params};
use crate::{Reads, Result};
use domain::access::Scope;
use domain::ids::MessageId;
use domain::messaging::{MessageReason, MessageState};
use domain::time::Instant;
use sea_orm::FromQueryResult;

/// Lines that are shown; a message that is capped for months has many.
const ENTRIES_MAX: i64 = 300;

/// A line of a message's history.
#[derive(Clone, Debug)]
pub struct MessageEntryRow {
    /// When.
    pub at: Instant,
    /// Who.
    pub actor_name: String,
    /// Where it stood from then on.
    pub state: MessageState,
    /// Why.
    pub reason: Option<MessageReason>,
    /// Until when it waited.
    pub until: Option<Instant>,
    /// What was said.
    pub note: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    at: i64,
    actor_name: String,
    state: String,
    reason: Option<String>,
    until: Option<i64>,
    note: Option<String>,
}

/// The history of a message in sight, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_message_entries(
    db: &impl Reads,
    scope: &Scope,
    message: MessageId,
) -> Result<Vec<MessageEntryRow>> {
    let mut select = Select::new(
        "SELECT e.at, e.actor_name, e.state, e.reason, e.until, e.note FROM message_entries e \
         JOIN messages m ON m.id = e.message_id",
    );
    select.scope(scope, "m.org_id").own(scope, "m.customer_id");
    select.filter("e.message_id = ?", params![message.0]);
    select.then("ORDER BY e.id LIMIT ?", params![ENTRIES_MAX]);
    let rows: Vec<Row> = select.list(db).await?;
    let entry = |r: Row| {
        Ok(MessageEntryRow {
            at: instant(r.at),
            state: MessageState::parse(&r.state)?,
            reason: r.reason.as_deref().map(MessageReason::parse).transpose()?,
            until: r.until.map(instant),
            actor_name: r.actor_name,
            note: r.note,
        })
    };
    rows.into_iter().map(entry).collect()
}
