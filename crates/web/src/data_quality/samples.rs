//! Policies drawn to be looked at by a person: the list, the check sheet, what was put right.

use super::id_of;
use crate::forms::{Choice, Fields, Sent, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::data_quality::{JudgeForm, SampleQuery};
use axum::extract::{Path, RawQuery, State};
use domain::data_quality::{SampleResult, SampleState};
use store::Page;
use store::data_quality::SampleRow;

#[derive(askama::Template)]
#[template(path = "data_quality/samples.html")]
struct SamplesPage {
    f: Frame,
    query: SampleQuery,
    list: Page<SampleRow>,
    orgs: Vec<Choice>,
    here: String,
}

#[derive(askama::Template)]
#[template(path = "data_quality/sample.html")]
struct SamplePage {
    f: Frame,
    row: SampleRow,
}

fn tone(state: SampleState) -> &'static str {
    match state {
        SampleState::Drawn => "orange",
        SampleState::ToRectify => "red",
        SampleState::Passed | SampleState::Rectified => "green",
    }
}

pub(crate) async fn list_samples(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = SampleQuery {
        month: fields.own("month"),
        state: fields.own("state"),
        org: fields.own("org"),
        after: fields.own("after"),
    };
    html(&SamplesPage {
        list: app::data_quality::list_samples(&web.app, &who.actor, &query).await?,
        orgs: orgs(&web, &who.actor, &query.org).await?,
        f: who.frame("information-quality"),
        here: without_page(&raw),
        query,
    })
}

pub(crate) async fn draw_samples(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let month = form.own("month");
    app::data_quality::draw(&web.app, &who.actor, who.now, &month).await?;
    Ok(who.go(&format!("/information-quality/samples?month={month}")))
}

pub(crate) async fn show_sample(
    State(web): State<Web>,
    Path(sample): Path<String>,
    who: Who,
) -> Answer {
    html(&SamplePage {
        row: app::data_quality::sample(&web.app, &who.actor, id_of(&sample)?).await?,
        f: who.frame("information-quality"),
    })
}

pub(crate) async fn create_result(
    State(web): State<Web>,
    Path(sample): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let judgement = JudgeForm {
        result: form.own("result"),
        finding: form.own("finding"),
    };
    let (app, id) = (&web.app, id_of(&sample)?);
    app::data_quality::judge(app, &who.actor, who.now, id, &judgement).await?;
    Ok(who.go(&format!("/information-quality/samples/{id}")))
}

pub(crate) async fn create_rectification(
    State(web): State<Web>,
    Path(sample): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let (app, id, words) = (&web.app, id_of(&sample)?, form.own("rectification"));
    app::data_quality::rectify(app, &who.actor, who.now, id, &words).await?;
    Ok(who.go(&format!("/information-quality/samples/{id}")))
}

impl SamplesPage {
    fn states(&self) -> Vec<Choice> {
        let codes = SampleState::ALL.iter().map(|s| s.as_str());
        choices(&self.f, "sample-state", codes, &self.query.state)
    }

    fn tone(&self, state: &SampleState) -> &'static str {
        tone(*state)
    }

    /// The month before this one: the last that has ended.
    fn last_month(&self) -> String {
        let day = self.f.today.checked_sub_months(chrono::Months::new(1));
        day.unwrap_or(self.f.today).format("%Y-%m").to_string()
    }
}

impl SamplePage {
    fn tone(&self, state: &SampleState) -> &'static str {
        tone(*state)
    }

    fn results(&self) -> Vec<Choice> {
        let codes = SampleResult::ALL.iter().map(|r| r.as_str());
        choices(&self.f, "sample-result", codes, SampleResult::True.as_str())
    }

    fn is_drawn(&self) -> bool {
        self.row.state == SampleState::Drawn
    }

    fn is_to_rectify(&self) -> bool {
        self.row.state == SampleState::ToRectify
    }
}
