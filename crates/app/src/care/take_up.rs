//! Taking up contacts whose day has come: their messages are asked for in portions, each in one
//! transaction. Doing it again, or on several servers, asks for nothing twice.

use super::wording::{owed_late, values, wording};
use crate::messaging::{Texts, WantedMany, queue_many};
use crate::obligations::CONTACT;
use crate::rules::Rules;
use crate::{App, Result};
use domain::access::Actor;
use domain::messaging::MessageReason;
use domain::time::{self, Instant};
use std::collections::BTreeMap;
use store::care::{self as rows, DueContact};
use store::dialect::bulk::Bulk;
use store::{Audit, AuditEntry};

/// Contacts of one transaction: other writers wait no longer than for these.
const PORTION: i64 = 500;

/// What was taken up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenUp {
    /// Messages that were asked for.
    pub queued: usize,
    /// Contacts for which there is no text, or something that the text needs is not known.
    pub without_text: usize,
    /// Contacts that came too late.
    pub lapsed: usize,
}

/// Ends contacts that are of no use any more, and asks for the messages of those whose day has come.
///
/// # Errors
/// What the store says.
pub async fn take_up(app: &App, now: Instant) -> Result<TakenUp> {
    app.refresh_rules(now).await?;
    let rules = app.rules();
    let today = time::date_in_china(now);
    let late = owed_late(&rules);
    let mut done = TakenUp::default();
    if !rows::is_contact_due(app.store(), today, &late).await? {
        return Ok(done);
    }
    let texts = Texts::read(app).await?;
    let mut bulk = app.store().bulk(now, false).await?;
    loop {
        bulk.begin().await?;
        let ended = lapse(&mut bulk, &late).await;
        match close(&mut bulk, ended).await? {
            0 => break,
            n => done.lapsed += n,
        }
    }
    loop {
        bulk.begin().await?;
        let asked = ask(app, &rules, &texts, &mut bulk, &late).await;
        let before = done;
        let taken = close(
            &mut bulk,
            asked.map(|(sums, audit)| {
                done.queued += sums.queued;
                done.without_text += sums.without_text;
                (sums.queued + sums.without_text, audit)
            }),
        )
        .await?;
        if taken == 0 {
            return Ok(before);
        }
    }
}

/// Ends a transaction: kept with its entries, or given up where there was nothing to do.
async fn close(bulk: &mut Bulk, worked: Result<(usize, Vec<AuditEntry>)>) -> Result<usize> {
    match worked {
        Ok((0, _)) => {
            bulk.roll_back().await?;
            Ok(0)
        }
        Ok((count, audit)) => {
            let system = Actor::system();
            let first = AuditEntry::new(&system, "contacts.taken_up", "contacts", None);
            let first = first.detail(serde_json::json!({ "contacts": count }));
            bulk.commit(Audit::with(first, audit)).await?;
            Ok(count)
        }
        Err(error) => {
            bulk.roll_back().await?;
            Err(error)
        }
    }
}

async fn ask(
    app: &App,
    rules: &Rules,
    texts: &Texts,
    bulk: &mut Bulk,
    late: &[String],
) -> Result<(TakenUp, Vec<AuditEntry>)> {
    let today = time::date_in_china(bulk.now());
    let due = rows::read_due_contacts(bulk, today, late, PORTION).await?;
    let mut by_code: BTreeMap<&str, Option<String>> = BTreeMap::new();
    for contact in &due {
        by_code
            .entry(&contact.programme)
            .or_insert_with(|| wording(rules.programme(&contact.programme)).template);
    }
    let wanted: Vec<_> = due
        .iter()
        .filter_map(|contact| {
            let template = by_code.get(contact.programme.as_str())?.as_deref()?;
            Some(WantedMany {
                template,
                to: &contact.addressee,
                values: values(rules, contact),
                about: (CONTACT, contact.id),
                expires_at: expiry(contact, late),
            })
        })
        .collect();
    let audit = queue_many(app, bulk, &Actor::system(), texts, &wanted).await?;
    let ids: Vec<_> = due.iter().map(|contact| contact.id).collect();
    rows::mark_taken_up(bulk, &ids).await?;
    let sums = TakenUp {
        queued: audit.len(),
        without_text: due.len() - audit.len(),
        lapsed: 0,
    };
    Ok((sums, audit))
}

/// When a message is of no use any more.
fn expiry(contact: &DueContact, late: &[String]) -> Option<Instant> {
    let lapses = !late.contains(&contact.programme);
    let due = contact.due_on.filter(|_| lapses);
    due.map(time::end_of_day_in_china)
}

async fn lapse(bulk: &mut Bulk, late: &[String]) -> Result<(usize, Vec<AuditEntry>)> {
    let today = time::date_in_china(bulk.now());
    let overdue = rows::read_overdue_contacts(bulk, today, late, PORTION).await?;
    let ended: Vec<_> = overdue
        .iter()
        .map(|c| (c.id, c.reason.unwrap_or(MessageReason::Expired)))
        .collect();
    let system = Actor::system();
    if !ended.is_empty() {
        rows::insert_lapses(bulk, &ended, &system.name).await?;
    }
    let audit = overdue.iter().zip(&ended).map(|(contact, (_, reason))| {
        let detail = serde_json::json!({ "cause": reason.as_str() });
        let entry = AuditEntry::new(
            &system,
            "obligation.not_discharged",
            "obligation",
            contact.id,
        );
        entry.customer(contact.customer).detail(detail)
    });
    Ok((ended.len(), audit.collect()))
}
