//! Wanting a message: the row of the outbox is written in the transaction of what it is about.

use crate::{App, Error, Refusal, Result};
use chrono::Datelike as _;
use domain::access::{Actor, Permission};
use domain::customers::{Reveal, salutation};
use domain::ids::{CustomerId, MessageId, OrgId};
use domain::messaging::{
    MessageChannel, MessagePurpose, MessageReason, MessageStep, Recipient, Template, TemplateError,
};
use domain::numbers::NumberKind;
use domain::time::{Instant, date_in_china};
use store::messaging::{self as rows, AddresseeRow, MessageChange, MessageRow, NewMessage};
use store::{AuditEntry, UnitOfWork};
use uuid::Uuid;

/// Longest value for a place in a text, in characters.
const VALUE_MAX: usize = 1_000;

/// Who gets a message.
#[derive(Clone, Copy, Debug)]
pub enum Addressed<'a> {
    /// A customer, by the address that is known when it goes out.
    Customer(CustomerId),
    /// A member of staff.
    Staff {
        /// How to address them.
        name: &'a str,
        /// Their unit.
        org: OrgId,
        /// Where it goes.
        recipient: &'a Recipient,
    },
}

/// A message that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'w> {
    /// Code of the text.
    pub template: &'w str,
    /// By which channel; the one that suits the customer best when nothing is said (REL-01).
    pub channel: Option<MessageChannel>,
    /// Who gets it.
    pub to: Addressed<'w>,
    /// Values for the places of the text, besides `salutation` and `company`.
    pub values: &'w [(&'w str, &'w str)],
    /// Kind and id of the record that it is about, such as `obligation`.
    pub about: (&'w str, Option<Uuid>),
    /// There is one message of this key, however often it is wanted.
    pub once: Option<&'w str>,
    /// Not before this moment; at once when nothing is said.
    pub not_before: Option<Instant>,
    /// After this moment it is of no use.
    pub expires_at: Option<Instant>,
}

/// A message in the outbox.
#[derive(Clone, Debug)]
pub struct Queued {
    /// Its id.
    pub id: MessageId,
    /// The entry for the audit log, for the unit of work that wants it; nothing when the message was
    /// there before.
    pub entry: Option<AuditEntry>,
}

/// Puts a message into the outbox. It goes out after the unit of work was committed, when its slot
/// comes. Who may want it is for the caller to decide.
///
/// # Errors
/// [`Error::Refused`] with `message-no-template` when no approved text of that code fits a channel of
/// the customer, with `message-value` when a value is missing; [`Error::NotFound`] without the customer.
pub async fn queue(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    wanted: &Wanted<'_>,
) -> Result<Queued> {
    if let Some(key) = wanted.once
        && let Some(id) = rows::find_once(work, key).await?
    {
        return Ok(Queued { id, entry: None });
    }
    let id = MessageId(work.next_id());
    let reveal = Reveal::traced(id.0);
    let to = address(work, wanted.to, reveal).await?;
    let (channel, template) = text(work, wanted, to.customer.as_ref()).await?;
    let company = app.outlets().company();
    let mut values = vec![("salutation", to.salutation.as_str()), ("company", company)];
    values.extend(wanted.values);
    let fill = |text: &str| fill(text, &values);
    let title = template.title.as_deref().map(fill).transpose()?;
    let body = fill(&template.body)?;
    let recipient = match (&to.customer, wanted.to) {
        (Some(customer), _) => recipient_of(customer, channel),
        (None, Addressed::Staff { recipient, .. }) => Some(recipient.clone()),
        (None, Addressed::Customer(_)) => None,
    };
    let year = date_in_china(work.now()).year();
    let number = store::numbers::take_number(work, NumberKind::Message, year).await?;
    let new = NewMessage {
        id,
        number: &number.to_string(),
        channel,
        purpose: template.purpose,
        template: template.id,
        customer: to.customer.as_ref().map(|c| c.id),
        org: to.org,
        recipient: recipient.as_ref(),
        title: title.as_deref(),
        body: &body,
        about_kind: wanted.about.0,
        about_id: wanted.about.1,
        once_key: wanted.once,
        not_before: wanted.not_before.unwrap_or(work.now()),
        expires_at: wanted.expires_at,
        queued_by: &actor.name,
    };
    if !rows::insert_message(work, &new).await? {
        // Somebody else wanted the same at the same moment.
        return Err(Error::Conflict);
    }
    let detail = serde_json::json!({
        "number": number.to_string(), "channel": channel.as_str(), "template": template.code,
        "version": template.version, "about": wanted.about.0,
    });
    let entry = AuditEntry::new(actor, "message.queued", "message", id.0)
        .customer(to.customer.map(|c| c.id.0))
        .detail(detail);
    Ok(Queued {
        id,
        entry: Some(entry),
    })
}

