//! Obligations: the planner that makes them, and why each of them exists.

mod explain;
mod facts;
mod plan;
mod since;

pub(crate) use explain::replay;
pub use explain::{Explanation, explain};
pub use plan::{PlanProgress, PlanReport, PlanRequest, plan};
pub use since::set_since;
