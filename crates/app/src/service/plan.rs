//! The service plan of a customer: what the class owes in this year, what was done, what is open.

use super::customer;
use super::standard::{Entitled, Standard, Standing};
use crate::{App, Result};
use chrono::{Datelike as _, NaiveDate};
use domain::access::{Actor, Permission, Scope};
use domain::ids::CustomerId;
use domain::service::{FlagState, ItemKind, next_contact, owed_by};
use domain::time::{self, Instant};
use store::Page;
use store::customers::CustomerRow;
use store::service::{
    self as rows, ChargeRow, DoneCounts, FlagFilter, FlagRow, ItemRow, WatchFilter, WatchedRow,
};

/// Entries of the register that the page shows of each kind.
const ITEMS_SHOWN: u64 = 200;
/// Flags of one customer that are shown.
const FLAGS_SHOWN: u64 = 20;
/// Something that the class owes in a year, against what was done.
#[derive(Clone, Debug)]
pub struct Line {
    /// What, with where it is written.
    pub entitled: Entitled,
    /// In the whole year.
    pub per_year: i64,
    /// By today.
    pub owed: i64,
    /// Done.
    pub done: i64,
}

impl Line {
    /// How many are missing.
    pub fn gap(&self) -> i64 {
        (self.owed - self.done).max(0)
    }
}

/// A privilege of the class, with how often it was used this year.
#[derive(Clone, Debug)]
pub struct Privilege {
    /// What, with where it is written.
    pub entitled: Entitled,
    /// Times in a year; as often as there is an occasion when missing.
    pub per_year: Option<i64>,
    /// Times that it was used this year.
    pub used: i64,
}

impl Privilege {
    /// Whether it may be used once more.
    pub fn is_left(&self) -> bool {
        self.per_year.is_none_or(|n| self.used < n)
    }
}

/// The service plan of a customer.
#[derive(Clone, Debug)]
pub struct PlanPage {
    /// The customer.
    pub customer: CustomerRow,
    /// The risk class, as a code.
    pub risk_class: Option<String>,
    /// What the class is given.
    pub standard: Standard,
    /// Who is and was in charge, the latest first.
    pub charges: Vec<ChargeRow>,
    /// What is owed against what was done.
    pub lines: Vec<Line>,
    /// Privileges.
    pub privileges: Vec<Privilege>,
    /// By when the customer is to be spoken to again.
    pub next_contact_on: Option<NaiveDate>,
    /// What was done this year.
    pub done: DoneCounts,
    /// The register, the newest first.
    pub items: Page<ItemRow>,
    /// The customer on the watch list.
    pub watched: Option<WatchedRow>,
    /// Flags to underwriting and claims.
    pub flags: Vec<FlagRow>,
}

impl PlanPage {
    /// Who is in charge.
    pub fn in_charge(&self) -> Option<&ChargeRow> {
        self.charges.iter().find(|c| c.until_at.is_none())
    }

    /// What of the register is of some kinds.
    pub fn items_of(&self, kinds: &[ItemKind]) -> Vec<&ItemRow> {
        let all = self.items.rows.iter();
        all.filter(|i| kinds.contains(&i.kind)).collect()
    }
}

/// The service plan of a customer in sight. That someone looked is recorded.
///
/// # Errors
/// When the actor may not; [`crate::Error::NotFound`] when the customer is not in sight.
pub async fn service_plan(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
) -> Result<PlanPage> {
    let (scope, customer) = customer(app, actor, Permission::ServiceRead, customer_no).await?;
    let id = customer.id;
    let what = ("customer.service_viewed", "customer");
    crate::audit::seen(app, actor, now, what, (id.0, Some(id.0))).await?;
    let db = app.store();
    let today = time::date_in_china(now);
    let risk = rows::find_risk_codes(db, id).await?;
    let value = customer.value_class.as_deref();
    let standard = Standard::with_risk(&app.rules(), value, &risk, today);
    let done = read_done(app, &scope, id, &standard, today).await?;
    let items = rows::list_items(db, &scope, id, &[], None, ITEMS_SHOWN).await?;
    let charges = rows::list_charges(db, &scope, id).await?;
    let privileges = privileges(&standard, &items.rows, today);
    let watch = WatchFilter {
        customer: Some(id),
        ..WatchFilter::default()
    };
    let flags = FlagFilter {
        customer: Some(id),
        ..FlagFilter::default()
    };
    let next_contact_on = next(&standard, &done, &charges);
    Ok(PlanPage {
        lines: lines(&standard, &done, today),
        watched: rows::list_watched(db, &scope, &watch, 1).await?.rows.pop(),
        flags: rows::list_flags(db, &scope, &flags, FLAGS_SHOWN)
            .await?
            .rows,
        customer,
        risk_class: risk.class,
        standard,
        charges,
        privileges,
        next_contact_on,
        done,
        items,
    })
}

async fn read_done(
    app: &App,
    scope: &Scope,
    id: CustomerId,
    standard: &Standard,
    today: NaiveDate,
) -> Result<DoneCounts> {
    let since = first_of_year(today);
    let callback = standard.code("service_callbacks_programme").unwrap_or("");
    let care = standard.care_programmes();
    let reminder = standard.code("service_risk_programme").unwrap_or("");
    let of = (callback, care.as_slice(), reminder);
    Ok(rows::read_done(app.store(), scope, id, since, of).await?)
}

