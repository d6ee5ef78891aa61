//! What rules look at: the events of policies and customers, in chunks.

use super::span::{Of, by_subject, id, text};
use crate::Result;
use crate::dialect::bulk::{Bulk, Cell, Row};
use crate::sql::instant;
use chrono::{NaiveDate, Timelike};
use domain::time;
use uuid::Uuid;

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
