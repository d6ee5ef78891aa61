//! Reading callbacks, attempts and answers for other programs, in the order of ids.

use super::filter::{CallbackFilter, filtered};
use crate::sealing::Keyring;
use crate::sql::{Page, PageKey, Select, end_of_day, instant, params, start_of_day};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::customers::SensitiveText;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// The days of an export, and where its next page begins.
#[derive(Clone, Debug, Default)]
pub struct ExportWindow {
    /// From this day.
    pub from: Option<NaiveDate>,
    /// Until this day.
    pub to: Option<NaiveDate>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// A callback as other programs get it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ExportedCallback {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Number of the obligation that it discharges.
    pub obligation: String,
    /// Programme code.
    pub programme: String,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// Number of the customer.
    pub customer_no: String,
    /// Where it stands.
    pub state: String,
    /// The person was reached.
    pub reached: Option<bool>,
    /// Identity confirmed.
    pub identity_verified: Option<bool>,
    /// Everything told and asked.
    pub content_delivered: Option<bool>,
    /// All of it affirmed.
    pub affirmed: Option<bool>,
    /// How completion lay to the period.
    pub timing: Option<String>,
    /// When it was completed, in milliseconds since 1970.
    pub completed_at: Option<i64>,
    /// User name of who completed it.
    pub caller: Option<String>,
}

impl ExportedCallback {
    /// When it was completed.
    pub fn completed(&self) -> Option<Instant> {
        self.completed_at.map(instant)
    }
}

/// Callbacks in sight that fit a filter and whose obligations were triggered in a window.
///
/// # Errors
/// What the database says.
pub async fn export_callbacks(
    db: &impl Reads,
    scope: &Scope,
    filter: &CallbackFilter,
    window: &ExportWindow,
    limit: u64,
) -> Result<Page<ExportedCallback>> {
    let mut select = filtered(
        "SELECT b.id, b.number, g.number AS obligation, b.programme, p.policy_no, c.customer_no, b.state, b.reached, \
         b.identity_verified, b.content_delivered, b.affirmed, b.timing, b.completed_at, v.username AS caller \
         FROM callbacks b JOIN obligations g ON g.id = b.obligation_id JOIN customers c ON c.id = b.customer_id \
         LEFT JOIN policies p ON p.id = b.policy_id LEFT JOIN users v ON v.id = b.caller_id",
        scope,
        filter,
    );
    if let Some(day) = window.from {
        select.filter("g.trigger_on >= ?", params![day]);
    }
    if let Some(day) = window.to {
        select.filter("g.trigger_on <= ?", params![day]);
    }
    select.page_by_id("b.id", false, window.after.as_ref(), limit);
    let rows = select.list(db).await?;
    Ok(Page::cut_by_id(rows, limit, |r: &ExportedCallback| r.id))
}

/// An attempt as other programs get it.
#[derive(Clone, Debug)]
pub struct ExportedAttempt {
    /// Its id.
    pub id: Uuid,
    /// Number of the callback.
    pub callback: String,
    /// Its place among the callback's attempts.
    pub seq: i64,
    /// Round of calls.
    pub round: i64,
    /// Programme code.
    pub programme: String,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// Number of the customer.
    pub customer_no: String,
    /// Channel as a code.
    pub channel: String,
    /// The branch made it.
    pub in_branch: bool,
    /// The second callback after a problem.
    pub is_recall: bool,
    /// User name of who made it.
    pub caller: String,
    /// When it began.
    pub started_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// How it ended, as a code.
    pub result: Option<String>,
    /// Who answered, as a code.
    pub respondent: Option<String>,
    /// With an authorisation.
    pub authorised: Option<bool>,
    /// The agreed time.
    pub appointment_at: Option<Instant>,
    /// What the caller noted.
    pub note: Option<SensitiveText>,
}

#[derive(FromQueryResult)]
struct AttemptRow {
    id: Uuid,
    callback: String,
    seq: i64,
    round: i64,
    programme: String,
    policy_no: Option<String>,
    customer_no: String,
    channel: String,
    in_branch: bool,
    is_recall: bool,
    caller: String,
    started_at: i64,
    ended_at: Option<i64>,
    result: Option<String>,
    respondent: Option<String>,
    authorised: Option<bool>,
    appointment_at: Option<i64>,
    note: Option<Vec<u8>>,
}

/// Attempts of callbacks in sight that began in a window.
///
/// # Errors
/// What the database says.
pub async fn export_attempts(
    db: &impl Reads,
    scope: &Scope,
    window: &ExportWindow,
    limit: u64,
) -> Result<Page<ExportedAttempt>> {
    let mut select = Select::new(
        "SELECT a.id, b.number AS callback, a.seq, a.round, b.programme, p.policy_no, c.customer_no, a.channel, \
         a.in_branch, a.is_recall, COALESCE(u.username, '') AS caller, a.started_at, a.ended_at, a.result, a.respondent, \
         a.authorised, a.appointment_at, a.note FROM attempts a JOIN callbacks b ON b.id = a.callback_id \
         JOIN customers c ON c.id = b.customer_id LEFT JOIN users u ON u.id = a.caller_id \
         LEFT JOIN policies p ON p.id = b.policy_id",
    );
    of_window(&mut select, scope, "a.started_at", window);
    select.page_by_id("a.id", false, window.after.as_ref(), limit);
    let keys = db.keys();
    let rows: Vec<AttemptRow> = select.list(db).await?;
    let rows: Result<Vec<_>> = rows.into_iter().map(|r| attempt(keys, r)).collect();
    Ok(Page::cut_by_id(rows?, limit, |r| r.id))
}

