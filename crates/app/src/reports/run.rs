//! Running a report.

use super::names::{Name, Names};
use super::query::{Checked, ReportQuery, check, months};
use crate::{App, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Scope};
use domain::reports::{Dimension, Figure, Metric, Ratio};
use domain::time::{self, Instant};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::AuditEntry;
use store::reports::{FigureQuery, FigureRow};
use uuid::Uuid;

/// A report.
#[derive(Clone, Debug)]
pub struct Report {
    /// The metric.
    pub metric: &'static Metric,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// When it was made.
    pub made_at: Instant,
    /// Code and name of the unit that it is limited to.
    pub org: Option<(String, String)>,
    /// The programme that it is limited to.
    pub programme: Option<String>,
    /// By what it is cut.
    pub by: Option<Dimension>,
    /// The figures, in the order of [`ReportRow::counts`].
    pub columns: Vec<ReportColumn>,
    /// A row for each value of the dimension; none when it is not cut.
    pub rows: Vec<ReportRow>,
    /// All together. Where policies may stand in several rows it is less than their sum.
    pub total: ReportRow,
}

/// A figure of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportColumn {
    /// The figure.
    pub figure: Figure,
    /// It stands above the line of the ratio.
    pub is_numerator: bool,
    /// It stands below the line of the ratio.
    pub is_denominator: bool,
}

/// A row of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRow {
    /// Code of the value, for the list behind it; empty where it is not known, and in the total.
    pub key: String,
    /// Its name.
    pub name: Name,
    /// The figures.
    pub counts: Vec<i64>,
    /// The ratio.
    pub ratio: Ratio,
}

impl Report {
    /// A figure of a row by name; 0 when the metric does not have it.
    pub fn count(&self, row: &ReportRow, figure: Figure) -> i64 {
        let place = self.columns.iter().position(|c| c.figure == figure);
        place
            .and_then(|n| row.counts.get(n).copied())
            .unwrap_or_default()
    }

    /// The row of a key.
    pub fn row(&self, key: &str) -> Option<&ReportRow> {
        self.rows.iter().find(|r| r.key == key)
    }
}

/// Runs a report. It is an entry of the audit log.
///
/// # Errors
/// When the actor may not, or the query cannot be taken.
pub async fn run_report(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ReportQuery,
) -> Result<Report> {
    run_report_with(app, actor, now, query, &|_, _| {}).await
}

