//! Policies and customers with what the terms of their records are computed from.

use crate::sql::{Select, instant, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::{OrgPath, Scope};
use domain::customers::PersonName;
use domain::ids::{CustomerId, PolicyId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// How many recordings and scans there are, by kind of record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recordings {
    /// Recordings of callbacks.
    pub callbacks: i64,
    /// Recordings of clarifications.
    pub clarifications: i64,
    /// Visits with their forms, and signed questionnaires.
    pub questionnaires: i64,
    /// Other scans.
    pub documents: i64,
}

/// A policy with what the terms of its records are computed from.
#[derive(Clone, Debug)]
pub struct KeptPolicy {
    /// Its id.
    pub id: PolicyId,
    /// Its number.
    pub policy_no: String,
    /// The policyholder.
    pub holder: CustomerId,
    /// Number of the policyholder.
    pub holder_no: String,
    /// Individual or group, as a code.
    pub holder_kind: String,
    /// Policyholder, insured and beneficiary.
    pub parties: Vec<CustomerId>,
    /// Unit.
    pub org: Uuid,
    /// Path of the unit.
    pub org_path: OrgPath,
    /// Line of business as a code.
    pub line: String,
    /// Class of the product as a code.
    pub product_class: String,
    /// Channel as a code.
    pub channel: String,
    /// Coverage term in months.
    pub term_months: Option<i64>,
    /// Issue date.
    pub issue_date: NaiveDate,
    /// Effective date.
    pub effective_date: Option<NaiveDate>,
    /// Expiry date.
    pub expiry_date: Option<NaiveDate>,
    /// Status as a code.
    pub status: String,
    /// When the last event happened that ended it.
    pub ended_on: Option<NaiveDate>,
    /// When the last payment was made.
    pub last_payment_on: Option<NaiveDate>,
    /// Claims that are neither settled nor paid.
    pub open_claims: i64,
    /// Callbacks whose content is there.
    pub callbacks: i64,
    /// Callbacks and visits that are not finished.
    pub open_callbacks: i64,
    /// Tickets whose content is there.
    pub tickets: i64,
    /// Tickets that are not closed.
    pub open_tickets: i64,
    /// When the last ticket was closed.
    pub last_closed_at: Option<Instant>,
    /// Recordings and scans.
    pub recordings: Recordings,
    /// The records of the policy itself were destroyed.
    pub is_destroyed: bool,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    policy_no: String,
    policyholder_id: Uuid,
    holder_no: String,
    holder_kind: String,
    insured_id: Option<Uuid>,
    beneficiary_id: Option<Uuid>,
    org_id: Uuid,
    org_path: String,
    line: String,
    product_class: String,
    channel: String,
    term_months: Option<i64>,
    issue_date: NaiveDate,
    effective_date: Option<NaiveDate>,
    expiry_date: Option<NaiveDate>,
    status: String,
    ended_on: Option<NaiveDate>,
    last_payment_on: Option<NaiveDate>,
    open_claims: i64,
    callbacks: i64,
    open_callbacks: i64,
    tickets: i64,
    open_tickets: i64,
    last_closed_at: Option<i64>,
    callback_recordings: i64,
    clarification_recordings: i64,
    questionnaires: i64,
    documents: i64,
    destroyed_at: Option<i64>,
}

/// Callbacks of the policy `p`, through the obligations, which have an index by policy.
const CALLBACKS: &str = "SELECT b.id FROM callbacks b JOIN obligations g ON g.id = b.obligation_id WHERE g.policy_id = p.id";

fn select() -> String {
    let attempts = format!("SELECT a.id FROM attempts a WHERE a.callback_id IN ({CALLBACKS})");
    let tickets = "SELECT t.id FROM tickets t WHERE t.policy_id = p.id";
    let recordings = |owners: &str, kind: &str| {
        format!("(SELECT COUNT(*) FROM recordings r WHERE r.kind = '{kind}' AND ({owners}))")
    };
    let letters = format!("SELECT l.id FROM letters l WHERE l.callback_id IN ({CALLBACKS})");
    let of_callbacks = format!(
        "r.owner_id IN ({CALLBACKS}) OR r.owner_id IN ({attempts}) OR r.owner_id IN ({letters})"
    );
    let of_tickets = format!("r.owner_id IN ({tickets})");
    let of_all = format!(
        "{of_callbacks} OR {of_tickets} OR r.owner_id IN (SELECT v.id FROM visits v WHERE v.policy_id = p.id)"
    );
    format!(
        "SELECT p.id, p.policy_no, p.policyholder_id, h.customer_no AS holder_no, h.kind AS holder_kind, p.insured_id, \
         p.beneficiary_id, p.org_id, o.path AS org_path, p.line, p.product_class, p.channel, p.term_months, \
         p.issue_date, p.effective_date, p.expiry_date, p.status, p.destroyed_at, \
         (SELECT MAX(e.occurred_on) FROM events e WHERE e.policy_id = p.id AND e.type IN \
         ('surrendered', 'cooling_off_cancelled', 'policy_expired')) AS ended_on, \
         (SELECT MAX(COALESCE(e.paid_on, e.occurred_on)) FROM events e WHERE e.policy_id = p.id AND e.type IN \
         ('claim_paid', 'service_payout', 'surrendered') AND e.amount_fen IS NOT NULL) AS last_payment_on, \
         (SELECT COUNT(*) FROM claims m WHERE m.policy_id = p.id AND m.settled_on IS NULL AND m.paid_on IS NULL) AS open_claims, \
         (SELECT COUNT(*) FROM callbacks k WHERE k.id IN ({CALLBACKS}) AND k.destroyed_at IS NULL) AS callbacks, \
         (SELECT COUNT(*) FROM callbacks k WHERE k.id IN ({CALLBACKS}) AND k.is_open) + \
         (SELECT COUNT(*) FROM visits w WHERE w.policy_id = p.id AND w.is_open) AS open_callbacks, \
         (SELECT COUNT(*) FROM tickets t WHERE t.policy_id = p.id AND t.destroyed_at IS NULL) AS tickets, \
         (SELECT COUNT(*) FROM tickets t WHERE t.policy_id = p.id AND t.is_open) AS open_tickets, \
         (SELECT MAX(t.closed_at) FROM tickets t WHERE t.policy_id = p.id) AS last_closed_at, \
         {} AS callback_recordings, {} AS clarification_recordings, {} + (SELECT COUNT(*) FROM visits v \
         WHERE v.policy_id = p.id AND v.destroyed_at IS NULL) AS questionnaires, {} AS documents \
         FROM policies p JOIN customers h ON h.id = p.policyholder_id JOIN orgs o ON o.id = p.org_id",
        recordings(&of_callbacks, "recording"),
        recordings(&of_tickets, "recording"),
        recordings(&of_all, "signed_visit_questionnaire"),
        recordings(&of_all, "document"),
    )
}

fn policy(r: Row) -> KeptPolicy {
    let mut parties = vec![CustomerId(r.policyholder_id)];
    for other in [r.insured_id, r.beneficiary_id].into_iter().flatten() {
        if !parties.contains(&CustomerId(other)) {
            parties.push(CustomerId(other));
        }
    }
    KeptPolicy {
        id: PolicyId(r.id),
        policy_no: r.policy_no,
        holder: CustomerId(r.policyholder_id),
        holder_no: r.holder_no,
        holder_kind: r.holder_kind,
        parties,
        org: r.org_id,
        org_path: OrgPath::from_stored(r.org_path),
        line: r.line,
        product_class: r.product_class,
        channel: r.channel,
        term_months: r.term_months,
        issue_date: r.issue_date,
        effective_date: r.effective_date,
        expiry_date: r.expiry_date,
        status: r.status,
        ended_on: r.ended_on,
        last_payment_on: r.last_payment_on,
        open_claims: r.open_claims,
        callbacks: r.callbacks,
        open_callbacks: r.open_callbacks,
        tickets: r.tickets,
        open_tickets: r.open_tickets,
        last_closed_at: r.last_closed_at.map(instant),
        recordings: Recordings {
            callbacks: r.callback_recordings,
            clarifications: r.clarification_recordings,
            questionnaires: r.questionnaires,
            documents: r.documents,
        },
        is_destroyed: r.destroyed_at.is_some(),
    }
}

/// Which policies.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Of which a customer is policyholder, insured or beneficiary.
    Of(CustomerId),
    /// This one.
    One(PolicyId),
    /// Of this number.
    Numbered(String),
    /// Not destroyed yet, issued and ended (or expired) by this day; ids after one.
    EndedBy(NaiveDate, Option<Uuid>),
}

