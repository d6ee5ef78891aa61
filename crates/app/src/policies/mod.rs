//! Policies: lists, and one policy with its dates, clock, claims and everything that happened.

mod list;
mod page;

pub(crate) use list::filter;
pub use list::{PolicyQuery, list_policies, page_of_policies};
pub use page::{CoolingOffClock, PolicyPage, policy_page, policy_timeline};
