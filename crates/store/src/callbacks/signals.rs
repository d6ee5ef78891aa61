//! Signs of late, forged or concealed records, and what became of them.

use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::callbacks::{Signal, SignalKind, SignalState};
use domain::ids::{AttemptId, CallbackId, UserId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A sign to keep.
#[derive(Clone, Debug)]
pub struct NewSignal<'n> {
    /// The callback.
    pub callback: CallbackId,
    /// The attempt.
    pub attempt: AttemptId,
    /// The unit.
    pub org: Uuid,
    /// Who called.
    pub caller: UserId,
    /// When the call began.
    pub happened_at: Instant,
    /// What was found.
    pub signal: Signal,
    /// Where the limit is written.
    pub rule: &'n str,
}

/// Keeps a sign, unless the attempt showed it before; says whether it is new.
///
/// # Errors
/// What the database says.
pub async fn insert_signal(work: &UnitOfWork, new: &NewSignal<'_>) -> Result<bool> {
    let sql = "INSERT INTO record_signals (id, kind, callback_id, attempt_id, org_id, caller_id, happened_at, measured, \
               allowed, rule, found_at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open') \
               ON CONFLICT (attempt_id, kind) DO NOTHING";
    let values = params![
        work.next_id(),
        new.signal.kind.as_str(),
        new.callback.0,
        new.attempt.0,
        new.org,
        new.caller.0,
        millis(new.happened_at),
        new.signal.measured,
        new.signal.allowed,
        new.rule,
        millis(work.now()),
    ];
    Ok(work.execute(sql, values).await? > 0)
}

/// A sign.
#[derive(Clone, Debug)]
pub struct SignalRow {
    /// Its id.
    pub id: Uuid,
    /// Which.
    pub kind: SignalKind,
    /// The callback.
    pub callback_id: CallbackId,
    /// Number of the callback.
    pub callback_number: String,
    /// Programme code.
    pub programme: String,
    /// Place of the attempt.
    pub attempt_seq: i64,
    /// Name of the unit.
    pub org_name: String,
    /// Name of who called.
    pub caller_name: String,
    /// Who called.
    pub caller_id: UserId,
    /// When the call began.
    pub happened_at: Instant,
    /// What was measured.
    pub measured: i64,
    /// The limit.
    pub allowed: i64,
    /// Where the limit is written.
    pub rule: String,
    /// What became of it.
    pub state: SignalState,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Instant>,
    /// Why.
    pub reason: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    kind: String,
    callback_id: Uuid,
    callback_number: String,
    programme: String,
    attempt_seq: i64,
    org_name: String,
    caller_name: String,
    caller_id: Uuid,
    happened_at: i64,
    measured: i64,
    allowed: i64,
    rule: String,
    state: String,
    decided_by: Option<String>,
    decided_at: Option<i64>,
    reason: Option<Vec<u8>>,
}

const SELECT: &str = "SELECT s.id, s.kind, s.callback_id, b.number AS callback_number, b.programme, a.seq AS attempt_seq, \
     o.name AS org_name, u.display_name AS caller_name, s.caller_id, s.happened_at, s.measured, s.allowed, s.rule, \
     s.state, s.decided_by, s.decided_at, s.reason FROM record_signals s JOIN callbacks b ON b.id = s.callback_id \
     JOIN attempts a ON a.id = s.attempt_id JOIN orgs o ON o.id = s.org_id JOIN users u ON u.id = s.caller_id";

fn signals(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<SignalRow>> {
    let keys = db.keys();
    rows.into_iter()
        .map(|r| {
            let reason = r
                .reason
                .map(|x| keys.open("record_signals.reason", r.id, &x));
            Ok(SignalRow {
                reason: reason.transpose()?,
                kind: SignalKind::parse(&r.kind)?,
                state: SignalState::parse(&r.state)?,
                id: r.id,
                callback_id: CallbackId(r.callback_id),
                callback_number: r.callback_number,
                programme: r.programme,
                attempt_seq: r.attempt_seq,
                org_name: r.org_name,
                caller_name: r.caller_name,
                caller_id: UserId(r.caller_id),
                happened_at: instant(r.happened_at),
                measured: r.measured,
                allowed: r.allowed,
                rule: r.rule,
                decided_by: r.decided_by,
                decided_at: r.decided_at.map(instant),
            })
        })
        .collect()
}

/// What to look for among signs.
#[derive(Clone, Debug, Default)]
pub struct SignalFilter {
    /// In this state.
    pub state: Option<SignalState>,
    /// Of this kind.
    pub kind: Option<SignalKind>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// Signs of the units in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_signals(
    db: &impl Reads,
    scope: &Scope,
    filter: &SignalFilter,
    limit: u64,
) -> Result<Page<SignalRow>> {
    let mut select = Select::new(SELECT);
    select.scope(scope, "s.org_id").own(scope, "b.customer_id");
    if let Some(state) = filter.state {
        select.filter("s.state = ?", params![state.as_str()]);
    }
    if let Some(kind) = filter.kind {
        select.filter("s.kind = ?", params![kind.as_str()]);
    }
    select.page_by_id("s.id", true, filter.after.as_ref(), limit);
    let rows = signals(db, select.list(db).await?)?;
    Ok(Page::cut_by_id(rows, limit, |r: &SignalRow| r.id))
}

/// Signs of a callback in sight.
///
/// # Errors
/// What the database says.
pub async fn list_signals_of_callback(
    db: &impl Reads,
    scope: &Scope,
    callback: CallbackId,
) -> Result<Vec<SignalRow>> {
    let mut select = Select::new(SELECT);
    select.scope(scope, "s.org_id").own(scope, "b.customer_id");
    select.filter("s.callback_id = ?", params![callback.0]);
    select.then("ORDER BY s.id LIMIT 100", Vec::new());
    signals(db, select.list(db).await?)
}

/// A sign in sight.
///
/// # Errors
/// What the database says.
pub async fn find_signal(db: &impl Reads, scope: &Scope, id: Uuid) -> Result<Option<SignalRow>> {
    let mut select = Select::new(SELECT);
    select.scope(scope, "s.org_id").own(scope, "b.customer_id");
    select.filter("s.id = ?", params![id]);
    Ok(signals(db, select.list(db).await?)?.pop())
}

/// Keeps what somebody decided about a sign.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when somebody decided before.
pub async fn decide_signal(
    work: &UnitOfWork,
    id: Uuid,
    state: SignalState,
    by: &str,
    reason: &str,
) -> Result<()> {
    let sealed = work.keys().seal("record_signals.reason", id, reason)?;
    let sql = "UPDATE record_signals SET state = $1, decided_by = $2, decided_at = $3, reason = $4 \
               WHERE id = $5 AND state = 'open'";
    let values = params![state.as_str(), by, millis(work.now()), sealed, id];
    work.execute_one(sql, values).await
}
