//! Backup, restore and doctor as people run them.

use crate::program::{huifang, run};
use rstest::rstest;
use std::path::Path;
use std::process::Output;
use std::time::Duration;
use tempfile::TempDir;
use testkit::{Engine, Portfolio, TestDatabase};

/// Runs the program to its end, which is a failure; what it said.
fn fails(database: &TestDatabase, folder: &Path, arguments: &[&str]) -> String {
    said(&huifang(database, folder, arguments).output().unwrap())
}

fn said(output: &Output) -> String {
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(1), "{text}");
    text
}

/// A database with the small portfolio, planned.
async fn filled(engine: Engine, folder: &Path) -> TestDatabase {
    let database = TestDatabase::create(engine).await;
    Portfolio::small().write_to(folder);
    run(&database, folder, &["import", "all", "."]);
    run(
        &database,
        folder,
        &["plan", "--since", "2024-01-01", "--as-of", "2024-03-05"],
    );
    database
}

/// Contracts §1: `backup FILE`, `restore FILE`; the export of the copy is that of the original.
#[rstest]
#[tokio::test]
async fn a_backup_is_restored_elsewhere(
    #[values(Engine::Sqlite, Engine::Postgres)] from: Engine,
    #[values(Engine::Sqlite, Engine::Postgres)] to: Engine,
) {
    let folder = TempDir::new().unwrap();
    let old = filled(from, folder.path()).await;
    let taken = run(&old, folder.path(), &["backup", "all.huifang"]);
    assert!(taken.contains("SHA-256"), "{taken}");
    let again = fails(&old, folder.path(), &["backup", "all.huifang"]);
    assert!(again.contains("backup-exists"), "{again}");
    run(&old, folder.path(), &["backup", "all.huifang", "--force"]);
    let good = run(&old, folder.path(), &["backup", "--verify", "all.huifang"]);
    assert!(good.contains(": good; taken"), "{good}");
    let occupied = fails(&old, folder.path(), &["restore", "all.huifang"]);
    assert!(occupied.contains("is not empty"), "{occupied}");
    let new = TestDatabase::create(to).await;
    let mut wrong = huifang(&new, folder.path(), &["restore", "all.huifang"]);
    let wrong = wrong.env("HUIFANG_MASTER_KEY", "ab".repeat(32)).output();
    let wrong = said(&wrong.unwrap());
    assert!(wrong.contains("master key does not open"), "{wrong}");
    run(&new, folder.path(), &["restore", "all.huifang"]);
    for kind in [
        "customers",
        "policies",
        "events",
        "obligations",
        "callbacks",
    ] {
        let export = ["export", kind, "--reveal", "data_transfer"];
        let (a, b) = (
            run(&old, folder.path(), &export),
            run(&new, folder.path(), &export),
        );
        assert!(a.lines().count() > 1 && a == b, "{kind}");
    }
}

/// A full disk leaves no half file and no open run behind.
#[cfg(unix)]
#[tokio::test]
async fn a_full_disk_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let old = filled(Engine::Postgres, folder.path()).await;
    // Files may grow to eight kilobytes; the signal that goes with it is ignored.
    let program = huifang(&old, folder.path(), &[]);
    let mut limited = std::process::Command::new("sh");
    limited.current_dir(folder.path());
    for (name, value) in program.get_envs() {
        limited.env(name, value.unwrap_or_default());
    }
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" backup all.huifang";
    let text = said(
        &limited
            .arg("-c")
            .arg(script)
            .arg(program.get_program())
            .output()
            .unwrap(),
    );
    assert!(text.contains("all.huifang"), "{text}");
    let left = std::fs::read_dir(folder.path()).unwrap();
    let left: Vec<_> = left
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        !left
            .iter()
            .any(|n| n.contains("huifang.") || n == "all.huifang"),
        "{left:?}"
    );
    let failed = "SELECT COUNT(*) FROM backup_runs WHERE state = 'failed'";
    assert_eq!(old.number(failed).await, 1);
}

/// A restore that was killed leaves a database that is still empty: it can be run again.
#[rstest]
#[tokio::test]
async fn a_killed_restore_can_be_run_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let folder = TempDir::new().unwrap();
    let old = filled(engine, folder.path()).await;
    run(&old, folder.path(), &["backup", "all.huifang"]);
    let new = TestDatabase::create(engine).await;
    for n in 1..=5_u32 {
        let mut child = huifang(&new, folder.path(), &["restore", "all.huifang"])
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(40) * n);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let done = huifang(&new, folder.path(), &["restore", "all.huifang"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&done.stderr).into_owned();
    // The last kill may have come after the end.
    assert!(
        done.status.success() || text.contains("is not empty"),
        "{text}"
    );
    let count = "SELECT COUNT(*) FROM policies";
    assert_eq!(new.number(count).await, old.number(count).await);
}

