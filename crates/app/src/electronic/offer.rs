//! Offering the electronic callback: sending a link, sending another one, taking it back.

use super::case::Case;
use super::chain::Entry;
use super::deliver::send_link;
use super::follow::{back_to_phone, end, note};
use super::terms::terms_of;
use crate::access::hash_token;
use crate::callbacks::{ListQuery, filter, record};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission, Scope};
use domain::callbacks::Change;
use domain::customers::CustomerKind;
use domain::electronic::{ElectronicTerms, EvidenceStep, LinkStep, TermsError};
use domain::ids::{CallbackId, LinkId, QuestionnaireId};
use domain::messaging::MessageChannel;
use domain::time::{self, Instant};
use store::callbacks::{self as calls, CallbackRecord, Saved};
use store::customers::CustomerRow;
use store::electronic::{self as rows, LinkChange, NewLink};
use store::{Audit, AuditEntry, UnitOfWork};

/// Links that are sent in one go.
const OFFER_MAX: i64 = 1_000;
/// Longest reason.
const REASON_MAX: usize = 500;

/// How a link is sent.
#[derive(Clone, Debug, Default)]
pub struct OfferForm {
    /// Why the customer gets another one after choosing the telephone, or failing the check.
    pub reason: String,
    /// By e-mail instead of a text message (B11 三.2): the letter invites to fill in the questionnaire.
    pub by_email: bool,
}

/// A link that was sent.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The link.
    pub link: LinkId,
    /// From when on it is good for nothing.
    pub expires_at: Instant,
}

/// Which callbacks get links.
#[derive(Clone, Debug)]
pub enum OfferTarget {
    /// These.
    Ids(Vec<CallbackId>),
    /// All that a filter finds.
    Filter(ListQuery),
}

/// What became of sending many.
#[derive(Clone, Debug, Default)]
pub struct OfferReport {
    /// How many were sent.
    pub sent: usize,
    /// Numbers that were not, each with the code of the reason.
    pub refused: Vec<(String, &'static str)>,
    /// The filter found more than are sent in one go.
    pub more: bool,
}

/// Sends a link to the customer of a callback; one that is out is taken back.
///
/// # Errors
/// When the actor may not, the callback is not in sight, or a rule says no.
pub async fn offer(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CallbackId,
    form: &OfferForm,
) -> Result<Offered> {
    let scope = actor.scope(Permission::ElectronicOffer)?;
    let reason = form.reason.trim();
    if reason.chars().count() > REASON_MAX {
        return Err(Error::invalid("reason", "too-long"));
    }
    let channel = if form.by_email {
        MessageChannel::Email
    } else {
        MessageChannel::Sms
    };
    send(
        app,
        actor,
        &scope,
        now,
        id,
        &Sending::Again(reason, channel),
    )
    .await
}

/// Sends links to the customers of many callbacks. Whoever has one that is good, or chose the
/// telephone, gets none: nobody is pressed.
///
/// # Errors
/// When the actor may not. Single refusals are in the report.
pub async fn offer_many(
    app: &App,
    actor: &Actor,
    now: Instant,
    target: &OfferTarget,
) -> Result<OfferReport> {
    let scope = actor.scope(Permission::ElectronicOffer)?;
    let max = usize::try_from(OFFER_MAX).unwrap_or(usize::MAX);
    let ids = match target {
        OfferTarget::Ids(ids) => ids.clone(),
        OfferTarget::Filter(query) => {
            let filter = filter(app, actor, &scope, now, query).await?;
            calls::list_callback_ids(app.store(), &scope, &filter, OFFER_MAX + 1).await?
        }
    };
    let mut report = OfferReport {
        more: ids.len() > max,
        ..OfferReport::default()
    };
    for id in ids.into_iter().take(max) {
        let Some(found) = calls::find_record(app.store(), &scope, id).await? else {
            continue;
        };
        let refused = match send(app, actor, &scope, now, id, &Sending::Missing).await {
            Ok(_) => None,
            Err(Error::Refused(refusal)) => Some(refusal.code),
            Err(Error::Conflict) => Some("electronic-changed"),
            Err(error) => return Err(error),
        };
        match refused {
            None => report.sent += 1,
            Some(code) => report.refused.push((found.number, code)),
        }
    }
    Ok(report)
}

/// How a link is sent.
enum Sending<'s> {
    /// By hand, with the reason where one is needed; an earlier link is taken back.
    Again(&'s str, MessageChannel),
    /// Only where none is out.
    Missing,
}

impl Sending<'_> {
    /// The reason; a refusal where a link is out and none more is wanted.
    async fn reason(&self, work: &UnitOfWork, id: CallbackId, now: Instant) -> Result<&str> {
        if let Self::Again(reason, _) = self {
            return Ok(reason);
        }
        let live = rows::find_live_link(work, id).await?;
        if live.is_some_and(|l| !l.link.is_expired(now)) {
            return Err(Refusal::new("electronic-link-out").into());
        }
        Ok("")
    }

