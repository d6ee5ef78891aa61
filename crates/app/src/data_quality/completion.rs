//! Customers whose files are to be completed after a claim or the like (CUS-13): worked out when a customer is
//! examined, listed by the day by which it is to be done.

use super::due::DueQuery;
use super::read_rules::CompletionRules;
use crate::listing::PAGE_ROWS;
use crate::{App, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Scope};
use domain::customers::CustomerField;
use domain::information::{Occasion, completion};
use domain::time::Instant;
use std::collections::HashMap;
use store::Page;
use store::customers::{list_customers_by_id, sheet_of};
use store::data_quality::{self as rows, CompletionRow, Known, Seen, ToFollow};
use store::dialect::bulk::Bulk;
use uuid::Uuid;

/// What is to be completed of some customers.
#[derive(Debug, Default)]
pub(super) struct Completions {
    open: HashMap<Uuid, ToFollow>,
    next: HashMap<Uuid, NaiveDate>,
}

impl Completions {
    /// Reads what happened with customers and when their facts were last looked at.
    pub(super) async fn read(
        bulk: &mut Bulk,
        known: &[Known],
        rules: &CompletionRules,
        today: NaiveDate,
    ) -> Result<Self> {
        let ids: Vec<_> = known.iter().map(|k| k.id).collect();
        let happened = rows::read_events_to_follow(bulk, &ids, &rules.events).await?;
        let touched: Vec<_> = happened.keys().copied().collect();
        let seen: HashMap<Seen, NaiveDate> = rows::read_facts_seen(bulk, &touched).await?;
        let mut found = Self::default();
        for k in known {
            let Some(events) = happened.get(&k.id) else {
                continue;
            };
            let facts = rules.facts_of(k.subject.kind);
            let occasion = |(event, on): &(Uuid, NaiveDate)| Occasion {
                event: *event,
                on: *on,
                facts: facts.to_vec(),
            };
            let occasions: Vec<_> = events.iter().map(occasion).collect();
            let seen = |field| seen.get(&(k.id, field)).copied();
            if let Some(open) = completion(&occasions, seen, today) {
                let open = ToFollow {
                    by: rules.complete_by(open.since_on),
                    event: open.event,
                    facts: open.facts,
                };
                found.open.insert(k.id, open);
            }
            let ahead = events.iter().map(|(_, on)| *on).filter(|on| *on > today);
            found.next.extend(ahead.min().map(|on| (k.id, on)));
        }
        Ok(found)
    }

    /// What is to be completed of a customer.
    pub(super) fn of(&self, customer: Uuid) -> Option<&ToFollow> {
        self.open.get(&customer)
    }

    /// When an event that is known beforehand happens.
    pub(super) fn next(&self, customer: Uuid) -> Option<NaiveDate> {
        self.next.get(&customer).copied()
    }
}

/// A customer whose file is to be completed.
#[derive(Clone, Debug)]
pub struct ToComplete {
    /// The customer, the event and the day.
    pub row: CompletionRow,
    /// Facts that are not known at all.
    pub missing: Vec<CustomerField>,
    /// Facts that are known and were not confirmed since.
    pub stale: Vec<CustomerField>,
}

/// Customers whose files are to be completed, those who are due first.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_to_complete(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &DueQuery,
) -> Result<Page<ToComplete>> {
    page_to_complete(app, actor, now, query, PAGE_ROWS).await
}

/// A page of [`list_to_complete`], as systems read it.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn page_to_complete(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &DueQuery,
    limit: u64,
) -> Result<Page<ToComplete>> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let filter = query.filter(app, &scope, now).await?;
    let page = rows::list_completions(app.store(), &scope, &filter, limit).await?;
    Ok(Page {
        rows: told_apart(app, &scope, page.rows).await?,
        next: page.next,
    })
}

/// Tells facts that are not known from those that are to be confirmed.
async fn told_apart(app: &App, scope: &Scope, rows: Vec<CompletionRow>) -> Result<Vec<ToComplete>> {
    let ids: Vec<_> = rows.iter().map(|r| r.customer).collect();
    let customers = list_customers_by_id(app.store(), scope, &ids).await?;
    let sheets: HashMap<_, _> = customers.iter().map(|c| (c.id, sheet_of(c))).collect();
    let tell = |row: CompletionRow| {
        let sheet = sheets.get(&row.customer);
        let is_known = |f: &CustomerField| sheet.is_some_and(|s| s.contains_key(f));
        let (stale, missing) = row.facts.iter().copied().partition(is_known);
        ToComplete {
            row,
            missing,
            stale,
        }
    };
    Ok(rows.into_iter().map(tell).collect())
}
