//! What models look at: customers with their policies, events and complaints, many at a time.

use super::whom::{Whom, id, of, text};
use crate::Result;
use crate::dialect::bulk::{Bulk, Cell, Row};
use crate::sql::{end_of_day, start_of_day};
use chrono::NaiveDate;
use uuid::Uuid;

/// A customer as models look at it.
#[derive(Clone, Debug)]
pub struct ScoredCustomer {
    /// Its id.
    pub id: Uuid,
    /// The unit that looks after it.
    pub org: Uuid,
    /// Kind of customer.
    pub kind: String,
    /// Birthday of a person.
    pub birth_date: Option<NaiveDate>,
    /// Large customer.
    pub large: Option<bool>,
    /// Key account.
    pub key_account: Option<bool>,
    /// Related to a shareholder.
    pub shareholder_related: Option<bool>,
    /// How near the customer is to a contract.
    pub relationship_stage: Option<String>,
    /// Appetite for risk.
    pub risk_appetite: Option<String>,
    /// Tolerance of risk.
    pub risk_tolerance: Option<String>,
    /// Annual income in fen.
    pub annual_income_fen: Option<i64>,
    /// Consent to marketing.
    pub marketing_consent: Option<bool>,
    /// The value class in force.
    pub value_class: Option<String>,
    /// The risk class in force.
    pub risk_class: Option<String>,
    /// The value class that a file gave.
    pub imported_value_class: Option<String>,
}

/// Customers in the order of their ids, at most `limit` of a span between two ids. Those whose data was
/// erased are not among them.
///
/// # Errors
/// What the database says.
pub async fn read_customers(
    bulk: &mut Bulk,
    whom: &Whom,
    limit: i64,
) -> Result<Vec<ScoredCustomer>> {
    let select = "SELECT id, org_id, kind, birth_date, large, key_account, shareholder_related, relationship_stage, \
                  risk_appetite, risk_tolerance, annual_income_fen, marketing_consent, value_class, risk_class, \
                  imported_value_class FROM customers WHERE erased_at IS NULL AND merged_into_id IS NULL AND";
    let rest = match whom {
        Whom::Between(..) => format!("ORDER BY id LIMIT {limit}"),
        Whom::List(_) => "ORDER BY id".to_owned(),
    };
    of(bulk, whom, (select, "id", &rest), |row| {
        Ok(ScoredCustomer {
            id: id(row, 0)?,
            org: id(row, 1)?,
            kind: text(row, 2)?,
            birth_date: row.date(3)?,
            large: row.bool(4)?,
            key_account: row.bool(5)?,
            shareholder_related: row.bool(6)?,
            relationship_stage: row.text(7)?,
            risk_appetite: row.text(8)?,
            risk_tolerance: row.text(9)?,
            annual_income_fen: row.int(10)?,
            marketing_consent: row.bool(11)?,
            value_class: row.text(12)?,
            risk_class: row.text(13)?,
            imported_value_class: row.text(14)?,
        })
    })
    .await
}

/// A policy that a customer has or had.
#[derive(Clone, Debug)]
pub struct HeldPolicy {
    /// The policyholder.
    pub holder: Uuid,
    /// Line of business.
    pub line: String,
    /// Whether its status says that it is in force.
    pub runs: bool,
    /// Issue date.
    pub issued_on: NaiveDate,
    /// Expiry date.
    pub expires_on: Option<NaiveDate>,
    /// The day of the event that ended it.
    pub ended_on: Option<NaiveDate>,
    /// One instalment in fen.
    pub premium_fen: Option<i64>,
    /// How often it is paid, as a code.
    pub frequency: Option<String>,
    /// For how many years it is paid.
    pub premium_years: Option<i64>,
    /// Sum insured in fen.
    pub sum_insured_fen: Option<i64>,
    /// The insured, when that is somebody else.
    pub insured: Option<Uuid>,
    /// The day on which the next premium is due.
    pub next_due_on: Option<NaiveDate>,
}

impl HeldPolicy {
    /// Whether it is, or was, in force on a day.
    pub fn is_in_force(&self, on: NaiveDate) -> bool {
        let open = if self.runs {
            self.expires_on.is_none_or(|end| on <= end)
        } else {
            self.ended_on.is_some_and(|end| on < end)
        };
        open && self.issued_on <= on
    }
}

