//! The planner: events and the calendar become obligations.
//!
//! It works off a queue of what is new, what changed and whose time has come, one transaction a
//! chunk, and compares what the rules say now with what is planned. Running it again changes
//! nothing; killing it loses at most the chunk under way, whose queue entry is still there.

mod batch;
mod compare;
mod decide;
mod found;
mod generations;
mod prepare;
pub(crate) mod preview;
mod request;
mod sample;

use crate::{App, Error, Result};
use batch::{Batch, Subjects};
use chrono::Datelike;
use compare::Chunk;
use decide::Judge;
use domain::access::{Actor, Permission};
use domain::time::{self, Instant};
use prepare::{prepare, regions, settle, settled};
pub use request::{PlanProgress, PlanReport, PlanRequest};
use rules::Window;
use std::collections::{BTreeMap, HashSet};
use store::dialect::bulk::Bulk;
use store::obligations::{self as rows, QueueEntry, QueueKind, RunSums, Span};
use store::{AuditActor, AuditEntry, Turn, settings};
use uuid::Uuid;

/// Policies, or customers, of a transaction.
const CHUNK_POLICIES: i64 = 2_000;
/// Events whose policies are looked up at once.
const CHUNK_EVENTS: i64 = 5_000;
/// Entries of the queue for single rows that are taken at once.
const CHUNK_ENTRIES: i64 = 2_000;
/// Spans of events whose policies were all looked at in the same run are passed over; beyond this
/// many the planner looks twice rather than remember more.
const REMEMBERED_SPANS_MAX: i64 = 100_000;

/// The last id that was looked at when there may be more, and what is to be recorded.
type Looked = (Option<Uuid>, Vec<AuditEntry>);

/// Plans.
///
/// # Errors
/// When the actor may not, the window is upside down, or the database fails.
pub async fn plan(
    app: &App,
    actor: &Actor,
    now: Instant,
    request: PlanRequest,
    progress: &(dyn Fn(PlanProgress) + Sync),
) -> Result<PlanReport> {
    actor.demand(Permission::PlanRun)?;
    app.refresh_rules(now).await?;
    let mut bulk = app.store().bulk(now, request.dry_run).await?;
    let today = time::date_in_china(now);
    let as_of = request.as_of.unwrap_or(today);
    let stored = settings::find_setting_in_bulk(&mut bulk, settings::OBLIGATIONS_SINCE).await?;
    let setting = stored.and_then(|s| s.parse().ok());
    let since = request.since.or(setting).unwrap_or(as_of);
    if since > as_of {
        return Err(Error::invalid("since", "after-as-of"));
    }
    let mut planner =
        Planner::new(app, actor, bulk, Window { since, as_of }, request.dry_run).await?;
    let worked = planner.work(progress).await;
    planner.finish(now, worked.as_ref().err()).await?;
    worked?;
    Ok(PlanReport {
        run: planner.run.filter(|_| !request.dry_run),
        since,
        as_of,
        sums: planner.sums,
        counts: planner
            .counts
            .into_iter()
            .map(|((p, r), n)| (p, r, n))
            .collect(),
    })
}

struct Planner {
    bulk: Bulk,
    judge: Judge,
    actor: AuditActor,
    dry_run: bool,
    /// The plan looked further ahead before: nothing that exists is taken back now.
    only_adds: bool,
    run: Option<Uuid>,
    sums: RunSums,
    counts: BTreeMap<(String, String), i64>,
    /// Spans of policies that were looked at in this run.
    seen: Vec<(Uuid, Uuid)>,
    /// Spans of events that were queued before this run began.
    queued_before: HashSet<Uuid>,
    /// Spans of customers that were.
    waiting: Vec<(Uuid, Uuid)>,
}

impl Planner {
    async fn new(
        app: &App,
        actor: &Actor,
        mut bulk: Bulk,
        window: Window,
        dry_run: bool,
    ) -> Result<Self> {
        let rules = app.rules();
        let regions = regions(&mut bulk).await?;
        let actor = AuditActor::from(actor);
        bulk.begin().await?;
        if !dry_run {
            bulk.take_turn(Turn::Planning).await?;
        }
        let prepared = prepare(&mut bulk, &rules, window).await?;
        let judge = Judge::new(&rules, window, prepared.settled, regions)?;
        let (hash, calendar) = (rules.book().hash(), rules.calendar().hash());
        let run = rows::start_extraction(
            &mut bulk,
            window.since,
            window.as_of,
            hash,
            calendar,
            &actor.name,
        )
        .await?;
        let due = rows::find_due_entries(
            &mut bulk,
            QueueKind::Events,
            window.as_of,
            REMEMBERED_SPANS_MAX,
        )
        .await?;
        let waiting = rows::find_due_entries(
            &mut bulk,
            QueueKind::Customers,
            window.as_of,
            REMEMBERED_SPANS_MAX,
        )
        .await?;
        let mut planner = Self {
            bulk,
            judge,
            actor,
            dry_run,
            only_adds: prepared.only_adds,
            run: Some(run),
            sums: RunSums::default(),
            counts: BTreeMap::new(),
            seen: Vec::new(),
            queued_before: due.into_iter().map(|e| e.id).collect(),
            waiting: waiting
                .into_iter()
                .filter(|e| e.low < e.high)
                .map(|e| (e.low, e.high))
                .collect(),
        };
        let detail = serde_json::json!({ "since": window.since, "as_of": window.as_of });
        planner
            .end_chunk("plan.started", detail, Vec::new())
            .await?;
        Ok(planner)
    }

