//! Tickets.

pub(crate) mod api;