    fn channel(&self) -> MessageChannel {
        match self {
            Self::Again(_, channel) => *channel,
            Self::Missing => MessageChannel::Sms,
        }
    }
}

async fn send(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    now: Instant,
    id: CallbackId,
    how: &Sending<'_>,
) -> Result<Offered> {
    let today = time::date_in_china(now);
    let terms = terms_of(&app.rules(), today);
    let work = app.store().begin(now).await?;
    // Two who send at once would not see each other's link otherwise.
    calls::keep_callback(&work, id).await?;
    let callback = record(&work, scope, id).await?;
    let (reason, channel) = (how.reason(&work, id, now).await?, how.channel());
    let expires_at = terms.expires_at(now, callback.due_on);
    let questionnaire = questionnaire_of(app, &callback, now)?;
    let case = Case::load(app, &work, id, questionnaire).await?;
    let change =
        callback
            .callback
            .offer_electronic(&case.discharge, today, expires_at.unwrap_or(now))?;
    let expires_at = expires_at?;
    demand_open(&work, &callback, &terms, reason).await?;
    let mobile = demand_reachable(&work, &case.customer, &terms).await?;
    if channel == MessageChannel::Email && case.customer.email.is_none() {
        return Err(Refusal::new("electronic-no-email").into());
    }
    demand_words(&case, now)?;
    let mut audit = take_back(&work, actor, id, now).await?;
    let token = hex::encode(app.store().ids().bytes::<16>());
    let (links, _) = rows::count_links(&work, id).await?;
    let new = NewLink {
        callback: id,
        customer: callback.customer,
        seq: links + 1,
        token_hash: hash_token(&token),
        mobile: &mobile,
        questionnaire,
        offered_by: &actor.name,
        offered_by_id: actor.user().map(|u| u.0),
        expires_at,
    };
    let link = rows::insert_link(&work, &new).await?;
    let stored = rows::find_link(&work, link).await?.ok_or(Error::NotFound)?;
    let to = (callback.customer, link);
    audit.extend(send_link(app, &work, actor, to, (channel, &token), expires_at).await?);
    let entry = Entry {
        detail: serde_json::json!({ "questionnaire": case.version(), "by": actor.name })
            .to_string(),
        ..Entry::default()
    };
    note(
        &work,
        &stored,
        EvidenceStep::Sent,
        &entry,
        LinkChange::default(),
    )
    .await?;
    hold(&work, actor, &callback, &change, reason).await?;
    let detail = serde_json::json!({ "link": link.0, "expires_at": expires_at });
    let first = AuditEntry::new(actor, "electronic.offered", "callback", id.0)
        .customer(callback.customer.0)
        .detail(detail);
    work.commit(Audit::with(first, audit)).await?;
    Ok(Offered { link, expires_at })
}

/// The questionnaire that is in effect for a programme.
fn questionnaire_of(app: &App, callback: &CallbackRecord, now: Instant) -> Result<QuestionnaireId> {
    let rules = app.rules();
    let discharge = rules.discharge_of(callback.pack, &callback.programme)?;
    let scripts = app.scripts();
    let found = scripts.in_effect(&discharge.questionnaire, time::date_in_china(now));
    let missing = || Error::from(Refusal::new("questionnaire-missing"));
    found.map(|s| s.id).ok_or_else(missing)
}

/// There are links left, and the customer did not turn the electronic way down, or asked for it again.
async fn demand_open(
    work: &UnitOfWork,
    callback: &CallbackRecord,
    terms: &ElectronicTerms,
    reason: &str,
) -> Result<()> {
    let (links, to_phone) = rows::count_links(work, callback.id).await?;
    if links >= i64::from(terms.links_max) {
        return Err(Refusal::with("electronic-links-used", links.to_string()).into());
    }
    if to_phone && reason.is_empty() {
        return Err(Refusal::new("electronic-phone-chosen").into());
    }
    Ok(())
}

