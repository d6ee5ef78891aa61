//! Writing surveys.

use super::row::SurveyRow;
use crate::sql::{millis, params};
use crate::{Result, UnitOfWork};
use chrono::NaiveDate;
use domain::customers::CustomerKind;
use domain::ids::{OrgId, SurveyId, UserId};
use domain::surveys::{Platform, SurveyIdentity, SurveyKind, SurveyState};
use uuid::Uuid;

/// The application for a survey.
#[derive(Clone, Copy, Debug)]
pub struct NewSurvey<'n> {
    /// Kind.
    pub kind: SurveyKind,
    /// Whether answers are somebody's.
    pub identity: SurveyIdentity,
    /// Where it is put before customers.
    pub platform: Platform,
    /// The requesting department.
    pub department: &'n str,
    /// Title.
    pub title: &'n str,
    /// What it is for.
    pub purpose: &'n str,
    /// The draft questionnaire.
    pub draft: &'n str,
    /// Scope of respondents, in words.
    pub respondents: &'n str,
    /// The unit whose customers are asked.
    pub scope_org: OrgId,
    /// Only customers of a kind.
    pub customer_kind: Option<CustomerKind>,
    /// Share of them that is drawn, in per cent.
    pub sample_percent: i64,
    /// First day.
    pub from_on: NaiveDate,
    /// Last day.
    pub to_on: NaiveDate,
    /// When invitations go out, one moment a line.
    pub time_points: &'n str,
}

/// Adds a survey.
///
/// # Errors
/// What the database says.
pub async fn insert_survey(
    work: &UnitOfWork,
    number: &str,
    new: &NewSurvey<'_>,
    org: OrgId,
    requester: UserId,
) -> Result<SurveyId> {
    let id = work.next_id();
    let sql = "INSERT INTO surveys (id, number, kind, identity, platform, state, org_id, department, title, purpose, draft, \
               respondents, scope_org_id, customer_kind, sample_percent, from_on, to_on, time_points, requester_id, version, \
               created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'draft', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
               $17, $18, 1, $19, $19)";
    let values = params![
        id,
        number,
        new.kind.as_str(),
        new.identity.as_str(),
        new.platform.as_str(),
        org.0,
        new.department,
        new.title,
        new.purpose,
        new.draft,
        new.respondents,
        new.scope_org.0,
        new.customer_kind.map(CustomerKind::as_str),
        new.sample_percent,
        new.from_on,
        new.to_on,
        new.time_points,
        requester.0,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(SurveyId(id))
}

/// Writes an application anew, while it is a draft.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn write_application(
    work: &UnitOfWork,
    seen: &SurveyRow,
    new: &NewSurvey<'_>,
) -> Result<()> {
    let sql = "UPDATE surveys SET kind = $1, identity = $2, platform = $3, department = $4, title = $5, purpose = $6, \
               draft = $7, respondents = $8, scope_org_id = $9, customer_kind = $10, sample_percent = $11, from_on = $12, \
               to_on = $13, time_points = $14, updated_at = $15, version = version + 1 \
               WHERE id = $16 AND version = $17 AND state = 'draft'";
    let values = params![
        new.kind.as_str(),
        new.identity.as_str(),
        new.platform.as_str(),
        new.department,
        new.title,
        new.purpose,
        new.draft,
        new.respondents,
        new.scope_org.0,
        new.customer_kind.map(CustomerKind::as_str),
        new.sample_percent,
        new.from_on,
        new.to_on,
        new.time_points,
        millis(work.now()),
        seen.id.0,
        seen.version,
    ];
    work.execute_one(sql, values).await
}

/// What changes with a step; what is nothing stays.
#[derive(Clone, Debug, Default)]
pub struct SurveyChange<'c> {
    /// Who agreed as head of the department.
    pub head: Option<UserId>,
    /// Who agreed as supervising executive.
    pub executive: Option<UserId>,
    /// Who agreed as general manager.
    pub manager: Option<UserId>,
    /// Nobody has agreed any more.
    pub forget_agreements: bool,
    /// The electronic questionnaire.
    pub questionnaire: Option<&'c str>,
    /// The token of the link for everybody.
    pub open_token: Option<&'c str>,
    /// The job that invites.
    pub job: Option<Uuid>,
    /// When it was launched.
    pub launched_on: Option<NaiveDate>,
    /// When collection ended.
    pub closed_on: Option<NaiveDate>,
    /// By when results are to be collated.
    pub due_on: Option<NaiveDate>,
    /// When results were collated.
    pub collated_on: Option<NaiveDate>,
    /// When it was filed.
    pub archived_on: Option<NaiveDate>,
    /// The requester's report.
    pub report: Option<&'c str>,
    /// Feedback on customers' suggestions.
    pub feedback: Option<&'c str>,
}

/// Saves a step.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn save_survey(
    work: &UnitOfWork,
    seen: &SurveyRow,
    state: SurveyState,
    change: &SurveyChange<'_>,
) -> Result<()> {
    let id = seen.id.0;
    let seal = |column: &str, text: Option<&str>| {
        let sealed = text.map(|t| work.keys().seal(&format!("surveys.{column}"), id, t));
        sealed.transpose()
    };
    use crate::Reads as _;
    let (report, feedback) = (
        seal("report", change.report)?,
        seal("feedback", change.feedback)?,
    );
    let kept = |before: Option<UserId>, now: Option<UserId>| {
        let before = before.filter(|_| !change.forget_agreements);
        now.or(before).map(|u| u.0)
    };
    let sql = "UPDATE surveys SET state = $1, head_id = $2, executive_id = $3, manager_id = $4, \
               questionnaire = COALESCE($5, questionnaire), open_token = COALESCE($6, open_token), \
               job_id = COALESCE($7, job_id), launched_on = COALESCE($8, launched_on), closed_on = COALESCE($9, closed_on), \
               due_on = COALESCE($10, due_on), collated_on = COALESCE($11, collated_on), \
               archived_on = COALESCE($12, archived_on), report = COALESCE($13, report), \
               feedback = COALESCE($14, feedback), updated_at = $15, version = version + 1 WHERE id = $16 AND version = $17";
    let values = params![
        state.as_str(),
        kept(seen.head, change.head),
        kept(seen.executive, change.executive),
        kept(seen.manager, change.manager),
        change.questionnaire,
        change.open_token,
        change.job,
        change.launched_on,
        change.closed_on,
        change.due_on,
        change.collated_on,
        change.archived_on,
        report,
        feedback,
        millis(work.now()),
        id,
        seen.version,
    ];
    work.execute_one(sql, values).await
}
