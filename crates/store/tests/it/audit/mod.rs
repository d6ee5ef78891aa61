//! The sealed log: whatever is altered by hand is found and named; what the program writes is clean.

mod cases;

use domain::access::Actor;
use rstest::rstest;
use store::audit::{self, Flaw, Verified};
use store::{AuditEntry, Store};
use testkit::{Engine, TestApp, TestDatabase};

const TABLES: [&str; 4] = [
    "audit_entries",
    "audit_heads",
    "audit_seals",
    "audit_seal_spans",
];

async fn write(store: &Store, now: domain::time::Instant, count: usize) {
    for n in 0..count {
        let work = store.begin(now).await.unwrap();
        let entry = AuditEntry::new(&Actor::system(), "test.done", "setting", work.next_id());
        let entry = entry.purpose(format!("purpose {n}"));
        work.commit(entry.detail(serde_json::json!({ "n": n })))
            .await
            .unwrap();
    }
}

async fn verify(store: &Store) -> Verified {
    audit::verify(store, &mut |_| {}).await.unwrap()
}

/// Two seals and five entries after them, all in the first lane.
async fn sealed(engine: Engine) -> TestApp {
    let t = TestApp::empty(engine).await;
    let store = t.app.store();
    write(store, t.now, 6).await;
    assert_eq!(audit::seal(store, t.now).await.unwrap().seals.len(), 1);
    write(store, t.now, 6).await;
    assert_eq!(audit::seal(store, t.now).await.unwrap().seals.len(), 1);
    write(store, t.now, 5).await;
    t
}

/// Keeps a state of the log under a name, to put it back later.
async fn keep(db: &TestDatabase, name: &str) {
    for table in TABLES {
        db.execute(&format!(
            "CREATE TABLE {name}_{table} AS SELECT * FROM {table}"
        ))
        .await;
    }
}

async fn put_back(db: &TestDatabase, name: &str) {
    let gone = TABLES.iter().rev().map(|t| format!("DELETE FROM {t};"));
    let back = TABLES.map(|t| format!("INSERT INTO {t} SELECT * FROM {name}_{t};"));
    db.execute(&gone.chain(back).collect::<String>()).await;
}

/// SEC-03, SEC-05, SEC-09: each kind of alteration is found, and named for what it is.
#[rstest]
#[tokio::test]
async fn every_alteration_is_found(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = sealed(engine).await;
    let (db, store) = (&t.database, t.app.store());
    let last = db.number("SELECT MAX(place) FROM audit_entries").await;
    let count = db.number("SELECT COUNT(*) FROM audit_entries").await;
    assert_eq!(last, count, "all in one lane");
    let clean = verify(store).await;
    assert_eq!(clean.problem, None);
    assert_eq!((clean.entries, clean.seals, clean.unsealed), (count, 2, 5));
    keep(db, "kept").await;
    let id = match engine {
        Engine::Sqlite => "x'00000000000000000000000000000007'",
        Engine::Postgres => "'00000000-0000-0000-0000-000000000007'::uuid",
    };
    // In a sealed entry and in one that is not sealed yet.
    let mut all = cases::changes(id, last - 8);
    all.extend(cases::changes(id, last - 1));
    all.extend(cases::insertions(id, last));
    all.extend(cases::removals(last));
    all.extend(cases::seals(last));
    for (what, statements, flaw, at) in all {
        db.execute(&statements.join(";")).await;
        let entry = match at {
            Some(place) => Some(id_at(db, engine, place).await),
            None => None,
        };
        let problem = verify(store).await.problem;
        let problem = problem.unwrap_or_else(|| panic!("not found: {what}: {statements:?}"));
        assert_eq!(problem.flaw, flaw, "{what}: {statements:?}: {problem:?}");
        if let Some(entry) = entry {
            let named = problem.entry.map(|e| e.id.simple().to_string());
            assert_eq!(named, Some(entry), "{what}: {statements:?}");
        }
        put_back(db, "kept").await;
        assert_eq!(verify(store).await.problem, None, "{what}: not put back");
    }
}

/// The id of the entry that stands at a place of the first lane.
async fn id_at(db: &TestDatabase, engine: Engine, place: i64) -> String {
    let id = match engine {
        Engine::Sqlite => "lower(hex(id))",
        Engine::Postgres => "replace(id::text, '-', '')",
    };
    let sql = format!("SELECT {id} FROM audit_entries WHERE place = {place} AND lane = 1");
    db.column(&sql).await.pop().unwrap()
}