/// Runs a report and tells its progress: steps done, and steps in all.
///
/// # Errors
/// When the actor may not, or the query cannot be taken.
pub async fn run_report_with(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ReportQuery,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Report> {
    let scope = actor.scope(Permission::ReportsRead)?;
    let checked = check(app, &scope, query).await?;
    let report = compute(app, &scope, now, checked, progress).await?;
    let work = app.store().begin(now).await?;
    let entry = AuditEntry::new(actor, "report.run", "report", None);
    work.commit(entry.detail(detail(query))).await?;
    Ok(report)
}

/// What the audit log keeps of a query.
pub(super) fn detail(query: &ReportQuery) -> serde_json::Value {
    serde_json::json!({
        "metric": query.metric, "from": query.from, "to": query.to, "org": query.org, "by": query.by,
        "programme": query.programme,
    })
}

/// Programmes whose pack registers a rule by which a late success is deemed in time. The company rule
/// is Shandong's (2013 measures, article 21); the seven-day right of Chongqing's is none (K-05).
pub(super) fn deemed(app: &App) -> Vec<String> {
    let rules = app.rules();
    let registered = |code: &str| rules.discharge(code).is_ok_and(|d| d.deemed_days.is_some());
    let codes = DEEMED_BY_COMPANY_RULE.iter().copied();
    codes.filter(|c| registered(c)).map(str::to_owned).collect()
}

const DEEMED_BY_COMPANY_RULE: &[&str] = &["NB-SD"];

async fn compute(
    app: &App,
    scope: &Scope,
    now: Instant,
    checked: Checked,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Report> {
    let deemed = deemed(app);
    let cut = FigureQuery {
        metric: checked.metric,
        from: checked.from,
        to: checked.to,
        today: time::date_in_china(now),
        deemed: &deemed,
        org: checked.org_path(),
        programme: checked.programme.as_deref(),
        by: checked.by,
    };
    let splits = checked.by.is_some_and(Dimension::splits_policies);
    let whole = FigureQuery { by: None, ..cut };
    let steps = months(checked.from, checked.to).len() * if splits { 2 } else { 1 };
    let done = AtomicUsize::new(0);
    let tick = || progress(done.fetch_add(1, Ordering::Relaxed) + 1, steps);
    let rows = sum(app, scope, &cut, &tick).await?;
    let total = if splits {
        counts_of(sum(app, scope, &whole, &tick).await?, checked.metric)
    } else {
        counts_of(rows.clone(), checked.metric)
    };
    let rows = match checked.by {
        Some(by) => named(app, by, rows, checked.metric).await?,
        None => Vec::new(),
    };
    let total = row(checked.metric, String::new(), total_name(), total);
    let (numerator, denominator) = checked.metric.ratio;
    Ok(Report {
        metric: checked.metric,
        from: checked.from,
        to: checked.to,
        made_at: now,
        org: checked.org.map(|o| (o.code, o.name)),
        programme: checked.programme,
        by: checked.by,
        columns: checked
            .metric
            .figures
            .iter()
            .map(|figure| ReportColumn {
                figure: *figure,
                is_numerator: *figure == numerator,
                is_denominator: *figure == denominator,
            })
            .collect(),
        rows,
        total,
    })
}

/// The figures of a period: its months are read two at a time and added up.
async fn sum(
    app: &App,
    scope: &Scope,
    query: &FigureQuery<'_>,
    tick: &(dyn Fn() + Sync),
) -> Result<Vec<FigureRow>> {
    let months = months(query.from, query.to);
    let (early, late) = months.split_at(months.len() / 2);
    let half = async |months: &[(NaiveDate, NaiveDate)]| -> Result<Vec<FigureRow>> {
        let mut rows = Vec::new();
        for (from, to) in months {
            let month = FigureQuery {
                from: *from,
                to: *to,
                ..*query
            };
            rows.extend(store::reports::list_figures(app.store(), scope, &month).await?);
            tick();
        }
        Ok(rows)
    };
    let (early, late) = tokio::try_join!(half(early), half(late))?;
    let mut sums: BTreeMap<(Option<Uuid>, Option<String>), FigureRow> = BTreeMap::new();
    for row in early.into_iter().chain(late) {
        let key = (row.key_id, row.key_text.clone());
        match sums.entry(key) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(row);
            }
            std::collections::btree_map::Entry::Occupied(mut sum) => {
                for (sum, count) in sum.get_mut().counts.iter_mut().zip(row.counts) {
                    *sum += count;
                }
            }
        }
    }
    Ok(sums.into_values().collect())
}

fn counts_of(rows: Vec<FigureRow>, metric: &Metric) -> Vec<i64> {
    let mut total = vec![0; metric.figures.len()];
    for row in rows {
        for (sum, count) in total.iter_mut().zip(row.counts) {
            *sum += count;
        }
    }
    total
}

async fn named(
    app: &App,
    by: Dimension,
    rows: Vec<FigureRow>,
    metric: &Metric,
) -> Result<Vec<ReportRow>> {
    let ids = rows.iter().filter_map(|r| r.key_id).collect();
    let names = Names::load(app, by, ids).await?;
    let mut named: Vec<_> = rows
        .into_iter()
        // Values for which nothing is counted say nothing.
        .filter(|r| r.counts.iter().any(|n| *n != 0))
        .map(|r| {
            let (key, name) = names.of(&r);
            row(metric, key, name, r.counts)
        })
        .collect();
    named.sort_by(|a, b| (a.key.is_empty(), &a.key).cmp(&(b.key.is_empty(), &b.key)));
    Ok(named)
}

fn row(metric: &Metric, key: String, name: Name, counts: Vec<i64>) -> ReportRow {
    let of = |figure: Figure| {
        let place = metric.figures.iter().position(|f| *f == figure);
        place
            .and_then(|n| counts.get(n).copied())
            .unwrap_or_default()
    };
    let ratio = Ratio {
        numerator: of(metric.ratio.0),
        denominator: of(metric.ratio.1),
    };
    ReportRow {
        key,
        name,
        counts,
        ratio,
    }
}

fn total_name() -> Name {
    Name {
        zh: "合计".into(),
        en: "Total".into(),
    }
}
