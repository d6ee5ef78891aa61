//! A letter as it is shown, and how it is read.

use crate::customers::shown_name;
use crate::sql::instant;
use crate::{Reads, Result, StoreError};
use chrono::NaiveDate;
use domain::access::OrgPath;
use domain::customers::SensitiveText;
use domain::ids::{AgentId, CallbackId, CustomerId, LetterId, PolicyId, QuestionnaireId};
use domain::letters::{LetterKind, LetterState};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A letter as it is shown.
#[derive(Clone, Debug)]
pub struct LetterRow {
    /// Its id.
    pub id: LetterId,
    /// Its number.
    pub number: String,
    /// What it is for.
    pub kind: LetterKind,
    /// Where it stands.
    pub state: LetterState,
    /// The callback that it belongs to.
    pub callback_id: CallbackId,
    /// Number of the callback.
    pub callback_number: String,
    /// The customer.
    pub customer_id: CustomerId,
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the customer, masked.
    pub customer_name: String,
    /// What the customer is worth, as a code.
    pub value_class: Option<String>,
    /// The policy.
    pub policy_id: Option<PolicyId>,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// The unit.
    pub org_id: Uuid,
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// Place of the unit.
    pub org_path: OrgPath,
    /// Programme code.
    pub programme: String,
    /// The salesperson of the policy.
    pub salesperson: Option<AgentId>,
    /// Code of the salesperson.
    pub agent_code: Option<String>,
    /// Name of the salesperson.
    pub agent_name: Option<String>,
    /// The version of the template.
    pub template_id: Uuid,
    /// The version of the questionnaire.
    pub questionnaire_id: QuestionnaireId,
    /// Codes of the items that it asks.
    pub items: Vec<String>,
    /// When it was made.
    pub issued_on: NaiveDate,
    /// Who made it.
    pub issued_by: String,
    /// By when it is expected back.
    pub due_on: Option<NaiveDate>,
    /// When it was sent.
    pub sent_on: Option<NaiveDate>,
    /// Number of the consignment.
    pub reference: Option<String>,
    /// When the customer had it.
    pub delivered_on: Option<NaiveDate>,
    /// When the policyholder signed.
    pub signed_on: Option<NaiveDate>,
    /// When the company's copy was back.
    pub returned_on: Option<NaiveDate>,
    /// When the receipt was entered.
    pub entered_on: Option<NaiveDate>,
    /// Who entered it.
    pub entered_by: Option<String>,
    /// The review as JSON.
    pub review: Option<String>,
    /// Changes of contact data and account that the customer wrote, as JSON.
    pub changes: Option<SensitiveText>,
    /// How often the salesperson was reminded.
    pub reminders: i64,
    /// When last.
    pub reminded_at: Option<Instant>,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
pub(super) struct Row {
    id: Uuid,
    number: String,
    kind: String,
    state: String,
    callback_id: Uuid,
    callback_number: String,
    customer_id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    value_class: Option<String>,
    policy_id: Option<Uuid>,
    policy_no: Option<String>,
    org_id: Uuid,
    org_code: String,
    org_name: String,
    org_path: String,
    programme: String,
    salesperson_id: Option<Uuid>,
    agent_code: Option<String>,
    agent_name: Option<String>,
    template_id: Uuid,
    questionnaire_id: Uuid,
    items: String,
    issued_on: NaiveDate,
    issued_by: String,
    due_on: Option<NaiveDate>,
    sent_on: Option<NaiveDate>,
    reference: Option<String>,
    delivered_on: Option<NaiveDate>,
    signed_on: Option<NaiveDate>,
    returned_on: Option<NaiveDate>,
    entered_on: Option<NaiveDate>,
    entered_by: Option<String>,
    review: Option<String>,
    changes: Option<Vec<u8>>,
    reminders: i64,
    reminded_at: Option<i64>,
    version: i64,
}

pub(super) const SELECT: &str = "SELECT l.id, l.number, l.kind, l.state, l.callback_id, b.number AS callback_number, \
     l.customer_id, c.customer_no, c.kind AS customer_kind, c.name AS customer_name, c.value_class, l.policy_id, p.policy_no, \
     l.org_id, o.org_code, o.name AS org_name, o.path AS org_path, l.programme, l.salesperson_id, a.agent_code, \
     a.name AS agent_name, l.template_id, l.questionnaire_id, l.items, l.issued_on, l.issued_by, l.due_on, l.sent_on, \
     l.reference, l.delivered_on, l.signed_on, l.returned_on, l.entered_on, l.entered_by, l.review, l.changes, \
     l.reminders, l.reminded_at, l.version \
     FROM letters l JOIN callbacks b ON b.id = l.callback_id JOIN customers c ON c.id = l.customer_id \
     JOIN orgs o ON o.id = l.org_id LEFT JOIN policies p ON p.id = l.policy_id \
     LEFT JOIN agents a ON a.id = l.salesperson_id";

pub(super) fn letters(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<LetterRow>> {
    rows.into_iter().map(|r| letter(db, r)).collect()
}

fn letter(db: &impl Reads, r: Row) -> Result<LetterRow> {
    let keys = db.keys();
    let changes = r
        .changes
        .map(|sealed| keys.open("letters.changes", r.id, &sealed))
        .transpose()?;
    let items = serde_json::from_str(&r.items);
    Ok(LetterRow {
        customer_name: shown_name(keys, r.customer_id, &r.customer_kind, &r.customer_name)?,
        kind: LetterKind::parse(&r.kind)?,
        state: LetterState::parse(&r.state)?,
        items: items.map_err(|e| StoreError::Data(format!("letters.items: {e}")))?,
        changes: changes.map(SensitiveText::from_stored),
        id: LetterId(r.id),
        number: r.number,
        callback_id: CallbackId(r.callback_id),
        callback_number: r.callback_number,
        customer_id: CustomerId(r.customer_id),
        customer_no: r.customer_no,
        value_class: r.value_class,
        policy_id: r.policy_id.map(PolicyId),
        policy_no: r.policy_no,
        org_id: r.org_id,
        org_code: r.org_code,
        org_name: r.org_name,
        org_path: OrgPath::from_stored(r.org_path),
        programme: r.programme,
        salesperson: r.salesperson_id.map(AgentId),
        agent_code: r.agent_code,
        agent_name: r.agent_name,
        template_id: r.template_id,
        questionnaire_id: QuestionnaireId(r.questionnaire_id),
        issued_on: r.issued_on,
        issued_by: r.issued_by,
        due_on: r.due_on,
        sent_on: r.sent_on,
        reference: r.reference,
        delivered_on: r.delivered_on,
        signed_on: r.signed_on,
        returned_on: r.returned_on,
        entered_on: r.entered_on,
        entered_by: r.entered_by,
        review: r.review,
        reminders: r.reminders,
        reminded_at: r.reminded_at.map(instant),
        version: r.version,
    })
}
