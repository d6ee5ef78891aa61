//! The store on both engines: the schema and its lists of codes, isolation of transactions.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod audit;
mod codes;
mod keys;
mod migrations;
mod transactions;
