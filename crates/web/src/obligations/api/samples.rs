//! Samples as other systems read them.

use app::obligations::SamplesPage;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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
    pub(super) month: Option<String>,
}

impl SampleJson {
    /// The samples of a page.
    pub(super) fn list(page: SamplesPage) -> Vec<Self> {
        let month = page.month;
        let samples = page.samples.into_iter().map(|s| Self {
            drawn: s.drawn(),
            month,
            removed: s.removed,
            pool: s.sample.pool,
            succeeded: s.sample.succeeded,
            open: s.sample.open,
            wanted: s.wanted,
            state: s.state.as_str(),
            shortfall: s.why.map(domain::obligations::Shortfall::as_str),
            programme: s.programme,
            adjuster_code: s.adjuster,
        });
        samples.collect()
    }
}
