//! The list of visits.

use crate::listing::{self, COUNT_CAP, Listed, PAGE_ROWS};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::ids::VisitId;
use domain::numbers::Number;
use domain::time::{self, Instant};
use domain::visits::{VisitPurpose, VisitState};
use store::Page;
use store::visits::{self as rows, VisitFilter, VisitRow};

/// Filters of the list, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VisitQuery {
    /// `open`, `mine`, `to_decide`, `to_schedule`, `scheduled`, `to_sign`, `to_file`, `due`,
    /// `follow_up`, `late` or `archived`; `open` when empty.
    pub view: String,
    /// Code of the purpose.
    pub purpose: String,
    /// Code of the unit.
    pub org: String,
    /// Made from this day.
    pub from: String,
    /// Made until this day.
    pub to: String,
    /// Start of the page.
    pub after: String,
}

/// Visits of a filter.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_visits(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &VisitQuery,
) -> Result<Listed<VisitRow>> {
    let scope = actor.scope(Permission::VisitsRead)?;
    let filter = filter(app, actor, &scope, now, query).await?;
    let page = rows::list_visits(app.store(), &scope, &filter, PAGE_ROWS).await?;
    let count = rows::count_visits(app.store(), &scope, &filter, COUNT_CAP).await?;
    Ok(Listed::new(page, count))
}

/// A page of the visits of a filter, as systems read it.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn page_of_visits(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &VisitQuery,
    limit: u64,
) -> Result<Page<VisitRow>> {
    let scope = actor.scope(Permission::VisitsRead)?;
    let filter = filter(app, actor, &scope, now, query).await?;
    Ok(rows::list_visits(app.store(), &scope, &filter, limit).await?)
}

async fn filter(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    now: Instant,
    query: &VisitQuery,
) -> Result<VisitFilter> {
    use VisitState as S;
    let open = VisitFilter {
        open: Some(true),
        ..VisitFilter::default()
    };
    let states = |states: &[VisitState]| VisitFilter {
        states: states.to_vec(),
        ..VisitFilter::default()
    };
    let filter = match query.view.as_str() {
        "" | "open" => open,
        "mine" => VisitFilter {
            visitor: Some(super::person(actor)?),
            ..open
        },
        "to_decide" => states(&[S::Requested]),
        "to_schedule" => states(&[S::Approved]),
        "scheduled" => states(&[S::Scheduled, S::Rescheduled]),
        "to_sign" => states(&[S::Visited, S::FormFilled]),
        "to_file" => states(&[S::Signed]),
        "due" => VisitFilter {
            due_to: Some(time::date_in_china(now)),
            ..open
        },
        "follow_up" => VisitFilter {
            to_follow_up: true,
            ..states(&[S::Signed, S::Archived])
        },
        "late" => VisitFilter {
            entered_late: Some(true),
            ..VisitFilter::default()
        },
        "archived" => states(&[S::Archived]),
        "ended" => states(&[S::Refused, S::Cancelled]),
        _ => return Err(Error::invalid("view", "unknown-code")),
    };
    Ok(VisitFilter {
        purpose: listing::code("purpose", &query.purpose, VisitPurpose::parse)?,
        visited_from: listing::date("from", &query.from)?,
        visited_to: listing::date("to", &query.to)?,
        org_path: listing::org_path(app, scope, &query.org).await?,
        after: listing::after(&query.after)?,
        ..filter
    })
}

/// A visit in sight by its number, or by its id.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when it is not in sight.
pub async fn find_visit(app: &App, actor: &Actor, key: &str) -> Result<VisitRow> {
    let scope = actor.scope(Permission::VisitsRead)?;
    let db = app.store();
    let found = match (Number::parse(key), uuid::Uuid::try_parse(key)) {
        (Some(number), _) => rows::find_visit_by_number(db, &scope, &number.to_string()).await?,
        (None, Ok(id)) => rows::find_visit(db, &scope, VisitId(id)).await?,
        (None, Err(_)) => None,
    };
    found.ok_or(Error::NotFound)
}
