//! Attempts. Saved ones are never changed.

use crate::sealing::Keyring;
use crate::sql::{Select, find, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::callbacks::{
    AttemptResult, Authorisation, AuthorisedBy, ContactChannel, ProxyReason, ProxyRelation,
};
use domain::ids::{AttemptId, CallbackId, CustomerId, QuestionnaireId, UserId};
use domain::obligations::Respondent;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// An attempt to begin.
#[derive(Clone, Copy, Debug)]
pub struct NewAttempt {
    /// The callback.
    pub callback: CallbackId,
    /// The customer.
    pub customer: CustomerId,
    /// Its place among the callback's attempts, from one.
    pub seq: i64,
    /// Round of calls.
    pub round: u32,
    /// Channel.
    pub channel: ContactChannel,
    /// The branch makes it.
    pub in_branch: bool,
    /// It is the second callback after a problem.
    pub is_recall: bool,
    /// The version of the questionnaire that is read.
    pub questionnaire: Option<QuestionnaireId>,
    /// Who makes it.
    pub caller: UserId,
}

/// Begins an attempt.
///
/// # Errors
/// What the database says.
pub async fn insert_attempt(work: &UnitOfWork, attempt: &NewAttempt) -> Result<AttemptId> {
    let id = work.next_id();
    let sql = "INSERT INTO attempts (id, callback_id, customer_id, seq, round, channel, in_branch, is_recall, \
               questionnaire_id, caller_id, started_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let values = params![
        id,
        attempt.callback.0,
        attempt.customer.0,
        attempt.seq,
        i64::from(attempt.round),
        attempt.channel.as_str(),
        attempt.in_branch,
        attempt.is_recall,
        attempt.questionnaire.map(|q| q.0),
        attempt.caller.0,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(AttemptId(id))
}

/// Notes that an attempt goes on in the connection of another, and shares its recording.
///
/// # Errors
/// What the database says.
pub async fn share_attempt(work: &UnitOfWork, attempt: AttemptId, with: AttemptId) -> Result<()> {
    let sql = "UPDATE attempts SET shared_with = $1 WHERE id = $2 AND saved_at IS NULL";
    work.execute_one(sql, params![with.0, attempt.0]).await
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug)]
pub struct AttemptEnd<'e> {
    /// The result.
    pub result: AttemptResult,
    /// Who answered, and whether with an authorisation.
    pub respondent: Option<(Respondent, bool)>,
    /// The authorisation of a family member.
    pub authorisation: Option<&'e Authorisation>,
    /// What the caller noted.
    pub note: Option<&'e str>,
    /// The agreed time.
    pub appointment_at: Option<Instant>,
}

/// What stands between the parts of an authorisation; names hold no line ends.
const PARTS: char = '\n';

fn write_authorisation(given: &Authorisation) -> String {
    let name = given.name.replace(PARTS, " ");
    let codes = [
        given.relation.as_str(),
        given.reason.as_str(),
        given.given.as_str(),
    ];
    format!("{}{PARTS}{name}", codes.join(&PARTS.to_string()))
}

fn read_authorisation(text: &str) -> Result<Authorisation> {
    let mut parts = text.splitn(4, PARTS);
    let mut next = || parts.next().unwrap_or_default();
    Ok(Authorisation {
        relation: ProxyRelation::parse(next())?,
        reason: ProxyReason::parse(next())?,
        given: AuthorisedBy::parse(next())?,
        name: next().to_owned(),
    })
}

/// Ends an attempt; it cannot be changed afterwards.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it was saved before.
pub async fn save_attempt(
    work: &UnitOfWork,
    attempt: AttemptId,
    end: &AttemptEnd<'_>,
) -> Result<()> {
    let respondent = end.respondent;
    let seal = |column, text: Option<&str>| {
        let sealed = text.map(|t| work.keys().seal(column, attempt.0, t));
        sealed.transpose()
    };
    let authorisation = end.authorisation.map(write_authorisation);
    let sql = "UPDATE attempts SET ended_at = $1, result = $2, respondent = $3, authorised = $4, note = $5, \
               appointment_at = $6, saved_at = $1, authorisation = $8 WHERE id = $7 AND saved_at IS NULL";
    let values = params![
        millis(work.now()),
        end.result.as_str(),
        respondent.map(|(r, _)| r.as_str()),
        respondent.map(|(_, authorised)| authorised),
        seal("attempts.note", end.note)?,
        end.appointment_at.map(millis),
        attempt.0,
        seal("attempts.authorisation", authorisation.as_deref())?,
    ];
    work.execute_one(sql, values).await
}

/// An attempt as it is shown.
#[derive(Clone, Debug)]
pub struct AttemptRow {
    /// Its id.
    pub id: AttemptId,
    /// The callback.
    pub callback_id: CallbackId,
    /// Number of the callback.
    pub callback_number: String,
    /// Programme code.
    pub programme: String,
    /// Its place among the callback's attempts.
    pub seq: i64,
    /// Round of calls.
    pub round: i64,
    /// Channel as a code.
    pub channel: String,
    /// The branch made it.
    pub in_branch: bool,
    /// The second callback after a problem.
    pub is_recall: bool,
    /// The version of the questionnaire that was read.
    pub questionnaire_id: Option<QuestionnaireId>,
    /// Who made it; nobody of ours when the customer answered electronically.
    pub caller_id: Option<UserId>,
    /// Name of who made it; empty when nobody did.
    pub caller_name: String,
    /// When it began.
    pub started_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// How it ended.
    pub result: Option<AttemptResult>,
    /// Who answered, as a code.
    pub respondent: Option<String>,
    /// The authorisation of a family member who answered.
    pub authorisation: Option<Authorisation>,
    /// What the caller noted.
    pub note: Option<String>,
    /// The agreed time.
    pub appointment_at: Option<Instant>,
    /// Whether it is saved.
    pub is_saved: bool,
    /// The attempt of another callback whose connection and recording it shares.
    pub shared_with: Option<AttemptId>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    callback_id: Uuid,
    callback_number: String,
    programme: String,
    seq: i64,
    round: i64,
    channel: String,
    in_branch: bool,
    is_recall: bool,
    questionnaire_id: Option<Uuid>,
    caller_id: Option<Uuid>,
    caller_name: String,
    started_at: i64,
    ended_at: Option<i64>,
    result: Option<String>,
    respondent: Option<String>,
    note: Option<Vec<u8>>,
    authorisation: Option<Vec<u8>>,
    appointment_at: Option<i64>,
    saved_at: Option<i64>,
    shared_with: Option<Uuid>,
}

