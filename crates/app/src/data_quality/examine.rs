//! Examining customers in the background: what changed, and what follows from it elsewhere.

use super::compare::{Compared, compare, holds};
use super::completion::Completions;
use super::housekeeping::keep_house;
use super::read_rules::InformationRules;
use super::score::Counted;
use crate::{App, Result};
use ::rules::RuleBook;
use chrono::NaiveDate;
use domain::access::Actor;
use domain::data_quality::{
    Aspect, Check, Examined, FindingState, Found, Placeholders, Severity, examine,
};
use domain::time::{self, Instant};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::customers::{Derived, enqueue_derived};
use store::data_quality::{self as rows, Held, HeldPolicy, KeptFinding, Known, StateRow};
use store::dialect::bulk::Bulk;
use store::{AuditEntry, Turn};
use uuid::Uuid;

/// Customers of a transaction.
const CHUNK: i64 = 2_000;

/// What was examined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Examination {
    /// Customers.
    pub customers: u64,
    /// New findings.
    pub found: u64,
    /// Findings that ended.
    pub ended: u64,
}

/// Examines what waits, chunk by chunk. Servers side by side take turns; running it again changes nothing.
///
/// # Errors
/// What the store says; the chunk under way stays in the queue.
pub async fn examine_due(
    app: &App,
    now: Instant,
    progress: &(dyn Fn(Examination) + Sync),
) -> Result<Examination> {
    app.refresh_rules(now).await?;
    let rules = app.rules();
    let today = time::date_in_china(now);
    let read = InformationRules::read(&rules, today);
    let mut bulk = app.store().bulk(now, false).await?;
    keep_house(&mut bulk, &rules, &read, today).await?;
    let frozen = bulk.keyring().has_older_index();
    let mut examiner = Examiner {
        bulk,
        book: Arc::clone(&rules),
        rules: read,
        now,
        frozen,
        sum: Examination::default(),
    };
    while examiner.step().await? {
        progress(examiner.sum);
        tokio::task::yield_now().await;
    }
    Ok(examiner.sum)
}

struct Examiner {
    bulk: Bulk,
    book: Arc<crate::rules::Rules>,
    rules: InformationRules,
    now: Instant,
    /// Keys are being exchanged: what compares customers neither appears nor ends.
    frozen: bool,
    sum: Examination,
}

impl Examiner {
    /// One chunk; whether there was one.
    async fn step(&mut self) -> Result<bool> {
        self.bulk.begin().await?;
        self.bulk.take_turn(Turn::Information).await?;
        let before = self.sum;
        match self.chunk().await {
            Ok(true) => {
                let detail = serde_json::json!({
                    "customers": self.sum.customers - before.customers,
                    "found": self.sum.found - before.found,
                    "ended": self.sum.ended - before.ended,
                });
                let actor = Actor::system();
                let entry = AuditEntry::new(&actor, "information.examined", "customer", None);
                self.bulk.commit(entry.detail(detail)).await?;
                Ok(true)
            }
            Ok(false) => {
                self.bulk.roll_back().await?;
                Ok(false)
            }
            Err(error) => {
                self.bulk.roll_back().await?;
                Err(error)
            }
        }
    }

    async fn chunk(&mut self) -> Result<bool> {
        let followed = &self.rules.completion.events;
        let taken = rows::take_customers(&mut self.bulk, followed, CHUNK).await?;
        if !taken.any {
            return Ok(false);
        }
        let ids = taken.customers;
        let bulk = &mut self.bulk;
        let placeholders = Placeholders::from(&self.rules.limits);
        let mut known = rows::read_known(bulk, &ids, placeholders).await?;
        let (held, contacts) = rows::read_held(bulk, &ids).await?;
        for k in &mut known {
            k.subject.has_contact = contacts.contains(&k.id);
            if let Some(h) = held.get(&k.id) {
                k.subject.lines.clone_from(&h.lines);
                k.subject.holder_since = h.holder_since;
                k.subject.insured_since = h.insured_since;
            }
        }
        let old = rows::read_old_states(bulk, &ids).await?;
        rows::drop_states(bulk, &ids).await?;
        let compared = compare(bulk, &known, &held, &old, &self.rules).await?;
        self.judge(&ids, &known, &held, &compared).await?;
        enqueue_derived(&mut self.bulk, Derived::Quality, &compared.outdated).await?;
        self.sum.customers += u64::try_from(known.len()).unwrap_or(0);
        Ok(true)
    }

