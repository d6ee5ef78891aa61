//! What another set of rules would change: both sets decide every candidate, and what would become
//! of obligations is laid side by side. Nothing is written, so that nobody waits for it.

use super::batch::Batch;
use super::compare::{Decided, Key};
use super::decide::Judge;
use super::{CHUNK_POLICIES, generations, regions};
use crate::rules::Rules;
use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::time::{self, Instant};
use rules::Window;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use store::dialect::bulk::Bulk;
use store::obligations::{self as rows, ExistingObligation, QueueKind, Span};
use store::settings;
use uuid::Uuid;

/// Earliest day, due day and end of the customer's right.
pub(crate) type Dates = [Option<NaiveDate>; 3];

/// What would become of one obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fate {
    /// Its dates while it is owed.
    pub open: Option<Dates>,
    /// Why it is not owed: a reason's code.
    pub reason: Option<String>,
    /// The version that says so.
    pub pack: Uuid,
}

/// An obligation of which two sets of rules say different things.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    /// The obligation, when it exists.
    pub existing: Option<Uuid>,
    /// Programme code.
    pub programme: String,
    /// The policy, if it concerns one.
    pub policy: Option<Uuid>,
    /// The unit.
    pub org: Uuid,
    /// The day of the trigger.
    pub trigger_on: NaiveDate,
    /// By the present rules; nothing when they know of no such candidate.
    pub before: Option<Fate>,
    /// By the other rules.
    pub after: Option<Fate>,
}

/// What is asked.
pub(crate) struct Question {
    /// The other rules.
    pub rules: Arc<Rules>,
    /// Open obligations that nobody has begun move to them.
    pub redate_open: bool,
    /// Nothing after this day is looked at; today when missing.
    pub as_of: Option<NaiveDate>,
}

/// Compares, policy by policy and customer by customer, and hands over what differs.
pub(crate) async fn compare(
    app: &App,
    now: Instant,
    question: &Question,
    progress: &(dyn Fn(u64) + Sync),
    found: &mut (dyn FnMut(Vec<Difference>) + Send),
) -> Result<Window> {
    let mut bulk = app.store().bulk(now, true).await?;
    let as_of = question.as_of.unwrap_or_else(|| time::date_in_china(now));
    let stored = settings::find_setting_in_bulk(&mut bulk, settings::OBLIGATIONS_SINCE).await?;
    let since = stored.and_then(|s| s.parse().ok()).unwrap_or(as_of);
    let window = Window { since, as_of };
    if since > as_of {
        return Err(Error::invalid("as_of", "after-as-of"));
    }
    let regions = regions(&mut bulk).await?;
    let settled = super::settled(&mut bulk, window).await?;
    let present = Judge::new(&app.rules(), window, settled, regions.clone())?;
    let other = Judge::new(&question.rules, window, settled, regions)?;
    let mut looked_at = 0;
    for kind in [QueueKind::Policies, QueueKind::Customers] {
        let mut low = Uuid::nil();
        loop {
            let span = Span::Between(low, Uuid::max());
            let Some(batch) = Batch::read(&mut bulk, kind, &span, CHUNK_POLICIES).await? else {
                break;
            };
            found(chunk(&mut bulk, (&present, &other), question, &batch, &span).await?);
            looked_at += batch.len() as u64;
            progress(looked_at);
            let Some(next) = batch.last().as_u128().checked_add(1) else {
                break;
            };
            low = Uuid::from_u128(next);
        }
    }
    Ok(window)
}