    /// A dry run stays in one transaction, which is given up at the end. Planners of several servers take
    /// turns, chunk by chunk: a policy and an event of it may lie in different entries of the queue.
    async fn begin_chunk(&mut self) -> Result<()> {
        if self.dry_run {
            return Ok(());
        }
        self.bulk.begin().await?;
        Ok(self.bulk.take_turn(Turn::Planning).await?)
    }

    async fn end_chunk(
        &mut self,
        action: &'static str,
        detail: serde_json::Value,
        others: Vec<AuditEntry>,
    ) -> Result<()> {
        if self.dry_run {
            return Ok(());
        }
        let entry =
            AuditEntry::new(self.actor.clone(), action, "extraction_run", self.run).detail(detail);
        Ok(self.bulk.commit(store::Audit::with(entry, others)).await?)
    }

    /// Works off the queue, and again while samples are drawn from what was found.
    async fn work(&mut self, progress: &(dyn Fn(PlanProgress) + Sync)) -> Result<()> {
        loop {
            self.work_off(progress).await?;
            if self.draw().await? == 0 {
                return Ok(());
            }
        }
    }

    async fn work_off(&mut self, progress: &(dyn Fn(PlanProgress) + Sync)) -> Result<()> {
        for kind in [QueueKind::Policies, QueueKind::Events, QueueKind::Customers] {
            loop {
                self.begin_chunk().await?;
                let entries = rows::find_due_entries(
                    &mut self.bulk,
                    kind,
                    self.judge.window.as_of,
                    CHUNK_ENTRIES,
                )
                .await?;
                if entries.is_empty() {
                    self.end_chunk("plan.looked", serde_json::Value::Null, Vec::new())
                        .await?;
                    break;
                }
                let before = self.sums;
                let others = match self.chunk(kind, &entries).await {
                    Ok(others) => others,
                    Err(error) => {
                        self.bulk.roll_back().await?;
                        return Err(error);
                    }
                };
                let detail = serde_json::json!({
                    "created": self.sums.created - before.created,
                    "redated": self.sums.redated - before.redated,
                    "cancelled": self.sums.cancelled - before.cancelled,
                });
                self.end_chunk("plan.chunk", detail, others).await?;
                let positive = |n: i64| u64::try_from(n).unwrap_or(0);
                progress(PlanProgress {
                    run: self.run.filter(|_| !self.dry_run),
                    looked_at: positive(self.sums.looked_at),
                    created: positive(self.sums.created),
                });
            }
        }
        Ok(())
    }

    /// Works off one span, or as many entries for single rows as fit.
    async fn chunk(&mut self, kind: QueueKind, entries: &[QueueEntry]) -> Result<Vec<AuditEntry>> {
        let single: Vec<_> = entries
            .iter()
            .take_while(|e| e.low == e.high)
            .copied()
            .collect();
        if single.is_empty() {
            return self.span(kind, entries[0]).await;
        }
        let mut found = Subjects::default();
        match kind {
            QueueKind::Policies => found.policies.extend(single.iter().map(|e| e.low)),
            QueueKind::Customers => found.customers.extend(single.iter().map(|e| e.low)),
            QueueKind::Events => {
                for entry in &single {
                    let (low, high) = (entry.low, entry.high);
                    let subjects = rows::read_event_subjects(&mut self.bulk, low, high, 1).await?;
                    found.extend(&subjects);
                }
            }
        }
        let audit = self.look_at(found).await?;
        rows::remove_entries(&mut self.bulk, &single).await?;
        Ok(audit)
    }

    async fn span(&mut self, kind: QueueKind, entry: QueueEntry) -> Result<Vec<AuditEntry>> {
        let span = Span::Between(entry.low, entry.high);
        match kind {
            QueueKind::Policies => {
                let (last, audit) = self.policies(&span).await?;
                self.seen.push((entry.low, last.unwrap_or(entry.high)));
                self.advance(entry, last).await?;
                Ok(audit)
            }
            QueueKind::Customers => {
                let (last, audit) = self.batch(kind, &span).await?.0;
                self.advance(entry, last).await?;
                Ok(audit)
            }
            QueueKind::Events => {
                let (low, high) = (entry.low, entry.high);
                let events =
                    rows::read_event_subjects(&mut self.bulk, low, high, CHUNK_EVENTS).await?;
                let full = events.len() >= usize::try_from(CHUNK_EVENTS).unwrap_or(usize::MAX);
                let last = events.last().map(|(id, ..)| *id).filter(|_| full);
                let known = self.queued_before.contains(&entry.id);
                let mut found = Subjects::default();
                found.extend(&events);
                found.policies.retain(|p| !(known && self.is_seen(*p)));
                let audit = self.look_at(found).await?;
                self.advance(entry, last).await?;
                Ok(audit)
            }
        }
    }

