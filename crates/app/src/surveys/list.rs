//! The list of surveys.

use crate::listing::{self, COUNT_CAP, Listed, PAGE_ROWS};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::ids::UserId;
use domain::surveys::{SurveyKind, SurveyState};
use domain::time::{self, Instant};
use store::Page;
use store::surveys::{self as rows, SurveyFilter, SurveyRow, Todo};

/// Filters of the list, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SurveyQuery {
    /// `todo`, `open`, `running`, `mine`, `told`, `archived`, `rejected` or `all`; `open` when empty.
    pub view: String,
    /// Code of the kind.
    pub kind: String,
    /// Code of the unit.
    pub org: String,
    /// Start of the page.
    pub after: String,
}

/// Surveys of a filter.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_surveys(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &SurveyQuery,
) -> Result<Listed<SurveyRow>> {
    let scope = actor.scope(Permission::SurveysRead)?;
    let filter = filter(app, actor, &scope, now, query).await?;
    let page = rows::list_surveys(app.store(), &scope, &filter, PAGE_ROWS).await?;
    let count = rows::count_surveys(app.store(), &scope, &filter, COUNT_CAP).await?;
    Ok(Listed::new(page, count))
}

/// A page of the surveys of a filter, as systems read it.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn page_of_surveys(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &SurveyQuery,
    limit: u64,
) -> Result<Page<SurveyRow>> {
    let scope = actor.scope(Permission::SurveysRead)?;
    let filter = filter(app, actor, &scope, now, query).await?;
    Ok(rows::list_surveys(app.store(), &scope, &filter, limit).await?)
}

/// What waits for somebody, by their rights.
fn todo(actor: &Actor, user: UserId, now: Instant) -> Todo {
    use SurveyState as S;
    let mut others = Vec::new();
    for (right, states) in [
        (Permission::SurveysApprove, &[S::Submitted][..]),
        (Permission::SurveysEndorse, &[S::HeadApproved]),
        (
            Permission::SurveysRun,
            &[
                S::ExecutiveApproved,
                S::ManagerApproved,
                S::Returned,
                S::Confirmed,
                S::Closed,
                S::MeasuresSet,
            ],
        ),
    ] {
        if actor.may(right) {
            others.extend(states);
        }
    }
    let runs = actor.may(Permission::SurveysRun);
    Todo {
        user,
        others,
        own: vec![S::Draft, S::Built, S::Collated, S::Reported],
        ended_before: runs.then(|| time::date_in_china(now)),
    }
}

async fn filter(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    now: Instant,
    query: &SurveyQuery,
) -> Result<SurveyFilter> {
    let states = |fits: fn(SurveyState) -> bool| SurveyFilter {
        states: SurveyState::ALL
            .iter()
            .copied()
            .filter(|s| fits(*s))
            .collect(),
        ..SurveyFilter::default()
    };
    let filter = match (query.view.as_str(), actor.user()) {
        ("" | "open", _) => states(SurveyState::is_open),
        ("running", _) => states(|s| s == SurveyState::Running),
        ("archived", _) => states(|s| s == SurveyState::Archived),
        ("rejected", _) => states(|s| s == SurveyState::Rejected),
        ("all", _) => SurveyFilter::default(),
        ("todo", Some(user)) => SurveyFilter {
            todo: Some(todo(actor, user, now)),
            ..SurveyFilter::default()
        },
        ("mine", Some(user)) => SurveyFilter {
            requester: Some(user),
            ..SurveyFilter::default()
        },
        ("told", Some(user)) => SurveyFilter {
            told: Some(user),
            ..SurveyFilter::default()
        },
        _ => return Err(Error::invalid("view", "unknown-code")),
    };
    Ok(SurveyFilter {
        kind: listing::code("kind", &query.kind, SurveyKind::parse)?,
        org_path: listing::org_path(app, scope, &query.org).await?,
        after: listing::after(&query.after)?,
        ..filter
    })
}
