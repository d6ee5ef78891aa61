//! What is planned already, as the planner compares it.

use super::span::{Of, by_subject, id, text};
use crate::Result;
use crate::dialect::bulk::Bulk;
use chrono::NaiveDate;
use domain::obligations::ObligationKind;
use uuid::Uuid;

/// An obligation as the planner compares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedObligation {
    /// Programme code.
    pub programme: String,
    /// What discharges it.
    pub kind: ObligationKind,
    /// Row of the pack.
    pub pack: Uuid,
    /// What set it off: the type of an event, or a rhythm of the calendar.
    pub trigger_type: String,
    /// The policy or event that set it off; for the calendar a name that follows from the subject,
    /// the programme and the day.
    pub trigger_ref: Uuid,
    /// When.
    pub trigger_on: NaiveDate,
    /// The customer.
    pub customer: Uuid,
    /// The policy, if it concerns one.
    pub policy: Option<Uuid>,
    /// The claim.
    pub claim_no: Option<String>,
    /// The adjuster.
    pub adjuster_code: Option<String>,
    /// Whom to reach.
    pub respondent: String,
    /// The unit.
    pub org: Uuid,
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
    /// Why it is void, if it is.
    pub cancel_reason: Option<String>,
    /// A date depends on a year that is not announced.
    pub provisional: bool,
    /// The facts that the decision rests on, as JSON.
    pub facts: String,
}

/// An obligation that exists.
#[derive(Clone, Debug)]
pub struct ExistingObligation {
    /// Its id.
    pub id: Uuid,
    /// Its status.
    pub status: String,
    /// Number of the set of rules that it was decided with.
    pub generation: i64,
    /// What was planned.
    pub planned: PlannedObligation,
}

/// Obligations of the policies of a span, or those of customers that concern no policy.
///
/// # Errors
/// What the database says.
pub async fn read_obligations(bulk: &mut Bulk, of: &Of<'_>) -> Result<Vec<ExistingObligation>> {
    let select = "SELECT id, status, programme, pack_id, trigger_type, trigger_ref, trigger_on, customer_id, \
         policy_id, claim_no, adjuster_code, respondent, org_id, extract_on, earliest_on, due_on, \
         right_end_raw_on, right_end_on, cancel_reason, provisional, facts, rules_generation, kind FROM obligations";
    let order = format!("{}, id", of.column());
    by_subject(bulk, of, select, &order, |row| {
        Ok(ExistingObligation {
            id: id(row, 0)?,
            status: text(row, 1)?,
            generation: row.int(21)?.unwrap_or(1),
            planned: PlannedObligation {
                programme: text(row, 2)?,
                kind: ObligationKind::parse(&text(row, 22)?).unwrap_or(ObligationKind::Callback),
                pack: id(row, 3)?,
                trigger_type: text(row, 4)?,
                trigger_ref: id(row, 5)?,
                trigger_on: row.date(6)?.unwrap_or_default(),
                customer: id(row, 7)?,
                policy: row.id(8)?,
                claim_no: row.text(9)?,
                adjuster_code: row.text(10)?,
                respondent: text(row, 11)?,
                org: id(row, 12)?,
                extract_on: row.date(13)?,
                earliest_on: row.date(14)?,
                due_on: row.date(15)?,
                right_end_raw_on: row.date(16)?,
                right_end_on: row.date(17)?,
                cancel_reason: row.text(18)?,
                provisional: row.bool(19)?.unwrap_or_default(),
                facts: text(row, 20)?,
            },
        })
    })
    .await
}

/// A candidate that a rule excludes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedExclusion {
    /// Programme code.
    pub programme: String,
    /// Row of the pack.
    pub pack: Uuid,
    /// Type of the event.
    pub trigger_type: String,
    /// The policy or event.
    pub trigger_ref: Uuid,
    /// When.
    pub trigger_on: NaiveDate,
    /// The customer.
    pub customer: Uuid,
    /// The policy, if it concerns one.
    pub policy: Option<Uuid>,
    /// The claim.
    pub claim_no: Option<String>,
    /// The unit.
    pub org: Uuid,
    /// Why.
    pub reason_code: String,
}

/// Exclusions of the policies of a span, or those of customers that concern no policy, with their
/// ids.
///
/// # Errors
/// What the database says.
pub async fn read_exclusions(
    bulk: &mut Bulk,
    of: &Of<'_>,
) -> Result<Vec<(Uuid, PlannedExclusion)>> {
    let select = "SELECT id, programme, pack_id, trigger_type, trigger_ref, trigger_on, customer_id, policy_id, \
         claim_no, org_id, reason_code FROM exclusions";
    let order = format!("{}, id", of.column());
    by_subject(bulk, of, select, &order, |row| {
        let exclusion = PlannedExclusion {
            programme: text(row, 1)?,
            pack: id(row, 2)?,
            trigger_type: text(row, 3)?,
            trigger_ref: id(row, 4)?,
            trigger_on: row.date(5)?.unwrap_or_default(),
            customer: id(row, 6)?,
            policy: row.id(7)?,
            claim_no: row.text(8)?,
            org: id(row, 9)?,
            reason_code: text(row, 10)?,
        };
        Ok((id(row, 0)?, exclusion))
    })
    .await
}
