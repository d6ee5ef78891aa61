//! What pairs are weighed with, read from the packs.

use crate::rules::Rules;
use crate::{Error, Result};
use chrono::NaiveDate;
use domain::duplicates::{Chances, Field, Grade, Household, Level, Model, ModelError, Similar};
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
}

fn setting(rules: &Rules, id: &str, on: NaiveDate) -> Result<i64> {
    let missing = || Error::Fault(format!("no pack says {id}"));
    rules.setting(id, on).ok_or_else(missing)
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
        let (mut chances, mut seen) = (BTreeMap::new(), BTreeMap::new());
        for field in Field::ALL {
            for level in field.levels() {
                let has = |id: String| rules.setting(&id, on).is_some();
                let named = if has(format!("duplicate_{field}_{level}_m")) {
                    *level
                } else {
                    before(*level)
                };
                let of = |side| setting(rules, &format!("duplicate_{field}_{named}_{side}"), on);
                let found = Chances {
                    m: of("m")?,
                    u: of("u")?,
                };
                chances.insert((*field, *level), found);
                let household = rules.setting(&format!("duplicate_{field}_{level}_h"), on);
                seen.extend(household.map(|h| ((*field, *level), h)));
            }
        }
        let mut from = [0; 3];
        for grade in Grade::ALL {
            from[*grade as usize] = setting(rules, &format!("duplicate_{grade}"), on)?;
        }
        let prior = setting(rules, "duplicate_prior", on)?;
        let unfit = |e: ModelError| Error::Fault(e.to_string());
        let mut model = Model::new(chances, prior, from).map_err(unfit)?;
        if let Some(more) = rules.setting("duplicate_household_more", on) {
            model = model
                .with_household(Household { seen, more })
                .map_err(unfit)?;
        }
        Ok(Self {
            model,
            similar: Similar {
                equal: setting(rules, "duplicate_address_equal", on)?,
                part: setting(rules, "duplicate_address_part", on)?,
            },
            block_max: setting(rules, "duplicate_block_max", on)?,
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
