//! Sending what is due. Several servers do it side by side: a message is taken in one transaction,
//! handed over outside of any, and what came of it is written by whoever still holds it.

use super::limits::slot_rules;
use super::outlets::{HandError, Outgoing, Taken};
use super::queue::{entry, never, recipient_of, settled};
use crate::jobs::Clock;
use crate::rules::BusinessCalendar;
use crate::{App, Error, Result};
use chrono::Duration;
use domain::access::Actor;
use domain::customers::Reveal;
use domain::messaging::{
    Addressee, History, MessageChannel, MessageReason, MessageState, MessageStep, Never, Recipient,
    Slot, find_slot, retry_after, send_lease, sms_text,
};
use domain::time::{Instant, date_in_china};
use store::messaging::{self as rows, MessageChange, MessageRow};
use store::{Audit, StoreError, UnitOfWork};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Messages of one call; the server calls again at once when there may be more.
const MESSAGES_MAX: usize = 400;
/// Messages that are handed over at the same time: enough to hide the gateway's way, few enough for its
/// limits.
const AT_ONCE: usize = 8;
/// Characters that are kept of what a mail server or gateway says.
const ERROR_MAX: usize = 200;
/// How long back messages are counted; no cap covers a longer period.
const COUNTED: Duration = Duration::days(400);
/// A message whose server fell silent and whose channel has no way here is looked at again after this.
const NO_WAY: Duration = Duration::minutes(10);

enum Turn {
    /// Nobody's turn.
    Nothing,
    /// It waits, or does not go out.
    Settled,
    /// It goes out.
    Ready(Box<MessageRow>, Outgoing),
}

/// Sends the messages whose time has come, and says how many were looked at. One that fails is no error
/// here: it says so itself.
///
/// # Errors
/// When the outbox cannot be read or written.
pub async fn send_due(app: &App, clock: Clock<'_>) -> Result<usize> {
    app.refresh_rules(clock()).await?;
    let channels = app.outlets().channels();
    let mut handing = JoinSet::new();
    let mut count = 0;
    let mut more = true;
    while more || !handing.is_empty() {
        more = more && count < MESSAGES_MAX;
        if more && handing.len() < AT_ONCE {
            match take(app, clock(), &channels).await? {
                Turn::Nothing => more = false,
                Turn::Settled => count += 1,
                Turn::Ready(message, outgoing) => {
                    count += 1;
                    let Some(hand) = app.outlets().hand_of(message.channel) else {
                        continue;
                    };
                    let under_way = hand(outgoing);
                    handing.spawn(async move { (message, under_way.await) });
                }
            }
        } else if let Some(ended) = handing.join_next().await {
            let (message, came) = ended.map_err(|e| Error::Fault(e.to_string()))?;
            finish(app, clock(), &message, &came).await?;
        }
    }
    Ok(count)
}

/// Takes the message whose turn it is and decides what happens to it.
async fn take(app: &App, now: Instant, channels: &[MessageChannel]) -> Result<Turn> {
    if !rows::is_message_due(app.store(), channels, now).await? {
        return Ok(Turn::Nothing);
    }
    let work = app.store().begin(now).await?;
    let Some(message) = rows::take_message(&work, channels).await? else {
        work.roll_back().await?;
        return Ok(Turn::Nothing);
    };
    let customer = match message.customer {
        Some(id) => rows::find_addressee(&work, id).await?,
        None => None,
    };
    let recipient = match &customer {
        Some(customer) => recipient_of(customer, message.channel),
        None => message.recipient.clone(),
    };
    let addressee = match &customer {
        Some(c) => Addressee {
            marketing: c.marketing_consent,
            care_stopped: c.care_stopped_at.is_some(),
            restricted: c.restricted_at.is_some(),
            erased: c.erased_at.is_some(),
            has_address: recipient.is_some(),
        },
        None => Addressee {
            has_address: recipient.is_some(),
            ..Addressee::default()
        },
    };
    if let Some(contact) = contact_of(&message)
        && !crate::obligations::is_owed(&work, contact).await?
    {
        return settle(
            work,
            &message,
            MessageStep::Cancel,
            MessageReason::Superseded,
        )
        .await;
    }
    if let Err(Never(reason)) = may_go(app, &message, &addressee, now) {
        return settle(work, &message, step_for(&message, reason), reason).await;
    }
    if message.state == MessageState::Sending && retry_after(message.attempts).is_none() {
        return settle(work, &message, MessageStep::GiveUp, MessageReason::GivenUp).await;
    }
    if !channels.contains(&message.channel) {
        let again = now + NO_WAY;
        return hold(work, &message, again, MessageReason::Trouble).await;
    }
    if let Slot::From(at, reason) = slot(app, &work, &message, channels).await? {
        return hold(work, &message, at, reason).await;
    }
    begin(app, work, message, recipient).await
}

/// The scheduled contact that a message is about.
pub(super) fn contact_of(message: &MessageRow) -> Option<Uuid> {
    let is_contact = message.about_kind == crate::obligations::CONTACT;
    message.about_id.filter(|_| is_contact)
}

/// What becomes of a message that does not go out. A contact that came too late says so itself; nobody
/// has to look at its message.
fn step_for(message: &MessageRow, reason: MessageReason) -> MessageStep {
    if reason == MessageReason::Expired && contact_of(message).is_some() {
        MessageStep::Cancel
    } else {
        never(message.purpose)
    }
}

/// Whether it may go out at all.
fn may_go(
    app: &App,
    message: &MessageRow,
    addressee: &Addressee,
    now: Instant,
) -> std::result::Result<(), Never> {
    if message.expires_at.is_some_and(|at| at <= now) {
        return Err(Never(MessageReason::Expired));
    }
    // Where there is no way, a missing address is no news yet.
    if !addressee.has_address && !app.outlets().serves(message.channel) {
        return Ok(());
    }
    addressee.check(message.purpose)
}

