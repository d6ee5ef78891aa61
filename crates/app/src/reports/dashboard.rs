//! The dashboard: what was due, late, succeeded and problematic around today.

use super::names::{Name, programme};
use crate::{App, Result};
use chrono::{Days, NaiveDate};
use domain::access::{Actor, Permission};
use domain::reports::{Dimension, Ratio};
use domain::time::{self, Instant};
use std::collections::{BTreeMap, HashMap};
use store::reports::{Tally, TallyBy};
use uuid::Uuid;

/// Days looked back on, today included. Longer looks are reports; this keeps the page quick.
const DAYS_BACK: u64 = 21;
/// Days looked ahead.
const DAYS_AHEAD: u64 = 7;
/// Units on the page, the busiest first.
const UNITS_MAX: usize = 30;

/// The dashboard.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// Today.
    pub today: NaiveDate,
    /// First day of the window by due date.
    pub from: NaiveDate,
    /// Last day of the window; totals, units and programmes reach until today only.
    pub to: NaiveDate,
    /// All together, until today.
    pub total: DashboardRow,
    /// By programme, in the order of codes.
    pub by_programme: Vec<DashboardRow>,
    /// By unit, the busiest first, at most thirty.
    pub by_unit: Vec<DashboardRow>,
    /// Every day of the window, also those on which nothing is due.
    pub days: Vec<DashboardDay>,
}

/// A row of the dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DashboardRow {
    /// Code of the programme or unit; empty in the total.
    pub key: String,
    /// Its name.
    pub name: Name,
    /// What became of what was due in the window.
    pub tally: Tally,
    /// Open and past the due date, however old.
    pub overdue: i64,
}

impl DashboardRow {
    /// Made in time, out of all that was due.
    pub fn in_time(&self) -> Ratio {
        Ratio {
            numerator: self.tally.in_time,
            denominator: self.tally.due,
        }
    }

    /// Succeeded, out of all that was due.
    pub fn success(&self) -> Ratio {
        Ratio {
            numerator: self.tally.succeeded,
            denominator: self.tally.due,
        }
    }

    /// Problem cases, out of what succeeded.
    pub fn problem(&self) -> Ratio {
        Ratio {
            numerator: self.tally.problem,
            denominator: self.tally.succeeded,
        }
    }
}

/// A day of the dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DashboardDay {
    /// The day.
    pub day: NaiveDate,
    /// What became of what was due on it.
    pub tally: Tally,
}

impl DashboardDay {
    /// Due and not made: late once the day has passed, work ahead before.
    pub fn outstanding(&self) -> i64 {
        self.tally.due - self.tally.made - self.tally.not_completed
    }
}

/// The dashboard of a person.
///
/// # Errors
/// When the actor may not see reports.
pub async fn dashboard(app: &App, actor: &Actor, now: Instant) -> Result<Dashboard> {
    let scope = actor.scope(Permission::ReportsRead)?;
    let today = time::date_in_china(now);
    let from = today - Days::new(DAYS_BACK - 1);
    let to = today + Days::new(DAYS_AHEAD);
    let db = app.store();
    let (tallies, late) = tokio::try_join!(
        store::reports::list_tallies(db, &scope, (from, today, to)),
        store::reports::list_late(db, &scope, today),
    )?;
    let mut days = BTreeMap::new();
    let mut programmes: BTreeMap<String, (Tally, i64)> = BTreeMap::new();
    let mut units: HashMap<Uuid, (Tally, i64)> = HashMap::new();
    let mut total = (Tally::default(), 0);
    for (by, tally) in tallies {
        match by {
            TallyBy::Day(day) => {
                days.insert(day, tally);
            }
            TallyBy::Programme(code) => {
                add(&mut total.0, tally);
                programmes.entry(code).or_default().0 = tally;
            }
            TallyBy::Unit(org) => units.entry(org).or_default().0 = tally,
        }
    }
    for row in late {
        total.1 += row.count;
        programmes.entry(row.programme).or_default().1 += row.count;
        units.entry(row.org).or_default().1 += row.count;
    }
    let rules = app.rules();
    let by_programme = programmes
        .into_iter()
        .map(|(code, (tally, overdue))| DashboardRow {
            name: programme(&rules, &code),
            key: code,
            tally,
            overdue,
        })
        .collect();
    let whole = Name {
        zh: "合计".into(),
        en: "Total".into(),
    };
    Ok(Dashboard {
        today,
        from,
        to,
        total: DashboardRow {
            key: String::new(),
            name: whole,
            tally: total.0,
            overdue: total.1,
        },
        by_programme,
        by_unit: by_unit(app, units).await?,
        days: from
            .iter_days()
            .take_while(|day| *day <= to)
            .map(|day| DashboardDay {
                day,
                tally: days.get(&day).copied().unwrap_or_default(),
            })
            .collect(),
    })
}

async fn by_unit(app: &App, units: HashMap<Uuid, (Tally, i64)>) -> Result<Vec<DashboardRow>> {
    let mut units: Vec<_> = units.into_iter().collect();
    units.sort_by_key(|(id, (tally, overdue))| (-(tally.due + overdue), *id));
    units.truncate(UNITS_MAX);
    let ids: Vec<_> = units.iter().map(|(id, _)| *id).collect();
    let labels = store::reports::list_labels(app.store(), Dimension::Unit, &ids).await?;
    let labels: HashMap<_, _> = labels
        .into_iter()
        .map(|l| (l.id, (l.code, l.name)))
        .collect();
    Ok(units
        .into_iter()
        .filter_map(|(id, (tally, overdue))| {
            let (code, name) = labels.get(&id)?;
            Some(DashboardRow {
                key: code.clone(),
                name: Name::same(name),
                tally,
                overdue,
            })
        })
        .collect())
}

fn add(sum: &mut Tally, more: Tally) {
    sum.due += more.due;
    sum.made += more.made;
    sum.in_time += more.in_time;
    sum.late += more.late;
    sum.succeeded += more.succeeded;
    sum.problem += more.problem;
    sum.not_completed += more.not_completed;
}
