//! The list of tickets: what presses, views and filters in the address, steps for many at once.

use crate::forms::{Choice, Fields, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::tickets::{TicketList, TicketQuery};
use axum::extract::{RawQuery, State};
use domain::access::Permission;
use domain::tickets::{CaseKind, ProblemType};
use store::access::{SavedView, UserRow};
use store::tickets::{TicketCounts, TicketRow};

/// Views that everybody has.
const VIEWS: [&str; 13] = [
    "open",
    "mine",
    "unit",
    "due",
    "due_today",
    "overdue",
    "warned",
    "escalated",
    "to_issue",
    "to_judge",
    "declared",
    "invalid",
    "closed",
];

#[derive(askama::Template)]
#[template(path = "tickets/list.html")]
struct ListPage {
    f: Frame,
    query: TicketQuery,
    list: TicketList,
    counts: TicketCounts,
    views: Vec<SavedView>,
    orgs: Vec<Choice>,
    handlers: Vec<UserRow>,
    here: String,
}

pub(crate) async fn list_tickets(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let query = read(&Fields::parse(raw.as_bytes()));
    let actor = &who.actor;
    let list = app::tickets::list_tickets(&web.app, actor, who.now, &query).await?;
    let handlers = if actor.may(Permission::TicketsIssue) {
        app::tickets::list_all_handlers(&web.app, actor).await?
    } else {
        Vec::new()
    };
    html(&ListPage {
        orgs: orgs(&web, actor, &query.org).await?,
        counts: app::tickets::count_tickets(&web.app, actor, who.now).await?,
        views: app::access::list_views(&web.app, actor, "tickets").await?,
        here: without_page(&raw),
        f: who.frame("tickets"),
        handlers,
        query,
        list,
    })
}

/// Filters as the address has them.
pub(super) fn read(fields: &Fields) -> TicketQuery {
    TicketQuery {
        view: fields.own("view"),
        kind: fields.own("kind"),
        problem: fields.own("problem"),
        org: fields.own("org"),
        after: fields.own("after"),
    }
}

impl ListPage {
    fn view(&self) -> &str {
        match self.query.view.as_str() {
            "" => "open",
            view => view,
        }
    }

    fn named_views(&self) -> Vec<Choice> {
        choices(&self.f, "ticket-view", VIEWS, self.view())
    }

    fn kinds(&self) -> Vec<Choice> {
        let codes = CaseKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "case-kind", codes, &self.query.kind)
    }

    fn problems(&self) -> Vec<Choice> {
        let codes = ProblemType::ALL.iter().map(|p| p.as_str());
        choices(&self.f, "problem-type", codes, &self.query.problem)
    }

    fn is_filtered(&self) -> bool {
        let q = &self.query;
        [&q.kind, &q.problem, &q.org].iter().any(|f| !f.is_empty())
    }

    /// Whether rows can be chosen for a step.
    fn may_choose(&self) -> bool {
        self.f.may("tickets.issue") || self.f.may("tickets.handle")
    }

    /// The law's last day, when it comes before the company's or is over.
    fn law_presses(&self, t: &TicketRow) -> bool {
        let Some(law) = t.law_due_on else {
            return false;
        };
        !t.state.is_final() && (law < self.f.today || t.due_on.is_none_or(|due| law <= due))
    }
}
