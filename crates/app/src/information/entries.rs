//! How promptly collected facts are entered (CUS-08): by unit and by collector.

use crate::{App, Error, Result, listing};
use chrono::{Datelike as _, NaiveDate};
use domain::access::{Actor, Permission};
use domain::time::{self, Instant};
use std::collections::BTreeMap;
use store::information::list_collected;

/// Lines that are shown.
const LINES_MAX: usize = 500;

/// One unit, or one collector of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryLine {
    /// Name of the unit.
    pub org_name: String,
    /// Who collected; empty for the unit as a whole.
    pub collected_by: String,
    /// Facts that were entered.
    pub facts: i64,
    /// Entered within the days of the rule.
    pub in_time: i64,
    /// Half of them took at most so many days.
    pub median_days: i64,
    /// The longest took so many.
    pub worst_days: i64,
}

impl EntryLine {
    /// The share entered in time, in tenths of a percent.
    pub fn share(&self) -> i64 {
        if self.facts == 0 {
            0
        } else {
            self.in_time * 1000 / self.facts
        }
    }
}

/// The report of a period.
#[derive(Clone, Debug)]
pub struct EntryReport {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Days within which facts are to be entered.
    pub within_days: i64,
    /// Units as a whole, the worst share first.
    pub units: Vec<EntryLine>,
    /// Collectors, the worst share first.
    pub collectors: Vec<EntryLine>,
}

/// Days taken, and how many facts took so long.
type Lags = BTreeMap<i64, i64>;

fn line((org_name, collected_by): (String, String), lags: &Lags, within: i64) -> EntryLine {
    let facts: i64 = lags.values().sum();
    let mut seen = 0;
    let median = lags.iter().find(|(_, n)| {
        seen += **n;
        seen * 2 >= facts
    });
    EntryLine {
        org_name,
        collected_by,
        facts,
        in_time: lags.range(..=within).map(|(_, n)| n).sum(),
        median_days: median.map_or(0, |(days, _)| *days),
        worst_days: lags.keys().next_back().copied().unwrap_or(0),
    }
}

fn lines(lags: BTreeMap<(String, String), Lags>, within: i64) -> Vec<EntryLine> {
    let mut lines: Vec<_> = lags
        .into_iter()
        .map(|(who, lags)| line(who, &lags, within))
        .collect();
    lines.sort_by_key(|l| (l.share(), -l.facts));
    lines.truncate(LINES_MAX);
    lines
}

/// How promptly facts of customers in sight were entered in a period; the month so far when none is named.
///
/// # Errors
/// When the actor may not see reports, or the period cannot be read.
pub async fn entry_report(
    app: &App,
    actor: &Actor,
    now: Instant,
    from: &str,
    to: &str,
) -> Result<EntryReport> {
    let scope = actor.scope(Permission::ReportsRead)?;
    let today = time::date_in_china(now);
    let to = listing::date("to", to)?.unwrap_or(today);
    let from = listing::date("from", from)?.unwrap_or_else(|| to.with_day(1).unwrap_or(to));
    if to < from {
        return Err(Error::invalid("to", "before-from"));
    }
    let rules = app.rules_for(actor)?;
    let within = rules.setting("information_entry_days", to);
    let within =
        within.ok_or_else(|| Error::Fault("no pack says information_entry_days".into()))?;
    let mut units: BTreeMap<(String, String), Lags> = BTreeMap::new();
    let mut collectors = units.clone();
    for c in list_collected(app.store(), &scope, (from, to)).await? {
        let unit = units
            .entry((c.org_name.clone(), String::new()))
            .or_default();
        *unit.entry(c.lag_days).or_default() += c.facts;
        let own = collectors.entry((c.org_name, c.collected_by)).or_default();
        *own.entry(c.lag_days).or_default() += c.facts;
    }
    Ok(EntryReport {
        from,
        to,
        within_days: within,
        units: lines(units, within),
        collectors: lines(collectors, within),
    })
}
