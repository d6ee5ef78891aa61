//! The proof: nothing of a customer lies in the clear, and what does is found.

use app::exports::{ExportFormat, ExportKind, ExportQuery};
use app::jobs::{run_due, start_export, start_import};
use app::keys::{ProofQuery, ProofReport, RotationForm, prove, rotate};
use app::recordings::Upload;
use app::tickets::{StepForm, take_step};
use domain::access::Actor;
use domain::imports::ImportKind;
use domain::time::Instant;
use flate2::Compression;
use flate2::write::GzEncoder;
use object_store::ObjectStoreExt as _;
use rstest::rstest;
use std::io::Write as _;
use std::path::PathBuf;
use testkit::{Engine, Portfolio, TestApp};

async fn proof(t: &TestApp, files: Vec<PathBuf>) -> ProofReport {
    let query = ProofQuery {
        customer: "C50-ZHOU".into(),
        files,
    };
    prove(&t.app, &Actor::shell("tests"), t.now, &query)
        .await
        .unwrap()
}

async fn run(t: &TestApp, now: Instant) -> usize {
    let app = t.app.clone();
    tokio::spawn(async move { run_due(&app, &move || now).await })
        .await
        .unwrap()
        .unwrap()
}

/// A caller learns of a wrong number, the salesperson corrects it, the leader exports customers.
async fn edit_and_export(t: &TestApp) {
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    t.not_reached(&p.caller_cq, t.now, id, "wrong_number").await;
    let ticket = t.tickets(id).await.pop().unwrap().id;
    t.issue(&p.leader_cq, t.now, ticket, p.sales_cq.user().unwrap())
        .await
        .unwrap();
    let form = StepForm {
        step: "correct_contact".into(),
        mobile: "13900500001".into(),
        ..Default::default()
    };
    take_step(&t.app, &p.sales_cq, t.now, ticket, &form)
        .await
        .unwrap();
    let export = ExportQuery::new(ExportKind::Customers, ExportFormat::Csv);
    let export = export.stating("regulator_request", "");
    start_export(&t.app, &p.leader_cq, t.now, export)
        .await
        .unwrap();
    run(t, t.now).await;
}

/// SEC-04: after an import by page, edits, an export, a rotation and the destruction of the old key, no
/// value of a customer is found in any cell, file or log.
#[rstest]
#[tokio::test]
async fn nothing_lies_in_the_clear(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let shell = Actor::shell("tests");
    let file = Upload {
        file_name: "customers.csv".into(),
        bytes: Portfolio::small().customers.csv().into(),
    };
    start_import(&t.app, &shell, t.now, ImportKind::Customers, &file)
        .await
        .unwrap();
    // The upload waits for its import, sealed.
    let waiting = proof(&t, Vec::new()).await;
    assert_eq!(waiting.findings, []);
    assert!(
        waiting
            .searched
            .iter()
            .any(|s| s.name.starts_with("files/imports/"))
    );
    run(&t, t.now).await;
    edit_and_export(&t).await;
    let edited = proof(&t, Vec::new()).await;
    assert_eq!(edited.findings, []);
    assert_eq!(edited.not_sealed, Vec::<String>::new());
    assert!(
        edited
            .searched
            .iter()
            .any(|s| s.name.starts_with("files/exports/"))
    );
    // The old number and the new one, the name, the id number, the address, …
    assert!(edited.values >= 5 && edited.forms > 50, "{edited:?}");
    for what in ["data", "index"] {
        let form = RotationForm {
            what: what.into(),
            reason: "测试".into(),
            confirmation: what.into(),
        };
        rotate(&t.app, &shell, t.now, &form).await.unwrap();
        run(&t, t.now).await;
        run(&t, t.now + chrono::Duration::minutes(11)).await;
    }
    let rotated = proof(&t, Vec::new()).await;
    assert_eq!(rotated.findings, []);
    assert_eq!(t.audited("keys.proved").await, 3);
    if let Some(folder) = t.database.folder() {
        for file in std::fs::read_dir(folder).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            for secret in ["13800500001", "13900500001"] {
                let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
                assert!(!found, "{secret} in a file of the database");
            }
        }
        let searched = rotated
            .searched
            .iter()
            .filter(|s| s.name.contains("test.db"));
        assert!(searched.count() >= 2, "{:?}", rotated.searched);
    }
}

/// A value in a column, in the store of files, in a file, and in an archive within an archive is found,
/// with its place.
#[rstest]
#[tokio::test]
async fn what_lies_in_the_clear_is_found(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    t.database
        .execute(
            "INSERT INTO settings (key, value, updated_at) VALUES ('note', 'call 13800500001', 1)",
        )
        .await;
    let key = object_store::path::Path::from("exports/old.csv");
    t.app
        .files()
        .put(&key, "C50-ZHOU,13800500001".into())
        .await
        .unwrap();
    let plain = t.path("backup.sql");
    std::fs::write(&plain, "-- 3133383030353030303031").unwrap();
    let mut inner = GzEncoder::new(Vec::new(), Compression::default());
    inner.write_all("……13800500001……".as_bytes()).unwrap();
    let inner = inner.finish().unwrap();
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    let mut header = tar::Header::new_gnu();
    header.set_size(inner.len() as u64);
    header.set_cksum();
    archive
        .append_data(&mut header, "inner.gz", &inner[..])
        .unwrap();
    let packed = t.path("backup.tar.gz");
    std::fs::write(&packed, archive.into_inner().unwrap().finish().unwrap()).unwrap();
    let report = proof(&t, vec![plain, packed]).await;
    let places: Vec<_> = report
        .findings
        .iter()
        .map(|f| (f.place.as_str(), f.form))
        .collect();
    let is_at =
        |place: &str, form: &str| places.iter().any(|(p, f)| p.contains(place) && *f == form);
    assert!(is_at("settings.value", "utf-8"), "{places:?}");
    assert!(
        is_at("files/exports/old.csv at byte 9", "utf-8"),
        "{places:?}"
    );
    assert!(is_at("backup.sql at byte 3", "hex"), "{places:?}");
    assert!(
        is_at(
            "backup.tar.gz (unpacked):inner.gz (unpacked) at byte 6",
            "utf-8"
        ),
        "{places:?}"
    );
    assert_eq!(report.not_sealed, ["files/exports/old.csv"]);
}
