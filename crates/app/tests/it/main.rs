//! Use cases from end to end, each on SQLite and on PostgreSQL.

mod access;
mod assigning;
mod audit;
mod branch;
mod calling;
mod clients;
mod customers;
mod exports;
mod import_rejections;
mod importing;
mod planning;
mod policies;
mod recordings;
mod reports;
mod schedule;
mod scope;
mod tickets;
mod users;
