//! The list of surveys, with views and filters in the address.

use crate::forms::{Choice, Fields, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Listed;
use app::surveys::SurveyQuery;
use axum::extract::{RawQuery, State};
use domain::surveys::{SurveyKind, SurveyState};
use store::surveys::SurveyRow;

/// Views that everybody has.
const VIEWS: [&str; 8] = [
    "open", "todo", "running", "mine", "told", "archived", "rejected", "all",
];

#[derive(askama::Template)]
#[template(path = "surveys/list.html")]
struct ListPage {
    f: Frame,
    query: SurveyQuery,
    list: Listed<SurveyRow>,
    orgs: Vec<Choice>,
    here: String,
}

pub(crate) async fn list_surveys(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = SurveyQuery {
        view: fields.own("view"),
        kind: fields.own("kind"),
        org: fields.own("org"),
        after: fields.own("after"),
    };
    let list = app::surveys::list_surveys(&web.app, &who.actor, who.now, &query).await?;
    html(&ListPage {
        orgs: orgs(&web, &who.actor, &query.org).await?,
        here: without_page(&raw),
        f: who.frame("surveys"),
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
        choices(&self.f, "survey-view", VIEWS, self.view())
    }

    fn kinds(&self) -> Vec<Choice> {
        let codes = SurveyKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "survey-kind", codes, &self.query.kind)
    }

    fn is_filtered(&self) -> bool {
        !self.query.kind.is_empty() || !self.query.org.is_empty()
    }

    fn tone(&self, state: &SurveyState) -> &'static str {
        super::tone(*state)
    }

    fn awaits_collation(&self, survey: &SurveyRow) -> bool {
        matches!(survey.state, SurveyState::Running | SurveyState::Closed)
    }
}
