//! Numbers of the dashboard: a few weeks around today, by day, programme and unit at once.

use crate::sql::{Select, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// What became of callbacks that were due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Tally {
    /// Due and not cancelled.
    pub due: i64,
    /// Made, at whatever time.
    pub made: i64,
    /// Made within the period.
    pub in_time: i64,
    /// Made after the due date.
    pub late: i64,
    /// Succeeded (K-01).
    pub succeeded: i64,
    /// Succeeded and not affirmed (K-03).
    pub problem: i64,
    /// Ended without completion.
    pub not_completed: i64,
}

/// Of what a tally is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TallyBy {
    /// A day on which callbacks were due.
    Day(NaiveDate),
    /// A programme, until today.
    Programme(String),
    /// A unit, until today.
    Unit(Uuid),
}

#[derive(FromQueryResult)]
struct Row {
    day: Option<NaiveDate>,
    programme: Option<String>,
    org: Option<Uuid>,
    #[sea_orm(nested)]
    tally: Tally,
}

const SUMS: &str = "CAST(SUM(due) AS bigint) AS due, CAST(SUM(made) AS bigint) AS made, \
     CAST(SUM(in_time) AS bigint) AS in_time, CAST(SUM(late) AS bigint) AS late, \
     CAST(SUM(succeeded) AS bigint) AS succeeded, CAST(SUM(problem) AS bigint) AS problem, \
     CAST(SUM(not_completed) AS bigint) AS not_completed";

/// Tallies of the callbacks due in a span: by day over all of it, by programme and unit up to today.
///
/// # Errors
/// What the database says.
pub async fn list_tallies(
    db: &impl Reads,
    scope: &Scope,
    (from, today, to): (NaiveDate, NaiveDate, NaiveDate),
) -> Result<Vec<(TallyBy, Tally)>> {
    let case = |condition: &str, name: &str| {
        format!("SUM(CASE WHEN {condition} THEN 1 ELSE 0 END) AS {name}")
    };
    let succeeded =
        "b.state <> 'cancelled' AND b.reached AND b.identity_verified AND b.content_delivered";
    let cells = [
        case("b.state <> 'cancelled'", "due"),
        case("b.timing IS NOT NULL", "made"),
        case("b.timing = 'in_time'", "in_time"),
        case("b.timing = 'late'", "late"),
        case(succeeded, "succeeded"),
        case(&format!("{succeeded} AND NOT b.affirmed"), "problem"),
        case("b.state = 'not_completed'", "not_completed"),
    ]
    .join(", ");
    let mut select = Select::new(&format!(
        "WITH cells AS MATERIALIZED (SELECT b.due_on AS day, b.programme, b.org_id AS org, {cells} FROM callbacks b"
    ));
    let backend = crate::dialect::Backend::of(db.connection());
    select
        .filter("b.due_on >= ? AND b.due_on <= ?", params![from, to])
        .scope(scope, &backend.unindexed("b.org_id"));
    if let Some(user) = scope.own_list_of() {
        select.filter("b.assignee_id = ?", params![user.0]);
    }
    let (no_day, no_text, no_id) = (
        "CAST(NULL AS date) AS day",
        "CAST(NULL AS text) AS programme",
        "CAST(NULL AS uuid) AS org",
    );
    select.then(
        &format!(
            "GROUP BY b.due_on, b.programme, b.org_id) \
             SELECT day, {no_text}, {no_id}, {SUMS} FROM cells GROUP BY day \
             UNION ALL SELECT {no_day}, programme, {no_id}, {SUMS} FROM cells WHERE day <= ? GROUP BY programme \
             UNION ALL SELECT {no_day}, {no_text}, org, {SUMS} FROM cells WHERE day <= ? GROUP BY org"
        ),
        params![today, today],
    );
    let rows: Vec<Row> = select.list(db).await?;
    Ok(rows
        .into_iter()
        .filter_map(|r| {
            let by = match (r.day, r.programme, r.org) {
                (Some(day), ..) => TallyBy::Day(day),
                (_, Some(programme), _) => TallyBy::Programme(programme),
                (_, _, Some(org)) => TallyBy::Unit(org),
                _ => return None,
            };
            Some((by, r.tally))
        })
        .collect())
}

/// Open callbacks past their due date, of one programme and unit.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct LateRow {
    /// Programme code.
    pub programme: String,
    /// The unit.
    pub org: Uuid,
    /// How many.
    pub count: i64,
}

/// Open callbacks past their due date, however old, by programme and unit.
///
/// # Errors
/// What the database says.
pub async fn list_late(db: &impl Reads, scope: &Scope, today: NaiveDate) -> Result<Vec<LateRow>> {
    let mut select =
        Select::new("SELECT b.programme, b.org_id AS org, COUNT(*) AS count FROM callbacks b");
    let backend = crate::dialect::Backend::of(db.connection());
    select
        .filter("b.is_open", Vec::new())
        .filter("b.due_on < ?", params![today])
        .scope(scope, &backend.unindexed("b.org_id"));
    if let Some(user) = scope.own_list_of() {
        select.filter("b.assignee_id = ?", params![user.0]);
    }
    select.then("GROUP BY b.programme, b.org_id", Vec::new());
    select.list(db).await
}
