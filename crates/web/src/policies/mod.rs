//! Policies.

pub(crate) mod api;
