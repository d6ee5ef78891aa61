//! A survey as it is stored.

use crate::sql::instant;
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::customers::CustomerKind;
use domain::ids::{OrgId, SurveyId, UserId};
use domain::surveys::{Platform, SurveyIdentity, SurveyKind, SurveyState};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A survey.
#[derive(Clone, Debug)]
pub struct SurveyRow {
    /// Its id.
    pub id: SurveyId,
    /// Its number.
    pub number: String,
    /// Kind.
    pub kind: SurveyKind,
    /// Whether answers are somebody's.
    pub identity: SurveyIdentity,
    /// Where it is put before customers.
    pub platform: Platform,
    /// Where it stands.
    pub state: SurveyState,
    /// Unit of the requester.
    pub org: OrgId,
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// Path of the unit.
    pub org_path: String,
    /// The requesting department.
    pub department: String,
    /// Title.
    pub title: String,
    /// What it is for.
    pub purpose: String,
    /// The draft questionnaire.
    pub draft: String,
    /// The electronic questionnaire, once it is built.
    pub questionnaire: Option<String>,
    /// Scope of respondents, in words.
    pub respondents: String,
    /// Code of the unit whose customers are asked.
    pub scope_org_code: String,
    /// Name of the unit whose customers are asked.
    pub scope_org_name: String,
    /// Path of the unit whose customers are asked.
    pub scope_org_path: String,
    /// Only customers of a kind.
    pub customer_kind: Option<CustomerKind>,
    /// Share of them that is drawn, in per cent.
    pub sample_percent: i64,
    /// First day.
    pub from_on: NaiveDate,
    /// Last day.
    pub to_on: NaiveDate,
    /// When invitations go out, one moment a line.
    pub time_points: String,
    /// Who asked for it.
    pub requester: UserId,
    /// Name of who asked for it.
    pub requester_name: String,
    /// Who agreed as head of the department.
    pub head: Option<UserId>,
    /// Who agreed as supervising executive.
    pub executive: Option<UserId>,
    /// Who agreed as general manager.
    pub manager: Option<UserId>,
    /// The token of the link for everybody.
    pub open_token: Option<String>,
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
    pub report: Option<String>,
    /// Feedback on customers' suggestions.
    pub feedback: Option<String>,
    /// Version, for updates.
    pub version: i64,
    /// When it was written.
    pub created_at: Instant,
}

#[derive(FromQueryResult)]
pub(super) struct Row {
    id: Uuid,
    number: String,
    kind: String,
    identity: String,
    platform: String,
    state: String,
    org_id: Uuid,
    org_code: String,
    org_name: String,
    org_path: String,
    department: String,
    title: String,
    purpose: String,
    draft: String,
    questionnaire: Option<String>,
    respondents: String,
    scope_org_code: String,
    scope_org_name: String,
    scope_org_path: String,
    customer_kind: Option<String>,
    sample_percent: i64,
    from_on: NaiveDate,
    to_on: NaiveDate,
    time_points: String,
    requester_id: Uuid,
    requester_name: String,
    head_id: Option<Uuid>,
    executive_id: Option<Uuid>,
    manager_id: Option<Uuid>,
    open_token: Option<String>,
    job_id: Option<Uuid>,
    launched_on: Option<NaiveDate>,
    closed_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    collated_on: Option<NaiveDate>,
    archived_on: Option<NaiveDate>,
    report: Option<Vec<u8>>,
    feedback: Option<Vec<u8>>,
    version: i64,
    created_at: i64,
}

pub(super) const SELECT: &str = "SELECT s.id, s.number, s.kind, s.identity, s.platform, s.state, s.org_id, o.org_code, \
     o.name AS org_name, o.path AS org_path, s.department, s.title, s.purpose, s.draft, s.questionnaire, s.respondents, \
     w.org_code AS scope_org_code, w.name AS scope_org_name, w.path AS scope_org_path, s.customer_kind, s.sample_percent, \
     s.from_on, s.to_on, s.time_points, s.requester_id, u.display_name AS requester_name, s.head_id, s.executive_id, \
     s.manager_id, s.open_token, s.job_id, s.launched_on, s.closed_on, s.due_on, s.collated_on, s.archived_on, s.report, \
     s.feedback, s.version, s.created_at FROM surveys s JOIN orgs o ON o.id = s.org_id \
     JOIN orgs w ON w.id = s.scope_org_id JOIN users u ON u.id = s.requester_id";

pub(super) fn read(db: &impl Reads, r: Row) -> Result<SurveyRow> {
    let text = |column: &str, sealed: Option<Vec<u8>>| {
        let opened = sealed.map(|s| db.keys().open(&format!("surveys.{column}"), r.id, &s));
        opened.transpose()
    };
    let customer_kind = r.customer_kind.as_deref().map(CustomerKind::parse);
    Ok(SurveyRow {
        report: text("report", r.report)?,
        feedback: text("feedback", r.feedback)?,
        kind: SurveyKind::parse(&r.kind)?,
        identity: SurveyIdentity::parse(&r.identity)?,
        platform: Platform::parse(&r.platform)?,
        state: SurveyState::parse(&r.state)?,
        customer_kind: customer_kind.transpose()?,
        id: SurveyId(r.id),
        number: r.number,
        org: OrgId(r.org_id),
        org_code: r.org_code,
        org_name: r.org_name,
        org_path: r.org_path,
        department: r.department,
        title: r.title,
        purpose: r.purpose,
        draft: r.draft,
        questionnaire: r.questionnaire,
        respondents: r.respondents,
        scope_org_code: r.scope_org_code,
        scope_org_name: r.scope_org_name,
        scope_org_path: r.scope_org_path,
        sample_percent: r.sample_percent,
        from_on: r.from_on,
        to_on: r.to_on,
        time_points: r.time_points,
        requester: UserId(r.requester_id),
        requester_name: r.requester_name,
        head: r.head_id.map(UserId),
        executive: r.executive_id.map(UserId),
        manager: r.manager_id.map(UserId),
        open_token: r.open_token,
        job: r.job_id,
        launched_on: r.launched_on,
        closed_on: r.closed_on,
        due_on: r.due_on,
        collated_on: r.collated_on,
        archived_on: r.archived_on,
        version: r.version,
        created_at: instant(r.created_at),
    })
}
