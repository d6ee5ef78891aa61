//! The clocks of stored records, and why each is kept until its day.

use super::schedule::{Source, term};
use crate::rules::Rules;
use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Scope};
use domain::policies::PolicyStatus;
use domain::retention::{Clocks, Held, Kept, RecordKind, Start, Term};
use domain::time::{self, Instant};
use store::retention::{
    HoldRow, KeptCustomer, KeptPolicy, KeptRecord, Wanted, Whose, list_kept_customers,
    list_kept_policies, load_active_holds,
};

/// Policies of one customer that are looked at; groups have more, and stay until they are fewer.
const POLICIES_MAX: i64 = 5_000;

/// When the contract ended.
fn contract_end(policy: &KeptPolicy, today: NaiveDate) -> Start {
    let status = PolicyStatus::parse(&policy.status).ok();
    let expired = policy.expiry_date.filter(|day| *day < today);
    let told = match status {
        Some(PolicyStatus::InForce | PolicyStatus::Grace | PolicyStatus::Lapsed) => {
            return expired.map_or(Start::Open, Start::On);
        }
        Some(PolicyStatus::Expired | PolicyStatus::Terminated) => policy.ended_on.or(expired),
        _ => policy.ended_on,
    };
    told.map_or(Start::Undated, Start::On)
}

fn known(day: Option<NaiveDate>) -> Start {
    day.map_or(Start::Never, Start::On)
}

/// The clocks of the records of a policy. Open work is a dispute that goes on.
pub(super) fn clocks_of_policy(policy: &KeptPolicy, today: NaiveDate) -> Clocks {
    let closed = known(policy.last_closed_at.map(time::date_in_china));
    let open = policy.open_tickets + policy.open_callbacks + policy.open_claims > 0;
    Clocks {
        contract_end: contract_end(policy, today),
        relationship_end: Start::Never,
        last_transaction: known(policy.last_payment_on),
        dispute_end: if open { Start::Open } else { closed },
        case_closed: if policy.open_tickets > 0 {
            Start::Open
        } else {
            closed
        },
        made: Start::Never,
    }
}

/// The clocks of the identity data of a customer.
pub(super) fn clocks_of_customer(
    customer: &KeptCustomer,
    policies: &[KeptPolicy],
    today: NaiveDate,
) -> Clocks {
    let mut clocks = Clocks {
        last_transaction: known(customer.last_payment_on),
        dispute_end: known(customer.last_closed_at.map(time::date_in_china)),
        ..Clocks::default()
    };
    for policy in policies {
        let own = clocks_of_policy(policy, today);
        clocks.relationship_end = clocks.relationship_end.later(own.contract_end);
        clocks.last_transaction = clocks.last_transaction.later(own.last_transaction);
        clocks.dispute_end = clocks.dispute_end.later(own.dispute_end);
    }
    if customer.open_work > 0 {
        clocks.relationship_end = Start::Open;
    }
    clocks
}

/// Kinds of records that there are of a policy, in the order in which they go.
pub(super) fn kinds_of_policy(policy: &KeptPolicy) -> Vec<RecordKind> {
    let there = |kind: &RecordKind| match kind {
        RecordKind::CallbackRecording => policy.recordings.callbacks > 0,
        RecordKind::ClarificationRecording => policy.recordings.clarifications > 0,
        RecordKind::VisitQuestionnaire => policy.recordings.questionnaires > 0,
        RecordKind::Document => policy.recordings.documents > 0,
        RecordKind::Ticket => policy.tickets > 0,
        RecordKind::CallbackRecord => policy.callbacks > 0,
        RecordKind::PolicyRecord => !policy.is_destroyed,
        _ => false,
    };
    RecordKind::OF_A_POLICY.into_iter().filter(there).collect()
}

/// What holds look at of a policy.
pub(super) fn held_policy<'h>(policy: &'h KeptPolicy, today: NaiveDate) -> Held<'h> {
    Held {
        customers: &policy.parties,
        policy: Some(policy.id),
        org: &policy.org_path,
        began_on: Some(policy.effective_date.unwrap_or(policy.issue_date)),
        ended_on: contract_end(policy, today).day(),
    }
}

/// The holds that keep something.
pub(super) fn covering<'h>(holds: &'h [HoldRow], held: &Held<'_>) -> Vec<&'h HoldRow> {
    holds.iter().filter(|h| h.hold.covers(held)).collect()
}

/// Everything that decides whether the data of a customer may go.
pub(super) struct CustomerCase {
    pub(super) customer: KeptCustomer,
    pub(super) policies: Vec<KeptPolicy>,
    pub(super) term: Term<Source>,
}

