//! What the rules say now against what is planned already.

use super::Planner;
use crate::Result;
use domain::numbers::{Number, NumberKind};
use domain::obligations::{ObligationKind, Timing};
use domain::policies::CoolingOff;
use domain::time;
use std::collections::{BTreeMap, HashMap, HashSet};
use store::AuditEntry;
use store::dialect::bulk::Bulk;
use store::obligations::{
    self as rows, ExistingObligation, NewObligation, Of, PlannedExclusion, PlannedObligation,
    QueueKind, RunSums,
};
use uuid::Uuid;

/// A trigger and a programme: what an obligation is identified by.
pub(super) type Key = (Uuid, String);

/// What the rules say of a chunk.
#[derive(Default)]
pub(super) struct Decided {
    pub looked_at: i64,
    pub obligations: Vec<(PlannedObligation, Option<String>)>,
    pub exclusions: Vec<PlannedExclusion>,
    /// Triggers outside the window: what exists for them stays as it is.
    pub out_of_window: HashSet<Key>,
    /// Subjects to look at again on a day.
    pub wakes: Vec<(Uuid, Uuid, Option<chrono::NaiveDate>)>,
}

/// What exists for a chunk.
pub(super) struct Chunk {
    obligations: HashMap<Key, ExistingObligation>,
    exclusions: HashMap<Key, (Uuid, PlannedExclusion)>,
    /// Where its subjects wait to be looked at again.
    queue: QueueKind,
}

/// What was written for a chunk.
#[derive(Default)]
pub(super) struct Written {
    pub sums: RunSums,
    pub counts: Vec<(String, String, i64)>,
    pub audit: Vec<AuditEntry>,
}

impl Chunk {
    pub(super) async fn load(bulk: &mut Bulk, of: &Of<'_>, queue: QueueKind) -> Result<Self> {
        let obligations = rows::read_obligations(bulk, of).await?;
        let exclusions = rows::read_exclusions(bulk, of).await?;
        Ok(Self {
            queue,
            obligations: obligations
                .into_iter()
                .map(|o| ((o.planned.trigger_ref, o.planned.programme.clone()), o))
                .collect(),
            exclusions: exclusions
                .into_iter()
                .map(|(id, e)| ((e.trigger_ref, e.programme.clone()), (id, e)))
                .collect(),
        })
    }

    /// What exists, by trigger and programme.
    pub(super) fn kept(&self) -> impl Iterator<Item = (&Key, &ExistingObligation)> {
        self.obligations.iter()
    }

    pub(super) async fn write(
        mut self,
        planner: &mut Planner,
        decided: Decided,
    ) -> Result<Written> {
        let mut written = Written::default();
        written.sums.looked_at = decided.looked_at;
        let mut counts: BTreeMap<(String, String), i64> = BTreeMap::new();
        let mut fresh = Vec::new();
        for (planned, language) in decided.obligations {
            written.sums.candidates += 1;
            *counts
                .entry((planned.programme.clone(), String::new()))
                .or_default() += 1;
            let key = (planned.trigger_ref, planned.programme.clone());
            match self.obligations.remove(&key) {
                None => fresh.push((planned, language)),
                Some(existing) if planner.only_adds || existing.planned == planned => {}
                Some(existing) => follow(planner, existing, planned, &mut written).await?,
            }
        }
        let mut excluded = Vec::new();
        for exclusion in decided.exclusions {
            written.sums.candidates += 1;
            written.sums.excluded += 1;
            *counts
                .entry((exclusion.programme.clone(), exclusion.reason_code.clone()))
                .or_default() += 1;
            let key = (exclusion.trigger_ref, exclusion.programme.clone());
            if let Some(existing) = self.obligations.remove(&key) {
                let reason = exclusion.reason_code.clone();
                withdraw(planner, &existing, &reason, &mut written).await?;
            }
            match self.exclusions.remove(&key) {
                Some((_, known)) if known == exclusion => {}
                Some((id, _)) => {
                    rows::delete_exclusions(&mut planner.bulk, &[id]).await?;
                    excluded.push(exclusion);
                }
                None => excluded.push(exclusion),
            }
        }
        let queue = self.queue;
        self.take_back(planner, &decided.out_of_window, &mut written)
            .await?;
        insert(planner, fresh, &mut written).await?;
        let run = planner.run.unwrap_or_default();
        rows::insert_exclusions(&mut planner.bulk, run, excluded).await?;
        rows::enqueue(&mut planner.bulk, queue, &decided.wakes).await?;
        written.counts = counts.into_iter().map(|((p, r), n)| (p, r, n)).collect();
        Ok(written)
    }

    /// What exists although no rule speaks for it any more: obligations are cancelled, exclusions
    /// forgotten.
    async fn take_back(
        self,
        planner: &mut Planner,
        out_of_window: &HashSet<Key>,
        written: &mut Written,
    ) -> Result<()> {
        if planner.only_adds {
            return Ok(());
        }
        let mut gone = Vec::new();
        let settled = |trigger: &str, on| planner.judge.is_settled(trigger, on);
        for (key, (id, e)) in &self.exclusions {
            if !out_of_window.contains(key) && !settled(&e.trigger_type, e.trigger_on) {
                gone.push(*id);
            }
        }
        gone.sort_unstable();
        rows::delete_exclusions(&mut planner.bulk, &gone).await?;
        let mut orphans: Vec<_> = self
            .obligations
            .into_iter()
            .filter(|(key, _)| !out_of_window.contains(key))
            .filter(|(_, o)| !settled(&o.planned.trigger_type, o.planned.trigger_on))
            .collect();
        orphans.sort_by_key(|(_, existing)| existing.id);
        for (_, existing) in orphans {
            // What lies outside the window was decided with another one and stays.
            let inside = planner.judge.window.since <= existing.planned.trigger_on
                && existing.planned.trigger_on <= planner.judge.window.as_of;
            if inside {
                withdraw(planner, &existing, "trigger_reversed", written).await?;
            }
        }
        Ok(())
    }
}

