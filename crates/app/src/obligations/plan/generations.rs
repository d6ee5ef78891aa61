//! Obligations keep the set of rules that they started with (GOV-04): what a later set says of them
//! is put aside, and their own set is asked instead.

use super::batch::Batch;
use super::compare::{Decided, Key};
use super::decide::Judge;
use crate::Result;
use std::collections::{BTreeMap, HashMap, HashSet};
use store::obligations::{ExistingObligation, PlannedObligation};

/// Replaces what is decided of some obligations by what their own sets of rules say, where the two
/// differ.
pub(super) fn keep<'k>(
    judge: &Judge,
    decided: &mut Decided,
    existing: impl Iterator<Item = (&'k Key, &'k ExistingObligation)>,
    batch: &Batch,
) -> Result<()> {
    let now: HashMap<Key, &PlannedObligation> = decided
        .obligations
        .iter()
        .map(|(p, _)| ((p.trigger_ref, p.programme.clone()), p))
        .collect();
    let mut older: BTreeMap<i64, Vec<&ExistingObligation>> = BTreeMap::new();
    for (key, obligation) in existing {
        let p = &obligation.planned;
        let same = now.get(key).is_some_and(|now| *now == p);
        if !same && !judge.is_settled(&p.trigger_type, p.trigger_on) {
            older
                .entry(obligation.generation)
                .or_default()
                .push(obligation);
        }
    }
    for (generation, obligations) in older {
        let rules = judge.rules.as_of(generation)?;
        let subjects: HashSet<_> = obligations
            .iter()
            .map(|o| o.planned.policy.unwrap_or(o.planned.customer))
            .collect();
        let own = judge.decide(&rules, &batch.only(&subjects));
        let keys: HashSet<Key> = obligations
            .iter()
            .map(|o| (o.planned.trigger_ref, o.planned.programme.clone()))
            .collect();
        take(decided, own, &keys);
    }
    Ok(())
}

/// Takes over what another decision says of some keys.
fn take(decided: &mut Decided, own: Decided, keys: &HashSet<Key>) {
    let has =
        |trigger: &uuid::Uuid, programme: &String| keys.contains(&(*trigger, programme.clone()));
    decided
        .obligations
        .retain(|(p, _)| !has(&p.trigger_ref, &p.programme));
    decided
        .exclusions
        .retain(|e| !has(&e.trigger_ref, &e.programme));
    decided.out_of_window.retain(|key| !keys.contains(key));
    let obligations = own.obligations.into_iter();
    decided
        .obligations
        .extend(obligations.filter(|(p, _)| has(&p.trigger_ref, &p.programme)));
    let exclusions = own.exclusions.into_iter();
    decided
        .exclusions
        .extend(exclusions.filter(|e| has(&e.trigger_ref, &e.programme)));
    let outside = own.out_of_window.into_iter();
    decided
        .out_of_window
        .extend(outside.filter(|key| keys.contains(key)));
    decided.wakes.extend(own.wakes);
}
