//! Reading surveys.

use super::SurveyKey;
use super::row::{Row, SELECT, SurveyRow, read};
use crate::sql::{Page, PageKey, Select, list, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{OrgId, SurveyId, UserId};
use domain::surveys::{SurveyKind, SurveyState};
use sea_orm::FromQueryResult;

/// What waits for somebody.
#[derive(Clone, Debug)]
pub struct Todo {
    /// The person.
    pub user: UserId,
    /// States in which surveys of others wait for them.
    pub others: Vec<SurveyState>,
    /// States in which their own surveys wait for them.
    pub own: Vec<SurveyState>,
    /// Running ones whose last day is before this day wait for them too.
    pub ended_before: Option<NaiveDate>,
}

/// Which surveys.
#[derive(Clone, Debug, Default)]
pub struct SurveyFilter {
    /// In one of these states.
    pub states: Vec<SurveyState>,
    /// What waits for somebody.
    pub todo: Option<Todo>,
    /// Asked for by somebody.
    pub requester: Option<UserId>,
    /// Of which somebody was told, or for which they own a measure.
    pub told: Option<UserId>,
    /// Of a kind.
    pub kind: Option<SurveyKind>,
    /// Of a unit and those below it.
    pub org_path: Option<String>,
    /// Start of the page.
    pub after: Option<PageKey>,
}

fn in_sight(select: &mut Select, scope: &Scope) {
    select.scope(scope, "s.org_id");
    if let Some(user) = scope.own_list_of() {
        select.filter("s.requester_id = ?", params![user.0]);
    }
}

/// `column IN ('…', …)` of codes that the program knows.
fn one_of(column: &str, states: &[SurveyState]) -> String {
    let codes: Vec<_> = states.iter().map(|s| format!("'{s}'")).collect();
    match codes.is_empty() {
        true => "1 = 0".to_owned(),
        false => format!("{column} IN ({})", codes.join(", ")),
    }
}

fn filtered(select: &str, scope: &Scope, filter: &SurveyFilter) -> Select {
    let mut select = Select::new(select);
    in_sight(&mut select, scope);
    if !filter.states.is_empty() {
        select.filter(&one_of("s.state", &filter.states), Vec::new());
    }
    if let Some(todo) = &filter.todo {
        let (others, own) = (
            one_of("s.state", &todo.others),
            one_of("s.state", &todo.own),
        );
        let mut values = params![todo.user.0, todo.user.0];
        let mut ended = "";
        if let Some(day) = todo.ended_before {
            ended = " OR (s.requester_id <> ? AND s.state = 'running' AND s.to_on < ?)";
            values.extend(params![todo.user.0, day]);
        }
        let condition = format!(
            "((s.requester_id <> ? AND {others}) OR (s.requester_id = ? AND {own}){ended})"
        );
        select.filter(&condition, values);
    }
    if let Some(user) = filter.requester {
        select.filter("s.requester_id = ?", params![user.0]);
    }
    if let Some(user) = filter.told {
        select.filter(
            "(EXISTS (SELECT 1 FROM survey_told t WHERE t.survey_id = s.id AND t.user_id = ?) OR \
             EXISTS (SELECT 1 FROM survey_measures m WHERE m.survey_id = s.id AND m.owner_id = ?))",
            params![user.0, user.0],
        );
    }
    if let Some(kind) = filter.kind {
        select.filter("s.kind = ?", params![kind.as_str()]);
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "s.org_id");
    }
    select
}

/// Surveys in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_surveys(
    db: &impl Reads,
    scope: &Scope,
    filter: &SurveyFilter,
    limit: u64,
) -> Result<Page<SurveyRow>> {
    let mut select = filtered(SELECT, scope, filter);
    select.page_by_id("s.id", true, filter.after.as_ref(), limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows: Result<Vec<_>> = rows.into_iter().map(|r| read(db, r)).collect();
    Ok(Page::cut_by_id(rows?, limit, |r| r.id.0))
}

/// How many surveys a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_surveys(
    db: &impl Reads,
    scope: &Scope,
    filter: &SurveyFilter,
    cap: i64,
) -> Result<i64> {
    let select = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM surveys s";
    let mut select = filtered(select, scope, filter);
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

/// A survey in sight.
///
/// # Errors
/// What the database says.
pub async fn find_survey(
    db: &impl Reads,
    scope: &Scope,
    key: SurveyKey<'_>,
) -> Result<Option<SurveyRow>> {
    let mut select = Select::new(SELECT);
    in_sight(&mut select, scope);
    match key {
        SurveyKey::Id(id) => select.filter("s.id = ?", params![id.0]),
        SurveyKey::Number(number) => select.filter("s.number = ?", params![number]),
    };
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().next().map(|r| read(db, r)).transpose()
}

/// The department of a unit against whose limit a survey counts.
#[derive(Clone, Copy, Debug)]
pub struct Department<'d> {
    /// The unit.
    pub org: OrgId,
    /// Name of the department.
    pub name: &'d str,
}

/// Surveys of a kind that were launched within days, besides one of them; of a department, or of all.
///
/// # Errors
/// What the database says.
pub async fn count_launched(
    db: &impl Reads,
    kind: SurveyKind,
    of: Option<Department<'_>>,
    (from, to): (NaiveDate, NaiveDate),
    besides: Option<SurveyId>,
) -> Result<i64> {
    let mut select = Select::new("SELECT COUNT(*) AS n FROM surveys s");
    select.filter(
        "s.kind = ? AND s.launched_on >= ? AND s.launched_on <= ?",
        params![kind.as_str(), from, to],
    );
    if let Some(of) = of {
        select.filter(
            "s.org_id = ? AND s.department = ?",
            params![of.org.0, of.name],
        );
    }
    if let Some(besides) = besides {
        select.filter("s.id <> ?", params![besides.0]);
    }
    select.count(db).await
}

/// How many surveys a department launched.
#[derive(Clone, Debug)]
pub struct LaunchedRow {
    /// The unit.
    pub org: OrgId,
    /// The department.
    pub department: String,
    /// How many.
    pub launched: i64,
}

#[derive(FromQueryResult)]
struct Launched {
    org_id: uuid::Uuid,
    department: String,
    n: i64,
}

/// How many surveys of a kind each department launched within days.
///
/// # Errors
/// What the database says.
pub async fn list_launched(
    db: &impl Reads,
    kind: SurveyKind,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<LaunchedRow>> {
    let sql = "SELECT org_id, department, COUNT(*) AS n FROM surveys WHERE kind = $1 AND launched_on >= $2 AND launched_on <= $3 \
               GROUP BY org_id, department ORDER BY department LIMIT 1000";
    let rows: Vec<Launched> = list(db, sql, params![kind.as_str(), from, to]).await?;
    let rows = rows.into_iter().map(|r| LaunchedRow {
        org: OrgId(r.org_id),
        department: r.department,
        launched: r.n,
    });
    Ok(rows.collect())
}

#[derive(FromQueryResult)]
struct NameRow {
    department: String,
}

/// Departments of a unit that asked for surveys before, so that one is always written the same way.
///
/// # Errors
/// What the database says.
pub async fn list_departments(db: &impl Reads, org: OrgId) -> Result<Vec<String>> {
    let sql =
        "SELECT DISTINCT department FROM surveys WHERE org_id = $1 ORDER BY department LIMIT 100";
    let rows: Vec<NameRow> = list(db, sql, params![org.0]).await?;
    Ok(rows.into_iter().map(|r| r.department).collect())
}
