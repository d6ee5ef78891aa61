//! What rules look at: policies and customers, in chunks.

use super::span::{Span, id, text};
use crate::Result;
use crate::dialect::bulk::{Bulk, Cell, Row};
use chrono::NaiveDate;
use uuid::Uuid;

/// A policy with its parties, as rules look at it.
#[derive(Clone, Debug)]
pub struct PolicyCase {
    /// Its id.
    pub id: Uuid,
    /// The policyholder.
    pub holder: Uuid,
    /// The unit that wrote it.
    pub org: Uuid,
    /// Line of business.
    pub line: String,
    /// Class of product.
    pub product_class: String,
    /// Channel.
    pub channel: String,
    /// Status.
    pub status: String,
    /// Coverage term in months.
    pub term_months: Option<i64>,
    /// Cooling-off period of the product, in days.
    pub cooling_off_days: Option<i64>,
    /// Premium in fen.
    pub premium_fen: Option<i64>,
    /// Application date.
    pub application_date: Option<NaiveDate>,
    /// Issue date.
    pub issue_date: Option<NaiveDate>,
    /// Date of entry in the core system.
    pub system_entry_date: Option<NaiveDate>,
    /// Print date.
    pub print_date: Option<NaiveDate>,
    /// Effective date.
    pub effective_date: Option<NaiveDate>,
    /// Expiry date.
    pub expiry_date: Option<NaiveDate>,
    /// The day on which the next premium is due.
    pub next_premium_due_on: Option<NaiveDate>,
    /// The day on which the salesperson of the policy left the company.
    pub agent_left_on: Option<NaiveDate>,
    /// When the receipt was signed.
    pub ack_signed_on: Option<NaiveDate>,
    /// When the receipt was entered.
    pub ack_entered_on: Option<NaiveDate>,
    /// The sale was recorded in sound and picture.
    pub double_recorded: Option<bool>,
    /// Juvenile policy.
    pub juvenile: Option<bool>,
    /// Kind of policyholder.
    pub holder_kind: String,
    /// Language in which the policyholder is served.
    pub language: Option<String>,
    /// Kind of insured.
    pub insured_kind: Option<String>,
    /// What rules know of the policyholder.
    pub profile: Profile,
}

/// What rules know of a customer.
#[derive(Clone, Debug, Default)]
pub struct Profile {
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
    /// What the customer is worth.
    pub value_class: Option<String>,
    /// How near the customer is to a contract.
    pub relationship_stage: Option<String>,
    /// Appetite for risk, as far as it is known.
    pub risk_appetite: Option<String>,
    /// Consent to be told about products.
    pub marketing_consent: Option<bool>,
    /// What risk the customer bears.
    pub risk_class: Option<String>,
}

/// A customer as rules look at it.
#[derive(Clone, Debug)]
pub struct CustomerCase {
    /// Its id.
    pub id: Uuid,
    /// The unit that looks after it.
    pub org: Uuid,
    /// Language in which it is served.
    pub language: Option<String>,
    /// What rules know of it.
    pub profile: Profile,
    /// Its policies.
    pub policies: Vec<PolicySpan>,
}

/// From when to when a customer has had a policy.
#[derive(Clone, Debug)]
pub struct PolicySpan {
    /// The policyholder.
    pub customer: Uuid,
    /// Issue date.
    pub issued_on: NaiveDate,
    /// Whether its status says that it is in force.
    pub runs: bool,
    /// Expiry date.
    pub expires_on: Option<NaiveDate>,
    /// The day of the event that ended it.
    pub ended_on: Option<NaiveDate>,
}

impl PolicySpan {
    /// The day on which it ended or ends, where that is known.
    pub fn end(&self) -> Option<NaiveDate> {
        self.ended_on.or(self.expires_on)
    }

    /// Whether it is, or was, in force on a day.
    pub fn is_in_force(&self, on: NaiveDate) -> bool {
        let open = if self.runs {
            self.expires_on.is_none_or(|end| on <= end)
        } else {
            self.end().is_some_and(|end| on < end)
        };
        open && self.issued_on <= on
    }
}

const POLICY_COLUMNS: &str = "p.id, p.policyholder_id, p.org_id, p.line, p.product_class, p.channel, p.status, \
     p.term_months, p.cooling_off_days, p.premium_fen, p.application_date, p.issue_date, p.system_entry_date, \
     p.print_date, p.effective_date, p.expiry_date, p.ack_signed_on, p.ack_entered_on, p.double_recorded, \
     p.juvenile, h.kind, h.language, i.kind, h.birth_date, h.large, h.key_account, h.shareholder_related, \
     h.value_class, h.relationship_stage, h.marketing_consent, h.risk_appetite, h.risk_class, p.next_premium_due_on, \
     CASE WHEN a.status = 'left' THEN (SELECT MAX(l.occurred_on) FROM events l WHERE l.agent_id = a.id \
     AND l.type = 'agent_left') END";

fn policy_case(row: Row<'_>) -> Result<PolicyCase> {
    Ok(PolicyCase {
        id: id(row, 0)?,
        holder: id(row, 1)?,
        org: id(row, 2)?,
        line: text(row, 3)?,
        product_class: text(row, 4)?,
        channel: text(row, 5)?,
        status: text(row, 6)?,
        term_months: row.int(7)?,
        cooling_off_days: row.int(8)?,
        premium_fen: row.int(9)?,
        application_date: row.date(10)?,
        issue_date: row.date(11)?,
        system_entry_date: row.date(12)?,
        print_date: row.date(13)?,
        effective_date: row.date(14)?,
        expiry_date: row.date(15)?,
        ack_signed_on: row.date(16)?,
        ack_entered_on: row.date(17)?,
        double_recorded: row.bool(18)?,
        juvenile: row.bool(19)?,
        holder_kind: text(row, 20)?,
        language: row.text(21)?,
        insured_kind: row.text(22)?,
        profile: profile(row, text(row, 20)?, 23)?,
        next_premium_due_on: row.date(32)?,
        agent_left_on: row.date(33)?,
    })
}