fn attempt(keys: &Keyring, r: AttemptRow) -> Result<ExportedAttempt> {
    Ok(ExportedAttempt {
        note: open(keys, "attempts.note", r.id, r.note)?,
        id: r.id,
        callback: r.callback,
        seq: r.seq,
        round: r.round,
        programme: r.programme,
        policy_no: r.policy_no,
        customer_no: r.customer_no,
        channel: r.channel,
        in_branch: r.in_branch,
        is_recall: r.is_recall,
        caller: r.caller,
        started_at: instant(r.started_at),
        ended_at: r.ended_at.map(instant),
        result: r.result,
        respondent: r.respondent,
        authorised: r.authorised,
        appointment_at: r.appointment_at.map(instant),
    })
}

/// An answer as other programs get it.
#[derive(Clone, Debug)]
pub struct ExportedAnswer {
    /// Its id.
    pub id: Uuid,
    /// Number of the callback.
    pub callback: String,
    /// Place of the attempt among the callback's attempts.
    pub attempt_seq: i64,
    /// Its place in the attempt; of two answers to an item the later one counts.
    pub seq: i64,
    /// Programme code.
    pub programme: String,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// Number of the customer.
    pub customer_no: String,
    /// Code of the questionnaire.
    pub questionnaire: Option<String>,
    /// Its version.
    pub questionnaire_version: Option<i64>,
    /// Code of the item.
    pub item: String,
    /// The answer as a code.
    pub answer: String,
    /// The rating.
    pub rating: Option<i64>,
    /// When it was given.
    pub answered_at: Instant,
    /// The customer's own words.
    pub words: Option<SensitiveText>,
}

#[derive(FromQueryResult)]
struct AnswerRow {
    id: Uuid,
    callback: String,
    attempt_seq: i64,
    seq: i64,
    programme: String,
    policy_no: Option<String>,
    customer_no: String,
    questionnaire: Option<String>,
    questionnaire_version: Option<i64>,
    item: String,
    answer: String,
    rating: Option<i64>,
    answered_at: i64,
    words: Option<Vec<u8>>,
}

/// Answers on callbacks in sight that were given in a window.
///
/// # Errors
/// What the database says.
pub async fn export_answers(
    db: &impl Reads,
    scope: &Scope,
    window: &ExportWindow,
    limit: u64,
) -> Result<Page<ExportedAnswer>> {
    let mut select = Select::new(
        "SELECT n.id, b.number AS callback, a.seq AS attempt_seq, n.seq, b.programme, p.policy_no, c.customer_no, \
         q.code AS questionnaire, q.version AS questionnaire_version, n.item, n.answer, n.rating, n.answered_at, \
         n.words FROM answers n JOIN attempts a ON a.id = n.attempt_id JOIN callbacks b ON b.id = n.callback_id \
         JOIN customers c ON c.id = b.customer_id LEFT JOIN questionnaires q ON q.id = a.questionnaire_id \
         LEFT JOIN policies p ON p.id = b.policy_id",
    );
    of_window(&mut select, scope, "n.answered_at", window);
    select.page_by_id("n.id", false, window.after.as_ref(), limit);
    let keys = db.keys();
    let rows: Vec<AnswerRow> = select.list(db).await?;
    let rows: Result<Vec<_>> = rows.into_iter().map(|r| answer(keys, r)).collect();
    Ok(Page::cut_by_id(rows?, limit, |r| r.id))
}

fn answer(keys: &Keyring, r: AnswerRow) -> Result<ExportedAnswer> {
    Ok(ExportedAnswer {
        words: open(keys, "answers.words", r.id, r.words)?,
        id: r.id,
        callback: r.callback,
        attempt_seq: r.attempt_seq,
        seq: r.seq,
        programme: r.programme,
        policy_no: r.policy_no,
        customer_no: r.customer_no,
        questionnaire: r.questionnaire,
        questionnaire_version: r.questionnaire_version,
        item: r.item,
        answer: r.answer,
        rating: r.rating,
        answered_at: instant(r.answered_at),
    })
}

/// Rows of callbacks in sight whose moment lies in the window.
fn of_window(select: &mut Select, scope: &Scope, at: &str, window: &ExportWindow) {
    select.scope(scope, "b.org_id").own(scope, "b.customer_id");
    if let Some(day) = window.from {
        select.filter(&format!("{at} >= ?"), params![start_of_day(day)]);
    }
    if let Some(day) = window.to {
        select.filter(&format!("{at} < ?"), params![end_of_day(day)]);
    }
}

fn open(
    keys: &Keyring,
    column: &str,
    id: Uuid,
    sealed: Option<Vec<u8>>,
) -> Result<Option<SensitiveText>> {
    let text = sealed.map(|s| keys.open(column, id, &s)).transpose()?;
    Ok(text.map(SensitiveText::from_stored))
}