    async fn judge(
        &mut self,
        ids: &[Uuid],
        known: &[Known],
        held: &HashMap<Uuid, Held>,
        compared: &Compared,
    ) -> Result<()> {
        let mut kept: HashMap<Uuid, Vec<KeptFinding>> = HashMap::new();
        for finding in rows::read_kept(&mut self.bulk, ids).await? {
            kept.entry(finding.customer).or_default().push(finding);
        }
        let verified = rows::read_last_verified(&mut self.bulk, ids).await?;
        let (rules, today) = (&self.rules.completion, self.rules.today);
        let completions = Completions::read(&mut self.bulk, known, rules, today).await?;
        let mut holds_before: HashMap<Uuid, Vec<(Uuid, Uuid)>> = HashMap::new();
        for (hold, policy, customer) in rows::read_holds(&mut self.bulk, ids).await? {
            holds_before
                .entry(customer)
                .or_default()
                .push((hold, policy));
        }
        let (mut states, mut new, mut ended) = (Vec::new(), Vec::new(), Vec::new());
        let (mut back, mut released) = (Vec::new(), Vec::new());
        for k in known {
            let of = held.get(&k.id);
            let around = compared.around(k, of);
            let examined = examine(&k.subject, &around, self.rules.parts(), self.rules.today);
            let agent = of.and_then(|h| h.newest.as_ref()?.1);
            let mine = kept.remove(&k.id).unwrap_or_default();
            let diff = Diff::of(&mine, &examined, self.frozen);
            let open = self.keep(&diff, k, agent).await?;
            let verified_on = verified.get(&k.id).copied();
            let state = self.state(k, of, &examined, &open, verified_on);
            let before = holds_before.remove(&k.id).unwrap_or_default();
            self.commission(k, of, &open, &before, (&mut back, &mut released));
            new.extend(diff.new.iter().map(|f| (k.id, k.org, agent, (*f).clone())));
            ended.extend(diff.ended);
            states.push(StateRow {
                mobile_households: around.mobile_households,
                address_families: around.address_families,
                email_families: around.email_families,
                holds_policies: holds(held, k.id),
                to_complete: completions.of(k.id).cloned(),
                look_again_on: earlier(state.look_again_on, completions.next(k.id)),
                ..state
            });
        }
        // Nothing is left to be said of those whose data was destroyed.
        ended.extend(kept.into_values().flatten().map(|f| f.id));
        released.extend(holds_before.into_values().flatten().map(|h| h.0));
        self.sum.found += u64::try_from(new.len()).unwrap_or(0);
        self.sum.ended += u64::try_from(ended.len()).unwrap_or(0);
        rows::insert_states(&mut self.bulk, &states).await?;
        rows::insert_findings(&mut self.bulk, &new).await?;
        rows::end_findings(&mut self.bulk, &ended).await?;
        rows::hold_back(&mut self.bulk, &back).await?;
        Ok(rows::release_holds(&mut self.bulk, &released).await?)
    }

    /// Writes what goes on; gives everything that is open.
    async fn keep(&mut self, diff: &Diff<'_>, k: &Known, agent: Option<Uuid>) -> Result<Vec<Open>> {
        let mut open: Vec<Open> = diff.new.iter().map(|f| Open::from(*f)).collect();
        for (kept, found) in &diff.same {
            let state = rows::rewrite_finding(&mut self.bulk, kept, (k.org, agent), found).await?;
            if state == FindingState::Open {
                open.push(Open::from(*found));
            }
        }
        for known in &diff.frozen {
            let about = k.subject.basis(known.field);
            rows::index_finding_anew(&mut self.bulk, known, &about).await?;
        }
        let frozen = diff.frozen.iter().filter(|f| f.state == FindingState::Open);
        open.extend(frozen.map(|f| Open {
            check: f.check,
            severity: f.severity,
        }));
        Ok(open)
    }

