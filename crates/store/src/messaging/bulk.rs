//! Many messages at once, in the chunk that wants them.

use super::outbox::NewMessage;
use crate::Result;
use crate::dialect::bulk::{Bulk, Cell, CellType, Table};
use crate::sql::millis;
use domain::customers::Reveal;
use domain::messaging::MessageState;

static MESSAGES: Table = Table {
    name: "messages",
    columns: &[
        ("id", CellType::Id),
        ("number", CellType::Text),
        ("channel", CellType::Text),
        ("purpose", CellType::Text),
        ("rank", CellType::Int),
        ("template_id", CellType::Id),
        ("customer_id", CellType::Id),
        ("org_id", CellType::Id),
        ("recipient", CellType::Bytes),
        ("title", CellType::Bytes),
        ("body", CellType::Bytes),
        ("about_kind", CellType::Text),
        ("about_id", CellType::Id),
        ("once_key", CellType::Text),
        ("state", CellType::Text),
        ("not_before", CellType::Int),
        ("next_at", CellType::Int),
        ("expires_at", CellType::Int),
        ("attempts", CellType::Int),
        ("queued_by", CellType::Text),
        ("created_at", CellType::Int),
        ("updated_at", CellType::Int),
        ("version", CellType::Int),
    ],
};

static ENTRIES: Table = Table {
    name: "message_entries",
    columns: &[
        ("id", CellType::Id),
        ("message_id", CellType::Id),
        ("at", CellType::Int),
        ("actor_name", CellType::Text),
        ("state", CellType::Text),
        ("reason", CellType::Text),
        ("until", CellType::Int),
        ("note", CellType::Text),
    ],
};

/// Queues messages; they exist when the chunk is committed.
///
/// # Errors
/// What the database says, such as a key that is taken already.
pub async fn insert_messages(bulk: &mut Bulk, messages: &[NewMessage<'_>]) -> Result<()> {
    let now = Cell::Int(millis(bulk.now()));
    let keys = bulk.keyring();
    let mut rows = Vec::with_capacity(messages.len() * MESSAGES.columns.len());
    let mut entries = Vec::with_capacity(messages.len() * ENTRIES.columns.len());
    for new in messages {
        let id = new.id.0;
        let seal = |column: &str, value: Option<&str>| -> Result<Cell> {
            let sealed = value.map(|v| keys.seal(column, id, v)).transpose()?;
            Ok(sealed.into())
        };
        let recipient = new.recipient.map(|r| r.reveal(Reveal::for_storage()));
        let not_before = Cell::Int(millis(new.not_before));
        rows.extend([
            Cell::Id(id),
            Cell::Text(new.number.to_owned()),
            Cell::Code(new.channel.as_str()),
            Cell::Code(new.purpose.as_str()),
            Cell::Int(new.purpose.rank()),
            Cell::Id(new.template.0),
            new.customer.map(|c| c.0).into(),
            Cell::Id(new.org.0),
            seal("messages.recipient", recipient)?,
            seal("messages.title", new.title)?,
            seal("messages.body", Some(new.body))?,
            Cell::Text(new.about_kind.to_owned()),
            new.about_id.into(),
            new.once_key.map(str::to_owned).into(),
            Cell::Code(MessageState::Queued.as_str()),
            not_before.clone(),
            not_before,
            new.expires_at.map(millis).into(),
            Cell::Int(0),
            Cell::Text(new.queued_by.to_owned()),
            now.clone(),
            now.clone(),
            Cell::Int(1),
        ]);
        entries.extend([
            Cell::Id(bulk.next_id()),
            Cell::Id(id),
            now.clone(),
            Cell::Text(new.queued_by.to_owned()),
            Cell::Code(MessageState::Queued.as_str()),
            Cell::Null,
            Cell::Null,
            Cell::Null,
        ]);
    }
    bulk.insert(&MESSAGES, &rows).await?;
    bulk.insert(&ENTRIES, &entries).await
}