/// Gives an existing obligation the dates that the rules give now.
async fn follow(
    planner: &mut Planner,
    existing: ExistingObligation,
    planned: PlannedObligation,
    written: &mut Written,
) -> Result<()> {
    let id = existing.id;
    let calendar = planner.judge.rules.calendar_id();
    match (existing.status.as_str(), &planned.cancel_reason) {
        ("open", Some(reason)) => {
            let reason = reason.clone();
            rows::redate_obligation(&mut planner.bulk, id, calendar, &planned).await?;
            withdraw(planner, &existing, &reason, written).await?;
            return Ok(());
        }
        ("cancelled", None) => rows::reopen_obligation(&mut planner.bulk, id).await?,
        _ => {}
    }
    let same_dates = |a: &PlannedObligation, b: &PlannedObligation| {
        (a.earliest_on, a.due_on, a.right_end_on) == (b.earliest_on, b.due_on, b.right_end_on)
    };
    rows::redate_obligation(&mut planner.bulk, id, calendar, &planned).await?;
    if same_dates(&existing.planned, &planned) && existing.status != "cancelled" {
        return Ok(());
    }
    written.sums.redated += 1;
    if existing.status == "discharged"
        && let Some(at) = rows::completed_at(&mut planner.bulk, id).await?
    {
        let at = chrono::DateTime::from_timestamp_millis(at).unwrap_or_default();
        let rules = &planner.judge.rules;
        let start = rules
            .period_start(&planned.programme, &planned.facts)
            .or(planned.earliest_on);
        let called_on = time::date_in_china(at);
        let timing = Timing::of(called_on, start, planned.due_on);
        rows::reclass_obligation(&mut planner.bulk, id, timing.map(Timing::as_str)).await?;
        let days = rules
            .discharge_of(planned.pack, &planned.programme)?
            .deemed_days;
        let window = planned
            .due_on
            .and_then(|due| CoolingOff::deemed_window(due, called_on, days));
        if let (Some(until), Some(policy)) = (window, planned.policy) {
            rows::open_deemed_right(&mut planner.bulk, policy, until).await?;
        }
    }
    let detail = serde_json::json!({
        "programme": planned.programme,
        "due_on": [existing.planned.due_on, planned.due_on],
        "right_end_on": [existing.planned.right_end_on, planned.right_end_on],
    });
    let entry = AuditEntry::new(
        planner.actor.clone(),
        "obligation.redated",
        "obligation",
        id,
    )
    .customer(planned.customer)
    .detail(detail);
    written.audit.push(entry);
    Ok(())
}

async fn withdraw(
    planner: &mut Planner,
    existing: &ExistingObligation,
    reason: &str,
    written: &mut Written,
) -> Result<()> {
    if existing.status != "open" || planner.only_adds {
        return Ok(());
    }
    rows::cancel_obligation(&mut planner.bulk, existing.id, reason).await?;
    written.sums.cancelled += 1;
    let detail = serde_json::json!({ "programme": existing.planned.programme, "reason": reason });
    let entry = AuditEntry::new(
        planner.actor.clone(),
        "obligation.cancelled",
        "obligation",
        existing.id,
    )
    .customer(existing.planned.customer)
    .detail(detail);
    written.audit.push(entry);
    Ok(())
}

async fn insert(
    planner: &mut Planner,
    fresh: Vec<(PlannedObligation, Option<String>)>,
    written: &mut Written,
) -> Result<()> {
    if fresh.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(fresh.len()).unwrap_or(i64::MAX);
    let year = planner.year();
    let first = |kind: NumberKind, from: i64| {
        move |n: i64| Number {
            kind,
            year,
            sequence: from + n,
        }
    };
    let obligations = rows::take_numbers(
        &mut planner.bulk,
        NumberKind::Obligation.as_str(),
        year,
        count,
    )
    .await?;
    let is_callback = |p: &PlannedObligation| p.kind == ObligationKind::Callback;
    let calls = fresh.iter().filter(|(p, _)| is_callback(p)).count();
    let callbacks = match i64::try_from(calls).unwrap_or(i64::MAX) {
        0 => 0,
        calls => {
            let kind = NumberKind::Callback.as_str();
            rows::take_numbers(&mut planner.bulk, kind, year, calls).await?
        }
    };
    let obligation = first(NumberKind::Obligation, obligations);
    let callback = first(NumberKind::Callback, callbacks);
    let mut called = 0..;
    let rows_: Vec<_> = fresh
        .into_iter()
        .zip(0..)
        .map(|((planned, language), n)| {
            let call = is_callback(&planned).then(|| called.next()).flatten();
            NewObligation {
                planned,
                number: obligation(n).to_string(),
                callback_number: call.map(|n| callback(n).to_string()),
                language,
            }
        })
        .collect();
    let void = rows_
        .iter()
        .filter(|r| r.planned.cancel_reason.is_some())
        .count();
    written.sums.created += count;
    written.sums.cancelled += i64::try_from(void).unwrap_or(0);
    let run = planner.run.unwrap_or_default();
    let rules = &planner.judge.rules;
    let decided_with = (rules.calendar_id(), rules.generation());
    Ok(rows::insert_obligations(&mut planner.bulk, run, decided_with, rows_).await?)
}
