//! Finding what is past its term and under no hold, and putting it into a batch.

use super::schedule::{Source, earliest_end, latest_made};
use super::terms::{
    covering, customer_case, held_policy, held_record, kinds_of_policy, made_term, record_term,
};
use crate::{App, Error, Refusal, Result};
use chrono::{Datelike as _, NaiveDate};
use domain::access::{Actor, Permission, Scope};
use domain::ids::{CustomerId, PolicyId};
use domain::numbers::NumberKind;
use domain::retention::{BatchState, RecordKind, Term};
use domain::time::{self, Instant};
use std::collections::{BTreeSet, HashSet};
use store::obligations::take_number;
use store::retention::{
    self as rows, HoldRow, KeptPolicy, NewBatch, NewItem, Wanted, WhichRecords, Whose,
    list_kept_customers, list_kept_policies, list_kept_records,
};
use store::{AuditActor, AuditEntry};
use uuid::Uuid;

/// Items of one batch; what is left comes with the next.
const ITEMS_MAX: usize = 5_000;
/// Rows that are read at once.
const READ_ROWS: i64 = 500;

struct Search<'s> {
    app: &'s App,
    scope: Scope,
    holds: Vec<HoldRow>,
    today: NaiveDate,
    items: Vec<NewItem>,
    /// Policies that are gone when the batch is carried out.
    going: HashSet<PolicyId>,
    /// Customers who may have nothing left then.
    leaving: BTreeSet<CustomerId>,
}

/// Looks for what may be destroyed, in the actor's unit and below, and proposes it; the batch's number.
///
/// # Errors
/// When the actor may not; [`Error::Refused`] when another batch is open, or nothing is due.
pub async fn propose(app: &App, actor: &Actor, now: Instant) -> Result<String> {
    let scope = actor.scope(Permission::RetentionManage)?;
    let today = time::date_in_china(now);
    let open = rows::list_batches(app.store(), &scope, None, 50).await?;
    let is_open = |s| {
        matches!(
            s,
            BatchState::Proposed | BatchState::Submitted | BatchState::Approved
        )
    };
    if let Some(batch) = open.rows.iter().find(|b| is_open(b.batch.state)) {
        return Err(Refusal::with("destruction-open", batch.number.clone()).into());
    }
    let mut search = Search {
        app,
        scope,
        holds: rows::load_active_holds(app.store()).await?,
        today,
        items: Vec::new(),
        going: HashSet::new(),
        leaving: BTreeSet::new(),
    };
    search.policies().await?;
    search.customers().await?;
    for kind in RecordKind::BY_RECORD {
        search.records(kind).await?;
    }
    if search.items.is_empty() {
        return Err(Refusal::new("destruction-nothing-due").into());
    }
    let org = home(app, actor).await?;
    let work = app.store().begin(now).await?;
    let number = take_number(&work, NumberKind::Destruction, today.year()).await?;
    let number = number.to_string();
    let by = AuditActor::from(actor);
    let rules = app.rules();
    let new = NewBatch {
        number: &number,
        org,
        as_of: today,
        rules_hash: rules.book().hash(),
        items: i64::try_from(search.items.len()).unwrap_or(i64::MAX),
        by: (by.id, &actor.name),
    };
    let id = rows::insert_batch(&work, &new).await?;
    rows::insert_items(&work, id, &search.items).await?;
    let detail = serde_json::json!({ "number": number, "items": search.items.len() });
    let entry = AuditEntry::new(actor, "retention.batch_proposed", "destruction", id);
    work.commit(entry.detail(detail)).await?;
    Ok(number)
}

/// The unit that a batch belongs to: the actor's, or the company's.
async fn home(app: &App, actor: &Actor) -> Result<Uuid> {
    if let Some(org) = actor.org_id {
        return Ok(org.0);
    }
    let orgs = store::orgs::load_all_orgs(app.store()).await?;
    let root = orgs.into_iter().find(|o| o.parent.is_none());
    root.map(|o| o.id.0).ok_or(Error::NotFound)
}

