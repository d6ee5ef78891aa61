//! What a report is asked for, checked.

use crate::{App, Error, FieldProblem, Result};
use chrono::{Datelike as _, Days, NaiveDate};
use domain::access::{Actor, OrgPath, Permission, Scope};
use domain::reports::{Dimension, Metric, find_metric};
use store::orgs::Org;

/// Longest period of a report, in days.
const DAYS_MAX: i64 = 10 * 366;
/// Callbacks that are summed up while a page waits.
const QUICK_ROWS: i64 = 400_000;
/// The same where the policy or the attempts of each must be looked up.
const QUICK_LOOKUPS: i64 = 100_000;

/// What to report, as text from a URL or the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportQuery {
    /// Code (`K-04`) or name of the metric.
    pub metric: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Code of the unit; those below it are included. All in sight when empty.
    pub org: String,
    /// Code of the dimension; not cut when empty.
    pub by: String,
    /// Code of a programme of the metric; all of them when empty.
    pub programme: String,
}

/// A query that can be run.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    pub(super) metric: &'static Metric,
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
    pub(super) org: Option<Org>,
    pub(super) by: Option<Dimension>,
    pub(super) programme: Option<String>,
}

impl Checked {
    pub(super) fn org_path(&self) -> Option<&OrgPath> {
        self.org.as_ref().map(|o| &o.path)
    }
}

/// Checks a query; every problem is told at once.
pub(super) async fn check(app: &App, scope: &Scope, query: &ReportQuery) -> Result<Checked> {
    let mut problems = Vec::new();
    let mut problem = |field: &str, code: &str| problems.push(FieldProblem::new(field, code));
    let metric = find_metric(&query.metric);
    match metric {
        None => problem("metric", "unknown-code"),
        Some(m) if m.unavailable.is_some() => problem("metric", "unavailable"),
        Some(_) => {}
    }
    let mut day = |field: &str, text: &str| match (text, text.parse::<NaiveDate>()) {
        ("", _) => {
            problem(field, "missing");
            None
        }
        (_, Ok(day)) => Some(day),
        (_, Err(_)) => {
            problem(field, "date");
            None
        }
    };
    let (from, to) = (day("from", &query.from), day("to", &query.to));
    if let (Some(from), Some(to)) = (from, to) {
        let days = to.signed_duration_since(from).num_days();
        if days < 0 {
            problem("to", "before-from");
        } else if days >= DAYS_MAX {
            problem("to", "too-long");
        }
    }
    let by = match query.by.as_str() {
        "" => None,
        code => Dimension::parse(code)
            .map_err(|_| problem("by", "unknown-code"))
            .ok(),
    };
    let programme = Some(query.programme.clone()).filter(|p| !p.is_empty());
    if let (Some(metric), Some(programme)) = (metric, &programme)
        && !metric.programmes.contains(&programme.as_str())
    {
        problem("programme", "unknown-code");
    }
    let mut org = None;
    if !query.org.is_empty() {
        org = store::orgs::find_org_by_code(app.store(), &query.org).await?;
        // A unit out of sight is as unknown as one that does not exist.
        org = org.filter(|o| scope.covers(&o.path));
        if org.is_none() {
            problem("org", "unknown-org");
        }
    }
    match (metric, from, to) {
        (Some(metric), Some(from), Some(to)) if problems.is_empty() => Ok(Checked {
            metric,
            from,
            to,
            org,
            by,
            programme,
        }),
        _ => Err(Error::Invalid(problems)),
    }
}

/// Whether a report may take longer than a page should wait: run it as a job then and show the
/// progress that [`super::run_report_with`] tells. Costs a short count.
///
/// # Errors
/// When the actor may not, or the query cannot be taken.
pub async fn is_long(app: &App, actor: &Actor, query: &ReportQuery) -> Result<bool> {
    let scope = actor.scope(Permission::ReportsRead)?;
    let checked = check(app, &scope, query).await?;
    let looks_up = checked
        .by
        .is_some_and(|by| by.needs_policies() || by == Dimension::Caller);
    let cap = if looks_up { QUICK_LOOKUPS } else { QUICK_ROWS };
    let rows = store::reports::weigh_period(app.store(), (checked.from, checked.to), cap).await?;
    Ok(rows > cap)
}

/// The calendar months of a period. Figures of months add up, because every unit has one day; and
/// months are small enough to be grouped in memory and to show progress.
pub(super) fn months(from: NaiveDate, to: NaiveDate) -> Vec<(NaiveDate, NaiveDate)> {
    let mut months = Vec::new();
    let mut start = from;
    while start <= to {
        let next = (1..=31)
            .filter_map(|n| start.checked_add_days(Days::new(n)))
            .find(|d| d.day() == 1)
            .unwrap_or(NaiveDate::MAX);
        let last = next.pred_opt().unwrap_or(start).min(to);
        months.push((start, last));
        start = next;
    }
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_cover_a_period_without_gap_or_overlap() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let found = months(day("2024-01-15"), day("2024-03-01"));
        let expected = [
            ("2024-01-15", "2024-01-31"),
            ("2024-02-01", "2024-02-29"),
            ("2024-03-01", "2024-03-01"),
        ];
        assert_eq!(found, expected.map(|(a, b)| (day(a), day(b))));
    }
}
