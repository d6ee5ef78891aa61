//! What other systems send.

pub(crate) mod api;
