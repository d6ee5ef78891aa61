//! Customers of low value who may come to be worth more (SEG-09).

use super::WatchSign;

/// What is known of a customer's potential.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Potential {
    /// Yearly income in fen.
    pub income_fen: Option<i64>,
    /// Age in years.
    pub age: Option<i64>,
    /// Kinds of insurance in force.
    pub lines: i64,
    /// Policies issued within the last year.
    pub new_policies: i64,
}

/// From where on something is a sign. What is missing is no sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Thresholds {
    /// Income of at least so many fen.
    pub income_fen: Option<i64>,
    /// Age from so many years.
    pub age_from: Option<i64>,
    /// Age to so many years, included.
    pub age_to: Option<i64>,
    /// At least so many kinds of insurance.
    pub lines: Option<i64>,
    /// At least so many policies within a year.
    pub new_policies: Option<i64>,
}

/// The signs that a customer shows.
pub fn signs(known: Potential, from: Thresholds) -> Vec<WatchSign> {
    let at_least = |value: Option<i64>, least: Option<i64>| {
        value
            .zip(least)
            .is_some_and(|(value, least)| value >= least)
    };
    let of_age = at_least(known.age, from.age_from)
        && from
            .age_to
            .is_none_or(|to| known.age.is_some_and(|age| age <= to));
    [
        (
            WatchSign::Income,
            at_least(known.income_fen, from.income_fen),
        ),
        (WatchSign::Age, of_age),
        (WatchSign::Lines, at_least(Some(known.lines), from.lines)),
        (
            WatchSign::Growth,
            at_least(Some(known.new_policies), from.new_policies),
        ),
    ]
    .into_iter()
    .filter_map(|(sign, shows)| shows.then_some(sign))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use WatchSign as S;

    #[test]
    fn signs_begin_exactly_at_the_threshold() {
        let from = Thresholds {
            income_fen: Some(20_000_000),
            age_from: Some(25),
            age_to: Some(45),
            lines: Some(2),
            new_policies: Some(1),
        };
        let all = Potential {
            income_fen: Some(20_000_000),
            age: Some(25),
            lines: 2,
            new_policies: 1,
        };
        assert_eq!(signs(all, from), [S::Income, S::Age, S::Lines, S::Growth]);
        let just_below = Potential {
            income_fen: Some(19_999_999),
            age: Some(46),
            lines: 1,
            new_policies: 0,
        };
        assert!(signs(just_below, from).is_empty());
        assert!(signs(Potential::default(), from).is_empty());
        assert!(signs(all, Thresholds::default()).is_empty());
        let oldest = Potential {
            age: Some(45),
            ..Potential::default()
        };
        assert_eq!(signs(oldest, from), [S::Age]);
    }
}
