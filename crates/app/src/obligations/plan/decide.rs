//! What a set of rules says of policies: obligations, exclusions, and when to look again.

use super::super::facts::{self, FactIds, ImpliedEvents, Regions};
use super::compare::Decided;
use crate::rules::Rules;
use crate::{Error, Result};
use chrono::NaiveDate;
use rules::facts::EventType as EventKind;
use rules::{Facts, Outcome, Window};
use std::collections::HashMap;
use std::sync::Arc;
use store::obligations::{EventCase, PlannedExclusion, PlannedObligation, PolicyCase};
use uuid::Uuid;

/// Everything that deciding needs besides the cases.
pub(super) struct Judge {
    /// The set of rules in force.
    pub rules: Arc<Rules>,
    /// Which triggers are looked at.
    pub window: Window,
    ids: FactIds,
    implied: ImpliedEvents,
    regions: Regions,
}

impl Judge {
    pub(super) fn new(rules: &Arc<Rules>, window: Window, regions: Regions) -> Result<Self> {
        let schema = rules.book().schema();
        Ok(Self {
            ids: FactIds::find(schema).map_err(Error::Fault)?,
            implied: ImpliedEvents::find(schema).map_err(Error::Fault)?,
            rules: Arc::clone(rules),
            window,
            regions,
        })
    }

    /// What a set of rules says of some policies.
    pub(super) fn decide(
        &self,
        rules: &Rules,
        cases: &[PolicyCase],
        events: &[EventCase],
    ) -> Decided {
        let mut by_policy: HashMap<Uuid, std::ops::Range<usize>> = HashMap::new();
        let mut start = 0;
        for group in events.chunk_by(|a, b| a.policy == b.policy) {
            by_policy.insert(group[0].policy, start..start + group.len());
            start += group.len();
        }
        let mut decided = Decided::default();
        for case in cases {
            let own = by_policy
                .get(&case.id)
                .map_or(&events[..0], |range| &events[range.clone()]);
            self.decide_policy(rules, case, own, &mut decided);
        }
        decided
    }

    fn decide_policy(
        &self,
        rules: &Rules,
        case: &PolicyCase,
        events: &[EventCase],
        decided: &mut Decided,
    ) {
        let book = rules.book();
        let schema = book.schema();
        let mut facts = Facts::new(schema);
        self.ids.set_policy(&mut facts, case, &self.regions);
        self.ids.set_endings(&mut facts, case, events);
        let mut wake = facts.hide_after(schema, self.window.as_of);
        decided.looked_at += 1;
        decided.policies.insert(case.id);
        for event in self.implied.0 {
            let later = self.trigger(rules, event, (case, None), &facts, decided);
            wake = earlier(wake, later);
        }
        for event in events {
            let Some(kind) = schema.find_event(&event.kind) else {
                continue;
            };
            if self.implied.0.contains(&kind) || book.triggered_by(kind).is_empty() {
                continue;
            }
            decided.looked_at += 1;
            let mut with_event = facts.clone();
            self.ids.set_event(&mut with_event, event);
            self.ids
                .set_payee(&mut with_event, event, rules.service_items());
            let hidden = with_event.hide_after(schema, self.window.as_of);
            let later = self.trigger(rules, kind, (case, Some(event)), &with_event, decided);
            wake = earlier(earlier(wake, hidden), later);
        }
        decided
            .wakes
            .extend(wake.map(|on| (case.id, case.id, Some(on))));
    }

    /// Evaluates the programmes that an event may set off. Gives the day on which to look again.
    fn trigger(
        &self,
        rules: &Rules,
        kind: EventKind,
        (case, event): (&PolicyCase, Option<&EventCase>),
        facts: &Facts<'_>,
        decided: &mut Decided,
    ) -> Option<NaiveDate> {
        let book = rules.book();
        let trigger_ref = event.map_or(case.id, |e| e.id);
        let mut wake = None;
        for id in book.triggered_by(kind) {
            let programme = book.programme(*id);
            match book.evaluate(*id, facts, self.window) {
                Outcome::NotCandidate => {}
                Outcome::NotYet(on) => {
                    wake = earlier(wake, Some(on));
                    decided
                        .out_of_window
                        .insert((trigger_ref, programme.code.clone()));
                }
                Outcome::TooOld(_) => {
                    decided
                        .out_of_window
                        .insert((trigger_ref, programme.code.clone()));
                }
                Outcome::Excluded { trigger_on, reason } => {
                    decided.exclusions.push(PlannedExclusion {
                        programme: programme.code.clone(),
                        pack: rules.pack_id(programme),
                        trigger_type: book.schema().event(kind).name.clone(),
                        trigger_ref,
                        trigger_on,
                        customer: case.holder,
                        policy: case.id,
                        claim_no: event.and_then(|e| e.claim_no.clone()),
                        org: case.org,
                        reason_code: reason.code.clone(),
                    });
                }
                Outcome::Applies(found) => {
                    let date =
                        |name: &str| programme.find_date(name).and_then(|at| found.dates[at]);
                    let raw =
                        |name: &str| programme.find_date(name).and_then(|at| found.raw_dates[at]);
                    let planned = PlannedObligation {
                        programme: programme.code.clone(),
                        pack: rules.pack_id(programme),
                        trigger_type: book.schema().event(kind).name.clone(),
                        trigger_ref,
                        trigger_on: found.trigger_on,
                        customer: case.holder,
                        policy: case.id,
                        claim_no: event.and_then(|e| e.claim_no.clone()),
                        adjuster_code: event.and_then(|e| e.adjuster_code.clone()),
                        respondent: found.respondent.to_owned(),
                        org: case.org,
                        extract_on: date("extract"),
                        earliest_on: date("earliest"),
                        due_on: date("due"),
                        right_end_raw_on: raw("right_end"),
                        right_end_on: date("right_end"),
                        cancel_reason: found.cancelled.map(|r| r.code.clone()),
                        provisional: found.provisional,
                        facts: facts::snapshot(book.schema(), programme, facts),
                    };
                    decided.obligations.push((planned, case.language.clone()));
                }
            }
        }
        wake
    }
}

fn earlier(a: Option<NaiveDate>, b: Option<NaiveDate>) -> Option<NaiveDate> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, None) => a,
        (None, b) => b,
    }
}