/// Policies in sight, in the order of ids.
///
/// # Errors
/// What the database says.
pub async fn list_kept_policies(
    db: &impl Reads,
    scope: &Scope,
    wanted: &Wanted,
    limit: i64,
) -> Result<Vec<KeptPolicy>> {
    let mut query = Select::new(&select());
    query
        .scope(scope, "p.org_id")
        .own(scope, "p.policyholder_id");
    match wanted {
        Wanted::Of(customer) => query.filter(
            "(p.policyholder_id = ? OR p.insured_id = ? OR p.beneficiary_id = ?)",
            params![customer.0, customer.0, customer.0],
        ),
        Wanted::One(id) => query.filter("p.id = ?", params![id.0]),
        Wanted::Numbered(number) => query.filter("p.policy_no = ?", params![number.as_str()]),
        Wanted::EndedBy(day, after) => {
            query.filter(
                "p.destroyed_at IS NULL AND p.issue_date <= ? AND (p.expiry_date <= ? OR p.status NOT IN \
                 ('in_force', 'grace', 'lapsed'))",
                params![*day, *day],
            );
            match after {
                Some(after) => query.filter("p.id > ?", params![*after]),
                None => &mut query,
            }
        }
    };
    query.then("ORDER BY p.id LIMIT ?", params![limit]);
    let rows: Vec<Row> = query.list(db).await?;
    Ok(rows.into_iter().map(policy).collect())
}

