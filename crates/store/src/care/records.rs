//! Contacts that a person made in place of a message.

use crate::sql::{find, instant, millis, params};
use crate::{AuditActor, Reads, Result, UnitOfWork};
use domain::access::Actor;
use domain::callbacks::ContactChannel;
use domain::customers::SensitiveText;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// What somebody recorded.
#[derive(Clone, Debug)]
pub struct ContactRecord {
    /// How the customer was reached.
    pub channel: ContactChannel,
    /// What was said; nothing when it was destroyed.
    pub note: Option<SensitiveText>,
    /// Who.
    pub actor_name: String,
    /// When.
    pub at: Instant,
}

/// A record to write.
#[derive(Clone, Copy, Debug)]
pub struct NewRecord<'n> {
    /// The obligation that it discharges.
    pub obligation: Uuid,
    /// How the customer was reached.
    pub channel: ContactChannel,
    /// What was said.
    pub note: &'n str,
    /// Who.
    pub actor: &'n Actor,
}

/// Writes what somebody recorded.
///
/// # Errors
/// What the database says, such as a second record of one obligation.
pub async fn insert_record(work: &UnitOfWork, new: &NewRecord<'_>) -> Result<()> {
    let id = work.next_id();
    let note = work.keys().seal("contact_records.note", id, new.note)?;
    let sql = "INSERT INTO contact_records (id, obligation_id, channel, note, actor_id, actor_name, at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = params![
        id,
        new.obligation,
        new.channel.as_str(),
        note,
        AuditActor::from(new.actor).id,
        new.actor.name.as_str(),
        millis(work.now()),
    ];
    work.execute(sql, values).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    channel: String,
    note: Option<Vec<u8>>,
    actor_name: String,
    at: i64,
}

/// What was recorded for an obligation that the caller may see.
///
/// # Errors
/// What the database says.
pub async fn find_record(db: &impl Reads, obligation: Uuid) -> Result<Option<ContactRecord>> {
    let sql =
        "SELECT id, channel, note, actor_name, at FROM contact_records WHERE obligation_id = $1";
    let Some(r) = find::<Row>(db, sql, params![obligation]).await? else {
        return Ok(None);
    };
    let note = r
        .note
        .map(|n| db.keys().open("contact_records.note", r.id, &n));
    Ok(Some(ContactRecord {
        channel: ContactChannel::parse(&r.channel)?,
        note: note.transpose()?.map(SensitiveText::from_stored),
        actor_name: r.actor_name,
        at: instant(r.at),
    }))
}
