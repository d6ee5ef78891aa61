//! The list of callbacks: filters in the address, saved views, choosing rows for assignment.

use crate::forms::{Choice, Fields, choices, programmes, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::callbacks::{CallbackList, ListQuery};
use axum::extract::{RawQuery, State};
use domain::access::Permission;
use domain::callbacks::CallbackState;
use domain::customers::SpokenLanguage;
use domain::obligations::Timing;
use store::access::{CallerRow, SavedView};
use store::orgs::Org;

/// Views that everybody has.
const VIEWS: [&str; 10] = [
    "due",
    "open",
    "mine",
    "unassigned",
    "overdue",
    "week",
    "problem",
    "branch",
    "no_date",
    "closed",
];

#[derive(askama::Template)]
#[template(path = "callbacks/list.html")]
struct ListPage {
    f: Frame,
    query: ListQuery,
    list: CallbackList,
    views: Vec<SavedView>,
    programmes: Vec<Choice>,
    orgs: Vec<Org>,
    callers: Vec<CallerRow>,
    here: String,
}

pub(crate) async fn list_callbacks(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let query = read(&Fields::parse(raw.as_bytes()));
    let actor = &who.actor;
    let list = app::callbacks::list_callbacks(&web.app, actor, who.now, &query).await?;
    let callers = if actor.may(Permission::CallbacksAssign) {
        app::callbacks::list_callers(&web.app, actor, who.now).await?
    } else {
        Vec::new()
    };
    let f = who.frame("callbacks");
    html(&ListPage {
        programmes: programmes(&web, &f, &query.programme),
        orgs: app::access::list_orgs(&web.app, actor).await?,
        views: app::access::list_views(&web.app, actor, "callbacks").await?,
        here: without_page(&raw),
        callers,
        query,
        list,
        f,
    })
}

/// Filters as the address has them.
pub(super) fn read(fields: &Fields) -> ListQuery {
    ListQuery {
        view: fields.own("view"),
        programme: fields.own("programme"),
        state: fields.own("state"),
        org: fields.own("org"),
        language: fields.own("language"),
        assignee: fields.own("assignee"),
        timing: fields.own("timing"),
        due_to: fields.own("due_to"),
        after: fields.own("after"),
    }
}

impl ListPage {
    fn views_of_all(&self) -> Vec<(&'static str, String, bool)> {
        let here = if self.query.view.is_empty() {
            "open"
        } else {
            self.query.view.as_str()
        };
        let named = VIEWS
            .iter()
            .map(|v| (*v, self.f.code("callback-view", v), *v == here));
        named.collect()
    }

    fn states(&self) -> Vec<Choice> {
        let codes = CallbackState::ALL.iter().map(|s| s.as_str());
        let codes = ["ready"].into_iter().chain(codes);
        choices(&self.f, "callback-state", codes, &self.query.state)
    }

    fn languages(&self) -> Vec<Choice> {
        let codes = SpokenLanguage::ALL.iter().map(|s| s.as_str());
        choices(&self.f, "language", codes, &self.query.language)
    }

    fn timings(&self) -> Vec<Choice> {
        choices(
            &self.f,
            "timing",
            Timing::ALL.iter().map(|t| t.as_str()),
            &self.query.timing,
        )
    }

    fn is_filtered(&self) -> bool {
        let q = &self.query;
        [
            &q.programme,
            &q.state,
            &q.org,
            &q.language,
            &q.assignee,
            &q.timing,
            &q.due_to,
        ]
        .iter()
        .any(|f| !f.is_empty())
    }
}
