//! Formatted visit questionnaires and their approval.

use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::ids::{FormattedId, OrgId, UserId};
use domain::time::Instant;
use domain::visits::FormattedState;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A formatted questionnaire.
#[derive(Clone, Debug)]
pub struct FormattedRow {
    /// Its id.
    pub id: FormattedId,
    /// Title.
    pub title: String,
    /// The requesting department.
    pub department: String,
    /// What it is for.
    pub reason: String,
    /// The questions, one a line.
    pub questions: String,
    /// Name of the unit.
    pub org_name: String,
    /// Where it stands.
    pub state: FormattedState,
    /// Who wrote it.
    pub author: UserId,
    /// Name of who wrote it.
    pub author_name: String,
    /// Who agreed as head of the department.
    pub head: Option<UserId>,
    /// When it was written.
    pub created_at: Instant,
    /// Version, for updates.
    pub version: i64,
}

impl FormattedRow {
    /// The questions, one by one.
    pub fn list_questions(&self) -> Vec<&str> {
        let lines = self.questions.lines().map(str::trim);
        lines.filter(|l| !l.is_empty()).collect()
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    title: String,
    department: String,
    reason: String,
    questions: String,
    org_name: String,
    state: String,
    author_id: Uuid,
    author_name: String,
    head_id: Option<Uuid>,
    created_at: i64,
    version: i64,
}

const SELECT: &str = "SELECT q.id, q.title, q.department, q.reason, q.questions, o.name AS org_name, q.state, q.author_id, \
     u.display_name AS author_name, q.head_id, q.created_at, q.version FROM visit_questionnaires q \
     JOIN orgs o ON o.id = q.org_id JOIN users u ON u.id = q.author_id";

fn row(r: Row) -> Result<FormattedRow> {
    Ok(FormattedRow {
        state: FormattedState::parse(&r.state)?,
        id: FormattedId(r.id),
        title: r.title,
        department: r.department,
        reason: r.reason,
        questions: r.questions,
        org_name: r.org_name,
        author: UserId(r.author_id),
        author_name: r.author_name,
        head: r.head_id.map(UserId),
        created_at: instant(r.created_at),
        version: r.version,
    })
}

/// Formatted questionnaires in sight, the newest first: those of one's units, and those that are ready
/// for everybody.
fn in_sight(select: &mut Select, scope: &Scope) {
    if let Some(user) = scope.own_list_of() {
        select.filter("q.author_id = ?", params![user.0]);
    }
    select.scope(scope, "q.org_id");
}

/// Formatted questionnaires in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_formatted(
    db: &impl Reads,
    scope: &Scope,
    state: Option<FormattedState>,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<FormattedRow>> {
    let mut select = Select::new(SELECT);
    in_sight(&mut select, scope);
    if let Some(state) = state {
        select.filter("q.state = ?", params![state.as_str()]);
    }
    select.page_by_id("q.id", true, after, limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows: Result<Vec<_>> = rows.into_iter().map(row).collect();
    Ok(Page::cut_by_id(rows?, limit, |r| r.id.0))
}

/// A formatted questionnaire in sight.
///
/// # Errors
/// What the database says.
pub async fn find_formatted(
    db: &impl Reads,
    scope: &Scope,
    id: FormattedId,
) -> Result<Option<FormattedRow>> {
    let mut select = Select::new(SELECT);
    in_sight(&mut select, scope);
    select.filter("q.id = ?", params![id.0]);
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().next().map(row).transpose()
}

/// A formatted questionnaire to write.
#[derive(Clone, Copy, Debug)]
pub struct NewFormatted<'n> {
    /// Title.
    pub title: &'n str,
    /// The requesting department.
    pub department: &'n str,
    /// What it is for.
    pub reason: &'n str,
    /// The questions, one a line.
    pub questions: &'n str,
}

/// Adds a formatted questionnaire.
///
/// # Errors
/// What the database says.
pub async fn insert_formatted(
    work: &UnitOfWork,
    new: &NewFormatted<'_>,
    org: OrgId,
    author: UserId,
) -> Result<FormattedId> {
    let id = work.next_id();
    let sql = "INSERT INTO visit_questionnaires (id, title, department, reason, questions, org_id, state, author_id, \
               version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, 'drafted', $7, 1, $8, $8)";
    let values = params![
        id,
        new.title,
        new.department,
        new.reason,
        new.questions,
        org.0,
        author.0,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(FormattedId(id))
}

/// Writes a draft anew.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn write_formatted(
    work: &UnitOfWork,
    seen: &FormattedRow,
    new: &NewFormatted<'_>,
) -> Result<()> {
    let sql = "UPDATE visit_questionnaires SET title = $1, department = $2, reason = $3, questions = $4, \
               updated_at = $5, version = version + 1 WHERE id = $6 AND version = $7 AND state = 'drafted'";
    let values = params![
        new.title,
        new.department,
        new.reason,
        new.questions,
        millis(work.now()),
        seen.id.0,
        seen.version,
    ];
    work.execute_one(sql, values).await
}

/// Saves a step of the approval; `head` is who agreed as head of the department.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn save_formatted(
    work: &UnitOfWork,
    seen: &FormattedRow,
    state: FormattedState,
    head: Option<UserId>,
) -> Result<()> {
    let sql = "UPDATE visit_questionnaires SET state = $1, head_id = COALESCE($2, head_id), updated_at = $3, \
               version = version + 1 WHERE id = $4 AND version = $5";
    let now = millis(work.now());
    let values = params![
        state.as_str(),
        head.map(|h| h.0),
        now,
        seen.id.0,
        seen.version
    ];
    work.execute_one(sql, values).await
}

