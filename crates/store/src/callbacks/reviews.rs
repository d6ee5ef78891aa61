//! The supervisor's examination of callback records (CBK-47), and what the caller makes of it.

use super::filter::CallbackFilter;
use super::row::{CallbackRow, SELECT, callbacks};
use crate::sql::{Page, PageKey, Select, count, end_of_day, instant, millis, params, start_of_day};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::callbacks::{RecordVerdict, ResultVerdict};
use domain::ids::{CallbackId, CustomerId, UserId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A review to keep.
#[derive(Clone, Debug)]
pub struct NewReview<'n> {
    /// The callback.
    pub callback: CallbackId,
    /// The customer.
    pub customer: CustomerId,
    /// Who examined it.
    pub reviewer: UserId,
    /// Name of who examined it.
    pub reviewer_name: &'n str,
    /// The verdict on the record.
    pub record: RecordVerdict,
    /// The verdict on the result.
    pub result: ResultVerdict,
    /// Guidance to the caller.
    pub guidance: Option<&'n str>,
    /// Who called.
    pub caller: Option<UserId>,
}

/// A review.
#[derive(Clone, Debug)]
pub struct ReviewRow {
    /// Its id.
    pub id: Uuid,
    /// The callback.
    pub callback_id: CallbackId,
    /// Number of the callback.
    pub callback_number: String,
    /// Who examined it.
    pub reviewer_name: String,
    /// When.
    pub reviewed_at: Instant,
    /// The verdict on the record.
    pub record: RecordVerdict,
    /// The verdict on the result.
    pub result: ResultVerdict,
    /// Guidance to the caller; nothing when there was none or it was destroyed.
    pub guidance: Option<String>,
    /// Who called.
    pub caller_id: Option<UserId>,
    /// Name of who called.
    pub caller_name: Option<String>,
    /// When the caller took note of it.
    pub acknowledged_at: Option<Instant>,
    /// What the caller says.
    pub reply: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    callback_id: Uuid,
    callback_number: String,
    reviewer_name: String,
    reviewed_at: i64,
    record_verdict: String,
    result_verdict: String,
    guidance: Option<Vec<u8>>,
    caller_id: Option<Uuid>,
    caller_name: Option<String>,
    acknowledged_at: Option<i64>,
    reply: Option<Vec<u8>>,
}

const REVIEWS: &str = "SELECT r.id, r.callback_id, b.number AS callback_number, r.reviewer_name, r.reviewed_at, \
     r.record_verdict, r.result_verdict, r.guidance, r.caller_id, u.display_name AS caller_name, r.acknowledged_at, \
     r.reply FROM callback_reviews r JOIN callbacks b ON b.id = r.callback_id LEFT JOIN users u ON u.id = r.caller_id";