fn profile(row: Row<'_>, kind: String, at: usize) -> Result<Profile> {
    Ok(Profile {
        kind,
        birth_date: row.date(at)?,
        large: row.bool(at + 1)?,
        key_account: row.bool(at + 2)?,
        shareholder_related: row.bool(at + 3)?,
        value_class: row.text(at + 4)?,
        relationship_stage: row.text(at + 5)?,
        marketing_consent: row.bool(at + 6)?,
        risk_appetite: row.text(at + 7)?,
        risk_class: row.text(at + 8)?,
    })
}

/// Policies of a span in the order of their ids, at most `limit` of a span between two ids.
///
/// # Errors
/// What the database says.
pub async fn read_policies(
    bulk: &mut Bulk,
    span: &Span<'_>,
    limit: i64,
) -> Result<Vec<PolicyCase>> {
    let from = "FROM policies p JOIN customers h ON h.id = p.policyholder_id \
                LEFT JOIN customers i ON i.id = p.insured_id LEFT JOIN agents a ON a.id = p.agent_id";
    match span {
        Span::Between(low, high) => {
            let sql = format!(
                "SELECT {POLICY_COLUMNS} {from} WHERE p.id >= $1 AND p.id <= $2 ORDER BY p.id LIMIT $3"
            );
            bulk.query(
                &sql,
                &[Cell::Id(*low), Cell::Id(*high), Cell::Int(limit)],
                policy_case,
            )
            .await
        }
        Span::List(ids) => {
            let sql =
                format!("SELECT {POLICY_COLUMNS} {from} WHERE p.id IN ({{values}}) ORDER BY p.id");
            let cells: Vec<_> = ids.iter().map(|id| Cell::Id(*id)).collect();
            bulk.query_in(&sql, &cells, policy_case).await
        }
    }
}

/// Customers of a span in the order of their ids, at most `limit` of a span between two ids, with
/// from when to when they had policies. Those whose data was erased are not among them.
///
/// # Errors
/// What the database says.
pub async fn read_customers(
    bulk: &mut Bulk,
    span: &Span<'_>,
    limit: i64,
) -> Result<Vec<CustomerCase>> {
    let select = "SELECT id, org_id, language, kind, birth_date, large, key_account, shareholder_related, \
                  value_class, relationship_stage, marketing_consent, risk_appetite, risk_class FROM customers WHERE erased_at IS NULL AND merged_into_id IS NULL AND id";
    let mut customers = match span {
        Span::Between(low, high) => {
            let sql = format!("{select} >= $1 AND id <= $2 ORDER BY id LIMIT $3");
            let cells = [Cell::Id(*low), Cell::Id(*high), Cell::Int(limit)];
            bulk.query(&sql, &cells, customer_case).await?
        }
        Span::List(ids) => {
            let sql = format!("{select} IN ({{values}}) ORDER BY id");
            let cells: Vec<_> = ids.iter().map(|id| Cell::Id(*id)).collect();
            bulk.query_in(&sql, &cells, customer_case).await?
        }
    };
    let (Some(first), Some(last)) = (customers.first(), customers.last()) else {
        return Ok(customers);
    };
    let read = match span {
        Span::Between(..) => Span::Between(first.id, last.id),
        Span::List(ids) => Span::List(ids),
    };
    let mut spans = read_policy_spans(bulk, &read).await?;
    spans.sort_by_key(|s| s.customer);
    let mut rest = spans.into_iter().peekable();
    for customer in &mut customers {
        while rest.next_if(|s| s.customer < customer.id).is_some() {}
        while let Some(span) = rest.next_if(|s| s.customer == customer.id) {
            customer.policies.push(span);
        }
    }
    Ok(customers)
}

fn customer_case(row: Row<'_>) -> Result<CustomerCase> {
    Ok(CustomerCase {
        id: id(row, 0)?,
        org: id(row, 1)?,
        language: row.text(2)?,
        profile: profile(row, text(row, 3)?, 4)?,
        policies: Vec::new(),
    })
}

async fn read_policy_spans(bulk: &mut Bulk, span: &Span<'_>) -> Result<Vec<PolicySpan>> {
    let select = "SELECT p.policyholder_id, p.issue_date, p.status IN ('in_force', 'grace'), p.expiry_date, \
                  CASE WHEN p.status IN ('in_force', 'grace') THEN NULL ELSE (SELECT MAX(e.occurred_on) FROM events e \
                  WHERE e.policy_id = p.id AND e.type IN ('surrendered', 'cooling_off_cancelled', 'lapsed', \
                  'policy_expired')) END FROM policies p WHERE p.policyholder_id";
    let map = |row: Row<'_>| {
        Ok(PolicySpan {
            customer: id(row, 0)?,
            issued_on: row.date(1)?.unwrap_or_default(),
            runs: row.bool(2)?.unwrap_or_default(),
            expires_on: row.date(3)?,
            ended_on: row.date(4)?,
        })
    };
    match span {
        Span::Between(low, high) => {
            let sql = format!("{select} >= $1 AND p.policyholder_id <= $2");
            let cells = [Cell::Id(*low), Cell::Id(*high)];
            bulk.query(&sql, &cells, map).await
        }
        Span::List(ids) => {
            let sql = format!("{select} IN ({{values}})");
            let cells: Vec<_> = ids.iter().map(|id| Cell::Id(*id)).collect();
            bulk.query_in(&sql, &cells, map).await
        }
    }
}
