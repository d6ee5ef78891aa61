//! The outbox: written in the transaction that wants a message, taken with a lease.

use super::row::{MessageRow, Row, SELECT, messages};
use crate::dialect::Backend;
use crate::sql::{Select, find, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::customers::Reveal;
use domain::ids::{CustomerId, MessageId, OrgId, TemplateId};
use domain::messaging::{MessageChannel, MessagePurpose, MessageReason, MessageState, Recipient};
use domain::time::Instant;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

/// A message to queue.
#[derive(Clone, Debug)]
pub struct NewMessage<'n> {
    /// Its id.
    pub id: MessageId,
    /// Its number.
    pub number: &'n str,
    /// How it goes out.
    pub channel: MessageChannel,
    /// What it is for.
    pub purpose: MessagePurpose,
    /// The version of the text.
    pub template: TemplateId,
    /// The customer; none for notices to staff.
    pub customer: Option<CustomerId>,
    /// Unit.
    pub org: OrgId,
    /// Where it goes, as far as known.
    pub recipient: Option<&'n Recipient>,
    /// Subject of an e-mail.
    pub title: Option<&'n str>,
    /// The body.
    pub body: &'n str,
    /// Kind of the record that it is about.
    pub about_kind: &'n str,
    /// The record that it is about.
    pub about_id: Option<Uuid>,
    /// There is one message of this key, however often it is asked for.
    pub once_key: Option<&'n str>,
    /// Not before this moment.
    pub not_before: Instant,
    /// After this moment it is of no use.
    pub expires_at: Option<Instant>,
    /// Who wants it.
    pub queued_by: &'n str,
}

/// Queues a message; it exists when the unit of work is committed. Says no when there is one of the same
/// key already.
///
/// # Errors
/// What the database says.
pub async fn insert_message(work: &UnitOfWork, new: &NewMessage<'_>) -> Result<bool> {
    let id = new.id.0;
    let keys = work.keys();
    let recipient = new.recipient.map(|r| r.reveal(Reveal::for_storage()));
    let seal =
        |column: &str, value: Option<&str>| value.map(|v| keys.seal(column, id, v)).transpose();
    let sql = "INSERT INTO messages (id, number, channel, purpose, rank, template_id, customer_id, org_id, recipient, \
               title, body, about_kind, about_id, once_key, state, not_before, next_at, expires_at, attempts, queued_by, \
               created_at, updated_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, \
               'queued', $15, $15, $16, 0, $17, $18, $18, 1) ON CONFLICT (once_key) DO NOTHING";
    let values = params![
        id,
        new.number,
        new.channel.as_str(),
        new.purpose.as_str(),
        new.purpose.rank(),
        new.template.0,
        new.customer.map(|c| c.0),
        new.org.0,
        seal("messages.recipient", recipient)?,
        seal("messages.title", new.title)?,
        seal("messages.body", Some(new.body))?,
        new.about_kind,
        new.about_id,
        new.once_key,
        millis(new.not_before),
        new.expires_at.map(millis),
        new.queued_by,
        millis(work.now()),
    ];
    if work.execute(sql, values).await? == 0 {
        return Ok(false);
    }
    note(
        work,
        id,
        MessageState::Queued,
        None,
        None,
        new.queued_by,
        None,
    )
    .await?;
    Ok(true)
}

#[derive(FromQueryResult)]
struct IdRow {
    id: Uuid,
}

/// The message of a key, if it was queued before.
///
/// # Errors
/// What the database says.
pub async fn find_once(db: &impl Reads, once_key: &str) -> Result<Option<MessageId>> {
    let sql = "SELECT id FROM messages WHERE once_key = $1";
    let found = find::<IdRow>(db, sql, params![once_key]).await?;
    Ok(found.map(|r| MessageId(r.id)))
}

/// The message that a gateway knows under a name of its own or under our number, among those of a
/// channel.
///
/// # Errors
/// What the database says.
pub async fn find_sent(
    db: &impl Reads,
    channel: MessageChannel,
    name: &str,
) -> Result<Option<MessageRow>> {
    let sql = format!("{SELECT} WHERE (m.provider_id = $1 OR m.number = $1) AND m.channel = $2");
    let rows: Vec<Row> = list(db, &sql, params![name, channel.as_str()]).await?;
    Ok(messages(db, rows)?.pop())
}

/// Adds the messages whose turn it is: their time has come and there is a way for their channel, or
/// they ran out, or the server that had them fell silent.
fn due(select: &mut Select, channels: &[MessageChannel], now: Instant) {
    let mut values: Vec<Value> = params![millis(now)];
    let places = if channels.is_empty() {
        "''".to_owned()
    } else {
        values.extend(channels.iter().map(|c| Value::from(c.as_str())));
        vec!["?"; channels.len()].join(", ")
    };
    values.extend(params![millis(now), millis(now)]);
    let condition = format!(
        "((m.state IN ('queued', 'waiting', 'failed') AND m.next_at <= ? AND m.channel IN ({places})) \
         OR (m.state IN ('queued', 'waiting', 'failed') AND m.expires_at <= ?) \
         OR (m.state = 'sending' AND m.lease_until <= ?))"
    );
    select.filter(&condition, values);
}

