//! The worklist: customers to look at again, assessments and flags that wait for a second person, measures.

use super::Tab;
use crate::forms::{Choice, Fields, choices, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::risk::{ReviewQuery, Reviews};
use axum::extract::{RawQuery, State};
use domain::risk::RiskLevel;
use store::PageKey;

const VIEWS: [&str; 6] = ["due", "overdue", "class", "waiting", "measures", "flags"];

#[derive(askama::Template)]
#[template(path = "risk/reviews.html")]
struct ReviewsPage {
    f: Frame,
    query: ReviewQuery,
    found: Reviews,
    next: Option<PageKey>,
    here: String,
}

pub(crate) async fn list_reviews(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = ReviewQuery {
        view: fields.own("view"),
        level: fields.own("level"),
        after: fields.own("after"),
    };
    let found = app::risk::list_reviews(&web.app, &who.actor, who.now, &query).await?;
    let next = found.assessments.next.clone();
    html(&ReviewsPage {
        next: next
            .or_else(|| found.measures.next.clone())
            .or_else(|| found.monitored.next.clone()),
        here: without_page(&raw),
        f: who.frame("risk"),
        found,
        query,
    })
}

impl ReviewsPage {
    fn tabs(&self) -> Vec<Tab> {
        super::tabs(&self.f)
    }

    fn view(&self) -> &str {
        match self.query.view.as_str() {
            "" => "due",
            view => view,
        }
    }

    fn views(&self) -> Vec<Choice> {
        choices(&self.f, "risk-work", VIEWS, self.view())
    }

    fn levels(&self) -> Vec<Choice> {
        let codes = RiskLevel::ALL.iter().rev().map(|l| l.as_str());
        choices(&self.f, "risk-level", codes, &self.query.level)
    }

    fn is_empty(&self) -> bool {
        let found = &self.found;
        found.assessments.rows.is_empty()
            && found.monitored.rows.is_empty()
            && found.measures.rows.is_empty()
            && found.flags.is_empty()
    }

    fn is_late(&self, day: &chrono::NaiveDate) -> bool {
        *day < self.f.today
    }
}
