//! What a set of rules says of policies and customers: obligations, exclusions, and when to look again.

use super::super::facts::{FactIds, Implied, Regions};
use super::batch::{Batch, Cases};
use super::compare::Decided;
use super::found::{Spark, Target, exclusion, occurrence_ref, planned};
use crate::rules::Rules;
use crate::{Error, Result};
use chrono::{Days, NaiveDate};
use rules::facts::EventType as EventKind;
use rules::pack::{NOT_DRAWN, ProgrammeId, Recurrence, Rhythm, Subject};
use rules::{Facts, Outcome, Window};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use store::obligations::{CustomerCase, EventCase, PolicyCase};
use uuid::Uuid;

/// Everything that deciding needs besides the cases.
pub(super) struct Judge {
    /// The set of rules in force.
    pub rules: Arc<Rules>,
    /// Which triggers are looked at.
    pub window: Window,
    /// Periods of the calendar that ended before this day are settled: what was planned for them
    /// stays, because what is known today is not what was known then.
    pub settled: NaiveDate,
    ids: FactIds,
    implied: Implied,
    regions: Regions,
}

impl Judge {
    pub(super) fn new(
        rules: &Arc<Rules>,
        window: Window,
        settled: NaiveDate,
        regions: Regions,
    ) -> Result<Self> {
        let schema = rules.book().schema();
        Ok(Self {
            ids: FactIds::find(schema).map_err(Error::Fault)?,
            implied: Implied::find(schema).map_err(Error::Fault)?,
            rules: Arc::clone(rules),
            window,
            settled,
            regions,
        })
    }

    /// Whether any programme looks at customers beyond the events that concern them.
    pub(super) fn follows_customers(&self) -> bool {
        let book = self.rules.book();
        !book.triggered_by(self.implied.first_purchase).is_empty()
            || book.recurring().any(|(_, r)| r.of == Subject::Customer)
    }

    /// Whether what the calendar set off on a day belongs to a period that is settled.
    pub(super) fn is_settled(&self, trigger_type: &str, on: NaiveDate) -> bool {
        Recurrence::end_of(trigger_type, on).is_some_and(|end| end < self.settled)
    }

