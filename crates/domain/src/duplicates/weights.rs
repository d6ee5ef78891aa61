//! How much the agreement of two customers says: the weights of Fellegi and Sunter (1969). For each level
//! of a field `m` is how often records of one person stand there and `u` how often records of two people
//! do; the weight is log2(m/u), and the weights of the fields add up.
//!
//! Two people are not always strangers. Within a family telephone, address and surname agree for one reason, so
//! their weights must not be added up against strangers: a pair is weighed against both, two strangers and two of
//! one household (of one group, where organisations are compared), and the more likely of both counts.

use super::compare::{Field, Level, Vector};
use std::collections::BTreeMap;

/// Weights are kept in hundredths of a bit.
const HUNDREDTHS: f64 = 100.0;
/// Chances and probabilities are whole numbers of this many parts.
const PARTS: f64 = 1_000_000_000.0;
/// Probabilities are shown in millionths.
const MILLIONTHS: f64 = 1_000_000.0;

codes! {
    /// How likely it is that two records are one customer.
    pub enum Grade ("grade of a pair") {
        /// As good as certain: one person may decide.
        Certain = "certain",
        /// Likely.
        Likely = "likely",
        /// Possible.
        Possible = "possible",
    }
}

/// How often a level is seen, in thousand-millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chances {
    /// Among pairs of one customer.
    pub m: i64,
    /// Among pairs of two.
    pub u: i64,
}

impl Chances {
    /// log2(m/u) in hundredths of a bit.
    pub fn weight(self) -> i64 {
        ratio(self.m as f64 / self.u as f64)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "logarithms of chances are small numbers"
)]
fn ratio(ratio: f64) -> i64 {
    (ratio.log2() * HUNDREDTHS).round() as i64
}

/// What cannot be weighed with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// A level without chances.
    #[error("no chances for {0} {1}")]
    Missing(Field, Level),
    /// Chances that are no chances.
    #[error("the chances of {0} {1} are not between 0 and 1")]
    OutOfRange(Field, Level),
    /// Thresholds that are not in order.
    #[error("the thresholds are not in order")]
    Thresholds,
}

/// What pairs are weighed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    chances: BTreeMap<(Field, Level), Chances>,
    /// Weight of any two records before anything is compared, in hundredths of a bit.
    prior: i64,
    /// From which probability on a pair is certain, likely and possible, in millionths.
    from: [i64; 3],
    household: Option<Household>,
}

/// What is said of two customers of one household, or of one group of organisations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Household {
    /// How often each level is seen between them, in thousand-millionths.
    pub seen: BTreeMap<(Field, Level), i64>,
    /// How much rarer two records of one household are than two of strangers: what that adds to the weight of
    /// any two records, in hundredths of a bit.
    pub more: i64,
}

/// What was found of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// Sum of the weights, in hundredths of a bit; [`Model::household_weight`] included.
    pub weight: i64,
    /// Probability in millionths.
    pub probability: i64,
    /// The grade; nothing below what is possible.
    pub grade: Option<Grade>,
}

/// One line of an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What was compared.
    pub field: Field,
    /// How far it agrees.
    pub level: Level,
    /// What that says, in hundredths of a bit.
    pub weight: i64,
    /// How often it is seen.
    pub chances: Chances,
}

impl Model {
    /// A model, whole and in order.
    ///
    /// # Errors
    /// [`ModelError`] says what is missing or impossible.
    pub fn new(
        chances: BTreeMap<(Field, Level), Chances>,
        prior: i64,
        from: [i64; 3],
    ) -> Result<Self, ModelError> {
        let possible = 1..=1_000_000_000;
        for field in Field::ALL {
            for level in field.levels() {
                let found = chances.get(&(*field, *level));
                let c = found.ok_or(ModelError::Missing(*field, *level))?;
                if !possible.contains(&c.m) || !possible.contains(&c.u) {
                    return Err(ModelError::OutOfRange(*field, *level));
                }
            }
        }
        if from[0] <= from[1] || from[1] <= from[2] {
            return Err(ModelError::Thresholds);
        }
        Ok(Self {
            chances,
            prior,
            from,
            household: None,
        })
    }