impl Search<'_> {
    fn is_full(&self) -> bool {
        self.items.len() >= ITEMS_MAX
    }

    async fn policies(&mut self) -> Result<()> {
        let cutoff = earliest_end(&self.app.rules(), self.today);
        let mut after = None;
        while !self.is_full() {
            let wanted = Wanted::EndedBy(cutoff, after);
            let page =
                list_kept_policies(self.app.store(), &self.scope, &wanted, READ_ROWS).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id.0);
            for policy in &page {
                self.policy(policy);
            }
        }
        Ok(())
    }

    /// The records of a policy that may go; the policy itself only when nothing else is left of it.
    fn policy(&mut self, policy: &KeptPolicy) {
        if !covering(&self.holds, &held_policy(policy, self.today)).is_empty() {
            return;
        }
        let rules = self.app.rules();
        let kinds = kinds_of_policy(policy);
        let due: Vec<_> = kinds
            .iter()
            .map(|kind| (*kind, record_term(&rules, *kind, policy, self.today)))
            .filter(|(_, term)| term.is_over(self.today))
            .collect();
        let all = due.len() == kinds.len();
        for (kind, term) in due {
            if kind == RecordKind::PolicyRecord && !all {
                continue;
            }
            self.items.push(item(
                kind,
                &term,
                (Some(policy.holder), Some(policy.id), None),
                policy.org,
            ));
        }
        if all {
            self.going.insert(policy.id);
            self.leaving.extend(policy.parties.iter().copied());
        }
    }

    async fn customers(&mut self) -> Result<()> {
        let mut after = None;
        while !self.is_full() {
            let whose = Whose::Leaving(after);
            let page =
                list_kept_customers(self.app.store(), &self.scope, &whose, READ_ROWS).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id.0);
            self.leaving.extend(page.iter().map(|c| c.id));
        }
        for id in std::mem::take(&mut self.leaving) {
            if self.is_full() {
                break;
            }
            let (db, today) = (self.app.store(), self.today);
            let Some(case) = customer_case(self.app, db, &self.scope, id, today).await? else {
                continue;
            };
            let gone = |p: &KeptPolicy| p.is_destroyed || self.going.contains(&p.id);
            if case.stays(&self.holds, today, &gone).is_none() {
                let org = case.customer.org;
                self.items.push(item(
                    RecordKind::Identity,
                    &case.term,
                    (Some(id), None, None),
                    org,
                ));
            }
        }
        Ok(())
    }

    /// Records that are past the term of their own.
    async fn records(&mut self, kind: RecordKind) -> Result<()> {
        let rules = self.app.rules();
        let cutoff = latest_made(&rules, kind, self.today);
        let mut after = None;
        while !self.is_full() {
            let which = WhichRecords::MadeBy(cutoff, after);
            let page =
                list_kept_records(self.app.store(), &self.scope, kind, which, READ_ROWS).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for record in page {
                let term = made_term(&rules, kind, record.made_on, self.today);
                let held = covering(&self.holds, &held_record(&record));
                if record.is_open || !held.is_empty() || !term.is_over(self.today) {
                    continue;
                }
                let customer = match record.customers[..] {
                    [customer] if kind == RecordKind::SalesVisit => Some(customer),
                    _ => None,
                };
                let about = (customer, None, Some(record.id));
                self.items.push(item(kind, &term, about, record.org));
            }
        }
        Ok(())
    }
}

fn item(
    kind: RecordKind,
    term: &Term<Source>,
    (customer, policy, record): (Option<CustomerId>, Option<PolicyId>, Option<Uuid>),
    org: Uuid,
) -> NewItem {
    let deciding = term.deciding();
    NewItem {
        kind,
        customer,
        policy,
        record,
        org,
        started_on: deciding.and_then(|b| b.start.day()),
        kept_until: deciding.and_then(|b| b.until),
        basis: deciding.map_or_else(String::new, |b| b.source.line()),
    }
}
