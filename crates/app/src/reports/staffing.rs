//! Headcount against load (ORG-03), and telephone callbacks that are to move up (ORG-02).

use super::write::{ReportFile, ReportFormat};
use crate::access::{Unit, count_holders, load_units, post_kinds};
use crate::exports::harmless;
use crate::{App, Result};
use chrono::{Duration, NaiveDate};
use domain::access::{Actor, OrgLevel, OrgPath, Permission};
use domain::time::{self, Instant};
use std::collections::HashMap;
use store::access::{self as rows, CallsRow, LoadRow, UserRow};
use uuid::Uuid;

/// Load is looked at for this many working days ahead.
const AHEAD_WORKING_DAYS: i64 = 5;
/// Calls a day are measured over this span.
const MEASURED: Duration = Duration::days(28);

/// A unit with its people and its work; units below it are counted in.
#[derive(Clone, Debug)]
pub struct Staffing {
    /// The unit.
    pub unit: Unit,
    /// People whom its posts for callbacks need.
    pub planned: i64,
    /// People who hold one today.
    pub held: i64,
    /// People who make callbacks as their work.
    pub callers: i64,
    /// Of those, people for whom somebody stands in today.
    pub away: i64,
    /// Open callbacks on their lists.
    pub open: i64,
    /// Of those, due within the working days looked at, or past their day.
    pub due: i64,
    /// Open callbacks of its business that are on nobody's list.
    pub waiting: i64,
    /// Of those, due within the working days looked at, or past their day.
    pub waiting_due: i64,
    /// Calls of one of them on a day with calls, in tenths; nothing when nobody called.
    pub calls_a_day: Option<i64>,
    /// Working days that the due work of these people takes them at that pace, in tenths.
    pub days_of_work: Option<i64>,
}

impl Staffing {
    /// Whether the due work takes longer than the days that are left, or nobody is there to do it.
    pub fn is_short(&self) -> bool {
        let work = self.due + self.waiting_due;
        match self.days_of_work {
            Some(days) => days > AHEAD_WORKING_DAYS * 10,
            None => work > 0 && self.callers - self.away <= 0,
        }
    }

    /// Posts without anybody.
    pub fn vacancies(&self) -> i64 {
        (self.planned - self.held).max(0)
    }
}

/// People and work of the units in sight.
#[derive(Clone, Debug)]
pub struct StaffingReport {
    /// City level and higher, and outsourced teams, from the top down.
    pub units: Vec<Staffing>,
    /// The last day that is looked at.
    pub due_until: NaiveDate,
    /// Units that still telephone below the province, with the day by which that ends.
    pub to_move_up: Vec<ToMoveUp>,
}

/// A unit at city level or lower whose telephone callbacks are to move up.
#[derive(Clone, Debug)]
pub struct ToMoveUp {
    /// The unit.
    pub unit: Unit,
    /// Calls that its people made in the span measured.
    pub calls: i64,
    /// Whether the day has passed and its people still call.
    pub is_late: bool,
}

/// People and work of the units in sight.
///
/// # Errors
/// When the actor may not.
pub async fn staffing(app: &App, actor: &Actor, now: Instant) -> Result<StaffingReport> {
    let scope = actor.scope(Permission::ReportsRead)?;
    let today = time::date_in_china(now);
    let due_until = app.rules().working_days_after(today, AHEAD_WORKING_DAYS);
    let all = load_units(app, &scope, today).await?;
    let store = app.store();
    let numbers = Numbers {
        users: rows::list_users(store, &scope).await?,
        people: by_id(rows::list_load_of_people(store, due_until).await?),
        units: by_id(rows::list_load_of_units(store, &scope, due_until).await?),
        calls: rows::list_calls(store, now - MEASURED).await?,
        away: rows::list_people_away(store, today)
            .await?
            .iter()
            .map(|u| u.0)
            .collect(),
        posts: posts(app, &scope, today).await?,
    };
    let reported = |u: &&Unit| {
        let level = OrgLevel::parse(&u.org.level).ok();
        level.is_some_and(|l| l != OrgLevel::SubBranch)
    };
    let to_move_up = all
        .iter()
        .filter_map(|unit| numbers.to_move_up(unit, today));
    Ok(StaffingReport {
        to_move_up: to_move_up.collect(),
        units: all
            .iter()
            .filter(reported)
            .map(|u| numbers.of(u, &all))
            .collect(),
        due_until,
    })
}

/// Posts for callbacks: needed and held, by unit.
async fn posts(
    app: &App,
    scope: &domain::access::Scope,
    today: NaiveDate,
) -> Result<HashMap<Uuid, (i64, i64)>> {
    let calling = |code: &str| {
        post_kinds().is_ok_and(|kinds| kinds.iter().any(|k| k.calls && k.code == code))
    };
    let holders = rows::list_post_holders(app.store(), scope).await?;
    let mut by_unit: HashMap<Uuid, (i64, i64)> = HashMap::new();
    for post in rows::list_posts(app.store(), scope).await? {
        if calling(&post.kind) {
            let of_post = holders.iter().filter(|h| h.post_id == post.id);
            let sum = by_unit.entry(post.org_id).or_default();
            sum.0 += post.headcount;
            sum.1 += count_holders(of_post, today);
        }
    }
    Ok(by_unit)
}

fn by_id(rows: Vec<LoadRow>) -> HashMap<Uuid, LoadRow> {
    rows.into_iter().map(|r| (r.id, r)).collect()
}

/// What the database counted.
struct Numbers {
    users: Vec<UserRow>,
    people: HashMap<Uuid, LoadRow>,
    units: HashMap<Uuid, LoadRow>,
    calls: Vec<CallsRow>,
    away: Vec<Uuid>,
    posts: HashMap<Uuid, (i64, i64)>,
}

