//! Migrations go up, down and up again, and leave nothing behind.

use rstest::rstest;
use testkit::{Engine, TestApp, TestDatabase};

/// Tables, columns, indexes and constraints, but for the table in which migrations are counted.
async fn schema(database: &TestDatabase) -> Vec<String> {
    let sql = match database.engine() {
        Engine::Sqlite => {
            "SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_master \
             WHERE tbl_name <> 'seaql_migrations' ORDER BY 1"
        }
        Engine::Postgres => {
            "SELECT c.table_name || '.' || c.column_name || ' ' || c.data_type || ' ' || c.is_nullable \
             FROM information_schema.columns c WHERE c.table_schema = 'public' \
             AND c.table_name <> 'seaql_migrations' \
             UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'seaql_migrations' \
             UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
             WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'seaql_migrations' \
             AND contype <> 'n' ORDER BY 1"
        }
    };
    database.column(sql).await
}

/// Contracts §1, design §4: every migration can be taken back.
#[rstest]
#[tokio::test]
async fn up_down_up(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::empty(engine).await;
    let store = t.app.store();
    let first = schema(&t.database).await;
    assert!(first.len() > 60, "{first:#?}");
    assert!(store.is_schema_current().await.unwrap());
    store.migrate_down().await.unwrap();
    assert_eq!(schema(&t.database).await, Vec::<String>::new());
    assert!(!store.is_schema_current().await.unwrap());
    store.migrate_up().await.unwrap();
    assert_eq!(schema(&t.database).await, first);
    store.migrate_up().await.unwrap();
    assert!(store.is_schema_current().await.unwrap());
}

/// A server that may not migrate refuses a schema that is behind.
#[rstest]
#[tokio::test]
async fn a_schema_that_is_behind_is_refused(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    t.app.store().migrate_down().await.unwrap();
    assert!(matches!(
        t.open(false).await,
        Err(store::StoreError::SchemaBehind)
    ));
    assert!(t.open(true).await.is_ok());
}

/// Two servers that start at the same moment both find a current schema and the same keys.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_start_at_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::empty(engine).await;
    t.app.store().migrate_down().await.unwrap();
    let (one, two) = tokio::join!(t.open(true), t.open(true));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert!(one.is_schema_current().await.unwrap() && two.is_schema_current().await.unwrap());
    let keys = "SELECT COUNT(*) FROM encryption_keys";
    assert_eq!(t.database.number(keys).await, 3);
}
