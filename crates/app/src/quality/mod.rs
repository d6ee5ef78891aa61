//! Quality of the work: the penalty tables of the packs.

mod penalties;

pub(crate) use penalties::check_penalties;
pub use penalties::penalty_of;
