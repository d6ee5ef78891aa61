//! Monthly spot checks of payout callbacks: the draw, the judgements, what was put right.

use crate::sql::{Select, instant, list, millis, params};
use crate::{Reads, Result, StoreError, UnitOfWork};
use chrono::NaiveDate;
use domain::access::{OrgPath, Scope};
use domain::callbacks::{CallbackState, Judgement, Verdict};
use domain::ids::{CallbackId, OrgId, UserId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Callbacks of a month beyond which a unit is drawn from its first ones only.
const POOL_MAX: i64 = 100_000;

/// A spot check.
#[derive(Clone, Debug)]
pub struct SpotCheckRow {
    /// Its id, which is also the seed of the draw.
    pub id: Uuid,
    /// Name of the unit.
    pub org_name: String,
    /// Place of the unit.
    pub org_path: OrgPath,
    /// First day of the month.
    pub month: NaiveDate,
    /// Callbacks of the month.
    pub pool: i64,
    /// Of those, reached.
    pub reached: i64,
    /// Callbacks drawn.
    pub drawn: i64,
    /// Judged.
    pub judged: i64,
    /// With a defect.
    pub defects: i64,
    /// Defects put right.
    pub corrected: i64,
    /// Who drew it.
    pub drawn_by: String,
    /// When.
    pub drawn_at: Instant,
    /// When it was closed, and by whom.
    pub closed: Option<(Instant, String)>,
    /// What follows from it.
    pub conclusion: Option<String>,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct CheckDbRow {
    id: Uuid,
    org_name: String,
    org_path: String,
    month: NaiveDate,
    pool: i64,
    reached: i64,
    drawn: i64,
    judged: i64,
    defects: i64,
    corrected: i64,
    drawn_by: String,
    drawn_at: i64,
    closed_at: Option<i64>,
    closed_by: Option<String>,
    conclusion: Option<Vec<u8>>,
    version: i64,
}

const SELECT: &str = "SELECT k.id, o.name AS org_name, o.path AS org_path, k.month, k.pool, k.reached, \
     u.display_name AS drawn_by, k.drawn_at, k.closed_at, k.closed_by, k.conclusion, k.version, \
     (SELECT COUNT(*) FROM spot_check_items i WHERE i.check_id = k.id) AS drawn, \
     (SELECT COUNT(*) FROM spot_check_items i WHERE i.check_id = k.id AND i.judged_at IS NOT NULL) AS judged, \
     (SELECT COUNT(*) FROM spot_check_items i WHERE i.check_id = k.id AND \
      'fail' IN (i.records, i.follow_up, i.truthful, i.script)) AS defects, \
     (SELECT COUNT(*) FROM spot_check_items i WHERE i.check_id = k.id AND i.corrected_at IS NOT NULL) AS corrected \
     FROM spot_checks k JOIN orgs o ON o.id = k.org_id JOIN users u ON u.id = k.drawn_by";

/// Spot checks in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_spot_checks(db: &impl Reads, scope: &Scope) -> Result<Vec<SpotCheckRow>> {
    let mut select = Select::new(SELECT);
    select.scope(scope, "k.org_id");
    none_on_own_list(&mut select, scope);
    select.then("ORDER BY k.id DESC LIMIT 200", Vec::new());
    let rows: Vec<CheckDbRow> = select.list(db).await?;
    rows.into_iter().map(|r| check(db, r)).collect()
}

/// A spot check in sight.
///
/// # Errors
/// What the database says.
pub async fn find_spot_check(
    db: &impl Reads,
    scope: &Scope,
    id: Uuid,
) -> Result<Option<SpotCheckRow>> {
    let mut select = Select::new(SELECT);
    select
        .scope(scope, "k.org_id")
        .filter("k.id = ?", params![id]);
    none_on_own_list(&mut select, scope);
    let rows: Vec<CheckDbRow> = select.list(db).await?;
    rows.into_iter().next().map(|r| check(db, r)).transpose()
}

/// No caller's own list has spot checks.
fn none_on_own_list(select: &mut Select, scope: &Scope) {
    if scope.own_list_of().is_some() {
        select.filter("1 = 0", Vec::new());
    }
}

fn check(db: &impl Reads, r: CheckDbRow) -> Result<SpotCheckRow> {
    let keys = db.keys();
    let open = |sealed: &Vec<u8>| keys.open("spot_checks.conclusion", r.id, sealed);
    Ok(SpotCheckRow {
        conclusion: r.conclusion.as_ref().map(open).transpose()?,
        id: r.id,
        org_name: r.org_name,
        org_path: OrgPath::from_stored(r.org_path),
        month: r.month,
        pool: r.pool,
        reached: r.reached,
        drawn: r.drawn,
        judged: r.judged,
        defects: r.defects,
        corrected: r.corrected,
        drawn_by: r.drawn_by,
        drawn_at: instant(r.drawn_at),
        closed: r.closed_at.map(instant).zip(r.closed_by),
        version: r.version,
    })
}

/// A callback of a spot check.
#[derive(Clone, Debug)]
pub struct SpotCheckItem {
    /// Its id.
    pub id: Uuid,
    /// Its place in the draw.
    pub seq: i64,
    /// The callback.
    pub callback: CallbackId,
    /// Number of the callback.
    pub number: String,
    /// Programme code.
    pub programme: String,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// Where the callback stands.
    pub state: CallbackState,
    /// Whether the person was reached.
    pub reached: Option<bool>,
    /// Attempts.
    pub attempts_total: i64,
    /// The judgement.
    pub judgement: Option<Judgement>,
    /// Who judged.
    pub judged_by: Option<String>,
    /// When the defect was put right.
    pub corrected_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct ItemDbRow {
    id: Uuid,
    seq: i64,
    callback_id: Uuid,
    number: String,
    programme: String,
    policy_no: Option<String>,
    state: String,
    reached: Option<bool>,
    attempts_total: i64,
    records: Option<String>,
    follow_up: Option<String>,
    truthful: Option<String>,
    script: Option<String>,
    finding: Option<Vec<u8>>,
    correction: Option<Vec<u8>>,
    judged_by: Option<String>,
    corrected_at: Option<i64>,
}

/// The callbacks of a spot check in sight, in the order of the draw.
///
/// # Errors
/// What the database says.
pub async fn list_spot_check_items(
    db: &impl Reads,
    scope: &Scope,
    check: Uuid,
) -> Result<Vec<SpotCheckItem>> {
    let mut select = Select::new(
        "SELECT i.id, i.seq, i.callback_id, b.number, b.programme, p.policy_no, b.state, b.reached, b.attempts_total, \
         i.records, i.follow_up, i.truthful, i.script, i.finding, i.correction, i.judged_by, i.corrected_at \
         FROM spot_check_items i JOIN spot_checks k ON k.id = i.check_id JOIN callbacks b ON b.id = i.callback_id \
         LEFT JOIN policies p ON p.id = b.policy_id",
    );
    select
        .scope(scope, "k.org_id")
        .filter("i.check_id = ?", params![check]);
    none_on_own_list(&mut select, scope);
    select.then("ORDER BY i.seq", Vec::new());
    let rows: Vec<ItemDbRow> = select.list(db).await?;
    rows.into_iter().map(|r| item(db, r)).collect()
}

fn item(db: &impl Reads, r: ItemDbRow) -> Result<SpotCheckItem> {
    let open = |column: &str, sealed: Option<&[u8]>| {
        let text = sealed
            .map(|s| db.keys().open(column, r.id, s))
            .transpose()?;
        Ok::<_, StoreError>(text.unwrap_or_default())
    };
    let judgement = match (&r.records, &r.follow_up, &r.truthful, &r.script) {
        (Some(records), Some(follow_up), Some(truthful), Some(script)) => Some(Judgement {
            records: Verdict::parse(records)?,
            follow_up: Verdict::parse(follow_up)?,
            truthful: Verdict::parse(truthful)?,
            script: Verdict::parse(script)?,
            finding: open("spot_check_items.finding", r.finding.as_deref())?,
            correction: open("spot_check_items.correction", r.correction.as_deref())?,
        }),
        _ => None,
    };
    Ok(SpotCheckItem {
        judgement,
        id: r.id,
        seq: r.seq,
        callback: CallbackId(r.callback_id),
        number: r.number,
        programme: r.programme,
        policy_no: r.policy_no,
        state: CallbackState::parse(&r.state)?,
        reached: r.reached,
        attempts_total: r.attempts_total,
        judged_by: r.judged_by,
        corrected_at: r.corrected_at.map(instant),
    })
}

#[derive(FromQueryResult)]
struct PoolRow {
    id: Uuid,
    reached: Option<bool>,
}

/// Callbacks in sight that were first called in a span of days, and whether the person was reached.
///
/// # Errors
/// What the database says.
pub async fn list_called_between(
    db: &impl Reads,
    scope: &Scope,
    programmes: &[String],
    days: (NaiveDate, NaiveDate),
) -> Result<Vec<(CallbackId, bool)>> {
    let mut select = Select::new("SELECT b.id, b.reached FROM callbacks b");
    select
        .scope(scope, "b.org_id")
        .filter_in(
            "b.programme",
            programmes.iter().map(|p| p.as_str().into()).collect(),
        )
        .filter("b.first_called_on >= ?", params![days.0])
        .filter("b.first_called_on <= ?", params![days.1]);
    if let Some(user) = scope.own_list_of() {
        select.filter("b.assignee_id = ?", params![user.0]);
    }
    select.then("ORDER BY b.id LIMIT ?", params![POOL_MAX]);
    let rows: Vec<PoolRow> = select.list(db).await?;
    let reached = |r: PoolRow| (CallbackId(r.id), r.reached == Some(true));
    Ok(rows.into_iter().map(reached).collect())
}

#[derive(FromQueryResult)]
struct CallerIdRow {
    caller_id: Uuid,
}

/// Who made the calls of a callback.
///
/// # Errors
/// What the database says.
pub async fn list_callers_of(work: &UnitOfWork, callback: CallbackId) -> Result<Vec<UserId>> {
    let sql = "SELECT DISTINCT caller_id FROM attempts WHERE callback_id = $1";
    let rows: Vec<CallerIdRow> = list(work, sql, params![callback.0]).await?;
    Ok(rows.into_iter().map(|r| UserId(r.caller_id)).collect())
}

/// A new spot check.
#[derive(Clone, Debug)]
pub struct NewSpotCheck {
    /// Its id, which is also the seed of the draw.
    pub id: Uuid,
    /// The unit.
    pub org: OrgId,
    /// First day of the month.
    pub month: NaiveDate,
    /// Callbacks of the month, and how many of them were reached.
    pub pool: (i64, i64),
    /// Who drew it.
    pub by: UserId,
}

/// Adds a spot check with the callbacks that were drawn.
///
/// # Errors
/// What the database says.
pub async fn insert_spot_check(
    work: &UnitOfWork,
    check: &NewSpotCheck,
    drawn: &[CallbackId],
) -> Result<()> {
    let sql = "INSERT INTO spot_checks (id, org_id, month, pool, reached, drawn_by, drawn_at, version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, 1)";
    let values = params![
        check.id,
        check.org.0,
        check.month,
        check.pool.0,
        check.pool.1,
        check.by.0,
        millis(work.now())
    ];
    work.execute(sql, values).await?;
    let sql =
        "INSERT INTO spot_check_items (id, check_id, seq, callback_id) VALUES ($1, $2, $3, $4)";
    for (callback, seq) in drawn.iter().zip(1_i64..) {
        let values = params![work.next_id(), check.id, seq, callback.0];
        work.execute(sql, values).await?;
    }
    Ok(())
}

/// Saves a judgement.
///
/// # Errors
/// What the database says.
pub async fn save_judgement(
    work: &UnitOfWork,
    item: Uuid,
    judgement: &Judgement,
    by: &str,
) -> Result<()> {
    let seal = |column: &str, text: &str| {
        let text = Some(text.trim()).filter(|t| !t.is_empty());
        text.map(|t| work.keys().seal(column, item, t)).transpose()
    };
    let sql = "UPDATE spot_check_items SET records = $1, follow_up = $2, truthful = $3, script = $4, finding = $5, \
               correction = $6, judged_by = $7, judged_at = $8, corrected_at = NULL WHERE id = $9";
    let values = params![
        judgement.records.as_str(),
        judgement.follow_up.as_str(),
        judgement.truthful.as_str(),
        judgement.script.as_str(),
        seal("spot_check_items.finding", &judgement.finding)?,
        seal("spot_check_items.correction", &judgement.correction)?,
        by,
        millis(work.now()),
        item
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// Notes that a defect was put right.
///
/// # Errors
/// What the database says.
pub async fn mark_corrected(work: &UnitOfWork, item: Uuid) -> Result<()> {
    let sql = "UPDATE spot_check_items SET corrected_at = $1 WHERE id = $2";
    let values = params![millis(work.now()), item];
    work.execute(sql, values).await.map(|_| ())
}

/// Closes a spot check whose version is as it was read.
///
/// # Errors
/// [`StoreError::Conflict`] when someone else changed it.
pub async fn close_spot_check(
    work: &UnitOfWork,
    check: Uuid,
    version: i64,
    by: &str,
    conclusion: &str,
) -> Result<()> {
    let sealed = work
        .keys()
        .seal("spot_checks.conclusion", check, conclusion)?;
    let sql = "UPDATE spot_checks SET closed_at = $1, closed_by = $2, conclusion = $3, version = version + 1 \
               WHERE id = $4 AND version = $5";
    let values = params![millis(work.now()), by, sealed, check, version];
    work.execute_one(sql, values).await
}
