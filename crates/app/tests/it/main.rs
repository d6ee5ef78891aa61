//! Use cases from end to end, each on SQLite and on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod access;
mod assigning;
mod audit;
mod authenticator;
mod branch;
mod calling;
mod clients;
mod customers;
mod events_in;
mod exports;
mod fake_provider;
mod guessing;
mod import_rejections;
mod importing;
mod jobs;
mod obligations;
mod oidc;
mod organisation;
mod passkeys;
mod passwords;
mod planning;
mod policies;
mod recordings;
mod report_lists;
mod reports;
mod respondents;
mod schedule;
mod scope;
mod scope_things;
mod second_factor;
mod standing_in;
mod ticket_steps;
mod tickets;
mod users;
