//! Working on a callback: the record that decisions look at, and what they change.

use crate::dialect::Backend;
use crate::sql::{find, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::{OrgPath, Scope};
use domain::callbacks::{Callback, CallbackState, Cause, Change, ContactChannel};
use domain::ids::{AgentId, CallbackId, CustomerId, ObligationId, PolicyId, UserId};
use domain::obligations::{ObligationStatus, Timing};
use domain::policies::EventType;
use domain::time::{self, Instant};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A callback with everything that decisions look at.
#[derive(Clone, Debug)]
pub struct CallbackRecord {
    /// Its id.
    pub id: CallbackId,
    /// Its number.
    pub number: String,
    /// The obligation that it discharges.
    pub obligation: ObligationId,
    /// Facts that the obligation rests on, as JSON.
    pub facts: String,
    /// Whom to reach, as a code.
    pub respondent: String,
    /// Programme code.
    pub programme: String,
    /// The version of the pack that the obligation started with.
    pub pack: Uuid,
    /// The customer.
    pub customer: CustomerId,
    /// The policy.
    pub policy: Option<PolicyId>,
    /// Place of the unit.
    pub org_path: OrgPath,
    /// Row of the unit.
    pub org: Uuid,
    /// The salesperson of the policy.
    pub salesperson: Option<AgentId>,
    /// When it is due.
    pub due_on: Option<NaiveDate>,
    /// The moment at which it is due, where a rule counts hours.
    pub due_at: Option<Instant>,
    /// The agreed time.
    pub appointment_at: Option<Instant>,
    /// When to try again.
    pub again_at: Option<Instant>,
    /// Attempts so far.
    pub attempts_total: i64,
    /// Version, for updates.
    pub version: i64,
    /// What decisions look at.
    pub callback: Callback,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    number: String,
    obligation_id: Uuid,
    facts: String,
    respondent: String,
    programme: String,
    pack_id: Uuid,
    customer_id: Uuid,
    policy_id: Option<Uuid>,
    org_id: Uuid,
    org_path: String,
    agent_id: Option<Uuid>,
    state: String,
    earliest_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    due_at: Option<i64>,
    assignee_id: Option<Uuid>,
    appointment_at: Option<i64>,
    again_at: Option<i64>,
    round: i64,
    attempts_in_round: i64,
    attempts_total: i64,
    in_branch: bool,
    is_recall: bool,
    contact_uncorrectable: bool,
    version: i64,
}

#[derive(FromQueryResult)]
struct IdRow {
    #[expect(dead_code, reason = "that there is a row is all that matters")]
    id: Uuid,
}

#[derive(FromQueryResult)]
struct ChannelRow {
    channel: String,
}

/// The record of a callback in sight. Inside a unit of work on PostgreSQL the version guards it.
///
/// # Errors
/// What the database says.
pub async fn find_record(
    db: &impl Reads,
    scope: &Scope,
    id: CallbackId,
) -> Result<Option<CallbackRecord>> {
    let sql = "SELECT b.id, b.number, b.obligation_id, g.facts, g.respondent, b.programme, g.pack_id, b.customer_id, b.policy_id, b.org_id, \
               o.path AS org_path, p.agent_id, b.state, b.earliest_on, b.due_on, g.due_at, b.assignee_id, b.appointment_at, \
               b.again_at, b.round, b.attempts_in_round, b.attempts_total, b.in_branch, b.is_recall, \
               b.contact_uncorrectable, b.version FROM callbacks b JOIN obligations g ON g.id = b.obligation_id \
               JOIN orgs o ON o.id = b.org_id LEFT JOIN policies p ON p.id = b.policy_id WHERE b.id = $1";
    let Some(r) = find::<Row>(db, sql, params![id.0]).await? else {
        return Ok(None);
    };
    let org_path = OrgPath::from_stored(r.org_path);
    let own = scope
        .own_list_of()
        .is_none_or(|user| r.assignee_id == Some(user.0));
    if !scope.covers(&org_path) || !own {
        return Ok(None);
    }
    let sql = "SELECT DISTINCT channel FROM attempts WHERE callback_id = $1";
    let tried: Vec<ChannelRow> = crate::sql::list(db, sql, params![id.0]).await?;
    let tried = tried
        .iter()
        .map(|c| ContactChannel::parse(&c.channel))
        .collect::<std::result::Result<_, _>>()?;
    let small = |n: i64| u32::try_from(n).unwrap_or(0);
    Ok(Some(CallbackRecord {
        callback: Callback {
            state: CallbackState::parse(&r.state)?,
            assignee: r.assignee_id.map(UserId),
            earliest_on: r.earliest_on,
            round: small(r.round),
            attempts_in_round: small(r.attempts_in_round),
            in_branch: r.in_branch,
            is_recall: r.is_recall,
            contact_uncorrectable: r.contact_uncorrectable,
            tried,
        },
        id: CallbackId(r.id),
        number: r.number,
        obligation: ObligationId(r.obligation_id),
        facts: r.facts,
        respondent: r.respondent,
        programme: r.programme,
        pack: r.pack_id,
        customer: CustomerId(r.customer_id),
        policy: r.policy_id.map(PolicyId),
        org_path,
        org: r.org_id,
        salesperson: r.agent_id.map(AgentId),
        due_on: r.due_on,
        due_at: r.due_at.map(instant),
        appointment_at: r.appointment_at.map(instant),
        again_at: r.again_at.map(instant),
        attempts_total: r.attempts_total,
        version: r.version,
    }))
}

/// What is saved besides the change itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Saved<'s> {
    /// The agreed time.
    pub appointment_at: Option<Instant>,
    /// How the attempt ended, as a code.
    pub result: Option<&'s str>,
    /// An attempt began.
    pub attempt_started: bool,
    /// It is a telephone call.
    pub phoned: bool,
    /// The number cannot be corrected.
    pub contact_uncorrectable: bool,
    /// The second callback is under way.
    pub is_recall: bool,
    /// Who completed it and on which channel, when it is completed.
    pub completed: Option<(UserId, ContactChannel)>,
    /// The channel on which it is completed without anybody of ours.
    pub completed_by_customer: Option<ContactChannel>,
    /// How completion lies to the period.
    pub timing: Option<Timing>,
    /// Why it ended.
    pub end_reason: Option<&'s str>,
}

