//! Samples by adjuster and month.

use crate::forms::Fields;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::obligations::{AdjusterSample, SamplesPage};
use axum::extract::{RawQuery, State};
use domain::obligations::SampleState;

#[derive(askama::Template)]
#[template(path = "obligations/samples.html")]
struct SamplesTemplate {
    f: Frame,
    page: SamplesPage,
}

impl SamplesTemplate {
    fn month(&self) -> String {
        self.page.month.format("%Y-%m").to_string()
    }

    fn tone(sample: &AdjusterSample) -> &'static str {
        match sample.state {
            SampleState::Open => "blue",
            SampleState::Satisfied => "green",
            SampleState::Short => "red",
        }
    }
}

pub(crate) async fn list_samples(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let query = Fields::parse(raw.unwrap_or_default().as_bytes());
    let month = query.get("month");
    let page = app::obligations::list_samples(&web.app, &who.actor, who.now, month).await?;
    html(&SamplesTemplate {
        f: who.frame("samples"),
        page,
    })
}
