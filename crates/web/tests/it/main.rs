//! Pages over HTTP, in this process, on SQLite and on PostgreSQL.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up must fail, with the place of it"
)]

mod api;
mod attacks;
mod browser;
mod chrome;
mod customers;
mod headers;
mod keys;
mod management;
mod morning;
mod obligations;
mod organisation;
mod sight;
mod sign_in;
mod tickets;
