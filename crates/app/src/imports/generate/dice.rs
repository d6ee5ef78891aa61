//! Chance that repeats: a ChaCha stream for each household, chosen by the seed alone.

use rand::rngs::ChaCha8Rng;
use rand::{Rng as _, SeedableRng as _};

/// Draws that are the same for the same seed and stream, on every machine and in every version.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of a seed.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(stream);
        Self(random)
    }

    /// A number below `end`. The bias of multiplying instead of rejecting is far under one in a
    /// million for the small ranges here.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        let product = u64::from(self.0.next_u32()) * u64::from(end);
        u32::try_from(product >> 32).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u32::try_from((high - low).max(0) + 1).unwrap_or(u32::MAX);
        low + i64::from(self.below(width))
    }

    /// Whether something happens that happens to so many in a thousand.
    pub(super) fn per_mille(&mut self, chance: u32) -> bool {
        self.below(1_000) < chance
    }

    /// One of several, each as likely as the others.
    pub(super) fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(u32::try_from(from.len()).unwrap_or(u32::MAX)) as usize]
    }

    /// One of several by weight.
    pub(super) fn weighted<'t, T>(&mut self, from: &'t [T], weight: impl Fn(&T) -> u32) -> &'t T {
        let total: u32 = from.iter().map(&weight).sum();
        let mut left = self.below(total.max(1));
        for item in from {
            let own = weight(item);
            if left < own {
                return item;
            }
            left -= own;
        }
        &from[0]
    }

    /// One code of a list of codes with weights.
    pub(super) fn code(&mut self, from: &[(&'static str, u32)]) -> &'static str {
        self.weighted(from, |(_, weight)| *weight).0
    }
}
