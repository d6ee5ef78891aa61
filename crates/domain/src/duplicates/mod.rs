//! Customers who may be one person or organisation: what of two records agrees (`compare`, `names`), how much that
//! says (`weights`, after Fellegi and Sunter 1969), which records are compared at all (`blocks`), how the
//! weights are estimated from the book itself (`estimate`), and what people decide (`life`, `merge`).

mod blocks;
mod compare;
mod estimate;
mod life;
mod merge;
mod names;
mod normal;
mod organisations;
mod profile;
mod weights;

pub use blocks::{Block, BlockKind};
pub use compare::{Field, Level, Similar, Vector};
pub use estimate::{Estimate, Estimated, Pattern, estimate};
pub use life::{Decision, DecisionError, PairState, check_decision};
pub use merge::{MergeError, MergeState, MergedField, UnmergeError, check_merge, check_unmerge};
pub use profile::{Known, Profile};
pub use weights::{Chances, Explained, Grade, Household, Model, ModelError, Weighed};
