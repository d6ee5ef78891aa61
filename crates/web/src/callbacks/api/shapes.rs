//! Callbacks as JSON.

use crate::api::codes;
use app::callbacks::{CallbackPage, PastAnswer};
use chrono::{DateTime, NaiveDate, Utc};
use domain::questionnaires::Words;
use serde::Serialize;
use store::access::CallerRow;
use store::callbacks::{AttemptRow, CallbackRow, EntryRow};
use store::recordings::RecordingRow;
use utoipa::ToSchema;
use uuid::Uuid;

/// The work of discharging an obligation by conversation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Callback)]
pub(crate) struct CallbackJson {
    /// Id.
    id: Uuid,
    /// Number.
    #[schema(example = "CB-2026-0000123")]
    number: String,
    /// Number of the obligation.
    obligation: String,
    /// Programme.
    programme: String,
    /// Number of the customer.
    customer_no: String,
    /// Name of the customer; of persons masked.
    customer_name: String,
    /// Number of the policy.
    policy_no: Option<String>,
    /// Code of the unit.
    org_code: String,
    /// Where it stands.
    #[schema(value_type = codes::CallbackStateCode)]
    state: &'static str,
    /// From when.
    earliest_on: Option<NaiveDate>,
    /// By when.
    due_on: Option<NaiveDate>,
    /// Language in which the customer is served.
    language: Option<String>,
    /// Id of the caller.
    assignee: Option<Uuid>,
    /// Name of the caller.
    assignee_name: Option<String>,
    /// When to try again.
    again_at: Option<DateTime<Utc>>,
    /// The agreed time.
    appointment_at: Option<DateTime<Utc>>,
    /// Attempts so far.
    attempts: i64,
    /// How the last attempt ended.
    last_result: Option<String>,
    /// The second callback after a problem.
    is_recall: bool,
    /// The person was reached.
    reached: Option<bool>,
    /// Their identity was confirmed.
    identity_verified: Option<bool>,
    /// Everything was told and asked.
    content_delivered: Option<bool>,
    /// All of it was affirmed.
    affirmed: Option<bool>,
    /// How completion lay to the period.
    timing: Option<String>,
    /// When it was completed.
    completed_at: Option<DateTime<Utc>>,
    /// Name of who completed it.
    caller: Option<String>,
    /// Version, as in `ETag`.
    version: i64,
}

impl From<CallbackRow> for CallbackJson {
    fn from(r: CallbackRow) -> Self {
        Self {
            id: r.id.0,
            number: r.number,
            obligation: r.obligation_number,
            programme: r.programme,
            customer_no: r.customer_no,
            customer_name: r.customer_name,
            policy_no: r.policy_no,
            org_code: r.org_code,
            state: r.state.as_str(),
            earliest_on: r.earliest_on,
            due_on: r.due_on,
            language: r.language,
            assignee: r.assignee_id.map(|u| u.0),
            assignee_name: r.assignee_name,
            again_at: r.again_at,
            appointment_at: r.appointment_at,
            attempts: r.attempts_total,
            last_result: r.last_result,
            is_recall: r.is_recall,
            reached: r.reached,
            identity_verified: r.identity_verified,
            content_delivered: r.content_delivered,
            affirmed: r.affirmed,
            timing: r.timing,
            completed_at: r.completed_at,
            caller: r.caller_name,
            version: r.version,
        }
    }
}

/// One call, letter or visit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attempt)]
pub(crate) struct AttemptJson {
    /// Id.
    id: Uuid,
    /// Its place among the attempts of the callback, from one.
    seq: i64,
    /// Channel.
    #[schema(value_type = codes::ContactChannelCode)]
    channel: String,
    /// Name of who made it.
    caller: String,
    /// When it began.
    started_at: DateTime<Utc>,
    /// When it ended; nothing while it is under way.
    ended_at: Option<DateTime<Utc>>,
    /// How it ended.
    result: Option<&'static str>,
    /// Who answered.
    respondent: Option<String>,
    /// What the caller noted.
    note: Option<String>,
    /// The agreed time.
    appointment_at: Option<DateTime<Utc>>,
}

impl From<AttemptRow> for AttemptJson {
    fn from(r: AttemptRow) -> Self {
        Self {
            id: r.id.0,
            seq: r.seq,
            channel: r.channel,
            caller: r.caller_name,
            started_at: r.started_at,
            ended_at: r.ended_at,
            result: r.result.map(domain::callbacks::AttemptResult::as_str),
            respondent: r.respondent,
            note: r.note,
            appointment_at: r.appointment_at,
        }
    }
}