/// A customer with what the term of the identity data is computed from; the policies come apart.
#[derive(Clone, Debug)]
pub struct KeptCustomer {
    /// Its id.
    pub id: CustomerId,
    /// Its number.
    pub customer_no: String,
    /// Its name, masked by its type.
    pub name: PersonName,
    /// Unit.
    pub org: Uuid,
    /// Path of the unit.
    pub org_path: OrgPath,
    /// Callbacks and tickets that are not finished.
    pub open_work: i64,
    /// When the last ticket was closed.
    pub last_closed_at: Option<Instant>,
    /// When the last payment was made that belongs to no policy.
    pub last_payment_on: Option<NaiveDate>,
    /// The data was destroyed.
    pub is_erased: bool,
    /// The data may only be stored.
    pub is_restricted: bool,
    /// The person asked for deletion and it was granted.
    pub is_erasure_asked: bool,
}

#[derive(FromQueryResult)]
struct CustomerDbRow {
    id: Uuid,
    customer_no: String,
    name: Vec<u8>,
    org_id: Uuid,
    org_path: String,
    open_work: i64,
    last_closed_at: Option<i64>,
    last_payment_on: Option<NaiveDate>,
    erased_at: Option<i64>,
    restricted_at: Option<i64>,
    erasure_asked_at: Option<i64>,
}

/// Which customers.
#[derive(Clone, Debug)]
pub enum Whose {
    /// This one.
    One(CustomerId),
    /// Those who asked for deletion, or whose policies are all destroyed; ids after one.
    Leaving(Option<Uuid>),
}

/// Customers in sight, in the order of ids.
///
/// # Errors
/// What the database says.
pub async fn list_kept_customers(
    db: &impl Reads,
    scope: &Scope,
    whose: &Whose,
    limit: i64,
) -> Result<Vec<KeptCustomer>> {
    let mut query = Select::new(
        "SELECT c.id, c.customer_no, c.name, c.org_id, o.path AS org_path, c.erased_at, c.restricted_at, c.erasure_asked_at, \
         (SELECT COUNT(*) FROM callbacks k WHERE k.customer_id = c.id AND k.is_open) + \
         (SELECT COUNT(*) FROM visits v WHERE v.customer_id = c.id AND v.is_open) + \
         (SELECT COUNT(*) FROM field_slips s WHERE s.customer_id = c.id AND s.is_open) + \
         (SELECT COUNT(*) FROM tickets t WHERE t.customer_id = c.id AND t.is_open) AS open_work, \
         (SELECT MAX(t.closed_at) FROM tickets t WHERE t.customer_id = c.id) AS last_closed_at, \
         (SELECT MAX(COALESCE(e.paid_on, e.occurred_on)) FROM events e WHERE e.customer_id = c.id AND e.policy_id IS NULL \
         AND e.amount_fen IS NOT NULL) AS last_payment_on \
         FROM customers c JOIN orgs o ON o.id = c.org_id",
    );
    query.scope_customer(scope);
    match whose {
        Whose::One(id) => query.filter("c.id = ?", params![id.0]),
        Whose::Leaving(after) => {
            query.filter(
                "c.erased_at IS NULL AND c.merged_into_id IS NULL AND (c.erasure_asked_at IS NOT NULL OR c.id IN (SELECT policyholder_id FROM policies \
                 WHERE destroyed_at IS NOT NULL UNION SELECT insured_id FROM policies WHERE destroyed_at IS NOT NULL \
                 UNION SELECT beneficiary_id FROM policies WHERE destroyed_at IS NOT NULL))",
                Vec::new(),
            );
            match after {
                Some(after) => query.filter("c.id > ?", params![*after]),
                None => &mut query,
            }
        }
    };
    query.then("ORDER BY c.id LIMIT ?", params![limit]);
    let rows: Vec<CustomerDbRow> = query.list(db).await?;
    rows.into_iter()
        .map(|r| {
            Ok(KeptCustomer {
                name: crate::customers::open_name(db.keys(), r.id, &r.name)?,
                id: CustomerId(r.id),
                customer_no: r.customer_no,
                org: r.org_id,
                org_path: OrgPath::from_stored(r.org_path),
                open_work: r.open_work,
                last_closed_at: r.last_closed_at.map(instant),
                last_payment_on: r.last_payment_on,
                is_erased: r.erased_at.is_some(),
                is_restricted: r.restricted_at.is_some(),
                is_erasure_asked: r.erasure_asked_at.is_some(),
            })
        })
        .collect()
}