    /// What a set of rules says of a batch.
    pub(super) fn decide(&self, rules: &Rules, batch: &Batch) -> Decided {
        let mut by_subject: HashMap<Uuid, &[EventCase]> = HashMap::new();
        for group in batch.events.chunk_by(|a, b| a.subject == b.subject) {
            by_subject.insert(group[0].subject, group);
        }
        let events = |subject: &Uuid| by_subject.get(subject).copied().unwrap_or_default();
        let mut decided = Decided::default();
        match &batch.cases {
            Cases::Policies(cases) => {
                for case in cases {
                    self.decide_policy(rules, case, events(&case.id), &mut decided);
                }
            }
            Cases::Customers(cases) => {
                for case in cases {
                    self.decide_customer(rules, case, events(&case.id), &mut decided);
                }
            }
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
        let schema = rules.book().schema();
        let mut facts = Facts::new(schema);
        self.ids.set_policy(&mut facts, case, &self.regions);
        self.ids.set_endings(&mut facts, case, events);
        let mut wake = facts.hide_after(schema, self.window.as_of);
        let target = Target {
            subject: case.id,
            customer: case.holder,
            policy: Some(case.id),
            org: case.org,
            language: case.language.as_ref(),
        };
        decided.looked_at += 1;
        for event in self.implied.of_policy {
            let later = self.happened(rules, event, &target, None, &facts, decided);
            wake = earlier(wake, later);
        }
        for event in events {
            let kind = schema.find_event(&event.kind);
            let Some(kind) = kind.filter(|k| !self.implied.of_policy.contains(k)) else {
                continue;
            };
            let mut then = Cow::Borrowed(&facts);
            if let Some(closed) = FactIds::claim_closed_on(event, events) {
                self.ids.set_claim(then.to_mut(), closed);
            }
            let later = self.told(rules, (kind, event), &target, &then, decided);
            wake = earlier(wake, later);
        }
        let set = |_: &mut Facts<'_>, _: NaiveDate| {};
        let later = self.recur(rules, Subject::Policy, &target, &facts, &set, decided);
        let wake = earlier(wake, later);
        decided
            .wakes
            .extend(wake.map(|on| (case.id, case.id, Some(on))));
    }

    /// Looks at a customer: what came to pass without a policy, and what the calendar asks.
    fn decide_customer(
        &self,
        rules: &Rules,
        case: &CustomerCase,
        events: &[EventCase],
        decided: &mut Decided,
    ) {
        let schema = rules.book().schema();
        let as_of = self.window.as_of;
        let mut facts = Facts::new(schema);
        self.ids.set_profile(&mut facts, &case.profile);
        self.ids.set_region(&mut facts, self.regions.get(&case.org));
        self.ids
            .set_holdings(&mut facts, &case.policies, as_of, as_of);
        let mut wake = facts.hide_after(schema, as_of);
        let target = Target {
            subject: case.id,
            customer: case.id,
            policy: None,
            org: case.org,
            language: case.language.as_ref(),
        };
        decided.looked_at += 1;
        let first = self.implied.first_purchase;
        let later = self.happened(rules, first, &target, None, &facts, decided);
        wake = earlier(wake, later);
        for event in events {
            let kind = schema.find_event(&event.kind);
            let Some(kind) = kind.filter(|k| *k != first) else {
                continue;
            };
            let mut then = facts.clone();
            let on = event.occurred_on.unwrap_or(as_of);
            self.ids.set_holdings(&mut then, &case.policies, on, as_of);
            let later = self.told(rules, (kind, event), &target, &then, decided);
            wake = earlier(wake, later);
        }
        let set = |facts: &mut Facts<'_>, on: NaiveDate| {
            self.ids.set_holdings(facts, &case.policies, on, as_of);
        };
        let later = self.recur(rules, Subject::Customer, &target, &facts, &set, decided);
        let wake = earlier(wake, later);
        decided
            .wakes
            .extend(wake.map(|on| (case.id, case.id, Some(on))));
    }

    /// An event with facts of its own.
    fn told(
        &self,
        rules: &Rules,
        (kind, event): (EventKind, &EventCase),
        target: &Target<'_>,
        facts: &Facts<'_>,
        decided: &mut Decided,
    ) -> Option<NaiveDate> {
        if rules.book().triggered_by(kind).is_empty() {
            return None;
        }
        decided.looked_at += 1;
        let mut facts = facts.clone();
        self.ids.set_event(&mut facts, event);
        self.ids
            .set_payee(&mut facts, event, rules.all_service_items());
        let hidden = facts.hide_after(rules.book().schema(), self.window.as_of);
        let later = self.happened(rules, kind, target, Some(event), &facts, decided);
        earlier(hidden, later)
    }

    /// Evaluates the programmes that an event may set off. Gives the day on which to look again.
    fn happened(
        &self,
        rules: &Rules,
        kind: EventKind,
        target: &Target<'_>,
        event: Option<&EventCase>,
        facts: &Facts<'_>,
        decided: &mut Decided,
    ) -> Option<NaiveDate> {
        let book = rules.book();
        let spark = Spark {
            name: &book.schema().event(kind).name,
            reference: event.map_or(target.subject, |e| e.id),
            event,
        };
        let mut wake = None;
        for id in book.triggered_by(kind) {
            let later = match book.repetitions(*id, facts, self.window.as_of) {
                None => self.judge(rules, *id, (target, &spark), facts, decided),
                Some(days) => self.again(rules, *id, (target, &spark), (facts, days), decided),
            };
            wake = earlier(wake, later);
        }
        wake
    }