    fn is_seen(&self, policy: Uuid) -> bool {
        self.seen
            .iter()
            .any(|(low, high)| *low <= policy && policy <= *high)
    }

    /// Whether the span of customers around one is looked at later in this run anyway.
    fn is_waiting(&self, customer: Uuid) -> bool {
        self.waiting
            .iter()
            .any(|(low, high)| *low <= customer && customer <= *high)
    }

    /// Moves the start of a span behind what was looked at, or removes it at its end.
    async fn advance(&mut self, entry: QueueEntry, last: Option<Uuid>) -> Result<()> {
        match last
            .and_then(|id| id.as_u128().checked_add(1))
            .map(Uuid::from_u128)
        {
            Some(next) if next <= entry.high => {
                Ok(rows::shrink_entry(&mut self.bulk, entry.id, next).await?)
            }
            _ => Ok(rows::remove_entries(&mut self.bulk, &[entry]).await?),
        }
    }

    /// Looks at single policies and customers.
    async fn look_at(&mut self, mut found: Subjects) -> Result<Vec<AuditEntry>> {
        found.policies.sort_unstable();
        found.policies.dedup();
        let mut audit = self.policies(&Span::List(&found.policies)).await?.1;
        found.customers.sort_unstable();
        found.customers.dedup();
        let span = Span::List(&found.customers);
        audit.extend(self.batch(QueueKind::Customers, &span).await?.0.1);
        Ok(audit)
    }

    /// Looks at policies with all their events, and at their holders where rules ask what customers
    /// have. Gives the last id when the span may hold more.
    async fn policies(&mut self, span: &Span<'_>) -> Result<Looked> {
        let ((last, mut audit), holders) = self.batch(QueueKind::Policies, span).await?;
        if self.judge.follows_customers() {
            let mut holders = holders;
            holders.retain(|c| !self.is_waiting(*c));
            let span = Span::List(&holders);
            audit.extend(self.batch(QueueKind::Customers, &span).await?.0.1);
        }
        Ok((last, audit))
    }

    /// Decides the subjects of a span and writes what changed. Gives the policyholders, too.
    async fn batch(&mut self, kind: QueueKind, span: &Span<'_>) -> Result<(Looked, Vec<Uuid>)> {
        let read = Batch::read(&mut self.bulk, kind, span, CHUNK_POLICIES).await?;
        let Some(batch) = read else {
            return Ok(((None, Vec::new()), Vec::new()));
        };
        let full = batch.len() >= usize::try_from(CHUNK_POLICIES).unwrap_or(usize::MAX);
        let mut decided = self.judge.decide(&self.judge.rules, &batch);
        let chunk = Chunk::load(&mut self.bulk, &batch.of(span), batch.queue()).await?;
        let present = self.judge.rules.generation();
        let older = chunk.kept().filter(|(_, o)| o.generation < present);
        generations::keep(&self.judge, &mut decided, older, &batch)?;
        let written = chunk.write(self, decided).await?;
        let run = self.run.unwrap_or_default();
        rows::add_to_extraction(&mut self.bulk, run, written.sums, &written.counts).await?;
        self.sums.add(written.sums);
        for (programme, reason, count) in written.counts {
            *self.counts.entry((programme, reason)).or_default() += count;
        }
        let more = full && matches!(span, Span::Between(..));
        let last = more.then(|| batch.last());
        Ok(((last, written.audit), batch.holders()))
    }

    /// Remembers what was planned with, and ends the run.
    async fn finish(&mut self, now: Instant, failure: Option<&Error>) -> Result<()> {
        if self.dry_run {
            return Ok(self.bulk.roll_back().await?);
        }
        let run = self.run.unwrap_or_default();
        self.bulk.begin().await?;
        if failure.is_none() {
            settle(&mut self.bulk).await?;
        }
        let error = failure.map(ToString::to_string);
        rows::finish_extraction(&mut self.bulk, run, now, error.as_deref()).await?;
        let s = self.sums;
        let detail = serde_json::json!({
            "looked_at": s.looked_at, "candidates": s.candidates, "excluded": s.excluded,
            "created": s.created, "redated": s.redated, "cancelled": s.cancelled, "failed": failure.is_some(),
        });
        self.end_chunk("plan.finished", detail, Vec::new()).await
    }

    fn year(&self) -> i32 {
        time::date_in_china(self.bulk.now()).year()
    }
}
