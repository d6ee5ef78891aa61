//! Jobs: queued, run with the owner's rights, shown with progress, taken up again after a kill.

use app::Error;
use app::access::{disable_user, find_user};
use app::exports::{ExportFormat, ExportKind, ExportQuery};
use app::jobs::{
    JobQuery, ReportTask, find_job, list_jobs, open_file, revive, run_due, start_export,
    start_import, start_plan, start_report,
};
use app::recordings::Upload;
use chrono::Duration;
use domain::access::Actor;
use domain::imports::ImportKind;
use domain::jobs::{JobState, lease};
use domain::time::Instant;
use rstest::rstest;
use testkit::{Engine, Portfolio, TestApp};

fn upload(name: &str, text: String) -> Upload {
    Upload {
        file_name: name.into(),
        bytes: text.into(),
    }
}

/// Runs what is due, on a task of its own as the server does.
async fn run(t: &TestApp, now: Instant) -> usize {
    let app = t.app.clone();
    tokio::spawn(async move { run_due(&app, &move || now).await })
        .await
        .unwrap()
        .unwrap()
}

#[rstest]
#[tokio::test]
async fn an_uploaded_portfolio_is_imported_and_planned(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    let shell = Actor::shell("tests");
    let portfolio = Portfolio::small();
    let mut jobs = Vec::new();
    for (kind, table) in portfolio.files() {
        let file = upload(&format!("{kind}.csv"), table.csv());
        jobs.push(
            start_import(&t.app, &shell, t.now, kind, &file)
                .await
                .unwrap(),
        );
    }
    jobs.push(start_plan(&t.app, &shell, t.now, None, None).await.unwrap());
    let again = start_plan(&t.app, &shell, t.now, None, None).await;
    assert!(matches!(again, Err(Error::Refused(r)) if r.code == "plan-running"));
    // Seven jobs, and the six uploads that are deleted after their import.
    assert_eq!(run(&t, t.now).await, 13);
    assert_eq!(run(&t, t.now).await, 0);
    for id in jobs {
        let view = find_job(&t.app, &shell, id).await.unwrap();
        assert_eq!(view.job.state, JobState::Finished, "{view:?}");
        assert!(view.run.is_some() && view.is_own, "{view:?}");
    }
    assert!(t.database.number("SELECT COUNT(*) FROM obligations").await > 5);
    let runs = "SELECT COUNT(*) FROM import_runs WHERE state = 'finished'";
    assert_eq!(t.database.number(runs).await, 6);
    let listed = list_jobs(&t.app, &shell, &JobQuery::default())
        .await
        .unwrap();
    assert_eq!(listed.rows.len(), 13);
}

#[rstest]
#[tokio::test]
async fn a_file_that_is_no_table_is_given_up_at_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let manager = &t.people().manager;
    let kind = ImportKind::Policies;
    for bad in [upload("p.exe", "x".into()), upload("p.csv", String::new())] {
        let refused = start_import(&t.app, manager, t.now, kind, &bad).await;
        assert!(matches!(refused, Err(Error::Invalid(_))));
    }
    let file = upload("policies.csv", "colour\nred\n".into());
    let id = start_import(&t.app, manager, t.now, kind, &file)
        .await
        .unwrap();
    run(&t, t.now).await;
    let view = find_job(&t.app, manager, id).await.unwrap();
    assert_eq!(view.job.state, JobState::Dead);
    assert!(view.job.error.unwrap().contains("policy_no"));
    revive(&t.app, manager, t.now, id).await.unwrap();
    let twice = revive(&t.app, manager, t.now, id).await;
    assert!(matches!(twice, Err(Error::Conflict)));
    let caller = start_import(&t.app, &t.people().caller_cq, t.now, kind, &file).await;
    assert!(matches!(caller, Err(Error::Denied(_))));
}

/// A server takes a job up, imports half of it and is killed; another one ends the job.
#[rstest]
#[tokio::test]
async fn a_killed_import_is_taken_up_again_and_ends_in_the_same_state(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    let shell = Actor::shell("tests");
    let portfolio = Portfolio::small();
    for (kind, table) in &portfolio.files()[..2] {
        t.import(*kind, table).await;
    }
    let file = upload("customers.csv", portfolio.customers.csv());
    let kind = ImportKind::Customers;
    let id = start_import(&t.app, &shell, t.now, kind, &file)
        .await
        .unwrap();
    let work = t.app.store().begin(t.now).await.unwrap();
    let taken = store::jobs::take_job(&work, t.now + lease())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(taken.id, id);
    let entry = store::AuditEntry::new(&Actor::system(), "job.taken", "job", id);
    work.commit(entry).await.unwrap();
    t.import(kind, &portfolio.customers.only("C50-ZHOU")).await;
    assert_eq!(
        run(&t, t.now + Duration::minutes(1)).await,
        0,
        "the lease still holds"
    );
    let later = t.now + lease();
    assert_eq!(run(&t, later).await, 2);
    let view = find_job(&t.app, &shell, id).await.unwrap();
    assert_eq!((view.job.state, view.job.attempts), (JobState::Finished, 2));
    assert_eq!(t.database.number("SELECT COUNT(*) FROM customers").await, 6);
    // The server that was thought dead wakes up: it has lost the job.
    let work = t.app.store().begin(later).await.unwrap();
    let end = store::jobs::JobEnd::Dead("late");
    let late = store::jobs::end_job(&work, &taken, &end).await;
    assert!(matches!(late, Err(store::StoreError::Conflict)));
}

