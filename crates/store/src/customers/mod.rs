//! Customers and their contact persons. What leaves here is masked by its type.

mod bulk;
mod read;
mod write;

pub use bulk::{follow_changes, lookup_groups};
pub(crate) use read::shown_name;
pub use read::{
    ContactRow, CustomerFilter, CustomerFlag, CustomerRow, CustomerTerm, find_customer,
    find_customer_by_number, list_contacts, list_customers, search_customers,
};
pub use write::{change_mailing_address, change_mobile};
