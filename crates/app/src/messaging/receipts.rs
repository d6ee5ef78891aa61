//! What a gateway says later became of messages.

use super::queue::{entry, settled};
use crate::obligations::{not_told, told};
use crate::{App, Error, Refusal, Result};
use domain::access::Actor;
use domain::messaging::{MessageChannel, MessageReason, MessageState, MessageStep};
use domain::time::Instant;
use store::Audit;
use store::messaging as rows;

/// Receipts of one request; gateways gather some hundred.
const RECEIPTS_MAX: usize = 1_000;
/// Characters that are kept of what a gateway says.
const NOTE_MAX: usize = 200;

/// A request of a gateway.
#[derive(Clone, Copy, Debug)]
pub struct ReceiptRequest<'r> {
    /// Its headers, names in small letters.
    pub headers: &'r [(String, String)],
    /// Its body.
    pub body: &'r [u8],
    /// The present moment.
    pub now: Instant,
}

/// Takes what a gateway says, once its signature was verified, and counts what was news.
///
/// # Errors
/// [`Error::NotFound`] when the channel's gateway says nothing later; [`Error::Refused`] with
/// `receipt-refused` when the signature or the words are not right.
pub async fn take_receipts(
    app: &App,
    channel: MessageChannel,
    request: &ReceiptRequest<'_>,
) -> Result<usize> {
    let read = app.outlets().reader_of(channel).ok_or(Error::NotFound)?;
    let receipts = read(request).map_err(|why| {
        tracing::warn!(channel = channel.as_str(), why, "receipts were refused");
        Refusal::with("receipt-refused", why)
    })?;
    let system = Actor::system();
    let mut news = 0;
    for receipt in receipts.iter().take(RECEIPTS_MAX) {
        let work = app.store().begin(request.now).await?;
        let Some(message) = rows::find_sent(&work, channel, &receipt.name).await? else {
            work.roll_back().await?;
            continue;
        };
        let step = if receipt.delivered {
            MessageStep::Deliver
        } else {
            MessageStep::Bounce
        };
        let reason = (!receipt.delivered).then_some(MessageReason::Undelivered);
        // Said before, or said too late to matter.
        let Ok(change) = settled(&message, step, reason, &system.name) else {
            work.roll_back().await?;
            continue;
        };
        let note: String = receipt.note.chars().take(NOTE_MAX).collect();
        let change = rows::MessageChange {
            error: reason.map(|_| note.as_str()),
            note: Some(note.as_str()).filter(|n| !n.is_empty()),
            ..change
        };
        rows::change_message(&work, &message, &change).await?;
        let action = match change.state {
            MessageState::Delivered => "message.delivered",
            _ => "message.undelivered",
        };
        let number = &message.number;
        let contact = match super::send::contact_of(&message) {
            Some(contact) if receipt.delivered => told(&work, &system, contact, number).await?,
            Some(contact) => not_told(&work, &system, contact, number).await?,
            None => None,
        };
        let first = entry(&system, action, &message, reason);
        work.commit(Audit::with(first, contact)).await?;
        news += 1;
    }
    Ok(news)
}
