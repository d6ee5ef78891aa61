//! Running one DDL text on both databases.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};
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

/// Replaces the list of codes that a column takes, without touching a row.
///
/// PostgreSQL exchanges the constraint. SQLite keeps the table's text and cannot alter a `CHECK`; its
/// documentation allows to rewrite that text where nothing on disk depends on it, which is so here.
pub(crate) async fn set_codes(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &str,
    codes: &[&str],
) -> Result<(), DbErr> {
    let quoted: Vec<String> = codes.iter().map(|c| format!("'{c}'")).collect();
    let list = quoted.join(", ");
    if manager.get_database_backend() != DbBackend::Sqlite {
        let name = format!("{table}_{column}_check");
        let statement = format!(
            "ALTER TABLE {table} DROP CONSTRAINT {name}, \
             ADD CONSTRAINT {name} CHECK ({column} IN ({list}))"
        );
        let db = manager.get_connection();
        return db.execute_unprepared(&statement).await.map(|_| ());
    }
    let opening = format!("CHECK ({column} IN (");
    edit_table(manager, table, |text| {
        let at = text.find(&opening).map(|at| at + opening.len())?;
        let end = text[at..].find(')').map(|end| at + end)?;
        Some(format!("{}{list}{}", &text[..at], &text[end..]))
    })
    .await
}

/// Adds a code to the list that a column takes, whatever else is on it.
pub(crate) async fn add_code(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &str,
    code: &str,
) -> Result<(), DbErr> {
    let mut codes = read_codes(manager, table, column).await?;
    codes.push(code.to_owned());
    let codes: Vec<_> = codes.iter().map(String::as_str).collect();
    set_codes(manager, table, column, &codes).await
}

/// Takes a code off the list that a column takes; no row may have it.
pub(crate) async fn remove_code(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &str,
    code: &str,
) -> Result<(), DbErr> {
    let codes = read_codes(manager, table, column).await?;
    let codes: Vec<_> = codes.iter().map(String::as_str).collect();
    let rest: Vec<_> = codes.into_iter().filter(|c| *c != code).collect();
    set_codes(manager, table, column, &rest).await
}

/// The codes that a column takes now.
async fn read_codes(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &str,
) -> Result<Vec<String>, DbErr> {
    let backend = manager.get_database_backend();
    let sqlite = backend == DbBackend::Sqlite;
    let sql = if sqlite {
        format!("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = '{table}'")
    } else {
        format!(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{table}_{column}_check'"
        )
    };
    let missing = || DbErr::Custom(format!("{table}.{column} takes no list of codes"));
    let db = manager.get_connection();
    let row = db
        .query_one_raw(Statement::from_string(backend, sql))
        .await?;
    let text: String = row.ok_or_else(missing)?.try_get_by_index(0)?;
    let list = if sqlite {
        let opening = format!("CHECK ({column} IN (");
        let at = text.find(&opening).map(|at| at + opening.len());
        let at = at.ok_or_else(missing)?;
        let end = text[at..].find(')').ok_or_else(missing)?;
        &text[at..at + end]
    } else {
        text.as_str()
    };
    // Codes are plain words: what stands between quotation marks.
    let quoted = list.split('\'').skip(1).step_by(2);
    Ok(quoted.map(str::to_owned).collect())
}

/// Lets a column be without a value.
pub(crate) async fn allow_null(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &str,
) -> Result<(), DbErr> {
    set_null(manager, table, column, true).await
}

/// Demands a value of a column again; every row must have one.
pub(crate) async fn demand_value(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &str,
) -> Result<(), DbErr> {
    set_null(manager, table, column, false).await
}

async fn set_null(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &str,
    allowed: bool,
) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Sqlite {
        let verb = if allowed { "DROP" } else { "SET" };
        let statement = format!("ALTER TABLE {table} ALTER COLUMN {column} {verb} NOT NULL");
        let db = manager.get_connection();
        return db.execute_unprepared(&statement).await.map(|_| ());
    }
    let begin = format!("    {column} ");
    edit_table(manager, table, |text| {
        let at = text.find(&begin).map(|at| at + begin.len())?;
        let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
        let line = &text[at..end];
        let line = if allowed {
            line.replacen(" NOT NULL", "", 1)
        } else {
            let (kind, rest) = line.split_once([' ', ','])?;
            format!("{kind} NOT NULL {rest}")
        };
        Some(format!("{}{line}{}", &text[..at], &text[end..]))
    })
    .await
}

/// Rewrites the text of a table on SQLite; nothing on disk may depend on what changes.
async fn edit_table(
    manager: &SchemaManager<'_>,
    table: &str,
    edit: impl FnOnce(&str) -> Option<String> + Send,
) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let one = |sql: String| async move {
        let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql));
        row.await?
            .ok_or_else(|| DbErr::Custom(format!("there is no table {table}")))
    };
    let of_table =
        format!("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = '{table}'");
    let text: String = one(of_table).await?.try_get_by_index(0)?;
    let version: i64 = one("PRAGMA schema_version".into())
        .await?
        .try_get_by_index(0)?;
    let Some(text) = edit(&text) else {
        let missing = format!("the text of {table} is not as expected");
        return Err(DbErr::Custom(missing));
    };
    let text = text.replace('\'', "''");
    let next = version + 1;
    for statement in [
        "PRAGMA writable_schema = ON".to_owned(),
        format!(
            "UPDATE sqlite_schema SET sql = '{text}' WHERE type = 'table' AND name = '{table}'"
        ),
        format!("PRAGMA schema_version = {next}"),
        "PRAGMA writable_schema = RESET".to_owned(),
    ] {
        db.execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// Drops tables, and views and indexes that are named as such, the last created first.
pub(crate) async fn drop_tables(manager: &SchemaManager<'_>, names: &[&str]) -> Result<(), DbErr> {
    for name in names {
        let statement = match (name.strip_prefix("VIEW "), name.strip_prefix("INDEX ")) {
            (Some(view), _) => format!("DROP VIEW {view}"),
            (_, Some(index)) => format!("DROP INDEX {index}"),
            _ => format!("DROP TABLE {name}"),
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
