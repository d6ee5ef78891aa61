//! The customers in somebody's own charge, with what comes next.

use super::standard::Standard;
use crate::visits::person;
use crate::{App, Error, Result};
use chrono::{Datelike as _, Days, NaiveDate};
use domain::access::{Actor, Permission};
use domain::customers::Degree;
use domain::service::next_contact;
use domain::time::{self, Instant};
use std::collections::BTreeMap;
use store::service::{self as rows, MineRow, RiskCodes};

/// Customers in the charge of one person that are shown; the packs allow fewer.
const MINE_MAX: i64 = 500;

/// Which of the own customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MineView {
    /// Nothing is left out.
    All,
    /// Something falls due soon, or is late.
    Due,
    /// The risk is high, or changed, or there are early warnings.
    Risk,
    /// Tickets are open.
    Cases,
    /// A birthday comes.
    Birthdays,
    /// A policy ends.
    Expiring,
}

impl MineView {
    /// Every view with its code, in the order in which they are offered.
    pub const ALL: [(&'static str, Self); 6] = [
        ("all", Self::All),
        ("due", Self::Due),
        ("risk", Self::Risk),
        ("cases", Self::Cases),
        ("birthdays", Self::Birthdays),
        ("expiring", Self::Expiring),
    ];

    fn parse(code: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|(own, _)| *own == code).map(|(_, view)| view)
    }
}

/// Filters of the list, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MineQuery {
    /// One of the views; `all` when empty.
    pub view: String,
}

/// A customer in one's charge.
#[derive(Clone, Debug)]
pub struct Mine {
    /// The customer, with what is known.
    pub row: MineRow,
    /// The day of the last conversation or callback.
    pub last_on: Option<NaiveDate>,
    /// The day by which something is to be done: a conversation, a callback or a step.
    pub next_on: Option<NaiveDate>,
    /// The next birthday, when it comes soon.
    pub birthday_on: Option<NaiveDate>,
    /// A policy ends soon, on this day.
    pub ends_on: Option<NaiveDate>,
    /// The risk class before, as a code, when it became or ceased to be high of late.
    pub risk_was: Option<String>,
}

impl Mine {
    /// Whether somebody has to keep an eye on the risk of the customer (三（二）4).
    pub fn is_at_risk(&self) -> bool {
        is_high(self.row.risk.class.as_deref()) || self.risk_was.is_some() || self.row.warnings > 0
    }
}

fn is_high(class: Option<&str>) -> bool {
    class == Some(Degree::High.as_str())
}

/// Customers in the actor's own charge, the most urgent first.
///
/// # Errors
/// When the actor is no person or may not; when the view is not known.
pub async fn my_customers(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &MineQuery,
) -> Result<Vec<Mine>> {
    let user = person(actor)?;
    let scope = actor.scope(Permission::ServiceRead)?;
    let view = match query.view.as_str() {
        "" => MineView::All,
        code => MineView::parse(code).ok_or_else(|| Error::invalid("view", "unknown-code"))?,
    };
    let today = time::date_in_china(now);
    let rules = app.rules();
    let mut per_year: BTreeMap<(Option<&str>, RiskCodes), i64> = BTreeMap::new();
    let ahead = Standard::of(&rules, None, None, today).times("service_look_ahead_days");
    let days = Days::new(ahead.and_then(|n| u64::try_from(n).ok()).unwrap_or(0));
    let (lately, horizon) = (today - days, today + days);
    let found = rows::list_mine(app.store(), &scope, user, today, MINE_MAX).await?;
    let mut mine = Vec::with_capacity(found.len());
    for row in found {
        let class = row.value_class.map(domain::customers::ValueClass::as_str);
        let of = (class, row.risk.clone());
        let frequency = *per_year.entry(of).or_insert_with(|| {
            let standard = Standard::with_risk(&rules, class, &row.risk, today);
            standard.times("service_contacts_per_year").unwrap_or(0)
        });
        mine.push(with_days(row, frequency, today, (lately, horizon)));
    }
    mine.retain(|m| match view {
        MineView::All => true,
        MineView::Due => m.next_on.is_some_and(|on| on <= horizon),
        MineView::Risk => m.is_at_risk(),
        MineView::Cases => m.row.cases > 0,
        MineView::Birthdays => m.birthday_on.is_some(),
        MineView::Expiring => m.ends_on.is_some(),
    });
    mine.sort_by_key(|m| (m.next_on.is_none(), m.next_on, m.row.customer_no.clone()));
    Ok(mine)
}

/// What comes next of a customer. What changed from `lately` on is told, and what comes until `horizon`.
fn with_days(
    row: MineRow,
    per_year: i64,
    today: NaiveDate,
    (lately, horizon): (NaiveDate, NaiveDate),
) -> Mine {
    let called_on = row.last_callback_at.map(time::date_in_china);
    let last_on = row.last_contact_on.max(called_on);
    let since = last_on.unwrap_or_else(|| time::date_in_china(row.since_at));
    let due = [
        next_contact(per_year, since),
        row.callback_due_on,
        row.step_due_on,
    ];
    let birthday_on = row.birth_date.and_then(|born| birthday(born, today));
    let (now, was) = (row.risk.class.as_deref(), row.risk_earlier.as_deref());
    let changed = row.risk_since.is_some_and(|on| on >= lately) && is_high(now) != is_high(was);
    Mine {
        next_on: due.into_iter().flatten().min(),
        last_on,
        birthday_on: birthday_on.filter(|on| *on <= horizon),
        ends_on: row.policy_ends_on.filter(|on| *on <= horizon),
        risk_was: row.risk_earlier.clone().filter(|_| changed),
        row,
    }
}

/// The next birthday from a day on; of who was born on 29 February, the 28th in common years.
fn birthday(born: NaiveDate, from: NaiveDate) -> Option<NaiveDate> {
    let in_year = |year: i32| {
        born.with_year(year)
            .or_else(|| NaiveDate::from_ymd_opt(year, 2, 28))
    };
    let this = in_year(from.year())?;
    if this >= from {
        Some(this)
    } else {
        in_year(from.year() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::birthday;

    #[test]
    fn birthdays_come_every_year() {
        let on = |born: &str, from: &str| {
            birthday(born.parse().unwrap(), from.parse().unwrap())
                .unwrap()
                .to_string()
        };
        assert_eq!(on("1980-05-06", "2024-05-06"), "2024-05-06");
        assert_eq!(on("1980-05-06", "2024-05-07"), "2025-05-06");
        assert_eq!(on("1980-02-29", "2025-01-01"), "2025-02-28");
        assert_eq!(on("1980-02-29", "2024-02-29"), "2024-02-29");
    }
}
