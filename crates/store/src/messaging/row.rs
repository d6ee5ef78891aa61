//! A message as it is read.

use crate::customers::shown_name;
use crate::sealing::Keyring;
use crate::sql::instant;
use crate::{Reads, Result};
use domain::customers::SensitiveText;
use domain::ids::{CustomerId, MessageId, OrgId, TemplateId};
use domain::messaging::{MessageChannel, MessagePurpose, MessageReason, MessageState, Recipient};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A message, its address masked by its type.
#[derive(Clone, Debug)]
pub struct MessageRow {
    /// Its id.
    pub id: MessageId,
    /// Its number.
    pub number: String,
    /// How it goes out.
    pub channel: MessageChannel,
    /// What it is for.
    pub purpose: MessagePurpose,
    /// The version of the text.
    pub template: TemplateId,
    /// Code of the text.
    pub template_code: String,
    /// What the text is called.
    pub template_label: String,
    /// Version of the text.
    pub template_version: i64,
    /// The customer; none for notices to staff.
    pub customer: Option<CustomerId>,
    /// Number of the customer.
    pub customer_no: Option<String>,
    /// Name of the customer, masked.
    pub customer_name: Option<String>,
    /// Unit.
    pub org_id: OrgId,
    /// Name of the unit.
    pub org_name: String,
    /// Where it goes, or went.
    pub recipient: Option<Recipient>,
    /// Kind of the record that it is about, such as `obligation`.
    pub about_kind: String,
    /// The record that it is about.
    pub about_id: Option<Uuid>,
    /// Where it stands.
    pub state: MessageState,
    /// Why it waits or does not go out.
    pub reason: Option<MessageReason>,
    /// Not before this moment.
    pub not_before: Instant,
    /// When it is looked at next: its next slot.
    pub next_at: Instant,
    /// After this moment it is of no use.
    pub expires_at: Option<Instant>,
    /// How often it was tried.
    pub attempts: i64,
    /// Until when its server need not be heard of.
    pub lease_until: Option<Instant>,
    /// What the gateway calls it.
    pub provider_id: Option<String>,
    /// What the mail server or gateway said last, in short.
    pub error: Option<String>,
    /// Who wanted it.
    pub queued_by: String,
    /// When it was queued.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// When it was taken by the mail server or gateway.
    pub sent_at: Option<Instant>,
    /// When it arrived.
    pub delivered_at: Option<Instant>,
    /// Version, for changes.
    pub version: i64,
}

/// The words of a message.
#[derive(Clone, Debug)]
pub struct MessageText {
    /// Subject of an e-mail.
    pub title: Option<SensitiveText>,
    /// The body, without the signature of a text message; nothing when it was destroyed.
    pub body: Option<SensitiveText>,
}

#[derive(FromQueryResult)]
pub(super) struct Row {
    id: Uuid,
    number: String,
    channel: String,
    purpose: String,
    template_id: Uuid,
    template_code: String,
    template_label: String,
    template_version: i64,
    customer_id: Option<Uuid>,
    customer_no: Option<String>,
    customer_kind: Option<String>,
    customer_name: Option<Vec<u8>>,
    org_id: Uuid,
    org_name: String,
    recipient: Option<Vec<u8>>,
    about_kind: String,
    about_id: Option<Uuid>,
    state: String,
    reason: Option<String>,
    not_before: i64,
    next_at: i64,
    expires_at: Option<i64>,
    attempts: i64,
    lease_until: Option<i64>,
    provider_id: Option<String>,
    error: Option<String>,
    queued_by: String,
    created_at: i64,
    updated_at: i64,
    sent_at: Option<i64>,
    delivered_at: Option<i64>,
    version: i64,
}

pub(super) const SELECT: &str = "SELECT m.id, m.number, m.channel, m.purpose, m.template_id, t.code AS template_code, \
     t.label AS template_label, t.version AS template_version, m.customer_id, c.customer_no, c.kind AS customer_kind, \
     c.name AS customer_name, m.org_id, o.name AS org_name, m.recipient, m.about_kind, m.about_id, m.state, m.reason, \
     m.not_before, m.next_at, m.expires_at, m.attempts, m.lease_until, m.provider_id, m.error, m.queued_by, \
     m.created_at, m.updated_at, m.sent_at, m.delivered_at, m.version FROM messages m \
     JOIN message_templates t ON t.id = m.template_id JOIN orgs o ON o.id = m.org_id \
     LEFT JOIN customers c ON c.id = m.customer_id";

fn message(keys: &Keyring, r: Row) -> Result<MessageRow> {
    let channel = MessageChannel::parse(&r.channel)?;
    let recipient = r.recipient.as_ref();
    let recipient = recipient.map(|sealed| keys.open("messages.recipient", r.id, sealed));
    let recipient = recipient.transpose()?;
    let name = match (r.customer_id, &r.customer_kind, &r.customer_name) {
        (Some(id), Some(kind), Some(sealed)) => Some(shown_name(keys, id, kind, sealed)?),
        _ => None,
    };
    let reason = r.reason.as_deref().map(MessageReason::parse).transpose()?;
    Ok(MessageRow {
        recipient: recipient.map(|text| Recipient::from_stored(channel, text)),
        customer_name: name,
        id: MessageId(r.id),
        number: r.number,
        channel,
        purpose: MessagePurpose::parse(&r.purpose)?,
        template: TemplateId(r.template_id),
        template_code: r.template_code,
        template_label: r.template_label,
        template_version: r.template_version,
        customer: r.customer_id.map(CustomerId),
        customer_no: r.customer_no,
        org_id: OrgId(r.org_id),
        org_name: r.org_name,
        about_kind: r.about_kind,
        about_id: r.about_id,
        state: MessageState::parse(&r.state)?,
        reason,
        not_before: instant(r.not_before),
        next_at: instant(r.next_at),
        expires_at: r.expires_at.map(instant),
        attempts: r.attempts,
        lease_until: r.lease_until.map(instant),
        provider_id: r.provider_id,
        error: r.error,
        queued_by: r.queued_by,
        created_at: instant(r.created_at),
        updated_at: instant(r.updated_at),
        sent_at: r.sent_at.map(instant),
        delivered_at: r.delivered_at.map(instant),
        version: r.version,
    })
}

pub(super) fn messages(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<MessageRow>> {
    let keys = db.keys();
    rows.into_iter().map(|r| message(keys, r)).collect()
}
