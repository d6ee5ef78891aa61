//! Drawing samples: so many cases of each adjuster and month that the callbacks asked for succeed.
//!
//! The order of a month's cases follows from programme, month, adjuster and case, so that anybody can
//! draw again and find the same; nobody chooses.

use super::Planner;
use crate::Result;
use chrono::NaiveDate;
use domain::obligations::{Sample, Sampling};
use rules::dates::{Period, add_months};
use rules::pack::NOT_DRAWN;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use store::obligations::{self as rows, QueueKind, SampleCase};
use uuid::Uuid;

/// An adjuster's month: its first day, and the adjuster.
type Cell = (NaiveDate, String);

impl Planner {
    /// Draws what is missing, and asks the planner to look at what was drawn. Gives how many.
    pub(super) async fn draw(&mut self) -> Result<usize> {
        let samplings = self.judge.rules.samplings().clone();
        let mut drawn = 0;
        for (programme, rule) in &samplings {
            let span = self.months(*rule);
            if span.1 < span.0 {
                continue;
            }
            self.begin_chunk().await?;
            let found = self.draw_programme(programme, *rule, span).await;
            let count = match found {
                Ok(count) => count,
                Err(error) => {
                    self.bulk.roll_back().await?;
                    return Err(error);
                }
            };
            let detail = serde_json::json!({ "programme": programme, "drawn": count });
            self.end_chunk("plan.drawn", detail, Vec::new()).await?;
            drawn += count;
        }
        Ok(drawn)
    }

    /// The days whose cases may be drawn now. A run that looked at nothing has only a month that has
    /// just been completed to draw from.
    fn months(&self, rule: Sampling) -> (NaiveDate, NaiveDate) {
        let window = self.judge.window;
        let this_month = Period::Month.start(window.as_of);
        let until = if rule.whole_months {
            this_month.pred_opt().unwrap_or(window.as_of)
        } else {
            window.as_of
        };
        let recent = add_months(this_month, -1).max(window.since);
        let since = if self.sums.looked_at > 0 {
            window.since
        } else {
            recent
        };
        (since, until)
    }

    async fn draw_programme(
        &mut self,
        programme: &str,
        rule: Sampling,
        span: (NaiveDate, NaiveDate),
    ) -> Result<usize> {
        let pool = rows::read_sample_pool(&mut self.bulk, programme, NOT_DRAWN, span).await?;
        if pool.is_empty() {
            return Ok(0);
        }
        // A month that the span cuts is counted in full.
        let span = (Period::Month.start(span.0), span.1);
        let calls = rows::read_sample_calls(&mut self.bulk, programme, span).await?;
        let mut samples: BTreeMap<Cell, (Sample, Vec<&SampleCase>)> = BTreeMap::new();
        for case in &pool {
            let cell = (Period::Month.start(case.on), case.adjuster.clone());
            let (sample, cases) = samples.entry(cell).or_default();
            sample.pool += 1;
            cases.push(case);
        }
        for (adjuster, on, drawn) in calls {
            let cell = (Period::Month.start(on), adjuster);
            if let Some((sample, _)) = samples.get_mut(&cell) {
                sample.count(drawn);
            }
        }
        let mut chosen = Vec::new();
        for ((month, adjuster), (sample, mut cases)) in samples {
            let wanted = usize::try_from(sample.to_draw(rule)).unwrap_or(0);
            cases.sort_by_cached_key(|c| place(programme, month, &adjuster, c));
            chosen.extend(cases.into_iter().take(wanted).map(|c| (month, c)));
        }
        let run = self.run.unwrap_or_default();
        rows::insert_draws(&mut self.bulk, run, programme, &chosen).await?;
        let spans: Vec<_> = chosen
            .iter()
            .map(|(_, c)| (c.event, c.event, None))
            .collect();
        rows::enqueue(&mut self.bulk, QueueKind::Events, &spans).await?;
        Ok(chosen.len())
    }
}

/// The place of a case in the order in which a month is drawn.
fn place(programme: &str, month: NaiveDate, adjuster: &str, case: &SampleCase) -> ([u8; 32], Uuid) {
    let mut hasher = Sha256::new();
    let month = month.to_string();
    for part in [programme, month.as_str(), adjuster, case.claim_no.as_str()] {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    // Two cases of one claim keep apart.
    (hasher.finalize().into(), case.event)
}