async fn chunk(
    bulk: &mut Bulk,
    (present, other): (&Judge, &Judge),
    question: &Question,
    batch: &Batch,
    span: &Span<'_>,
) -> Result<Vec<Difference>> {
    let of = batch.of(span);
    let existing = rows::read_obligations(bulk, &of).await?;
    let begun = rows::read_begun(bulk, &of).await?;
    let existing: HashMap<Key, ExistingObligation> = existing
        .into_iter()
        .map(|o| ((o.planned.trigger_ref, o.planned.programme.clone()), o))
        .collect();
    let mut before = present.decide(&present.rules, batch);
    let older = |o: &ExistingObligation| o.generation < present.rules.generation();
    let kept = existing.iter().filter(|(_, o)| older(o));
    generations::keep(present, &mut before, kept, batch)?;
    let mut after = other.decide(&other.rules, batch);
    let moves = |o: &ExistingObligation| {
        question.redate_open && o.status == "open" && !begun.contains(&o.id)
    };
    let kept = existing.iter().filter(|(_, o)| !moves(o));
    generations::keep(present, &mut after, kept, batch)?;
    Ok(differences(&existing, before, after, present))
}

/// Where a candidate is: policy, unit, day of the trigger.
type Place = (Option<Uuid>, Uuid, NaiveDate);

fn differences(
    existing: &HashMap<Key, ExistingObligation>,
    before: Decided,
    after: Decided,
    judge: &Judge,
) -> Vec<Difference> {
    let mut places: BTreeMap<Key, Place> = BTreeMap::new();
    for decided in [&before, &after] {
        for (p, _) in &decided.obligations {
            let key = (p.trigger_ref, p.programme.clone());
            places.insert(key, (p.policy, p.org, p.trigger_on));
        }
        for e in &decided.exclusions {
            let key = (e.trigger_ref, e.programme.clone());
            places.insert(key, (e.policy, e.org, e.trigger_on));
        }
    }
    for (key, o) in existing {
        let p = &o.planned;
        places
            .entry(key.clone())
            .or_insert((p.policy, p.org, p.trigger_on));
    }
    let mut before = fates(existing, before, judge);
    let mut after = fates(existing, after, judge);
    let mut found = Vec::new();
    for (key, (policy, org, trigger_on)) in places {
        let (before, after) = (before.remove(&key), after.remove(&key));
        let open = |fate: &Option<Fate>| fate.as_ref().and_then(|f| f.open);
        if open(&before) != open(&after) {
            found.push(Difference {
                existing: existing.get(&key).map(|o| o.id),
                programme: key.1,
                policy,
                org,
                trigger_on,
                before,
                after,
            });
        }
    }
    found
}

/// What the planner would make of a decision, as `compare.rs` does.
fn fates(
    existing: &HashMap<Key, ExistingObligation>,
    decided: Decided,
    judge: &Judge,
) -> HashMap<Key, Fate> {
    let mut fates = HashMap::new();
    let mut spoken: HashSet<Key> = HashSet::new();
    let status = |key: &Key| existing.get(key).map(|o| o.status.as_str());
    for (p, _) in decided.obligations {
        let key = (p.trigger_ref, p.programme);
        let owed = matches!(status(&key), None | Some("open" | "cancelled"));
        let dates = [p.earliest_on, p.due_on, p.right_end_on];
        let fate = Fate {
            open: (owed && p.cancel_reason.is_none()).then_some(dates),
            reason: p.cancel_reason,
            pack: p.pack,
        };
        spoken.insert(key.clone());
        fates.insert(key, fate);
    }
    for e in decided.exclusions {
        let key = (e.trigger_ref, e.programme);
        let fate = Fate {
            open: None,
            reason: Some(e.reason_code),
            pack: e.pack,
        };
        spoken.insert(key.clone());
        fates.insert(key, fate);
    }
    for (key, o) in existing.iter().filter(|(key, _)| !spoken.contains(*key)) {
        let p = &o.planned;
        let window = judge.window;
        let inside = window.since <= p.trigger_on && p.trigger_on <= window.as_of;
        let kept =
            decided.out_of_window.contains(key) || judge.is_settled(&p.trigger_type, p.trigger_on);
        let stays = o.status == "open" && (!inside || kept);
        let fate = Fate {
            open: stays.then_some([p.earliest_on, p.due_on, p.right_end_on]),
            reason: (!stays).then(|| "trigger_reversed".to_owned()),
            pack: p.pack,
        };
        fates.insert(key.clone(), fate);
    }
    fates
}
