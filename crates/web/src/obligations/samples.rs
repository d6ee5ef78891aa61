//! Samples by adjuster and month.

use crate::api::{Asked, Caller, Reply, text};
use crate::forms::Fields;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::obligations::{AdjusterSample, SamplesPage};
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use chrono::NaiveDate;
use domain::obligations::SampleState;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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

/// The sample of an adjuster in a month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdjusterSample)]
pub(crate) struct SampleJson {
    /// Programme.
    #[schema(example = "MC-ADJ")]
    programme: String,
    /// First day of the month.
    month: NaiveDate,
    /// Code of the adjuster.
    adjuster_code: String,
    /// Candidates that a rule removed.
    removed: i64,
    /// Cases left to draw.
    pool: u32,
    /// Cases drawn.
    drawn: u32,
    /// Callbacks that succeeded.
    succeeded: u32,
    /// Callbacks under way.
    open: u32,
    /// Callbacks that must succeed.
    wanted: u32,
    /// `open`, `satisfied` or `short`.
    state: &'static str,
    /// Why it fell short: `no_candidate`, `too_few_cases` or `unsuccessful`.
    shortfall: Option<&'static str>,
}

/// Which month.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MonthQuery {
    /// `YYYY-MM`; the month before this one otherwise.
    month: Option<String>,
}

/// Lists the samples of a month.
///
/// Where a programme samples, so many cases of each adjuster are called that the callbacks asked for
/// succeed; a shortfall is told with its cause.
#[utoipa::path(get, path = "/api/v1/adjuster-samples", tag = "obligations",
    params(MonthQuery),
    responses((status = 200, description = "One for each adjuster.", body = Vec<SampleJson>)))]
pub(crate) async fn read_samples(
    State(web): State<Web>,
    caller: Caller,
    Asked(query): Asked<MonthQuery>,
) -> Reply {
    let (actor, now, month) = (&caller.actor, caller.now, text(query.month));
    let page = app::obligations::list_samples(&web.app, actor, now, &month).await?;
    let month = page.month;
    let samples = page.samples.into_iter().map(|s| SampleJson {
        drawn: s.drawn(),
        month,
        removed: s.removed,
        pool: s.sample.pool,
        succeeded: s.sample.succeeded,
        open: s.sample.open,
        wanted: s.wanted,
        state: s.state.as_str(),
        shortfall: s.why.map(|w| w.as_str()),
        programme: s.programme,
        adjuster_code: s.adjuster,
    });
    Ok(Json(samples.collect::<Vec<_>>()).into_response())
}
