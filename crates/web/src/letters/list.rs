//! The list of letters, with views and filters in the address.

use crate::forms::{Choice, Fields, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::letters::{LetterList, LetterQuery};
use axum::extract::{RawQuery, State};
use chrono::NaiveDate;
use domain::letters::{LetterKind, LetterState};
use store::letters::LetterRow;

/// Views that everybody has.
const VIEWS: [&str; 4] = ["open", "overdue", "closed", "all"];

#[derive(askama::Template)]
#[template(path = "letters/list.html")]
struct ListPage {
    f: Frame,
    query: LetterQuery,
    list: LetterList,
    orgs: Vec<Choice>,
    here: String,
}

pub(super) fn read(fields: &Fields) -> LetterQuery {
    LetterQuery {
        view: fields.own("view"),
        kind: fields.own("kind"),
        state: fields.own("state"),
        org: fields.own("org"),
        agent: fields.own("agent").trim().to_owned(),
        callback: fields.own("callback"),
        customer: fields.own("customer"),
        policy: fields.own("policy"),
        after: fields.own("after"),
    }
}

pub(crate) async fn list_letters(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let query = read(&Fields::parse(raw.as_bytes()));
    let list = app::letters::list_letters(&web.app, &who.actor, who.now, &query).await?;
    html(&ListPage {
        orgs: orgs(&web, &who.actor, &query.org).await?,
        here: without_page(&raw),
        f: who.frame("letters"),
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
        choices(&self.f, "letter-view", VIEWS, self.view())
    }

    fn kinds(&self) -> Vec<Choice> {
        let codes = LetterKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "letter-kind", codes, &self.query.kind)
    }

    fn states(&self) -> Vec<Choice> {
        let codes = LetterState::ALL.iter().map(|s| s.as_str());
        choices(&self.f, "letter-state", codes, &self.query.state)
    }

    fn is_filtered(&self) -> bool {
        let q = &self.query;
        let filters = [
            &q.kind,
            &q.state,
            &q.org,
            &q.agent,
            &q.callback,
            &q.customer,
            &q.policy,
        ];
        filters.iter().any(|f| !f.is_empty())
    }

    fn day(&self, day: &NaiveDate) -> String {
        self.f.date(&Some(*day))
    }

    /// Whether it is expected back and the day for that has passed.
    fn is_late(&self, letter: &LetterRow) -> bool {
        letter.state.is_out() && letter.due_on.is_some_and(|due| due < self.f.today)
    }
}
