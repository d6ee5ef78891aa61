//! Obligations: the planner that makes them, and why each of them exists.

mod explain;
mod facts;
mod list;
pub(crate) mod plan;
mod samples;
mod siblings;
mod since;
mod told;

pub(crate) use explain::replay;
pub use explain::{Explanation, explain};
pub(crate) use facts::province;
pub(crate) use list::filter;
pub use list::{
    ExtractionPage, ObligationPage, ObligationQuery, extraction_page, list_extractions,
    list_obligations, obligation_page, page_of_obligations,
};
pub use plan::{PlanProgress, PlanReport, PlanRequest, plan};
pub use samples::{AdjusterSample, SamplesPage, list_samples};
pub use siblings::list_siblings;
pub use since::set_since;
pub(crate) use told::{CONTACT, is_owed, not_told, told};
