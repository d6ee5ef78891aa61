//! Asking for visits and changing them.

use super::seal;
use crate::sql::{millis, params};
use crate::{Reads as _, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::ids::{
    CallbackId, CustomerId, FormattedId, ObligationId, PolicyId, RecordingId, TicketId, UserId,
    VisitId,
};
use domain::obligations::Respondent;
use domain::tickets::ProblemType;
use domain::time::Instant;
use domain::visits::{RecordFormat, SignatureWay, VisitPurpose, VisitState};
use uuid::Uuid;

/// A visit that is asked for.
#[derive(Clone, Debug)]
pub struct NewVisit<'n> {
    /// Its number.
    pub number: &'n str,
    /// Why the customer is visited.
    pub purpose: VisitPurpose,
    /// What the record looks like.
    pub format: RecordFormat,
    /// The formatted questionnaire.
    pub questionnaire: Option<FormattedId>,
    /// The customer.
    pub customer: CustomerId,
    /// The policy.
    pub policy: Option<PolicyId>,
    /// The unit.
    pub org: Uuid,
    /// The callback that it belongs to.
    pub callback: Option<CallbackId>,
    /// The ticket that it solves.
    pub ticket: Option<TicketId>,
    /// The obligation that it discharges.
    pub obligation: Option<ObligationId>,
    /// Where it begins.
    pub state: VisitState,
    /// What was reported.
    pub report: Option<&'n str>,
    /// Who asks, and the name.
    pub requested: (UserId, &'n str),
    /// When it is due.
    pub due_on: Option<NaiveDate>,
}

/// Adds a visit.
///
/// # Errors
/// What the database says.
pub async fn insert_visit(work: &UnitOfWork, visit: &NewVisit<'_>) -> Result<VisitId> {
    let id = work.next_id();
    let report = seal(work.keys(), "visits.report", id, visit.report)?;
    let sql = "INSERT INTO visits (id, number, purpose, format, questionnaire_id, customer_id, policy_id, org_id, \
               callback_id, ticket_id, obligation_id, state, is_open, report, requested_by, requested_name, \
               requested_at, due_on, entered_late, version, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, \
               $10, $11, $12, TRUE, $13, $14, $15, $16, $17, FALSE, 1, $16)";
    let values = params![
        id,
        visit.number,
        visit.purpose.as_str(),
        visit.format.as_str(),
        visit.questionnaire.map(|q| q.0),
        visit.customer.0,
        visit.policy.map(|p| p.0),
        visit.org,
        visit.callback.map(|c| c.0),
        visit.ticket.map(|t| t.0),
        visit.obligation.map(|o| o.0),
        visit.state.as_str(),
        report,
        visit.requested.0.0,
        visit.requested.1,
        millis(work.now()),
        visit.due_on,
    ];
    work.execute(sql, values).await?;
    Ok(VisitId(id))
}

/// What a form says.
#[derive(Clone, Copy, Debug)]
pub struct FormChange<'f> {
    /// The form as JSON.
    pub form: &'f str,
    /// When the visit was made.
    pub visited_at: Instant,
    /// Who answered.
    pub respondent: Option<Respondent>,
    /// Whether everything was confirmed without objection.
    pub affirmed: Option<bool>,
    /// The problem that was found.
    pub problem: Option<ProblemType>,
    /// The writing, so that it is not taken twice.
    pub submission: &'f str,
    /// It is written later than allowed.
    pub entered_late: bool,
}

/// What changes besides the state; what is missing stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct VisitChange<'c> {
    /// Name of who decided, and why.
    pub decided: Option<(&'c str, &'c str)>,
    /// When it is due.
    pub due_on: Option<NaiveDate>,
    /// Who visits.
    pub visitor: Option<UserId>,
    /// What was agreed: time, place, with whom.
    pub agreed: Option<(Option<Instant>, Option<&'c str>, &'c str)>,
    /// Questions and matters that were prepared.
    pub guide: Option<&'c str>,
    /// The form.
    pub form: Option<FormChange<'c>>,
    /// The signature: how, the file, the digest of the form.
    pub signed: Option<(SignatureWay, RecordingId, &'c str)>,
    /// Name of who files it.
    pub archived: Option<&'c str>,
    /// What was done about the problem is noted now.
    pub followed_up: bool,
}

/// Saves a change of a visit whose version is as it was read.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn save_visit(
    work: &UnitOfWork,
    visit: VisitId,
    version: i64,
    state: VisitState,
    change: &VisitChange<'_>,
) -> Result<()> {
    let (now, id) = (millis(work.now()), visit.0);
    let sealed =
        |column: &str, text: Option<&str>| seal(work.keys(), &format!("visits.{column}"), id, text);
    let agreed = change.agreed;
    let form = change.form;
    let sql = "UPDATE visits SET state = $1, is_open = $2, decided_name = COALESCE($3, decided_name), \
               decided_at = COALESCE($4, decided_at), decision = COALESCE($5, decision), due_on = COALESCE($6, due_on), \
               visitor_id = COALESCE($7, visitor_id), \
               appointment_at = CASE WHEN $8 THEN $9 ELSE appointment_at END, \
               place = CASE WHEN $8 THEN $10 ELSE place END, agreed_with = COALESCE($11, agreed_with), \
               guide = COALESCE($12, guide), form = COALESCE($13, form), visited_at = COALESCE($14, visited_at), \
               respondent = CASE WHEN $15 THEN $16 ELSE respondent END, \
               affirmed = CASE WHEN $15 THEN $17 ELSE affirmed END, \
               problem = CASE WHEN $15 THEN $18 ELSE problem END, submission = COALESCE($19, submission), \
               entered_at = CASE WHEN $15 THEN COALESCE(entered_at, $20) ELSE entered_at END, \
               entered_late = entered_late OR $21, signed_at = COALESCE($22, signed_at), \
               signed_way = COALESCE($23, signed_way), signature_id = COALESCE($24, signature_id), \
               form_digest = COALESCE($25, form_digest), archived_at = COALESCE($26, archived_at), \
               archived_name = COALESCE($27, archived_name), \
               followed_up_at = CASE WHEN $28 THEN $20 ELSE followed_up_at END, updated_at = $20, version = version + 1 \
               WHERE id = $29 AND version = $30";
    let values = params![
        state.as_str(),
        state.is_open(),
        change.decided.map(|(name, _)| name),
        change.decided.map(|_| now),
        sealed("decision", change.decided.map(|(_, why)| why))?,
        change.due_on,
        change.visitor.map(|u| u.0),
        agreed.is_some(),
        agreed.and_then(|(at, ..)| at).map(millis),
        sealed("place", agreed.and_then(|(_, place, _)| place))?,
        sealed("agreed_with", agreed.map(|(.., with)| with))?,
        sealed("guide", change.guide)?,
        sealed("form", form.map(|f| f.form))?,
        form.map(|f| millis(f.visited_at)),
        form.is_some(),
        form.and_then(|f| f.respondent).map(Respondent::as_str),
        form.and_then(|f| f.affirmed),
        form.and_then(|f| f.problem).map(ProblemType::as_str),
        form.map(|f| f.submission),
        now,
        form.is_some_and(|f| f.entered_late),
        change.signed.map(|_| now),
        change.signed.map(|(way, ..)| way.as_str()),
        change.signed.map(|(_, file, _)| file.0),
        change.signed.map(|(.., digest)| digest),
        change.archived.map(|_| now),
        change.archived,
        change.followed_up,
        id,
        version,
    ];
    work.execute_one(sql, values).await
}