/// Whether any message may be taken up; asked often, so it writes nothing.
///
/// # Errors
/// What the database says.
pub async fn is_message_due(
    db: &impl Reads,
    channels: &[MessageChannel],
    now: Instant,
) -> Result<bool> {
    let mut select = Select::new("SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM messages m");
    due(&mut select, channels, now);
    select.then("LIMIT 1) AS due", Vec::new());
    Ok(select.count(db).await? > 0)
}

/// Takes the message whose turn it is: what is owed before what is wished, then the longest waiting.
/// Those that other servers are taking at the same time are passed over.
///
/// # Errors
/// What the database says.
pub async fn take_message(
    work: &UnitOfWork,
    channels: &[MessageChannel],
) -> Result<Option<MessageRow>> {
    let mut select = Select::new("SELECT m.id FROM messages m");
    due(&mut select, channels, work.now());
    let lock = Backend::of(work.connection()).skip_locked();
    select.then(
        &format!("ORDER BY m.rank, m.next_at, m.id LIMIT 1 {lock}"),
        Vec::new(),
    );
    let Some(found) = select.list::<IdRow>(work).await?.pop() else {
        return Ok(None);
    };
    let rows: Vec<Row> = list(
        work,
        &format!("{SELECT} WHERE m.id = $1"),
        params![found.id],
    )
    .await?;
    Ok(messages(work, rows)?.pop())
}

/// What changes about a message.
#[derive(Clone, Debug)]
pub struct MessageChange<'c> {
    /// Where it stands from now on.
    pub state: MessageState,
    /// Why.
    pub reason: Option<MessageReason>,
    /// When it is looked at next.
    pub next_at: Instant,
    /// How often it was tried.
    pub attempts: i64,
    /// Until when its server need not be heard of.
    pub lease_until: Option<Instant>,
    /// Where it goes, when that is known better now.
    pub recipient: Option<&'c Recipient>,
    /// What the gateway calls it, when that is known now.
    pub provider_id: Option<&'c str>,
    /// What the mail server or gateway said, in short.
    pub error: Option<&'c str>,
    /// A line for the history.
    pub note: Option<&'c str>,
    /// Who does it.
    pub actor: &'c str,
}

/// Changes a message and writes a line of its history.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when somebody else changed it in the meantime.
pub async fn change_message(
    work: &UnitOfWork,
    message: &MessageRow,
    change: &MessageChange<'_>,
) -> Result<()> {
    let id = message.id.0;
    let recipient = change.recipient.map(|r| r.reveal(Reveal::for_storage()));
    let sealed = recipient
        .map(|r| work.keys().seal("messages.recipient", id, r))
        .transpose()?;
    let moment = |state| (change.state == state).then(|| millis(work.now()));
    // What arrived was sent, even when the receipt was faster than the answer.
    let out = moment(MessageState::Sent).or(moment(MessageState::Delivered));
    let sql = "UPDATE messages SET state = $1, reason = $2, next_at = $3, attempts = $4, lease_until = $5, \
               recipient = COALESCE($6, recipient), provider_id = COALESCE($7, provider_id), error = $8, \
               sent_at = COALESCE(sent_at, $9), delivered_at = COALESCE(delivered_at, $10), updated_at = $11, \
               version = version + 1 WHERE id = $12 AND version = $13";
    let values = params![
        change.state.as_str(),
        change.reason.map(MessageReason::as_str),
        millis(change.next_at),
        change.attempts,
        change.lease_until.map(millis),
        sealed,
        change.provider_id,
        change.error,
        out,
        moment(MessageState::Delivered),
        millis(work.now()),
        id,
        message.version,
    ];
    work.execute_one(sql, values).await?;
    let until =
        (change.state.is_pending() && change.next_at > work.now()).then_some(change.next_at);
    let note_text = change.note.or(change.error);
    note(
        work,
        id,
        change.state,
        change.reason,
        until,
        change.actor,
        note_text,
    )
    .await
}

async fn note(
    work: &UnitOfWork,
    message: Uuid,
    state: MessageState,
    reason: Option<MessageReason>,
    until: Option<Instant>,
    actor: &str,
    text: Option<&str>,
) -> Result<()> {
    let sql = "INSERT INTO message_entries (id, message_id, at, actor_name, state, reason, until, note) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        work.next_id(),
        message,
        millis(work.now()),
        actor,
        state.as_str(),
        reason.map(MessageReason::as_str),
        until.map(millis),
        text,
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// Messages about a record that have not gone out.
///
/// # Errors
/// What the database says.
pub async fn list_pending_about(work: &UnitOfWork, about: Uuid) -> Result<Vec<MessageRow>> {
    let sql = format!(
        "{SELECT} WHERE m.about_id = $1 AND m.state IN ('queued', 'waiting', 'failed') ORDER BY m.id"
    );
    let rows: Vec<Row> = list(work, &sql, params![about]).await?;
    messages(work, rows)
}

/// Lets a message go out although its end has passed, because somebody wants it all the same.
///
/// # Errors
/// What the database says.
pub async fn lift_expiry(work: &UnitOfWork, message: MessageId) -> Result<()> {
    let sql = "UPDATE messages SET expires_at = NULL WHERE id = $1";
    work.execute_one(sql, params![message.0]).await
}
