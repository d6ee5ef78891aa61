//! Destruction: four eyes, what goes, what stays, and going on after a kill.

use super::{ended, look, person, run, step, submitted};
use app::exports::{ExportFormat, ExportKind, ExportQuery, export};
use app::keys::{RotationForm, rotate};
use app::retention::{HoldForm, certificate_csv, place, propose};
use app::{Error, customers};
use domain::imports::ImportKind;
use domain::jobs::lease;
use domain::retention::{BatchState, RecordKind};
use object_store::ObjectStoreExt as _;
use object_store::path::Path;
use rstest::rstest;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use testkit::{Engine, Portfolio, TestApp, at, refused};
use tokio::time::timeout;

/// Rows in which anything personal of the customer is left.
const LEFT: &str = "SELECT COUNT(*) FROM customers WHERE customer_no = 'C50-ZHOU' AND (name_index <> 0 \
     OR length(name) > 0 OR mobile IS NOT NULL OR mobile_index IS NOT NULL OR mobile_tail_index IS NOT NULL \
     OR id_no IS NOT NULL OR id_no_index IS NOT NULL OR id_no_tail_index IS NOT NULL OR address IS NOT NULL \
     OR birth_date IS NOT NULL)";

async fn left(t: &TestApp) -> Vec<i64> {
    let mut counts = vec![t.database.number(LEFT).await];
    for sql in [
        "SELECT COUNT(*) FROM answers",
        "SELECT COUNT(*) FROM recordings",
        "SELECT COUNT(*) FROM attempts WHERE note IS NOT NULL",
        "SELECT COUNT(*) FROM callback_entries WHERE note IS NOT NULL",
        "SELECT COUNT(*) FROM tickets WHERE finding IS NOT NULL OR feedback IS NOT NULL",
        "SELECT COUNT(*) FROM ticket_entries WHERE note IS NOT NULL",
        "SELECT COUNT(*) FROM events WHERE note IS NOT NULL",
    ] {
        counts.push(t.database.number(sql).await);
    }
    counts
}

/// What has to stay: figures and the log.
async fn figures(t: &TestApp) -> Vec<String> {
    let mut all = Vec::new();
    for sql in [
        "SELECT number || status || COALESCE(timing, '') FROM obligations ORDER BY number",
        "SELECT number || state || COALESCE(timing, '') FROM callbacks ORDER BY number",
        "SELECT number || state || type FROM tickets ORDER BY number",
        "SELECT CAST(seq AS TEXT) || COALESCE(result, '') FROM attempts ORDER BY id",
    ] {
        all.extend(t.database.column(sql).await);
    }
    all
}

/// RET-05: only after the term, proposed and approved by different people.
#[rstest]
#[tokio::test]
async fn the_person_who_proposes_does_not_approve(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, _) = ended(engine).await;
    let p = t.people();
    for early in ["2034-03-31 10:00", "2034-04-01 10:00"] {
        let early = propose(&t.app, &p.compliance, at(early)).await;
        assert_eq!(refused(early), "destruction-nothing-due");
    }
    let now = at("2034-04-02 10:00");
    let both = person(&t, "both", &["compliance_officer", "executive"], "000").await;
    let number = propose(&t.app, &both, now).await.unwrap();
    let twice = propose(&t.app, &p.manager, now).await;
    assert_eq!(refused(twice), "destruction-open");
    let early = step(&t, &p.executive, now, &number, "approve").await;
    assert_eq!(refused(early), "destruction-wrong-state");
    step(&t, &both, now, &number, "submit").await.unwrap();
    let own = step(&t, &both, now, &number, "approve").await;
    assert_eq!(refused(own), "destruction-same-person");
    let unable = step(&t, &p.compliance, now, &number, "approve").await;
    assert!(matches!(unable, Err(Error::Denied(_))));
    let caller = propose(&t.app, &p.caller_cq, now).await;
    assert!(matches!(caller, Err(Error::Denied(_))));
    let page = app::retention::batch_page(&t.app, &both, &number)
        .await
        .unwrap();
    assert!(page.is_own);
    let wordless = step(&t, &p.executive, now, &number, "refuse").await;
    assert!(matches!(wordless, Err(Error::Invalid(_))));
    assert_eq!(t.database.number(LEFT).await, 1, "nothing is gone yet");
}

