//! The slip of a sales visit as it is shown, and how it is read.

use super::open;
use crate::sql::instant;
use crate::{Reads, Result};
use domain::customers::{PersonName, RelationshipStage};
use domain::ids::{CustomerId, SlipId, UserId};
use domain::time::Instant;
use domain::visits::{Receiver, SalesVisit, SlipOutcome, SlipState, Suspicion};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// The slip of a sales visit.
#[derive(Clone, Debug)]
pub struct SlipRow {
    /// Its id.
    pub id: SlipId,
    /// Its number.
    pub number: String,
    /// The unit.
    pub org_id: Uuid,
    /// Name of the unit.
    pub org_name: String,
    /// Who visits.
    pub salesperson_id: UserId,
    /// Name of who visits.
    pub salesperson_name: String,
    /// The customer, when it is in the register.
    pub customer_id: Option<CustomerId>,
    /// Number of the customer.
    pub customer_no: Option<String>,
    /// Stage of the relationship.
    pub category: RelationshipStage,
    /// Full name of the customer.
    pub customer_name: PersonName,
    /// Kind of business that is talked about.
    pub business_type: String,
    /// Name of the contact person.
    pub contact_name: PersonName,
    /// Title of the contact person.
    pub contact_title: String,
    /// Telephone number of the contact person, as it was written.
    pub contact_phone: Option<String>,
    /// When the visit is planned.
    pub planned_at: Option<Instant>,
    /// What is kept of where it stands.
    pub state: SlipState,
    /// When it was registered.
    pub registered_at: Instant,
    /// When the visit began.
    pub began_at: Option<Instant>,
    /// When the visit ended.
    pub ended_at: Option<Instant>,
    /// When the end was entered.
    pub end_entered_at: Option<Instant>,
    /// The end was entered later than allowed.
    pub entered_late: bool,
    /// The visit began before the slip was registered.
    pub without_slip: bool,
    /// By when the callback is due.
    pub callback_due_at: Option<Instant>,
    /// When the specialist called.
    pub called_at: Option<Instant>,
    /// Name of the specialist.
    pub caller_name: Option<String>,
    /// Satisfaction, from 1 to 5.
    pub satisfaction: Option<i64>,
    /// What the customer said about products.
    pub product_problems: Option<String>,
    /// What else was important.
    pub important: Option<String>,
    /// The customer told something important.
    pub is_important: bool,
    /// Whether the visit is suspected to be false.
    pub suspicion: Option<Suspicion>,
    /// Name of who verified the suspicion.
    pub verified_name: Option<String>,
    /// When it was verified.
    pub verified_at: Option<Instant>,
    /// What was done to verify it.
    pub verification: Option<String>,
    /// Why the visit was not made.
    pub cancel_reason: Option<String>,
    /// Version, for updates.
    pub version: i64,
}

impl SlipRow {
    /// The name of the customer as it is shown in lists.
    pub fn shown_customer(&self) -> String {
        // Organisations are visited: short names are persons and masked.
        if self.customer_name.organisation().chars().count() > 4 {
            self.customer_name.organisation().to_owned()
        } else {
            self.customer_name.to_string()
        }
    }

    /// What the callback found.
    pub fn outcome(&self) -> Option<SlipOutcome> {
        self.called_at?;
        Some(SlipOutcome {
            satisfaction: u8::try_from(self.satisfaction?).ok()?,
            is_important: self.is_important,
            is_suspicious: self.suspicion.is_some(),
        })
    }

    /// The sales visit as decisions look at it.
    pub fn decision_view(&self, read_by: Vec<Receiver>) -> SalesVisit {
        SalesVisit {
            state: self.state,
            salesperson: self.salesperson_id,
            registered_at: self.registered_at,
            callback_due_at: self.callback_due_at,
            outcome: self.outcome(),
            read_by,
            suspicion: self.suspicion,
        }
    }
}

