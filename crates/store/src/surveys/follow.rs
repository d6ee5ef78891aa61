//! Who is told of a survey, and what the departments do about it.

use crate::sql::{instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::ids::{SurveyId, UserId};
use domain::surveys::ToldAs;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Somebody who was told.
#[derive(Clone, Debug)]
pub struct ToldRow {
    /// The person.
    pub user: UserId,
    /// Name of the person.
    pub name: String,
    /// Name of the unit of the person.
    pub org_name: String,
    /// Why they are told.
    pub told_as: ToldAs,
    /// When.
    pub told_at: Instant,
    /// When they opened it.
    pub read_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Told {
    user_id: Uuid,
    name: String,
    org_name: String,
    told_as: String,
    told_at: i64,
    read_at: Option<i64>,
}

/// Who was told of a survey that was found in sight.
///
/// # Errors
/// What the database says.
pub async fn list_told(db: &impl Reads, survey: SurveyId) -> Result<Vec<ToldRow>> {
    let sql = "SELECT t.user_id, u.display_name AS name, o.name AS org_name, t.told_as, t.told_at, t.read_at \
               FROM survey_told t JOIN users u ON u.id = t.user_id JOIN orgs o ON o.id = u.org_id \
               WHERE t.survey_id = $1 ORDER BY t.id LIMIT 100";
    let rows: Vec<Told> = list(db, sql, params![survey.0]).await?;
    let rows = rows.into_iter().map(|r| {
        Ok(ToldRow {
            user: UserId(r.user_id),
            name: r.name,
            org_name: r.org_name,
            told_as: ToldAs::parse(&r.told_as)?,
            told_at: instant(r.told_at),
            read_at: r.read_at.map(instant),
        })
    });
    rows.collect()
}

/// Tells somebody.
///
/// # Errors
/// What the database says.
pub async fn insert_told(
    work: &UnitOfWork,
    survey: SurveyId,
    user: UserId,
    told_as: ToldAs,
) -> Result<()> {
    let sql = "INSERT INTO survey_told (id, survey_id, user_id, told_as, told_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (survey_id, user_id, told_as) DO NOTHING";
    let now = millis(work.now());
    let values = params![work.next_id(), survey.0, user.0, told_as.as_str(), now];
    work.execute(sql, values).await.map(|_| ())
}

/// Notes that somebody opened what they were told of; how many lines that was.
///
/// # Errors
/// What the database says.
pub async fn read_told(work: &UnitOfWork, survey: SurveyId, user: UserId) -> Result<u64> {
    let sql = "UPDATE survey_told SET read_at = $1 WHERE survey_id = $2 AND user_id = $3 AND read_at IS NULL";
    work.execute(sql, params![millis(work.now()), survey.0, user.0])
        .await
}

/// Somebody who can be told, or can own a measure.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PersonRow {
    /// The person.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Name of the unit.
    pub org_name: String,
}

/// People of the units above and below a unit, and of the unit itself: whoever can see its surveys.
///
/// # Errors
/// What the database says.
pub async fn list_persons_near(db: &impl Reads, path: &str) -> Result<Vec<PersonRow>> {
    let length = i32::try_from(path.chars().count()).unwrap_or(i32::MAX);
    let sql = "SELECT u.id, u.display_name AS name, o.name AS org_name FROM users u JOIN orgs o ON o.id = u.org_id \
               WHERE u.active = TRUE AND (substr($1, 1, length(o.path)) = o.path OR substr(o.path, 1, $2) = $1) \
               AND NOT EXISTS (SELECT 1 FROM user_roles r WHERE r.user_id = u.id AND r.role IN ('callback_agent', 'outsourced_caller')) \
               ORDER BY o.path, u.display_name LIMIT 300";
    list(db, sql, params![path, length]).await
}

/// A measure to add.
#[derive(Clone, Copy, Debug)]
pub struct NewMeasure<'n> {
    /// The department responsible.
    pub department: &'n str,
    /// What it does.
    pub measure: &'n str,
    /// Who sees to it.
    pub owner: UserId,
    /// By when.
    pub due_on: NaiveDate,
}

/// Adds a measure.
///
/// # Errors
/// What the database says.
pub async fn insert_measure(
    work: &UnitOfWork,
    survey: SurveyId,
    new: &NewMeasure<'_>,
) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO survey_measures (id, survey_id, department, measure, owner_id, due_on, version, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7)";
    let values = params![
        id,
        survey.0,
        new.department,
        new.measure,
        new.owner.0,
        new.due_on,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// A measure.
#[derive(Clone, Debug, FromQueryResult)]
pub struct MeasureRow {
    /// Its id.
    pub id: Uuid,
    /// The department responsible.
    pub department: String,
    /// What it does.
    pub measure: String,
    /// Who sees to it.
    pub owner_id: Uuid,
    /// Name of who sees to it.
    pub owner_name: String,
    /// By when.
    pub due_on: NaiveDate,
    /// When it was done.
    pub done_on: Option<NaiveDate>,
    /// What came of it.
    pub outcome: Option<String>,
    /// Version, for updates.
    pub version: i64,
}

/// Measures of a survey that was found in sight.
///
/// # Errors
/// What the database says.
pub async fn list_measures(db: &impl Reads, survey: SurveyId) -> Result<Vec<MeasureRow>> {
    let sql = "SELECT m.id, m.department, m.measure, m.owner_id, u.display_name AS owner_name, m.due_on, m.done_on, m.outcome, \
               m.version FROM survey_measures m JOIN users u ON u.id = m.owner_id WHERE m.survey_id = $1 ORDER BY m.id LIMIT 200";
    list(db, sql, params![survey.0]).await
}

/// How many measures a survey has.
///
/// # Errors
/// What the database says.
pub async fn count_measures(db: &impl Reads, survey: SurveyId) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM survey_measures WHERE survey_id = $1";
    crate::sql::count(db, sql, params![survey.0]).await
}

/// Notes what came of a measure.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn finish_measure(
    work: &UnitOfWork,
    seen: &MeasureRow,
    outcome: &str,
    on: NaiveDate,
) -> Result<()> {
    let sql = "UPDATE survey_measures SET done_on = $1, outcome = $2, updated_at = $3, version = version + 1 \
               WHERE id = $4 AND version = $5 AND done_on IS NULL";
    let values = params![on, outcome, millis(work.now()), seen.id, seen.version];
    work.execute_one(sql, values).await
}
