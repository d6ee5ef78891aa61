//! "Call me": the customer's free choice, at any time before submission.

use super::chain::Entry;
use super::follow::{back_to_phone, callback_of, note};
use super::visit::{Visitor, customer, entry};
use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::electronic::{EvidenceStep, LinkStep};
use domain::time::{self, Instant};
use store::electronic::{self as rows, LinkChange};

/// Longest wish.
const WISH_MAX: usize = 200;
/// How far ahead somebody may wish to be called.
const DAYS_AHEAD: i64 = 60;

/// When the customer wishes to be called.
#[derive(Clone, Debug, Default)]
pub struct PhoneForm {
    /// The day; any when empty.
    pub day: String,
    /// The hour, from 0 to 23; any when empty.
    pub hour: String,
    /// What else the customer says.
    pub wish: String,
}

/// Goes back to the telephone. No identity is needed for it: nothing is shown and nothing is lost.
///
/// # Errors
/// [`Error::Invalid`] when the wish cannot be kept; [`Error::Refused`] when the link has ended.
pub async fn want_phone(
    app: &App,
    now: Instant,
    visitor: &Visitor,
    form: &PhoneForm,
) -> Result<()> {
    let appointment = appointment(app, now, form)?;
    let wish = form.wish.trim();
    if wish.chars().count() > WISH_MAX {
        return Err(Error::invalid("wish", "too-long"));
    }
    let work = app.store().begin(now).await?;
    let link = visitor.link(&work).await?.ok_or(Error::NotFound)?;
    let state = link.link.decide(LinkStep::WantPhone, now)?;
    let callback = callback_of(&work, &link).await?;
    let actor = customer();
    let from = appointment.unwrap_or(now);
    back_to_phone(&work, &actor, &callback, from, appointment, "phone_wanted").await?;
    let device = visitor.device(app);
    let row = Entry {
        detail: serde_json::json!({ "appointment_at": appointment }).to_string(),
        words: Some(wish).filter(|w| !w.is_empty()),
        device: Some(&device),
        ..Entry::default()
    };
    let change = LinkChange {
        state: Some(state),
        reason: Some(wish).filter(|w| !w.is_empty()),
        ..LinkChange::default()
    };
    note(&work, &link, EvidenceStep::PhoneWanted, &row, change).await?;
    rows::close_sessions(&work, link.id).await?;
    Ok(work.commit(entry("electronic.phone_wanted", &link)).await?)
}

/// The wished time, within calling hours.
fn appointment(app: &App, now: Instant, form: &PhoneForm) -> Result<Option<Instant>> {
    let day = form.day.trim();
    if day.is_empty() {
        return Ok(None);
    }
    let day: NaiveDate = day.parse().map_err(|_| Error::invalid("day", "date"))?;
    let today = time::date_in_china(now);
    if (day - today).num_days() > DAYS_AHEAD {
        return Err(Error::invalid("day", "date"));
    }
    let hours = app.rules().calling_hours(today);
    let hour = match form.hour.trim() {
        "" => hours.from,
        text => {
            let hour = text.parse().ok();
            let clock = hour.and_then(|h| chrono::NaiveTime::from_hms_opt(h, 0, 0));
            clock.ok_or_else(|| Error::invalid("hour", "instant"))?
        }
    };
    if hour < hours.from || hour >= hours.until {
        return Err(Error::invalid("hour", "instant"));
    }
    let at = time::at_in_china(day, hour);
    if at <= now {
        return Err(Error::invalid("day", "in-the-past"));
    }
    Ok(Some(at))
}
