//! What follows from classes without anybody asking: persons in charge, the watch list, flags. Doing it again, or on
//! several servers, changes nothing.

use super::standard::{Standard, classes_with_flag, classes_with_person, number};
use crate::rules::Rules;
use crate::{App, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::customers::{Degree, ValueClass};
use domain::ids::CustomerId;
use domain::service::{
    ChargeEnd, ChargeWay, Charged, FlagKind, FlagSource, FlagState, WatchEnd, WatchSource, choose,
    signs,
};
use domain::time::{self, Instant};
use store::dialect::Turn;
use store::service::{self as rows, NewCharge, NewFlag, NewWatched};
use store::{Audit, AuditEntry, UnitOfWork};
use uuid::Uuid;

/// Customers of one transaction: other writers wait no longer than for these.
const PORTION: i64 = 500;
/// The setting with the day on which the register was last looked through for promising customers.
const LOOKED_ON: &str = "service.watch_looked_on";

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Customers who got somebody in charge.
    pub given: usize,
    /// Customers whose person left, or whose class asks for nobody.
    pub ended: usize,
    /// Customers who were put on the watch list.
    pub watched: usize,
    /// Watched customers who came to more.
    pub promoted: usize,
    /// Flags that were raised.
    pub raised: usize,
    /// Flags that were withdrawn.
    pub withdrawn: usize,
}

/// Brings persons in charge, the watch list and flags into line with the classes of customers.
///
/// # Errors
/// What the store says.
pub async fn keep_service(app: &App, now: Instant) -> Result<Kept> {
    app.refresh_rules(now).await?;
    let rules = app.rules();
    let today = time::date_in_china(now);
    let mut kept = Kept::default();
    kept.ended += end_charges(app, &rules, now, today).await?;
    for class in classes_with_person(&rules, today) {
        kept.given += give(app, &rules, now, class, today).await?;
    }
    kept.promoted = promote(app, now).await?;
    for flag in FlagKind::ALL.iter().copied() {
        kept.raised += raise(app, &rules, now, flag, today).await?;
        kept.withdrawn += withdraw(app, &rules, now, flag, today).await?;
    }
    kept.watched = look_for_promising(app, &rules, now, today).await?;
    Ok(kept)
}

async fn begin(app: &App, now: Instant) -> Result<UnitOfWork> {
    let work = app.store().begin(now).await?;
    work.take_turn(Turn::Service).await?;
    Ok(work)
}

/// Ends a transaction: kept with its entries, or given up where there was nothing to do.
async fn close(work: UnitOfWork, entries: Vec<AuditEntry>) -> Result<()> {
    let mut entries = entries.into_iter();
    match entries.next() {
        Some(first) => work.commit(Audit::with(first, entries)).await?,
        None => work.roll_back().await?,
    }
    Ok(())
}

fn entry(action: &'static str, customer: CustomerId) -> AuditEntry {
    let system = Actor::system();
    AuditEntry::new(&system, action, "customer", customer.0).customer(customer.0)
}

async fn end_charges(app: &App, rules: &Rules, now: Instant, today: NaiveDate) -> Result<usize> {
    let classes = classes_with_person(rules, today);
    let system = Actor::system();
    let mut ended = 0;
    loop {
        let work = begin(app, now).await?;
        let left = rows::list_vacated(&work, PORTION).await?;
        let unneeded = rows::list_unneeded_charges(&work, &classes, PORTION).await?;
        let mut audit = Vec::new();
        let left = left.into_iter().map(|c| (c, ChargeEnd::Left));
        let unneeded = unneeded.into_iter().map(|c| (c, ChargeEnd::Class));
        for (customer, cause) in left.chain(unneeded) {
            if rows::end_charge(&work, customer, cause, &system.name).await? {
                audit.push(entry("service.person_ended", customer));
            }
        }
        let count = audit.len();
        close(work, audit).await?;
        if count == 0 {
            return Ok(ended);
        }
        ended += count;
    }
}

/// Gives customers of a class who have nobody to members of the teams that serve it.
async fn give(
    app: &App,
    rules: &Rules,
    now: Instant,
    class: ValueClass,
    today: NaiveDate,
) -> Result<usize> {
    let Some(room) = number(rules, class, "service_customers_max", today) else {
        return Ok(0);
    };
    let system = Actor::system();
    let (mut given, mut after) = (0, Uuid::nil());
    loop {
        let work = begin(app, now).await?;
        let mut candidates = rows::list_candidates(&work, class).await?;
        if candidates.iter().all(|c| c.load >= room) {
            work.roll_back().await?;
            return Ok(given);
        }
        let without = rows::list_unserved(&work, class, after, PORTION).await?;
        let Some(last) = without.last() else {
            work.roll_back().await?;
            return Ok(given);
        };
        after = last.customer.0;
        let mut audit = Vec::new();
        for customer in &without {
            let wanted = Charged {
                org: &customer.org,
                language: customer.language.as_deref(),
            };
            let Some(at) = choose(wanted, &candidates, room) else {
                continue;
            };
            let chosen = candidates[at].clone();
            // A person may belong to several teams, and has one load.
            for other in candidates.iter_mut().filter(|c| c.user == chosen.user) {
                other.load += 1;
            }
            let new = NewCharge {
                customer: customer.customer,
                user: chosen.user,
                team: Some(chosen.team),
                way: ChargeWay::Automatic,
                made_name: &system.name,
            };
            rows::insert_charge(&work, &new).await?;
            audit.push(entry("service.person_set", customer.customer));
        }
        given += audit.len();
        close(work, audit).await?;
    }
}

