//! One message: its words, where it stands and why, and what somebody may do about it.

use super::list::{MessageView, view};
use super::queue::{entry, settled};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::customers::Reveal;
use domain::messaging::{
    Length, MessageChannel, MessageReason, MessageState, MessageStep, length, sms_text,
};
use domain::time::Instant;
use store::messaging::{self as rows, MessageChange, MessageEntryRow, MessageRow};

/// Kinds of record about which messages hold what is for the customer alone: links to electronic
/// callbacks and to surveys, and codes.
const FOR_THE_CUSTOMER_ALONE: [&str; 2] = ["electronic_link", "survey"];
/// Hexadecimal digits in a row from which on they are a secret.
const SECRET_MIN: usize = 6;

/// A message with its words and history.
#[derive(Clone, Debug)]
pub struct MessagePage {
    /// The message.
    pub view: MessageView,
    /// Subject of an e-mail.
    pub title: Option<String>,
    /// The text as it goes out; nothing when it was destroyed.
    pub body: Option<String>,
    /// How long a text message is.
    pub length: Option<Length>,
    /// The history, the oldest first.
    pub entries: Vec<MessageEntryRow>,
    /// The actor may take it back.
    pub may_cancel: bool,
    /// The actor may have it sent again.
    pub may_resend: bool,
}

/// A message in sight, by number. That somebody read its words is recorded.
///
/// # Errors
/// When the actor may not see messages; [`Error::NotFound`] when this one is not in sight.
pub async fn message_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    number: &str,
) -> Result<MessagePage> {
    let scope = actor.scope(Permission::MessagesRead)?;
    let found = rows::find_message(app.store(), &scope, number.trim()).await?;
    let row = found.ok_or(Error::NotFound)?;
    let (id, customer) = (row.id.0, row.customer.map(|c| c.0));
    crate::audit::seen(
        app,
        actor,
        now,
        ("message.viewed", "message"),
        (id, customer),
    )
    .await?;
    let text = rows::read_message_text(app.store(), row.id).await?;
    let reveal = Reveal::traced(id);
    let is_secret = FOR_THE_CUSTOMER_ALONE.contains(&row.about_kind.as_str());
    let body = text.body.map(|body| match row.channel {
        MessageChannel::Sms => sms_text(app.outlets().company(), body.reveal(reveal)),
        _ => body.reveal(reveal).to_owned(),
    });
    let body = body.map(|b| if is_secret { without_secrets(&b) } else { b });
    let is_sms = row.channel == MessageChannel::Sms;
    let may = actor.may(Permission::MessagesSend);
    Ok(MessagePage {
        length: body.as_deref().filter(|_| is_sms).map(length),
        title: text.title.map(|t| t.reveal(reveal).to_owned()),
        may_cancel: may && row.state.after(MessageStep::Cancel).is_ok(),
        may_resend: may && body.is_some() && row.state.after(MessageStep::Resend).is_ok(),
        body,
        entries: rows::list_message_entries(app.store(), &scope, row.id).await?,
        view: view(app, row),
    })
}

/// A text with dots for what its reader could act with in the customer's place: codes, and the secret
/// part of a link.
fn without_secrets(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_hexdigit() {
            run.push(c);
            continue;
        }
        if run.len() >= SECRET_MIN {
            shown.push_str(&"•".repeat(SECRET_MIN));
        } else {
            shown.push_str(&run);
        }
        run.clear();
        shown.push(c);
    }
    shown.pop();
    shown
}

async fn own(app: &App, actor: &Actor, number: &str) -> Result<MessageRow> {
    let scope = actor.scope(Permission::MessagesSend)?;
    let found = rows::find_message(app.store(), &scope, number.trim()).await?;
    found.ok_or(Error::NotFound)
}

/// Takes a message back that has not gone out, or lets one rest that was given up.
///
/// # Errors
/// When the actor may not; without a reason; [`Error::Refused`] with `message-state` when it has gone
/// out.
pub async fn cancel_message(
    app: &App,
    actor: &Actor,
    now: Instant,
    number: &str,
    reason: &str,
) -> Result<()> {
    let message = own(app, actor, number).await?;
    let words = crate::approvals::reason(reason)?;
    let by = Some(MessageReason::ByPerson);
    let change = MessageChange {
        note: Some(words),
        ..settled(&message, MessageStep::Cancel, by, &actor.name)?
    };
    let work = app.store().begin(now).await?;
    rows::change_message(&work, &message, &change).await?;
    let entry = entry(actor, "message.cancelled", &message, by).purpose(words);
    Ok(work.commit(entry).await?)
}

/// Has a message sent again that was given up, with all its tries and without its end.
///
/// # Errors
/// When the actor may not; [`Error::Refused`] with `message-state` when it was not given up, with
/// `message-destroyed` when its words are gone.
pub async fn resend_message(app: &App, actor: &Actor, now: Instant, number: &str) -> Result<()> {
    let message = own(app, actor, number).await?;
    let text = rows::read_message_text(app.store(), message.id).await?;
    if text.body.is_none() {
        return Err(crate::Refusal::new("message-destroyed").into());
    }
    let again = Some(MessageReason::Again);
    let change = MessageChange {
        next_at: now,
        attempts: 0,
        ..settled(&message, MessageStep::Resend, again, &actor.name)?
    };
    debug_assert_eq!(change.state, MessageState::Queued);
    let work = app.store().begin(now).await?;
    rows::change_message(&work, &message, &change).await?;
    rows::lift_expiry(&work, message.id).await?;
    work.commit(entry(actor, "message.queued_again", &message, again))
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn codes_and_links_are_not_shown() {
        assert_eq!(
            without_secrets("验证码：123456，5分钟内有效"),
            "验证码：••••••，5分钟内有效"
        );
        assert_eq!(
            without_secrets("于03月08日10:00前打开 https://x.cn/p/0a1b2c3d4e5f 完成"),
            "于03月08日10:00前打开 https://x.cn/p/•••••• 完成"
        );
    }
}
