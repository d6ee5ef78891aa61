//! The list of contacts, with views and filters in the address.

use crate::forms::{Choice, Fields, choices, orgs, programmes, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::care::{CareList, CareQuery};
use axum::extract::{RawQuery, State};
use domain::care::CareState;
use domain::messaging::MessageReason;
use store::care::CareRow;

/// Views that everybody has; the first is what opens.
const VIEWS: [&str; 6] = ["all", "waiting", "held", "done", "lapsed", "cancelled"];

#[derive(askama::Template)]
#[template(path = "care/list.html")]
struct ListPage {
    f: Frame,
    query: CareQuery,
    list: CareList,
    programmes: Vec<Choice>,
    orgs: Vec<Choice>,
    here: String,
}

pub(crate) async fn list_care(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let state = match fields.get("state") {
        "all" => String::new(),
        code => code.to_owned(),
    };
    let query = CareQuery {
        state,
        programme: fields.own("programme"),
        reason: fields.own("reason"),
        org: fields.own("org"),
        from: fields.own("from"),
        to: fields.own("to"),
        after: fields.own("after"),
    };
    let list = app::care::list_care(&web.app, &who.actor, &query).await?;
    let f = who.frame("care");
    let contacts = app::care::programmes_of_care(&web.app);
    let all = programmes(&web, &f, &query.programme).into_iter();
    html(&ListPage {
        programmes: all.filter(|p| contacts.contains(&p.value)).collect(),
        orgs: orgs(&web, &who.actor, &query.org).await?,
        here: without_page(&raw),
        f,
        query,
        list,
    })
}

/// Tone of a state.
pub(super) fn tone(row: &CareRow) -> &'static str {
    match row.state {
        CareState::Done => "green",
        CareState::Held => "orange",
        CareState::Lapsed => "red",
        CareState::Cancelled => "secondary",
        CareState::Waiting => "blue",
    }
}

/// Why a contact waits, is held back or came to nothing, in words; empty when there is nothing to say.
pub(super) fn why(f: &Frame, row: &CareRow) -> String {
    let Some(code) = row.reason.as_deref() else {
        return String::new();
    };
    if row.state == CareState::Cancelled {
        return crate::obligations::cancel_reason(f, &row.programme, code);
    }
    f.code("message-reason", code)
}

impl ListPage {
    fn state(&self) -> &str {
        match self.query.state.as_str() {
            "" => "all",
            state => state,
        }
    }

    fn views(&self) -> Vec<Choice> {
        choices(&self.f, "care-view", VIEWS, self.state())
    }

    fn reasons(&self) -> Vec<Choice> {
        let codes = MessageReason::ALL.iter().map(|r| r.as_str());
        choices(&self.f, "message-reason", codes, &self.query.reason)
    }

    fn is_filtered(&self) -> bool {
        let q = &self.query;
        let filters = [&q.programme, &q.reason, &q.org, &q.from, &q.to];
        filters.iter().any(|f| !f.is_empty())
    }

    fn tone(&self, row: &CareRow) -> &'static str {
        tone(row)
    }

    fn why(&self, row: &CareRow) -> String {
        why(&self.f, row)
    }
}
