//! Pages over HTTP, in this process, on SQLite and on PostgreSQL.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up must fail, with the place of it"
)]

mod browser;
mod chrome;
mod morning;
mod sign_in;
