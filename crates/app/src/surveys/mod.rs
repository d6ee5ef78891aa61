//! Online surveys from the application to the archive (B09 §11–15): who asks, who agrees, who builds and
//! sends out, what customers answer, what is made of it.
//!
//! What a customer answers is taken by [`submit_survey`], which knows no actor. Nothing there keeps whose
//! the answer to an anonymous survey is.

mod answer;
mod apply;
mod distribute;
mod follow;
mod list;
mod page;
mod refusals;
mod results;
mod step;

pub use answer::{AnswerSheet, FormScreen, Submitted, SurveyScreen, open_survey, submit_survey};
pub use apply::{
    ApplicationForm, ApplicationHelp, application_help, create_survey, own_draft, write_survey,
};
pub(crate) use distribute::distribute;
pub use follow::{
    CollationForm, MeasureForm, ReportForm, add_measure, collate, finish_measure, report_survey,
};
pub use list::{SurveyQuery, list_surveys, page_of_surveys};
pub use page::{SurveyPage, Waiting, survey_page};
pub use results::{ResultsPage, Shown, results_csv, survey_results};
pub use step::{build_questionnaire, take_survey_step};

use crate::{App, Error, Result};
use chrono::{Datelike as _, NaiveDate};
use domain::access::{Actor, Chain, Permission, Scope};
use domain::ids::SurveyId;
use domain::numbers::Number;
use domain::surveys::{Counted, Survey, SurveyStep};
use domain::time::{self, Instant};
use store::Reads;
use store::surveys::{self as rows, SurveyKey, SurveyRow};
use uuid::Uuid;

/// The right that a step needs.
fn right_of(step: SurveyStep) -> &'static [Permission] {
    use Permission as P;
    match step {
        SurveyStep::Submit
        | SurveyStep::Revise
        | SurveyStep::Confirm
        | SurveyStep::GiveBack
        | SurveyStep::Report
        | SurveyStep::SetMeasures => &[P::SurveysRequest],
        SurveyStep::HeadApproves => &[P::SurveysApprove],
        SurveyStep::ExecutiveApproves => &[P::SurveysEndorse],
        SurveyStep::ManagerApproves => &[P::SurveysAllow],
        SurveyStep::Reject => &[P::SurveysApprove, P::SurveysEndorse, P::SurveysAllow],
        SurveyStep::Build
        | SurveyStep::Launch
        | SurveyStep::Close
        | SurveyStep::Collate
        | SurveyStep::Archive => &[P::SurveysRun],
    }
}

/// The rows on which somebody may take a step.
fn scope_of(actor: &Actor, step: SurveyStep) -> Result<Scope> {
    let rights = right_of(step);
    let held = rights.iter().copied().find(|p| actor.may(*p));
    Ok(actor.scope(held.unwrap_or(rights[0]))?)
}

/// A survey in sight, by its number or id.
async fn find(db: &impl Reads, scope: &Scope, key: &str) -> Result<SurveyRow> {
    let key = key.trim();
    let number = Number::parse(key).map(|n| n.to_string());
    let key = match (&number, Uuid::try_parse(key)) {
        (Some(number), _) => SurveyKey::Number(number),
        (None, Ok(id)) => SurveyKey::Id(SurveyId(id)),
        (None, Err(_)) => return Err(Error::NotFound),
    };
    rows::find_survey(db, scope, key)
        .await?
        .ok_or(Error::NotFound)
}

/// How many surveys of the kind the department launched in the year, against the limit of the rules.
async fn counted(
    app: &App,
    db: &impl Reads,
    row: &SurveyRow,
    today: NaiveDate,
) -> Result<Option<Counted>> {
    let rules = app.rules();
    let Some(limit) = rules.setting(row.kind.limit_parameter(), today) else {
        return Ok(None);
    };
    let per_department = rules.flag("survey_limit_per_department", today) != Some(false);
    let of = per_department.then(|| apply::department(row));
    let launched = rows::count_launched(db, row.kind, of, year_of(today), Some(row.id)).await?;
    Ok(Some(Counted { launched, limit }))
}

/// First and last day of a year.
fn year_of(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = NaiveDate::from_ymd_opt(day.year(), 1, 1).unwrap_or(day);
    let last = NaiveDate::from_ymd_opt(day.year(), 12, 31).unwrap_or(day);
    (first, last)
}

/// A survey as decisions see it.
async fn decision_view(
    app: &App,
    db: &impl Reads,
    row: &SurveyRow,
    now: Instant,
) -> Result<Survey> {
    let today = time::date_in_china(now);
    Ok(Survey {
        state: row.state,
        chain: Chain {
            author: row.requester,
            head: row.head,
            executive: row.executive,
        },
        manager: row.manager,
        to_on: row.to_on,
        counted: match row.launched_on {
            None => counted(app, db, row, today).await?,
            Some(_) => None,
        },
        measures: rows::count_measures(db, row.id).await?,
    })
}
