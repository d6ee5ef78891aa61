//! What bears on the facts of a customer: policies, claims, complaints, others with the same number, and
//! how long collected facts took to be entered.

use crate::customers::shown_name;
use crate::sealing::refresh_keys;
use crate::sql::{Select, end_of_day, instant, params, start_of_day};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::customers::{FactValue, Reveal};
use domain::ids::CustomerId;
use domain::information::Happened;
use domain::policies::{EventType, Line};
use domain::time::{self, Instant};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

/// Others with the same number who are named.
const SAME_MAX: i64 = 5;
/// Lines of one report of entries, before they are added up.
const COLLECTED_MAX: i64 = 50_000;
/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// What happened with a customer, as far as facts hang on it.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Lines of business in which the customer holds policies.
    pub lines: Vec<Line>,
    /// Issue of the first policy.
    pub first_policy_on: Option<NaiveDate>,
    /// Policies in force.
    pub in_force: i64,
    /// End of the policy that ended last.
    pub last_end_on: Option<NaiveDate>,
    /// The last complaint.
    pub complained_at: Option<Instant>,
    /// Claims that were paid, as events.
    pub claims: i64,
    /// The last of them.
    pub last_claim_on: Option<NaiveDate>,
}

impl Profile {
    /// What flags follow from.
    pub fn happened(&self) -> Happened {
        Happened {
            complained_on: self.complained_at.map(time::date_in_china),
            first_policy_on: self.first_policy_on,
            is_insured: self.in_force > 0,
            last_end_on: self.last_end_on,
        }
    }
}

#[derive(FromQueryResult)]
struct LineRow {
    line: String,
}

#[derive(FromQueryResult)]
struct PolicyRow {
    first_on: Option<NaiveDate>,
    in_force: i64,
    last_end_on: Option<NaiveDate>,
}

#[derive(FromQueryResult)]
struct ComplaintRow {
    at: Option<i64>,
}

#[derive(FromQueryResult)]
struct ClaimRow {
    n: i64,
    last_on: Option<NaiveDate>,
}

/// What happened with a customer in sight; nothing of others.
///
/// # Errors
/// What the database says.
pub async fn find_profile(db: &impl Reads, scope: &Scope, customer: CustomerId) -> Result<Profile> {
    let of = |text: &str, join: &str| {
        let mut select = Select::new(&format!("{text} JOIN customers c ON c.id = {join}"));
        select
            .scope_customer(scope)
            .filter("c.id = ?", params![customer.0]);
        select
    };
    let mut select = of("SELECT p.line FROM policies p", "p.policyholder_id");
    select.then("GROUP BY p.line", Vec::new());
    let lines: Vec<LineRow> = select.list(db).await?;
    let lines = lines.iter().map(|r| Ok(Line::parse(&r.line)?));
    let policies = of(
        "SELECT MIN(p.issue_date) AS first_on, COUNT(CASE WHEN p.status = 'in_force' THEN 1 END) AS in_force, \
         MAX(CASE WHEN p.status <> 'in_force' THEN p.expiry_date END) AS last_end_on FROM policies p",
        "p.policyholder_id",
    );
    let policies = policies.list::<PolicyRow>(db).await?.pop();
    let mut select = of(
        "SELECT MAX(t.opened_at) AS at FROM tickets t",
        "t.customer_id",
    );
    select.filter("t.type = 'complaint'", Vec::new());
    let complaint = select.list::<ComplaintRow>(db).await?.pop();
    let mut select = of(
        "SELECT COUNT(*) AS n, MAX(e.occurred_on) AS last_on FROM events e JOIN policies p ON p.id = e.policy_id",
        "p.policyholder_id",
    );
    select.filter("e.type = 'claim_paid'", Vec::new());
    let claims = select.list::<ClaimRow>(db).await?.pop();
    Ok(Profile {
        lines: lines.collect::<Result<_>>()?,
        first_policy_on: policies.as_ref().and_then(|p| p.first_on),
        in_force: policies.as_ref().map_or(0, |p| p.in_force),
        last_end_on: policies.and_then(|p| p.last_end_on),
        complained_at: complaint.and_then(|r| r.at).map(instant),
        claims: claims.as_ref().map_or(0, |c| c.n),
        last_claim_on: claims.and_then(|c| c.last_on),
    })
}

#[derive(FromQueryResult)]
struct LatestRow {
    code: String,
    on_day: NaiveDate,
}

/// When events of some kinds last happened with policies of a customer in sight, until a day.
///
/// # Errors
/// What the database says.
pub async fn list_latest_events(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
    types: &[EventType],
    until: NaiveDate,
) -> Result<Vec<(EventType, NaiveDate)>> {
    let mut select = Select::new(
        "SELECT e.type AS code, MAX(e.occurred_on) AS on_day FROM policies p JOIN events e ON e.policy_id = p.id \
         JOIN customers c ON c.id = p.policyholder_id",
    );
    let types = types.iter().map(|t| Value::from(t.as_str())).collect();
    select
        .scope_customer(scope)
        .filter("p.policyholder_id = ?", params![customer.0])
        .filter_in("e.type", types)
        .filter("e.occurred_on <= ?", params![until])
        .then("GROUP BY e.type ORDER BY e.type", Vec::new());
    let rows: Vec<LatestRow> = select.list(db).await?;
    let latest = rows.into_iter();
    latest
        .map(|r| Ok((EventType::parse(&r.code)?, r.on_day)))
        .collect()
}