impl Numbers {
    fn callers_in(&self, path: &OrgPath) -> Vec<Uuid> {
        let calls = |u: &&UserRow| {
            u.active && u.roles.iter().any(|r| r.is_caller()) && path.contains(&u.org_path)
        };
        self.users.iter().filter(calls).map(|u| u.id.0).collect()
    }

    fn of(&self, unit: &Unit, all: &[Unit]) -> Staffing {
        // A head office at the root sees the whole company as a user, but lies at its own path.
        let path = &unit.org.path;
        let below: Vec<Uuid> = all
            .iter()
            .filter(|u| path.contains(&u.org.path))
            .map(|u| u.org.id.0)
            .collect();
        let is_root = unit.org.parent.is_none();
        let callers = if is_root {
            self.callers_in(&OrgPath::from_stored("/".into()))
        } else {
            self.callers_in(path)
        };
        let sum = |of: &HashMap<Uuid, LoadRow>, ids: &[Uuid], n: fn(&LoadRow) -> i64| {
            ids.iter().filter_map(|id| of.get(id)).map(n).sum::<i64>()
        };
        let posts = |n: fn(&(i64, i64)) -> i64| {
            below
                .iter()
                .filter_map(|id| self.posts.get(id))
                .map(n)
                .sum::<i64>()
        };
        let calls = self.calls.iter().filter(|c| callers.contains(&c.caller));
        let (made, days) = calls.fold((0, 0), |(m, d), c| (m + c.calls, d + c.days));
        let calls_a_day = (days > 0).then(|| made * 10 / days);
        let away = callers.iter().filter(|c| self.away.contains(c)).count();
        let away = i64::try_from(away).unwrap_or(0);
        let here = i64::try_from(callers.len()).unwrap_or(0) - away;
        let (due, waiting_due) = (
            sum(&self.people, &callers, |r| r.due),
            sum(&self.units, &below, |r| r.due),
        );
        let days_of_work = calls_a_day
            .filter(|pace| *pace > 0 && here > 0)
            .map(|pace| due * 100 / (pace * here));
        Staffing {
            planned: posts(|p| p.0),
            held: posts(|p| p.1),
            callers: here + away,
            away,
            open: sum(&self.people, &callers, |r| r.open),
            due,
            waiting: sum(&self.units, &below, |r| r.open),
            waiting_due,
            calls_a_day,
            days_of_work,
            unit: unit.clone(),
        }
    }

    fn to_move_up(&self, unit: &Unit, today: NaiveDate) -> Option<ToMoveUp> {
        let level = OrgLevel::parse(&unit.org.level).ok()?;
        let own = |u: &&UserRow| u.org_path == unit.org.path;
        let own: Vec<_> = self.users.iter().filter(own).map(|u| u.id.0).collect();
        let calls = self.calls.iter().filter(|c| own.contains(&c.caller));
        let calls = calls.map(|c| c.calls).sum();
        let until = unit.facts.phone_until;
        (level.phones_only_for_now() && (until.is_some() || calls > 0)).then(|| ToMoveUp {
            unit: unit.clone(),
            calls,
            is_late: calls > 0 && until.is_some_and(|day| day < today),
        })
    }
}

/// The report as a file for spreadsheets.
///
/// # Errors
/// When the actor may not.
pub async fn staffing_csv(app: &App, actor: &Actor, now: Instant) -> Result<ReportFile> {
    actor.demand(Permission::DataExport)?;
    let report = staffing(app, actor, now).await?;
    let mut file = csv::Writer::from_writer(Vec::new());
    let failed = |e: csv::Error| crate::Error::Fault(e.to_string());
    file.write_record([
        "org_code",
        "name",
        "level",
        "managing_department",
        "planned",
        "held",
        "callers",
        "away",
        "open",
        "due",
        "waiting",
        "waiting_due",
        "calls_a_day",
        "days_of_work",
        "short",
    ])
    .map_err(failed)?;
    let tenths = |n: Option<i64>| n.map_or_else(String::new, |n| format!("{}.{}", n / 10, n % 10));
    for s in &report.units {
        let facts = &s.unit.facts;
        file.write_record([
            s.unit.org.code.clone(),
            harmless(&s.unit.org.name),
            s.unit.org.level.clone(),
            harmless(facts.managing_department.as_deref().unwrap_or("")),
            s.planned.to_string(),
            s.held.to_string(),
            s.callers.to_string(),
            s.away.to_string(),
            s.open.to_string(),
            s.due.to_string(),
            s.waiting.to_string(),
            s.waiting_due.to_string(),
            tenths(s.calls_a_day),
            tenths(s.days_of_work),
            s.is_short().to_string(),
        ])
        .map_err(failed)?;
    }
    let bytes = file
        .into_inner()
        .map_err(|e| crate::Error::Fault(e.to_string()))?;
    let work = app.store().begin(now).await?;
    let rows = i64::try_from(report.units.len()).unwrap_or(i64::MAX);
    let (id, mark) =
        crate::exports::keep_marked(&work, actor, now, ("staffing", "csv"), rows).await?;
    let detail =
        serde_json::json!({ "report": "staffing", "rows": rows, "mark": mark.code.as_str() });
    let entry = store::AuditEntry::new(actor, "report.exported", "export", id).detail(detail);
    work.commit(entry).await?;
    Ok(ReportFile {
        name: format!("staffing_{}-{}.csv", time::date_in_china(now), mark.code),
        content_type: ReportFormat::Csv.content_type(),
        bytes,
    })
}
