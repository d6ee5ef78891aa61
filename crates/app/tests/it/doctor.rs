//! The doctor finds what was planted, and says nothing where all is well.

use app::backups::BackupPlan;
use app::doctor::{Check, Surroundings, examine, worst};
use app::imports::give_up_silent;
use chrono::{Duration, NaiveTime};
use domain::access::Actor;
use domain::backups::Retention;
use domain::doctor::Verdict;
use domain::time::Instant;
use rstest::rstest;
use std::path::PathBuf;
use testkit::{Engine, TestApp, at};

async fn all(t: &TestApp, now: Instant) -> Vec<Check> {
    examine(&t.app, &Actor::shell("tests"), now).await.unwrap()
}

/// How bad a check is, and what it found.
fn found(checks: &[Check], name: &str) -> (Verdict, &'static str) {
    let check = checks.iter().find(|c| c.name == name);
    let check = check.unwrap_or_else(|| panic!("no check {name}"));
    (check.verdict, check.found)
}

fn plan(folder: PathBuf) -> BackupPlan {
    BackupPlan {
        folder,
        at: NaiveTime::from_hms_opt(2, 0, 0).unwrap(),
        retention: Retention {
            daily: 7,
            weekly: 4,
            monthly: 12,
        },
        verify: true,
        with_files: true,
        warn_after: Duration::hours(26),
    }
}

async fn back_up_by_plan(t: &TestApp, now: Instant) {
    assert!(app::backups::start_due(&t.app, now).await.unwrap());
    app::jobs::run_due(&t.app, &move || now).await.unwrap();
}

/// An installation as it should be: nothing is bad, and nothing asks for attention. The clock of a
/// test is years behind that of a PostgreSQL server, which is what that check is there to find.
#[rstest]
#[tokio::test]
async fn a_healthy_installation_is_left_in_peace(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut t = TestApp::with_portfolio(engine).await;
    t.app = t.app.clone().with_backups(Some(plan(t.path("backups"))));
    back_up_by_plan(&t, t.now).await;
    let checks = all(&t, t.now).await;
    let clock = match engine {
        Engine::Sqlite => (Verdict::Ok, "one"),
        Engine::Postgres => (Verdict::Bad, "apart"),
    };
    assert_eq!(found(&checks, "clock"), clock);
    for name in [
        "database",
        "schema",
        "integrity",
        "keys",
        "files",
        "rules",
        "calendar",
        "backup",
        "jobs",
        "imports",
        "plan",
    ] {
        assert_eq!(found(&checks, name).0, Verdict::Ok, "{name}: {checks:#?}");
    }
    assert!(checks.len() >= 16, "{checks:#?}");
    let denied = examine(&t.app, &t.people().caller_cq, t.now).await;
    assert!(matches!(denied, Err(app::Error::Denied(_))));
}

#[rstest]
#[tokio::test]
async fn faults_in_the_work_are_found(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mut t = TestApp::with_portfolio(engine).await;
    assert_eq!(
        found(&all(&t, t.now).await, "backup"),
        (Verdict::Warn, "no-plan")
    );
    t.app = t.app.clone().with_backups(Some(plan(t.path("backups"))));
    assert_eq!(
        found(&all(&t, t.now).await, "backup"),
        (Verdict::Warn, "none")
    );
    back_up_by_plan(&t, t.now).await;
    let late = t.now + Duration::hours(30);
    let checks = all(&t, late).await;
    assert_eq!(found(&checks, "backup"), (Verdict::Bad, "too-old"));
    assert_eq!(found(&checks, "plan"), (Verdict::Warn, "old"));
    // A folder that is a file: the backup fails, and says so.
    std::fs::write(t.path("no-folder"), "").unwrap();
    t.app = t.app.clone().with_backups(Some(plan(t.path("no-folder"))));
    back_up_by_plan(&t, late).await;
    t.database
        .execute("UPDATE jobs SET state = 'dead' WHERE kind = 'backup' AND state = 'queued'")
        .await;
    assert_eq!(found(&all(&t, late).await, "jobs"), (Verdict::Warn, "dead"));
    t.database
        .execute("UPDATE jobs SET state = 'queued', run_at = 0 WHERE state = 'dead'")
        .await;
    assert_eq!(found(&all(&t, late).await, "jobs"), (Verdict::Bad, "stuck"));
    t.database
        .execute("UPDATE backup_runs SET error = 'altered', verified_at = NULL")
        .await;
    assert_eq!(
        found(&all(&t, late).await, "backup"),
        (Verdict::Bad, "failed")
    );
    // Days on which the calendar ends.
    for (now, expected) in [
        ("2026-11-30 10:00", (Verdict::Ok, "covered")),
        ("2026-12-02 10:00", (Verdict::Warn, "next-missing")),
        ("2027-01-02 10:00", (Verdict::Bad, "ended")),
    ] {
        assert_eq!(
            found(&all(&t, at(now)).await, "calendar"),
            expected,
            "{now}"
        );
    }
}