/// What is past its term goes, in database and files; figures and the log stay.
#[rstest]
#[tokio::test]
async fn an_approved_batch_leaves_nothing_personal_and_every_figure(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, callback) = ended(engine).await;
    let (p, now) = (t.people(), at("2034-04-02 10:00"));
    let before = figures(&t).await;
    let audited = t
        .database
        .number("SELECT COUNT(*) FROM audit_entries")
        .await;
    let files = t.database.column("SELECT location FROM recordings").await;
    assert!(!files.is_empty());
    assert!(left(&t).await.iter().filter(|n| **n > 0).count() > 6);
    let number = submitted(&t, now).await;
    step(&t, &p.executive, now, &number, "approve")
        .await
        .unwrap();
    run(&t, now).await;
    let page = look(&t, &number).await;
    assert_eq!(page.row.batch.state, BatchState::Executed);
    let kinds: Vec<_> = page.sample.iter().map(|i| i.kind).collect();
    let expected = [
        RecordKind::CallbackRecording,
        RecordKind::Ticket,
        RecordKind::CallbackRecord,
        RecordKind::PolicyRecord,
        RecordKind::Identity,
    ];
    assert_eq!(kinds, expected);
    assert_eq!((page.row.destroyed, page.row.skipped), (5, 0));
    assert!(
        page.sample
            .iter()
            .all(|i| i.digest.is_some() && !i.basis.is_empty())
    );
    assert_eq!(left(&t).await, [0; 8]);
    for file in files {
        let found = t.app.files().head(&Path::parse(&file).unwrap()).await;
        assert!(matches!(found, Err(object_store::Error::NotFound { .. })));
    }
    assert_eq!(figures(&t).await, before);
    assert!(
        t.database
            .number("SELECT COUNT(*) FROM audit_entries")
            .await
            > audited
    );
    assert_eq!(t.audited("retention.destroyed").await, 5);
    let csv = certificate_csv(&t.app, &p.executive, now, &number)
        .await
        .unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!(csv.lines().count(), 6);
    assert!(csv.contains("保险法第八十七条") && csv.contains(&number));
    assert!(page.row.certificate.unwrap().len() == 64);
    still_shown(&t, callback).await;
}

/// Pages, search and exports go on with an erased customer; the next import does not bring it back.
async fn still_shown(t: &TestApp, callback: domain::ids::CallbackId) {
    let (p, now) = (t.people(), at("2034-04-03 10:00"));
    let page = customers::customer_page(&t.app, &p.leader_cq, t.now, "C50-ZHOU").await;
    let page = page.unwrap();
    assert_eq!(page.customer.shown_name(), "已销毁");
    assert!(page.customer.erased_at.is_some() && !page.timeline.rows.is_empty());
    assert_eq!(t.look(callback).await.customer_name, "已销毁");
    assert_eq!(t.tickets(callback).await[0].customer_name, "已销毁");
    let found = customers::search(&t.app, &p.leader_cq, now, "13800500001").await;
    assert_eq!(found.unwrap().count(), 0);
    for kind in ExportKind::ALL {
        let query = ExportQuery::new(*kind, ExportFormat::Csv).stating("regulator_request", "");
        let mut sink = Vec::new();
        let done = export(&t.app, &p.manager, now, &query, &mut sink, &|_| {}).await;
        assert!(done.is_ok(), "{kind}: {done:?}");
        assert!(!String::from_utf8(sink).unwrap().contains("周敏"), "{kind}");
    }
    let report = app::reports::ReportQuery {
        metric: "success".into(),
        from: "2024-01-01".into(),
        to: "2024-12-31".into(),
        ..Default::default()
    };
    app::reports::run_report(&t.app, &p.executive, now, &report)
        .await
        .unwrap();
    let table = Portfolio::small().customers.only("C50-ZHOU");
    let again = t.import_at(now, ImportKind::Customers, &table).await;
    assert_eq!((again.tally.unchanged, again.tally.updated), (1, 0));
    assert_eq!(t.database.number(LEFT).await, 0);
}

