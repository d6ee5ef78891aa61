//! Customers.

pub(crate) mod api;
