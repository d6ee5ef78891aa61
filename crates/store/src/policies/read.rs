//! Reading policies, their events and claims.

use crate::customers::shown_name;
use crate::sql::{Page, PageKey, Select, instant, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{AgentId, CustomerId, OrgId, PolicyId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A policy as it is shown.
#[derive(Clone, Debug)]
pub struct PolicyRow {
    /// Its id.
    pub id: PolicyId,
    /// Its number.
    pub policy_no: String,
    /// Code of the product.
    pub product_code: Option<String>,
    /// Name of the product.
    pub product_name: String,
    /// Class of the product as a code.
    pub product_class: String,
    /// Line of business as a code.
    pub line: String,
    /// Channel as a code.
    pub channel: String,
    /// The policyholder.
    pub policyholder_id: CustomerId,
    /// Number of the policyholder.
    pub policyholder_no: String,
    /// Name of the policyholder, masked.
    pub policyholder_name: String,
    /// Kind of policyholder as a code.
    pub policyholder_kind: String,
    /// The insured.
    pub insured_id: Option<CustomerId>,
    /// Number of the insured.
    pub insured_no: Option<String>,
    /// Name of the insured, masked.
    pub insured_name: Option<String>,
    /// Kind of insured as a code.
    pub insured_kind: Option<String>,
    /// The beneficiary.
    pub beneficiary_id: Option<CustomerId>,
    /// Number of the beneficiary.
    pub beneficiary_no: Option<String>,
    /// Name of the beneficiary, masked.
    pub beneficiary_name: Option<String>,
    /// The salesperson.
    pub agent_id: Option<AgentId>,
    /// Code of the salesperson.
    pub agent_code: Option<String>,
    /// Name of the salesperson.
    pub agent_name: Option<String>,
    /// Unit.
    pub org_id: OrgId,
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// Application date.
    pub application_date: Option<NaiveDate>,
    /// Issue date.
    pub issue_date: NaiveDate,
    /// Date of entry in the core system.
    pub system_entry_date: Option<NaiveDate>,
    /// Print date.
    pub print_date: Option<NaiveDate>,
    /// Effective date.
    pub effective_date: Option<NaiveDate>,
    /// Expiry date.
    pub expiry_date: Option<NaiveDate>,
    /// Coverage term in months.
    pub term_months: Option<i64>,
    /// Premium in fen.
    pub premium_fen: Option<i64>,
    /// How often it is paid, as a code.
    pub premium_frequency: Option<String>,
    /// For how many years it is paid.
    pub premium_term_years: Option<i64>,
    /// Sum insured in fen.
    pub sum_insured_fen: Option<i64>,
    /// When the next premium is due.
    pub next_premium_due_on: Option<NaiveDate>,
    /// Cooling-off period of the product in days.
    pub cooling_off_days: Option<i64>,
    /// When the receipt was signed.
    pub ack_signed_on: Option<NaiveDate>,
    /// When the receipt was entered.
    pub ack_entered_on: Option<NaiveDate>,
    /// Signed electronically.
    pub electronic_ack: Option<bool>,
    /// The sale was recorded in sound and picture.
    pub double_recorded: Option<bool>,
    /// Juvenile policy.
    pub juvenile: Option<bool>,
    /// Status as a code.
    pub status: String,
    /// Until when a surrender counts as cooling-off cancellation, because the callback came late.
    pub deemed_until_on: Option<NaiveDate>,
    /// When it became known to us.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    policy_no: String,
    product_code: Option<String>,
    product_name: String,
    product_class: String,
    line: String,
    channel: String,
    policyholder_id: Uuid,
    holder_no: String,
    holder_kind: String,
    holder_name: Vec<u8>,
    insured_id: Option<Uuid>,
    insured_no: Option<String>,
    insured_kind: Option<String>,
    insured_name: Option<Vec<u8>>,
    beneficiary_id: Option<Uuid>,
    beneficiary_no: Option<String>,
    beneficiary_kind: Option<String>,
    beneficiary_name: Option<Vec<u8>>,
    agent_id: Option<Uuid>,
    agent_code: Option<String>,
    agent_name: Option<String>,
    org_id: Uuid,
    org_code: String,
    org_name: String,
    application_date: Option<NaiveDate>,
    issue_date: NaiveDate,
    system_entry_date: Option<NaiveDate>,
    print_date: Option<NaiveDate>,
    effective_date: Option<NaiveDate>,
    expiry_date: Option<NaiveDate>,
    term_months: Option<i64>,
    premium_fen: Option<i64>,
    premium_frequency: Option<String>,
    premium_term_years: Option<i64>,
    sum_insured_fen: Option<i64>,
    next_premium_due_on: Option<NaiveDate>,
    cooling_off_days: Option<i64>,
    ack_signed_on: Option<NaiveDate>,
    ack_entered_on: Option<NaiveDate>,
    electronic_ack: Option<bool>,
    double_recorded: Option<bool>,
    juvenile: Option<bool>,
    status: String,
    deemed_until_on: Option<NaiveDate>,
    created_at: i64,
    updated_at: i64,
}

const SELECT: &str = "SELECT p.id, p.policy_no, p.product_code, p.product_name, p.product_class, p.line, p.channel, \
     p.policyholder_id, h.customer_no AS holder_no, h.kind AS holder_kind, h.name AS holder_name, p.insured_id, \
     i.customer_no AS insured_no, i.kind AS insured_kind, i.name AS insured_name, p.beneficiary_id, b.customer_no AS beneficiary_no, b.kind AS beneficiary_kind, \
     b.name AS beneficiary_name, p.agent_id, a.agent_code, a.name AS agent_name, p.org_id, o.org_code, \
     o.name AS org_name, p.application_date, p.issue_date, p.system_entry_date, p.print_date, p.effective_date, \
     p.expiry_date, p.term_months, p.premium_fen, p.premium_frequency, p.premium_term_years, p.sum_insured_fen, \
     p.next_premium_due_on, p.cooling_off_days, p.ack_signed_on, p.ack_entered_on, p.electronic_ack, \
     p.double_recorded, p.juvenile, p.status, p.deemed_until_on, p.created_at, p.updated_at \
     FROM policies p JOIN customers h ON h.id = p.policyholder_id JOIN orgs o ON o.id = p.org_id \
     LEFT JOIN customers i ON i.id = p.insured_id LEFT JOIN customers b ON b.id = p.beneficiary_id \
     LEFT JOIN agents a ON a.id = p.agent_id";

fn policies(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<PolicyRow>> {
    let keys = db.keys();
    let name =
        |id: Option<Uuid>, kind: &Option<String>, sealed: &Option<Vec<u8>>| match (id, sealed) {
            (Some(id), Some(sealed)) => {
                shown_name(keys, id, kind.as_deref().unwrap_or_default(), sealed).map(Some)
            }
            _ => Ok(None),
        };
    rows.into_iter()
        .map(|r| {
            Ok(PolicyRow {
                policyholder_name: shown_name(
                    keys,
                    r.policyholder_id,
                    &r.holder_kind,
                    &r.holder_name,
                )?,
                insured_name: name(r.insured_id, &r.insured_kind, &r.insured_name)?,
                beneficiary_name: name(r.beneficiary_id, &r.beneficiary_kind, &r.beneficiary_name)?,
                id: PolicyId(r.id),
                policy_no: r.policy_no,
                product_code: r.product_code,
                product_name: r.product_name,
                product_class: r.product_class,
                line: r.line,
                channel: r.channel,
                policyholder_id: CustomerId(r.policyholder_id),
                policyholder_no: r.holder_no,
                policyholder_kind: r.holder_kind,
                insured_id: r.insured_id.map(CustomerId),
                insured_no: r.insured_no,
                insured_kind: r.insured_kind,
                beneficiary_id: r.beneficiary_id.map(CustomerId),
                beneficiary_no: r.beneficiary_no,
                agent_id: r.agent_id.map(AgentId),
                agent_code: r.agent_code,
                agent_name: r.agent_name,
                org_id: OrgId(r.org_id),
                org_code: r.org_code,
                org_name: r.org_name,
                application_date: r.application_date,
                issue_date: r.issue_date,
                system_entry_date: r.system_entry_date,
                print_date: r.print_date,
                effective_date: r.effective_date,
                expiry_date: r.expiry_date,
                term_months: r.term_months,
                premium_fen: r.premium_fen,
                premium_frequency: r.premium_frequency,
                premium_term_years: r.premium_term_years,
                sum_insured_fen: r.sum_insured_fen,
                next_premium_due_on: r.next_premium_due_on,
                cooling_off_days: r.cooling_off_days,
                ack_signed_on: r.ack_signed_on,
                ack_entered_on: r.ack_entered_on,
                electronic_ack: r.electronic_ack,
                double_recorded: r.double_recorded,
                juvenile: r.juvenile,
                status: r.status,
                deemed_until_on: r.deemed_until_on,
                created_at: instant(r.created_at),
                updated_at: instant(r.updated_at),
            })
        })
        .collect()
}

/// What to look for among policies.
#[derive(Clone, Debug, Default)]
pub struct PolicyFilter {
    /// Of this line of business.
    pub line: Option<String>,
    /// Sold through this channel.
    pub channel: Option<String>,
    /// With this status.
    pub status: Option<String>,
    /// Of this customer, as policyholder or insured.
    pub customer: Option<CustomerId>,
    /// Issued from this day.
    pub issued_from: Option<NaiveDate>,
    /// Issued until this day.
    pub issued_to: Option<NaiveDate>,
    /// Sold by this salesperson.
    pub agent: Option<AgentId>,
    /// Of this class of product.
    pub product_class: Option<String>,
    /// Without a signed receipt.
    pub without_receipt: bool,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// The oldest first, as exports run; the newest first otherwise.
    pub oldest_first: bool,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

fn filtered(select: &str, scope: &Scope, filter: &PolicyFilter) -> Select {
    let mut select = Select::new(select);
    select
        .scope(scope, "p.org_id")
        .own(scope, "p.policyholder_id");
    let codes = [
        ("p.line = ?", &filter.line),
        ("p.channel = ?", &filter.channel),
        ("p.status = ?", &filter.status),
        ("p.product_class = ?", &filter.product_class),
    ];
    for (condition, code) in codes {
        if let Some(code) = code {
            select.filter(condition, params![code.as_str()]);
        }
    }
    if let Some(customer) = filter.customer {
        select.filter(
            "(p.policyholder_id = ? OR p.insured_id = ?)",
            params![customer.0, customer.0],
        );
    }
    if let Some(agent) = filter.agent {
        select.filter("p.agent_id = ?", params![agent.0]);
    }
    if let Some(day) = filter.issued_from {
        select.filter("p.issue_date >= ?", params![day]);
    }
    if let Some(day) = filter.issued_to {
        select.filter("p.issue_date <= ?", params![day]);
    }
    if filter.without_receipt {
        select.filter(
            "p.ack_signed_on IS NULL AND p.line IN ('life', 'health')",
            Vec::new(),
        );
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "p.org_id");
    }
    select
}

/// Policies in sight.
///
/// # Errors
/// What the database says.
pub async fn list_policies(
    db: &impl Reads,
    scope: &Scope,
    filter: &PolicyFilter,
    limit: u64,
) -> Result<Page<PolicyRow>> {
    let mut select = filtered(SELECT, scope, filter);
    select.page_by_id("p.id", !filter.oldest_first, filter.after.as_ref(), limit);
    let rows = policies(db, select.list(db).await?)?;
    Ok(Page::cut_by_id(rows, limit, |r| r.id.0))
}

/// How many policies a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_policies(
    db: &impl Reads,
    scope: &Scope,
    filter: &PolicyFilter,
    cap: i64,
) -> Result<i64> {
    let text = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM policies p";
    let mut select = filtered(text, scope, filter);
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

/// A policy in sight.
///
/// # Errors
/// What the database says.
pub async fn find_policy(
    db: &impl Reads,
    scope: &Scope,
    id: PolicyId,
) -> Result<Option<PolicyRow>> {
    let mut select = Select::new(SELECT);
    select
        .scope(scope, "p.org_id")
        .own(scope, "p.policyholder_id")
        .filter("p.id = ?", params![id.0]);
    Ok(policies(db, select.list(db).await?)?.pop())
}

/// A policy in sight, by number.
///
/// # Errors
/// What the database says.
pub async fn find_policy_by_number(
    db: &impl Reads,
    scope: &Scope,
    number: &str,
) -> Result<Option<PolicyRow>> {
    let mut select = Select::new(SELECT);
    select
        .scope(scope, "p.org_id")
        .own(scope, "p.policyholder_id")
        .filter("p.policy_no = ?", params![number]);
    Ok(policies(db, select.list(db).await?)?.pop())
}
