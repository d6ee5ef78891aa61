//! Which rules reach a case: packs that are in force for it, and programmes that take another's place.

use super::{Conflict, Lookup, NoTrace};
use crate::pack::{Condition, OnUnknown, PackId, Programme};
use chrono::NaiveDate;

impl Lookup<'_, '_> {
    /// Whether a pack that replaces this programme applies to the case, or a programme that takes
    /// its place does. One that leaves the case out does not: a narrower rule never loosens.
    pub(super) fn is_overridden(&mut self, programme: &Programme) -> Result<bool, Conflict> {
        for pack in &programme.overridden_by {
            if self.is_live(*pack, self.trigger_on)? {
                return Ok(true);
            }
        }
        let book = self.book;
        for by in programme.displaced_by.iter().map(|id| book.programme(*id)) {
            if self.is_live(by.pack, self.trigger_on)?
                && self.all_pass(&by.scope)?
                && self.all_pass(&by.require)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// As [`Self::all_hold`], with what each condition says of unknown facts.
    fn all_pass(&mut self, conditions: &[Condition]) -> Result<bool, Conflict> {
        for condition in conditions {
            let met = self.holds(condition, &[], &mut NoTrace)?;
            if met.is_none() && condition.on_unknown == OnUnknown::Pass {
                continue;
            }
            if met != Some(true) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn is_live(&mut self, pack: PackId, on: NaiveDate) -> Result<bool, Conflict> {
        let pack = self.book.pack(pack);
        let dated = pack.status.is_evaluated() && pack.in_force.covers(on);
        Ok(dated && self.all_hold(&pack.scope)?)
    }

    pub(super) fn all_hold(&mut self, conditions: &[Condition]) -> Result<bool, Conflict> {
        for condition in conditions {
            if self.holds(condition, &[], &mut NoTrace)? != Some(true) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
