//! Slips of sales visits: registering, ending, the callback, who has read of it.

use super::seal;
use super::slip_row::{SELECT, SlipRow, slips};
use crate::sql::{Page, PageKey, Select, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::customers::{PersonName, RelationshipStage, Reveal};
use domain::ids::{AgentId, CustomerId, SlipId, UserId};
use domain::policies::EventType;
use domain::time::{self, Instant};
use domain::visits::{Receiver, SlipOutcome, SlipState, Suspicion};
use uuid::Uuid;

/// What to look for among slips.
#[derive(Clone, Debug, Default)]
pub struct SlipFilter {
    /// Of this salesperson.
    pub salesperson: Option<UserId>,
    /// In one of these states; any when empty.
    pub states: Vec<SlipState>,
    /// Whose result this receiver has not read yet.
    pub unread_by: Option<Receiver>,
    /// Which superiors and general managers have to hear of.
    pub escalates: bool,
    /// Visits that began before their slip, or were entered late, or are suspected.
    pub findings: bool,
    /// Suspicions in this state.
    pub suspicion: Option<Suspicion>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// Callbacks due until this moment.
    pub callback_due_to: Option<Instant>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

fn filtered(select: &str, scope: &Scope, filter: &SlipFilter) -> Select {
    let mut select = Select::new(select);
    select.scope(scope, "s.org_id");
    if let Some(user) = scope.own_list_of() {
        let own = "(s.salesperson_id = ? OR s.called_by = ?)";
        select.filter(own, params![user.0, user.0]);
    }
    if let Some(user) = filter.salesperson {
        select.filter("s.salesperson_id = ?", params![user.0]);
    }
    if !filter.states.is_empty() {
        let states = filter.states.iter().map(|s| s.as_str().into()).collect();
        select.filter_in("s.state", states);
    }
    if let Some(receiver) = filter.unread_by {
        select.filter(
            "s.called_at IS NOT NULL AND NOT EXISTS \
             (SELECT 1 FROM slip_receipts r WHERE r.slip_id = s.id AND r.receiver = ?)",
            params![receiver.as_str()],
        );
    }
    if filter.escalates {
        select.filter(
            "s.called_at IS NOT NULL AND (s.satisfaction <= 2 OR s.is_important = TRUE OR s.suspicion IS NOT NULL)",
            Vec::new(),
        );
    }
    if filter.findings {
        select.filter(
            "(s.without_slip = TRUE OR s.entered_late = TRUE OR s.suspicion IS NOT NULL)",
            Vec::new(),
        );
    }
    if let Some(suspicion) = filter.suspicion {
        select.filter("s.suspicion = ?", params![suspicion.as_str()]);
    }
    if let Some(customer) = filter.customer {
        select.filter("s.customer_id = ?", params![customer.0]);
    }
    if let Some(at) = filter.callback_due_to {
        select.filter("s.callback_due_at < ?", params![millis(at)]);
    }
    select
}

/// Slips in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_slips(
    db: &impl Reads,
    scope: &Scope,
    filter: &SlipFilter,
    limit: u64,
) -> Result<Page<SlipRow>> {
    let mut select = filtered(SELECT, scope, filter);
    select.page_by_id("s.id", true, filter.after.as_ref(), limit);
    let rows = slips(db, select.list(db).await?)?;
    Ok(Page::cut_by_id(rows, limit, |r| r.id.0))
}

/// How many slips a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_slips(
    db: &impl Reads,
    scope: &Scope,
    filter: &SlipFilter,
    cap: i64,
) -> Result<i64> {
    let select = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM field_slips s";
    let mut select = filtered(select, scope, filter);
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

async fn one(
    db: &impl Reads,
    scope: &Scope,
    condition: &str,
    value: sea_orm::Value,
) -> Result<Option<SlipRow>> {
    let mut select = filtered(SELECT, scope, &SlipFilter::default());
    select.filter(condition, vec![value]);
    Ok(slips(db, select.list(db).await?)?.pop())
}

/// A slip in sight.
///
/// # Errors
/// What the database says.
pub async fn find_slip(db: &impl Reads, scope: &Scope, id: SlipId) -> Result<Option<SlipRow>> {
    one(db, scope, "s.id = ?", id.0.into()).await
}

/// A slip in sight, by number.
///
/// # Errors
/// What the database says.
pub async fn find_slip_by_number(
    db: &impl Reads,
    scope: &Scope,
    number: &str,
) -> Result<Option<SlipRow>> {
    one(db, scope, "s.number = ?", number.into()).await
}

/// A slip to register.
#[derive(Clone, Debug)]
pub struct NewSlip<'n> {
    /// Its number.
    pub number: &'n str,
    /// The unit.
    pub org: Uuid,
    /// Who visits.
    pub salesperson: UserId,
    /// The customer, when it is in the register.
    pub customer: Option<CustomerId>,
    /// Stage of the relationship.
    pub category: RelationshipStage,
    /// Full name of the customer.
    pub customer_name: &'n PersonName,
    /// Kind of business that is talked about.
    pub business_type: &'n str,
    /// Name of the contact person.
    pub contact_name: &'n PersonName,
    /// Title of the contact person.
    pub contact_title: &'n str,
    /// Telephone number of the contact person.
    pub contact_phone: &'n str,
    /// When the visit is planned.
    pub planned_at: Option<Instant>,
}

