//! How tickets kept their time limits, for quality assessment (TKT-16).

use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::time::{self, Instant};
use store::tickets::{TimelinessSum, list_timeliness};

/// Rows of the table; a company has fewer handlers in a unit.
const ROWS_MAX: i64 = 1_000;

/// How tickets kept their time in a span of days.
#[derive(Clone, Debug)]
pub struct Timeliness {
    /// First day on which they were issued.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// By unit and handler.
    pub sums: Vec<TimelinessSum>,
    /// Over all of them.
    pub total: TimelinessSum,
}

/// Sums up the tickets that were issued in a span of days; the present month when none is given.
///
/// # Errors
/// When the actor may not, or the days cannot be read.
pub async fn timeliness(
    app: &App,
    actor: &Actor,
    now: Instant,
    (from, to): (&str, &str),
) -> Result<Timeliness> {
    use chrono::Datelike as _;
    let scope = actor.scope(Permission::TicketsRead)?;
    let today = time::date_in_china(now);
    let first = today.with_day(1).unwrap_or(today);
    let from = crate::listing::date("from", from)?.unwrap_or(first);
    let to = crate::listing::date("to", to)?.unwrap_or(today);
    if to < from {
        return Err(Error::invalid("to", "before-from"));
    }
    let sums = list_timeliness(app.store(), &scope, (from, to), today, ROWS_MAX).await?;
    let mut total = TimelinessSum::default();
    for sum in &sums {
        total.issued += sum.issued;
        total.processed += sum.processed;
        total.overdue += sum.overdue;
        total.escalated += sum.escalated;
        total.extended += sum.extended;
        total.invalid += sum.invalid;
        total.reminders += sum.reminders;
    }
    Ok(Timeliness {
        from,
        to,
        sums,
        total,
    })
}