fn policy(row: Row<'_>) -> Result<HeldPolicy> {
    Ok(HeldPolicy {
        holder: id(row, 0)?,
        line: text(row, 1)?,
        runs: row.bool(2)?.unwrap_or_default(),
        issued_on: row.date(3)?.unwrap_or_default(),
        expires_on: row.date(4)?,
        ended_on: row.date(5)?,
        premium_fen: row.int(6)?,
        frequency: row.text(7)?,
        premium_years: row.int(8)?,
        sum_insured_fen: row.int(9)?,
        insured: row.id(10)?,
        next_due_on: row.date(11)?,
    })
}

/// Policies of customers that were issued until a day.
///
/// # Errors
/// What the database says.
pub async fn read_policies(
    bulk: &mut Bulk,
    whom: &Whom,
    as_of: NaiveDate,
) -> Result<Vec<HeldPolicy>> {
    let select = "SELECT p.policyholder_id, p.line, p.status IN ('in_force', 'grace'), p.issue_date, p.expiry_date, \
                  CASE WHEN p.status IN ('in_force', 'grace') THEN NULL ELSE (SELECT MAX(e.occurred_on) FROM events e \
                  WHERE e.policy_id = p.id AND e.type IN ('surrendered', 'cooling_off_cancelled', 'lapsed', \
                  'policy_expired')) END, p.premium_fen, p.premium_frequency, p.premium_term_years, p.sum_insured_fen, \
                  CASE WHEN p.insured_id <> p.policyholder_id THEN p.insured_id END, p.next_premium_due_on \
                  FROM policies p WHERE";
    let rest = format!("AND p.issue_date <= '{as_of}'");
    of(bulk, whom, (select, "p.policyholder_id", &rest), policy).await
}

/// Something that happened to a policy of a customer.
#[derive(Clone, Debug)]
pub struct PolicyEvent {
    /// The policyholder.
    pub holder: Uuid,
    /// The policy.
    pub policy: Uuid,
    /// What it was, as a code.
    pub kind: String,
    /// When.
    pub occurred_on: NaiveDate,
    /// The claim.
    pub claim_no: Option<String>,
    /// How much, in fen.
    pub amount_fen: Option<i64>,
}

/// Claims, lapses and surrenders of customers until a day.
///
/// # Errors
/// What the database says.
pub async fn read_events(
    bulk: &mut Bulk,
    whom: &Whom,
    as_of: NaiveDate,
) -> Result<Vec<PolicyEvent>> {
    let select = "SELECT p.policyholder_id, p.id, e.type, e.occurred_on, e.claim_no, e.amount_fen \
                  FROM policies p JOIN events e ON e.policy_id = p.id WHERE e.type IN ('lapsed', 'surrendered', \
                  'loss_reported', 'claim_registered', 'claim_settled', 'claim_paid') AND";
    let rest = format!("AND e.occurred_on <= '{as_of}'");
    of(bulk, whom, (select, "p.policyholder_id", &rest), |row| {
        Ok(PolicyEvent {
            holder: id(row, 0)?,
            policy: id(row, 1)?,
            kind: text(row, 2)?,
            occurred_on: row.date(3)?.unwrap_or_default(),
            claim_no: row.text(4)?,
            amount_fen: row.int(5)?,
        })
    })
    .await
}

/// How often a customer complained.
pub type Complaints = (Uuid, i64);

/// Complaints of customers that were opened between two days.
///
/// # Errors
/// What the database says.
pub async fn read_complaints(
    bulk: &mut Bulk,
    whom: &Whom,
    (from, until): (NaiveDate, NaiveDate),
) -> Result<Vec<Complaints>> {
    let rest = format!(
        "AND t.type = 'complaint' AND t.opened_at >= {} AND t.opened_at < {} GROUP BY t.customer_id",
        start_of_day(from),
        end_of_day(until)
    );
    let select = "SELECT t.customer_id, COUNT(*) FROM tickets t WHERE";
    of(bulk, whom, (select, "t.customer_id", &rest), |row| {
        Ok((id(row, 0)?, row.int(1)?.unwrap_or_default()))
    })
    .await
}

/// A cell of a date, or nothing.
pub(super) fn date(on: Option<NaiveDate>) -> Cell {
    on.map_or(Cell::Null, Cell::Date)
}
