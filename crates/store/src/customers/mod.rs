//! Customers and their contact persons. What leaves here is masked by its type.

mod bulk;
mod derivations;
mod ranks;
mod read;
mod search;
mod write;

pub use bulk::{follow_changes, lookup_groups};
pub use derivations::{
    Derived, Span, Subject, enqueue_derivations, enqueue_derivations_of, enqueue_derived_for_all,
    has_derivations, remove_derivations, shrink_derivation, take_derivations,
};
pub use ranks::QueueRanks;
pub use read::{
    CustomerFilter, CustomerFlag, CustomerRow, count_customers, find_customer,
    find_customer_by_number, list_customers,
};
pub(crate) use read::{open_name, shown_name};
pub use search::{ContactRow, list_contacts, search_customers};
pub use write::{change_mailing_address, change_mobile};
