//! How much people take out in a day.

use crate::approvals::{limit, write};
use app::exports::{ExportFormat, ExportKind, ExportQuery, export};
use chrono::Duration;
use rstest::rstest;
use testkit::{Engine, TestApp, refused};

/// An export that runs counts with all that it may take; one that ended without a file, or whose server
/// is gone, counts no more.
#[rstest]
#[tokio::test]
async fn running_exports_count_towards_the_day(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let query =
        ExportQuery::new(ExportKind::Policies, ExportFormat::Csv).stating("regulator_request", "");
    limit(&t, "exports.rows", "100").await;
    limit(&t, "exports.rows_per_day", "100").await;
    let running = store::exports::NewExport {
        kind: "policies",
        format: "csv",
        owner: store::AuditActor::from(&p.leader_cq),
        purpose: "regulator_request",
        in_full: false,
        approval: None,
    };
    let entry = |id| store::AuditEntry::new(&p.leader_cq, "export.started", "export", id);
    let work = t.app.store().begin(t.now).await.unwrap();
    let id = store::exports::insert_export(&work, &running)
        .await
        .unwrap();
    work.commit(entry(id)).await.unwrap();
    let beside = write(&t, &p.leader_cq, &query).await;
    assert_eq!(refused(beside), "export-needs-approval");
    assert!(write(&t, &p.manager, &query).await.is_ok(), "of another");
    let later = t.now + Duration::minutes(61);
    let mut sink = Vec::new();
    let done = export(&t.app, &p.leader_cq, later, &query, &mut sink, &|_| {}).await;
    assert!(done.is_ok(), "its server is gone: {done:?}");
    let work = t.app.store().begin(t.now).await.unwrap();
    store::exports::finish_export(&work, id, 0, false)
        .await
        .unwrap();
    work.commit(entry(id)).await.unwrap();
    assert!(write(&t, &p.leader_cq, &query).await.is_ok());
}