/// A server that dies in the middle leaves whole items behind; the next one goes on.
#[rstest]
#[tokio::test]
async fn a_killed_destruction_goes_on(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (t, _) = ended(engine).await;
    let (p, now) = (t.people(), at("2034-04-02 10:00"));
    let number = submitted(&t, now).await;
    step(&t, &p.executive, now, &number, "approve")
        .await
        .unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let app = t.app.clone();
    let killed = tokio::spawn(async move {
        let clock = move || {
            assert!(asked.fetch_add(1, Ordering::Relaxed) < 8, "killed");
            now
        };
        app::jobs::run_due(&app, &clock).await
    });
    assert!(killed.await.unwrap_err().is_panic());
    let done = "SELECT COUNT(*) FROM destruction_items WHERE state = 'destroyed'";
    let done = t.database.number(done).await;
    assert!((1..5).contains(&done), "{done} items were done");
    assert_eq!(
        look(&t, &number).await.row.batch.state,
        BatchState::Approved
    );
    run(&t, now + lease()).await;
    let page = look(&t, &number).await;
    assert_eq!(page.row.batch.state, BatchState::Executed);
    assert_eq!((page.row.destroyed, page.row.skipped), (5, 0));
    assert_eq!(left(&t).await, [0; 8]);
}

/// A hold that is placed between the files and the rows of an item keeps the rows.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_placed_meanwhile_keeps_the_rows(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, _) = ended(engine).await;
    let (p, now) = (t.people(), at("2034-04-02 10:00"));
    let files = t.database.column("SELECT location FROM recordings").await;
    let first = Path::parse(&files[0]).unwrap();
    let before = left(&t).await;
    let number = submitted(&t, now).await;
    step(&t, &p.executive, now, &number, "approve")
        .await
        .unwrap();
    let (app, manager, placed) = (t.app.clone(), p.manager.clone(), AtomicBool::new(false));
    let running = tokio::spawn(async move {
        let inner = app.clone();
        let hold = async || {
            let file_is_there = inner.files().head(&first).await.is_ok();
            if file_is_there || placed.swap(true, Ordering::Relaxed) {
                return;
            }
            let form = HoldForm {
                subject: "customer".into(),
                number: "C50-ZHOU".into(),
                kind: "litigation".into(),
                authority: "渝中区人民法院".into(),
                document_no: "（2034）1号".into(),
                reason: "合同纠纷".into(),
                review_on: "2034-09-01".into(),
                ..HoldForm::default()
            };
            // The writing of the progress may hold the only writer of SQLite; the hold then comes after it.
            let (app, manager) = (inner.clone(), manager.clone());
            let placing = tokio::spawn(async move {
                place(&app, &manager, now, &form).await.unwrap();
            });
            let _ = timeout(Duration::from_secs(2), placing).await;
        };
        let clock = move || {
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(hold()));
            now
        };
        app::jobs::run_due(&app, &clock).await
    });
    running.await.unwrap().unwrap();
    let page = look(&t, &number).await;
    assert_eq!((page.row.destroyed, page.row.skipped), (0, 5));
    assert_eq!(page.sample[0].skip_reason.as_deref(), Some("held"));
    assert_eq!(left(&t).await, before);
}

/// Erased customers are in nobody's way when keys are exchanged.
#[rstest]
#[tokio::test]
async fn keys_are_exchanged_beside_erased_customers(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, _) = ended(engine).await;
    let (p, now) = (t.people(), at("2034-04-02 10:00"));
    let number = submitted(&t, now).await;
    step(&t, &p.executive, now, &number, "approve")
        .await
        .unwrap();
    run(&t, now).await;
    assert_eq!(t.database.number(LEFT).await, 0);
    let mut now = now;
    for what in ["data", "index"] {
        let form = RotationForm {
            what: what.into(),
            reason: "每年更换".into(),
            confirmation: what.into(),
        };
        let shell = domain::access::Actor::shell("tests");
        rotate(&t.app, &shell, now, &form).await.unwrap();
        run(&t, now).await;
        now += chrono::Duration::minutes(11);
        run(&t, now).await;
    }
    let stale = store::sealing::renew::count_stale_rows(t.app.store()).await;
    assert_eq!(stale.unwrap(), 0);
    let older = "SELECT COUNT(*) FROM encryption_keys WHERE destroyed_at IS NOT NULL";
    assert_eq!(t.database.number(older).await, 2);
    assert_eq!(t.database.number(LEFT).await, 0);
    let found = customers::search(&t.app, &p.leader_cq, now, "13800500002").await;
    assert!(found.is_ok());
}
