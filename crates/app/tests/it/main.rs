//! Use cases from end to end, each on SQLite and on PostgreSQL.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up must fail, with the place of it"
)]

mod access;
mod assigning;
mod audit;
mod branch;
mod calling;
mod clients;
mod customers;
mod events_in;
mod exports;
mod import_rejections;
mod importing;
mod jobs;
mod obligations;
mod planning;
mod policies;
mod recordings;
mod report_lists;
mod reports;
mod schedule;
mod scope;
mod tickets;
mod users;
