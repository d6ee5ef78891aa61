//! The store on both engines: the schema and its lists of codes, isolation of transactions.

mod codes;
mod migrations;
mod transactions;
