//! What is confidential: how far grading has come, payments to check, grades to look at again.

use super::{Tab, id_of};
use crate::forms::{Choice, Fields, Sent, choices, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::risk::{AmlOverview, AmlQuery, CheckForm};
use axum::extract::{Path, RawQuery, State};
use domain::risk::AmlResult;
use store::PageKey;

const VIEWS: [&str; 5] = ["payments", "ungraded", "high", "reviews", "waiting"];

#[derive(askama::Template)]
#[template(path = "risk/aml.html")]
struct AmlPage {
    f: Frame,
    query: AmlQuery,
    found: AmlOverview,
    next: Option<PageKey>,
    here: String,
}

pub(crate) async fn show_overview(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = AmlQuery {
        view: fields.own("view"),
        after: fields.own("after"),
    };
    let found = app::risk::aml_overview(&web.app, &who.actor, who.now, &query).await?;
    let next = found.payments.next.clone();
    let next = next.or_else(|| found.ungraded.next.clone());
    html(&AmlPage {
        next: next.or_else(|| found.grades.next.clone()),
        here: without_page(&raw),
        f: who.frame("risk"),
        found,
        query,
    })
}

impl AmlPage {
    fn tabs(&self) -> Vec<Tab> {
        super::tabs(&self.f)
    }

    fn view(&self) -> &str {
        match self.query.view.as_str() {
            "" => "payments",
            view => view,
        }
    }

    fn views(&self) -> Vec<Choice> {
        choices(&self.f, "aml-view", VIEWS, self.view())
    }

    fn results(&self) -> Vec<Choice> {
        let codes = AmlResult::ALL.iter().map(|r| r.as_str());
        choices(&self.f, "aml-result", codes, "verified")
    }

    fn is_late(&self, day: &chrono::NaiveDate) -> bool {
        *day < self.f.today
    }

    fn is_empty(&self) -> bool {
        let found = &self.found;
        found.payments.rows.is_empty()
            && found.ungraded.rows.is_empty()
            && found.grades.rows.is_empty()
    }
}

pub(crate) async fn check(
    State(web): State<Web>,
    Path(event): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = id_of(&event)?;
    let form = CheckForm {
        result: fields.own("result"),
        words: fields.own("handling"),
    };
    app::risk::check_payment(&web.app, &who.actor, who.now, id, &form).await?;
    Ok(who.go("/risk/aml"))
}
