//! A visit as it is shown, and how it is read.

use super::open;
use crate::customers::shown_name;
use crate::sql::instant;
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::OrgPath;
use domain::ids::{
    AgentId, CallbackId, CustomerId, FormattedId, ObligationId, PolicyId, RecordingId, TicketId,
    UserId, VisitId,
};
use domain::obligations::Respondent;
use domain::tickets::ProblemType;
use domain::time::Instant;
use domain::visits::{RecordFormat, SignatureWay, Visit, VisitPurpose, VisitState};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A visit as it is shown.
#[derive(Clone, Debug)]
pub struct VisitRow {
    /// Its id.
    pub id: VisitId,
    /// Its number.
    pub number: String,
    /// Why the customer is visited.
    pub purpose: VisitPurpose,
    /// What the record looks like.
    pub format: RecordFormat,
    /// The formatted questionnaire.
    pub questionnaire: Option<FormattedId>,
    /// Title of the formatted questionnaire.
    pub questionnaire_title: Option<String>,
    /// The customer.
    pub customer_id: CustomerId,
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the customer; of persons masked.
    pub customer_name: String,
    /// The policy.
    pub policy_id: Option<PolicyId>,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// The salesperson of the policy.
    pub salesperson: Option<AgentId>,
    /// The unit.
    pub org_id: Uuid,
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// Place of the unit.
    pub org_path: OrgPath,
    /// The callback that it belongs to.
    pub callback_id: Option<CallbackId>,
    /// Number of that callback.
    pub callback_number: Option<String>,
    /// The ticket that it solves.
    pub ticket_id: Option<TicketId>,
    /// Number of that ticket.
    pub ticket_number: Option<String>,
    /// The obligation that it discharges.
    pub obligation_id: Option<ObligationId>,
    /// Number of that obligation.
    pub obligation_number: Option<String>,
    /// Programme of that obligation.
    pub obligation_programme: Option<String>,
    /// Where it stands.
    pub state: VisitState,
    /// What was reported when it was asked for.
    pub report: Option<String>,
    /// Questions and matters that were prepared.
    pub guide: Option<String>,
    /// Who asked for it.
    pub requested_by: UserId,
    /// Name of who asked for it.
    pub requested_name: String,
    /// When it was asked for.
    pub requested_at: Instant,
    /// Name of who decided on it.
    pub decided_name: Option<String>,
    /// When it was decided.
    pub decided_at: Option<Instant>,
    /// Why it was decided so.
    pub decision: Option<String>,
    /// When it is due.
    pub due_on: Option<NaiveDate>,
    /// Who visits.
    pub visitor_id: Option<UserId>,
    /// Name of who visits.
    pub visitor_name: Option<String>,
    /// The agreed time.
    pub appointment_at: Option<Instant>,
    /// The agreed place.
    pub place: Option<String>,
    /// With whom it was agreed, and how.
    pub agreed_with: Option<String>,
    /// When it was made.
    pub visited_at: Option<Instant>,
    /// Who answered.
    pub respondent: Option<Respondent>,
    /// The form as JSON.
    pub form: Option<String>,
    /// Whether everything was confirmed without objection.
    pub affirmed: Option<bool>,
    /// The problem that was found.
    pub problem: Option<ProblemType>,
    /// The last writing of the form that was taken.
    pub submission: Option<String>,
    /// When the form was first written.
    pub entered_at: Option<Instant>,
    /// It was written later than allowed.
    pub entered_late: bool,
    /// When the respondent signed.
    pub signed_at: Option<Instant>,
    /// How the respondent signed.
    pub signed_way: Option<SignatureWay>,
    /// The file of the signature.
    pub signature: Option<RecordingId>,
    /// SHA-256 of the form as it was signed.
    pub form_digest: Option<String>,
    /// When it was filed.
    pub archived_at: Option<Instant>,
    /// Name of who filed it.
    pub archived_name: Option<String>,
    /// When it was noted what was done about the problem that was found.
    pub followed_up_at: Option<Instant>,
    /// Version, for updates.
    pub version: i64,
}

impl VisitRow {
    /// The visit as decisions look at it.
    pub fn decision_view(&self) -> Visit {
        Visit {
            state: self.state,
            requested_by: self.requested_by,
            visitor: self.visitor_id,
        }
    }
}

#[derive(FromQueryResult)]
pub(super) struct Row {
    id: Uuid,
    number: String,
    purpose: String,
    format: String,
    questionnaire_id: Option<Uuid>,
    questionnaire_title: Option<String>,
    customer_id: Uuid,
    customer_no: String,
    customer_kind: String,
    customer_name: Vec<u8>,
    policy_id: Option<Uuid>,
    policy_no: Option<String>,
    agent_id: Option<Uuid>,
    org_id: Uuid,
    org_code: String,
    org_name: String,
    org_path: String,
    callback_id: Option<Uuid>,
    callback_number: Option<String>,
    ticket_id: Option<Uuid>,
    ticket_number: Option<String>,
    obligation_id: Option<Uuid>,
    obligation_number: Option<String>,
    obligation_programme: Option<String>,
    state: String,
    report: Option<Vec<u8>>,
    guide: Option<Vec<u8>>,
    requested_by: Uuid,
    requested_name: String,
    requested_at: i64,
    decided_name: Option<String>,
    decided_at: Option<i64>,
    decision: Option<Vec<u8>>,
    due_on: Option<NaiveDate>,
    visitor_id: Option<Uuid>,
    visitor_name: Option<String>,
    appointment_at: Option<i64>,
    place: Option<Vec<u8>>,
    agreed_with: Option<Vec<u8>>,
    visited_at: Option<i64>,
    respondent: Option<String>,
    form: Option<Vec<u8>>,
    affirmed: Option<bool>,
    problem: Option<String>,
    submission: Option<String>,
    entered_at: Option<i64>,
    entered_late: bool,
    signed_at: Option<i64>,
    signed_way: Option<String>,
    signature_id: Option<Uuid>,
    form_digest: Option<String>,
    archived_at: Option<i64>,
    archived_name: Option<String>,
    followed_up_at: Option<i64>,
    version: i64,
}

