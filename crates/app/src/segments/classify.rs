//! Classing customers: whoever changed, whose override ended, and from time to time everybody, because
//! classes depend on the day (age, months).
//!
//! A queue says who is to be looked at; each chunk is one transaction. Running it again changes nothing;
//! servers side by side take turns.

use super::chunk::{Looked, look};
use super::models::Models;
use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::segments::is_round_due;
use domain::time::{self, Instant};
use std::collections::BTreeSet;
use store::customers::{
    self, Derived, Span, Subject, remove_derivations, shrink_derivation, take_derivations,
};
use store::dialect::bulk::Bulk;
use store::segments::{self as rows, Whom};
use store::{AuditActor, AuditEntry, Turn, settings};
use uuid::Uuid;

/// Customers of a transaction.
const CHUNK_CUSTOMERS: i64 = 5_000;
/// Entries of the queue that are taken at once.
const CHUNK_ENTRIES: i64 = 2_000;
/// Policies or events whose customers are looked up at once.
const CHUNK_ROWS: i64 = 5_000;
/// With more spans than these it costs less to look at everybody once.
const SPANS_MAX: i64 = 16;
/// Overrides that end in one transaction.
const CHUNK_OVERRIDES: i64 = 1_000;

/// What to class.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClassifyRequest {
    /// The day for which months and ages are counted; today when missing.
    pub as_of: Option<NaiveDate>,
    /// Look at everybody, whoever changed.
    pub all: bool,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassifyReport {
    /// Customers looked at.
    pub customers: u64,
    /// Points or classes that models gave anew.
    pub scored: u64,
    /// Customers whose class in force is another.
    pub changed: u64,
    /// Classes set by hand whose last day had passed.
    pub overrides_ended: u64,
}