/// The customer is a person with a number of their own and with the data by which they are recognised.
async fn demand_reachable(
    work: &UnitOfWork,
    customer: &CustomerRow,
    terms: &ElectronicTerms,
) -> Result<domain::customers::Mobile> {
    if customer.kind != CustomerKind::Individual {
        return Err(Refusal::new("electronic-person-only").into());
    }
    if customer.restricted_at.is_some() || customer.erased_at.is_some() {
        return Err(Refusal::new("electronic-restricted").into());
    }
    let Some(mobile) = customer.mobile.clone() else {
        return Err(Refusal::new("electronic-no-mobile").into());
    };
    if customer.id_no.is_none() || (terms.asks_birth_date && customer.birth_date.is_none()) {
        return Err(Refusal::new("electronic-no-identity-data").into());
    }
    if rows::is_mobile_of_agent(work, &mobile).await? {
        return Err(Refusal::new("electronic-mobile-of-agent").into());
    }
    Ok(mobile)
}

/// Nothing is missing in the words that the customer will read.
fn demand_words(case: &Case, now: Instant) -> Result<()> {
    let items = case.items("", now, case.record.id.0);
    match items.iter().find(|i| i.ask.zh.contains('〔')) {
        Some(item) => {
            Err(Refusal::with("electronic-words-missing", &item.item.item.title.zh).into())
        }
        None => Ok(()),
    }
}

/// Nobody calls before the link ends.
async fn hold(
    work: &UnitOfWork,
    actor: &Actor,
    callback: &CallbackRecord,
    change: &Change,
    reason: &str,
) -> Result<()> {
    let saved = Saved {
        is_recall: callback.callback.is_recall,
        ..Saved::default()
    };
    calls::save_change(work, callback, change, &saved).await?;
    let (from, to) = (callback.callback.state.as_str(), change.to.as_str());
    let why = Some(reason).filter(|r| !r.is_empty());
    calls::insert_entry(
        work,
        callback.id,
        &actor.name,
        "offer_electronic",
        from,
        to,
        why,
    )
    .await?;
    Ok(())
}

/// Takes the link of a callback back, if one has not ended.
async fn take_back(
    work: &UnitOfWork,
    actor: &Actor,
    callback: CallbackId,
    now: Instant,
) -> Result<Vec<AuditEntry>> {
    let Some(link) = rows::find_live_link(work, callback).await? else {
        return Ok(Vec::new());
    };
    end(work, actor, &link, LinkStep::Revoke, "superseded", now).await?;
    let mut audit = crate::messaging::withdraw_about(work, actor, link.id.0).await?;
    let detail = serde_json::json!({ "link": link.id.0 });
    let entry = AuditEntry::new(actor, "electronic.revoked", "callback", callback.0);
    audit.push(entry.customer(link.customer.0).detail(detail));
    Ok(audit)
}

/// Takes a link back; the callback goes on by telephone at once.
///
/// # Errors
/// When the actor may not, the link is not in sight, or it ended before.
pub async fn revoke(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: LinkId,
    reason: &str,
) -> Result<CallbackId> {
    let scope = actor.scope(Permission::ElectronicOffer)?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::invalid("reason", "missing"));
    }
    if reason.chars().count() > REASON_MAX {
        return Err(Error::invalid("reason", "too-long"));
    }
    let work = app.store().begin(now).await?;
    let link = rows::find_link(&work, id).await?.ok_or(Error::NotFound)?;
    let callback = record(&work, &scope, link.callback).await?;
    end(&work, actor, &link, LinkStep::Revoke, "revoked", now).await?;
    let audit = crate::messaging::withdraw_about(&work, actor, id.0).await?;
    back_to_phone(&work, actor, &callback, now, None, "revoke_electronic").await?;
    let detail = serde_json::json!({ "link": id.0 });
    let first = AuditEntry::new(actor, "electronic.revoked", "callback", link.callback.0)
        .customer(link.customer.0)
        .purpose(reason)
        .detail(detail);
    work.commit(Audit::with(first, audit)).await?;
    Ok(link.callback)
}

impl From<TermsError> for Error {
    fn from(error: TermsError) -> Self {
        match error {
            TermsError::TooLate => Refusal::new("electronic-too-late").into(),
        }
    }
}
