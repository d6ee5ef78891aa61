//! A contact that a person made in place of the message.

use super::list::find;
use super::wording::wording;
use crate::obligations::told;
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::callbacks::ContactChannel;
use domain::care::CareState;
use domain::time::Instant;
use store::Audit;
use store::care::{self as rows, NewRecord};

/// Longest note, in characters: what was said, in a few sentences.
const NOTE_MAX: usize = 1_000;

/// What somebody recorded.
#[derive(Clone, Debug, Default)]
pub struct RecordForm {
    /// Code of the channel.
    pub channel: String,
    /// Whom they spoke to and what was said.
    pub note: String,
}

/// Records that somebody told the customer, which discharges the contact. Its message does not go out.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when the contact is not in sight; [`Error::Refused`] with
/// `contact-over` when it is not owed any more; a field that is wrong.
pub async fn record_contact(
    app: &App,
    actor: &Actor,
    now: Instant,
    number: &str,
    form: &RecordForm,
) -> Result<()> {
    let contact = find(app, actor, Permission::MessagesSend, number).await?;
    let rules = app.rules();
    let allowed = wording(rules.programme(&contact.programme)).by_hand;
    let channel = ContactChannel::parse(form.channel.trim());
    let channel = channel.ok().filter(|c| allowed.contains(c));
    let channel = channel.ok_or_else(|| Error::invalid("channel", "unknown-code"))?;
    let note = form.note.trim();
    if note.is_empty() {
        return Err(Error::invalid("note", "missing"));
    }
    if note.chars().count() > NOTE_MAX {
        return Err(Error::invalid("note", "too-long"));
    }
    if !matches!(contact.state, CareState::Waiting | CareState::Held) {
        return Err(Refusal::new("contact-over").into());
    }
    let work = app.store().begin(now).await?;
    let record = NewRecord {
        obligation: contact.id,
        channel,
        note,
        actor,
    };
    let Some(discharged) = told(&work, actor, contact.id, channel.as_str()).await? else {
        work.roll_back().await?;
        return Err(Refusal::new("contact-over").into());
    };
    rows::insert_record(&work, &record).await?;
    let withdrawn = crate::messaging::withdraw_about(&work, actor, contact.id).await?;
    Ok(work.commit(Audit::with(discharged, withdrawn)).await?)
}