#[rstest]
#[tokio::test]
async fn damage_is_found(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let damage = match engine {
        Engine::Sqlite => "PRAGMA foreign_keys = OFF; DELETE FROM agents",
        Engine::Postgres => "ALTER TABLE agents ADD CONSTRAINT half CHECK (name = '') NOT VALID",
    };
    t.database.execute(damage).await;
    let checks = all(&t, t.now).await;
    assert_eq!(found(&checks, "integrity"), (Verdict::Bad, "damaged"));
    assert_eq!(worst(&checks), Verdict::Bad);
}

#[tokio::test]
async fn faults_around_the_database_are_found() {
    let mut t = TestApp::empty(Engine::Sqlite).await;
    let key = t.path("key");
    std::fs::write(&key, "").unwrap();
    let mut look = |surroundings: Surroundings| {
        t.app = t.app.clone().with_surroundings(surroundings);
        t.app.clone()
    };
    let with_key = |path: PathBuf| Surroundings {
        master_key_file: Some(path),
        folders: vec![PathBuf::from("/proc/does/not/exist")],
        ..Surroundings::default()
    };
    let (shell, now) = (Actor::shell("tests"), testkit::morning());
    let app = look(with_key(PathBuf::from("/nowhere/key")));
    let checks = examine(&app, &shell, now).await.unwrap();
    assert_eq!(found(&checks, "key-file"), (Verdict::Bad, "missing"));
    assert!(
        checks.iter().any(|c| c.name == "disk") && checks.iter().any(|c| c.name == "open-files")
    );
    let app = look(with_key(key.clone()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let open =
            |mode| std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
        open(0o644);
        let checks = examine(&app, &shell, now).await.unwrap();
        assert_eq!(found(&checks, "key-file"), (Verdict::Bad, "readable"));
        open(0o600);
    }
    let checks = examine(&app, &shell, now).await.unwrap();
    assert_eq!(found(&checks, "key-file"), (Verdict::Ok, "private"));
}

/// A killed import leaves its run as running: the doctor finds it, the next start ends it.
#[rstest]
#[tokio::test]
async fn a_killed_import_is_found_and_given_up(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    t.database
        .execute(
            "UPDATE import_runs SET state = 'running', finished_at = NULL WHERE kind = 'events'",
        )
        .await;
    let soon = t.now + Duration::minutes(10);
    assert_eq!(
        found(&all(&t, soon).await, "imports"),
        (Verdict::Ok, "ended")
    );
    assert_eq!(give_up_silent(&t.app, soon).await.unwrap(), 0);
    let later = t.now + Duration::minutes(20);
    assert_eq!(
        found(&all(&t, later).await, "imports"),
        (Verdict::Warn, "silent")
    );
    assert_eq!(give_up_silent(&t.app, later).await.unwrap(), 1);
    assert_eq!(
        found(&all(&t, later).await, "imports"),
        (Verdict::Ok, "ended")
    );
    let ended = "SELECT COUNT(*) FROM import_runs WHERE state = 'failed' AND error = 'interrupted'";
    assert_eq!(t.database.number(ended).await, 1);
}
