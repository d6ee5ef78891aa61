//! Customers and their contact persons. What leaves here is masked by its type.

mod bulk;
mod read;
mod write;

pub use bulk::{follow_changes, lookup_groups};
pub use read::{
    ContactRow, CustomerFilter, CustomerFlag, CustomerRow, CustomerTerm, find_customer,
    find_customer_by_number, list_contacts, list_customers, search_customers,
};
pub(crate) use read::{open_name, shown_name};
pub use write::{change_mailing_address, change_mobile};