    fn state(
        &self,
        k: &Known,
        held: Option<&Held>,
        examined: &Examined,
        open: &[Open],
        verified_on: Option<NaiveDate>,
    ) -> StateRow {
        let count = |aspect: Aspect, severity: Severity| {
            let fits = |o: &&Open| o.check.aspect() == aspect && o.severity == severity;
            i64::try_from(open.iter().filter(fits).count()).unwrap_or(i64::MAX)
        };
        let verify_by = self.rules.verify_by(verified_on.unwrap_or(k.known_on));
        let counted = Counted {
            mandatory_missing: count(Aspect::Completeness, Severity::Block),
            wanted_missing: count(Aspect::Completeness, Severity::Hint),
            untrue: count(Aspect::Truth, Severity::Block),
            doubtful: count(Aspect::Truth, Severity::Alert),
            document_expired: open.iter().any(|o| o.check == Check::IdExpired),
            verification_overdue: verify_by < self.rules.today,
        };
        let book: &RuleBook = self.book.book();
        let (completeness, truth) = counted.points(book, &self.rules);
        let overdue_on = verify_by.succ_opt().filter(|day| *day > self.rules.today);
        let days = [examined.look_again_on, overdue_on];
        let newest = held.and_then(|h| h.newest.as_ref());
        StateRow {
            id: k.id,
            org: k.org,
            agent: newest.and_then(|n| n.1),
            channel: newest.map(|n| n.2.clone()),
            completeness,
            truth,
            mandatory_missing: counted.mandatory_missing,
            wanted_missing: counted.wanted_missing,
            untrue: counted.untrue,
            doubtful: counted.doubtful,
            document_expired: counted.document_expired,
            is_blocked: open.iter().any(|o| o.severity == Severity::Block),
            holds_policies: false,
            keys: k.keys,
            mobile_households: 0,
            address_families: 0,
            email_families: 0,
            verified_on,
            verify_by,
            to_complete: None,
            look_again_on: days.into_iter().flatten().min(),
            examined_at: self.now,
        }
    }

    /// Commission of recent policies is held back while something blocks (82号: 缓发).
    fn commission(
        &self,
        k: &Known,
        held: Option<&Held>,
        open: &[Open],
        before: &[(Uuid, Uuid)],
        (back, released): (&mut Vec<HeldPolicy>, &mut Vec<Uuid>),
    ) {
        let blocking = open.iter().filter(|o| o.severity == Severity::Block);
        let checks: HashSet<&str> = blocking.map(|o| o.check.as_str()).collect();
        if checks.is_empty() {
            released.extend(before.iter().map(|h| h.0));
            return;
        }
        let mut checks: Vec<&str> = checks.into_iter().collect();
        checks.sort_unstable();
        let from = self.rules.held_from();
        for (policy, agent, org, issued) in held.into_iter().flat_map(|h| &h.sold) {
            if *issued >= from && !before.iter().any(|h| h.1 == *policy) {
                back.push(HeldPolicy {
                    policy: *policy,
                    customer: k.id,
                    agent: *agent,
                    org: *org,
                    checks: checks.join(","),
                });
            }
        }
    }
}

/// The earlier of two days.
fn earlier(one: Option<NaiveDate>, other: Option<NaiveDate>) -> Option<NaiveDate> {
    one.into_iter().chain(other).min()
}

/// Something open.
struct Open {
    check: Check,
    severity: Severity,
}

impl From<&Found> for Open {
    fn from(found: &Found) -> Self {
        Self {
            check: found.check,
            severity: found.severity,
        }
    }
}

/// What was found now beside what was known.
struct Diff<'a> {
    new: Vec<&'a Found>,
    same: Vec<(&'a KeptFinding, &'a Found)>,
    ended: Vec<Uuid>,
    /// Stays as it is until keys are exchanged.
    frozen: Vec<&'a KeptFinding>,
}

impl<'a> Diff<'a> {
    fn of(kept: &'a [KeptFinding], examined: &'a Examined, is_frozen: bool) -> Self {
        let mut diff = Self {
            new: Vec::new(),
            same: Vec::new(),
            ended: Vec::new(),
            frozen: Vec::new(),
        };
        let is_one = |k: &KeptFinding, f: &Found| (k.check, k.field) == (f.check, f.field);
        for found in &examined.found {
            match kept.iter().find(|k| is_one(k, found)) {
                Some(_) if is_frozen && found.check.is_across() => {}
                Some(known) => diff.same.push((known, found)),
                None if is_frozen && found.check.is_across() => {}
                None => diff.new.push(found),
            }
        }
        for known in kept {
            if is_frozen && known.check.is_across() {
                diff.frozen.push(known);
            } else if !examined.found.iter().any(|f| is_one(known, f)) {
                diff.ended.push(known.id);
            }
        }
        diff
    }
}