#[rstest]
#[tokio::test]
async fn an_export_waits_for_its_owner_and_goes_after_a_week(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let owner = &t.people().leader_cq;
    let query =
        ExportQuery::new(ExportKind::Customers, ExportFormat::Xlsx).stating("policy_service", "");
    let id = start_export(&t.app, owner, t.now, query.clone())
        .await
        .unwrap();
    let early = open_file(&t.app, owner, t.now, id).await;
    assert!(matches!(early, Err(Error::NotFound)));
    assert_eq!(run(&t, t.now).await, 1);
    let file = open_file(&t.app, owner, t.now, id).await.unwrap();
    let name = file.name.strip_prefix("customers-EX").unwrap();
    assert!(name.ends_with(".xlsx"), "{name}");
    let bytes = file.content.bytes().await.unwrap();
    assert!(bytes.starts_with(b"PK") && bytes.len() as u64 == file.size);
    for other in [
        &t.people().leader_sd,
        &t.people().manager,
        &t.people().administrator,
    ] {
        let stolen = open_file(&t.app, other, t.now, id).await;
        assert!(matches!(stolen, Err(Error::NotFound)), "{}", other.name);
    }
    let seen = list_jobs(&t.app, &t.people().leader_sd, &JobQuery::default())
        .await
        .unwrap();
    assert!(seen.rows.is_empty());
    let denied = start_export(&t.app, &t.people().caller_cq, t.now, query).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let week = t.now + Duration::days(7);
    assert_eq!(run(&t, week).await, 1);
    let gone = open_file(&t.app, owner, week, id).await;
    assert!(matches!(gone, Err(Error::NotFound)));
}

#[rstest]
#[tokio::test]
async fn who_was_shut_out_gets_nothing_done(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let shell = Actor::shell("tests");
    let owner = &t.people().leader_cq;
    let query =
        ExportQuery::new(ExportKind::Policies, ExportFormat::Csv).stating("policy_service", "");
    let id = start_export(&t.app, owner, t.now, query).await.unwrap();
    let user = find_user(&t.app, &shell, &owner.name).await.unwrap();
    disable_user(&t.app, &shell, t.now, user.id, false)
        .await
        .unwrap();
    run(&t, t.now).await;
    let view = find_job(&t.app, &t.people().administrator, id)
        .await
        .unwrap();
    assert_eq!(view.job.state, JobState::Dead);
    assert!(view.job.error.unwrap().contains("job-owner-gone"));
}

#[rstest]
#[tokio::test]
async fn a_report_is_written_to_a_file(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let owner = &t.people().manager;
    let task = ReportTask {
        metric: "K-01".into(),
        from: "2024-01-01".into(),
        to: "2024-12-31".into(),
        format: "csv".into(),
        ..Default::default()
    };
    let id = start_report(&t.app, owner, t.now, task).await.unwrap();
    run(&t, t.now).await;
    let view = find_job(&t.app, owner, id).await.unwrap();
    assert_eq!(view.job.state, JobState::Finished, "{:?}", view.job.error);
    let file = open_file(&t.app, owner, t.now, id).await.unwrap();
    assert!(file.name.ends_with(".csv") && file.size > 0);
}

/// An upload holds personal data in the clear: when its import is given up, it goes too.
#[rstest]
#[tokio::test]
async fn the_upload_of_an_import_that_was_given_up_is_deleted(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    use object_store::ObjectStoreExt as _;
    let t = TestApp::empty(engine).await;
    let shell = Actor::shell("tests");
    let file = upload("customers.csv", "this,is\nno,portfolio\n".into());
    let job = start_import(&t.app, &shell, t.now, ImportKind::Customers, &file)
        .await
        .unwrap();
    assert_eq!(run(&t, t.now).await, 1);
    let view = find_job(&t.app, &shell, job).await.unwrap();
    assert_eq!(view.job.state, JobState::Dead, "{view:?}");
    let payload: serde_json::Value = serde_json::from_str(&view.job.payload).unwrap();
    let place = object_store::path::Path::from(payload["key"].as_str().unwrap());
    assert!(t.app.files().head(&place).await.is_ok());
    assert_eq!(run(&t, t.now + Duration::days(8)).await, 1);
    assert!(t.app.files().head(&place).await.is_err());
}

/// A run ends when it ended, not when it began.
#[tokio::test]
async fn an_import_ends_later_than_it_began() {
    let t = TestApp::empty(Engine::Sqlite).await;
    let portfolio = Portfolio::small();
    let request = t.request(
        ImportKind::Orgs,
        "orgs.csv",
        portfolio.orgs.csv().as_bytes(),
    );
    let ticks = std::sync::atomic::AtomicI64::new(0);
    let start = t.now;
    let clock = move || {
        let n = ticks.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        start + Duration::seconds(n)
    };
    let shell = Actor::shell("tests");
    app::imports::import_file(&t.app, &shell, &clock, request, &|_| {})
        .await
        .unwrap();
    let longer =
        "SELECT COUNT(*) FROM import_runs WHERE finished_at > started_at AND seen_at > started_at";
    assert_eq!(t.database.number(longer).await, 1);
}