const SELECT: &str = "SELECT a.id, a.callback_id, b.number AS callback_number, b.programme, a.seq, a.round, a.channel, \
     a.in_branch, a.is_recall, a.questionnaire_id, a.caller_id, COALESCE(u.display_name, '') AS caller_name, a.started_at, \
     a.ended_at, a.result, a.respondent, a.note, a.authorisation, a.appointment_at, a.saved_at, a.shared_with \
     FROM attempts a JOIN callbacks b ON b.id = a.callback_id LEFT JOIN users u ON u.id = a.caller_id";

fn attempt(keys: &Keyring, r: Row) -> Result<AttemptRow> {
    let given = r
        .authorisation
        .map(|t| keys.open("attempts.authorisation", r.id, &t))
        .transpose()?;
    Ok(AttemptRow {
        authorisation: given.as_deref().map(read_authorisation).transpose()?,
        note: r
            .note
            .map(|n| keys.open("attempts.note", r.id, &n))
            .transpose()?,
        result: r.result.as_deref().map(AttemptResult::parse).transpose()?,
        id: AttemptId(r.id),
        callback_id: CallbackId(r.callback_id),
        callback_number: r.callback_number,
        programme: r.programme,
        seq: r.seq,
        round: r.round,
        channel: r.channel,
        in_branch: r.in_branch,
        is_recall: r.is_recall,
        questionnaire_id: r.questionnaire_id.map(QuestionnaireId),
        caller_id: r.caller_id.map(UserId),
        caller_name: r.caller_name,
        started_at: instant(r.started_at),
        ended_at: r.ended_at.map(instant),
        respondent: r.respondent,
        appointment_at: r.appointment_at.map(instant),
        is_saved: r.saved_at.is_some(),
        shared_with: r.shared_with.map(AttemptId),
    })
}

/// Attempts of a callback in sight, the first one first.
///
/// # Errors
/// What the database says.
pub async fn list_attempts(
    db: &impl Reads,
    scope: &Scope,
    callback: CallbackId,
) -> Result<Vec<AttemptRow>> {
    let mut select = Select::new(SELECT);
    select
        .scope(scope, "b.org_id")
        .own(scope, "b.customer_id")
        .filter("a.callback_id = ?", params![callback.0]);
    select.then("ORDER BY a.seq LIMIT 200", Vec::new());
    let keys = db.keys();
    select
        .list::<Row>(db)
        .await?
        .into_iter()
        .map(|r| attempt(keys, r))
        .collect()
}

/// A call that a family member answered with an authorisation.
#[derive(Clone, Debug)]
pub struct AuthorisationRow {
    /// The callback.
    pub callback: CallbackId,
    /// Its number.
    pub callback_no: String,
    /// When the call began.
    pub started_at: Instant,
    /// The authorisation.
    pub authorisation: Authorisation,
}

#[derive(FromQueryResult)]
struct AuthorisedRow {
    id: Uuid,
    callback_id: Uuid,
    number: String,
    started_at: i64,
    authorisation: Vec<u8>,
}

/// Authorisations of family members on callbacks of a customer in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_authorisations(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
    limit: i64,
) -> Result<Vec<AuthorisationRow>> {
    let mut select = Select::new(
        "SELECT a.id, a.callback_id, b.number, a.started_at, a.authorisation FROM attempts a \
         JOIN callbacks b ON b.id = a.callback_id",
    );
    select
        .scope(scope, "b.org_id")
        .own(scope, "b.customer_id")
        .filter("b.customer_id = ?", params![customer.0])
        .filter("a.authorisation IS NOT NULL", Vec::new())
        .then(
            "ORDER BY a.started_at DESC, a.id DESC LIMIT ?",
            params![limit],
        );
    let rows: Vec<AuthorisedRow> = select.list(db).await?;
    let row = |r: AuthorisedRow| {
        let text = db
            .keys()
            .open("attempts.authorisation", r.id, &r.authorisation)?;
        Ok(AuthorisationRow {
            callback: CallbackId(r.callback_id),
            callback_no: r.number,
            started_at: instant(r.started_at),
            authorisation: read_authorisation(&text)?,
        })
    };
    rows.into_iter().map(row).collect()
}

/// The attempt under way of a callback, if there is one.
///
/// # Errors
/// What the database says.
pub async fn find_open_attempt(
    db: &impl Reads,
    callback: CallbackId,
) -> Result<Option<AttemptRow>> {
    let sql = format!(
        "{SELECT} WHERE a.callback_id = $1 AND a.saved_at IS NULL ORDER BY a.seq DESC LIMIT 1"
    );
    let row = find::<Row>(db, &sql, params![callback.0]).await?;
    row.map(|r| attempt(db.keys(), r)).transpose()
}
