//! What rules look at: policies and customers, with their events, in chunks.

use super::span::{Of, Span, by_subject, id, text};
use crate::Result;
use crate::dialect::bulk::{Bulk, Cell, Row};
use crate::sql::instant;
use chrono::{NaiveDate, Timelike};
use domain::time;
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
    /// Consent to be told about products.
    pub marketing_consent: Option<bool>,
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

/// An event of a policy, or of a customer.
#[derive(Clone, Debug)]
pub struct EventCase {
    /// Its id.
    pub id: Uuid,
    /// The policy; the customer when it concerns no policy.
    pub subject: Uuid,
    /// Its type.
    pub kind: String,
    /// The day on which it occurred.
    pub occurred_on: Option<NaiveDate>,
    /// The minute of that day in China, counted from midnight.
    pub minute: Option<i64>,
    /// The day of payment.
    pub paid_on: Option<NaiveDate>,
    /// Claim number.
    pub claim_no: Option<String>,
    /// Amount in fen.
    pub amount_fen: Option<i64>,
    /// How it was paid out.
    pub payout_method: Option<String>,
    /// Who received it.
    pub payee_role: Option<String>,
    /// Code of the servicing item.
    pub service_item_code: Option<String>,
    /// Handled in person.
    pub handled_in_person: Option<bool>,
    /// Who reported the loss.
    pub reporter_role: Option<String>,
    /// Place of loss.
    pub loss_region: Option<String>,
    /// Place of underwriting.
    pub underwriting_region: Option<String>,
    /// Adjuster.
    pub adjuster_code: Option<String>,
    /// How the claim ended.
    pub outcome: Option<String>,
    /// The programme of a completed callback.
    pub programme: Option<String>,
    /// It was drawn where a programme samples.
    pub drawn: bool,
    /// The last day of the plan that it follows from; when the customer was taken off it.
    pub plan: (Option<NaiveDate>, Option<NaiveDate>),
}

const POLICY_COLUMNS: &str = "p.id, p.policyholder_id, p.org_id, p.line, p.product_class, p.channel, p.status, \
     p.term_months, p.cooling_off_days, p.premium_fen, p.application_date, p.issue_date, p.system_entry_date, \
     p.print_date, p.effective_date, p.expiry_date, p.ack_signed_on, p.ack_entered_on, p.double_recorded, \
     p.juvenile, h.kind, h.language, i.kind, h.birth_date, h.large, h.key_account, h.shareholder_related, \
     h.value_class, h.relationship_stage, h.marketing_consent";

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
                LEFT JOIN customers i ON i.id = p.insured_id";
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

const EVENT_COLUMNS: &str = "type, occurred_on, paid_on, claim_no, amount_fen, payout_method, \
     payee_role, handled_in_person, reporter_role, loss_region, underwriting_region, adjuster_code, outcome, programme, \
     service_item_code, occurred_at, EXISTS (SELECT 1 FROM sample_draws d WHERE d.trigger_ref = events.id), until_on, withdrawn_on";

fn event_case(row: Row<'_>) -> Result<EventCase> {
    Ok(EventCase {
        id: id(row, 0)?,
        subject: id(row, 1)?,
        kind: text(row, 2)?,
        occurred_on: row.date(3)?,
        paid_on: row.date(4)?,
        claim_no: row.text(5)?,
        amount_fen: row.int(6)?,
        payout_method: row.text(7)?,
        payee_role: row.text(8)?,
        handled_in_person: row.bool(9)?,
        reporter_role: row.text(10)?,
        loss_region: row.text(11)?,
        underwriting_region: row.text(12)?,
        adjuster_code: row.text(13)?,
        outcome: row.text(14)?,
        programme: row.text(15)?,
        service_item_code: row.text(16)?,
        minute: row.int(17)?.map(minute_in_china),
        drawn: row.bool(18)?.unwrap_or_default(),
        plan: (row.date(19)?, row.date(20)?),
    })
}

fn minute_in_china(at_millis: i64) -> i64 {
    let time = time::time_in_china(instant(at_millis));
    i64::from(time.num_seconds_from_midnight()) / 60
}

/// All events of the policies of a span, by policy; or those of customers that concern no policy.
///
/// # Errors
/// What the database says.
pub async fn read_events(bulk: &mut Bulk, of: &Of<'_>) -> Result<Vec<EventCase>> {
    let column = of.column();
    let select = format!("SELECT id, {column}, {EVENT_COLUMNS} FROM events");
    by_subject(bulk, of, &select, &format!("{column}, id"), event_case).await
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
                  value_class, relationship_stage, marketing_consent FROM customers WHERE erased_at IS NULL AND id";
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

/// The subjects of an event: its policy, and the customer whom it concerns.
pub type EventSubjects = (Uuid, Option<Uuid>, Option<Uuid>);

/// Policies and customers of events in a span of ids, in the order of the events.
///
/// # Errors
/// What the database says.
pub async fn read_event_subjects(
    bulk: &mut Bulk,
    low: Uuid,
    high: Uuid,
    limit: i64,
) -> Result<Vec<EventSubjects>> {
    let sql = "SELECT id, policy_id, customer_id FROM events WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT $3";
    let cells = [Cell::Id(low), Cell::Id(high), Cell::Int(limit)];
    bulk.query(sql, &cells, |row| Ok((id(row, 0)?, row.id(1)?, row.id(2)?)))
        .await
}