    /// The model with what is said of two customers of one household.
    ///
    /// # Errors
    /// [`ModelError`] when a level is missing or impossible.
    pub fn with_household(mut self, household: Household) -> Result<Self, ModelError> {
        for (field, level) in self.chances.keys() {
            let seen = household.seen.get(&(*field, *level));
            let seen = seen.ok_or(ModelError::Missing(*field, *level))?;
            if !(1..=1_000_000_000).contains(seen) {
                return Err(ModelError::OutOfRange(*field, *level));
            }
        }
        self.household = Some(household);
        Ok(self)
    }

    /// How often a level is seen between two customers of one household; nothing when none is said.
    pub fn household(&self, field: Field, level: Level) -> Option<i64> {
        let household = self.household.as_ref()?;
        household.seen.get(&(field, level)).copied()
    }

    /// The chances of a level; nothing for what is not weighed.
    pub fn chances(&self, field: Field, level: Level) -> Option<Chances> {
        self.chances.get(&(field, level)).copied()
    }

    /// Weight of any two records, in hundredths of a bit.
    pub fn prior(&self) -> i64 {
        self.prior
    }

    /// From which probability on a pair has a grade, in millionths.
    pub fn from(&self, grade: Grade) -> i64 {
        self.from[grade as usize]
    }

    /// What a level says against two strangers, or against two of one household.
    fn against(&self, is_household: bool, field: Field, level: Level) -> Option<Chances> {
        let chances = self.chances(field, level)?;
        let seen = self.household(field, level).filter(|_| is_household);
        Some(Chances {
            u: seen.unwrap_or(chances.u),
            ..chances
        })
    }

    fn sum(&self, is_household: bool, vector: &Vector) -> i64 {
        let known = vector.known();
        let chances = known.filter_map(|(f, l)| self.against(is_household, f, l));
        chances.map(Chances::weight).sum()
    }

    /// When two of one household explain a pair better than two strangers: what their being rarer adds to the
    /// weight, in hundredths of a bit.
    pub fn household_weight(&self, vector: &Vector) -> Option<i64> {
        let more = self.household.as_ref()?.more;
        (self.sum(true, vector) + more < self.sum(false, vector)).then_some(more)
    }

    /// Weighs a pair, against two strangers or two of one household, whichever explains it better. Two valid numbers of two residents are at most possible, whatever else agrees: members
    /// of one family share telephone, address and a part of the name, and twins the birth date as well.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "probabilities in millionths are small numbers"
    )]
    pub fn weigh(&self, vector: &Vector) -> Weighed {
        let household = self.household_weight(vector);
        let weight = self.sum(household.is_some(), vector) + household.unwrap_or(0);
        let odds = ((weight + self.prior) as f64 / HUNDREDTHS).exp2();
        let probability = (odds / (1.0 + odds) * MILLIONTHS).round().min(MILLIONTHS) as i64;
        let reached = Grade::ALL.iter().zip(self.from);
        let grade = reached.into_iter().find(|(_, from)| probability >= *from);
        let mut grade = grade.map(|(grade, _)| *grade);
        if grade.is_some() && vector.level(Field::IdNo) == Level::Conflict {
            grade = Some(Grade::Possible);
        }
        Weighed {
            weight,
            probability,
            grade,
        }
    }

    /// Every field with what it says; `u` is of two strangers, or of two of one household.
    /// [`Self::household_weight`] is not among them.
    pub fn explain(&self, vector: &Vector) -> Vec<Explained> {
        let known = vector.known();
        let is_household = self.household_weight(vector).is_some();
        known
            .filter_map(|(field, level)| {
                let chances = self.against(is_household, field, level)?;
                Some(Explained {
                    field,
                    level,
                    weight: chances.weight(),
                    chances,
                })
            })
            .collect()
    }
}

/// A share as a whole number of parts, at least one of them.
#[expect(
    clippy::cast_possible_truncation,
    reason = "shares are between 0 and 1"
)]
pub(super) fn parts(share: f64) -> i64 {
    ((share * PARTS).round() as i64).clamp(1, 1_000_000_000)
}

