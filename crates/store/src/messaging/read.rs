//! Messages in sight.

use super::row::{MessageRow, MessageText, Row, SELECT, messages};
use crate::sql::{Page, PageKey, Select, count, end_of_day, find, millis, params, start_of_day};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::customers::SensitiveText;
use domain::ids::{CustomerId, MessageId};
use domain::messaging::{MessageChannel, MessagePurpose, MessageState};
use domain::time::Instant;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

/// What to look for among messages.
#[derive(Clone, Debug, Default)]
pub struct MessageFilter {
    /// In one of these states; all when empty.
    pub states: Vec<MessageState>,
    /// By this channel.
    pub channel: Option<MessageChannel>,
    /// For this purpose.
    pub purpose: Option<MessagePurpose>,
    /// By the text of this code.
    pub template: Option<String>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// About this record.
    pub about: Option<Uuid>,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// Queued from this day.
    pub from: Option<NaiveDate>,
    /// Queued until this day.
    pub to: Option<NaiveDate>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// Messages of the units in sight; callers see those to the customers on their list. Notices to staff
/// are seen by nobody who is cut to a list.
fn in_sight(select: &mut Select, scope: &Scope) {
    select.scope(scope, "m.org_id").own(scope, "m.customer_id");
}

fn filtered(select: &str, scope: &Scope, filter: &MessageFilter) -> Select {
    let mut select = Select::new(select);
    in_sight(&mut select, scope);
    if !filter.states.is_empty() {
        let codes = filter.states.iter().map(|s| Value::from(s.as_str()));
        select.filter_in("m.state", codes.collect());
    }
    if let Some(channel) = filter.channel {
        select.filter("m.channel = ?", params![channel.as_str()]);
    }
    if let Some(purpose) = filter.purpose {
        select.filter("m.purpose = ?", params![purpose.as_str()]);
    }
    if let Some(code) = &filter.template {
        let of_code = "m.template_id IN (SELECT id FROM message_templates WHERE code = ?)";
        select.filter(of_code, params![code.as_str()]);
    }
    if let Some(customer) = filter.customer {
        select.filter("m.customer_id = ?", params![customer.0]);
    }
    if let Some(about) = filter.about {
        select.filter("m.about_id = ?", params![about]);
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "m.org_id");
    }
    if let Some(day) = filter.from {
        select.filter("m.created_at >= ?", params![start_of_day(day)]);
    }
    if let Some(day) = filter.to {
        select.filter("m.created_at < ?", params![end_of_day(day)]);
    }
    select
}

/// Messages in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_messages(
    db: &impl Reads,
    scope: &Scope,
    filter: &MessageFilter,
    limit: u64,
) -> Result<Page<MessageRow>> {
    let mut select = filtered(SELECT, scope, filter);
    select.page_by_id("m.id", true, filter.after.as_ref(), limit);
    let rows: Vec<Row> = select.list(db).await?;
    Ok(Page::cut_by_id(messages(db, rows)?, limit, |r| r.id.0))
}

/// How many messages a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_messages(
    db: &impl Reads,
    scope: &Scope,
    filter: &MessageFilter,
    cap: i64,
) -> Result<i64> {
    let text = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM messages m";
    let mut select = filtered(text, scope, filter);
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

/// A message in sight, by number.
///
/// # Errors
/// What the database says.
pub async fn find_message(
    db: &impl Reads,
    scope: &Scope,
    number: &str,
) -> Result<Option<MessageRow>> {
    let mut select = filtered(SELECT, scope, &MessageFilter::default());
    select.filter("m.number = ?", params![number]);
    let rows: Vec<Row> = select.list(db).await?;
    Ok(messages(db, rows)?.pop())
}

#[derive(FromQueryResult)]
struct TextRow {
    title: Option<Vec<u8>>,
    body: Option<Vec<u8>>,
}

/// The words of a message that the caller may see.
///
/// # Errors
/// What the database says.
pub async fn read_message_text(db: &impl Reads, message: MessageId) -> Result<MessageText> {
    let sql = "SELECT title, body FROM messages WHERE id = $1";
    let row = find::<TextRow>(db, sql, params![message.0]).await?;
    let row = row.ok_or(crate::StoreError::Missing)?;
    let open = |column: &str, sealed: Option<Vec<u8>>| {
        let text = sealed.map(|s| db.keys().open(column, message.0, &s));
        text.transpose()
            .map(|text| text.map(SensitiveText::from_stored))
    };
    Ok(MessageText {
        title: open("messages.title", row.title)?,
        body: open("messages.body", row.body)?,
    })
}

/// How many messages of a channel have waited since a moment without being looked at: nobody sends
/// them.
///
/// # Errors
/// What the database says.
pub async fn count_unserved(
    db: &impl Reads,
    channel: MessageChannel,
    since: Instant,
) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM messages WHERE channel = $1 AND next_at <= $2 \
               AND state IN ('queued', 'waiting', 'failed')";
    count(db, sql, params![channel.as_str(), millis(since)]).await
}

/// How many messages were given up and wait for somebody to look.
///
/// # Errors
/// What the database says.
pub async fn count_dead(db: &impl Reads) -> Result<i64> {
    count(
        db,
        "SELECT COUNT(*) AS n FROM messages WHERE state = 'dead'",
        Vec::new(),
    )
    .await
}
