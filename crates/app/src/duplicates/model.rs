//! What pairs are weighed with, read from the packs.

use crate::rules::Rules;
use crate::{Error, Result};
use chrono::NaiveDate;
use domain::duplicates::{Chances, Field, Grade, Household, Level, Model, ModelError, Similar};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Everything that comparing asks the packs.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// Chances, thresholds, prior.
    pub model: Model,
    /// When addresses are alike.
    pub similar: Similar,
    /// Customers of one key that are compared, at most.
    pub block_max: i64,
    /// Hash over all that the packs said: whoever was compared by another is compared again.
    pub hash: String,
}

fn setting(rules: &Rules, id: &str, on: NaiveDate) -> Result<i64> {
    let missing = || Error::Fault(format!("no pack says {id}"));
    rules.setting(id, on).ok_or_else(missing)
}

/// What the packs say on a day, with a hash over everything that was asked.
struct Asked<'a> {
    rules: &'a Rules,
    on: NaiveDate,
    hash: Sha256,
}

impl Asked<'_> {
    fn setting(&mut self, id: &str) -> Result<i64> {
        let value = setting(self.rules, id, self.on)?;
        self.hash.update(format!("{id}={value}\n"));
        Ok(value)
    }

    /// What a pack from before the setting need not say.
    fn newer(&mut self, id: &str) -> Option<i64> {
        self.rules.setting(id, self.on)?;
        self.setting(id).ok()
    }
}

/// The level that a pack from before version 2 counts a newer one to.
fn before(level: Level) -> Level {
    match level {
        Level::Heard => Level::Near,
        Level::Surname => Level::Different,
        level => level,
    }
}

impl Settings {
    /// As the packs say on a day.
    pub(super) fn read(rules: &Rules, on: NaiveDate) -> Result<Self> {
        let hash = Sha256::new();
        let mut asked = Asked { rules, on, hash };
        let (mut chances, mut seen) = (BTreeMap::new(), BTreeMap::new());
        for field in Field::ALL {
            for level in field.levels() {
                let of = |level: Level, side| format!("duplicate_{field}_{level}_{side}");
                let named = match asked.newer(&of(*level, "m")) {
                    Some(_) => *level,
                    None => before(*level),
                };
                let found = Chances {
                    m: asked.setting(&of(named, "m"))?,
                    u: asked.setting(&of(named, "u"))?,
                };
                chances.insert((*field, *level), found);
                let household = asked.newer(&of(*level, "h"));
                seen.extend(household.map(|h| ((*field, *level), h)));
            }
        }
        let mut from = [0; 3];
        for grade in Grade::ALL {
            from[*grade as usize] = asked.setting(&format!("duplicate_{grade}"))?;
        }
        let prior = asked.setting("duplicate_prior")?;
        let unfit = |e: ModelError| Error::Fault(e.to_string());
        let mut model = Model::new(chances, prior, from).map_err(unfit)?;
        if let Some(more) = asked.newer("duplicate_household_more") {
            model = model
                .with_household(Household { seen, more })
                .map_err(unfit)?;
        }
        Ok(Self {
            model,
            similar: Similar {
                equal: asked.setting("duplicate_address_equal")?,
                part: asked.setting("duplicate_address_part")?,
            },
            block_max: asked.setting("duplicate_block_max")?,
            hash: hex::encode(asked.hash.finalize()),
        })
    }
}

/// Whether one person may merge a pair of a grade.
pub(super) fn is_decided_alone(rules: &Rules, grade: Grade, on: NaiveDate) -> bool {
    grade == Grade::Certain && rules.flag("duplicate_certain_alone", on) == Some(true)
}

/// Days after which an undecided pair comes back.
pub(super) fn unsure_days(rules: &Rules, on: NaiveDate) -> Result<u64> {
    let days = setting(rules, "duplicate_unsure_days", on)?;
    Ok(u64::try_from(days).unwrap_or(0))
}