/// A whole number of parts as a share.
pub(super) fn share(parts: i64) -> f64 {
    parts as f64 / PARTS
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Chances that make the sums of the tests easy: equal fields 10 bits, others 0.
    pub(in crate::duplicates) fn model() -> Model {
        let mut chances = BTreeMap::new();
        for field in Field::ALL {
            for level in field.levels() {
                let (m, u) = match level {
                    Level::Equal | Level::Common => (512_000_000, 500_000),
                    _ => (100_000_000, 100_000_000),
                };
                chances.insert((*field, *level), Chances { m, u });
            }
        }
        Model::new(chances, -1_500, [999_000, 900_000, 300_000]).unwrap()
    }

    fn weighed(text: &str) -> Weighed {
        model().weigh(&Vector::read(text).unwrap())
    }

    #[test]
    fn weights_add_up_to_a_probability() {
        let none = weighed("|");
        assert_eq!((none.weight, none.grade), (0, None));
        let one = weighed("|mobile=equal|");
        assert_eq!(
            (one.weight, one.probability, one.grade),
            (1_000, 30_303, None)
        );
        let two = weighed("|mobile=equal|birth_date=equal|");
        assert_eq!((two.probability, two.grade), (969_697, Some(Grade::Likely)));
        let three = weighed("|mobile=equal|birth_date=equal|name=equal|");
        assert_eq!(three.grade, Some(Grade::Certain));
        let capped = weighed("|id_no=conflict|mobile=equal|birth_date=equal|name=equal|");
        assert_eq!(capped.grade, Some(Grade::Possible), "two valid numbers");
        assert_eq!(capped.weight, three.weight);
    }

    #[test]
    fn an_explanation_adds_up_to_the_weight() {
        let vector = Vector::read("|id_no=near|mobile=equal|sex=different|name=common|").unwrap();
        let lines = model().explain(&vector);
        assert_eq!(lines.len(), 4);
        let sum: i64 = lines.iter().map(|l| l.weight).sum();
        assert_eq!(sum, model().weigh(&vector).weight);
    }

    #[test]
    fn a_model_is_whole() {
        let whole = model();
        let mut chances = whole.chances.clone();
        chances.remove(&(Field::Sex, Level::Equal));
        let missing = Model::new(chances, 0, [3, 2, 1]);
        assert_eq!(missing, Err(ModelError::Missing(Field::Sex, Level::Equal)));
        let mut chances = whole.chances.clone();
        chances.insert((Field::Sex, Level::Equal), Chances { m: 0, u: 1 });
        let wrong = Model::new(chances, 0, [3, 2, 1]);
        assert_eq!(wrong, Err(ModelError::OutOfRange(Field::Sex, Level::Equal)));
        let wrong = Model::new(whole.chances, 0, [2, 2, 1]);
        assert_eq!(wrong, Err(ModelError::Thresholds));
    }

    #[test]
    fn what_a_family_shares_says_little() {
        let of_strangers = model();
        let mut seen: BTreeMap<_, _> = of_strangers
            .chances
            .iter()
            .map(|(at, c)| (*at, c.u))
            .collect();
        seen.insert((Field::Mobile, Level::Equal), 512_000_000);
        seen.insert((Field::Address, Level::Equal), 512_000_000);
        let household = Household { seen, more: 1_500 };
        let model = of_strangers
            .clone()
            .with_household(household.clone())
            .unwrap();
        let weigh = |text: &str| model.weigh(&Vector::read(text).unwrap());
        let shared = weigh("|mobile=equal|address=equal|sex=different|");
        assert_eq!(
            (shared.weight, shared.grade),
            (1_500, Some(Grade::Possible))
        );
        let own = weigh("|name=equal|birth_date=equal|mobile=equal|address=equal|");
        assert_eq!((own.weight, own.grade), (3_500, Some(Grade::Certain)));
        let far = weigh("|name=equal|birth_date=equal|mobile=different|");
        assert_eq!(far.weight, 2_000, "strangers explain it better");
        for text in ["|mobile=equal|address=equal|", "|name=equal|"] {
            let vector = Vector::read(text).unwrap();
            let lines: i64 = model.explain(&vector).iter().map(|l| l.weight).sum();
            let more = model.household_weight(&vector).unwrap_or(0);
            assert_eq!(lines + more, model.weigh(&vector).weight, "{text}");
        }
        let mut less = household;
        less.seen.remove(&(Field::Sex, Level::Equal));
        let missing = ModelError::Missing(Field::Sex, Level::Equal);
        assert_eq!(of_strangers.with_household(less), Err(missing));
    }
}
