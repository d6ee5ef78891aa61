//! What the book itself suggests, beside what is in force: the page from which a change of the pack begins.

use super::model::Settings;
use super::page::oversized;
use crate::{App, Result};
use domain::access::{Actor, Permission};
use domain::duplicates::{Estimate, Grade, Pattern, Profile, Vector, estimate};
use domain::time::{self, Instant};
use std::collections::HashMap;
use store::duplicates::{self as rows, OversizedBlock};

/// Customers of the sample: enough for stable shares, read in less than a second or two.
const SAMPLE: i64 = 4_000;
/// Pairs drawn at random.
const RANDOM: usize = 100_000;
/// Pairs of one block that are taken: large blocks say the same many times.
const BLOCK_MAX: usize = 20;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct EstimatePage {
    /// Level by level.
    pub estimate: Estimate,
    /// Customers of the sample.
    pub customers: usize,
    /// Weight of any two records.
    pub prior: i64,
    /// From which probability on a pair has each grade, in millionths.
    pub from: Vec<(Grade, i64)>,
    /// Keys that too many customers have to be compared.
    pub oversized: Vec<OversizedBlock>,
}

/// Estimates from a sample of the book. It reads customers of the whole company and names none.
///
/// # Errors
/// When the actor may not, or a pack is incomplete.
pub async fn estimate_page(app: &App, actor: &Actor, now: Instant) -> Result<EstimatePage> {
    actor.demand(Permission::DuplicatesRead)?;
    let settings = Settings::read(&app.rules(), time::date_in_china(now))?;
    let sample = sample(app, now).await?;
    let candidates = patterns(&settings, blocked(&sample));
    let random = patterns(&settings, drawn(&sample));
    Ok(EstimatePage {
        estimate: estimate(&settings.model, &candidates, &random),
        customers: sample.len(),
        prior: settings.model.prior(),
        from: Grade::ALL
            .iter()
            .map(|g| (*g, settings.model.from(*g)))
            .collect(),
        oversized: oversized(app).await?,
    })
}

/// Customers who share keys with others, and others: half from pairs that were found, half from the end of
/// the book.
async fn sample(app: &App, now: Instant) -> Result<Vec<Profile>> {
    let mut bulk = app.store().bulk(now, true).await?;
    bulk.begin().await?;
    let read = async {
        let ids = rows::sample_ids(&mut bulk, SAMPLE).await?;
        rows::read_profiles(&mut bulk, &ids).await
    };
    let found = read.await;
    bulk.roll_back().await?;
    Ok(found?.into_iter().map(|c| c.profile).collect())
}

/// Pairs that share a block.
fn blocked(sample: &[Profile]) -> Vec<(&Profile, &Profile)> {
    let mut blocks: HashMap<_, Vec<usize>> = HashMap::new();
    for (at, profile) in sample.iter().enumerate() {
        for block in profile.blocks() {
            let key = (block.kind, block.fingerprint());
            blocks.entry(key).or_default().push(at);
        }
    }
    let mut pairs = std::collections::BTreeSet::new();
    for block in blocks.values().filter(|b| b.len() > 1) {
        let block = &block[..block.len().min(BLOCK_MAX)];
        for (n, a) in block.iter().enumerate() {
            pairs.extend(block[n + 1..].iter().map(|b| (*a, *b)));
        }
    }
    pairs
        .into_iter()
        .map(|(a, b)| (&sample[a], &sample[b]))
        .collect()
}

/// Pairs at even distances through the sample: no chance is needed to meet people who have nothing to do
/// with each other.
fn drawn(sample: &[Profile]) -> Vec<(&Profile, &Profile)> {
    let count = sample.len();
    if count < 2 {
        return Vec::new();
    }
    let each = (RANDOM / count).clamp(1, count - 1);
    let step = ((count - 1) / each).max(1);
    let mut pairs = Vec::new();
    for at in 0..count {
        for n in 1..=each {
            let other = (at + n * step) % count;
            if other != at {
                pairs.push((&sample[at], &sample[other]));
            }
        }
    }
    pairs
}

fn patterns(settings: &Settings, pairs: Vec<(&Profile, &Profile)>) -> Vec<Pattern> {
    let mut seen: HashMap<Vector, u64> = HashMap::new();
    for (a, b) in pairs.into_iter().filter(|(a, b)| a.kind() == b.kind()) {
        *seen.entry(Vector::of(a, b, settings.similar)).or_default() += 1;
    }
    let mut patterns: Vec<Pattern> = seen
        .into_iter()
        .map(|(vector, pairs)| Pattern { vector, pairs })
        .collect();
    patterns.sort_unstable_by_key(|p| p.vector);
    patterns
}
