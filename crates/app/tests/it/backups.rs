//! Backups: consistent while others write, the same on both databases, refused when anything was
//! altered; restored into empty databases only; taken by plan, tried out, thinned out.

use app::backups::{
    BackupPlan, BackupReport, BackupRequest, Heard, MasterKeys, Opening, RestoreRequest, back_up,
    give_up_silent, overview, restore, start_backup, start_due, try_out,
};
use app::exports::{ExportFormat, ExportKind, ExportQuery, export};
use app::{App, Error, Passwords};
use chrono::{Duration, NaiveTime};
use domain::access::Actor;
use domain::backups::{BackupKind, BackupState, Retention};
use domain::time::Instant;
use object_store::memory::InMemory;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _};
use rstest::rstest;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::sealing::MasterKey;
use store::{Ids, Store};
use testkit::{Engine, FixedChance, Portfolio, TestApp, TestDatabase, refused, row};

const MASTER_KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn quiet() -> Heard {
    Arc::new(|_| {})
}

fn right_key() -> store::Result<MasterKey> {
    MasterKey::parse(MASTER_KEY)
}

fn ids() -> Ids {
    Ids::new(Arc::new(FixedChance::new(77)))
}

async fn take(t: &TestApp, name: &str) -> (PathBuf, BackupReport) {
    let request = BackupRequest {
        file: t.path(name),
        force: false,
        with_files: true,
        kind: BackupKind::Shell,
    };
    let now = t.now;
    let shell = Actor::shell("tests");
    let taken = back_up(&t.app, &shell, &move || now, &request, &quiet()).await;
    (request.file, taken.unwrap())
}

async fn restore_to(
    database: &TestDatabase,
    file: &Path,
    master_key: MasterKeys<'_>,
    files: Arc<dyn ObjectStore>,
    now: Instant,
) -> app::Result<app::backups::RestoreReport> {
    let request = RestoreRequest {
        file: file.to_owned(),
        url: database.url(),
        master_key,
        files,
        ids: ids(),
    };
    restore(&request, &Actor::shell("tests"), now, &quiet()).await
}

async fn open(database: &TestDatabase, now: Instant) -> Store {
    Store::open(database.url(), false, ids(), now, |_| right_key())
        .await
        .unwrap()
}

/// Every row of every table, but for what a backup and a restore note about themselves.
async fn rows(store: &Store) -> BTreeMap<String, Vec<String>> {
    let mut snapshot = store.snapshot().await.unwrap();
    let mut all = BTreeMap::new();
    for table in snapshot.tables().to_vec() {
        let (mut found, about) = (Vec::new(), ["backup_runs", "audit_entries"]);
        snapshot.open(&table).await.unwrap();
        loop {
            let rows = snapshot.next(7).await.unwrap();
            if rows.is_empty() {
                break;
            }
            found.extend(rows.iter().map(|row| format!("{row:?}")));
        }
        found.retain(|row| !about.contains(&table.name.as_str()) || !row.contains("backup."));
        if table.name != "backup_runs" {
            all.insert(table.name, found);
        }
    }
    snapshot.close().await.unwrap();
    all
}

async fn is_empty(database: &TestDatabase) -> bool {
    let Ok(mut target) = store::dialect::copy::Target::open(&database.url()).await else {
        return false;
    };
    let tables = target.prepare(0).await;
    target.clear().await.unwrap();
    tables.is_ok()
}

async fn exported(app: &App, now: Instant, kind: ExportKind) -> Vec<u8> {
    let query = ExportQuery {
        purpose: "data_transfer".into(),
        ..ExportQuery::new(kind, ExportFormat::Csv)
    };
    let mut bytes = Vec::new();
    export(
        app,
        &Actor::shell("tests"),
        now,
        &query,
        &mut bytes,
        &|_| {},
    )
    .await
    .unwrap();
    bytes
}

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

#[tokio::test]
async fn every_byte_is_checked() {
    let t = TestApp::empty(Engine::Sqlite).await;
    t.app
        .files()
        .put(&Key::from("recordings/a.wav"), vec![7; 999].into())
        .await
        .unwrap();
    let (file, _) = take(&t, "all.huifang").await;
    let good = std::fs::read(&file).unwrap();
    let keys = t.app.store().keyring();
    let bad = t.path("bad.huifang");
    let step = good.len() / 60;
    let flips = (0..20)
        .chain((20..good.len() - 20).step_by(step))
        .chain(good.len() - 20..good.len());
    let flipped = flips.map(|at| {
        let mut bytes = good.clone();
        bytes[at] ^= 0xff;
        bytes
    });
    let cut = (0..good.len())
        .step_by(step * 4)
        .map(|at| good[..at].to_vec());
    let longer = std::iter::once([good.as_slice(), b"x"].concat());
    for (n, bytes) in flipped.chain(cut).chain(longer).enumerate() {
        std::fs::write(&bad, bytes).unwrap();
        let tried = try_out(&bad, Opening::Keys(&keys), &quiet()).await;
        assert_eq!(refused(tried), "backup-damaged", "variant {n}");
    }
    try_out(&file, Opening::Keys(&keys), &quiet())
        .await
        .unwrap();
}