/// Registers a slip.
///
/// # Errors
/// What the database says.
pub async fn insert_slip(work: &UnitOfWork, slip: &NewSlip<'_>) -> Result<SlipId> {
    let id = work.next_id();
    let storage = Reveal::for_storage();
    let sealed = |column: &str, text: &str| {
        seal(
            work.keys(),
            &format!("field_slips.{column}"),
            id,
            Some(text),
        )
    };
    let sql = "INSERT INTO field_slips (id, number, org_id, salesperson_id, customer_id, category, customer_name, \
               business_type, contact_name, contact_title, contact_phone, planned_at, state, is_open, registered_at, \
               entered_late, without_slip, is_important, version, updated_at) VALUES ($1, $2, $3, $4, $5, \
               $6, $7, $8, $9, $10, $11, $12, 'registered', TRUE, $13, FALSE, FALSE, FALSE, 1, $13)";
    let values = params![
        id,
        slip.number,
        slip.org,
        slip.salesperson.0,
        slip.customer.map(|c| c.0),
        slip.category.as_str(),
        sealed("customer_name", slip.customer_name.reveal(storage))?,
        slip.business_type,
        sealed("contact_name", slip.contact_name.reveal(storage))?,
        slip.contact_title,
        sealed("contact_phone", slip.contact_phone)?,
        slip.planned_at.map(millis),
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(SlipId(id))
}

/// A visit that ended.
#[derive(Clone, Copy, Debug)]
pub struct EndedVisit {
    /// When it began.
    pub began_at: Instant,
    /// When it ended.
    pub ended_at: Instant,
    /// It began before the slip was registered.
    pub without_slip: bool,
    /// It was entered later than allowed.
    pub entered_late: bool,
    /// By when the callback is due.
    pub callback_due_at: Instant,
}

/// Notes that the visit of a slip ended.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed the slip.
pub async fn end_slip(work: &UnitOfWork, slip: &SlipRow, ended: &EndedVisit) -> Result<()> {
    let sql = "UPDATE field_slips SET state = 'visit_ended', began_at = $1, ended_at = $2, end_entered_at = $3, \
               without_slip = $4, entered_late = $5, callback_due_at = $6, updated_at = $3, version = version + 1 \
               WHERE id = $7 AND version = $8";
    let values = params![
        millis(ended.began_at),
        millis(ended.ended_at),
        millis(work.now()),
        ended.without_slip,
        ended.entered_late,
        millis(ended.callback_due_at),
        slip.id.0,
        slip.version,
    ];
    work.execute_one(sql, values).await
}

/// Notes as an event that a sales visit ended, and asks the planner to look at the customer: a callback
/// follows from it.
///
/// # Errors
/// What the database says.
pub async fn insert_sales_visit_event(
    work: &UnitOfWork,
    slip: &SlipRow,
    customer: CustomerId,
    agent: Option<AgentId>,
    ended_at: Instant,
) -> Result<()> {
    let sql = "INSERT INTO events (id, event_id, type, source, occurred_at, occurred_on, customer_id, agent_id, \
               row_hash, created_at, updated_at) VALUES ($1, $2, $3, 'system', $4, $5, $6, $7, 0, $8, $8)";
    let values = params![
        work.next_id(),
        format!("slip/{}", slip.number),
        EventType::SalesVisitEnded.as_str(),
        millis(ended_at),
        time::date_in_china(ended_at),
        customer.0,
        agent.map(|a| a.0),
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    crate::obligations::enqueue_customer(work, customer).await
}

/// Saves that a slip was cancelled or closed.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed the slip.
pub async fn save_slip_state(
    work: &UnitOfWork,
    slip: &SlipRow,
    state: SlipState,
    cancel_reason: Option<&str>,
) -> Result<()> {
    let reason = seal(
        work.keys(),
        "field_slips.cancel_reason",
        slip.id.0,
        cancel_reason,
    )?;
    let is_open = !matches!(state, SlipState::Closed | SlipState::Cancelled);
    let sql = "UPDATE field_slips SET state = $1, is_open = $2, cancel_reason = COALESCE($3, cancel_reason), \
               updated_at = $4, version = version + 1 WHERE id = $5 AND version = $6";
    let now = millis(work.now());
    let values = params![
        state.as_str(),
        is_open,
        reason,
        now,
        slip.id.0,
        slip.version
    ];
    work.execute_one(sql, values).await
}

/// What the specialist wrote down.
#[derive(Clone, Copy, Debug)]
pub struct CalledBack<'c> {
    /// Who called.
    pub by: UserId,
    /// When the customer answered.
    pub at: Instant,
    /// What the callback found.
    pub outcome: SlipOutcome,
    /// What the customer said about products.
    pub product_problems: Option<&'c str>,
    /// What else was important.
    pub important: Option<&'c str>,
}

/// Saves the callback of a sales visit.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed the slip.
pub async fn save_slip_callback(
    work: &UnitOfWork,
    slip: &SlipRow,
    called: &CalledBack<'_>,
) -> Result<()> {
    let sealed = |column: &str, text: Option<&str>| {
        seal(
            work.keys(),
            &format!("field_slips.{column}"),
            slip.id.0,
            text,
        )
    };
    let suspicion = called.outcome.is_suspicious.then_some(Suspicion::Suspected);
    let sql = "UPDATE field_slips SET state = 'called_back', called_at = $1, called_by = $2, satisfaction = $3, \
               product_problems = $4, important = $5, is_important = $6, suspicion = $7, updated_at = $10, \
               version = version + 1 WHERE id = $8 AND version = $9";
    let values = params![
        millis(called.at),
        called.by.0,
        i64::from(called.outcome.satisfaction),
        sealed("product_problems", called.product_problems)?,
        sealed("important", called.important)?,
        called.outcome.is_important,
        suspicion.map(Suspicion::as_str),
        slip.id.0,
        slip.version,
        millis(work.now()),
    ];
    work.execute_one(sql, values).await
}

/// Saves what the verification of a suspicion came to.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed the slip.
pub async fn save_verification(
    work: &UnitOfWork,
    slip: &SlipRow,
    verdict: Suspicion,
    by: &str,
    reason: &str,
) -> Result<()> {
    let reason = seal(
        work.keys(),
        "field_slips.verification",
        slip.id.0,
        Some(reason),
    )?;
    let sql = "UPDATE field_slips SET suspicion = $1, verified_name = $2, verified_at = $3, verification = $4, \
               updated_at = $3, version = version + 1 WHERE id = $5 AND version = $6";
    let now = millis(work.now());
    let values = params![verdict.as_str(), by, now, reason, slip.id.0, slip.version];
    work.execute_one(sql, values).await
}
