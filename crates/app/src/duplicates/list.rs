//! The list of pairs.

use crate::listing::{self, COUNT_CAP, Listed, PAGE_ROWS};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::customers::CustomerKind;
use domain::duplicates::{Field, Grade, Level, PairState};
use domain::time::{self, Instant};
use store::duplicates::{self as rows, DuplicateFilter, DuplicateRow};

/// Millionths in a percent.
const PERCENT: i64 = 10_000;

/// Filters of the list as they stand in the URL; an empty one does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DuplicateQuery {
    /// `waiting` (the beginning), `different`, `unsure`, `same` or `all`.
    pub view: String,
    /// Code of the grade.
    pub grade: String,
    /// Code of the kind.
    pub kind: String,
    /// A field and its level, such as `mobile=equal`.
    pub field: String,
    /// Probability of at least this, in percent.
    pub probability: String,
    /// Code of the unit.
    pub org: String,
    /// Number of a customer.
    pub customer: String,
    /// Start of the page.
    pub after: String,
}

async fn filter(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &DuplicateQuery,
) -> Result<DuplicateFilter> {
    let scope = actor.scope(Permission::DuplicatesRead)?;
    let mut filter = DuplicateFilter {
        grade: listing::code("grade", &query.grade, Grade::parse)?,
        kind: listing::code("kind", &query.kind, CustomerKind::parse)?,
        org_path: listing::org_path(app, &scope, &query.org).await?,
        after: listing::after(&query.after)?,
        ..DuplicateFilter::default()
    };
    match query.view.as_str() {
        "" | "waiting" => filter.waiting_on = Some(time::date_in_china(now)),
        "all" => {}
        view => filter.state = listing::code("view", view, PairState::parse)?,
    }
    if let Some(text) = listing::some(&query.field) {
        let unknown = || Error::invalid("field", "unknown-code");
        let (field, level) = text.split_once('=').ok_or_else(unknown)?;
        let field = Field::parse(field).map_err(|_| unknown())?;
        filter.field = Some((field, Level::parse(level).map_err(|_| unknown())?));
    }
    if let Some(text) = listing::some(&query.probability) {
        let percent: i64 = text
            .parse()
            .map_err(|_| Error::invalid("probability", "number"))?;
        filter.probability_min = Some(percent.clamp(0, 100) * PERCENT);
    }
    if let Some(number) = listing::some(&query.customer) {
        let found = store::customers::find_customer_by_number(app.store(), &scope, &number).await?;
        filter.customer = Some(
            found
                .ok_or_else(|| Error::invalid("customer", "not-found"))?
                .id,
        );
    }
    Ok(filter)
}

/// Pairs in sight, the most likely first.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_duplicates(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &DuplicateQuery,
    rows_max: Option<u64>,
) -> Result<Listed<DuplicateRow>> {
    let scope = actor.scope(Permission::DuplicatesRead)?;
    let filter = filter(app, actor, now, query).await?;
    let db = app.store();
    let limit = rows_max.unwrap_or(PAGE_ROWS);
    let page = rows::list_duplicates(db, &scope, &filter, limit).await?;
    let count = rows::count_open_duplicates(db, &scope, &filter, COUNT_CAP).await?;
    Ok(Listed::new(page, count))
}
