//! Names of files that climb, workbooks that swell, and what lies outside the static files.

use crate::browser::Site;
use axum::http::StatusCode;
use rstest::rstest;
use testkit::{Engine, TestApp};

/// Names of uploaded files say nothing about where they are kept.
#[rstest]
#[tokio::test]
async fn names_do_not_climb(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let site = Site::of(&t);
    let callback = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, callback, &p.sichuan_caller_cq).await;
    t.start(&p.sichuan_caller_cq, t.now, callback)
        .await
        .unwrap();
    let mut caller = site.sign_in("sichuan_caller_cq").await;
    for name in [
        "../../../etc/passwd.mp3",
        "..\\\\..\\\\boot.wav",
        "/etc/cron.d/x.mp3",
        "a%00b.mp3",
    ] {
        let path = format!("/callbacks/{callback}/recordings");
        let answer = caller.post_file(&path, &[], name, b"ID3sound").await;
        assert!(!answer.status.is_server_error(), "{name}: {}", answer.text);
        assert!(!answer.text.contains("/etc/"), "{name}");
    }
    let keys = t.database.column("SELECT location FROM recordings").await;
    assert!(!keys.is_empty());
    for key in keys {
        assert!(
            key.starts_with("recordings/") && !key.contains(".."),
            "{key}"
        );
    }
    for path in [
        "/assets/../../Cargo.toml",
        "/assets/..%2f..%2fCargo.toml",
        "/assets/%2e%2e/%2e%2e/Cargo.toml",
        "/assets//etc/passwd",
    ] {
        let answer = caller.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

/// A workbook that unpacks to more than it should is refused before it is opened.
#[tokio::test]
async fn a_workbook_that_swells_is_refused() {
    use app::imports::import_file;
    use domain::imports::ImportKind;
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let bytes = bomb();
    assert!(bytes.len() < 1024 * 1024, "the bomb itself is small");
    let request = t.request(ImportKind::Customers, "bomb.xlsx", &bytes);
    let admin = &t.people().administrator;
    let refused = import_file(&t.app, admin, &|| testkit::morning(), request, &|_| {}).await;
    let why = format!("{:?}", refused.unwrap_err());
    assert!(why.contains("unpacks to more than"), "{why}");
}

/// A workbook whose texts are sixty-four megabytes of blanks.
fn bomb() -> Vec<u8> {
    use std::io::Write as _;
    use zip::write::SimpleFileOptions;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in [
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/sharedStrings.xml",
    ] {
        writer
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        for _ in 0..64 * 1024 {
            writer.write_all(&[b' '; 1024]).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}
