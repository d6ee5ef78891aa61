//! The list of tickets, with views and filters in the address.

use crate::forms::{Choice, Fields, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::tickets::{TicketList, TicketQuery};
use axum::extract::{RawQuery, State};
use domain::tickets::{CaseKind, ProblemType};

/// Views that everybody has.
const VIEWS: [&str; 6] = ["open", "mine", "due", "to_issue", "to_judge", "closed"];

#[derive(askama::Template)]
#[template(path = "tickets/list.html")]
struct ListPage {
    f: Frame,
    query: TicketQuery,
    list: TicketList,
    orgs: Vec<Choice>,
    here: String,
}

pub(crate) async fn list_tickets(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = TicketQuery {
        view: fields.own("view"),
        kind: fields.own("kind"),
        problem: fields.own("problem"),
        org: fields.own("org"),
        after: fields.own("after"),
    };
    let list = app::tickets::list_tickets(&web.app, &who.actor, who.now, &query).await?;
    html(&ListPage {
        orgs: orgs(&web, &who.actor, &query.org).await?,
        here: without_page(&raw),
        f: who.frame("tickets"),
        query,
        list,
    })
}

impl ListPage {
    fn view(&self) -> &str {
        match self.query.view.as_str() {
            "" => "open",
            view => view,
        }
    }

    fn views(&self) -> Vec<Choice> {
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
}
