//! The list of callbacks, with its filters as they stand in the URL.

use crate::{App, Error, Result};
use chrono::{Days, NaiveDate};
use domain::access::{Actor, Permission, Scope};
use domain::callbacks::CallbackState;
use domain::ids::UserId;
use domain::time::{self, Instant};
use store::callbacks::{self as rows, CallbackFilter, CallbackRow};
use store::{Page, PageKey};

/// Rows of a page.
const PAGE_ROWS: u64 = 50;
/// Counting stops here; the page says "more than".
const COUNT_CAP: i64 = 9_999;

/// Filters of the list, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ListQuery {
    /// `due` (today and overdue), `open`, `mine`, `unassigned`, `overdue`, `no_date`, `problem`,
    /// `closed`; `open` when empty.
    pub view: String,
    /// Programme code.
    pub programme: String,
    /// State code.
    pub state: String,
    /// Code of the unit.
    pub org: String,
    /// Language code.
    pub language: String,
    /// Id of the caller.
    pub assignee: String,
    /// Timing code.
    pub timing: String,
    /// Due until this day.
    pub due_to: String,
    /// Start of the page.
    pub after: String,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct CallbackList {
    /// The rows and where the next page begins.
    pub page: Page<CallbackRow>,
    /// How many there are; more than the cap is said to be more.
    pub count: i64,
    /// Whether counting stopped.
    pub count_is_capped: bool,
}

/// Callbacks of a filter.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_callbacks(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ListQuery,
) -> Result<CallbackList> {
    let scope = actor.scope(Permission::CallbacksRead)?;
    let filter = filter(app, actor, &scope, now, query).await?;
    let page = rows::list_callbacks(app.store(), &scope, &filter, PAGE_ROWS).await?;
    let count = rows::count_callbacks(app.store(), &scope, &filter, COUNT_CAP).await?;
    Ok(CallbackList {
        page,
        count: count.min(COUNT_CAP),
        count_is_capped: count > COUNT_CAP,
    })
}

/// Turns the text of a URL into a filter.
pub(crate) async fn filter(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    now: Instant,
    query: &ListQuery,
) -> Result<CallbackFilter> {
    let today = time::date_in_china(now);
    let mut filter = view(&query.view, actor, today)?;
    filter.ranks = crate::customers::queue_ranks(app, today);
    let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
    filter.programme = some(&query.programme);
    filter.language = some(&query.language);
    filter.timing = some(&query.timing);
    if !query.state.is_empty() {
        filter.states = match query.state.as_str() {
            // Planned work reads as ready from its earliest day on.
            "ready" => {
                filter.ready_on = Some(today);
                vec![CallbackState::Planned]
            }
            code => vec![
                CallbackState::parse(code).map_err(|_| Error::invalid("state", "unknown-code"))?,
            ],
        };
        filter.open = None;
    }
    if let Some(code) = some(&query.org) {
        let org = store::orgs::find_org_by_code(app.store(), &code).await?;
        let org = org.filter(|o| scope.covers(&o.path));
        filter.org_path = Some(
            org.ok_or_else(|| Error::invalid("org", "unknown-org"))?
                .path
                .as_str()
                .to_owned(),
        );
    }
    if let Some(id) = some(&query.assignee) {
        let id =
            uuid::Uuid::try_parse(&id).map_err(|_| Error::invalid("assignee", "unknown-code"))?;
        filter.assignee = Some(UserId(id));
    }
    if let Some(day) = some(&query.due_to) {
        filter.due_to = Some(day.parse().map_err(|_| Error::invalid("due_to", "date"))?);
    }
    if !query.after.is_empty() {
        filter.after = Some(
            PageKey::decode(&query.after).ok_or_else(|| Error::invalid("after", "unknown-code"))?,
        );
    }
    Ok(filter)
}

fn view(name: &str, actor: &Actor, today: NaiveDate) -> Result<CallbackFilter> {
    let open = CallbackFilter {
        open: Some(true),
        ..Default::default()
    };
    Ok(match name {
        "" | "open" => open,
        "due" => CallbackFilter {
            due_to: Some(today),
            ..open
        },
        "week" => CallbackFilter {
            due_to: Some(today + Days::new(6)),
            ..open
        },
        "mine" => CallbackFilter {
            assignee: actor.user(),
            ..open
        },
        "unassigned" => CallbackFilter {
            unassigned: true,
            ready_on: Some(today),
            ..open
        },
        "overdue" => CallbackFilter {
            due_to: today.pred_opt(),
            ..open
        },
        "no_date" => CallbackFilter {
            without_due: true,
            ..open
        },
        "problem" => CallbackFilter {
            states: vec![CallbackState::ProblemOpen, CallbackState::RecallDue],
            ..open
        },
        "branch" => CallbackFilter {
            states: vec![
                CallbackState::ContactFix,
                CallbackState::BranchSecond,
                CallbackState::LetterOut,
                CallbackState::VisitPlanned,
            ],
            ..open
        },
        "closed" => CallbackFilter {
            open: Some(false),
            ..Default::default()
        },
        _ => return Err(Error::invalid("view", "unknown-code")),
    })
}