async fn promote(app: &App, now: Instant) -> Result<usize> {
    let system = Actor::system();
    let scope = system.scope(Permission::ServiceRead)?;
    let mut promoted = 0;
    loop {
        let work = begin(app, now).await?;
        let mut audit = Vec::new();
        for (id, class) in rows::list_outgrown(&work, PORTION).await? {
            let why = (None, system.name.as_str());
            rows::end_watching(&work, id, WatchEnd::Promoted, Some(&class), why).await?;
            if let Some(row) = rows::find_watched(&work, &scope, id).await? {
                audit.push(entry("watch.promoted", row.customer));
            }
        }
        let count = audit.len();
        close(work, audit).await?;
        if count == 0 {
            return Ok(promoted);
        }
        promoted += count;
    }
}

async fn raise(
    app: &App,
    rules: &Rules,
    now: Instant,
    flag: FlagKind,
    today: NaiveDate,
) -> Result<usize> {
    let system = Actor::system();
    let mut raised = 0;
    for class in classes_with_flag(rules, flag, today) {
        let standard = Standard::of(rules, None, Some(class.as_str()), today);
        let Some(rule) = standard.flag(flag) else {
            continue;
        };
        loop {
            let work = begin(app, now).await?;
            let without = rows::list_unflagged(&work, class.as_str(), flag, PORTION).await?;
            let mut audit = Vec::new();
            for customer in without {
                let new = NewFlag {
                    customer,
                    flag,
                    source: FlagSource::Class,
                    reason: None,
                    cite: (&rule.source.pack, &rule.source.article),
                    asked_by: None,
                    asked_name: &system.name,
                };
                if rows::insert_flag(&work, &new).await?.is_some() {
                    audit.push(entry("flag.raised", customer));
                }
            }
            let count = audit.len();
            close(work, audit).await?;
            if count == 0 {
                break;
            }
            raised += count;
        }
    }
    Ok(raised)
}

async fn withdraw(
    app: &App,
    rules: &Rules,
    now: Instant,
    flag: FlagKind,
    today: NaiveDate,
) -> Result<usize> {
    let classes = classes_with_flag(rules, flag, today);
    let classes: Vec<_> = classes.into_iter().map(Degree::as_str).collect();
    let system = Actor::system();
    let scope = system.scope(Permission::ServiceRead)?;
    let mut withdrawn = 0;
    loop {
        let work = begin(app, now).await?;
        let mut audit = Vec::new();
        for id in rows::list_wrongly_flagged(&work, flag, &classes, PORTION).await? {
            let Some(row) = rows::find_flag(&work, &scope, id).await? else {
                continue;
            };
            let by = (None, system.name.as_str());
            rows::save_flag(&work, &row, FlagState::Withdrawn, by, None).await?;
            audit.push(entry("flag.withdrawn", row.customer));
        }
        let count = audit.len();
        close(work, audit).await?;
        if count == 0 {
            return Ok(withdrawn);
        }
        withdrawn += count;
    }
}

/// Looks once a day through the customers of low value who were never watched.
async fn look_for_promising(
    app: &App,
    rules: &Rules,
    now: Instant,
    today: NaiveDate,
) -> Result<usize> {
    let standard = Standard::of(rules, Some(ValueClass::Low.as_str()), None, today);
    let Some(least) = standard.times("service_watch_signs") else {
        return Ok(0);
    };
    let least = usize::try_from(least).unwrap_or(usize::MAX);
    let looked = store::settings::find_setting(app.store(), LOOKED_ON).await?;
    if looked.as_deref() == Some(today.to_string().as_str()) {
        return Ok(0);
    }
    let thresholds = standard.thresholds();
    let system = Actor::system();
    let (mut watched, mut after) = (0, Uuid::nil());
    loop {
        let work = begin(app, now).await?;
        let found = rows::list_promising(&work, after, today, PORTION).await?;
        let mut audit = Vec::new();
        let Some((last, _)) = found.last() else {
            store::settings::put_setting(&work, LOOKED_ON, &today.to_string()).await?;
            let done = AuditEntry::new(&system, "watch.looked_through", "watch_list", None);
            work.commit(done.detail(serde_json::json!({ "watched": watched })))
                .await?;
            return Ok(watched);
        };
        after = last.0;
        for (customer, potential) in &found {
            let signs = signs(*potential, thresholds);
            if signs.len() < least {
                continue;
            }
            let new = NewWatched {
                customer: *customer,
                source: WatchSource::Rule,
                signs,
                reason: None,
                owner: None,
                put_name: &system.name,
            };
            if rows::insert_watched(&work, &new).await?.is_some() {
                audit.push(entry("watch.put", *customer));
            }
        }
        watched += audit.len();
        close(work, audit).await?;
    }
}
