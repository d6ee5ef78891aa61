//! Wanting many messages at once, in the chunk that wants them.

use super::queue::{candidates, fill, recipient_of};
use crate::{App, Error, Result};
use chrono::Datelike as _;
use domain::access::Actor;
use domain::customers::{Reveal, salutation};
use domain::ids::MessageId;
use domain::messaging::{MessageChannel, TemplateState};
use domain::numbers::{Number, NumberKind};
use domain::time::{Instant, date_in_china};
use std::collections::BTreeMap;
use store::AuditEntry;
use store::dialect::bulk::Bulk;
use store::messaging::{self as rows, AddresseeRow, NewMessage, TemplateRow};
use uuid::Uuid;

/// The texts in use, by code and channel.
pub(crate) struct Texts(BTreeMap<(String, &'static str), TemplateRow>);

impl Texts {
    /// Reads them.
    pub(crate) async fn read(app: &App) -> Result<Self> {
        let mut texts = BTreeMap::new();
        // The newest version comes first.
        for text in rows::list_templates(app.store(), None).await? {
            if text.state == TemplateState::Approved {
                let key = (text.code.clone(), text.channel.as_str());
                texts.entry(key).or_insert(text);
            }
        }
        Ok(Self(texts))
    }

    /// The text of a code for a customer, by the channel that suits best.
    fn of(&self, code: &str, customer: &AddresseeRow) -> Option<(MessageChannel, &TemplateRow)> {
        let mut fallback = None;
        for channel in candidates(customer.preferred_channel.as_deref()) {
            let Some(text) = self.0.get(&(code.to_owned(), channel.as_str())) else {
                continue;
            };
            if recipient_of(customer, channel).is_some() {
                return Some((channel, text));
            }
            fallback.get_or_insert((channel, text));
        }
        fallback
    }
}

/// A message that is wanted for a customer.
pub(crate) struct WantedMany<'w> {
    /// Code of the text.
    pub template: &'w str,
    /// Who gets it.
    pub to: &'w AddresseeRow,
    /// Values for the places of the text, besides `salutation` and `company`.
    pub values: Vec<(&'static str, String)>,
    /// Kind and id of the record that it is about.
    pub about: (&'static str, Uuid),
    /// After this moment it is of no use.
    pub expires_at: Option<Instant>,
}

/// A message that is ready to be stored.
struct Ready<'w> {
    id: MessageId,
    channel: MessageChannel,
    text: &'w TemplateRow,
    title: Option<String>,
    body: String,
    once: String,
    wanted: &'w WantedMany<'w>,
}

/// Puts messages into the outbox in one go. There is one for each record that they are about; those for
/// which there is no text, or something that the text needs is not known, are passed over. Gives an entry
/// for each message.
pub(crate) async fn queue_many(
    app: &App,
    bulk: &mut Bulk,
    actor: &Actor,
    texts: &Texts,
    wanted: &[WantedMany<'_>],
) -> Result<Vec<AuditEntry>> {
    let mut ready = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        ready.extend(compose(app, bulk.next_id(), texts, wanted)?);
    }
    if ready.is_empty() {
        return Ok(Vec::new());
    }
    let year = date_in_china(bulk.now()).year();
    let count = i64::try_from(ready.len()).unwrap_or(i64::MAX);
    let kind = NumberKind::Message;
    let first = store::obligations::take_numbers(bulk, kind.as_str(), year, count).await?;
    let numbers: Vec<_> = (first..)
        .take(ready.len())
        .map(|sequence| {
            let number = Number {
                kind,
                year,
                sequence,
            };
            number.to_string()
        })
        .collect();
    let recipients: Vec<_> = ready
        .iter()
        .map(|r| recipient_of(r.wanted.to, r.channel))
        .collect();
    let new: Vec<_> = ready
        .iter()
        .zip(&numbers)
        .zip(&recipients)
        .map(|((r, number), recipient)| NewMessage {
            id: r.id,
            number,
            channel: r.channel,
            purpose: r.text.purpose,
            template: r.text.id,
            customer: Some(r.wanted.to.id),
            org: r.wanted.to.org_id,
            recipient: recipient.as_ref(),
            title: r.title.as_deref(),
            body: &r.body,
            about_kind: r.wanted.about.0,
            about_id: Some(r.wanted.about.1),
            once_key: Some(&r.once),
            not_before: bulk.now(),
            expires_at: r.wanted.expires_at,
            queued_by: &actor.name,
        })
        .collect();
    rows::insert_messages(bulk, &new).await?;
    let entries = ready.iter().zip(&numbers).map(|(r, number)| {
        let detail = serde_json::json!({
            "number": number, "channel": r.channel.as_str(), "template": r.text.code,
            "version": r.text.version, "about": r.wanted.about.0,
        });
        AuditEntry::new(actor, "message.queued", "message", r.id.0)
            .customer(Some(r.wanted.to.id.0))
            .detail(detail)
    });
    Ok(entries.collect())
}

fn compose<'w>(
    app: &App,
    id: Uuid,
    texts: &'w Texts,
    wanted: &'w WantedMany<'w>,
) -> Result<Option<Ready<'w>>> {
    let Some((channel, text)) = texts.of(wanted.template, wanted.to) else {
        return Ok(None);
    };
    let (kind, sex) = (wanted.to.kind, wanted.to.sex.as_deref());
    let (called, _) = salutation(kind, sex, wanted.to.name.reveal(Reveal::traced(id)));
    let company = app.outlets().company();
    let mut values = vec![("salutation", called.as_str()), ("company", company)];
    values.extend(wanted.values.iter().map(|(name, v)| (*name, v.as_str())));
    let filled = |words: &str| match fill(words, &values) {
        Ok(words) => Ok(Some(words)),
        // Somebody has to look: the list says so.
        Err(Error::Refused(_)) => Ok(None),
        Err(other) => Err(other),
    };
    let title = match &text.title {
        None => None,
        Some(title) => match filled(title)? {
            Some(title) => Some(title),
            None => return Ok(None),
        },
    };
    let body = filled(&text.body)?;
    Ok(body.map(|body| Ready {
        id: MessageId(id),
        channel,
        text,
        title,
        body,
        once: format!("{}:{}", wanted.about.0, wanted.about.1),
        wanted,
    }))
}
