//! The list behind a figure: the very units that it counts, page by page.

use super::figures::{FigureQuery, units_of};
use crate::callbacks::CallbackRow;
use crate::callbacks::row::{SELECT, callbacks};
use crate::sql::{Page, PageKey, Select, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::reports::{Counted, Dimension, Figure};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

/// Stands for a day that is not known.
const FAR: &str = "9999-12-31";

/// Which units to list.
#[derive(Clone, Debug)]
pub struct BehindFilter {
    /// The figure.
    pub figure: Figure,
    /// Only of this value of the dimension; all of them when missing.
    pub slot: Option<SlotValue>,
    /// After this unit.
    pub after: Option<PageKey>,
}

/// A value of a dimension; `None` inside stands for "not known".
pub type SlotValue = std::result::Result<Option<Uuid>, Option<String>>;

/// A counted unit with its callbacks.
#[derive(Clone, Debug)]
pub struct BehindUnit {
    /// The policy, or the callback.
    pub id: Uuid,
    /// Its day in the period of the report, where it has one.
    pub day: Option<NaiveDate>,
    /// The callbacks that it is counted for: those of the policy, or the one.
    pub callbacks: Vec<CallbackRow>,
}

#[derive(FromQueryResult)]
struct UnitRow {
    unit: Uuid,
    day: Option<NaiveDate>,
}

/// The units behind a figure in the order of their day.
///
/// # Errors
/// What the database says.
pub async fn list_behind(
    db: &impl Reads,
    scope: &Scope,
    query: &FigureQuery<'_>,
    filter: &BehindFilter,
    limit: u64,
) -> Result<Page<BehindUnit>> {
    let policies = query.metric.counted == Counted::Policies;
    let unit = if policies { "u.policy_id" } else { "u.id" };
    // Without a value of the dimension, a policy must not stand once for each of its values.
    let query = &FigureQuery {
        by: query.by.filter(|_| filter.slot.is_some()),
        ..*query
    };
    let columns = format!("{unit} AS unit, u.day");
    let mut select = units_of(query, db, scope, filter.figure, &columns);
    slot(&mut select, query, filter.slot.as_ref());
    // A case without a due date has no day; such cases come last.
    let day = format!("COALESCE(u.day, '{FAR}')");
    if let Some(after) = &filter.after {
        let on = after.sort.parse::<NaiveDate>().unwrap_or_default();
        select.then(
            &format!("AND ({day} > ? OR ({day} = ? AND {unit} > ?))"),
            params![on, on, after.id],
        );
    }
    let rows = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    select.then(&format!("ORDER BY {day}, {unit} LIMIT ?"), params![rows]);
    let rows: Vec<UnitRow> = select.list(db).await?;
    let units = rows
        .into_iter()
        .map(|r| BehindUnit {
            id: r.unit,
            day: r.day,
            callbacks: Vec::new(),
        })
        .collect();
    let key = |u: &BehindUnit| PageKey {
        sort: u.day.map_or_else(|| FAR.to_owned(), |d| d.to_string()),
        id: u.id,
    };
    let mut page = Page::cut(units, usize::try_from(limit).unwrap_or(usize::MAX), key);
    fill(db, scope, query, &mut page.rows).await?;
    Ok(page)
}

/// Adds the value of the dimension.
fn slot(select: &mut Select, query: &FigureQuery<'_>, value: Option<&SlotValue>) {
    let Some(value) = value else { return };
    let slot = query.slot();
    let Some(column) = slot.id.or(slot.text) else {
        return;
    };
    let value: Option<Value> = match value {
        Ok(id) => id.map(Into::into),
        Err(text) => text.clone().map(Into::into),
    };
    match value {
        Some(value) => select.then(&format!("AND {column} = ?"), vec![value]),
        None => select.then(&format!("AND {column} IS NULL"), Vec::new()),
    };
}

/// Reads the callbacks of the units of a page.
async fn fill(
    db: &impl Reads,
    scope: &Scope,
    query: &FigureQuery<'_>,
    units: &mut [BehindUnit],
) -> Result<()> {
    if units.is_empty() {
        return Ok(());
    }
    let policies = query.metric.counted == Counted::Policies;
    let mut select = Select::new(SELECT);
    select.scope(scope, "b.org_id");
    let ids = units.iter().map(|u| u.id.into()).collect();
    if policies {
        let days = units.iter().filter_map(|u| u.day);
        let (from, to) = (days.clone().min(), days.max());
        let programmes = query.metric.programmes.iter().copied();
        let programmes = programmes.filter(|p| query.programme.is_none_or(|only| only == *p));
        select
            .filter("b.due_on >= ? AND b.due_on <= ?", params![from, to])
            .filter_in("b.programme", programmes.map(Into::into).collect())
            .filter_in("b.policy_id", ids);
    } else {
        select.filter_in("b.id", ids);
    }
    select.then("ORDER BY b.number", Vec::new());
    for callback in callbacks(db, select.list(db).await?)? {
        let unit = units.iter_mut().find(|u| {
            if policies {
                callback.policy_id.is_some_and(|p| p.0 == u.id) && callback.due_on == u.day
            } else {
                callback.id.0 == u.id
            }
        });
        if let Some(unit) = unit {
            unit.callbacks.push(callback);
        }
    }
    Ok(())
}

/// Whether the values of a dimension are ids.
pub fn has_ids(dimension: Dimension) -> bool {
    matches!(
        dimension,
        Dimension::Unit | Dimension::Salesperson | Dimension::Caller
    )
}
