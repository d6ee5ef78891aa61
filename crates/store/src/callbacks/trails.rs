//! What attempts left behind, for the program itself: whether a record is checked does not depend on who
//! looks.

use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result};
use domain::callbacks::{AttemptResult, ContactChannel, TracedAnswer, Trail};
use domain::ids::{AttemptId, CallbackId, UserId};
use domain::questionnaires::Answer;
use domain::time::Instant;
use sea_orm::{FromQueryResult, Value};
use std::collections::HashMap;
use uuid::Uuid;

/// The trail of an attempt, and whose it is.
#[derive(Clone, Debug)]
pub struct TrailRow {
    /// The attempt.
    pub attempt: AttemptId,
    /// The callback.
    pub callback: CallbackId,
    /// The unit.
    pub org: Uuid,
    /// Who called.
    pub caller: UserId,
    /// What it left behind.
    pub trail: Trail,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    callback_id: Uuid,
    org_id: Uuid,
    caller_id: Uuid,
    channel: String,
    result: Option<String>,
    started_at: i64,
    saved_at: i64,
}

#[derive(FromQueryResult)]
struct AnswerAt {
    callback_id: Uuid,
    item: String,
    answer: String,
    answered_at: i64,
}

#[derive(FromQueryResult)]
struct At {
    owner_id: Uuid,
    at: i64,
}

/// Attempts saved between two moments, by id, with what they left behind.
///
/// # Errors
/// What the database says.
pub async fn list_trails(
    db: &impl Reads,
    from: Instant,
    to: Instant,
    after: Option<AttemptId>,
    limit: i64,
) -> Result<Vec<TrailRow>> {
    let mut select = Select::new(
        "SELECT a.id, a.callback_id, b.org_id, a.caller_id, a.channel, a.result, a.started_at, a.saved_at \
         FROM attempts a JOIN callbacks b ON b.id = a.callback_id",
    );
    select.filter(
        "a.saved_at >= ? AND a.saved_at <= ?",
        params![millis(from), millis(to)],
    );
    if let Some(after) = after {
        select.filter("a.id > ?", params![after.0]);
    }
    select.then("ORDER BY a.id LIMIT ?", params![limit]);
    let rows: Vec<Row> = select.list(db).await?;
    let attempts: Vec<Value> = rows.iter().map(|r| r.id.into()).collect();
    let callbacks: Vec<Value> = rows.iter().map(|r| r.callback_id.into()).collect();
    let answers = answers(db, callbacks.clone()).await?;
    let recorded = moments(
        db,
        "SELECT owner_id, added_at AS at FROM recordings",
        "owner_id",
        attempts.iter().chain(&callbacks).cloned().collect(),
    )
    .await?;
    let noted = moments(
        db,
        "SELECT callback_id AS owner_id, written_at AS at FROM callback_notes",
        "callback_id",
        callbacks,
    )
    .await?;
    let overlaps = overlaps(db, attempts).await?;
    rows.into_iter()
        .map(|r| {
            let of =
                |map: &HashMap<Uuid, Vec<Instant>>, id| map.get(&id).cloned().unwrap_or_default();
            let mut recorded_at = of(&recorded, r.id);
            recorded_at.extend(of(&recorded, r.callback_id));
            let until = instant(r.saved_at);
            let own = answers.get(&r.callback_id).into_iter().flatten();
            Ok(TrailRow {
                attempt: AttemptId(r.id),
                callback: CallbackId(r.callback_id),
                org: r.org_id,
                caller: UserId(r.caller_id),
                trail: Trail {
                    is_phone: r.channel == ContactChannel::Phone.as_str(),
                    result: r.result.as_deref().map(AttemptResult::parse).transpose()?,
                    started_at: instant(r.started_at),
                    saved_at: until,
                    answers: own.filter(|a| a.at <= until).cloned().collect(),
                    recorded_at,
                    noted_at: of(&noted, r.callback_id),
                    overlap_seconds: overlaps.get(&r.id).copied().unwrap_or(0),
                },
            })
        })
        .collect()
}

async fn answers(
    db: &impl Reads,
    callbacks: Vec<Value>,
) -> Result<HashMap<Uuid, Vec<TracedAnswer>>> {
    let mut select = Select::new("SELECT callback_id, item, answer, answered_at FROM answers");
    select.filter_in("callback_id", callbacks);
    select.then("ORDER BY answered_at", Vec::new());
    let mut by: HashMap<Uuid, Vec<TracedAnswer>> = HashMap::new();
    for row in select.list::<AnswerAt>(db).await? {
        let traced = TracedAnswer {
            item: row.item,
            answer: Answer::parse(&row.answer)?,
            at: instant(row.answered_at),
        };
        by.entry(row.callback_id).or_default().push(traced);
    }
    Ok(by)
}

async fn moments(
    db: &impl Reads,
    sql: &str,
    column: &str,
    owners: Vec<Value>,
) -> Result<HashMap<Uuid, Vec<Instant>>> {
    let mut select = Select::new(sql);
    select.filter_in(column, owners);
    let mut by: HashMap<Uuid, Vec<Instant>> = HashMap::new();
    for row in select.list::<At>(db).await? {
        by.entry(row.owner_id).or_default().push(instant(row.at));
    }
    Ok(by)
}

/// Milliseconds of a day: no call begins further before another that it overlaps.
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// Seconds for which the caller was on an earlier call when the attempt began, by attempt.
async fn overlaps(db: &impl Reads, attempts: Vec<Value>) -> Result<HashMap<Uuid, i64>> {
    let mut select = Select::new(
        "SELECT a.id AS owner_id, MAX(CASE WHEN o.saved_at < a.saved_at THEN o.saved_at - a.started_at \
         ELSE a.saved_at - a.started_at END) AS at FROM attempts a JOIN attempts o ON o.caller_id = a.caller_id \
         AND o.id <> a.id AND o.started_at <= a.started_at AND o.saved_at > a.started_at",
    );
    select.filter("o.started_at > a.started_at - ?", params![DAY_MILLIS]);
    select.filter_in("a.id", attempts);
    select.then("GROUP BY a.id", Vec::new());
    let rows: Vec<At> = select.list(db).await?;
    let by = rows.into_iter().map(|r| (r.owner_id, r.at / 1_000));
    Ok(by.collect())
}
