//! Customers and their contact persons. What leaves here is masked by its type.

mod bulk;

pub use bulk::{follow_changes, lookup_groups};
