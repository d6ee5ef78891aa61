//! The history of the schema, append-only, one intent each.
//!
//! Every migration is plain SQL with a few type tokens (see [`ddl`]), so that one text serves SQLite
//! and PostgreSQL, and runs in a transaction on both.

mod ddl;
mod m20261122_000001_organisation;
mod m20261122_000002_customers;
mod m20261122_000003_policies;
mod m20261122_000004_rules;
mod m20261122_000005_obligations;
mod m20261122_000006_callbacks;
mod m20261122_000007_tickets;
mod m20261122_000008_operations;
mod m20261123_000101_reports;
mod m20261123_000201_jobs;
mod m20261124_000601_retention;
mod m20261124_000901_posts;

pub use sea_orm_migration::{DbErr, MigratorTrait};

use sea_orm_migration::MigrationTrait;

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_organisation::Migration),
            Box::new(m20261122_000002_customers::Migration),
            Box::new(m20261122_000003_policies::Migration),
            Box::new(m20261122_000004_rules::Migration),
            Box::new(m20261122_000005_obligations::Migration),
            Box::new(m20261122_000006_callbacks::Migration),
            Box::new(m20261122_000007_tickets::Migration),
            Box::new(m20261122_000008_operations::Migration),
            Box::new(m20261123_000101_reports::Migration),
            Box::new(m20261123_000201_jobs::Migration),
            Box::new(m20261124_000901_posts::Migration),
            Box::new(m20261124_000601_retention::Migration),
        ]
    }
}
