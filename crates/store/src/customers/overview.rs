//! One customer in a few figures: each a single query over rows that have an index by customer.

use crate::sql::{Select, instant, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::CustomerId;
use domain::time::Instant;
use sea_orm::FromQueryResult;

/// Policies of a policyholder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct PolicySums {
    /// How many are in force, those in the period of grace too.
    pub in_force: i64,
    /// What these cost a year, in fen; single premiums cost nothing any more.
    pub annual_premium_fen: Option<i64>,
    /// How many there are or were.
    pub all: i64,
    /// The next premium falls due.
    pub next_premium_due_on: Option<NaiveDate>,
}

/// Sums of the policies of a policyholder in the units in sight.
///
/// # Errors
/// What the database says.
pub async fn find_policy_sums(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<PolicySums> {
    let mut select = Select::new(
        "SELECT COALESCE(SUM(CASE WHEN p.status IN ('in_force', 'grace') THEN 1 ELSE 0 END), 0) AS in_force, \
         CAST(SUM(CASE WHEN p.status IN ('in_force', 'grace') THEN p.premium_fen * CASE p.premium_frequency \
         WHEN 'annual' THEN 1 WHEN 'half_yearly' THEN 2 WHEN 'quarterly' THEN 4 WHEN 'monthly' THEN 12 ELSE 0 END END) AS BIGINT) \
         AS annual_premium_fen, COUNT(*) AS \"all\", \
         MIN(CASE WHEN p.status IN ('in_force', 'grace') THEN p.next_premium_due_on END) AS next_premium_due_on \
         FROM policies p",
    );
    select
        .scope(scope, "p.org_id")
        .own(scope, "p.policyholder_id")
        .filter("p.policyholder_id = ?", params![customer.0]);
    Ok(select.list(db).await?.pop().unwrap_or_default())
}

/// Money that went to a customer, by kind of payout.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PayoutSums {
    /// Type of the event: `claim_paid`, `service_payout` or `surrendered`.
    pub code: String,
    /// How many times.
    pub times: i64,
    /// Altogether, in fen.
    pub amount_fen: i64,
    /// Since the day that was asked for, in fen.
    pub since_fen: i64,
}

/// Sums of what was paid out for a customer, altogether and since a day.
///
/// # Errors
/// What the database says.
pub async fn list_payout_sums(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
    since: NaiveDate,
) -> Result<Vec<PayoutSums>> {
    let mut select = Select::with_values(
        "SELECT e.type AS code, COUNT(*) AS times, CAST(COALESCE(SUM(e.amount_fen), 0) AS BIGINT) AS amount_fen, \
         CAST(COALESCE(SUM(CASE WHEN COALESCE(e.paid_on, e.occurred_on) >= $1 THEN e.amount_fen END), 0) AS BIGINT) AS since_fen \
         FROM events e LEFT JOIN policies p ON p.id = e.policy_id LEFT JOIN customers c ON c.id = e.customer_id",
        params![since],
    );
    select
        .scope(scope, "COALESCE(p.org_id, c.org_id)")
        .own(scope, "e.customer_id")
        .filter("e.customer_id = ?", params![customer.0])
        .filter(
            "e.type IN ('claim_paid', 'service_payout', 'surrendered') AND e.amount_fen IS NOT NULL",
            Vec::new(),
        )
        .then("GROUP BY e.type ORDER BY e.type", Vec::new());
    select.list(db).await
}

/// What is open for a customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct DutySums {
    /// How many obligations.
    pub open: i64,
    /// The next of them is due.
    pub next_due_on: Option<NaiveDate>,
}

/// Open obligations towards a customer.
///
/// # Errors
/// What the database says.
pub async fn find_duty_sums(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<DutySums> {
    let mut select =
        Select::new("SELECT COUNT(*) AS open, MIN(o.due_on) AS next_due_on FROM obligations o");
    select
        .scope(scope, "o.org_id")
        .own(scope, "o.customer_id")
        .filter(
            "o.customer_id = ? AND o.status = 'open'",
            params![customer.0],
        );
    Ok(select.list(db).await?.pop().unwrap_or_default())
}

/// How many tickets of a customer are open.
///
/// # Errors
/// What the database says.
pub async fn count_open_cases(db: &impl Reads, scope: &Scope, customer: CustomerId) -> Result<i64> {
    let mut select = Select::new("SELECT COUNT(*) AS n FROM tickets t");
    select
        .scope(scope, "t.org_id")
        .own(scope, "t.customer_id")
        .filter("t.customer_id = ? AND t.is_open", params![customer.0]);
    select.count(db).await
}

#[derive(FromQueryResult)]
struct AtRow {
    at: Option<i64>,
}

/// When somebody last tried to reach a customer on a callback.
///
/// # Errors
/// What the database says.
pub async fn find_last_attempt(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Option<Instant>> {
    let mut select = Select::new(
        "SELECT MAX(a.started_at) AS at FROM callbacks b JOIN attempts a ON a.callback_id = b.id",
    );
    select
        .scope(scope, "b.org_id")
        .own(scope, "b.customer_id")
        .filter("b.customer_id = ?", params![customer.0]);
    last(db, &select).await
}

/// When a message last left for a customer.
///
/// # Errors
/// What the database says.
pub async fn find_last_message(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Option<Instant>> {
    let mut select = Select::new("SELECT MAX(m.sent_at) AS at FROM messages m");
    select
        .scope(scope, "m.org_id")
        .own(scope, "m.customer_id")
        .filter("m.customer_id = ?", params![customer.0]);
    last(db, &select).await
}

async fn last(db: &impl Reads, select: &Select) -> Result<Option<Instant>> {
    let found: Option<AtRow> = select.list(db).await?.pop();
    Ok(found.and_then(|r| r.at).map(instant))
}

/// A survey that a customer answered under the own name.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct FeedbackRow {
    /// Number of the survey.
    pub number: String,
    /// Its title.
    pub title: String,
    /// When it was answered.
    pub answered_on: NaiveDate,
    /// Whether the answer counts.
    pub verdict: String,
}

/// Surveys that a customer in sight answered under the own name, the newest first. Anonymous answers
/// lead to nobody.
///
/// # Errors
/// What the database says.
pub async fn list_feedback(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
    limit: u64,
) -> Result<Vec<FeedbackRow>> {
    let mut select = Select::new(
        "SELECT s.number, s.title, a.answered_on, a.verdict FROM survey_invitations i \
         JOIN survey_named_answers n ON n.invitation_id = i.id JOIN survey_answers a ON a.id = n.answer_id \
         JOIN surveys s ON s.id = i.survey_id JOIN customers c ON c.id = i.customer_id",
    );
    select
        .scope_customer(scope)
        .filter("i.customer_id = ?", params![customer.0])
        .then(
            "ORDER BY a.answered_on DESC LIMIT ?",
            params![i64::try_from(limit).unwrap_or(i64::MAX)],
        );
    select.list(db).await
}