fn reviews(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<ReviewRow>> {
    let keys = db.keys();
    let open = |column: &str, id: Uuid, sealed: Option<Vec<u8>>| {
        let text = sealed.map(|s| keys.open(&format!("callback_reviews.{column}"), id, &s));
        text.transpose()
    };
    rows.into_iter()
        .map(|r| {
            Ok(ReviewRow {
                guidance: open("guidance", r.id, r.guidance)?,
                reply: open("reply", r.id, r.reply)?,
                record: RecordVerdict::parse(&r.record_verdict)?,
                result: ResultVerdict::parse(&r.result_verdict)?,
                id: r.id,
                callback_id: CallbackId(r.callback_id),
                callback_number: r.callback_number,
                reviewer_name: r.reviewer_name,
                reviewed_at: instant(r.reviewed_at),
                caller_id: r.caller_id.map(UserId),
                caller_name: r.caller_name,
                acknowledged_at: r.acknowledged_at.map(instant),
            })
        })
        .collect()
}

/// Keeps a review.
///
/// # Errors
/// What the database says.
pub async fn insert_review(work: &UnitOfWork, new: &NewReview<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let guidance = new
        .guidance
        .map(|g| work.keys().seal("callback_reviews.guidance", id, g))
        .transpose()?;
    let sql = "INSERT INTO callback_reviews (id, callback_id, customer_id, reviewer_id, reviewer_name, reviewed_at, \
               record_verdict, result_verdict, guidance, caller_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = params![
        id,
        new.callback.0,
        new.customer.0,
        new.reviewer.0,
        new.reviewer_name,
        millis(work.now()),
        new.record.as_str(),
        new.result.as_str(),
        guidance,
        new.caller.map(|c| c.0),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Reviews of a callback in sight, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_reviews(
    db: &impl Reads,
    scope: &Scope,
    callback: CallbackId,
) -> Result<Vec<ReviewRow>> {
    let mut select = Select::new(REVIEWS);
    select
        .scope(scope, "b.org_id")
        .own(scope, "b.customer_id")
        .filter("r.callback_id = ?", params![callback.0]);
    select.then("ORDER BY r.id LIMIT 100", Vec::new());
    reviews(db, select.list(db).await?)
}

/// Guidance to a caller, what was not taken note of first, then the newest.
///
/// # Errors
/// What the database says.
pub async fn list_guidance(db: &impl Reads, caller: UserId, limit: i64) -> Result<Vec<ReviewRow>> {
    let mut select = Select::new(REVIEWS);
    select.filter("r.caller_id = ?", params![caller.0]);
    select.then(
        "ORDER BY CASE WHEN r.acknowledged_at IS NULL THEN 0 ELSE 1 END, r.id DESC LIMIT ?",
        params![limit],
    );
    reviews(db, select.list(db).await?)
}

/// How much guidance a caller has not taken note of.
///
/// # Errors
/// What the database says.
pub async fn count_guidance(db: &impl Reads, caller: UserId) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM callback_reviews WHERE caller_id = $1 AND acknowledged_at IS NULL";
    count(db, sql, params![caller.0]).await
}

/// Notes that the caller took note of a review.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it is not the caller's, or was taken note of before.
pub async fn acknowledge_review(
    work: &UnitOfWork,
    review: Uuid,
    caller: UserId,
    reply: Option<&str>,
) -> Result<()> {
    let reply = reply
        .map(|r| work.keys().seal("callback_reviews.reply", review, r))
        .transpose()?;
    let sql = "UPDATE callback_reviews SET acknowledged_at = $1, reply = $2 \
               WHERE id = $3 AND caller_id = $4 AND acknowledged_at IS NULL";
    let values = params![millis(work.now()), reply, review, caller.0];
    work.execute_one(sql, values).await
}

/// Callbacks in sight that ended, whose programme wants a review, and that nobody has examined; the
/// oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_unreviewed(
    db: &impl Reads,
    scope: &Scope,
    programmes: &[String],
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<CallbackRow>> {
    let filter = CallbackFilter {
        open: Some(false),
        ..CallbackFilter::default()
    };
    let mut select = super::filter::filtered(SELECT, scope, &filter);
    let codes = programmes.iter().map(|p| p.as_str().into()).collect();
    select.filter_in("b.programme", codes);
    select.filter(
        "b.state IN ('completed', 'not_completed') AND b.attempts_total > 0 AND NOT EXISTS \
         (SELECT 1 FROM callback_reviews r WHERE r.callback_id = b.id)",
        Vec::new(),
    );
    select.page_by_id("b.id", false, after, limit);
    let rows = callbacks(db, select.list(db).await?)?;
    Ok(Page::cut_by_id(rows, limit, |r: &CallbackRow| r.id.0))
}

/// How many reviews gave a verdict.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct VerdictCount {
    /// Name of who examined.
    pub reviewer_name: String,
    /// The verdict on the record, as a code.
    pub record_verdict: String,
    /// The verdict on the result, as a code.
    pub result_verdict: String,
    /// How many.
    pub n: i64,
    /// How many of them the caller took note of.
    pub acknowledged: i64,
}

/// Verdicts of the units in sight in a period, both days included, by who examined.
///
/// # Errors
/// What the database says.
pub async fn count_verdicts(
    db: &impl Reads,
    scope: &Scope,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<VerdictCount>> {
    let mut select = Select::new(
        "SELECT r.reviewer_name, r.record_verdict, r.result_verdict, COUNT(*) AS n, \
         COUNT(r.acknowledged_at) AS acknowledged FROM callback_reviews r JOIN callbacks b ON b.id = r.callback_id",
    );
    select.scope(scope, "b.org_id").own(scope, "b.customer_id");
    select.filter(
        "r.reviewed_at >= ? AND r.reviewed_at < ?",
        params![start_of_day(from), end_of_day(to)],
    );
    select.then(
        "GROUP BY r.reviewer_name, r.record_verdict, r.result_verdict \
         ORDER BY r.reviewer_name, r.record_verdict, r.result_verdict",
        Vec::new(),
    );
    select.list(db).await
}
