//! What was backed up comes back, also on the other database and while others write.

use super::*;

/// CUS-10, SEC-10: what was backed up comes back to the byte, also on the other database.
#[rstest]
#[tokio::test]
async fn a_company_moves_between_databases(
    #[values(Engine::Sqlite, Engine::Postgres)] from: Engine,
    #[values(Engine::Sqlite, Engine::Postgres)] to: Engine,
) {
    let t = TestApp::with_portfolio(from).await;
    let place = Key::from("recordings/2024/03/05/a.wav");
    let sound: Vec<u8> = (0..100_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    t.app
        .files()
        .put(&place, sound.clone().into())
        .await
        .unwrap();
    let upload = Key::from("imports/2024/03/05/b.csv");
    t.app
        .files()
        .put(&upload, "13800000000".into())
        .await
        .unwrap();
    let (file, taken) = take(&t, "all.huifang").await;
    assert!(taken.rows > 100 && taken.files == 1, "{taken:?}");
    let new = TestDatabase::create(to).await;
    let files = Arc::new(InMemory::new());
    let report = restore_to(&new, &file, &right_key, files.clone(), t.now)
        .await
        .unwrap();
    assert_eq!((report.rows, report.files), (taken.rows, 1));
    let restored = files.get(&place).await.unwrap().bytes().await.unwrap();
    assert_eq!(restored, sound);
    assert!(files.head(&upload).await.is_err());
    let store = open(&new, t.now).await;
    let (before, after) = (rows(t.app.store()).await, rows(&store).await);
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        after.keys().collect::<Vec<_>>()
    );
    for (table, expected) in &before {
        assert_eq!(expected, &after[table], "{table}");
    }
    let restored = App::start(store, files, Passwords::for_tests(), t.now)
        .await
        .unwrap();
    for kind in [
        ExportKind::Customers,
        ExportKind::Policies,
        ExportKind::Obligations,
    ] {
        let (a, b) = (
            exported(&t.app, t.now, kind).await,
            exported(&restored, t.now, kind).await,
        );
        assert!(a.len() > 100 && a == b, "{kind}");
    }
    // It is a database that work goes on in: constraints and indexes are there.
    let broken = store::DatabaseUrl::parse(&new.url_text()).unwrap();
    assert_eq!(&broken, restored.store().url());
    let noted = "SELECT COUNT(*) FROM audit_entries WHERE action = 'backup.restored'";
    assert_eq!(new.number(noted).await, 1);
}

/// References are enforced again after a restore.
#[rstest]
#[tokio::test]
async fn a_restored_database_keeps_its_constraints(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    let (file, _) = take(&t, "empty.huifang").await;
    let new = TestDatabase::create(engine).await;
    let files = Arc::new(InMemory::new());
    restore_to(&new, &file, &right_key, files, t.now)
        .await
        .unwrap();
    let schema = match engine {
        Engine::Sqlite => {
            "SELECT COALESCE(sql, '') FROM sqlite_master WHERE name <> 'seaql_migrations' ORDER BY 1"
        }
        Engine::Postgres => {
            "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
             WHERE connamespace = 'public'::regnamespace ORDER BY 1"
        }
    };
    assert_eq!(t.database.column(schema).await, new.column(schema).await);
}

/// Contracts §1: a backup is consistent while others write.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_of_one_moment(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let mut portfolio = Portfolio::small();
    for n in 0..3_000 {
        portfolio.customers.add(row([
            ("customer_no", &format!("CX{n:05}")),
            ("kind", "individual"),
            ("name", "周敏"),
            ("mobile", &format!("138{n:08}")),
            ("org_code", "5001"),
        ]));
    }
    let t = Arc::new(t);
    let writer = Arc::clone(&t);
    let writing = tokio::spawn(async move { writer.import_all(&portfolio).await });
    let mut backups = Vec::new();
    for n in 0..4 {
        backups.push(take(&t, &format!("{n}.huifang")).await);
    }
    writing.await.unwrap();
    backups.push(take(&t, "last.huifang").await);
    for (file, taken) in &backups {
        let keys = t.app.store().keyring();
        // The trial loads every row, checks what each refers to, and compares counts and hashes.
        let tried = try_out(file, Opening::Keys(&keys), &quiet()).await.unwrap();
        assert_eq!(tried.rows, taken.rows);
    }
    let counts: Vec<_> = backups.iter().map(|(_, taken)| taken.rows).collect();
    assert!(counts[0] < counts[4], "{counts:?}");
}

#[rstest]
#[tokio::test]
async fn a_database_with_rows_is_refused(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (file, _) = take(&t, "all.huifang").await;
    let before = rows(t.app.store()).await;
    let files = Arc::new(InMemory::new());
    let again = restore_to(&t.database, &file, &right_key, files.clone(), t.now).await;
    assert_eq!(refused(again), "restore-not-empty");
    assert_eq!(rows(t.app.store()).await, before);
    // Tables without rows are no obstacle.
    let empty = TestDatabase::create(engine).await;
    let mut target = store::dialect::copy::Target::open(&empty.url())
        .await
        .unwrap();
    target.prepare(100).await.unwrap();
    target.commit().await.unwrap();
    target.close().await.unwrap();
    restore_to(&empty, &file, &right_key, files, t.now)
        .await
        .unwrap();
}
