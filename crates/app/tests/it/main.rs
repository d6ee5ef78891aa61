//! Use cases from end to end, each on SQLite and on PostgreSQL.

mod calling;
mod customers;
mod policies;
