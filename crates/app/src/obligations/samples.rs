//! Samples by adjuster and month: drawn, succeeded, short and why.

use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Scope};
use domain::obligations::{Sample, SampleState, Sampling, Shortfall};
use domain::time::{self, Instant};
use rules::dates::{Period, add_months};
use rules::pack::NOT_DRAWN;
use std::collections::BTreeMap;
use store::obligations as rows;

/// The sample of an adjuster in a month.
#[derive(Clone, Debug)]
pub struct AdjusterSample {
    /// Programme code.
    pub programme: String,
    /// The adjuster.
    pub adjuster: String,
    /// Candidates that a rule removed.
    pub removed: i64,
    /// The counts.
    pub sample: Sample,
    /// Callbacks that must succeed.
    pub wanted: u32,
    /// Where it stands.
    pub state: SampleState,
    /// Why it fell short.
    pub why: Option<Shortfall>,
}

impl AdjusterSample {
    /// How many callbacks are missing.
    pub fn missing(&self) -> u32 {
        self.wanted.saturating_sub(self.sample.succeeded)
    }

    /// Cases that were drawn.
    pub fn drawn(&self) -> u32 {
        self.sample.open + self.sample.succeeded + self.sample.failed
    }
}

/// The samples of a month.
#[derive(Clone, Debug)]
pub struct SamplesPage {
    /// The first day of the month.
    pub month: NaiveDate,
    /// One for each programme and adjuster with cases in sight.
    pub samples: Vec<AdjusterSample>,
}

/// The samples of a month, `YYYY-MM`; of the month before this one when empty, because a month is
/// drawn when it is complete.
///
/// # Errors
/// When the actor may not see reports, or the month is none.
pub async fn list_samples(
    app: &App,
    actor: &Actor,
    now: Instant,
    month: &str,
) -> Result<SamplesPage> {
    let scope = actor.scope(Permission::ReportsRead)?;
    let today = time::date_in_china(now);
    let month = match month.trim() {
        "" => add_months(Period::Month.start(today), -1),
        text => format!("{text}-01")
            .parse()
            .map_err(|_| Error::invalid("month", "date"))?,
    };
    let is_over = Period::Month.end(month) < today;
    let rules = app.rules();
    let mut samples = Vec::new();
    for (programme, rule) in rules.samplings() {
        samples.extend(of_programme(app, &scope, (programme, *rule), month, is_over).await?);
    }
    Ok(SamplesPage { month, samples })
}

async fn of_programme(
    app: &App,
    scope: &Scope,
    (programme, rule): (&String, Sampling),
    month: NaiveDate,
    is_over: bool,
) -> Result<Vec<AdjusterSample>> {
    let span = (month, Period::Month.end(month));
    let db = app.store();
    let mut found: BTreeMap<String, (Sample, i64)> = BTreeMap::new();
    for pool in rows::list_sample_pool(db, scope, programme, span).await? {
        let (sample, removed) = found.entry(pool.adjuster).or_default();
        if pool.reason == NOT_DRAWN {
            sample.pool += u32::try_from(pool.n).unwrap_or(u32::MAX);
        } else {
            *removed += pool.n;
        }
    }
    for (adjuster, drawn) in rows::list_sample_calls(db, scope, programme, span).await? {
        found.entry(adjuster).or_default().0.count(drawn);
    }
    let samples = found.into_iter().map(|(adjuster, (sample, removed))| {
        let (state, why) = sample.state(rule, is_over);
        AdjusterSample {
            programme: programme.clone(),
            adjuster,
            removed,
            sample,
            wanted: rule.successes,
            state,
            why,
        }
    });
    Ok(samples.collect())
}