fn first_of_year(today: NaiveDate) -> NaiveDate {
    NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today)
}

/// The day of the next conversation: counted from the last one, or from the day on which somebody took charge.
fn next(standard: &Standard, done: &DoneCounts, charges: &[ChargeRow]) -> Option<NaiveDate> {
    let now = charges.iter().find(|c| c.until_at.is_none())?;
    let called = done.last_callback_at.and_then(time_of);
    let last = done.last_contact_on.max(called);
    let since = last.unwrap_or_else(|| time::date_in_china(now.since_at));
    next_contact(standard.times("service_contacts_per_year")?, since)
}

fn time_of(millis: i64) -> Option<NaiveDate> {
    chrono::DateTime::from_timestamp_millis(millis).map(time::date_in_china)
}

fn lines(standard: &Standard, done: &DoneCounts, today: NaiveDate) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(entitled) = standard.entitled("service_callbacks_programme") {
        // Its number and its dates come from the programme itself.
        lines.push(Line {
            entitled: entitled.clone(),
            per_year: done.callbacks_owed,
            owed: done.callbacks_owed,
            done: done.callbacks_done,
        });
    }
    let yearly = [
        ("service_contacts_per_year", done.contacts),
        ("service_care_per_year", done.care),
        ("service_visits_per_year", done.visits),
        ("service_recommendations_per_year", done.recommendations),
        ("service_risk_reminders_per_year", done.risk_reminders),
    ];
    for (id, done) in yearly {
        let Some((entitled, per_year)) = standard.entitled(id).zip(standard.times(id)) else {
            continue;
        };
        lines.push(Line {
            entitled: entitled.clone(),
            per_year,
            owed: owed_by(per_year, today),
            done,
        });
    }
    lines
}

fn privileges(standard: &Standard, items: &[ItemRow], today: NaiveDate) -> Vec<Privilege> {
    let used = |code: &str| {
        let of_year = items.iter().filter(|i| {
            i.kind == ItemKind::Privilege
                && i.subject.as_deref() == Some(code)
                && i.outcome != Some(domain::service::ItemOutcome::Dropped)
                && i.done_on.is_some_and(|on| on.year() == today.year())
        });
        i64::try_from(of_year.count()).unwrap_or(i64::MAX)
    };
    standard
        .privileges()
        .map(|entitled| Privilege {
            used: used(&entitled.code),
            per_year: match entitled.standing {
                Standing::Times(n) => Some(n),
                _ => None,
            },
            entitled: entitled.clone(),
        })
        .collect()
}

/// What the overview of a customer says of service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceSummary {
    /// Who is in charge.
    pub person: Option<String>,
    /// For which team.
    pub team: Option<String>,
    /// The class asks for somebody, and nobody is there.
    pub is_unserved: bool,
    /// By when the customer is to be spoken to again.
    pub next_contact_on: Option<NaiveDate>,
    /// Things of the year's plan that are missing by today.
    pub gaps: i64,
    /// The customer is watched.
    pub is_watched: bool,
    /// What underwriting and claims are told, as codes.
    pub flags: Vec<&'static str>,
}

/// What the overview of a customer in sight says of service; nothing without the right to see it.
///
/// # Errors
/// What the store says.
pub async fn service_summary(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer: &CustomerRow,
) -> Result<Option<ServiceSummary>> {
    let Ok(scope) = actor.scope(Permission::ServiceRead) else {
        return Ok(None);
    };
    let db = app.store();
    let id = customer.id;
    let today = time::date_in_china(now);
    let risk = rows::find_risk_codes(db, id).await?;
    let value = customer.value_class.as_deref();
    let standard = Standard::with_risk(&app.rules(), value, &risk, today);
    let done = read_done(app, &scope, id, &standard, today).await?;
    let charges = rows::list_charges(db, &scope, id).await?;
    let watch = WatchFilter {
        customer: Some(id),
        open: Some(true),
        ..WatchFilter::default()
    };
    let holding = FlagFilter {
        customer: Some(id),
        states: vec![FlagState::Raised, FlagState::WithdrawalAsked],
        ..FlagFilter::default()
    };
    let mut flags: Vec<_> = rows::list_flags(db, &scope, &holding, FLAGS_SHOWN)
        .await?
        .rows
        .into_iter()
        .map(|f| f.flag.as_str())
        .collect();
    flags.sort_unstable();
    flags.dedup();
    let next_contact_on = next(&standard, &done, &charges);
    let in_charge = charges.into_iter().find(|c| c.until_at.is_none());
    Ok(Some(ServiceSummary {
        is_unserved: in_charge.is_none() && standard.needs_person(),
        team: in_charge.as_ref().and_then(|c| c.team_name.clone()),
        person: in_charge.map(|c| c.user_name),
        next_contact_on,
        gaps: lines(&standard, &done, today).iter().map(Line::gap).sum(),
        is_watched: !rows::list_watched(db, &scope, &watch, 1)
            .await?
            .rows
            .is_empty(),
        flags,
    }))
}
