//! The list of obligations, with views and filters in the address.

use crate::forms::{Choice, Fields, choices, orgs, programmes, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Listed;
use app::obligations::ObligationQuery;
use axum::extract::{RawQuery, State};
use domain::obligations::{ObligationStatus, Timing};
use store::obligations::ObligationRow;

/// Views that everybody has.
const VIEWS: [&str; 4] = ["open", "overdue", "no_date", "all"];

#[derive(askama::Template)]
#[template(path = "obligations/list.html")]
struct ListPage {
    f: Frame,
    query: ObligationQuery,
    list: Listed<ObligationRow>,
    programmes: Vec<Choice>,
    orgs: Vec<Choice>,
    here: String,
}

pub(crate) async fn list_obligations(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let query = read(&Fields::parse(raw.as_bytes()));
    let list = app::obligations::list_obligations(&web.app, &who.actor, who.now, &query).await?;
    let f = who.frame("obligations");
    html(&ListPage {
        programmes: programmes(&web, &f, &query.programme),
        orgs: orgs(&web, &who.actor, &query.org).await?,
        here: without_page(&raw),
        f,
        query,
        list,
    })
}

/// Filters as the address has them.
fn read(fields: &Fields) -> ObligationQuery {
    ObligationQuery {
        view: fields.own("view"),
        programme: fields.own("programme"),
        status: fields.own("status"),
        timing: fields.own("timing"),
        due_from: fields.own("due_from"),
        due_to: fields.own("due_to"),
        trigger_from: fields.own("trigger_from"),
        trigger_to: fields.own("trigger_to"),
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

    fn views(&self) -> Vec<Choice> {
        choices(&self.f, "obligation-view", VIEWS, self.view())
    }

    fn shows_all(&self) -> bool {
        self.view() == "all"
    }

    fn statuses(&self) -> Vec<Choice> {
        let codes = ObligationStatus::ALL.iter().map(|s| s.as_str());
        choices(&self.f, "obligation-status", codes, &self.query.status)
    }

    fn timings(&self) -> Vec<Choice> {
        let codes = Timing::ALL.iter().map(|t| t.as_str());
        choices(&self.f, "timing", codes, &self.query.timing)
    }

    fn is_filtered(&self) -> bool {
        let q = &self.query;
        [
            &q.programme,
            &q.status,
            &q.timing,
            &q.due_from,
            &q.due_to,
            &q.trigger_from,
            &q.trigger_to,
            &q.org,
        ]
        .iter()
        .any(|f| !f.is_empty())
    }
}