struct Target {
    customer: Option<AddresseeRow>,
    org: OrgId,
    salutation: String,
}

async fn address(work: &UnitOfWork, to: Addressed<'_>, reveal: Reveal) -> Result<Target> {
    match to {
        Addressed::Staff { name, org, .. } => Ok(Target {
            customer: None,
            org,
            salutation: name.to_owned(),
        }),
        Addressed::Customer(id) => {
            let customer = rows::find_addressee(work, id).await?;
            let customer = customer.ok_or(Error::NotFound)?;
            let name = customer.name.reveal(reveal);
            let (salutation, _) = salutation(customer.kind, customer.sex.as_deref(), name);
            Ok(Target {
                org: customer.org_id,
                salutation,
                customer: Some(customer),
            })
        }
    }
}

/// Where a customer is reached by a channel.
pub(super) fn recipient_of(customer: &AddresseeRow, channel: MessageChannel) -> Option<Recipient> {
    match channel {
        MessageChannel::Sms => customer.mobile.clone().map(Recipient::Mobile),
        MessageChannel::Email => customer.email.clone().map(Recipient::Email),
        // Gateways know followers by the number of the customer.
        MessageChannel::Wechat | MessageChannel::Qq => {
            Some(Recipient::Follower(customer.customer_no.clone()))
        }
    }
}

/// The channel and the approved text: the one that is asked for, else the one that the customer
/// prefers, else the first by which the customer can be reached.
async fn text(
    work: &UnitOfWork,
    wanted: &Wanted<'_>,
    customer: Option<&AddresseeRow>,
) -> Result<(MessageChannel, rows::TemplateRow)> {
    let suited = match wanted.channel {
        Some(channel) => vec![channel],
        None => candidates(customer.and_then(|c| c.preferred_channel.as_deref())),
    };
    let mut fallback = None;
    for channel in suited {
        let found = rows::find_template_in_use(work, wanted.template, channel).await?;
        let Some(template) = found else { continue };
        if customer.is_none_or(|c| recipient_of(c, channel).is_some()) {
            return Ok((channel, template));
        }
        fallback.get_or_insert((channel, template));
    }
    // Without an address it waits in sight for somebody to find one.
    fallback.ok_or_else(|| Refusal::with("message-no-template", wanted.template).into())
}

/// Channels to try, the customer's own wish first (REL-01).
pub(super) fn candidates(preferred: Option<&str>) -> Vec<MessageChannel> {
    let preferred = preferred.and_then(|code| MessageChannel::parse(code).ok());
    let usual = [MessageChannel::Sms, MessageChannel::Email];
    preferred.into_iter().chain(usual).collect()
}

pub(super) fn fill(text: &str, values: &[(&str, &str)]) -> Result<String> {
    let long = values.iter().find(|(_, v)| v.chars().count() > VALUE_MAX);
    if let Some((name, _)) = long {
        return Err(Refusal::with("message-value", *name).into());
    }
    let refused = |error: TemplateError| match error {
        TemplateError::Missing(name) => Error::from(Refusal::with("message-value", name)),
        other => Error::Fault(other.to_string()),
    };
    let template = Template::parse(text).map_err(refused)?;
    Ok(template.fill(values).map_err(refused)?.trim().to_owned())
}