/// Reads a customer in sight with every policy, whoever's units they are of.
pub(super) async fn customer_case(
    app: &App,
    db: &impl store::Reads,
    scope: &Scope,
    id: domain::ids::CustomerId,
    today: NaiveDate,
) -> Result<Option<CustomerCase>> {
    let found = list_kept_customers(db, scope, &Whose::One(id), 1).await?;
    let Some(customer) = found.into_iter().next() else {
        return Ok(None);
    };
    let whole = Actor::system().scope(Permission::RetentionManage)?;
    let policies = list_kept_policies(db, &whole, &Wanted::Of(id), POLICIES_MAX).await?;
    let clocks = clocks_of_customer(&customer, &policies, today);
    let term = term(&app.rules(), RecordKind::Identity, None, &clocks, today);
    Ok(Some(CustomerCase {
        customer,
        policies,
        term,
    }))
}

impl CustomerCase {
    /// Why the identity data stays, as a code; nothing when it may go. `gone` says which policies
    /// count as destroyed.
    pub(super) fn stays(
        &self,
        holds: &[HoldRow],
        today: NaiveDate,
        gone: &dyn Fn(&KeptPolicy) -> bool,
    ) -> Option<&'static str> {
        let customers = [self.customer.id];
        let held = Held {
            customers: &customers,
            policy: None,
            org: &self.customer.org_path,
            began_on: None,
            ended_on: None,
        };
        let is_held = holds.iter().any(|h| {
            h.hold.covers(&held)
                || self
                    .policies
                    .iter()
                    .any(|p| h.hold.covers(&held_policy(p, today)))
        });
        if self.customer.is_erased {
            Some("already_gone")
        } else if is_held {
            Some("held")
        } else if self.customer.open_work > 0 {
            Some("open_work")
        } else if !self.policies.iter().all(gone) {
            Some("records_left")
        } else if self.term.is_over(today) || self.is_free() {
            None
        } else {
            Some("term_running")
        }
    }

    /// No term was ever set going, and the person asked for deletion.
    fn is_free(&self) -> bool {
        self.policies.is_empty()
            && self.customer.is_erasure_asked
            && self.term.kept() == Kept::NoBasis
    }
}

/// A kind of record of a policy with its term.
#[derive(Clone, Debug)]
pub struct RecordTerm {
    /// What.
    pub kind: RecordKind,
    /// Every basis and the longest.
    pub term: Term<Source>,
}

/// Why the records of a policy are kept, each until its day.
#[derive(Clone, Debug)]
pub struct PolicyTerms {
    /// The policy.
    pub policy: KeptPolicy,
    /// Its clocks.
    pub clocks: Clocks,
    /// Records that are there.
    pub records: Vec<RecordTerm>,
    /// Identity data of the policyholder.
    pub identity: Option<Term<Source>>,
    /// Holds that keep all of it.
    pub holds: Vec<HoldRow>,
}

/// Explains the terms of a policy in sight.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when the policy is not in sight.
pub async fn policy_terms(
    app: &App,
    actor: &Actor,
    now: Instant,
    policy_no: &str,
) -> Result<PolicyTerms> {
    let scope = actor.scope(Permission::RetentionManage)?;
    let today = time::date_in_china(now);
    let wanted = Wanted::Numbered(policy_no.to_owned());
    let found = list_kept_policies(app.store(), &scope, &wanted, 1).await?;
    let policy = found.into_iter().next().ok_or(Error::NotFound)?;
    let rules = app.rules();
    let clocks = clocks_of_policy(&policy, today);
    let records = kinds_of_policy(&policy).into_iter().map(|kind| RecordTerm {
        kind,
        term: record_term(&rules, kind, &policy, today),
    });
    let records = records.collect();
    let case = customer_case(app, app.store(), &scope, policy.holder, today).await?;
    let holds = load_active_holds(app.store()).await?;
    let holds = covering(&holds, &held_policy(&policy, today));
    Ok(PolicyTerms {
        holds: holds.into_iter().cloned().collect(),
        identity: case.filter(|c| !c.customer.is_erased).map(|c| c.term),
        clocks,
        records,
        policy,
    })
}

/// What holds look at of a record with a term of its own.
pub(super) fn held_record(record: &KeptRecord) -> Held<'_> {
    Held {
        customers: &record.customers,
        policy: None,
        org: &record.org_path,
        began_on: Some(record.made_on),
        ended_on: Some(record.made_on),
    }
}

/// The term of a record that counts from the day on which it was made.
pub(super) fn made_term(
    rules: &Rules,
    kind: RecordKind,
    made_on: NaiveDate,
    today: NaiveDate,
) -> Term<Source> {
    let clocks = Clocks {
        made: Start::On(made_on),
        ..Clocks::default()
    };
    term(rules, kind, None, &clocks, today)
}

/// The term of one kind of record of a policy.
pub(super) fn record_term(
    rules: &Rules,
    kind: RecordKind,
    policy: &KeptPolicy,
    today: NaiveDate,
) -> Term<Source> {
    let clocks = clocks_of_policy(policy, today);
    term(rules, kind, Some(policy), &clocks, today)
}
