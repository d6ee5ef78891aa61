//! Numbered lists of cases: looking at what a list would hold, making it, reading,
//! printing and taking it along.

use crate::forms::{Choice, Fields, Sent, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::tickets::{ListForm, ProblemListPage};
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use chrono::Datelike as _;
use domain::tickets::CaseListKind;
use store::Page;
use store::tickets::{ProblemListHead, ProblemListRow};

/// Columns of the sheet, each with the message that names it.
const COLUMNS: [&str; 16] = [
    "problem-list-seq",
    "problem-list-item",
    "problem-list-on",
    "problem-list-ticket",
    "ticket-problem",
    "callback-policy",
    "policy-channel",
    "problem-list-customer",
    "callback-unit",
    "policy-agent",
    "ticket-handler",
    "ticket-issued",
    "problem-list-last-day",
    "problem-list-processed",
    "callback-state",
    "problem-list-penalty",
];

#[derive(askama::Template)]
#[template(path = "tickets/lists.html")]
struct ListsPage {
    f: Frame,
    lists: Page<ProblemListHead>,
    after: String,
    here: String,
}

pub(crate) async fn list_lists(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let after = Fields::parse(raw.as_bytes()).own("after");
    html(&ListsPage {
        lists: app::tickets::list_lists(&web.app, &who.actor, &after).await?,
        here: without_page(&raw),
        f: who.frame("problem-lists"),
        after,
    })
}

#[derive(askama::Template)]
#[template(path = "tickets/new_list.html")]
struct NewListPage {
    f: Frame,
    form: ListForm,
    orgs: Vec<Choice>,
    rows: Vec<ProblemListRow>,
}

/// What a list would hold; last month's, when no period is given.
pub(crate) async fn preview_list(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let f = who.frame("problem-lists");
    let mut form = form_of(&fields);
    let units = app::access::list_orgs(&web.app, &who.actor).await?;
    if form.org.is_empty() {
        form.org = units.first().map(|o| o.code.clone()).unwrap_or_default();
    }
    if form.from.is_empty() || form.to.is_empty() {
        let first = f.today.with_day(1).unwrap_or(f.today);
        form = ListForm {
            from: first.to_string(),
            to: f.today.to_string(),
            ..form
        };
    }
    html(&NewListPage {
        rows: app::tickets::preview_list(&web.app, &who.actor, who.now, &form).await?,
        orgs: orgs(&web, &who.actor, &form.org).await?,
        form,
        f,
    })
}

fn form_of(fields: &Fields) -> ListForm {
    ListForm {
        org: fields.own("org"),
        from: fields.own("from"),
        to: fields.own("to"),
        kind: fields.own("kind"),
        opinion: fields.own("opinion"),
        plan: fields.own("plan"),
    }
}

pub(crate) async fn create_list(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = form_of(&fields);
    let number = app::tickets::make_list(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go(&format!("/problem-lists/{number}")))
}

#[derive(askama::Template)]
#[template(path = "tickets/problem_list.html")]
struct ListPage {
    f: Frame,
    page: ProblemListPage,
    for_print: bool,
}

pub(crate) async fn show_list(
    State(web): State<Web>,
    Path(number): Path<String>,
    who: Who,
) -> Answer {
    html(&ListPage {
        page: app::tickets::read_list(&web.app, &who.actor, who.now, &number).await?,
        f: who.frame("problem-lists"),
        for_print: false,
    })
}

pub(crate) async fn print_list(
    State(web): State<Web>,
    Path(number): Path<String>,
    who: Who,
) -> Answer {
    html(&ListPage {
        page: app::tickets::read_list(&web.app, &who.actor, who.now, &number).await?,
        f: who.frame("problem-lists"),
        for_print: true,
    })
}

pub(crate) async fn download_list(
    State(web): State<Web>,
    Path(number): Path<String>,
    who: Who,
) -> Answer {
    let f = who.frame("problem-lists");
    let heads: Vec<_> = COLUMNS.iter().map(|id| f.say(id)).collect();
    let locale = f.locale;
    let say = move |kind: &str, code: &str| locale.code(kind, code);
    let sheet =
        app::tickets::list_sheet(&web.app, &who.actor, who.now, &number, &heads, say).await?;
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned(),
        ),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{number}.xlsx\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, sheet).into_response())
}

impl NewListPage {
    fn kinds(&self) -> Vec<Choice> {
        let codes = CaseListKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "case-list", codes, self.kind())
    }

    fn kind(&self) -> &str {
        match self.form.kind.as_str() {
            "" => CaseListKind::Bancassurance.as_str(),
            kind => kind,
        }
    }

    /// Departments are told what to think of the cases and what is planned.
    fn is_report(&self) -> bool {
        self.kind() == CaseListKind::Departments.as_str()
    }
}

impl ListPage {
    fn is_report(&self) -> bool {
        self.page.head.kind == CaseListKind::Departments
    }

    /// Name of a post, as it stands in the organisation's own list.
    fn post(&self, code: &str) -> String {
        let kinds = app::access::post_kinds().unwrap_or_default();
        let found = kinds.iter().find(|k| k.code == code);
        found.map_or_else(|| code.to_owned(), |k| self.f.text(&k.name).to_owned())
    }
}