#[derive(FromQueryResult)]
struct SameRow {
    id: Uuid,
    customer_no: String,
    kind: String,
    name: Vec<u8>,
}

/// Customers in sight who have the same value in a searched column, with numbers and names as lists
/// show them.
///
/// # Errors
/// What the database says.
pub async fn find_same_persons(
    db: &impl Reads,
    scope: &Scope,
    (id_no, mobile): (Option<&FactValue>, Option<&FactValue>),
) -> Result<Vec<(String, String)>> {
    refresh_keys(db).await?;
    let keys = db.keys();
    let hidden = Reveal::for_storage();
    let mut found = Vec::new();
    for (column, kind, value) in [
        ("c.id_no_index", "id_no", id_no),
        ("c.mobile_index", "mobile", mobile),
    ] {
        let Some(value) = value else { continue };
        let indexes = keys.indexes(kind, value.reveal(hidden));
        let mut select = Select::new("SELECT c.id, c.customer_no, c.kind, c.name FROM customers c");
        select
            .scope_customer(scope)
            .filter_in(column, indexes.into_iter().map(Value::from).collect())
            .then("ORDER BY c.id LIMIT ?", params![SAME_MAX]);
        for r in select.list::<SameRow>(db).await? {
            let name = shown_name(keys, r.id, &r.kind, &r.name)?;
            if !found.iter().any(|(no, _)| *no == r.customer_no) {
                found.push((r.customer_no, name));
            }
        }
    }
    Ok(found)
}

/// Facts that took equally long to be entered, for the report of entries (CUS-08).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// Name of the unit of the customer.
    pub org_name: String,
    /// Who collected them.
    pub collected_by: String,
    /// Whole days from collecting to entering.
    pub lag_days: i64,
    /// How many facts, a new customer counting as one.
    pub facts: i64,
}

#[derive(FromQueryResult)]
struct CollectedRow {
    org_name: String,
    collected_by: Option<String>,
    lag_days: i64,
    facts: i64,
}

/// Facts of customers in sight that were entered in a period, by unit, collector and days taken: new
/// customers, and every change of which it is known when it was collected.
///
/// # Errors
/// What the database says.
pub async fn list_collected(
    db: &impl Reads,
    scope: &Scope,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<Collected>> {
    let text = |table: &str, of: &str, entered: &str| {
        format!(
            "SELECT o.name AS org_name, {of}.collected_by, ({of}.{entered} - {of}.collected_at) / {DAY} AS lag_days, \
             COUNT(*) AS facts FROM {table} JOIN orgs o ON o.id = c.org_id"
        )
    };
    let customers = text("customers c", "c", "created_at");
    let changes = text(
        "record_changes r JOIN customers c ON c.id = r.entity_id",
        "r",
        "changed_at",
    );
    let mut all: Vec<CollectedRow> = Vec::new();
    for (text, of, entered) in [(customers, "c", "created_at"), (changes, "r", "changed_at")] {
        let mut select = Select::new(&text);
        select
            .scope_customer(scope)
            .filter(&format!("{of}.collected_at IS NOT NULL"), Vec::new())
            .filter(
                &format!("{of}.{entered} >= ? AND {of}.{entered} < ?"),
                params![start_of_day(from), end_of_day(to)],
            )
            .then(
                "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT ?",
                params![COLLECTED_MAX],
            );
        all.extend(select.list::<CollectedRow>(db).await?);
    }
    let row = |r: CollectedRow| Collected {
        org_name: r.org_name,
        collected_by: r.collected_by.unwrap_or_default(),
        lag_days: r.lag_days,
        facts: r.facts,
    };
    Ok(all.into_iter().map(row).collect())
}

/// Whether a callback of a customer has a call in which the customer's identity was affirmed: what was
/// said there was said by the customer.
///
/// # Errors
/// What the database says.
pub async fn is_identified_on(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
    callback_no: &str,
    items: &[String],
) -> Result<bool> {
    let mut select = Select::new(
        "SELECT COUNT(*) AS n FROM answers n JOIN callbacks k ON k.id = n.callback_id JOIN customers c ON c.id = k.customer_id",
    );
    select
        .scope_customer(scope)
        .filter("k.number = ?", params![callback_no])
        .filter("k.customer_id = ?", params![customer.0])
        .filter("n.answer = 'affirm'", Vec::new());
    let items = items.iter().map(|i| Value::from(i.as_str()));
    select.filter_in("n.item", items.collect());
    Ok(select.count(db).await? > 0)
}
