//! Recordings: kept with their hash, never played when altered.

use app::Error;
use app::callbacks::{add_link, add_upload};
use app::recordings::{Upload, open_recording};
use bytes::Bytes;
use domain::tickets::EvidenceKind;
use object_store::ObjectStoreExt as _;
use rstest::rstest;
use testkit::{Engine, TestApp, invalid, refused};

fn upload(file_name: &str, bytes: &'static [u8]) -> Upload {
    Upload {
        file_name: file_name.into(),
        bytes: Bytes::from_static(bytes),
    }
}

/// CBK-22, GEN-11, SEC-03: a recording is kept with its SHA-256; listening is recorded; an altered file
/// is found out.
#[rstest]
#[tokio::test]
async fn an_altered_recording_is_found_out(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    t.start(&p.caller_cq, t.now, id).await.unwrap();
    let recording = t.record(&p.caller_cq, t.now, id).await.unwrap();
    let (row, bytes) = open_recording(&t.app, &p.inspector, t.now, recording)
        .await
        .unwrap();
    assert_eq!(bytes.as_ref(), b"sound of a call");
    // printf 'sound of a call' | sha256sum
    let hash = "22d8d30cfe2ffce11f60ac3924554ed6c3fe2ba20309ba535289ef5d5b33af0e";
    assert_eq!(row.sha256.as_deref(), Some(hash));
    assert_eq!(t.audited("recording.played").await, 1);
    let unseen = open_recording(&t.app, &p.leader_sd, t.now, recording).await;
    assert!(matches!(unseen, Err(Error::NotFound)));
    let denied = open_recording(&t.app, &p.executive, t.now, recording).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let key = object_store::path::Path::parse(&row.location).unwrap();
    t.app
        .files()
        .put(&key, "another sound".into())
        .await
        .unwrap();
    let altered = open_recording(&t.app, &p.inspector, t.now, recording).await;
    assert_eq!(refused(altered), "recording-altered");
}

/// What is no recording is not taken; a link is taken in place of a file.
#[rstest]
#[tokio::test]
async fn only_recordings_are_taken(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    let kind = EvidenceKind::Recording;
    let add = async |file| add_upload(&t.app, &p.caller_cq, t.now, id, kind, file).await;
    assert_eq!(
        refused(add(upload("a.mp3", b"x")).await),
        "callback-wrong-state"
    );
    t.start(&p.caller_cq, t.now, id).await.unwrap();
    assert_eq!(
        invalid(add(upload("a.exe", b"x")).await),
        [("file".into(), "file-type".into())]
    );
    assert_eq!(
        invalid(add(upload("a.mp3", b"")).await),
        [("file".into(), "missing".into())]
    );
    add(upload("../../../a.MP3", b"x")).await.unwrap();
    let kept = "SELECT file_name FROM recordings";
    assert_eq!(t.database.column(kept).await, ["a.MP3"]);
    for bad in ["javascript:alert(1)", "ftp://x/y", "https://x/a b", ""] {
        let added = add_link(&t.app, &p.caller_cq, t.now, id, bad).await;
        assert_eq!(invalid(added), [("link".into(), "link".into())], "{bad}");
    }
    let link = "https://recorder.example/2024/03/05/17.wav";
    let linked = add_link(&t.app, &p.caller_cq, t.now, id, link)
        .await
        .unwrap();
    let opened = open_recording(&t.app, &p.caller_cq, t.now, linked).await;
    assert!(
        matches!(opened, Err(Error::NotFound)),
        "links are opened elsewhere"
    );
}
