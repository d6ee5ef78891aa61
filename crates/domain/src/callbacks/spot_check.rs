//! The monthly irregular spot check of payout callbacks (B13 §10): a random sample that anybody can draw
//! again from its number, and a judgement on each point.

use crate::ids::{CallbackId, UserId};
use uuid::Uuid;

codes! {
    /// What an inspector finds on one point.
    pub enum Verdict ("verdict") {
        /// As it should be.
        Pass = "pass",
        /// A defect; finding and correction are recorded.
        Fail = "fail",
        /// The point does not arise.
        NotApplicable = "not_applicable",
    }
}

/// A judgement of one callback. The ratio reached, the fifth point, is counted over the whole month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The record is complete.
    pub records: Verdict,
    /// Follow-up measures were carried out.
    pub follow_up: Verdict,
    /// The callback is true.
    pub truthful: Verdict,
    /// Script and process were kept to.
    pub script: Verdict,
    /// What was found.
    pub finding: String,
    /// What is to be put right.
    pub correction: String,
}

/// Why a judgement is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpotCheckError {
    /// Nobody judges a call of their own.
    #[error("nobody judges a call of their own")]
    OwnCall,
    /// A defect needs a finding and a correction.
    #[error("a defect needs a finding and what is to be put right")]
    FindingMissing,
    /// The check is closed.
    #[error("the check is closed")]
    Closed,
    /// A check is closed when every callback is judged and every defect put right.
    #[error("callbacks are not judged, or defects not put right")]
    Unfinished,
}

impl Judgement {
    /// Whether any point is a defect.
    pub fn is_defect(&self) -> bool {
        [self.records, self.follow_up, self.truthful, self.script].contains(&Verdict::Fail)
    }

    /// Checks a judgement by a person of a callback that others made.
    ///
    /// # Errors
    /// [`SpotCheckError`] says why it is refused.
    pub fn check(&self, by: UserId, callers: &[UserId]) -> Result<(), SpotCheckError> {
        if callers.contains(&by) {
            return Err(SpotCheckError::OwnCall);
        }
        let said = !self.finding.trim().is_empty() && !self.correction.trim().is_empty();
        if self.is_defect() && !said {
            return Err(SpotCheckError::FindingMissing);
        }
        Ok(())
    }
}

/// Draws a sample: the same seed and pool give the same callbacks, in the same order.
pub fn draw(seed: Uuid, pool: &[CallbackId], size: usize) -> Vec<CallbackId> {
    let (high, low) = seed.as_u64_pair();
    let place = |id: &CallbackId| {
        let (a, b) = id.0.as_u64_pair();
        mix(mix(high ^ a) ^ mix(low ^ b))
    };
    let mut placed: Vec<_> = pool.iter().map(|id| (place(id), *id)).collect();
    placed.sort_unstable_by_key(|(place, id)| (*place, id.0));
    placed.dedup();
    placed.into_iter().take(size).map(|(_, id)| id).collect()
}

/// The finishing step of SplitMix64: every bit of the input moves about half of the output.
fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn pool(n: u128) -> Vec<CallbackId> {
        (1..=n)
            .map(|i| CallbackId(Uuid::from_u128(i << 64 | i)))
            .collect()
    }

    #[test]
    fn the_same_number_draws_the_same_sample() {
        let (seed, pool) = (Uuid::from_u128(7), pool(100));
        let first = draw(seed, &pool, 20);
        let mut turned = pool.clone();
        turned.reverse();
        assert_eq!(
            first,
            draw(seed, &turned, 20),
            "whatever the order of the pool"
        );
        assert_eq!(first.len(), 20);
        assert_ne!(first, draw(Uuid::from_u128(8), &pool, 20));
        assert_eq!(draw(seed, &pool, 500).len(), 100);
    }

    #[test]
    fn everybody_has_the_same_chance() {
        let pool = pool(10);
        let mut drawn: BTreeMap<Uuid, u32> = BTreeMap::new();
        for seed in 0..2_000_u128 {
            for id in draw(Uuid::from_u128(seed << 70 | seed), &pool, 3) {
                *drawn.entry(id.0).or_default() += 1;
            }
        }
        // 600 each on average; five standard deviations are about 100.
        assert!(drawn.values().all(|n| (500..=700).contains(n)), "{drawn:?}");
    }

    #[test]
    fn a_judgement_is_of_others_and_says_what_is_wrong() {
        let (me, other) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let good = Judgement {
            records: Verdict::Pass,
            follow_up: Verdict::NotApplicable,
            truthful: Verdict::Pass,
            script: Verdict::Pass,
            finding: String::new(),
            correction: String::new(),
        };
        assert_eq!(good.check(me, &[other]), Ok(()));
        assert_eq!(good.check(me, &[other, me]), Err(SpotCheckError::OwnCall));
        let bad = Judgement {
            script: Verdict::Fail,
            ..good
        };
        assert_eq!(bad.check(me, &[other]), Err(SpotCheckError::FindingMissing));
        let said = Judgement {
            finding: "amount not said".into(),
            correction: "read the script in full".into(),
            ..bad
        };
        assert_eq!(said.check(me, &[other]), Ok(()));
    }
}
