//! Backups by plan, by hand, and by those who may.

use super::*;

#[tokio::test]
async fn a_file_is_not_replaced_unasked_and_a_caller_may_not() {
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let (file, _) = take(&t, "all.huifang").await;
    let before = std::fs::read(&file).unwrap();
    let mut request = BackupRequest {
        file,
        force: false,
        with_files: false,
        kind: BackupKind::Shell,
    };
    let now = t.now;
    let (shell, heard) = (Actor::shell("tests"), quiet());
    let again = back_up(&t.app, &shell, &move || now, &request, &heard).await;
    assert_eq!(refused(again), "backup-exists");
    assert_eq!(std::fs::read(&request.file).unwrap(), before);
    request.force = true;
    back_up(&t.app, &shell, &move || now, &request, &heard)
        .await
        .unwrap();
    assert_ne!(std::fs::read(&request.file).unwrap(), before);
    let caller = &t.people().caller_cq;
    let denied = back_up(&t.app, caller, &move || now, &request, &heard).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    assert!(overview(&t.app, caller, now).await.is_err());
    assert!(start_backup(&t.app, caller, now).await.is_err());
}

fn plan(folder: PathBuf) -> BackupPlan {
    BackupPlan {
        folder,
        at: NaiveTime::from_hms_opt(2, 0, 0).unwrap(),
        retention: Retention {
            daily: 2,
            weekly: 1,
            monthly: 1,
        },
        verify: true,
        with_files: true,
        warn_after: Duration::hours(26),
    }
}

async fn work_off(app: &App, now: Instant) -> usize {
    app::jobs::run_due(app, &move || now).await.unwrap()
}

/// One server takes the daily backup, it is restored as a trial, and old ones go.
#[rstest]
#[tokio::test]
async fn backups_are_taken_by_plan_tried_out_and_thinned_out(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let folder = t.path("backups");
    let first = t.app.clone().with_backups(Some(plan(folder.clone())));
    let second = t.restart().await.with_backups(Some(plan(folder.clone())));
    let shell = Actor::shell("tests");
    let empty = overview(&first, &shell, t.now).await.unwrap();
    assert!(empty.is_too_old && empty.last_good.is_none());
    assert!(
        !start_due(&t.app, t.now).await.unwrap(),
        "nothing is configured"
    );
    for day in 0..5 {
        let now = t.now + Duration::days(day);
        assert!(start_due(&first, now).await.unwrap());
        assert!(
            !start_due(&second, now).await.unwrap(),
            "one server is enough"
        );
        assert!(!start_due(&first, now + Duration::hours(3)).await.unwrap());
        assert_eq!(work_off(&second, now).await, 1);
        let seen = overview(&first, &shell, now).await.unwrap();
        let last = seen.last_verified.unwrap();
        assert_eq!((last.state, last.started_at), (BackupState::Finished, now));
        assert!(last.error.is_none() && last.sha256.is_some() && !seen.is_too_old);
        assert!(Path::new(&last.file).exists());
    }
    // Tuesday to Saturday: the two newest days; week and month are the newest again.
    let left: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
    let end = t.now + Duration::days(4);
    let seen = overview(&first, &shell, end).await.unwrap();
    assert_eq!(
        seen.runs.iter().filter(|r| r.removed_at.is_some()).count(),
        3
    );
    let late = overview(&first, &shell, end + Duration::hours(27))
        .await
        .unwrap();
    assert!(late.is_too_old);
    // A person wants one more.
    start_backup(&first, &shell, end).await.unwrap();
    assert_eq!(
        refused(start_backup(&first, &shell, end).await),
        "backup-running"
    );
    assert_eq!(
        refused(start_backup(&t.app, &shell, end).await),
        "backup-no-plan"
    );
    assert_eq!(work_off(&first, end + Duration::minutes(1)).await, 1);
    let seen = overview(&first, &shell, end).await.unwrap();
    assert_eq!(seen.runs[0].kind, BackupKind::Page);
    assert!(!seen.is_active);
}

#[rstest]
#[tokio::test]
async fn a_run_whose_program_was_killed_is_given_up(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    let work = t.app.store().begin(t.now).await.unwrap();
    let run = store::backups::start_run(&work, BackupKind::Scheduled, "system", "a").await;
    let entry = store::AuditEntry::new(
        &Actor::system(),
        "backup.started",
        "backup_run",
        run.unwrap(),
    );
    work.commit(entry).await.unwrap();
    let soon = t.now + Duration::minutes(10);
    assert_eq!(give_up_silent(&t.app, soon).await.unwrap(), 0);
    assert_eq!(
        give_up_silent(&t.app, soon + Duration::minutes(10))
            .await
            .unwrap(),
        1
    );
    let shell = Actor::shell("tests");
    let seen = overview(&t.app, &shell, soon).await.unwrap();
    assert_eq!(seen.runs[0].state, BackupState::Failed);
    assert_eq!(seen.runs[0].error.as_deref(), Some("interrupted"));
}
