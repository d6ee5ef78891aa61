//! What the planner remembers between runs, and what follows from it for the queue.

use super::super::facts::{self, Regions};
use crate::rules::Rules;
use crate::{Error, Result};
use chrono::NaiveDate;
use rules::pack::{Rhythm, Subject};
use rules::{Facts, Window};
use store::dialect::bulk::Bulk;
use store::obligations::{self as rows, QueueKind};
use store::settings;

/// What the planner remembers between runs.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize, PartialEq, Eq)]
struct PlanState {
    rules_hash: String,
    since: NaiveDate,
    as_of: NaiveDate,
    /// Until which day periods of the calendar were looked at to the end; a run that was broken off
    /// leaves it where it was.
    #[serde(default)]
    settled: Option<NaiveDate>,
}

impl PlanState {
    /// The day before which periods have ended for good, as seen in a window.
    fn settled(&self, window: Window) -> NaiveDate {
        let known = self.settled.unwrap_or(self.as_of);
        // Who opens the window wider asks for what lay before it.
        let opened = if window.since < self.since {
            window.since
        } else {
            known
        };
        opened.min(window.as_of)
    }
}

/// What a run starts with.
pub(super) struct Prepared {
    /// An earlier plan looked further ahead.
    pub only_adds: bool,
    /// Periods of the calendar that ended before this day stay as they are.
    pub settled: NaiveDate,
}

/// Asks for everything to be looked at when the rules changed or the window opens earlier than
/// before, for all customers or policies when a period of the calendar began, and remembers the
/// window.
pub(super) async fn prepare(bulk: &mut Bulk, rules: &Rules, window: Window) -> Result<Prepared> {
    let before = read(bulk).await?;
    let settled = settled_by(before.as_ref(), window);
    let mut state = PlanState {
        rules_hash: rules.book().hash().to_owned(),
        since: window.since,
        as_of: window.as_of,
        settled: Some(settled),
    };
    let only_adds = before.as_ref().is_some_and(|b| window.as_of < b.as_of);
    if let Some(before) = &before {
        let changed = before.rules_hash != state.rules_hash;
        if changed || window.since < before.since {
            rows::enqueue_everything(bulk).await?;
        } else {
            for subject in begun(rules, before.as_of, window.as_of) {
                let kind = match subject {
                    Subject::Customer => QueueKind::Customers,
                    Subject::Policy => QueueKind::Policies,
                };
                rows::enqueue_all(bulk, kind).await?;
            }
        }
        state.since = state.since.min(before.since);
        state.as_of = state.as_of.max(before.as_of);
    }
    if before.as_ref() != Some(&state) {
        write(bulk, &state).await?;
    }
    Ok(Prepared { only_adds, settled })
}

/// Notes that a run came to its end.
pub(super) async fn settle(bulk: &mut Bulk) -> Result<()> {
    let Some(mut state) = read(bulk).await? else {
        return Ok(());
    };
    let as_of = Some(state.as_of);
    if state.settled != as_of {
        state.settled = as_of;
        write(bulk, &state).await?;
    }
    Ok(())
}

/// The day before which periods have ended for good.
pub(super) async fn settled(bulk: &mut Bulk, window: Window) -> Result<NaiveDate> {
    Ok(settled_by(read(bulk).await?.as_ref(), window))
}

fn settled_by(before: Option<&PlanState>, window: Window) -> NaiveDate {
    before.map_or(window.since, |b| b.settled(window))
}

/// For whom a period began after one day, up to another.
fn begun(rules: &Rules, after: NaiveDate, until: NaiveDate) -> Vec<Subject> {
    let mut subjects: Vec<_> = rules
        .book()
        .recurring()
        .filter(|(_, r)| match r.rhythm {
            Rhythm::Every(period) => period.next(after) <= until,
            Rhythm::Anniversary { .. } | Rhythm::Day { .. } => false,
            // Which days are holidays depends on nobody's facts.
            Rhythm::Holidays { .. } => {
                let nothing = Facts::new(rules.book().schema());
                let first = after.succ_opt().unwrap_or(after);
                let next = r.first(&nothing, rules.calendar(), first);
                next.is_some_and(|o| o.on <= until)
            }
        })
        .map(|(_, r)| r.of)
        .collect();
    subjects.sort_unstable();
    subjects.dedup();
    subjects
}

async fn read(bulk: &mut Bulk) -> Result<Option<PlanState>> {
    let stored = settings::find_setting_in_bulk(bulk, settings::PLAN_STATE).await?;
    Ok(stored.and_then(|s| serde_json::from_str(&s).ok()))
}

async fn write(bulk: &mut Bulk, state: &PlanState) -> Result<()> {
    let text = serde_json::to_string(state).map_err(|e| Error::Fault(e.to_string()))?;
    Ok(settings::put_setting_in_bulk(bulk, settings::PLAN_STATE, text).await?)
}

/// The province in which each unit writes business; a unit without a region has its parent's.
pub(super) async fn regions(bulk: &mut Bulk) -> Result<Regions> {
    let units = store::orgs::read_regions(bulk).await?;
    let mut regions = Regions::new();
    for (id, parent, region) in units {
        let own = region.map(|r| facts::province(&r));
        let region = own.or_else(|| parent.and_then(|p| regions.get(&p).cloned()));
        if let Some(region) = region {
            regions.insert(id, region);
        }
    }
    Ok(regions)
}
