//! One survey with its history, what fits next, and who is to do it.

use super::distribute::address;
use super::{decision_view, find, right_of};
use crate::listing::COUNT_CAP;
use crate::{App, Result};
use domain::access::{Actor, Permission};
use domain::surveys::{
    Counted, FormError, Platform, Question, Survey, SurveyState, SurveyStep, parse_form,
};
use domain::time::{self, Instant};
use store::AuditEntry;
use store::surveys::{
    self as rows, MeasureRow, PersonRow, Respondents, SurveyEntryRow, SurveyRow, ToldRow,
};

/// For whom a survey waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The requester.
    Requester,
    /// The head of the department.
    Head,
    /// The supervising executive.
    Executive,
    /// The general manager.
    GeneralManager,
    /// The customer-service office.
    Office,
    /// Customers.
    Customers,
    /// Nobody.
    Nobody,
}

impl Waiting {
    /// Its code, for the message that names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requester => "requester",
            Self::Head => "head",
            Self::Executive => "executive",
            Self::GeneralManager => "general_manager",
            Self::Office => "office",
            Self::Customers => "customers",
            Self::Nobody => "nobody",
        }
    }
}

/// A survey with what a page shows of it.
#[derive(Clone, Debug)]
pub struct SurveyPage {
    /// The survey.
    pub row: SurveyRow,
    /// History.
    pub entries: Vec<SurveyEntryRow>,
    /// Who was told.
    pub told: Vec<ToldRow>,
    /// Improvement measures.
    pub measures: Vec<MeasureRow>,
    /// Steps that the viewer may take.
    pub steps: Vec<SurveyStep>,
    /// For whom it waits.
    pub waiting: Waiting,
    /// What the department used of the year's limit; nothing without a limit.
    pub counted: Option<Counted>,
    /// The general manager has to agree.
    pub needs_manager: bool,
    /// The questions of the electronic questionnaire, or of the draft before there is one.
    pub questions: Vec<Question>,
    /// Why the draft is no questionnaire yet.
    pub draft_problem: Option<FormError>,
    /// Customers within the scope, before it is launched.
    pub candidates: Option<i64>,
    /// Counting stopped.
    pub candidates_capped: bool,
    /// Customers who were invited.
    pub invited: i64,
    /// Questionnaires that came in.
    pub received: i64,
    /// The link for everybody.
    pub link: Option<String>,
    /// Whom the viewer can tell, or give a measure.
    pub persons: Vec<PersonRow>,
    /// The viewer may add measures.
    pub may_add_measures: bool,
}

/// A survey in sight. That somebody who was told opened it is noted.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn survey_page(app: &App, actor: &Actor, now: Instant, key: &str) -> Result<SurveyPage> {
    let scope = actor.scope(Permission::SurveysRead)?;
    let db = app.store();
    let row = find(db, &scope, key).await?;
    note_reading(app, actor, now, &row).await?;
    let view = decision_view(app, db, &row, now).await?;
    let steps = steps(&view, actor, now);
    let (questions, draft_problem) = match &row.questionnaire {
        Some(text) => (parse_form(text).unwrap_or_default(), None),
        None => match parse_form(&row.draft) {
            Ok(questions) => (questions, None),
            Err(problem) => (Vec::new(), Some(problem)),
        },
    };
    let told = rows::list_told(db, row.id).await?;
    let is_told = told.iter().any(|t| Some(t.user) == actor.user());
    let follows = matches!(
        row.state,
        SurveyState::Collated | SurveyState::Reported | SurveyState::MeasuresSet
    );
    let concerned = is_told || Some(row.requester) == actor.user();
    let may_add_measures = follows && concerned && actor.may(Permission::SurveysRequest);
    let tells = steps.contains(&SurveyStep::Collate) || may_add_measures;
    let persons = match tells {
        true => rows::list_persons_near(db, &row.org_path).await?,
        false => Vec::new(),
    };
    let candidates = candidates(app, actor, &row).await?;
    let verdicts = rows::count_verdicts(db, row.id).await?;
    Ok(SurveyPage {
        entries: rows::list_survey_entries(db, row.id).await?,
        measures: rows::list_measures(db, row.id).await?,
        invited: rows::count_invitations(db, row.id).await?,
        received: verdicts.iter().map(|(_, n)| n).sum(),
        link: row.open_token.as_ref().map(|token| address(app, token)),
        waiting: waiting(&view, &row, now),
        counted: view.counted,
        needs_manager: view.needs_manager(),
        candidates: candidates.map(|n| n.min(COUNT_CAP)),
        candidates_capped: candidates.is_some_and(|n| n > COUNT_CAP),
        told,
        steps,
        questions,
        draft_problem,
        persons,
        may_add_measures,
        row,
    })
}

async fn candidates(app: &App, actor: &Actor, row: &SurveyRow) -> Result<Option<i64>> {
    let before = row.launched_on.is_none() && row.state.is_open();
    if !before || row.platform == Platform::OpenLink {
        return Ok(None);
    }
    let Ok(scope) = actor.scope(Permission::CustomersRead) else {
        return Ok(None);
    };
    let of = Respondents {
        org_path: &row.scope_org_path,
        kind: row.customer_kind,
    };
    let count = rows::count_candidates(app.store(), &scope, &of, COUNT_CAP).await?;
    Ok(Some(count))
}

async fn note_reading(app: &App, actor: &Actor, now: Instant, row: &SurveyRow) -> Result<()> {
    let Some(user) = actor.user() else {
        return Ok(());
    };
    let told = rows::list_told(app.store(), row.id).await?;
    if !told.iter().any(|t| t.user == user && t.read_at.is_none()) {
        return Ok(());
    }
    let work = app.store().begin(now).await?;
    rows::read_told(&work, row.id, user).await?;
    let entry = AuditEntry::new(actor, "survey.read", "survey", row.id.0);
    Ok(work.commit(entry).await?)
}

fn steps(view: &Survey, actor: &Actor, now: Instant) -> Vec<SurveyStep> {
    let Some(by) = actor.user() else {
        return Vec::new();
    };
    let today = time::date_in_china(now);
    let may = |step: &SurveyStep| right_of(*step).iter().any(|p| actor.may(*p));
    let fits = |step: &SurveyStep| view.decide(*step, by, true, today).is_ok();
    let all = SurveyStep::ALL.iter().copied();
    all.filter(|s| may(s) && fits(s)).collect()
}

fn waiting(view: &Survey, row: &SurveyRow, now: Instant) -> Waiting {
    use SurveyState as S;
    match view.state {
        S::Submitted => Waiting::Head,
        S::HeadApproved => Waiting::Executive,
        S::ExecutiveApproved | S::Confirmed | S::Returned if view.needs_manager() => {
            Waiting::GeneralManager
        }
        S::Running if time::date_in_china(now) <= row.to_on => Waiting::Customers,
        S::ExecutiveApproved
        | S::ManagerApproved
        | S::Returned
        | S::Confirmed
        | S::Running
        | S::Closed
        | S::MeasuresSet => Waiting::Office,
        S::Draft | S::Built | S::Collated | S::Reported | S::Rejected => Waiting::Requester,
        S::Archived => Waiting::Nobody,
    }
}
