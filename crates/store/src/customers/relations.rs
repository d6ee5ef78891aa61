//! Families and groups of companies.

use super::read::shown_name;
use crate::audit::AuditActor;
use crate::sql::{Page, PageKey, Select, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::customers::{KeptRelation, Relation, RelationSource};
use domain::ids::{CustomerId, PolicyId};
use domain::time::Instant;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

/// Relations of one customer that are shown; large groups have that many companies.
const RELATIONS_MAX: i64 = 200;
/// Levels of a group, from a company to the top.
const LEVELS_MAX: usize = 12;

/// A relation as one side sees it.
#[derive(Clone, Debug)]
pub struct RelationRow {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub customer: CustomerId,
    /// To whom.
    pub other: CustomerId,
    /// Number of the other.
    pub other_no: String,
    /// Name of the other as lists show it.
    pub other_name: String,
    /// What the other is to the customer.
    pub relation: Relation,
    /// Where it was learnt.
    pub source: RelationSource,
    /// Who noted it.
    pub noted_name: String,
    /// When.
    pub noted_at: Instant,
    /// Who ended it.
    pub ended_name: Option<String>,
    /// When.
    pub ended_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer: Uuid,
    other: Uuid,
    other_no: String,
    other_kind: String,
    other_sealed: Vec<u8>,
    relation: String,
    source: String,
    noted_name: String,
    noted_at: i64,
    ended_name: Option<String>,
    ended_at: Option<i64>,
}

/// Relations of a customer to others in sight, those that hold first.
///
/// # Errors
/// What the database says.
pub async fn list_relations(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Vec<RelationRow>> {
    let mut found = Vec::new();
    for (own, other) in [("customer_id", "other_id"), ("other_id", "customer_id")] {
        let mut select = Select::new(&format!(
            "SELECT r.id, r.{own} AS customer, r.{other} AS other, c.customer_no AS other_no, c.kind AS other_kind, \
             c.name AS other_sealed, r.relation, r.source, r.noted_name, r.noted_at, r.ended_name, r.ended_at \
             FROM customer_relations r JOIN customers c ON c.id = r.{other}"
        ));
        select
            .scope_customer(scope)
            .filter(&format!("r.{own} = ?"), params![customer.0])
            .then("ORDER BY r.id LIMIT ?", params![RELATIONS_MAX]);
        for row in select.list::<Row>(db).await? {
            found.push(relation(db, row, own == "customer_id")?);
        }
    }
    found.sort_by_key(|r| (r.ended_at.is_some(), r.relation, r.id));
    Ok(found)
}

fn relation(db: &impl Reads, r: Row, is_first: bool) -> Result<RelationRow> {
    let kept = KeptRelation::parse(&r.relation)?.relation();
    Ok(RelationRow {
        id: r.id,
        customer: CustomerId(r.customer),
        other: CustomerId(r.other),
        other_name: shown_name(db.keys(), r.other, &r.other_kind, &r.other_sealed)?,
        other_no: r.other_no,
        relation: if is_first { kept } else { kept.inverse() },
        source: RelationSource::parse(&r.source)?,
        noted_name: r.noted_name,
        noted_at: instant(r.noted_at),
        ended_name: r.ended_name,
        ended_at: r.ended_at.map(instant),
    })
}

/// Keeps a relation.
///
/// # Errors
/// What the database says.
pub async fn insert_relation(
    work: &UnitOfWork,
    (of, other, relation): (CustomerId, CustomerId, KeptRelation),
    source: RelationSource,
    actor: &AuditActor,
) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO customer_relations (id, customer_id, other_id, relation, source, noted_kind, noted_by, \
               noted_name, noted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = params![
        id,
        of.0,
        other.0,
        relation.as_str(),
        source.as_str(),
        actor.kind,
        actor.id,
        actor.name.as_str(),
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}

/// Ends a relation that holds.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it holds no more.
pub async fn end_relation(work: &UnitOfWork, relation: Uuid, actor: &AuditActor) -> Result<()> {
    let sql = "UPDATE customer_relations SET ended_name = $1, ended_at = $2 WHERE id = $3 AND ended_at IS NULL";
    let values = params![actor.name.as_str(), millis(work.now()), relation];
    work.execute_one(sql, values).await
}

#[derive(FromQueryResult)]
struct IdRow {
    id: Uuid,
}

/// The companies that hold a company, the nearest first, whoever may see them.
///
/// # Errors
/// What the database says.
pub async fn read_companies_above(db: &impl Reads, company: CustomerId) -> Result<Vec<CustomerId>> {
    let mut above = Vec::new();
    let mut at = company;
    while above.len() < LEVELS_MAX {
        let sql = "SELECT other_id AS id FROM customer_relations \
                   WHERE customer_id = $1 AND relation = 'parent_company' AND ended_at IS NULL";
        let Some(next) = list::<IdRow>(db, sql, params![at.0]).await?.pop() else {
            break;
        };
        at = CustomerId(next.id);
        above.push(at);
    }
    Ok(above)
}

/// A company of a group.
#[derive(Clone, Debug)]
pub struct CompanyRow {
    /// The company.
    pub id: CustomerId,
    /// Its number.
    pub customer_no: String,
    /// Its name.
    pub name: String,
    /// Levels below the top, which is 0.
    pub level: i64,
    /// Who holds it.
    pub parent: Option<CustomerId>,
}

#[derive(FromQueryResult)]
struct CompanyDbRow {
    id: Uuid,
    customer_no: String,
    kind: String,
    name: Vec<u8>,
    level: i64,
    parent: Uuid,
}

/// A company and those that it holds directly and through others, as far as they are in sight: each after
/// the one that holds it.
///
/// # Errors
/// What the database says.
pub async fn list_companies(
    db: &impl Reads,
    scope: &Scope,
    top: CustomerId,
) -> Result<Vec<CompanyRow>> {
    let mut select = Select::with_values(
        "WITH RECURSIVE held (id, parent, level) AS (SELECT id, id, 0 FROM customers WHERE id = $1 UNION \
         SELECT r.customer_id, r.other_id, h.level + 1 FROM customer_relations r JOIN held h ON r.other_id = h.id \
         WHERE r.relation = 'parent_company' AND r.ended_at IS NULL AND h.level < $2) \
         SELECT c.id, c.customer_no, c.kind, c.name, CAST(h.level AS BIGINT) AS level, h.parent \
         FROM held h JOIN customers c ON c.id = h.id",
        params![top.0, i32::try_from(LEVELS_MAX).unwrap_or(i32::MAX)],
    );
    select
        .scope_customer(scope)
        .then("ORDER BY h.level, c.id LIMIT ?", params![RELATIONS_MAX]);
    let rows: Vec<CompanyDbRow> = select.list(db).await?;
    rows.into_iter()
        .map(|r| {
            Ok(CompanyRow {
                id: CustomerId(r.id),
                name: shown_name(db.keys(), r.id, &r.kind, &r.name)?,
                customer_no: r.customer_no,
                level: r.level,
                parent: Some(CustomerId(r.parent)).filter(|p| p.0 != r.id),
            })
        })
        .collect()
}

/// A policy of a group.
#[derive(Clone, Debug, FromQueryResult)]
pub struct GroupPolicyRow {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub policy_no: String,
    /// The product.
    pub product_name: String,
    /// Who holds it.
    pub policyholder_id: Uuid,
    /// When it was issued.
    pub issue_date: NaiveDate,
    /// Premium in fen.
    pub premium_fen: Option<i64>,
    /// Where it stands.
    pub status: String,
}

/// Policies of some companies in the units in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_group_policies(
    db: &impl Reads,
    scope: &Scope,
    companies: &[CustomerId],
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<GroupPolicyRow>> {
    let mut select = Select::new(
        "SELECT p.id, p.policy_no, p.product_name, p.policyholder_id, p.issue_date, p.premium_fen, p.status FROM policies p",
    );
    let holders = companies.iter().map(|c| Value::from(c.0)).collect();
    select
        .scope(scope, "p.org_id")
        .own(scope, "p.policyholder_id")
        .filter_in("p.policyholder_id", holders)
        .page_by_id("p.id", true, after, limit);
    Ok(Page::cut_by_id(
        select.list(db).await?,
        limit,
        |r: &GroupPolicyRow| r.id,
    ))
}

/// Somebody who stands beside a customer on a policy and is not known to be related.
#[derive(Clone, Debug)]
pub struct Acquaintance {
    /// The other.
    pub id: CustomerId,
    /// Its number.
    pub customer_no: String,
    /// Its name as lists show it.
    pub name: String,
    /// The policy.
    pub policy: PolicyId,
    /// Its number.
    pub policy_no: String,
    /// `policyholder`, `insured` or `beneficiary`: what the other is on the policy.
    pub role: String,
}

#[derive(FromQueryResult)]
struct AcquaintanceRow {
    id: Uuid,
    customer_no: String,
    kind: String,
    name: Vec<u8>,
    policy: Uuid,
    policy_no: String,
    role: String,
}

/// Customers in sight who stand beside a customer on a policy of the units in sight, and to whom no
/// relation is kept.
///
/// # Errors
/// What the database says.
pub async fn list_acquaintances(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
    limit: u64,
) -> Result<Vec<Acquaintance>> {
    const ROLES: [(&str, &str); 3] = [
        ("policyholder_id", "policyholder"),
        ("insured_id", "insured"),
        ("beneficiary_id", "beneficiary"),
    ];
    let mut found: Vec<Acquaintance> = Vec::new();
    // Beneficiaries have no index of their own; they are found from the other two.
    for own in ["policyholder_id", "insured_id"] {
        for (column, role) in ROLES.iter().filter(|(column, _)| *column != own) {
            let mut select = Select::new(&format!(
                "SELECT c.id, c.customer_no, c.kind, c.name, p.id AS policy, p.policy_no, '{role}' AS role \
                 FROM policies p JOIN customers c ON c.id = p.{column}"
            ));
            let related = "NOT EXISTS (SELECT 1 FROM customer_relations r WHERE (r.customer_id = ? AND r.other_id = c.id) \
                           OR (r.other_id = ? AND r.customer_id = c.id))";
            select
                .scope(scope, "p.org_id")
                .scope_customer(scope)
                .filter(&format!("p.{own} = ?"), params![customer.0])
                .filter(
                    "c.id <> ? AND c.erased_at IS NULL AND c.merged_into_id IS NULL",
                    params![customer.0],
                )
                .filter(related, params![customer.0, customer.0])
                .then(
                    "ORDER BY p.id LIMIT ?",
                    params![i64::try_from(limit).unwrap_or(i64::MAX)],
                );
            for r in select.list::<AcquaintanceRow>(db).await? {
                if found.iter().any(|f| f.id.0 == r.id) {
                    continue;
                }
                found.push(Acquaintance {
                    id: CustomerId(r.id),
                    name: shown_name(db.keys(), r.id, &r.kind, &r.name)?,
                    customer_no: r.customer_no,
                    policy: PolicyId(r.policy),
                    policy_no: r.policy_no,
                    role: r.role,
                });
            }
        }
    }
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}
