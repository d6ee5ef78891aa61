//! Events: what happened, to which policy, customer or person.

use super::reason::Reason;
use super::row::RowReader;
use chrono::NaiveDate;
use domain::policies::{ClaimOutcome, EventType, PayeeRole, PayoutMethod};
use domain::time;
use std::collections::HashMap;
use store::dialect::bulk::Cell;
use store::imports::{Field, Record};
use uuid::Uuid;

pub(crate) const COLUMNS: [&str; 19] = [
    "event_id",
    "type",
    "occurred_at",
    "policy_no",
    "customer_no",
    "agent_code",
    "claim_no",
    "amount",
    "payout_method",
    "service_item_code",
    "payee_role",
    "handled_in_person",
    "reporter_role",
    "loss_region",
    "underwriting_region",
    "adjuster_code",
    "outcome",
    "paid_at",
    "note",
];
pub(super) const REQUIRED: [&str; 3] = ["event_id", "type", "occurred_at"];

#[derive(Clone, Debug)]
pub(super) struct Event {
    pub key: String,
    pub id: String,
    pub kind: EventType,
    pub policy_no: Option<String>,
    pub customer_no: Option<String>,
    pub agent_code: Option<String>,
    pub record: Record,
}

pub(super) fn parse(
    row: &mut RowReader<'_>,
    agents: &HashMap<String, Uuid>,
    source: &'static str,
) -> Option<Event> {
    let id = row.required("event_id").map(str::to_owned);
    let kind = row.required_code("type", EventType::parse);
    if kind == Some(EventType::CallbackCompleted) {
        row.reject("type", Reason::OwnEvent);
    }
    row.required("occurred_at");
    let occurred_at = row.instant("occurred_at");
    let agent = row.value("agent_code").and_then(|code| {
        let found = agents.get(code).copied();
        if found.is_none() {
            row.reject("agent_code", Reason::UnknownAgent);
        }
        found
    });
    if row.value("policy_no").is_none()
        && row.value("customer_no").is_none()
        && row.value("agent_code").is_none()
    {
        row.reject("policy_no", Reason::NoSubject);
    }
    let occurred_on = occurred_at.map(time::date_in_china);
    let mut fields = vec![
        row.text("event_id"),
        row.field("type", kind.map(|k| Cell::Code(k.as_str()))),
        Field::Value(Cell::Code(source)),
        row.field(
            "occurred_at",
            occurred_at.map(|at| Cell::Int(at.timestamp_millis())),
        ),
        row.field("occurred_at", occurred_on.map(Cell::Date)),
        row.field("policy_no", None),
        row.field("customer_no", None),
        row.field("agent_code", agent.map(Cell::Id)),
        row.text("claim_no"),
    ];
    fields.extend(details(row));
    fields.push(Field::Absent);
    let note = row.value("note").map(str::to_owned);
    fields.push(row.secret("note", note));
    let (id, kind) = (id?, kind?);
    Some(Event {
        key: format!("{id}\u{1f}{kind}"),
        id,
        kind,
        policy_no: row.value("policy_no").map(str::to_owned),
        customer_no: row.value("customer_no").map(str::to_owned),
        agent_code: row.value("agent_code").map(str::to_owned),
        record: Record { fields },
    })
}

fn details(row: &mut RowReader<'_>) -> Vec<Field> {
    let amount = row.money("amount");
    let mut fields = vec![row.field("amount", amount.map(Cell::Int))];
    let method = row.code("payout_method", PayoutMethod::parse);
    fields.push(row.field("payout_method", method.map(|c| Cell::Code(c.as_str()))));
    fields.push(row.text("service_item_code"));
    let payee = row.code("payee_role", PayeeRole::parse);
    fields.push(row.field("payee_role", payee.map(|c| Cell::Code(c.as_str()))));
    let in_person = row.bool("handled_in_person");
    fields.push(row.field("handled_in_person", in_person.map(Cell::Bool)));
    fields.push(row.text("reporter_role"));
    for column in ["loss_region", "underwriting_region"] {
        let region = row.region(column).map(|r| Cell::Text(r.to_owned()));
        fields.push(row.field(column, region));
    }
    fields.push(row.text("adjuster_code"));
    let outcome = row.code("outcome", ClaimOutcome::parse);
    fields.push(row.field("outcome", outcome.map(|c| Cell::Code(c.as_str()))));
    let paid_on = paid_on(row);
    fields.push(row.field("paid_at", paid_on.map(Cell::Date)));
    fields
}

/// The day of payment: a date, or the date of a moment.
fn paid_on(row: &mut RowReader<'_>) -> Option<NaiveDate> {
    let text = row.value("paid_at")?;
    if text.len() == 10 {
        row.date("paid_at")
    } else {
        row.instant("paid_at").map(time::date_in_china)
    }
}

impl Event {
    /// Fills in policy and customer, once they are known; the column that is unknown otherwise.
    pub(super) fn resolve(
        &mut self,
        policies: &HashMap<String, (Uuid, Uuid)>,
        customers: &HashMap<String, Uuid>,
    ) -> Result<(), (&'static str, Reason)> {
        let policy = match &self.policy_no {
            Some(number) => Some(
                policies
                    .get(number)
                    .ok_or(("policy_no", Reason::UnknownPolicy))?,
            ),
            None => None,
        };
        let customer = match &self.customer_no {
            Some(number) => Some(
                customers
                    .get(number)
                    .ok_or(("customer_no", Reason::UnknownCustomer))?,
            ),
            None => policy.map(|(_, holder)| holder),
        };
        if let Some((id, _)) = policy {
            self.record.fields[5] = Field::Value(Cell::Id(*id));
        }
        if let Some(id) = customer {
            self.record.fields[6] = Field::Value(Cell::Id(*id));
        }
        Ok(())
    }
}
