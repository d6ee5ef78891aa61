//! Chance of the demonstration: the same on every run of one build.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta};
use domain::time::{self, Instant};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// Draws for the story of the demonstration.
pub(super) struct Chance(StdRng);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// A number below `end`.
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

    /// One of several.
    pub(super) fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(u32::try_from(from.len()).unwrap_or(u32::MAX)) as usize]
    }

    /// One of several by weight.
    pub(super) fn weighted<T: Copy>(&mut self, from: &[(T, u32)]) -> T {
        let total: u32 = from.iter().map(|(_, weight)| weight).sum();
        let mut left = self.below(total.max(1));
        for (item, weight) in from {
            if left < *weight {
                return *item;
            }
            left -= weight;
        }
        from[0].0
    }

    /// A moment of a day, between two hours.
    pub(super) fn moment(&mut self, day: NaiveDate, from_hour: i64, until_hour: i64) -> Instant {
        let seconds = self.between(from_hour * 3_600, until_hour * 3_600 - 1);
        time::at_in_china(day, NaiveTime::MIN) + TimeDelta::seconds(seconds)
    }

    /// A moment some minutes later.
    pub(super) fn later(&mut self, at: Instant, low: i64, high: i64) -> Instant {
        let seconds = self.between(low * 60, high * 60);
        at + TimeDelta::seconds(seconds)
    }

    /// A mobile number.
    pub(super) fn mobile(&mut self) -> String {
        let prefix = *self.pick(&[136, 138, 139, 150, 158, 186, 189]);
        format!("{prefix}{:08}", self.below(100_000_000))
    }
}

/// The moment that comes first.
pub(super) fn earlier(a: Instant, b: Instant) -> DateTime<chrono::Utc> {
    a.min(b)
}
