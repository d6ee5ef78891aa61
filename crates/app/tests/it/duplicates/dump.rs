//! Everything that a database holds, byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use testkit::{Engine, TestApp};

/// Bookkeeping of merges, the log, the queues: they tell of the merge itself.
const LEFT_OUT: [&str; 11] = [
    "audit_entries",
    "audit_heads",
    "audit_seals",
    "audit_seal_spans",
    "customer_merges",
    "derivations",
    "duplicate_pairs",
    "merge_copies",
    "merge_moves",
    "plan_queue",
    "seaql_migrations",
];

/// Tables with their rows.
pub(super) type Dump = BTreeMap<String, Vec<String>>;

/// Every column of the schema with its table.
pub(super) async fn columns(t: &TestApp) -> Vec<(String, String)> {
    let sql = match t.database.engine() {
        Engine::Sqlite => {
            "SELECT m.name || '|' || c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid"
        }
        Engine::Postgres => {
            "SELECT c.table_name::text || '|' || c.column_name::text FROM information_schema.columns c \
             JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name \
             WHERE t.table_schema = 'public' AND t.table_type = 'BASE TABLE' ORDER BY c.table_name, c.ordinal_position"
        }
    };
    let lines = t.database.column(sql).await.into_iter();
    let parts = lines.map(|l| l.split_once('|').map(|(a, b)| (a.to_owned(), b.to_owned())));
    parts.map(Option::unwrap).collect()
}

/// Columns that refer to customers, as the schema says.
pub(super) async fn references(t: &TestApp) -> BTreeSet<String> {
    let sql = match t.database.engine() {
        Engine::Sqlite => {
            "SELECT m.name || '.' || f.\"from\" FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f \
             WHERE m.type = 'table' AND f.\"table\" = 'customers'"
        }
        Engine::Postgres => {
            "SELECT c.conrelid::regclass::text || '.' || a.attname::text FROM pg_constraint c \
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) \
             WHERE c.contype = 'f' AND c.confrelid = 'customers'::regclass"
        }
    };
    t.database.column(sql).await.into_iter().collect()
}

/// Every row of every table, byte for byte.
pub(super) async fn dump(t: &TestApp) -> Dump {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in columns(t).await {
        tables.entry(table).or_default().push(column);
    }
    tables.retain(|table, _| !LEFT_OUT.contains(&table.as_str()));
    let mut queries = Vec::new();
    for (table, columns) in &tables {
        let text = match t.database.engine() {
            Engine::Sqlite => {
                let quoted: Vec<_> = columns.iter().map(|c| format!("quote(\"{c}\")")).collect();
                quoted.join(" || '|' || ")
            }
            Engine::Postgres => "CAST(x AS TEXT)".to_owned(),
        };
        // The history of the records tells of the merge, too.
        let only = match table.as_str() {
            "record_changes" => "WHERE reason NOT LIKE 'merge test%'",
            _ => "",
        };
        queries.push(format!(
            "SELECT '{table}:' || {text} AS line FROM {table} x {only}"
        ));
    }
    let mut all: Dump = tables.keys().map(|t| (t.clone(), Vec::new())).collect();
    // One statement reads them all, as far as a statement may be long.
    for some in queries.chunks(100) {
        let sql = format!("{} ORDER BY 1", some.join(" UNION ALL "));
        for line in t.database.column(&sql).await {
            let (table, row) = line.split_once(':').unwrap();
            all.get_mut(table).unwrap().push(row.to_owned());
        }
    }
    all
}
