//! Transactions: nothing is kept without an audit entry; the loser of a race is told.

use domain::access::Actor;
use rstest::rstest;
use store::{AuditEntry, StoreError, settings};
use testkit::{Engine, TestApp};

fn entry(action: &'static str) -> AuditEntry {
    AuditEntry::new(&Actor::system(), action, "setting", None)
}

/// Design §2, invariant 2: what is dropped without a commit is gone.
#[rstest]
#[tokio::test]
async fn a_unit_of_work_without_commit_keeps_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    let store = t.app.store();
    let work = store.begin(t.now).await.unwrap();
    settings::put_setting(&work, "a", "1").await.unwrap();
    drop(work);
    assert_eq!(settings::find_setting(store, "a").await.unwrap(), None);
    let work = store.begin(t.now).await.unwrap();
    settings::put_setting(&work, "a", "2").await.unwrap();
    work.commit(entry("test.done")).await.unwrap();
    assert_eq!(
        settings::find_setting(store, "a").await.unwrap().as_deref(),
        Some("2")
    );
    assert_eq!(t.audited("test.done").await, 1);
}

/// A record that someone else changed in between is not overwritten.
#[rstest]
#[tokio::test]
async fn the_loser_of_a_race_is_told(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let store = t.app.store();
    let id = t.people().caller_cq.user().unwrap();
    let read = store::access::find_user(store, id).await.unwrap().unwrap();
    for expected in [true, false] {
        let work = store.begin(t.now).await.unwrap();
        let updated = store::access::update_user(&work, &read).await;
        assert_eq!(updated.is_ok(), expected);
        if expected {
            work.commit(entry("test.done")).await.unwrap();
        } else {
            assert!(matches!(updated, Err(StoreError::Conflict)));
        }
    }
}

/// Writers side by side take turns; none is lost and numbers are never given twice.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_are_never_given_twice(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::empty(engine).await;
    let mut writers = Vec::new();
    for _ in 0..20 {
        let (store, now) = (t.app.store().clone(), t.now);
        writers.push(tokio::spawn(async move {
            let work = store.begin(now).await.unwrap();
            let kind = domain::numbers::NumberKind::Ticket;
            let number = store::obligations::take_number(&work, kind, 2024)
                .await
                .unwrap();
            work.commit(entry("test.done")).await.unwrap();
            number.to_string()
        }));
    }
    let mut numbers = Vec::new();
    for writer in writers {
        numbers.push(writer.await.unwrap());
    }
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 20);
    assert_eq!(numbers.first().map(String::as_str), Some("TK-2024-0000001"));
    assert_eq!(numbers.last().map(String::as_str), Some("TK-2024-0000020"));
}
