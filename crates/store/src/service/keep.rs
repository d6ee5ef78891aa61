//! What the program itself looks for: customers whose class and what hangs on it do not go together. Each
//! function runs along the ids of customers, a portion at a time.

use crate::sql::{list, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::OrgPath;
use domain::customers::ValueClass;
use domain::ids::CustomerId;
use domain::service::{FlagKind, Potential};
use domain::time;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

/// A customer without anybody in charge.
#[derive(Clone, Debug)]
pub struct Unserved {
    /// The customer.
    pub customer: CustomerId,
    /// Place of the customer's unit.
    pub org: OrgPath,
    /// Language in which the customer is served, as a code.
    pub language: Option<String>,
}

#[derive(FromQueryResult)]
struct UnservedRow {
    id: Uuid,
    path: String,
    language: Option<String>,
}

/// Customers of a class after an id without anybody in charge.
///
/// # Errors
/// What the database says.
pub async fn list_unserved(
    db: &impl Reads,
    class: ValueClass,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Unserved>> {
    let sql = "SELECT c.id, o.path, c.language FROM customers c JOIN orgs o ON o.id = c.org_id WHERE c.value_class = $1 \
               AND c.id > $2 AND c.erased_at IS NULL AND c.merged_into_id IS NULL AND NOT EXISTS (SELECT 1 FROM service_charges h \
               WHERE h.customer_id = c.id AND h.until_at IS NULL) ORDER BY c.id LIMIT $3";
    let rows: Vec<UnservedRow> = list(db, sql, params![class.as_str(), after, limit]).await?;
    let unserved = |r: UnservedRow| Unserved {
        customer: CustomerId(r.id),
        org: OrgPath::from_stored(r.path),
        language: r.language,
    };
    Ok(rows.into_iter().map(unserved).collect())
}

#[derive(FromQueryResult)]
struct IdRow {
    id: Uuid,
}

fn customers(rows: Vec<IdRow>) -> Vec<CustomerId> {
    rows.into_iter().map(|r| CustomerId(r.id)).collect()
}

/// Customers in the charge of somebody whose account is not in use any more.
///
/// # Errors
/// What the database says.
pub async fn list_vacated(db: &impl Reads, limit: i64) -> Result<Vec<CustomerId>> {
    let sql = "SELECT h.customer_id AS id FROM users u JOIN service_charges h ON h.user_id = u.id AND h.until_at IS NULL \
               WHERE NOT u.active ORDER BY h.customer_id LIMIT $1";
    Ok(customers(list(db, sql, params![limit]).await?))
}

/// Customers with somebody in charge whose class asks for nobody; the classes are those that do.
///
/// # Errors
/// What the database says.
pub async fn list_unneeded_charges(
    db: &impl Reads,
    classes: &[ValueClass],
    limit: i64,
) -> Result<Vec<CustomerId>> {
    let mut values: Vec<Value> = params![limit];
    values.extend(classes.iter().map(|c| Value::from(c.as_str())));
    let places: Vec<_> = (0..classes.len()).map(|n| format!("${}", n + 2)).collect();
    let codes = if places.is_empty() {
        "''".to_owned()
    } else {
        places.join(", ")
    };
    // Only what the program itself assigned: who put somebody in charge by hand meant it.
    let sql = format!(
        "SELECT h.customer_id AS id FROM service_charges h JOIN customers c ON c.id = h.customer_id WHERE h.until_at IS NULL \
         AND h.way = 'automatic' AND (c.erased_at IS NOT NULL OR COALESCE(c.value_class, '') NOT IN ({codes})) \
         ORDER BY h.customer_id LIMIT $1"
    );
    Ok(customers(list(db, &sql, values).await?))
}

/// Customers of a risk class without a flag that follows it.
///
/// # Errors
/// What the database says.
pub async fn list_unflagged(
    db: &impl Reads,
    class: &str,
    flag: FlagKind,
    limit: i64,
) -> Result<Vec<CustomerId>> {
    let sql = "SELECT c.id FROM customers c WHERE c.risk_class = $1 AND c.erased_at IS NULL AND c.merged_into_id IS NULL AND NOT EXISTS \
               (SELECT 1 FROM customer_flags g WHERE g.customer_id = c.id AND g.flag = $2 AND g.source = 'class' \
               AND g.state IN ('asked', 'raised', 'withdrawal_asked')) ORDER BY c.id LIMIT $3";
    Ok(customers(
        list(db, sql, params![class, flag.as_str(), limit]).await?,
    ))
}

/// Flags that follow the class of customers who are of none of some classes any more.
///
/// # Errors
/// What the database says.
pub async fn list_wrongly_flagged(
    db: &impl Reads,
    flag: FlagKind,
    classes: &[&str],
    limit: i64,
) -> Result<Vec<Uuid>> {
    let mut values: Vec<Value> = params![limit, flag.as_str()];
    values.extend(classes.iter().map(|c| Value::from(*c)));
    let places: Vec<_> = (0..classes.len()).map(|n| format!("${}", n + 3)).collect();
    let codes = if places.is_empty() {
        "''".to_owned()
    } else {
        places.join(", ")
    };
    let sql = format!(
        "SELECT g.id FROM customer_flags g JOIN customers c ON c.id = g.customer_id WHERE g.source = 'class' \
         AND g.state = 'raised' AND g.flag = $2 AND COALESCE(c.risk_class, '') NOT IN ({codes}) ORDER BY g.id LIMIT $1"
    );
    let rows: Vec<IdRow> = list(db, &sql, values).await?;
    Ok(rows.into_iter().map(|r| r.id).collect())
}

#[derive(FromQueryResult)]
struct OutgrownRow {
    id: Uuid,
    value_class: String,
}

/// Watched customers who are of one of some classes now: the row of the list, and the class as a code.
///
/// # Errors
/// What the database says.
pub async fn list_outgrown(db: &impl Reads, limit: i64) -> Result<Vec<(Uuid, String)>> {
    let sql = "SELECT w.id, c.value_class FROM watched_customers w JOIN customers c ON c.id = w.customer_id \
               WHERE w.ended_at IS NULL AND c.value_class IN ('high', 'medium') ORDER BY w.id LIMIT $1";
    let rows: Vec<OutgrownRow> = list(db, sql, params![limit]).await?;
    Ok(rows.into_iter().map(|r| (r.id, r.value_class)).collect())
}

#[derive(FromQueryResult)]
struct PromisingRow {
    id: Uuid,
    annual_income_fen: Option<i64>,
    birth_date: Option<NaiveDate>,
    lines: i64,
    new_policies: i64,
}

/// Persons of low value after an id who were never watched, with what is known of their potential.
///
/// # Errors
/// What the database says.
pub async fn list_promising(
    db: &impl Reads,
    after: Uuid,
    today: NaiveDate,
    limit: i64,
) -> Result<Vec<(CustomerId, Potential)>> {
    let year_ago = today - chrono::Months::new(12);
    let sql = "SELECT c.id, c.annual_income_fen, c.birth_date, \
               (SELECT COUNT(DISTINCT p.line) FROM policies p WHERE p.policyholder_id = c.id \
               AND p.status IN ('in_force', 'grace')) AS lines, \
               (SELECT COUNT(*) FROM policies p WHERE p.policyholder_id = c.id AND p.status IN ('in_force', 'grace') \
               AND p.issue_date > $1) AS new_policies FROM customers c WHERE c.value_class = 'low' AND c.id > $2 \
               AND c.kind = 'individual' AND c.erased_at IS NULL AND c.merged_into_id IS NULL AND c.restricted_at IS NULL \
               AND NOT EXISTS (SELECT 1 FROM watched_customers w WHERE w.customer_id = c.id) ORDER BY c.id LIMIT $3";
    let rows: Vec<PromisingRow> = list(db, sql, params![year_ago, after, limit]).await?;
    let promising = |r: PromisingRow| {
        let potential = Potential {
            income_fen: r.annual_income_fen,
            age: r
                .birth_date
                .map(|born| i64::from(time::years_between(born, today))),
            lines: r.lines,
            new_policies: r.new_policies,
        };
        (CustomerId(r.id), potential)
    };
    Ok(rows.into_iter().map(promising).collect())
}
