//! Use cases from end to end, each on SQLite and on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

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
mod organisation;
mod planning;
mod policies;
mod recordings;
mod report_lists;
mod reports;
mod respondents;
mod retention;
mod schedule;
mod scope;
mod scope_things;
mod standing_in;
mod ticket_steps;
mod tickets;
mod users;