fn state_of(text: &str, check: &str) -> (String, String) {
    let all: serde_json::Value =
        serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"));
    let checks = all["checks"].as_array().unwrap();
    let found = checks.iter().find(|c| c["check"] == check);
    let found = found.unwrap_or_else(|| panic!("no {check} in {text}"));
    let part = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
    assert!(!part("what").contains("doctor-"), "{text}");
    if part("state") == "bad" {
        assert!(!part("action").is_empty(), "{text}");
    }
    (part("state"), part("found"))
}

fn pair(state: &str, found: &str) -> (String, String) {
    (state.to_owned(), found.to_owned())
}

/// Contracts §1: `doctor` says what is wrong and what to do; exit 1 when anything is.
#[rstest]
#[tokio::test]
async fn the_doctor_finds_what_is_wrong(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let folder = TempDir::new().unwrap();
    let database = filled(engine, folder.path()).await;
    let look = |arguments: &[&str]| {
        let output = huifang(&database, folder.path(), arguments)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let text = look(&["doctor", "--format", "json"]);
    for check in [
        "database",
        "schema",
        "integrity",
        "keys",
        "clock",
        "files",
        "rules",
        "jobs",
        "imports",
    ] {
        assert_eq!(state_of(&text, check).0, "ok", "{check}: {text}");
    }
    for lang in ["zh", "en"] {
        let text = look(&["doctor", "--lang", lang]);
        assert!(!text.contains("doctor-"), "{text}");
        assert_eq!(text.contains("数据库"), lang == "zh", "{text}");
    }
    // A key of another company.
    let mut other = huifang(&database, folder.path(), &["doctor", "--format", "json"]);
    let text = said(
        &other
            .env("HUIFANG_MASTER_KEY", "ab".repeat(32))
            .output()
            .unwrap(),
    );
    assert_eq!(state_of(&text, "keys"), pair("bad", "wrong"));
    // A key that is not there.
    let mut none = huifang(&database, folder.path(), &["doctor", "--format", "json"]);
    let text = said(&none.env_remove("HUIFANG_MASTER_KEY").output().unwrap());
    assert_eq!(state_of(&text, "keys"), pair("bad", "wrong"));
    assert_eq!(state_of(&text, "key-file"), pair("bad", "missing"));
    // A configuration with a key that nobody knows, and one with a time that is none.
    for config in ["databse_url = 'x'", "[backup]\nfolder = 'b'\nat = '25:00'"] {
        std::fs::write(folder.path().join("huifang.toml"), config).unwrap();
        let text = fails(&database, folder.path(), &["doctor", "--format", "json"]);
        assert_eq!(state_of(&text, "configuration"), pair("bad", "wrong"));
    }
    std::fs::remove_file(folder.path().join("huifang.toml")).unwrap();
    // A schema that is behind; the backup before the upgrade still works.
    let last = "DELETE FROM seaql_migrations WHERE version = 'm20261124_000702_runs_heard'";
    database.execute(last).await;
    let text = fails(&database, folder.path(), &["doctor", "--format", "json"]);
    assert_eq!(state_of(&text, "schema"), pair("bad", "behind"));
    run(
        &database,
        folder.path(),
        &["backup", "before-upgrade.huifang"],
    );
    assert!(folder.path().join("before-upgrade.huifang").exists());
}

/// What cannot be reached is said, not created.
#[tokio::test]
async fn a_database_that_is_not_there_is_bad() {
    let folder = TempDir::new().unwrap();
    let database = TestDatabase::create(Engine::Sqlite).await;
    let nowhere = "sqlite:nowhere/huifang.db";
    let doctor = ["doctor", "--format", "json", "--database-url", nowhere];
    let text = fails(&database, folder.path(), &doctor);
    assert_eq!(state_of(&text, "database"), pair("bad", "missing"));
    let text = fails(
        &database,
        folder.path(),
        &["backup", "x", "--database-url", nowhere],
    );
    assert!(text.contains("no database"), "{text}");
    assert!(!folder.path().join("nowhere").exists());
    let closed = "postgres://postgres@127.0.0.1:1/none";
    let doctor = ["doctor", "--format", "json", "--database-url", closed];
    let text = fails(&database, folder.path(), &doctor);
    assert_eq!(state_of(&text, "database"), pair("bad", "unreadable"));
}