    /// Evaluates a programme for each of the days on which an event sets it off again.
    fn again(
        &self,
        rules: &Rules,
        id: ProgrammeId,
        (target, spark): (&Target<'_>, &Spark<'_>),
        (facts, (days, next)): (&Facts<'_>, (Vec<NaiveDate>, Option<NaiveDate>)),
        decided: &mut Decided,
    ) -> Option<NaiveDate> {
        let book = rules.book();
        let day = book.occurrence_fact()?;
        let code = &book.programme(id).code;
        let mut wake = next;
        for on in days {
            let mut then = facts.clone();
            then.set(day, Some(on));
            let spark = Spark {
                reference: occurrence_ref(spark.reference, code, on),
                ..*spark
            };
            let later = self.judge(rules, id, (target, &spark), &then, decided);
            wake = earlier(wake, later);
        }
        wake
    }

    /// Evaluates the programmes that the calendar sets off. Periods begin for everybody on the same
    /// day, so only anniversaries are waited for one by one.
    fn recur(
        &self,
        rules: &Rules,
        of: Subject,
        target: &Target<'_>,
        facts: &Facts<'_>,
        set: &dyn Fn(&mut Facts<'_>, NaiveDate),
        decided: &mut Decided,
    ) -> Option<NaiveDate> {
        let book = rules.book();
        let day = book.occurrence_fact()?;
        let mut wake = None;
        for (id, recurrence) in book.recurring().filter(|(_, r)| r.of == of) {
            let programme = book.programme(id);
            let since = recurrence.first_open(self.settled).max(self.window.since);
            let calendar = rules.calendar();
            for occurrence in recurrence.occurrences(facts, calendar, since, self.window.as_of) {
                if occurrence.until < self.settled {
                    continue;
                }
                let mut then = facts.clone();
                then.set(day, Some(occurrence.on));
                set(&mut then, occurrence.on);
                let spark = Spark {
                    name: recurrence.name(),
                    reference: occurrence_ref(target.subject, &programme.code, occurrence.on),
                    event: None,
                };
                let later = self.judge(rules, id, (target, &spark), &then, decided);
                wake = earlier(wake, later);
            }
            if let Rhythm::Anniversary { .. } = recurrence.rhythm
                && let Some(tomorrow) = self.window.as_of.checked_add_days(Days::new(1))
            {
                let next = recurrence.first(facts, calendar, tomorrow);
                wake = earlier(wake, next.map(|o| o.on));
            }
        }
        wake
    }

    fn judge(
        &self,
        rules: &Rules,
        id: ProgrammeId,
        (target, spark): (&Target<'_>, &Spark<'_>),
        facts: &Facts<'_>,
        decided: &mut Decided,
    ) -> Option<NaiveDate> {
        let book = rules.book();
        let programme = book.programme(id);
        match book.evaluate(id, facts, self.window) {
            Outcome::NotCandidate => None,
            Outcome::NotYet(on) => {
                decided
                    .out_of_window
                    .insert((spark.reference, programme.code.clone()));
                Some(on)
            }
            Outcome::TooOld(_) => {
                decided
                    .out_of_window
                    .insert((spark.reference, programme.code.clone()));
                None
            }
            Outcome::Excluded { trigger_on, reason } => {
                let excluded = exclusion(rules, id, (target, spark), trigger_on, &reason.code);
                decided.exclusions.push(excluded);
                None
            }
            Outcome::Applies(found)
                if rules.samplings().contains_key(&programme.code)
                    && !spark.event.is_some_and(|e| e.drawn) =>
            {
                let on = found.trigger_on;
                let waiting = exclusion(rules, id, (target, spark), on, NOT_DRAWN);
                decided.exclusions.push(waiting);
                None
            }
            Outcome::Applies(found) => {
                let planned = planned(rules, id, (target, spark), facts, &found);
                decided
                    .obligations
                    .push((planned, target.language.cloned()));
                None
            }
        }
    }
}

fn earlier(a: Option<NaiveDate>, b: Option<NaiveDate>) -> Option<NaiveDate> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, None) => a,
        (None, b) => b,
    }
}