/// Saves a change of a callback whose version is as it was read.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn save_change(
    work: &UnitOfWork,
    record: &CallbackRecord,
    change: &Change,
    saved: &Saved<'_>,
) -> Result<()> {
    let sql = "UPDATE callbacks SET state = $1, is_open = $2, assignee_id = $3, again_at = $4, appointment_at = $5, \
               round = $6, attempts_in_round = $7, attempts_total = attempts_total + $8, in_branch = $9, \
               is_recall = $10, contact_uncorrectable = $11, last_result = COALESCE($12, last_result), \
               reached = COALESCE($13, reached), identity_verified = COALESCE($14, identity_verified), \
               content_delivered = COALESCE($15, content_delivered), affirmed = COALESCE($16, affirmed), \
               succeeded_on = COALESCE(succeeded_on, $17), timing = COALESCE($18, timing), \
               completed_at = COALESCE($19, completed_at), completed_channel = COALESCE($20, completed_channel), \
               caller_id = COALESCE($21, caller_id), cause = COALESCE($22, cause), \
               end_reason = COALESCE($23, end_reason), first_called_on = COALESCE(first_called_on, $24), \
               updated_at = $25, version = version + 1 WHERE id = $26 AND version = $27";
    let today = time::date_in_china(work.now());
    let succeeded = change.outcome.filter(|o| o.is_succeeded()).map(|_| today);
    let done = matches!(change.to, CallbackState::Completed);
    let completed_on = saved
        .completed
        .map(|(_, channel)| channel)
        .or(saved.completed_by_customer);
    let values = params![
        change.to.as_str(),
        change.to.is_open(),
        change.assignee.map(|u| u.0),
        change.again_at.map(millis),
        saved.appointment_at.map(millis),
        i64::from(change.round),
        i64::from(change.attempts_in_round),
        i64::from(saved.attempt_started),
        change.in_branch,
        saved.is_recall,
        record.callback.contact_uncorrectable || saved.contact_uncorrectable,
        saved.result,
        change.outcome.map(|o| o.reached),
        change.outcome.map(|o| o.identity_verified),
        change.outcome.map(|o| o.content_delivered),
        change.outcome.map(|o| o.affirmed),
        succeeded,
        saved.timing.map(Timing::as_str),
        done.then(|| millis(work.now())),
        completed_on.map(ContactChannel::as_str),
        saved.completed.map(|(user, _)| user.0),
        change.cause.map(Cause::as_str),
        saved.end_reason,
        saved.phoned.then_some(today),
        millis(work.now()),
        record.id.0,
        record.version,
    ];
    work.execute_one(sql, values).await
}

