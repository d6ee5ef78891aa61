//! Customers: lists, one customer with everything that happened, search, personal data on request.

mod contact;
mod facts;
mod list;
mod overview;
mod page;
mod ranks;
mod relations;
mod reveal;
mod search;
mod search_keys;
mod stages;

pub(crate) use contact::change_contact_from;
pub use contact::{ContactForm, change_contact};
pub(crate) use facts::put_facts;
pub use list::{CustomerQuery, list_customers, page_of_customers};
pub(crate) use list::{filter, mark_limits};
pub use overview::Overview;
pub use page::{CustomerPage, TimelineQuery, customer_in_sight, customer_page, customer_timeline};
pub(crate) use page::{find, note, seen};
pub(crate) use ranks::queue_ranks;
pub use relations::{
    ContactPersonForm, RelationForm, RelationsPage, add_relation, end_relation, relations_page,
    save_contact_person,
};
pub use reveal::{Quota, RevealForm, Revealed, list_disclosures, reveal};
pub(crate) use reveal::{stated_purpose, value as revealed};
pub use search::{FoundCustomer, SearchResult, search, suggest};
pub use search_keys::refresh_search_keys;
pub use stages::{StageForm, change_stage, lose_customers};
