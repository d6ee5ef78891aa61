//! Customers: lists, one customer with everything that happened, search, personal data on request.

mod contact;
mod list;
mod page;
mod ranks;
mod reveal;
mod search;

pub use contact::{ContactForm, change_contact};
pub(crate) use list::filter;
pub use list::{CustomerQuery, list_customers, page_of_customers};
pub(crate) use page::seen;
pub use page::{CustomerPage, customer_in_sight, customer_page, customer_timeline};
pub(crate) use ranks::queue_ranks;
pub use reveal::{Quota, RevealForm, Revealed, list_disclosures, reveal};
pub(crate) use reveal::{stated_purpose, value as revealed};
pub use search::{SearchResult, search};