pub(super) const SELECT: &str = "SELECT v.id, v.number, v.purpose, v.format, v.questionnaire_id, \
     q.title AS questionnaire_title, v.customer_id, c.customer_no, c.kind AS customer_kind, c.name AS customer_name, \
     v.policy_id, p.policy_no, p.agent_id, v.org_id, o.org_code, o.name AS org_name, o.path AS org_path, v.callback_id, \
     b.number AS callback_number, v.ticket_id, t.number AS ticket_number, v.obligation_id, \
     g.number AS obligation_number, g.programme AS obligation_programme, v.state, v.report, v.guide, v.requested_by, v.requested_name, v.requested_at, \
     v.decided_name, v.decided_at, v.decision, v.due_on, v.visitor_id, u.display_name AS visitor_name, \
     v.appointment_at, v.place, v.agreed_with, v.visited_at, v.respondent, v.form, v.affirmed, v.problem, \
     v.submission, v.entered_at, v.entered_late, v.signed_at, v.signed_way, v.signature_id, v.form_digest, \
     v.archived_at, v.archived_name, v.followed_up_at, v.version FROM visits v JOIN customers c ON c.id = v.customer_id \
     JOIN orgs o ON o.id = v.org_id LEFT JOIN policies p ON p.id = v.policy_id \
     LEFT JOIN callbacks b ON b.id = v.callback_id LEFT JOIN tickets t ON t.id = v.ticket_id \
     LEFT JOIN obligations g ON g.id = v.obligation_id LEFT JOIN users u ON u.id = v.visitor_id \
     LEFT JOIN visit_questionnaires q ON q.id = v.questionnaire_id";

pub(super) fn visits(db: &impl Reads, rows: Vec<Row>) -> Result<Vec<VisitRow>> {
    rows.into_iter().map(|r| visit(db, r)).collect()
}

fn visit(db: &impl Reads, r: Row) -> Result<VisitRow> {
    let keys = db.keys();
    let text = |column: &str, sealed| open(keys, &format!("visits.{column}"), r.id, sealed);
    Ok(VisitRow {
        customer_name: shown_name(keys, r.customer_id, &r.customer_kind, &r.customer_name)?,
        report: text("report", r.report)?,
        guide: text("guide", r.guide)?,
        decision: text("decision", r.decision)?,
        place: text("place", r.place)?,
        agreed_with: text("agreed_with", r.agreed_with)?,
        form: text("form", r.form)?,
        purpose: VisitPurpose::parse(&r.purpose)?,
        format: RecordFormat::parse(&r.format)?,
        state: VisitState::parse(&r.state)?,
        respondent: r.respondent.as_deref().map(Respondent::parse).transpose()?,
        problem: r.problem.as_deref().map(ProblemType::parse).transpose()?,
        signed_way: r
            .signed_way
            .as_deref()
            .map(SignatureWay::parse)
            .transpose()?,
        id: VisitId(r.id),
        number: r.number,
        questionnaire: r.questionnaire_id.map(FormattedId),
        questionnaire_title: r.questionnaire_title,
        customer_id: CustomerId(r.customer_id),
        customer_no: r.customer_no,
        policy_id: r.policy_id.map(PolicyId),
        policy_no: r.policy_no,
        salesperson: r.agent_id.map(AgentId),
        org_id: r.org_id,
        org_code: r.org_code,
        org_name: r.org_name,
        org_path: OrgPath::from_stored(r.org_path),
        callback_id: r.callback_id.map(CallbackId),
        callback_number: r.callback_number,
        ticket_id: r.ticket_id.map(TicketId),
        ticket_number: r.ticket_number,
        obligation_id: r.obligation_id.map(ObligationId),
        obligation_number: r.obligation_number,
        obligation_programme: r.obligation_programme,
        requested_by: UserId(r.requested_by),
        requested_name: r.requested_name,
        requested_at: instant(r.requested_at),
        decided_name: r.decided_name,
        decided_at: r.decided_at.map(instant),
        due_on: r.due_on,
        visitor_id: r.visitor_id.map(UserId),
        visitor_name: r.visitor_name,
        appointment_at: r.appointment_at.map(instant),
        visited_at: r.visited_at.map(instant),
        affirmed: r.affirmed,
        submission: r.submission,
        entered_at: r.entered_at.map(instant),
        entered_late: r.entered_late,
        signed_at: r.signed_at.map(instant),
        signature: r.signature_id.map(RecordingId),
        form_digest: r.form_digest,
        archived_at: r.archived_at.map(instant),
        archived_name: r.archived_name,
        followed_up_at: r.followed_up_at.map(instant),
        version: r.version,
    })
}
