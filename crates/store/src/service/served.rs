//! Customers with who is in charge of them: worklists, and the own list of the person in charge.

use super::done::ASSESSED;
use super::{RiskCodes, in_sight};
use crate::customers::shown_name;
use crate::sql::{Page, PageKey, Select, instant, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::customers::ValueClass;
use domain::ids::{CustomerId, TeamId, UserId};
use domain::service::ChargeView;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A customer with who is in charge.
#[derive(Clone, Debug)]
pub struct ServedRow {
    /// The customer.
    pub customer: CustomerId,
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the customer; of persons masked.
    pub name: String,
    /// What the customer is worth.
    pub value_class: Option<ValueClass>,
    /// Language in which the customer is served, as a code.
    pub language: Option<String>,
    /// Name of the unit.
    pub org_name: String,
    /// Who is in charge.
    pub user_name: Option<String>,
    /// For which team.
    pub team_name: Option<String>,
    /// Since when.
    pub since_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Row {
    customer_id: Uuid,
    customer_no: String,
    kind: String,
    name: Vec<u8>,
    value_class: Option<String>,
    language: Option<String>,
    org_name: String,
    user_name: Option<String>,
    team_name: Option<String>,
    since_at: Option<i64>,
}

/// Which customers.
#[derive(Clone, Debug, Default)]
pub struct ServedFilter {
    /// With or without somebody in charge.
    pub view: Option<ChargeView>,
    /// Of one of these classes; of any when missing.
    pub classes: Option<Vec<ValueClass>>,
    /// One of these customers; any when missing.
    pub customers: Option<Vec<CustomerId>>,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// In the charge of this person.
    pub user: Option<UserId>,
    /// In the charge of members of this team.
    pub team: Option<TeamId>,
    /// Served in this language, as a code.
    pub language: Option<String>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

const FROM: &str =
    "FROM customers c LEFT JOIN service_charges h ON h.customer_id = c.id AND h.until_at IS NULL";

fn filtered(start: &str, scope: &Scope, filter: &ServedFilter) -> Select {
    let mut select = Select::new(start);
    in_sight(&mut select, scope);
    select.filter(
        "c.erased_at IS NULL AND c.merged_into_id IS NULL",
        Vec::new(),
    );
    if let Some(classes) = &filter.classes {
        let codes = classes.iter().map(|c| c.as_str().into()).collect();
        select.filter_in("c.value_class", codes);
    }
    if let Some(customers) = &filter.customers {
        let ids = customers.iter().map(|c| c.0.into()).collect();
        select.filter_in("c.id", ids);
    }
    match filter.view {
        Some(ChargeView::Nobody) => select.filter("h.id IS NULL", Vec::new()),
        Some(ChargeView::Somebody) => select.filter("h.id IS NOT NULL", Vec::new()),
        Some(ChargeView::All) | None => &mut select,
    };
    if let Some(path) = &filter.org_path {
        select.under(path, "c.org_id");
    }
    if let Some(user) = filter.user {
        select.filter("h.user_id = ?", params![user.0]);
    }
    if let Some(team) = filter.team {
        select.filter("h.team_id = ?", params![team.0]);
    }
    if let Some(language) = &filter.language {
        select.filter("c.language = ?", params![language.as_str()]);
    }
    select
}

/// Customers of some classes in sight, with who is in charge.
///
/// # Errors
/// What the database says.
pub async fn list_served(
    db: &impl Reads,
    scope: &Scope,
    filter: &ServedFilter,
    limit: u64,
) -> Result<Page<ServedRow>> {
    let start = format!(
        "SELECT c.id AS customer_id, c.customer_no, c.kind, c.name, c.value_class, c.language, o.name AS org_name, \
         u.display_name AS user_name, t.name AS team_name, h.since_at {FROM} JOIN orgs o ON o.id = c.org_id \
         LEFT JOIN users u ON u.id = h.user_id LEFT JOIN service_teams t ON t.id = h.team_id"
    );
    let mut select = filtered(&start, scope, filter);
    select.page_by_id("c.id", false, filter.after.as_ref(), limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows = rows
        .into_iter()
        .map(|r| {
            Ok(ServedRow {
                name: shown_name(db.keys(), r.customer_id, &r.kind, &r.name)?,
                value_class: class(r.value_class.as_deref())?,
                customer: CustomerId(r.customer_id),
                customer_no: r.customer_no,
                language: r.language,
                org_name: r.org_name,
                user_name: r.user_name,
                team_name: r.team_name,
                since_at: r.since_at.map(instant),
            })
        })
        .collect::<Result<_>>()?;
    Ok(Page::cut_by_id(rows, limit, |r: &ServedRow| r.customer.0))
}

/// How many customers a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_served(
    db: &impl Reads,
    scope: &Scope,
    filter: &ServedFilter,
    cap: i64,
) -> Result<i64> {
    let start = format!("SELECT COUNT(*) AS n FROM (SELECT 1 AS one {FROM}");
    let mut select = filtered(&start, scope, filter);
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

fn class(code: Option<&str>) -> Result<Option<ValueClass>> {
    Ok(code.map(ValueClass::parse).transpose()?)
}

/// A customer in somebody's charge, with what comes next.
#[derive(Clone, Debug)]
pub struct MineRow {
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the customer; of persons masked.
    pub name: String,
    /// What the customer is worth.
    pub value_class: Option<ValueClass>,
    /// What the risk of the customer is.
    pub risk: RiskCodes,
    /// Since when the risk class holds.
    pub risk_since: Option<NaiveDate>,
    /// The risk class before, as a code.
    pub risk_earlier: Option<String>,
    /// Open early warnings, how many; confidential ones are not counted.
    pub warnings: i64,
    /// The birthday, of persons.
    pub birth_date: Option<NaiveDate>,
    /// Since when the person is in charge.
    pub since_at: Instant,
    /// The first day on which an open callback is due.
    pub callback_due_on: Option<NaiveDate>,
    /// The first day on which something of the plan is due.
    pub step_due_on: Option<NaiveDate>,
    /// Open tickets.
    pub cases: i64,
    /// The first day from today on which a policy in force ends.
    pub policy_ends_on: Option<NaiveDate>,
    /// The day of the last conversation.
    pub last_contact_on: Option<NaiveDate>,
    /// When the last callback was completed.
    pub last_callback_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct MineDbRow {
    customer_id: Uuid,
    customer_no: String,
    kind: String,
    name: Vec<u8>,
    value_class: Option<String>,
    risk_class: Option<String>,
    assessed: Option<String>,
    risk_since: Option<NaiveDate>,
    risk_earlier: Option<String>,
    warnings: i64,
    birth_date: Option<NaiveDate>,
    since_at: i64,
    callback_due_on: Option<NaiveDate>,
    step_due_on: Option<NaiveDate>,
    cases: i64,
    policy_ends_on: Option<NaiveDate>,
    last_contact_on: Option<NaiveDate>,
    last_callback_at: Option<i64>,
}

/// Customers in the charge of a person, in sight.
///
/// # Errors
/// What the database says.
pub async fn list_mine(
    db: &impl Reads,
    scope: &Scope,
    user: UserId,
    today: NaiveDate,
    limit: i64,
) -> Result<Vec<MineRow>> {
    let sql = format!(
        "SELECT c.id AS customer_id, c.customer_no, c.kind, c.name, c.value_class, c.risk_class, {ASSESSED} AS assessed, \
         k.from_on AS risk_since, k.earlier AS risk_earlier, \
         (SELECT COUNT(*) FROM risk_signals s WHERE s.customer_id = c.id AND s.is_open AND NOT s.is_confidential) AS warnings, \
         c.birth_date, h.since_at, \
         (SELECT MIN(b.due_on) FROM callbacks b WHERE b.customer_id = c.id AND b.is_open) AS callback_due_on, \
         (SELECT MIN(i.due_on) FROM service_items i WHERE i.customer_id = c.id AND i.outcome IS NULL) AS step_due_on, \
         (SELECT COUNT(*) FROM tickets t WHERE t.customer_id = c.id AND t.is_open) AS cases, \
         (SELECT MIN(p.expiry_date) FROM policies p WHERE p.policyholder_id = c.id AND p.status IN ('in_force', 'grace') \
         AND p.expiry_date >= $1) AS policy_ends_on, \
         (SELECT MAX(i.done_on) FROM service_items i WHERE i.customer_id = c.id AND i.kind = 'contact' \
         AND i.outcome = 'done') AS last_contact_on, \
         (SELECT MAX(b.completed_at) FROM callbacks b WHERE b.customer_id = c.id) AS last_callback_at \
         FROM service_charges h JOIN customers c ON c.id = h.customer_id \
         LEFT JOIN customer_classes k ON k.customer_id = c.id AND k.model = 'risk' AND k.until_on IS NULL"
    );
    let mut select = Select::with_values(&sql, params![today]);
    in_sight(&mut select, scope);
    select
        .filter("h.user_id = ?", params![user.0])
        .filter(
            "h.until_at IS NULL AND c.erased_at IS NULL AND c.merged_into_id IS NULL",
            Vec::new(),
        )
        .then("ORDER BY h.customer_id LIMIT ?", params![limit]);
    let rows: Vec<MineDbRow> = select.list(db).await?;
    rows.into_iter()
        .map(|r| {
            Ok(MineRow {
                name: shown_name(db.keys(), r.customer_id, &r.kind, &r.name)?,
                value_class: class(r.value_class.as_deref())?,
                customer_no: r.customer_no,
                risk: RiskCodes {
                    class: r.risk_class,
                    assessed: r.assessed,
                },
                risk_since: r.risk_since,
                risk_earlier: r.risk_earlier,
                warnings: r.warnings,
                birth_date: r.birth_date.filter(|_| r.kind == "individual"),
                since_at: instant(r.since_at),
                callback_due_on: r.callback_due_on,
                step_due_on: r.step_due_on,
                cases: r.cases,
                policy_ends_on: r.policy_ends_on,
                last_contact_on: r.last_contact_on,
                last_callback_at: r.last_callback_at.map(instant),
            })
        })
        .collect()
}