/// Ends the obligation behind a callback.
///
/// # Errors
/// What the database says.
pub async fn discharge_obligation(
    work: &UnitOfWork,
    obligation: ObligationId,
    status: ObligationStatus,
    timing: Option<Timing>,
    reason: Option<&str>,
) -> Result<()> {
    let now = millis(work.now());
    let sql = "UPDATE obligations SET status = $1, timing = COALESCE($2, timing), \
               discharged_at = CASE WHEN $1 = 'discharged' THEN $3 ELSE discharged_at END, \
               cancel_reason = COALESCE($4, cancel_reason), updated_at = $3 WHERE id = $5";
    let values = params![
        status.as_str(),
        timing.map(Timing::as_str),
        now,
        reason,
        obligation.0
    ];
    work.execute_one(sql, values).await
}

/// Writes to a policy until when a surrender counts as cooling-off cancellation.
///
/// # Errors
/// What the database says.
pub async fn open_deemed_right(
    work: &UnitOfWork,
    policy: PolicyId,
    until: NaiveDate,
) -> Result<()> {
    let sql = "UPDATE policies SET deemed_until_on = $1, version = version + 1, updated_at = $2 WHERE id = $3";
    work.execute_one(sql, params![until, millis(work.now()), policy.0])
        .await
}

/// Notes as an event that a callback was completed, and asks the planner to look at the policy:
/// other programmes may follow from it, as a supplementary callback does.
///
/// # Errors
/// What the database says.
pub async fn insert_completed_event(work: &UnitOfWork, record: &CallbackRecord) -> Result<()> {
    let event_id = format!("callback/{}", record.number);
    // A callback that an inspection opened again is completed a second time; it happened once.
    let before = "SELECT id FROM events WHERE event_id = $1 AND type = $2";
    let kind = EventType::CallbackCompleted.as_str();
    let known: Option<IdRow> = find(work, before, params![event_id.as_str(), kind]).await?;
    if known.is_some() {
        return Ok(());
    }
    let sql = "INSERT INTO events (id, event_id, type, source, occurred_at, occurred_on, policy_id, customer_id, \
               programme, row_hash, created_at, updated_at) \
               VALUES ($1, $2, $3, 'system', $4, $5, $6, $7, $8, 0, $4, $4)";
    let now = work.now();
    let values = params![
        work.next_id(),
        event_id,
        kind,
        millis(now),
        time::date_in_china(now),
        record.policy.map(|p| p.0),
        record.customer.0,
        record.programme.as_str(),
    ];
    work.execute(sql, values).await?;
    look_again(work, record).await
}

/// Asks the planner to look at the policy of a callback, or at its customer when it has none.
///
/// # Errors
/// What the database says.
pub async fn look_again(work: &UnitOfWork, record: &CallbackRecord) -> Result<()> {
    match record.policy {
        Some(policy) => crate::obligations::enqueue_policy(work, policy).await,
        None => crate::obligations::enqueue_customer(work, record.customer).await,
    }
}

/// Keeps a callback from others until the unit of work ends: what is read from here on is not changed by them.
///
/// # Errors
/// What the database says.
pub async fn keep_callback(work: &UnitOfWork, id: CallbackId) -> Result<()> {
    let lock = Backend::of(work.connection()).for_update();
    let sql = format!("SELECT language FROM callbacks WHERE id = $1 {lock}");
    find::<LanguageRow>(work, &sql, params![id.0]).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct LanguageRow {
    language: Option<String>,
}

/// The language in which the customer of a callback is served, as a code.
///
/// # Errors
/// What the database says.
pub async fn find_language(db: &impl Reads, id: CallbackId) -> Result<Option<String>> {
    let row = find::<LanguageRow>(
        db,
        "SELECT language FROM callbacks WHERE id = $1",
        params![id.0],
    )
    .await?;
    Ok(row.and_then(|r| r.language))
}
