//! Running one DDL text on both databases.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};
use sea_orm_migration::{DbErr, SchemaManager};

/// Replaces the type tokens and runs the statements one by one.
///
/// | token | SQLite | PostgreSQL |
/// |---|---|---|
/// | `{id}` | BLOB (16 bytes) | uuid |
/// | `{bytes}` | BLOB | bytea |
/// | `{date}` | TEXT (`YYYY-MM-DD`) | date |
/// | `{instant}` | INTEGER (milliseconds since 1970, UTC) | bigint |
/// | `{int}` | INTEGER | bigint |
/// | `{bool}` | INTEGER (0 or 1) | boolean |
/// | `{strict}` | STRICT | nothing |
pub(crate) async fn run(manager: &SchemaManager<'_>, text: &str) -> Result<(), DbErr> {
    let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
    let pick = |a: &'static str, b: &'static str| if sqlite { a } else { b };
    let text = text
        .replace("{id}", pick("BLOB", "uuid"))
        .replace("{bytes}", pick("BLOB", "bytea"))
        .replace("{date}", pick("TEXT", "date"))
        .replace("{instant}", pick("INTEGER", "bigint"))
        .replace("{int}", pick("INTEGER", "bigint"))
        .replace("{bool}", pick("INTEGER", "boolean"))
        .replace("{strict}", pick("STRICT", ""));
    for statement in text.split(';').map(str::trim).filter(|s| !s.is_empty()) {
        manager
            .get_connection()
            .execute_unprepared(statement)
            .await?;
    }
    Ok(())
}

/// Drops tables, and views that are named as such, the last created first.
pub(crate) async fn drop_tables(manager: &SchemaManager<'_>, names: &[&str]) -> Result<(), DbErr> {
    for name in names {
        let statement = match name.strip_prefix("VIEW ") {
            Some(view) => format!("DROP VIEW {view}"),
            None => format!("DROP TABLE {name}"),
        };
        manager
            .get_connection()
            .execute_unprepared(&statement)
            .await?;
    }
    Ok(())
}

/// Defines a migration from its text and the tables that it makes.
macro_rules! migration {
    (up: $up:expr, drops: [$($table:literal),+ $(,)?]) => {
        #[derive(sea_orm_migration::prelude::DeriveMigrationName)]
        pub(crate) struct Migration;

        #[sea_orm_migration::async_trait::async_trait]
        impl sea_orm_migration::MigrationTrait for Migration {
            async fn up(
                &self,
                manager: &sea_orm_migration::SchemaManager,
            ) -> Result<(), sea_orm_migration::DbErr> {
                $crate::ddl::run(manager, $up).await
            }

            async fn down(
                &self,
                manager: &sea_orm_migration::SchemaManager,
            ) -> Result<(), sea_orm_migration::DbErr> {
                $crate::ddl::drop_tables(manager, &[$($table),+]).await
            }

            fn use_transaction(&self) -> Option<bool> {
                Some(true)
            }
        }
    };
}

pub(crate) use migration;