#[derive(FromQueryResult)]
pub(super) struct Row {
    id: Uuid,
    number: String,
    org_id: Uuid,
    org_name: String,
    salesperson_id: Uuid,
    salesperson_name: String,
    customer_id: Option<Uuid>,
    customer_no: Option<String>,
    category: String,
    customer_name: Option<Vec<u8>>,
    business_type: String,
    contact_name: Option<Vec<u8>>,
    contact_title: String,
    contact_phone: Option<Vec<u8>>,
    planned_at: Option<i64>,
    state: String,
    registered_at: i64,
    began_at: Option<i64>,
    ended_at: Option<i64>,
    end_entered_at: Option<i64>,
    entered_late: bool,
    without_slip: bool,
    callback_due_at: Option<i64>,
    called_at: Option<i64>,
    caller_name: Option<String>,
    satisfaction: Option<i64>,
    product_problems: Option<Vec<u8>>,
    important: Option<Vec<u8>>,
    is_important: bool,
    suspicion: Option<String>,
    verified_name: Option<String>,
    verified_at: Option<i64>,
    verification: Option<Vec<u8>>,
    cancel_reason: Option<Vec<u8>>,
    version: i64,
}

pub(super) const SELECT: &str = "SELECT s.id, s.number, s.org_id, o.name AS org_name, s.salesperson_id, \
     u.display_name AS salesperson_name, s.customer_id, c.customer_no, s.category, s.customer_name, s.business_type, \
     s.contact_name, s.contact_title, s.contact_phone, s.planned_at, s.state, s.registered_at, s.began_at, s.ended_at, \
     s.end_entered_at, s.entered_late, s.without_slip, s.callback_due_at, s.called_at, k.display_name AS caller_name, \
     s.satisfaction, s.product_problems, s.important, s.is_important, s.suspicion, s.verified_name, s.verified_at, \
     s.verification, s.cancel_reason, s.version FROM field_slips s JOIN orgs o ON o.id = s.org_id \
     JOIN users u ON u.id = s.salesperson_id LEFT JOIN customers c ON c.id = s.customer_id \
     LEFT JOIN users k ON k.id = s.called_by";

pub(super) fn slips(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<SlipRow>> {
    rows.into_iter().map(|r| slip(db, r)).collect()
}

fn slip(db: &impl Reads, r: Row) -> Result<SlipRow> {
    let text =
        |column: &str, sealed| open(db.keys(), &format!("field_slips.{column}"), r.id, sealed);
    let name = |column: &str, sealed| {
        let found: Option<String> = text(column, sealed)?;
        Result::Ok(found.map_or_else(PersonName::destroyed, PersonName::from_stored))
    };
    Ok(SlipRow {
        customer_name: name("customer_name", r.customer_name)?,
        contact_name: name("contact_name", r.contact_name)?,
        contact_phone: text("contact_phone", r.contact_phone)?,
        product_problems: text("product_problems", r.product_problems)?,
        important: text("important", r.important)?,
        verification: text("verification", r.verification)?,
        cancel_reason: text("cancel_reason", r.cancel_reason)?,
        category: RelationshipStage::parse(&r.category)?,
        state: SlipState::parse(&r.state)?,
        suspicion: r.suspicion.as_deref().map(Suspicion::parse).transpose()?,
        id: SlipId(r.id),
        number: r.number,
        org_id: r.org_id,
        org_name: r.org_name,
        salesperson_id: UserId(r.salesperson_id),
        salesperson_name: r.salesperson_name,
        customer_id: r.customer_id.map(CustomerId),
        customer_no: r.customer_no,
        business_type: r.business_type,
        contact_title: r.contact_title,
        planned_at: r.planned_at.map(instant),
        registered_at: instant(r.registered_at),
        began_at: r.began_at.map(instant),
        ended_at: r.ended_at.map(instant),
        end_entered_at: r.end_entered_at.map(instant),
        entered_late: r.entered_late,
        without_slip: r.without_slip,
        callback_due_at: r.callback_due_at.map(instant),
        called_at: r.called_at.map(instant),
        caller_name: r.caller_name,
        satisfaction: r.satisfaction,
        is_important: r.is_important,
        verified_name: r.verified_name,
        verified_at: r.verified_at.map(instant),
        version: r.version,
    })
}
