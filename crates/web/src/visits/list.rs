//! The list of visits, with views and filters in the address.

use crate::forms::{Choice, Fields, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Listed;
use app::visits::VisitQuery;
use axum::extract::{RawQuery, State};
use domain::visits::VisitPurpose;
use store::visits::VisitRow;

/// Views that everybody has.
const VIEWS: [&str; 11] = [
    "open",
    "mine",
    "to_decide",
    "to_schedule",
    "scheduled",
    "to_sign",
    "to_file",
    "due",
    "follow_up",
    "late",
    "archived",
];

#[derive(askama::Template)]
#[template(path = "visits/list.html")]
struct ListPage {
    f: Frame,
    query: VisitQuery,
    list: Listed<VisitRow>,
    orgs: Vec<Choice>,
    here: String,
}

pub(crate) async fn list_visits(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = VisitQuery {
        view: fields.own("view"),
        purpose: fields.own("purpose"),
        org: fields.own("org"),
        from: fields.own("from"),
        to: fields.own("to"),
        after: fields.own("after"),
    };
    let list = app::visits::list_visits(&web.app, &who.actor, who.now, &query).await?;
    html(&ListPage {
        orgs: orgs(&web, &who.actor, &query.org).await?,
        here: without_page(&raw),
        f: who.frame("visits"),
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
        choices(&self.f, "visit-view", VIEWS, self.view())
    }

    fn purposes(&self) -> Vec<Choice> {
        let codes = VisitPurpose::ALL.iter().map(|p| p.as_str());
        choices(&self.f, "visit-purpose", codes, &self.query.purpose)
    }

    fn is_filtered(&self) -> bool {
        let q = &self.query;
        [&q.purpose, &q.org, &q.from, &q.to]
            .iter()
            .any(|f| !f.is_empty())
    }
}

/// Colour of a state.
pub(super) fn tone(state: &domain::visits::VisitState) -> &'static str {
    match state.as_str() {
        "requested" | "visited" | "form_filled" => "orange",
        "signed" | "archived" => "green",
        "refused" | "cancelled" => "secondary",
        _ => "blue",
    }
}
