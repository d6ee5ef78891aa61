//! Use cases from end to end, each on SQLite and on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod access;
mod assigning;
mod audit;
mod audit_proof;
mod backups;
mod branch;
mod calling;
mod clients;
mod customers;
mod doctor;
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
mod rule_diff;
mod rule_life;
mod rule_servers;
mod schedule;
mod scope;
mod scope_things;
mod standing_in;
mod ticket_steps;
mod tickets;
mod users;