/// Nobody has the program sign what was altered: writing and sealing go on, and it is still found.
#[rstest]
#[tokio::test]
async fn the_program_does_not_cover_up(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = sealed(engine).await;
    let (db, store) = (&t.database, t.app.store());
    keep(db, "kept").await;
    let last = db.number("SELECT MAX(place) FROM audit_entries").await;
    for (statements, flaw) in [
        (
            vec![format!(
                "UPDATE audit_entries SET actor_name = 'x' WHERE place = {last}"
            )],
            Flaw::Changed,
        ),
        (
            vec![format!(
                "DELETE FROM audit_entries WHERE place = {}",
                last - 1
            )],
            Flaw::Removed,
        ),
        (
            vec![
                format!("DELETE FROM audit_entries WHERE place = {last}"),
                "UPDATE audit_heads SET entries = entries - 1 WHERE lane = 1".to_owned(),
            ],
            Flaw::HeadChanged,
        ),
    ] {
        for sql in &statements {
            db.execute(sql).await;
        }
        write(store, t.now, 3).await;
        audit::seal(store, t.now).await.unwrap();
        write(store, t.now, 1).await;
        let problem = verify(store).await.problem;
        assert_eq!(problem.map(|p| p.flaw), Some(flaw), "{statements:?}");
        put_back(db, "kept").await;
    }
}

/// What nobody can tell from the database alone, heads that were kept elsewhere tell: it was put back
/// to an earlier state.
#[rstest]
#[tokio::test]
async fn kept_heads_tell_of_an_earlier_state(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = sealed(engine).await;
    let store = t.app.store();
    keep(&t.database, "earlier").await;
    audit::seal(store, t.now).await.unwrap();
    let kept = audit::last_seal(store).await.unwrap().unwrap();
    put_back(&t.database, "earlier").await;
    assert_eq!(verify(store).await.problem, None);
    assert_eq!(audit::find_seal(store, kept.number).await.unwrap(), None);
    write(store, t.now, 1).await;
    audit::seal(store, t.now).await.unwrap();
    assert_eq!(verify(store).await.problem, None);
    let other = audit::find_seal(store, kept.number).await.unwrap().unwrap();
    assert_ne!(other.hash, kept.hash);
}

/// Two servers write and seal at the same time; nothing is lost, sealed twice or out of order.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_write_and_seal_side_by_side(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    let before = t
        .database
        .number("SELECT COUNT(*) FROM audit_entries")
        .await;
    let other = t.open(false).await.unwrap();
    let mut tasks = Vec::new();
    for store in [t.app.store().clone(), other] {
        for _ in 0..6 {
            let (store, now) = (store.clone(), t.now);
            tasks.push(tokio::spawn(async move {
                write(&store, now, 10).await;
                audit::seal(&store, now).await.unwrap();
                let mut bulk = store.bulk(now, false).await.unwrap();
                for _ in 0..3 {
                    bulk.begin().await.unwrap();
                    let entry = AuditEntry::new(&Actor::system(), "test.chunk", "setting", None);
                    let audit = store::Audit::with(entry.clone(), vec![entry.clone(), entry]);
                    bulk.commit(audit).await.unwrap();
                }
                assert_eq!(verify(&store).await.problem, None);
            }));
        }
    }
    for task in tasks {
        task.await.unwrap();
    }
    let store = t.app.store();
    audit::seal(store, t.now).await.unwrap();
    assert!(audit::seal(store, t.now).await.unwrap().seals.is_empty());
    let found = verify(store).await;
    assert_eq!(found.problem, None);
    assert_eq!((found.entries, found.unsealed), (before + 12 * 19, 0));
}

/// The log of an older database is sealed once when its schema is brought up to date, and never
/// again: removing the seals later does not make it new.
#[rstest]
#[tokio::test]
async fn an_older_log_is_sealed_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::empty(engine).await;
    let db = &t.database;
    let entries = db.number("SELECT COUNT(*) FROM audit_entries").await;
    for sql in [
        "DROP TABLE audit_seal_spans",
        "DROP TABLE audit_seals",
        "DROP TABLE audit_heads",
        "DROP INDEX audit_entries_place",
        "ALTER TABLE audit_entries DROP COLUMN mac",
        "ALTER TABLE audit_entries DROP COLUMN place",
        "ALTER TABLE audit_entries DROP COLUMN lane",
        "DELETE FROM seaql_migrations WHERE version = 'm20261124_000101_audit_seals'",
    ] {
        db.execute(sql).await;
    }
    let store = t.open(true).await.unwrap();
    let found = verify(&store).await;
    assert_eq!((found.entries, found.problem), (entries, None));
    write(&store, t.now, 1).await;
    for sql in [
        "DELETE FROM audit_heads",
        "UPDATE audit_entries SET lane = NULL, place = NULL, mac = NULL",
    ] {
        db.execute(sql).await;
    }
    let store = t.open(true).await.unwrap();
    assert!(verify(&store).await.problem.is_some());
    let work = store.begin(t.now).await.unwrap();
    let entry = AuditEntry::new(&Actor::system(), "test.done", "setting", None);
    assert!(work.commit(entry).await.is_err());
}
