//! Reading callbacks: lists, counts, the next one to call.

use crate::customers::shown_name;
use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::{OrgPath, Scope};
use domain::callbacks::CallbackState;
use domain::ids::{CallbackId, CustomerId, ObligationId, PolicyId, UserId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A callback as lists show it.
#[derive(Clone, Debug)]
pub struct CallbackRow {
    /// Its id.
    pub id: CallbackId,
    /// Its number.
    pub number: String,
    /// The obligation that it discharges.
    pub obligation_id: ObligationId,
    /// Number of the obligation.
    pub obligation_number: String,
    /// Programme code.
    pub programme: String,
    /// The customer.
    pub customer_id: CustomerId,
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the customer, masked.
    pub customer_name: String,
    /// The policy.
    pub policy_id: Option<PolicyId>,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// Name of the product.
    pub product_name: Option<String>,
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// Place of the unit.
    pub org_path: OrgPath,
    /// Where it stands.
    pub state: CallbackState,
    /// From when.
    pub earliest_on: Option<NaiveDate>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// Language in which the customer is served, as a code.
    pub language: Option<String>,
    /// Who is to call.
    pub assignee_id: Option<UserId>,
    /// Name of who is to call.
    pub assignee_name: Option<String>,
    /// When to try again.
    pub again_at: Option<Instant>,
    /// The agreed time.
    pub appointment_at: Option<Instant>,
    /// Round of calls.
    pub round: i64,
    /// Attempts so far.
    pub attempts_total: i64,
    /// How the last attempt ended, as a code.
    pub last_result: Option<String>,
    /// The branch has taken over.
    pub in_branch: bool,
    /// The second callback after a problem.
    pub is_recall: bool,
    /// The four facts.
    pub reached: Option<bool>,
    /// Identity confirmed.
    pub identity_verified: Option<bool>,
    /// Everything told and asked.
    pub content_delivered: Option<bool>,
    /// All of it affirmed.
    pub affirmed: Option<bool>,
    /// How completion lay to the period, as a code.
    pub timing: Option<String>,
    /// When it was completed.
    pub completed_at: Option<Instant>,
    /// Name of who completed it.
    pub caller_name: Option<String>,
    /// On whose side the cause lies, as a code.
    pub cause: Option<String>,
    /// Why it ended.
    pub end_reason: Option<String>,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
pub(crate) struct Row {
    id: Uuid,
    number: String,
    obligation_id: Uuid,
    obligation_number: String,
    programme: String,
    customer_id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    policy_id: Option<Uuid>,
    policy_no: Option<String>,
    product_name: Option<String>,
    org_code: String,
    org_name: String,
    org_path: String,
    state: String,
    earliest_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    language: Option<String>,
    assignee_id: Option<Uuid>,
    assignee_name: Option<String>,
    again_at: Option<i64>,
    appointment_at: Option<i64>,
    round: i64,
    attempts_total: i64,
    last_result: Option<String>,
    in_branch: bool,
    is_recall: bool,
    reached: Option<bool>,
    identity_verified: Option<bool>,
    content_delivered: Option<bool>,
    affirmed: Option<bool>,
    timing: Option<String>,
    completed_at: Option<i64>,
    caller_name: Option<String>,
    cause: Option<String>,
    end_reason: Option<String>,
    version: i64,
}

pub(crate) const SELECT: &str = "SELECT b.id, b.number, b.obligation_id, g.number AS obligation_number, b.programme, \
     b.customer_id, c.customer_no, c.kind AS customer_kind, c.name AS customer_name, b.policy_id, p.policy_no, \
     p.product_name, o.org_code, o.name AS org_name, o.path AS org_path, b.state, b.earliest_on, b.due_on, b.language, \
     b.assignee_id, u.display_name AS assignee_name, b.again_at, b.appointment_at, b.round, b.attempts_total, \
     b.last_result, b.in_branch, b.is_recall, b.reached, b.identity_verified, b.content_delivered, b.affirmed, \
     b.timing, b.completed_at, v.display_name AS caller_name, b.cause, b.end_reason, b.version \
     FROM callbacks b JOIN obligations g ON g.id = b.obligation_id JOIN customers c ON c.id = b.customer_id \
     JOIN orgs o ON o.id = b.org_id LEFT JOIN policies p ON p.id = b.policy_id \
     LEFT JOIN users u ON u.id = b.assignee_id LEFT JOIN users v ON v.id = b.caller_id";

pub(crate) fn callbacks(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<CallbackRow>> {
    let keys = db.keys();
    rows.into_iter()
        .map(|r| {
            Ok(CallbackRow {
                customer_name: shown_name(keys, r.customer_id, &r.customer_kind, &r.customer_name)?,
                state: CallbackState::parse(&r.state)?,
                id: CallbackId(r.id),
                number: r.number,
                obligation_id: ObligationId(r.obligation_id),
                obligation_number: r.obligation_number,
                programme: r.programme,
                customer_id: CustomerId(r.customer_id),
                customer_no: r.customer_no,
                policy_id: r.policy_id.map(PolicyId),
                policy_no: r.policy_no,
                product_name: r.product_name,
                org_code: r.org_code,
                org_name: r.org_name,
                org_path: OrgPath::from_stored(r.org_path),
                earliest_on: r.earliest_on,
                due_on: r.due_on,
                language: r.language,
                assignee_id: r.assignee_id.map(UserId),
                assignee_name: r.assignee_name,
                again_at: r.again_at.map(instant),
                appointment_at: r.appointment_at.map(instant),
                round: r.round,
                attempts_total: r.attempts_total,
                last_result: r.last_result,
                in_branch: r.in_branch,
                is_recall: r.is_recall,
                reached: r.reached,
                identity_verified: r.identity_verified,
                content_delivered: r.content_delivered,
                affirmed: r.affirmed,
                timing: r.timing,
                completed_at: r.completed_at.map(instant),
                caller_name: r.caller_name,
                cause: r.cause,
                end_reason: r.end_reason,
                version: r.version,
            })
        })
        .collect()
}

/// What to look for among callbacks.
#[derive(Clone, Debug, Default)]
pub struct CallbackFilter {
    /// Open or closed; both when missing.
    pub open: Option<bool>,
    /// In one of these states.
    pub states: Vec<CallbackState>,
    /// Of this programme.
    pub programme: Option<String>,
    /// On this person's list.
    pub assignee: Option<UserId>,
    /// On nobody's list.
    pub unassigned: bool,
    /// May be called: the earliest day is this day or before.
    pub ready_on: Option<NaiveDate>,
    /// Due from this day.
    pub due_from: Option<NaiveDate>,
    /// Due until this day.
    pub due_to: Option<NaiveDate>,
    /// Without a due date: the receipt is missing.
    pub without_due: bool,
    /// Of customers served in this language.
    pub language: Option<String>,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// Completed from this day.
    pub completed_from: Option<NaiveDate>,
    /// Completed until this day.
    pub completed_to: Option<NaiveDate>,
    /// With this timing.
    pub timing: Option<String>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// Of this policy.
    pub policy: Option<PolicyId>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

pub(super) fn filtered(select: &str, scope: &Scope, filter: &CallbackFilter) -> Select {
    let mut select = Select::new(select);
    select.scope(scope, "b.org_id");
    if let Some(user) = scope.own_list_of() {
        select.filter("b.assignee_id = ?", params![user.0]);
    }
    if let Some(open) = filter.open {
        select.filter("b.is_open = ?", params![open]);
    }
    if !filter.states.is_empty() {
        select.filter_in(
            "b.state",
            filter.states.iter().map(|s| s.as_str().into()).collect(),
        );
    }
    let codes = [
        ("b.programme = ?", &filter.programme),
        ("b.language = ?", &filter.language),
        ("b.timing = ?", &filter.timing),
    ];
    for (condition, code) in codes {
        if let Some(code) = code {
            select.filter(condition, params![code.as_str()]);
        }
    }
    if let Some(user) = filter.assignee {
        select.filter("b.assignee_id = ?", params![user.0]);
    }
    if filter.unassigned {
        select.filter("b.assignee_id IS NULL", Vec::new());
    }
    let days = [
        ("b.earliest_on <= ?", filter.ready_on),
        ("b.due_on >= ?", filter.due_from),
        ("b.due_on <= ?", filter.due_to),
    ];
    for (condition, day) in days {
        if let Some(day) = day {
            select.filter(condition, params![day]);
        }
    }
    if filter.without_due {
        select.filter("b.due_on IS NULL", Vec::new());
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "b.org_id");
    }
    if let Some(day) = filter.completed_from {
        select.filter(
            "b.completed_at >= ?",
            params![millis(domain::time::at_in_china(
                day,
                chrono::NaiveTime::MIN
            ))],
        );
    }
    if let Some(day) = filter.completed_to {
        select.filter(
            "b.completed_at < ?",
            params![millis(domain::time::end_of_day_in_china(day))],
        );
    }
    if let Some(customer) = filter.customer {
        select.filter("b.customer_id = ?", params![customer.0]);
    }
    if let Some(policy) = filter.policy {
        // Through the obligations, which have an index by policy.
        select.filter(
            "b.obligation_id IN (SELECT id FROM obligations WHERE policy_id = ?)",
            params![policy.0],
        );
    }
    select
}

/// Callbacks in sight, by due date; those without one by id when asked for them alone.
///
/// # Errors
/// What the database says.
pub async fn list_callbacks(
    db: &impl Reads,
    scope: &Scope,
    filter: &CallbackFilter,
    limit: u64,
) -> Result<Page<CallbackRow>> {
    let mut select = filtered(SELECT, scope, filter);
    let by_id = filter.without_due || filter.customer.is_some() || filter.policy.is_some();
    if let Some(after) = &filter.after {
        match after.sort.parse::<NaiveDate>() {
            Ok(due) => select.filter(
                "(b.due_on > ? OR (b.due_on = ? AND b.id > ?))",
                params![due, due, after.id],
            ),
            Err(_) => select.filter("b.id > ?", params![after.id]),
        };
    }
    if by_id {
        select.then("ORDER BY b.id", Vec::new());
    } else {
        select.filter("b.due_on IS NOT NULL", Vec::new());
        select.then("ORDER BY b.due_on, b.id", Vec::new());
    }
    select.then(
        "LIMIT ?",
        params![i64::try_from(limit + 1).unwrap_or(i64::MAX)],
    );
    let rows = callbacks(db, select.list(db).await?)?;
    let key = |r: &CallbackRow| PageKey {
        sort: r
            .due_on
            .filter(|_| !by_id)
            .map_or_else(String::new, |d| d.to_string()),
        id: r.id.0,
    };
    Ok(Page::cut(
        rows,
        usize::try_from(limit).unwrap_or(usize::MAX),
        key,
    ))
}

/// How many callbacks a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_callbacks(
    db: &impl Reads,
    scope: &Scope,
    filter: &CallbackFilter,
    cap: i64,
) -> Result<i64> {
    let mut select = filtered(
        "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM callbacks b",
        scope,
        filter,
    );
    if !filter.without_due && filter.customer.is_none() && filter.policy.is_none() {
        select.filter("b.due_on IS NOT NULL", Vec::new());
    }
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

#[derive(FromQueryResult)]
struct IdRow {
    id: Uuid,
}

/// Ids of the callbacks of a filter, by due date.
///
/// # Errors
/// What the database says.
pub async fn list_callback_ids(
    db: &impl Reads,
    scope: &Scope,
    filter: &CallbackFilter,
    limit: i64,
) -> Result<Vec<CallbackId>> {
    let mut select = filtered("SELECT b.id FROM callbacks b", scope, filter);
    select.then("ORDER BY b.due_on, b.id LIMIT ?", params![limit]);
    let rows: Vec<IdRow> = select.list(db).await?;
    Ok(rows.into_iter().map(|r| CallbackId(r.id)).collect())
}

/// A callback in sight.
///
/// # Errors
/// What the database says.
pub async fn find_callback(
    db: &impl Reads,
    scope: &Scope,
    id: CallbackId,
) -> Result<Option<CallbackRow>> {
    let mut select = filtered(SELECT, scope, &CallbackFilter::default());
    select.filter("b.id = ?", params![id.0]);
    Ok(callbacks(db, select.list(db).await?)?.pop())
}

/// A callback in sight, by number.
///
/// # Errors
/// What the database says.
pub async fn find_callback_by_number(
    db: &impl Reads,
    scope: &Scope,
    number: &str,
) -> Result<Option<CallbackRow>> {
    let mut select = filtered(SELECT, scope, &CallbackFilter::default());
    select.filter("b.number = ?", params![number]);
    Ok(callbacks(db, select.list(db).await?)?.pop())
}

/// Other open callbacks of the same customer: one conversation may serve several.
///
/// # Errors
/// What the database says.
pub async fn list_siblings(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
    except: CallbackId,
) -> Result<Vec<CallbackRow>> {
    let mut select = filtered(
        SELECT,
        scope,
        &CallbackFilter {
            open: Some(true),
            ..Default::default()
        },
    );
    select
        .filter("b.customer_id = ?", params![customer.0])
        .filter("b.id <> ?", params![except.0]);
    select.then("ORDER BY b.id LIMIT 20", Vec::new());
    callbacks(db, select.list(db).await?)
}

/// The callback that a person should call next: agreed times that have come, then what may be
/// called now, by due date.
///
/// # Errors
/// What the database says.
pub async fn find_next_callback(
    db: &impl Reads,
    scope: &Scope,
    user: UserId,
    today: NaiveDate,
    now: Instant,
) -> Result<Option<CallbackRow>> {
    let mine = |condition: &str, values: Vec<sea_orm::Value>, order: &str| {
        let mut select = filtered(
            SELECT,
            scope,
            &CallbackFilter {
                open: Some(true),
                ..Default::default()
            },
        );
        select
            .filter("b.assignee_id = ?", params![user.0])
            .filter(condition, values);
        select.then(&format!("ORDER BY {order} LIMIT 1"), Vec::new());
        select
    };
    let under_way = mine("b.state = 'in_progress'", Vec::new(), "b.updated_at");
    let agreed = mine(
        "b.state = 'retry_wait' AND b.appointment_at <= ?",
        params![millis(now)],
        "b.appointment_at",
    );
    let callable = mine(
        "b.earliest_on <= ? AND (b.state IN ('assigned', 'recall_due', 'branch_second') \
         OR (b.state = 'retry_wait' AND b.again_at <= ?))",
        params![today, millis(now)],
        "b.due_on, b.id",
    );
    for select in [under_way, agreed, callable] {
        if let Some(row) = callbacks(db, select.list(db).await?)?.pop() {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// Numbers of the workbench.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct CallbackCounts {
    /// Due today.
    pub due_today: i64,
    /// Of those, on nobody's list.
    pub due_today_unassigned: i64,
    /// Past their due date.
    pub overdue: i64,
    /// Due within seven days, today included.
    pub due_week: i64,
    /// On the person's own list.
    pub mine: i64,
    /// Waiting for a receipt.
    pub without_due: i64,
}

/// Numbers of the workbench over what a person sees.
///
/// # Errors
/// What the database says.
pub async fn read_counts(
    db: &impl Reads,
    scope: &Scope,
    user: UserId,
    today: NaiveDate,
) -> Result<CallbackCounts> {
    let week = today + chrono::Days::new(6);
    let open = CallbackFilter {
        open: Some(true),
        ..Default::default()
    };
    let mut select = filtered(
        "SELECT COUNT(*) AS n FROM callbacks b",
        scope,
        &CallbackFilter {
            due_to: today.pred_opt(),
            ..open.clone()
        },
    );
    select.then("", Vec::new());
    let overdue = select.count(db).await?;
    let near = filtered(
        "SELECT COUNT(*) AS n FROM callbacks b",
        scope,
        &CallbackFilter {
            due_from: Some(today),
            due_to: Some(week),
            ..open.clone()
        },
    );
    let due_week = near.count(db).await?;
    let on_today = CallbackFilter {
        due_from: Some(today),
        due_to: Some(today),
        ..open.clone()
    };
    let due_today = filtered("SELECT COUNT(*) AS n FROM callbacks b", scope, &on_today)
        .count(db)
        .await?;
    let unassigned = CallbackFilter {
        unassigned: true,
        ..on_today
    };
    let due_today_unassigned =
        filtered("SELECT COUNT(*) AS n FROM callbacks b", scope, &unassigned)
            .count(db)
            .await?;
    let own = CallbackFilter {
        assignee: Some(user),
        ..open.clone()
    };
    let mine = filtered("SELECT COUNT(*) AS n FROM callbacks b", scope, &own)
        .count(db)
        .await?;
    let waiting = CallbackFilter {
        without_due: true,
        ..open
    };
    let without_due = count_callbacks(db, scope, &waiting, 9_999).await?;
    Ok(CallbackCounts {
        due_today,
        due_today_unassigned,
        overdue,
        due_week,
        mine,
        without_due,
    })
}

/// What a caller did on a day.
#[derive(Clone, Debug, FromQueryResult)]
pub struct CallerDay {
    /// Name of the caller.
    pub name: String,
    /// Attempts.
    pub attempts: i64,
    /// Finished interviews.
    pub finished: i64,
}

/// What callers of the units in sight did on a day, the busiest first.
///
/// # Errors
/// What the database says.
pub async fn list_caller_day(
    db: &impl Reads,
    scope: &Scope,
    day: NaiveDate,
) -> Result<Vec<CallerDay>> {
    let from = millis(domain::time::at_in_china(day, chrono::NaiveTime::MIN));
    let to = millis(domain::time::end_of_day_in_china(day));
    let mut select = Select::new(
        "SELECT u.display_name AS name, COUNT(*) AS attempts, \
         SUM(CASE WHEN a.result = 'finished' THEN 1 ELSE 0 END) AS finished \
         FROM attempts a JOIN users u ON u.id = a.caller_id",
    );
    select
        .scope(scope, "u.org_id")
        .filter("a.started_at >= ? AND a.started_at < ?", params![from, to]);
    if let Some(user) = scope.own_list_of() {
        select.filter("a.caller_id = ?", params![user.0]);
    }
    select.then(
        "GROUP BY u.id, u.display_name ORDER BY attempts DESC LIMIT 50",
        Vec::new(),
    );
    select.list(db).await
}
