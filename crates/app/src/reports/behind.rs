//! The list behind a figure.

use super::query::{ReportQuery, check, months};
use super::run::{deemed, detail};
use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Scope};
use domain::reports::{Basis, Dimension, Figure};
use domain::time::{self, Instant};
use store::reports::{BehindFilter, BehindUnit, FigureQuery, SlotValue};
use store::{AuditEntry, PageKey};

/// Units of a page.
const PAGE_UNITS: u64 = 50;

/// Which list to open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BehindQuery {
    /// The report.
    pub report: ReportQuery,
    /// Code of the figure.
    pub figure: String,
    /// Key of the row; the total when missing. An empty key is the row of what is not known.
    pub key: Option<String>,
    /// Start of the page.
    pub after: String,
}

/// A page of the list behind a figure: as many units as the figure says, each with its callbacks.
#[derive(Clone, Debug)]
pub struct Behind {
    /// The figure.
    pub figure: Figure,
    /// The units.
    pub units: Vec<BehindUnit>,
    /// Start of the next page, encoded.
    pub next: Option<String>,
}

/// The units that a figure counts, by day. It is an entry of the audit log.
///
/// # Errors
/// When the actor may not, or the query cannot be taken.
pub async fn list_behind(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &BehindQuery,
) -> Result<Behind> {
    let scope = actor.scope(Permission::ReportsRead)?;
    actor.demand(Permission::CallbacksRead)?;
    let checked = check(app, &scope, &query.report).await?;
    let figure = Figure::parse(&query.figure)
        .ok()
        .filter(|f| checked.metric.figures.contains(f))
        .ok_or_else(|| Error::invalid("figure", "unknown-code"))?;
    let after = match query.after.as_str() {
        "" => None,
        text => Some(PageKey::decode(text).ok_or_else(|| Error::invalid("after", "unknown-code"))?),
    };
    let slot = match (&query.key, checked.by) {
        (Some(key), Some(by)) => Some(slot(app, by, key).await?),
        _ => None,
    };
    let deemed = deemed(app);
    let whole = FigureQuery {
        metric: checked.metric,
        from: checked.from,
        to: checked.to,
        today: time::date_in_china(now),
        deemed: &deemed,
        org: checked.org_path(),
        programme: checked.programme.as_deref(),
        by: checked.by,
    };
    let filter = BehindFilter {
        figure,
        slot,
        after,
    };
    let (units, next) = page(app, &scope, &whole, &filter).await?;
    let work = app.store().begin(now).await?;
    let mut what = detail(&query.report);
    what["figure"] = figure.as_str().into();
    what["key"] = query.key.clone().into();
    let entry = AuditEntry::new(actor, "report.list_read", "report", None);
    work.commit(entry.detail(what)).await?;
    Ok(Behind {
        figure,
        units,
        next: next.map(|k| k.encode()),
    })
}

/// A page of units. It is read month by month, so that it costs a month and not the whole period;
/// cases have no order by day and are read at once.
async fn page(
    app: &App,
    scope: &Scope,
    whole: &FigureQuery<'_>,
    filter: &BehindFilter,
) -> Result<(Vec<BehindUnit>, Option<PageKey>)> {
    let by_day = whole.metric.basis != Basis::Opened;
    let spans = if by_day {
        months(whole.from, whole.to)
    } else {
        vec![(whole.from, whole.to)]
    };
    let begin: Option<NaiveDate> = filter.after.as_ref().and_then(|a| a.sort.parse().ok());
    let mut units: Vec<BehindUnit> = Vec::new();
    for (from, to) in spans {
        if by_day && begin.is_some_and(|day| to < day) {
            continue;
        }
        let left = PAGE_UNITS - units.len() as u64;
        let span = FigureQuery { from, to, ..*whole };
        // One more tells whether there is a next page, also when it begins with the next month.
        let found =
            store::reports::list_behind(app.store(), scope, &span, filter, left.max(1)).await?;
        if left == 0 {
            if found.rows.is_empty() {
                continue;
            }
            let last = units.last().map(key_of);
            return Ok((units, last));
        }
        units.extend(found.rows);
        if found.next.is_some() {
            return Ok((units, found.next));
        }
    }
    Ok((units, None))
}

fn key_of(unit: &BehindUnit) -> PageKey {
    PageKey {
        sort: unit.day.map_or_else(String::new, |d| d.to_string()),
        id: unit.id,
    }
}

/// The value of a dimension by the key of its row.
async fn slot(app: &App, by: Dimension, key: &str) -> Result<SlotValue> {
    if !store::reports::has_ids(by) {
        return Ok(Err(Some(key.to_owned()).filter(|k| !k.is_empty())));
    }
    if key.is_empty() {
        return Ok(Ok(None));
    }
    let id = store::reports::find_label(app.store(), by, key).await?;
    id.map(|id| Ok(Some(id)))
        .ok_or_else(|| Error::invalid("key", "unknown-code"))
}