/// Words in Chinese, with an English gloss.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemWords {
    /// Chinese, as it is read aloud.
    zh: String,
    /// English.
    en: String,
}

impl From<Words> for ItemWords {
    fn from(w: Words) -> Self {
        Self { zh: w.zh, en: w.en }
    }
}

/// An answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Answer)]
pub(crate) struct AnswerJson {
    /// Id of the attempt.
    attempt: Uuid,
    /// Code of the item.
    item: String,
    /// Heading of the item.
    title: ItemWords,
    /// The answer.
    #[schema(value_type = codes::AnswerCode)]
    answer: &'static str,
    /// The rating, from 1 to 5.
    rating: Option<u8>,
    /// The customer's own words.
    words: Option<String>,
    /// When.
    answered_at: DateTime<Utc>,
    /// The problem that it raises.
    problem: Option<&'static str>,
}

impl From<PastAnswer> for AnswerJson {
    fn from(a: PastAnswer) -> Self {
        Self {
            attempt: a.attempt.0,
            item: a.given.item,
            title: a.title.into(),
            answer: a.given.answer.as_str(),
            rating: a.given.rating,
            words: a.words,
            answered_at: a.answered_at,
            problem: a.problem.map(domain::tickets::ProblemType::as_str),
        }
    }
}

/// A recording or scan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Recording)]
pub(crate) struct RecordingJson {
    /// Id.
    id: Uuid,
    /// Id of the attempt, callback or ticket that it belongs to.
    owner: Uuid,
    /// Kind of evidence.
    #[schema(value_type = codes::EvidenceKindCode)]
    kind: &'static str,
    /// Name of the file.
    file_name: String,
    /// Size in bytes.
    size: Option<i64>,
    /// SHA-256 in hexadecimal; nothing for links.
    sha256: Option<String>,
    /// The link, when another system keeps it.
    link: Option<String>,
    /// Who added it.
    added_by: String,
    /// When.
    added_at: DateTime<Utc>,
}

impl From<RecordingRow> for RecordingJson {
    fn from(r: RecordingRow) -> Self {
        Self {
            id: r.id.0,
            owner: r.owner_id,
            kind: r.kind.as_str(),
            file_name: r.file_name,
            size: r.size_bytes,
            sha256: r.sha256,
            link: r.is_link.then_some(r.location),
            added_by: r.added_by,
            added_at: r.added_at,
        }
    }
}

/// A line of the history.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CallbackEntry {
    /// When.
    at: DateTime<Utc>,
    /// Who.
    by: String,
    /// What.
    step: String,
    /// State before.
    from: String,
    /// State after.
    to: String,
    /// What was noted.
    note: Option<String>,
}

impl From<EntryRow> for CallbackEntry {
    fn from(r: EntryRow) -> Self {
        Self {
            at: r.at,
            by: r.actor_name,
            step: r.command,
            from: r.from_state,
            to: r.to_state,
            note: r.note,
        }
    }
}

/// A callback with everything that was done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CallbackDetail)]
pub(crate) struct CallbackDetailJson {
    #[serde(flatten)]
    callback: CallbackJson,
    /// Attempts.
    attempts_made: Vec<AttemptJson>,
    /// Answers.
    answers: Vec<AnswerJson>,
    /// Recordings and signed records.
    recordings: Vec<RecordingJson>,
    /// Numbers of tickets that it raised.
    tickets: Vec<String>,
    /// History.
    history: Vec<CallbackEntry>,
}

impl From<CallbackPage> for CallbackDetailJson {
    fn from(p: CallbackPage) -> Self {
        Self {
            callback: p.callback.into(),
            attempts_made: p.attempts.into_iter().map(AttemptJson::from).collect(),
            answers: p.answers.into_iter().map(AnswerJson::from).collect(),
            recordings: p.recordings.into_iter().map(RecordingJson::from).collect(),
            tickets: p.tickets.into_iter().map(|t| t.number).collect(),
            history: p.entries.into_iter().map(CallbackEntry::from).collect(),
        }
    }
}

/// Someone to whom callbacks may be given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CallerWithLoad)]
pub(crate) struct CallerJson {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
    /// Code of the unit.
    org_code: String,
    /// Languages spoken besides Mandarin.
    languages: Vec<String>,
    /// Open callbacks on the list.
    open: i64,
}

impl From<CallerRow> for CallerJson {
    fn from(r: CallerRow) -> Self {
        Self {
            id: r.user.id.0,
            name: r.user.display_name,
            org_code: r.user.org_code,
            languages: r.user.languages,
            open: r.open,
        }
    }
}