/// A message that somebody writes to a customer.
#[derive(Clone, Debug, Default)]
pub struct WrittenForm {
    /// Code of the text.
    pub template: String,
    /// Code of the channel; empty for the best one.
    pub channel: String,
    /// Values for the places, by name.
    pub values: Vec<(String, String)>,
    /// Key that makes a repeated request harmless; empty for none.
    pub once: String,
}

/// Sends a message to a customer in sight, by hand or through the API.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when the customer is not in sight; what [`queue()`] says.
pub async fn send_written(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &WrittenForm,
) -> Result<MessageId> {
    let scope = actor.scope(Permission::MessagesSend)?;
    let found =
        store::customers::find_customer_by_number(app.store(), &scope, customer_no.trim()).await?;
    let customer = found.ok_or(Error::NotFound)?;
    let channel = crate::listing::code("channel", &form.channel, MessageChannel::parse)?;
    let values: Vec<_> = form
        .values
        .iter()
        .map(|(name, value)| (name.as_str(), value.trim()))
        .collect();
    let once =
        crate::listing::some(&form.once).map(|key| format!("{}:{key}", customer.customer_no));
    let wanted = Wanted {
        template: form.template.trim(),
        channel,
        to: Addressed::Customer(customer.id),
        values: &values,
        about: ("customer", Some(customer.id.0)),
        once: once.as_deref(),
        not_before: None,
        expires_at: None,
    };
    let work = app.store().begin(now).await?;
    let queued = queue(app, &work, actor, &wanted).await?;
    match queued.entry {
        Some(entry) => work.commit(entry).await?,
        None => work.roll_back().await?,
    }
    Ok(queued.id)
}

/// Takes back what has not gone out about a record that fell away, in the transaction of that.
///
/// # Errors
/// What the store says.
pub async fn withdraw_about(
    work: &UnitOfWork,
    actor: &Actor,
    about: Uuid,
) -> Result<Vec<AuditEntry>> {
    let mut entries = Vec::new();
    for message in rows::list_pending_about(work, about).await? {
        let reason = Some(MessageReason::Superseded);
        let change = settled(&message, MessageStep::Cancel, reason, &actor.name)?;
        rows::change_message(work, &message, &change).await?;
        entries.push(entry(actor, "message.cancelled", &message, reason));
    }
    Ok(entries)
}

/// A change after which nothing more happens by itself.
pub(super) fn settled<'c>(
    message: &MessageRow,
    step: MessageStep,
    reason: Option<MessageReason>,
    actor: &'c str,
) -> Result<MessageChange<'c>> {
    let state = message.state.after(step);
    Ok(MessageChange {
        state: state.map_err(|_| Refusal::with("message-state", message.state.as_str()))?,
        reason,
        next_at: message.next_at,
        attempts: message.attempts,
        lease_until: None,
        recipient: None,
        provider_id: None,
        error: None,
        note: None,
        actor,
    })
}

/// An entry about a message; nothing of its words or address.
pub(super) fn entry(
    actor: &Actor,
    action: &'static str,
    message: &MessageRow,
    reason: Option<MessageReason>,
) -> AuditEntry {
    let detail = serde_json::json!({
        "number": message.number, "channel": message.channel.as_str(),
        "reason": reason.map(MessageReason::as_str),
    });
    AuditEntry::new(actor, action, "message", message.id.0)
        .customer(message.customer.map(|c| c.0))
        .detail(detail)
}

/// Whether a message of a purpose that cannot go out needs somebody to look.
pub(super) fn never(purpose: MessagePurpose) -> MessageStep {
    if purpose.must_be_seen_to() {
        MessageStep::GiveUp
    } else {
        MessageStep::Cancel
    }
}