async fn slot(
    app: &App,
    work: &UnitOfWork,
    message: &MessageRow,
    channels: &[MessageChannel],
) -> Result<Slot> {
    let now = work.now();
    let history = match message.customer {
        Some(customer) => {
            rows::list_history(work, customer, message.id, now - COUNTED, channels).await?
        }
        None => History::default(),
    };
    let rules = app.rules();
    let limits = slot_rules(&rules, message.purpose, date_in_china(now));
    let calendar = BusinessCalendar(rules.calendar());
    Ok(find_slot(
        message.purpose,
        &limits,
        &history,
        &calendar,
        message.not_before,
        now,
    ))
}

async fn settle(
    work: UnitOfWork,
    message: &MessageRow,
    step: MessageStep,
    reason: MessageReason,
) -> Result<Turn> {
    let system = Actor::system();
    // What was on its way when its server fell silent cannot be taken back.
    let step = if message.state == MessageState::Sending {
        MessageStep::GiveUp
    } else {
        step
    };
    let change = settled(message, step, Some(reason), &system.name)?;
    let action = match change.state {
        MessageState::Dead => "message.given_up",
        _ => "message.cancelled",
    };
    rows::change_message(&work, message, &change).await?;
    work.commit(entry(&system, action, message, Some(reason)))
        .await?;
    Ok(Turn::Settled)
}

async fn hold(
    work: UnitOfWork,
    message: &MessageRow,
    until: Instant,
    reason: MessageReason,
) -> Result<Turn> {
    let system = Actor::system();
    let change = MessageChange {
        next_at: until,
        ..settled(message, MessageStep::Hold, Some(reason), &system.name)?
    };
    rows::change_message(&work, message, &change).await?;
    work.commit(entry(&system, "message.held", message, Some(reason)))
        .await?;
    Ok(Turn::Settled)
}

/// Notes that it goes out, and makes it ready.
async fn begin(
    app: &App,
    work: UnitOfWork,
    message: MessageRow,
    recipient: Option<Recipient>,
) -> Result<Turn> {
    let system = Actor::system();
    let text = rows::read_message_text(&work, message.id).await?;
    let (Some(to), Some(body)) = (&recipient, &text.body) else {
        return settle(work, &message, MessageStep::GiveUp, MessageReason::Erased).await;
    };
    // The entry of the audit log names the message before anybody sees its words.
    let reveal = Reveal::traced(message.id.0);
    let body = body.reveal(reveal);
    let outgoing = Outgoing {
        channel: message.channel,
        key: message.number.clone(),
        recipient: to.reveal(reveal).to_owned(),
        title: text.title.as_ref().map(|t| t.reveal(reveal).to_owned()),
        body: match message.channel {
            MessageChannel::Sms => sms_text(app.outlets().company(), body),
            _ => body.to_owned(),
        },
        template: message.template_code.clone(),
    };
    let change = MessageChange {
        attempts: message.attempts + 1,
        lease_until: Some(work.now() + send_lease()),
        recipient: Some(to),
        ..settled(&message, MessageStep::Begin, None, &system.name)?
    };
    rows::change_message(&work, &message, &change).await?;
    let taken = MessageRow {
        state: change.state,
        attempts: change.attempts,
        version: message.version + 1,
        ..message
    };
    work.commit(entry(&system, "message.sending", &taken, None))
        .await?;
    Ok(Turn::Ready(Box::new(taken), outgoing))
}

/// Writes what came of it, unless somebody else has taken it up in the meantime.
async fn finish(
    app: &App,
    now: Instant,
    message: &MessageRow,
    came: &std::result::Result<Taken, HandError>,
) -> Result<()> {
    let system = Actor::system();
    let cut = |text: &str| text.chars().take(ERROR_MAX).collect::<String>();
    let said = came.as_ref().err().map(|error| cut(&error.to_string()));
    let wait = retry_after(message.attempts);
    let (step, reason, action) = match (came, wait) {
        (Ok(_), _) => (MessageStep::Accept, None, "message.sent"),
        (Err(HandError::Refused(_)), _) => (
            MessageStep::GiveUp,
            Some(MessageReason::Rejected),
            "message.given_up",
        ),
        (Err(HandError::Trouble(_)), None) => (
            MessageStep::GiveUp,
            Some(MessageReason::GivenUp),
            "message.given_up",
        ),
        (Err(HandError::Trouble(_)), Some(_)) => (
            MessageStep::Fail,
            Some(MessageReason::Trouble),
            "message.failed",
        ),
    };
    let again = wait.filter(|_| step == MessageStep::Fail);
    let change = MessageChange {
        next_at: again.map_or(message.next_at, |wait| now + wait),
        provider_id: came.as_ref().ok().and_then(|t| t.provider_id.as_deref()),
        error: said.as_deref(),
        ..settled(message, step, reason, &system.name)?
    };
    let work = app.store().begin(now).await?;
    match rows::change_message(&work, message, &change).await {
        // A receipt was faster, or the lease ended: what was written then is what counts.
        Err(StoreError::Conflict) => Ok(work.roll_back().await?),
        Err(other) => Err(other.into()),
        Ok(()) => {
            let first = entry(&system, action, message, reason);
            let told = match contact_of(message).filter(|_| step == MessageStep::Accept) {
                Some(contact) => {
                    crate::obligations::told(&work, &system, contact, &message.number).await?
                }
                None => None,
            };
            Ok(work.commit(Audit::with(first, told)).await?)
        }
    }
}
