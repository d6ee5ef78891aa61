//! Reading obligations and exclusions.

use crate::sql::{Page, PageKey, Select, instant, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{CustomerId, PolicyId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// An obligation as it is shown.
#[derive(Clone, Debug)]
pub struct ObligationRow {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Programme code.
    pub programme: String,
    /// What discharges it.
    pub kind: String,
    /// Row of the pack.
    pub pack_id: Uuid,
    /// Number of the set of rules that it was decided with.
    pub generation: i64,
    /// Identity of the pack.
    pub pack: String,
    /// Version of the pack.
    pub pack_version: i64,
    /// Row of the calendar.
    pub calendar_id: Uuid,
    /// Type of the event that set it off.
    pub trigger_type: String,
    /// When.
    pub trigger_on: NaiveDate,
    /// The customer.
    pub customer_id: CustomerId,
    /// The customer's number.
    pub customer_no: String,
    /// The policy.
    pub policy_id: Option<PolicyId>,
    /// The policy's number.
    pub policy_no: Option<String>,
    /// The claim.
    pub claim_no: Option<String>,
    /// The adjuster.
    pub adjuster_code: Option<String>,
    /// Whom to reach.
    pub respondent: String,
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// When it is drawn into a list.
    pub extract_on: Option<NaiveDate>,
    /// From when.
    pub earliest_on: Option<NaiveDate>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// End of the customer's right before any roll.
    pub right_end_raw_on: Option<NaiveDate>,
    /// End of the customer's right.
    pub right_end_on: Option<NaiveDate>,
    /// Status.
    pub status: String,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
    /// How its discharge lay to the period.
    pub timing: Option<String>,
    /// When it was discharged.
    pub discharged_at: Option<Instant>,
    /// A date depends on a year that is not announced.
    pub provisional: bool,
    /// The facts of the decision, as JSON.
    pub facts: String,
    /// When it was planned.
    pub created_at: Instant,
    /// Id and number of the callback that discharges it.
    pub callback: Option<(Uuid, String)>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    number: String,
    programme: String,
    kind: String,
    pack_id: Uuid,
    rules_generation: i64,
    pack: String,
    pack_version: i64,
    calendar_id: Uuid,
    trigger_type: String,
    trigger_on: NaiveDate,
    customer_id: Uuid,
    customer_no: String,
    policy_id: Option<Uuid>,
    policy_no: Option<String>,
    claim_no: Option<String>,
    adjuster_code: Option<String>,
    respondent: String,
    org_code: String,
    org_name: String,
    extract_on: Option<NaiveDate>,
    earliest_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    right_end_raw_on: Option<NaiveDate>,
    right_end_on: Option<NaiveDate>,
    status: String,
    cancel_reason: Option<String>,
    timing: Option<String>,
    discharged_at: Option<i64>,
    provisional: bool,
    facts: String,
    created_at: i64,
    callback_id: Option<Uuid>,
    callback_number: Option<String>,
}

const SELECT: &str = "SELECT o.id, o.number, o.programme, o.kind, o.pack_id, o.rules_generation, k.pack, k.version AS pack_version, \
     o.calendar_id, o.trigger_type, o.trigger_on, o.customer_id, c.customer_no, o.policy_id, p.policy_no, \
     o.claim_no, o.adjuster_code, o.respondent, u.org_code, u.name AS org_name, o.extract_on, o.earliest_on, \
     o.due_on, o.right_end_raw_on, o.right_end_on, o.status, o.cancel_reason, o.timing, o.discharged_at, \
     o.provisional, o.facts, o.created_at, b.id AS callback_id, b.number AS callback_number \
     FROM obligations o JOIN customers c ON c.id = o.customer_id JOIN orgs u ON u.id = o.org_id \
     JOIN rule_packs k ON k.id = o.pack_id LEFT JOIN policies p ON p.id = o.policy_id \
     LEFT JOIN callbacks b ON b.obligation_id = o.id";

impl From<Row> for ObligationRow {
    fn from(r: Row) -> Self {
        Self {
            id: r.id,
            number: r.number,
            programme: r.programme,
            kind: r.kind,
            pack_id: r.pack_id,
            generation: r.rules_generation,
            pack: r.pack,
            pack_version: r.pack_version,
            calendar_id: r.calendar_id,
            trigger_type: r.trigger_type,
            trigger_on: r.trigger_on,
            customer_id: CustomerId(r.customer_id),
            customer_no: r.customer_no,
            policy_id: r.policy_id.map(PolicyId),
            policy_no: r.policy_no,
            claim_no: r.claim_no,
            adjuster_code: r.adjuster_code,
            respondent: r.respondent,
            org_code: r.org_code,
            org_name: r.org_name,
            extract_on: r.extract_on,
            earliest_on: r.earliest_on,
            due_on: r.due_on,
            right_end_raw_on: r.right_end_raw_on,
            right_end_on: r.right_end_on,
            status: r.status,
            cancel_reason: r.cancel_reason,
            timing: r.timing,
            discharged_at: r.discharged_at.map(instant),
            provisional: r.provisional,
            facts: r.facts,
            created_at: instant(r.created_at),
            callback: r.callback_id.zip(r.callback_number),
        }
    }
}

/// What to look for among obligations.
#[derive(Clone, Debug, Default)]
pub struct ObligationFilter {
    /// Of this programme.
    pub programme: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
    /// With this status.
    pub status: Option<String>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// Of this policy.
    pub policy: Option<PolicyId>,
    /// Triggered from this day.
    pub trigger_from: Option<NaiveDate>,
    /// Triggered until this day.
    pub trigger_to: Option<NaiveDate>,
    /// Due from this day.
    pub due_from: Option<NaiveDate>,
    /// Due until this day.
    pub due_to: Option<NaiveDate>,
    /// With this timing.
    pub timing: Option<String>,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// Without a due date.
    pub without_due: bool,
    /// In which order.
    pub order: ObligationOrder,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// Orders of obligations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ObligationOrder {
    /// As they were planned.
    #[default]
    Planned,
    /// The newest first.
    Newest,
    /// By due date; those without one are left out.
    Due,
}

fn filtered(select: &str, scope: &Scope, filter: &ObligationFilter) -> Select {
    let mut select = Select::new(select);
    select.scope(scope, "o.org_id").own(scope, "o.customer_id");
    if let Some(programme) = &filter.programme {
        select.filter("o.programme = ?", params![programme.as_str()]);
    }
    if let Some(kind) = &filter.kind {
        select.filter("o.kind = ?", params![kind.as_str()]);
    }
    if let Some(status) = &filter.status {
        select.filter("o.status = ?", params![status.as_str()]);
    }
    if let Some(customer) = filter.customer {
        select.filter("o.customer_id = ?", params![customer.0]);
    }
    if let Some(policy) = filter.policy {
        select.filter("o.policy_id = ?", params![policy.0]);
    }
    let days = [
        ("o.trigger_on >= ?", filter.trigger_from),
        ("o.trigger_on <= ?", filter.trigger_to),
        ("o.due_on >= ?", filter.due_from),
        ("o.due_on <= ?", filter.due_to),
    ];
    for (condition, day) in days {
        if let Some(day) = day {
            select.filter(condition, params![day]);
        }
    }
    if let Some(timing) = &filter.timing {
        select.filter("o.timing = ?", params![timing.as_str()]);
    }
    if let Some(path) = &filter.org_path {
        select.under(path, "o.org_id");
    }
    if filter.without_due {
        select.filter("o.due_on IS NULL", Vec::new());
    }
    if filter.order == ObligationOrder::Due {
        select.filter("o.due_on IS NOT NULL", Vec::new());
    }
    select
}

/// Obligations in sight.
///
/// # Errors
/// What the database says.
pub async fn list_obligations(
    db: &impl Reads,
    scope: &Scope,
    filter: &ObligationFilter,
    limit: u64,
) -> Result<Page<ObligationRow>> {
    let mut select = filtered(SELECT, scope, filter);
    let after = filter.after.as_ref();
    match filter.order {
        ObligationOrder::Planned => select.page_by_id("o.id", false, after, limit),
        ObligationOrder::Newest => select.page_by_id("o.id", true, after, limit),
        ObligationOrder::Due => {
            let due = after.and_then(|key| Some((key.sort.parse::<NaiveDate>().ok()?, key.id)));
            if let Some((due, id)) = due {
                select.filter(
                    "(o.due_on > ? OR (o.due_on = ? AND o.id > ?))",
                    params![due, due, id],
                );
            }
            let rows = i64::try_from(limit + 1).unwrap_or(i64::MAX);
            select.then("ORDER BY o.due_on, o.id LIMIT ?", params![rows])
        }
    };
    let rows: Vec<Row> = select.list(db).await?;
    let rows = rows.into_iter().map(ObligationRow::from).collect();
    let key = |r: &ObligationRow| PageKey {
        sort: r.due_on.map_or_else(String::new, |d| d.to_string()),
        id: r.id,
    };
    Ok(Page::cut(
        rows,
        usize::try_from(limit).unwrap_or(usize::MAX),
        key,
    ))
}

/// How many obligations a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_obligations(
    db: &impl Reads,
    scope: &Scope,
    filter: &ObligationFilter,
    cap: i64,
) -> Result<i64> {
    let text = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM obligations o";
    let mut select = filtered(text, scope, filter);
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

/// An obligation by its number.
///
/// # Errors
/// What the database says.
pub async fn find_obligation_by_number(
    db: &impl Reads,
    scope: &Scope,
    number: &str,
) -> Result<Option<ObligationRow>> {
    let mut select = Select::new(SELECT);
    select
        .scope(scope, "o.org_id")
        .own(scope, "o.customer_id")
        .filter("o.number = ?", params![number]);
    let rows: Vec<Row> = select.list(db).await?;
    Ok(rows.into_iter().next().map(ObligationRow::from))
}