/// Classes customers.
///
/// # Errors
/// When the actor may not, the day lies before one for which classes were worked out, or the database
/// fails.
pub async fn classify(
    app: &App,
    actor: &Actor,
    now: Instant,
    request: ClassifyRequest,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<ClassifyReport> {
    actor.demand(Permission::PlanRun)?;
    app.refresh_rules(now).await?;
    let as_of = request.as_of.unwrap_or_else(|| time::date_in_china(now));
    let latest = rows::find_latest_change(app.store()).await?;
    if latest.is_some_and(|latest| as_of < latest) {
        return Err(Error::invalid("as_of", "before-last-classes"));
    }
    let models = Models::of(&app.rules(), as_of)?;
    let mut run = Run {
        bulk: app.store().bulk(now, false).await?,
        actor: AuditActor::from(actor),
        models,
        report: ClassifyReport::default(),
    };
    run.end_overrides().await?;
    run.begin_round(request.all).await?;
    while run.chunk().await? {
        progress(run.report.customers);
    }
    Ok(run.report)
}

/// Classes whoever waits for it; what a server does all the time.
///
/// # Errors
/// When the database fails.
pub async fn classify_waiting(app: &App, now: Instant) -> Result<ClassifyReport> {
    app.refresh_rules(now).await?;
    let today = time::date_in_china(now);
    let waits = customers::has_derivations(app.store(), Derived::Scores).await?;
    if !waits && !is_due(app, now, today).await? {
        return Ok(ClassifyReport::default());
    }
    let request = ClassifyRequest {
        as_of: rows::find_latest_change(app.store())
            .await?
            .filter(|latest| *latest > today),
        all: false,
    };
    classify(app, &Actor::system(), now, request, &|_| {}).await
}

/// Whether a round over everybody, or the end of an override, is due.
async fn is_due(app: &App, now: Instant, today: NaiveDate) -> Result<bool> {
    let last = settings::find_setting(app.store(), settings::CLASSES_ROUND).await?;
    let last = last.and_then(|d| d.parse().ok());
    let days = Models::of(&app.rules(), time::date_in_china(now))?.round_days();
    // Overrides end on the same rhythm: the first look of a day ends those of the day before.
    Ok(last != Some(today) || days.is_some_and(|days| is_round_due(last, today, days)))
}

struct Run {
    bulk: Bulk,
    actor: AuditActor,
    models: Models,
    report: ClassifyReport,
}

impl Run {
    async fn begin(&mut self) -> Result<()> {
        self.bulk.begin().await?;
        Ok(self.bulk.take_turn(Turn::Classes).await?)
    }

    async fn commit(&mut self, action: &'static str, detail: serde_json::Value) -> Result<()> {
        let entry = AuditEntry::new(self.actor.clone(), action, "customer_class", None::<Uuid>);
        Ok(self.bulk.commit(entry.detail(detail)).await?)
    }

    /// Ends what was set by hand and whose last day has passed; the customers are looked at again.
    async fn end_overrides(&mut self) -> Result<()> {
        loop {
            self.begin().await?;
            let name = self.actor.name.clone();
            let on = self.models.as_of;
            let ended =
                rows::end_past_overrides(&mut self.bulk, on, &name, CHUNK_OVERRIDES).await?;
            if ended.is_empty() {
                return Ok(self.bulk.roll_back().await?);
            }
            self.report.overrides_ended += ended.len() as u64;
            let spans: Vec<_> = ended.iter().map(|c| (*c, *c)).collect();
            customers::enqueue_derivations(&mut self.bulk, Subject::Customers, &spans).await?;
            let detail = serde_json::json!({ "ended": ended.len() });
            self.commit("classes.overrides_ended", detail).await?;
        }
    }

    /// Asks for everybody when it is time for it, or when that costs less than what waits.
    async fn begin_round(&mut self, all: bool) -> Result<()> {
        self.begin().await?;
        let last = settings::find_setting_in_bulk(&mut self.bulk, settings::CLASSES_ROUND).await?;
        let last = last.and_then(|d| d.parse().ok());
        let days = self.models.round_days();
        let as_of = self.models.as_of;
        let due = all || days.is_some_and(|days| is_round_due(last, as_of, days));
        let many = rows::count_open_spans(&mut self.bulk, SPANS_MAX + 1).await? > SPANS_MAX;
        if due || many {
            rows::forget_spans(&mut self.bulk).await?;
        }
        if !due && !many && last == Some(as_of) {
            return Ok(self.bulk.roll_back().await?);
        }
        let key = settings::CLASSES_ROUND;
        settings::put_setting_in_bulk(&mut self.bulk, key, as_of.to_string()).await?;
        let detail = serde_json::json!({ "as_of": as_of, "all": due || many });
        self.commit("classes.round", detail).await
    }

    /// Works off one span, or as many entries for single rows as there are. Says whether there was anything.
    async fn chunk(&mut self) -> Result<bool> {
        self.begin().await?;
        let worked = self.work_off().await;
        match worked {
            Ok(Some(looked)) => {
                self.report.customers += looked.customers as u64;
                self.report.scored += looked.scored as u64;
                self.report.changed += looked.changed.len() as u64;
                let detail = serde_json::json!({
                    "customers": looked.customers, "scored": looked.scored, "changed": looked.changed.len(),
                });
                self.commit("classes.computed", detail).await?;
                Ok(true)
            }
            Ok(None) => {
                self.bulk.roll_back().await?;
                Ok(false)
            }
            Err(error) => {
                self.bulk.roll_back().await?;
                Err(error)
            }
        }
    }

    async fn work_off(&mut self) -> Result<Option<Looked>> {
        let entries = take_derivations(&mut self.bulk, Derived::Scores, CHUNK_ENTRIES).await?;
        let Some(first) = entries.first() else {
            return Ok(None);
        };
        let single: Vec<_> = entries
            .iter()
            .take_while(|e| e.low == e.high)
            .copied()
            .collect();
        let looked = if !single.is_empty() {
            self.singles(&single).await?
        } else if first.subject == Subject::Customers {
            self.customers(first).await?
        } else {
            self.others(first).await?
        };
        // Contacts by class follow.
        customers::follow_classes(&mut self.bulk, &looked.changed).await?;
        // So do early warnings where the risk class became high.
        customers::enqueue_derived(&mut self.bulk, Derived::RiskSignals, &looked.raised).await?;
        Ok(Some(looked))
    }

    /// Single rows, together.
    async fn singles(&mut self, entries: &[Span]) -> Result<Looked> {
        let mut found = BTreeSet::new();
        for entry in entries {
            match entry.subject {
                Subject::Customers => {
                    found.insert(entry.low);
                }
                Subject::Policies | Subject::Events => {
                    found.extend(rows::read_subjects(&mut self.bulk, entry, 1).await?.0);
                }
            }
        }
        let looked = self.list(found).await?;
        let ids: Vec<_> = entries.iter().map(|e| e.id).collect();
        remove_derivations(&mut self.bulk, Derived::Scores, &ids).await?;
        Ok(looked)
    }

    async fn list(&mut self, customers: BTreeSet<Uuid>) -> Result<Looked> {
        if customers.is_empty() {
            return Ok(Looked::default());
        }
        let whom = Whom::List(customers.into_iter().collect());
        look(&mut self.bulk, &self.models, &whom, CHUNK_CUSTOMERS).await
    }

    /// The next part of a span of customers.
    async fn customers(&mut self, span: &Span) -> Result<Looked> {
        let whom = Whom::Between(span.low, span.high);
        let looked = look(&mut self.bulk, &self.models, &whom, CHUNK_CUSTOMERS).await?;
        let full = i64::try_from(looked.customers).unwrap_or(i64::MAX) >= CHUNK_CUSTOMERS;
        self.advance(span, looked.last.filter(|_| full)).await?;
        Ok(looked)
    }

    /// The customers of the next part of a span of policies or events.
    async fn others(&mut self, span: &Span) -> Result<Looked> {
        let (found, last) = rows::read_subjects(&mut self.bulk, span, CHUNK_ROWS).await?;
        let looked = self.list(found.into_iter().collect()).await?;
        self.advance(span, last).await?;
        Ok(looked)
    }

    /// Moves the start of a span behind what was looked at, or removes it at its end.
    async fn advance(&mut self, span: &Span, last: Option<Uuid>) -> Result<()> {
        let next = last
            .and_then(|id| id.as_u128().checked_add(1))
            .map(Uuid::from_u128)
            .filter(|next| *next <= span.high);
        let bulk = &mut self.bulk;
        match next {
            Some(next) => shrink_derivation(bulk, Derived::Scores, span.id, next).await?,
            None => remove_derivations(bulk, Derived::Scores, &[span.id]).await?,
        }
        Ok(())
    }
}
