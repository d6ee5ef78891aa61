//! The work: rules and calendar, backups, jobs, imports, the planner.

use super::Check;
use crate::backups::overview;
use crate::{App, Result};
use chrono::Duration;
use domain::access::Actor;
use domain::doctor::{Verdict, of_calendar};
use domain::messaging::MessageChannel;
use domain::time::{self, Instant};
use store::doctor;
use store::messaging::{count_dead, count_unserved};

/// How long a job may wait before nobody seems to work.
fn patience() -> Duration {
    Duration::minutes(15)
}

/// Days after which the audit log should be verified again.
const VERIFIED_DAYS: i64 = 7;
/// Hours after which a plan is too old: the day's duties are found by a run each day.
const PLAN_HOURS: i64 = 26;

/// Packs are loaded with their tests; one that fails them does not load.
pub(super) fn rules(app: &App) -> Check {
    let rules = app.rules();
    let (packs, programmes) = (rules.book().packs().len(), rules.book().programmes().len());
    let found = if packs == 0 {
        (Verdict::Bad, "none")
    } else {
        (Verdict::Ok, "loaded")
    };
    Check::new("rules", found)
        .with("packs", &packs)
        .with("programmes", &programmes)
}

pub(super) fn calendar(app: &App, now: Instant) -> Check {
    let until = app.rules().calendar().official_until();
    let found = of_calendar(until, time::date_in_china(now));
    Check::new("calendar", found).with("year", &until.unwrap_or_default())
}

pub(super) async fn backups(app: &App, actor: &Actor, now: Instant) -> Result<Check> {
    let seen = overview(app, actor, now).await?;
    let hours = seen.age.map_or(0, |age| age.num_hours());
    let last = seen.runs.iter().find(|r| r.finished_at.is_some());
    let failed = last.is_some_and(|r| r.error.is_some());
    let wants_trial = seen.plan.as_ref().is_some_and(|p| p.verify);
    let found = match (&seen.plan, &seen.last_good) {
        (None, None) => (Verdict::Warn, "no-plan"),
        (Some(_), None) => (Verdict::Warn, "none"),
        _ if failed => (Verdict::Bad, "failed"),
        _ if seen.is_too_old => (Verdict::Bad, "too-old"),
        (Some(_), Some(_)) if wants_trial && seen.last_verified.is_none() => {
            (Verdict::Warn, "untried")
        }
        (None, Some(_)) => (Verdict::Warn, "by-hand"),
        _ => (Verdict::Ok, "fresh"),
    };
    let error = last.and_then(|r| r.error.clone()).unwrap_or_default();
    Ok(Check::new("backup", found)
        .with("hours", &hours)
        .with("error", &error))
}

pub(super) async fn jobs(app: &App, now: Instant) -> Result<Check> {
    let dead = doctor::count_dead_jobs(app.store()).await?;
    let stuck = doctor::count_stuck_jobs(app.store(), now, patience()).await?;
    let found = match (stuck, dead) {
        (0, 0) => (Verdict::Ok, "flowing"),
        (0, _) => (Verdict::Warn, "dead"),
        _ => (Verdict::Bad, "stuck"),
    };
    Ok(Check::new("jobs", found)
        .with("dead", &dead)
        .with("stuck", &stuck))
}

/// Verifying reads the whole log, so the doctor asks when it was done last.
pub(super) async fn audit(app: &App, now: Instant) -> Result<Check> {
    let Some(last) = crate::audit::last_verification(app).await? else {
        return Ok(Check::new("audit", (Verdict::Warn, "never")));
    };
    let days = (now.timestamp_millis() - last.at) / (24 * 3600 * 1000);
    let found = if last.detail["outcome"] != "clean" {
        (Verdict::Bad, "altered")
    } else if days > VERIFIED_DAYS {
        (Verdict::Warn, "old")
    } else {
        (Verdict::Ok, "clean")
    };
    Ok(Check::new("audit", found)
        .with("days", &days)
        .with("entries", &last.detail["entries"]))
}

pub(super) async fn imports(app: &App, now: Instant) -> Result<Check> {
    let silent = store::imports::count_silent_runs(app.store(), now - patience()).await?;
    let found = if silent == 0 {
        (Verdict::Ok, "ended")
    } else {
        (Verdict::Warn, "silent")
    };
    Ok(Check::new("imports", found).with("count", &silent))
}

pub(super) async fn plan(app: &App, now: Instant) -> Result<Check> {
    if !doctor::has_policies(app.store()).await? {
        return Ok(Check::new("plan", (Verdict::Info, "nothing")));
    }
    let last = doctor::find_last_plan(app.store()).await?;
    let hours = last.map(|last| (now - last).num_hours());
    let overdue = doctor::count_overdue(app.store(), time::date_in_china(now)).await?;
    let found = match hours {
        None => (Verdict::Warn, "never"),
        Some(hours) if hours > PLAN_HOURS => (Verdict::Warn, "old"),
        Some(_) => (Verdict::Ok, "fresh"),
    };
    Ok(Check::new("plan", found)
        .with("hours", &hours.unwrap_or_default())
        .with("overdue", &overdue))
}

/// The ways of messages: which are open, and whether messages wait that nobody sends.
pub(super) async fn channels(app: &App, now: Instant) -> Result<Check> {
    let outlets = app.outlets();
    let (mut unserved, mut stuck) = (0, 0);
    for channel in MessageChannel::ALL {
        let since = now - patience();
        let waiting = count_unserved(app.store(), *channel, since).await?;
        if outlets.serves(*channel) {
            stuck += waiting;
        } else {
            unserved += waiting;
        }
    }
    let open: Vec<_> = outlets.channels().iter().map(|c| c.as_str()).collect();
    let dead = count_dead(app.store()).await?;
    let found = match (unserved, stuck, dead) {
        (_, 1.., _) => (Verdict::Bad, "stuck"),
        (1.., _, _) => (Verdict::Warn, "unserved"),
        (_, _, 1..) => (Verdict::Warn, "dead"),
        _ if open.is_empty() => (Verdict::Info, "none"),
        _ => (Verdict::Ok, "open"),
    };
    Ok(Check::new("channels", found)
        .with("channels", &open.join(", "))
        .with("unserved", &unserved)
        .with("stuck", &stuck)
        .with("dead", &dead))
}
