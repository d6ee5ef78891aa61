//! Customers whose class asks for assessments: who has too few that are recent enough, and who is in charge.

use super::{CUSTOMER, NamedCustomer, named};
use crate::sql::{Page, PageKey, Select, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::CustomerId;
use domain::risk::{RiskDimension, RiskLevel};
use sea_orm::{FromQueryResult, Value};
use std::collections::HashMap;
use uuid::Uuid;

/// How the risk of a customer is classed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskStanding {
    /// The class in force.
    pub class: RiskLevel,
    /// Since when; nothing where the history does not say.
    pub since: Option<NaiveDate>,
    /// The class before.
    pub earlier: Option<RiskLevel>,
    /// Name of who is in charge of the customer.
    pub person: Option<String>,
}

/// A customer whose class asks for assessments.
#[derive(Clone, Debug)]
pub struct MonitoredRow {
    /// Id.
    pub id: CustomerId,
    /// The customer as lists name it.
    pub of: NamedCustomer,
    /// How its risk is classed.
    pub standing: RiskStanding,
    /// What was assessed, and when that was confirmed.
    pub confirmed: Vec<(RiskDimension, NaiveDate)>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    org_name: String,
    class: String,
    since: Option<NaiveDate>,
    earlier: Option<String>,
    person: Option<String>,
}

/// What a class asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The class.
    pub class: RiskLevel,
    /// Dimensions that are to be assessed.
    pub dimensions: i64,
    /// What was confirmed until this day is to be looked at again.
    pub until: NaiveDate,
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct MonitoredFilter {
    /// What classes ask for; of others nobody is found.
    pub asked: Vec<Asked>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

const FROM: &str = "FROM customers c JOIN orgs o ON o.id = c.org_id \
     LEFT JOIN customer_classes k ON k.customer_id = c.id AND k.model = 'risk' AND k.until_on IS NULL \
     LEFT JOIN service_charges h ON h.customer_id = c.id AND h.until_at IS NULL LEFT JOIN users u ON u.id = h.user_id";

fn standing(class: &str, earlier: Option<&str>) -> Result<(RiskLevel, Option<RiskLevel>)> {
    Ok((
        RiskLevel::parse(class)?,
        earlier.map(RiskLevel::parse).transpose()?,
    ))
}

/// Customers in sight with fewer recent assessments than their class asks for: the class high first.
///
/// # Errors
/// What the database says.
pub async fn list_monitored(
    db: &impl Reads,
    scope: &Scope,
    filter: &MonitoredFilter,
    limit: u64,
) -> Result<Page<MonitoredRow>> {
    if filter.asked.is_empty() {
        return Ok(Page::empty());
    }
    let text = format!(
        "SELECT c.id, {CUSTOMER}, c.risk_class AS class, k.from_on AS since, k.earlier, u.display_name AS person {FROM}"
    );
    let mut select = Select::new(&text);
    select.scope(scope, "c.org_id").own(scope, "c.id");
    select.filter(
        "c.erased_at IS NULL AND c.merged_into_id IS NULL",
        Vec::new(),
    );
    let short = "(c.risk_class = ? AND (SELECT COUNT(DISTINCT a.dimension) FROM risk_assessments a \
                 WHERE a.customer_id = c.id AND a.state = 'confirmed' AND a.dimension <> 'aml' \
                 AND a.confirmed_on > ?) < ?)";
    let all = vec![short; filter.asked.len()].join(" OR ");
    let of = |a: &Asked| params![a.class.as_str(), a.until, a.dimensions];
    let values: Vec<Value> = filter.asked.iter().flat_map(of).collect();
    select.filter(&format!("({all})"), values);
    if let Some(after) = &filter.after {
        let later = "(c.risk_class > ? OR (c.risk_class = ? AND c.id > ?))";
        let class = after.sort.as_str();
        select.filter(later, params![class, class, after.id]);
    }
    // "high" stands before "medium" in the alphabet, too.
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    select.then("ORDER BY c.risk_class, c.id LIMIT ?", params![most]);
    let found: Vec<Row> = select.list(db).await?;
    let ids: Vec<_> = found.iter().map(|r| r.id).collect();
    let mut confirmed = read_confirmed(db, &ids).await?;
    let mut rows = Vec::with_capacity(found.len());
    for r in found {
        let kind = (r.customer_kind.as_str(), r.customer_name.as_slice());
        let (class, earlier) = standing(&r.class, r.earlier.as_deref())?;
        rows.push(MonitoredRow {
            of: named(db.keys(), r.id, r.customer_no, kind, r.org_name)?,
            confirmed: confirmed.remove(&r.id).unwrap_or_default(),
            id: CustomerId(r.id),
            standing: RiskStanding {
                class,
                since: r.since,
                earlier,
                person: r.person,
            },
        });
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(Page::cut(rows, limit, |r| PageKey {
        sort: r.standing.class.as_str().to_owned(),
        id: r.id.0,
    }))
}

#[derive(FromQueryResult)]
struct ConfirmedRow {
    customer_id: Uuid,
    dimension: String,
    confirmed_on: NaiveDate,
}

/// What is in force of the assessments of some customers, money laundering left out.
async fn read_confirmed(
    db: &impl Reads,
    customers: &[Uuid],
) -> Result<HashMap<Uuid, Vec<(RiskDimension, NaiveDate)>>> {
    let mut confirmed: HashMap<_, Vec<_>> = HashMap::new();
    if customers.is_empty() {
        return Ok(confirmed);
    }
    let mut select =
        Select::new("SELECT a.customer_id, a.dimension, a.confirmed_on FROM risk_assessments a");
    let ids = customers.iter().map(|id| Value::from(*id)).collect();
    select.filter_in("a.customer_id", ids);
    select.filter(
        "a.state = 'confirmed' AND a.dimension <> 'aml' AND a.confirmed_on IS NOT NULL",
        Vec::new(),
    );
    let rows: Vec<ConfirmedRow> = select.list(db).await?;
    for r in rows {
        let dimension = RiskDimension::parse(&r.dimension)?;
        let own = confirmed.entry(r.customer_id).or_default();
        own.push((dimension, r.confirmed_on));
    }
    Ok(confirmed)
}

#[derive(FromQueryResult)]
struct StandingRow {
    class: String,
    since: Option<NaiveDate>,
    earlier: Option<String>,
    person: Option<String>,
}

/// How the risk of a customer in sight is classed; nothing while it is not.
///
/// # Errors
/// What the database says.
pub async fn find_risk_standing(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Option<RiskStanding>> {
    let text = format!(
        "SELECT c.risk_class AS class, k.from_on AS since, k.earlier, u.display_name AS person {FROM}"
    );
    let mut select = Select::new(&text);
    select
        .scope_customer(scope)
        .filter("c.id = ? AND c.risk_class IS NOT NULL", params![customer.0]);
    let row = select.list::<StandingRow>(db).await?.pop();
    row.map(|r| {
        let (class, earlier) = standing(&r.class, r.earlier.as_deref())?;
        Ok(RiskStanding {
            class,
            since: r.since,
            earlier,
            person: r.person,
        })
    })
    .transpose()
}