/// Takes a backup apart, lets a change be made to its parts, and puts it together again with right
/// checksums of the compression, as somebody would who wants to hide the change.
fn altered(file: &Path, to: &Path, change: impl Fn(&str, &mut String)) {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(
        std::fs::File::open(file).unwrap(),
    ));
    let mut parts = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().to_string_lossy().into_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        change(&name, &mut text);
        parts.push((name, text));
    }
    let gzip = flate2::GzBuilder::new().operating_system(255).write(
        std::fs::File::create(to).unwrap(),
        flate2::Compression::new(4),
    );
    let mut tar = tar::Builder::new(gzip);
    for (name, text) in parts {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o600);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap().flush().unwrap();
}

#[rstest]
#[tokio::test]
async fn what_was_altered_or_does_not_fit_is_refused_and_leaves_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (file, _) = take(&t, "all.huifang").await;
    let files = Arc::new(InMemory::new());
    let new = TestDatabase::create(engine).await;
    // Another company's key.
    let other = || MasterKey::parse(&"ab".repeat(32));
    let tried = restore_to(&new, &file, &other, files.clone(), t.now).await;
    assert_eq!(refused(tried), "backup-key");
    assert!(is_empty(&new).await);
    // A row that was changed, with its hash in the table of contents made right.
    let bad = t.path("bad.huifang");
    let sha = |text: &str| {
        use sha2::Digest as _;
        hex::encode(sha2::Sha256::digest(text))
    };
    let hashes = std::cell::RefCell::new((String::new(), String::new()));
    altered(&file, &bad, |name, text| {
        if name.starts_with("tables/orgs/") {
            let before = sha(text);
            *text = text
                .replace("province", "Province")
                .replace("head_office", "city_office");
            *hashes.borrow_mut() = (before, sha(text));
        } else if name == "contents.json" {
            let (before, after) = &*hashes.borrow();
            assert!(text.contains(before.as_str()) && before != after);
            *text = text.replace(before, after);
        }
    });
    let tried = restore_to(&new, &bad, &right_key, files.clone(), t.now).await;
    assert_eq!(refused(tried), "backup-altered");
    assert!(is_empty(&new).await);
    // The same without the table of contents.
    altered(&file, &bad, |name, text| {
        if name.starts_with("tables/orgs/") {
            *text = text.replace("head_office", "city_office");
        }
    });
    let tried = restore_to(&new, &bad, &right_key, files.clone(), t.now).await;
    assert_eq!(refused(tried), "backup-damaged");
    // A later version of the program.
    altered(&file, &bad, |name, text| {
        if name == "head.json" {
            *text = text.replace(
                "\"m20261122_000001_organisation\"",
                "\"m20261122_000001_organisation\", \"m20991231_000001_later\"",
            );
        }
    });
    let tried = restore_to(&new, &bad, &right_key, files.clone(), t.now).await;
    assert_eq!(refused(tried), "backup-newer");
    assert!(is_empty(&new).await);
    // A recording that is there already, and is another one.
    let place = Key::from("recordings/a.wav");
    t.app.files().put(&place, "one".into()).await.unwrap();
    let (second, _) = take(&t, "second.huifang").await;
    files.put(&place, "two".into()).await.unwrap();
    let tried = restore_to(&new, &second, &right_key, files.clone(), t.now).await;
    assert_eq!(refused(tried), "restore-file-differs");
    assert!(is_empty(&new).await);
    restore_to(&new, &file, &right_key, files, t.now)
        .await
        .unwrap();
}

/// Sealed columns stay sealed: no number and no name of a customer can be read in the file.
#[rstest]
#[tokio::test]
async fn no_personal_data_is_readable_in_the_file(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (file, _) = take(&t, "all.huifang").await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let raw = std::fs::read(&file).unwrap();
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(raw.as_slice())
        .read_to_end(&mut plain)
        .unwrap();
    let revealed = exported(&t.app, t.now, ExportKind::Customers).await;
    let mut reader = csv::Reader::from_reader(revealed.as_slice());
    let heading = reader.headers().unwrap().clone();
    let mut searched = 0;
    for record in reader.records().map(Result::unwrap) {
        for (column, value) in heading.iter().zip(&record) {
            let is_personal = ["name", "mobile", "id_no", "email", "address"].contains(&column);
            if !is_personal || value.chars().count() < 3 {
                continue;
            }
            for needle in [value.to_owned(), hex::encode(value)] {
                let found = |hay: &[u8]| hay.windows(needle.len()).any(|w| w == needle.as_bytes());
                assert!(!found(&plain) && !found(&raw), "{column} {value}");
            }
            searched += 1;
        }
    }
    assert!(searched >= 5, "{searched}");
    assert!(!plain.windows(32).any(|w| w == &MASTER_KEY.as_bytes()[..32]));
}

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