/// A line of the history of a formatted questionnaire.
#[derive(Clone, Debug)]
pub struct FormattedEntryRow {
    /// When.
    pub at: Instant,
    /// Who.
    pub actor_name: String,
    /// What.
    pub step: String,
    /// State after.
    pub to_state: String,
    /// What was noted.
    pub note: Option<String>,
}

#[derive(FromQueryResult)]
struct EntryRow {
    at: i64,
    actor_name: String,
    step: String,
    to_state: String,
    note: Option<String>,
}

/// The history of a formatted questionnaire in sight, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_formatted_entries(
    db: &impl Reads,
    scope: &Scope,
    id: FormattedId,
) -> Result<Vec<FormattedEntryRow>> {
    let mut select = Select::new(
        "SELECT e.at, e.actor_name, e.step, e.to_state, e.note FROM visit_questionnaire_entries e \
         JOIN visit_questionnaires q ON q.id = e.questionnaire_id",
    );
    in_sight(&mut select, scope);
    select.filter("e.questionnaire_id = ?", params![id.0]);
    select.then("ORDER BY e.id LIMIT 200", Vec::new());
    let rows: Vec<EntryRow> = select.list(db).await?;
    let rows = rows.into_iter().map(|r| FormattedEntryRow {
        at: instant(r.at),
        actor_name: r.actor_name,
        step: r.step,
        to_state: r.to_state,
        note: r.note,
    });
    Ok(rows.collect())
}

/// Adds a line to the history of a formatted questionnaire.
///
/// # Errors
/// What the database says.
pub async fn insert_formatted_entry(
    work: &UnitOfWork,
    id: FormattedId,
    actor: &str,
    step: &str,
    (from, to): (Option<FormattedState>, FormattedState),
    note: Option<&str>,
) -> Result<()> {
    let sql = "INSERT INTO visit_questionnaire_entries (id, questionnaire_id, at, actor_name, step, from_state, \
               to_state, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        work.next_id(),
        id.0,
        millis(work.now()),
        actor,
        step,
        from.map_or("", FormattedState::as_str),
        to.as_str(),
        note,
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// Visits that used a formatted questionnaire and are filed.
///
/// # Errors
/// What the database says.
pub async fn count_filed_visits(db: &impl Reads, id: FormattedId) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM visits WHERE questionnaire_id = $1 AND state = 'archived'";
    crate::sql::count(db, sql, params![id.0]).await
}
