//! The history of a survey.

use crate::sql::{instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::ids::SurveyId;
use domain::surveys::SurveyState;
use domain::time::Instant;
use sea_orm::FromQueryResult;

/// A line of the history.
#[derive(Clone, Debug)]
pub struct SurveyEntryRow {
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
struct Row {
    at: i64,
    actor_name: String,
    step: String,
    to_state: String,
    note: Option<String>,
}

/// The history of a survey that was found in sight, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_survey_entries(db: &impl Reads, id: SurveyId) -> Result<Vec<SurveyEntryRow>> {
    let sql = "SELECT at, actor_name, step, to_state, note FROM survey_entries WHERE survey_id = $1 ORDER BY id LIMIT 200";
    let rows: Vec<Row> = list(db, sql, params![id.0]).await?;
    let rows = rows.into_iter().map(|r| SurveyEntryRow {
        at: instant(r.at),
        actor_name: r.actor_name,
        step: r.step,
        to_state: r.to_state,
        note: r.note,
    });
    Ok(rows.collect())
}

/// Adds a line to the history.
///
/// # Errors
/// What the database says.
pub async fn insert_survey_entry(
    work: &UnitOfWork,
    id: SurveyId,
    actor: &str,
    step: &str,
    (from, to): (Option<SurveyState>, SurveyState),
    note: Option<&str>,
) -> Result<()> {
    let sql = "INSERT INTO survey_entries (id, survey_id, at, actor_name, step, from_state, to_state, note) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        work.next_id(),
        id.0,
        millis(work.now()),
        actor,
        step,
        from.map_or("", SurveyState::as_str),
        to.as_str(),
        note,
    ];
    work.execute(sql, values).await.map(|_| ())
}
