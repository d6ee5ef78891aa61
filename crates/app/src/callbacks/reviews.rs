//! The responsible supervisor examines callback records and guides the caller (CBK-47, ORG-08).

use crate::{App, Error, Refusal, Result};
use chrono::Days;
use domain::access::{Actor, Permission};
use domain::callbacks::{CallbackState, RecordVerdict, ResultVerdict};
use domain::ids::CallbackId;
use domain::time::{self, Instant};
use store::callbacks::{self as rows, CallbackRow, NewReview, ReviewRow, VerdictCount};
use store::{AuditEntry, Page, PageKey};
use uuid::Uuid;

/// Rows of a page.
const PAGE_ROWS: u64 = 50;
/// Guidance that a caller sees at once.
const GUIDANCE_ROWS: i64 = 50;
/// Longest guidance or reply.
const TEXT_MAX: usize = 2_000;
/// Days over which verdicts are counted on the page.
const COUNTED_DAYS: u64 = 30;

/// A review, as it comes from the page or the API.
#[derive(Clone, Debug, Default)]
pub struct ReviewForm {
    /// Verdict on the record, as a code.
    pub record: String,
    /// Verdict on the result, as a code.
    pub result: String,
    /// Guidance to the caller.
    pub guidance: String,
}

/// What the page of reviews shows.
#[derive(Clone, Debug)]
pub struct ReviewPage {
    /// Callbacks that wait to be examined; nothing for who does not examine.
    pub waiting: Page<CallbackRow>,
    /// Guidance to the person, as a caller.
    pub guidance: Vec<ReviewRow>,
    /// Verdicts of the last thirty days.
    pub verdicts: Vec<VerdictCount>,
}

/// What waits to be examined, and guidance to the person.
///
/// # Errors
/// When the actor may neither examine nor see callbacks, or the start of the page cannot be read.
pub async fn review_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    after: &str,
) -> Result<ReviewPage> {
    actor.demand(Permission::CallbacksRead)?;
    let guidance = match actor.user() {
        Some(user) => rows::list_guidance(app.store(), user, GUIDANCE_ROWS).await?,
        None => Vec::new(),
    };
    if !actor.may(Permission::CallbacksReview) {
        return Ok(ReviewPage {
            waiting: Page::empty(),
            guidance,
            verdicts: Vec::new(),
        });
    }
    let scope = actor.scope(Permission::CallbacksReview)?;
    let today = time::date_in_china(now);
    let from = today - Days::new(COUNTED_DAYS);
    Ok(ReviewPage {
        waiting: list_waiting_reviews(app, actor, after).await?,
        guidance,
        verdicts: rows::count_verdicts(app.store(), &scope, from, today).await?,
    })
}

/// Callbacks that ended, whose programme wants them examined, and that nobody has examined.
///
/// # Errors
/// When the actor may not examine, or the start of the page cannot be read.
pub async fn list_waiting_reviews(
    app: &App,
    actor: &Actor,
    after: &str,
) -> Result<Page<CallbackRow>> {
    let scope = actor.scope(Permission::CallbacksReview)?;
    let after = match after {
        "" => None,
        text => Some(PageKey::decode(text).ok_or_else(|| Error::invalid("after", "unknown-code"))?),
    };
    let wanted = app.rules().reviewed_programmes();
    let db = app.store();
    Ok(rows::list_unreviewed(db, &scope, &wanted, after.as_ref(), PAGE_ROWS).await?)
}

/// Keeps what the supervisor says of a record. The record itself is not changed.
///
/// # Errors
/// When the actor may not, made the call, or a field is wrong.
pub async fn review_callback(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CallbackId,
    form: &ReviewForm,
) -> Result<()> {
    let scope = actor.scope(Permission::CallbacksReview)?;
    let Some(by) = actor.user() else {
        return Err(Refusal::new("person-needed").into());
    };
    let unknown = |field| move |_| Error::invalid(field, "unknown-code");
    let record = RecordVerdict::parse(&form.record).map_err(unknown("record"))?;
    let result = ResultVerdict::parse(&form.result).map_err(unknown("result"))?;
    let guidance = text(&form.guidance, "guidance")?;
    let blames = record != RecordVerdict::InOrder || result != ResultVerdict::Agreed;
    if blames && guidance.is_none() {
        return Err(Error::invalid("guidance", "missing"));
    }
    let work = app.store().begin(now).await?;
    let callback = rows::find_callback(&work, &scope, id).await?;
    let callback = callback.ok_or(Error::NotFound)?;
    let attempts = rows::list_attempts(&work, &scope, id).await?;
    let Some(last) = attempts.iter().rfind(|a| a.is_saved) else {
        return Err(Refusal::new("review-nothing").into());
    };
    if callback.state == CallbackState::InProgress {
        return Err(Refusal::new("review-under-way").into());
    }
    if attempts.iter().any(|a| a.caller_id == Some(by)) {
        return Err(Refusal::new("review-own").into());
    }
    let new = NewReview {
        callback: id,
        customer: callback.customer_id,
        reviewer: by,
        reviewer_name: &actor.name,
        record,
        result,
        guidance,
        caller: last.caller_id,
    };
    rows::insert_review(&work, &new).await?;
    let detail = serde_json::json!({ "record": record.as_str(), "result": result.as_str() });
    let entry = AuditEntry::new(actor, "callback.reviewed", "callback", id.0);
    work.commit(entry.customer(callback.customer_id.0).detail(detail))
        .await?;
    Ok(())
}

/// The caller takes note of guidance.
///
/// # Errors
/// [`Error::NotFound`] when it is not the actor's, or was taken note of before.
pub async fn acknowledge(
    app: &App,
    actor: &Actor,
    now: Instant,
    review: Uuid,
    reply: &str,
) -> Result<()> {
    let user = actor.user().ok_or(Error::NotFound)?;
    let reply = text(reply, "reply")?;
    let work = app.store().begin(now).await?;
    match rows::acknowledge_review(&work, review, user, reply).await {
        Err(store::StoreError::Conflict) => return Err(Error::NotFound),
        other => other?,
    }
    let entry = AuditEntry::new(actor, "callback.review_acknowledged", "review", review);
    Ok(work.commit(entry).await?)
}

/// A text that may be empty and has an end.
pub(super) fn text<'t>(text: &'t str, field: &str) -> Result<Option<&'t str>> {
    let text = text.trim();
    if text.chars().count() > TEXT_MAX {
        return Err(Error::invalid(field, "too-long"));
    }
    Ok(Some(text).filter(|t| !t.is_empty()))
}
