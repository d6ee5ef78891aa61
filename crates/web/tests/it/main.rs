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
mod management;
mod morning;
mod obligations;
mod organisation;
mod retention;
mod sight;
mod sign_in;
mod tickets;
