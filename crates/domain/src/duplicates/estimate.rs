//! Estimating the chances from the book itself: `m` by expectation maximisation over pairs that share a
//! block, `u` from pairs drawn at random, of whom as good as none are one customer.

use super::compare::{Field, Level, Vector};
use super::weights::{Chances, Model, parts, share};
use std::collections::BTreeMap;

/// Rounds after which the estimate stands whatever still moves.
const ROUNDS_MAX: usize = 100;
/// The estimate stands when the share of matches moves by less than this.
const STILL: f64 = 1e-7;
/// What a level is seen at least, so that no weight is without end.
const SMALLEST: f64 = 1e-6;

/// Pairs that look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// How they compare.
    pub vector: Vector,
    /// How many there are.
    pub pairs: u64,
}

/// Chances in force beside those that the book suggests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimated {
    /// The field.
    pub field: Field,
    /// The level.
    pub level: Level,
    /// In force.
    pub in_force: Chances,
    /// In force between two customers of one household.
    pub household: Option<i64>,
    /// What the book suggests; nothing for a level of which too little was seen.
    pub m: Option<i64>,
    /// The same of pairs of two customers.
    pub u: Option<i64>,
}

/// What the book suggests.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Pairs of blocks.
    pub candidates: u64,
    /// Pairs drawn at random.
    pub random: u64,
    /// Share of the pairs of blocks that are one customer, in millionths.
    pub matches: i64,
    /// Rounds until nothing moved.
    pub rounds: usize,
    /// Level by level.
    pub lines: Vec<Estimated>,
}

type Shares = BTreeMap<(Field, Level), f64>;

/// Estimates from pairs of blocks and from random pairs, beginning with the model in force.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a share in millionths is a small number"
)]
pub fn estimate(model: &Model, candidates: &[Pattern], random: &[Pattern]) -> Estimate {
    let total: u64 = candidates.iter().map(|p| p.pairs).sum();
    let drawn: u64 = random.iter().map(|p| p.pairs).sum();
    let at = |side: fn(Chances) -> i64| -> Shares {
        let levels = Field::ALL
            .iter()
            .flat_map(|f| f.levels().iter().map(|l| (*f, *l)));
        levels
            .filter_map(|key| Some((key, share(side(model.chances(key.0, key.1)?)))))
            .collect()
    };
    let mut m = if total > 0 {
        at(|c| c.m)
    } else {
        Shares::new()
    };
    // Within blocks pairs of two customers agree more often than anywhere else.
    let mut u = observed(candidates, |_| 1.0);
    let mut matches = 0.1;
    let mut rounds = 0;
    while rounds < ROUNDS_MAX && total > 0 {
        rounds += 1;
        let chance = |vector: &Vector| {
            let (mut one, mut two) = (matches, 1.0 - matches);
            for key in vector.known() {
                one *= m.get(&key).copied().unwrap_or(SMALLEST).max(SMALLEST);
                two *= u.get(&key).copied().unwrap_or(SMALLEST).max(SMALLEST);
            }
            if one + two > 0.0 {
                one / (one + two)
            } else {
                0.0
            }
        };
        let found: f64 = candidates
            .iter()
            .map(|p| chance(&p.vector) * p.pairs as f64)
            .sum();
        let next = (found / total as f64).clamp(SMALLEST, 1.0 - SMALLEST);
        let of_one = observed(candidates, chance);
        let of_two = observed(candidates, |v| 1.0 - chance(v));
        (m, u) = (of_one, of_two);
        let moved = (next - matches).abs();
        matches = next;
        if moved < STILL {
            break;
        }
    }
    Estimate {
        candidates: total,
        random: drawn,
        matches: (matches * 1_000_000.0).round() as i64,
        rounds,
        lines: lines(model, &m, &observed(random, |_| 1.0)),
    }
}

/// What was seen of each level, beside what is in force.
fn lines(model: &Model, m: &Shares, u: &Shares) -> Vec<Estimated> {
    let mut lines = Vec::new();
    for field in Field::ALL {
        for level in field.levels() {
            let Some(in_force) = model.chances(*field, *level) else {
                continue;
            };
            let seen = |shares: &Shares| {
                let share = shares.get(&(*field, *level)).copied();
                share.filter(|s| *s > SMALLEST).map(parts)
            };
            lines.push(Estimated {
                field: *field,
                level: *level,
                in_force,
                household: model.household(*field, *level),
                m: seen(m),
                u: seen(u),
            });
        }
    }
    lines
}

/// How often each level of a field was seen among the pairs of which the field is known.
fn observed(patterns: &[Pattern], chance: impl Fn(&Vector) -> f64) -> Shares {
    let mut seen: Shares = BTreeMap::new();
    let mut known: BTreeMap<Field, f64> = BTreeMap::new();
    for pattern in patterns {
        let pairs = chance(&pattern.vector) * pattern.pairs as f64;
        for (field, level) in pattern.vector.known() {
            *seen.entry((field, level)).or_default() += pairs;
            *known.entry(field).or_default() += pairs;
        }
    }
    for ((field, _), n) in &mut seen {
        let all = known.get(field).copied().unwrap_or_default();
        *n = if all > 0.0 { *n / all } else { 0.0 };
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duplicates::weights::tests::model;

    fn pattern(text: &str, pairs: u64) -> Pattern {
        Pattern {
            vector: Vector::read(text).unwrap(),
            pairs,
        }
    }

    #[test]
    fn the_book_tells_how_often_levels_are_seen() {
        let candidates = [
            // Of one person: nine in ten mobiles are equal, eight in ten names.
            pattern("|id_no=equal|name=equal|mobile=equal|", 720),
            pattern("|id_no=equal|name=near|mobile=equal|", 180),
            pattern("|id_no=equal|name=equal|mobile=different|", 80),
            pattern("|id_no=equal|name=near|mobile=different|", 20),
            // Of two people who share a telephone.
            pattern("|id_no=different|name=different|mobile=equal|", 900),
            pattern("|id_no=different|name=different|mobile=different|", 100),
        ];
        let random = [
            pattern("|id_no=different|name=different|mobile=different|", 999_000),
            pattern("|id_no=different|name=equal|mobile=different|", 1_000),
        ];
        let found = estimate(&model(), &candidates, &random);
        assert_eq!((found.candidates, found.random), (2_000, 1_000_000));
        assert!(
            (480_000..=520_000).contains(&found.matches),
            "{}",
            found.matches
        );
        let of = |field, level| {
            let mut lines = found.lines.iter();
            lines
                .find(|l| (l.field, l.level) == (field, level))
                .unwrap()
        };
        let m = of(Field::Name, Level::Equal).m.unwrap();
        assert!((790_000_000..=810_000_000).contains(&m), "{m}");
        assert_eq!(of(Field::Name, Level::Equal).u, Some(1_000_000));
        assert_eq!(of(Field::Sex, Level::Equal).m, None, "never seen");
        assert_eq!(
            of(Field::Mobile, Level::Equal).u,
            None,
            "never seen at random"
        );
    }

    #[test]
    fn nothing_seen_suggests_nothing() {
        let found = estimate(&model(), &[], &[]);
        assert!(found.lines.iter().all(|l| l.m.is_none() && l.u.is_none()));
    }
}
