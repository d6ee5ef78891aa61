//! Obligations.

pub(crate) mod api;
