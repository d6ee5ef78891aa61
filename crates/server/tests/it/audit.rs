//! `huifang audit verify`: what it says and how it ends; heads in a file and at an address.

use crate::program::{huifang, run};
use rstest::rstest;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Output;
use tempfile::TempDir;
use testkit::{Engine, TestDatabase};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Contracts §1: exit 0 and the counts; exit 1 and the first bad entry when one was altered.
#[rstest]
#[tokio::test]
async fn verify_names_the_first_bad_entry(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let database = TestDatabase::create(engine).await;
    let folder = TempDir::new().unwrap();
    let verify = ["audit", "verify", "--export", "heads.ndjson"];
    let clean = run(&database, folder.path(), &verify);
    assert!(clean.contains("结论：完好"), "{clean}");
    let heads = std::fs::read_to_string(folder.path().join("heads.ndjson")).unwrap();
    assert!(
        heads.lines().count() == 1 && heads.contains("\"number\":1"),
        "{heads}"
    );
    let with_heads = ["audit", "verify", "--heads", "heads.ndjson"];
    let clean = run(&database, folder.path(), &with_heads);
    assert!(clean.contains("已比对外存链头 1 个"), "{clean}");
    let sql = "UPDATE audit_entries SET actor_name = 'x' WHERE action = 'rules.calendar_added'";
    database.execute(sql).await;
    let output = huifang(&database, folder.path(), &verify).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output);
    assert!(
        text.contains("首个异常") && text.contains("rules.calendar_added"),
        "{text}"
    );
    assert!(text.contains("被改动"), "{text}");
}

/// Answers requests, one status after the other; gives their bodies.
fn receiver(statuses: &'static [&'static str]) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/heads", listener.local_addr().unwrap());
    let answering = std::thread::spawn(move || {
        let mut bodies = Vec::new();
        for status in statuses {
            let (mut stream, _) = listener.accept().unwrap();
            let mut text = Vec::new();
            let mut part = [0; 4096];
            loop {
                let read = stream.read(&mut part).unwrap();
                text.extend_from_slice(&part[..read]);
                let so_far = String::from_utf8_lossy(&text).into_owned();
                let Some((head, body)) = so_far.split_once("\r\n\r\n") else {
                    continue;
                };
                let head = head.to_ascii_lowercase();
                let length = head.split("content-length: ").nth(1).unwrap();
                let length: usize = length.lines().next().unwrap().trim().parse().unwrap();
                if read == 0 || body.len() >= length {
                    bodies.push(body.to_owned());
                    break;
                }
            }
            let answer =
                format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
        }
        bodies
    });
    (url, answering)
}

/// Heads go to a file and to an address; what was not taken is sent again, and a database that was put
/// back is noticed by the file.
#[rstest]
#[tokio::test]
async fn heads_are_handed_out(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let database = TestDatabase::create(engine).await;
    let folder = TempDir::new().unwrap();
    let (url, answering) = receiver(&["503 Busy", "200 OK"]);
    let config = format!("audit_heads_file = \"kept.ndjson\"\naudit_heads_url = \"{url}\"\n");
    std::fs::write(folder.path().join("huifang.toml"), config).unwrap();
    let note = "SELECT value FROM settings WHERE key = 'audit.heads_url'";
    run(&database, folder.path(), &["audit", "verify"]);
    let noted = database.column(note).await.join("");
    assert!(noted.contains("503"), "{noted}");
    run(&database, folder.path(), &["audit", "verify"]);
    let noted = database.column(note).await.join("");
    assert!(
        noted.contains("\"number\":2") && noted.contains("null"),
        "{noted}"
    );
    let bodies = answering.join().unwrap();
    assert!(bodies[0].contains("\"number\":1"), "{bodies:?}");
    assert!(bodies[1].contains("\"number\":1") && bodies[1].contains("\"number\":2"));
    let kept = std::fs::read_to_string(folder.path().join("kept.ndjson")).unwrap();
    assert_eq!(kept.lines().count(), 2, "{kept}");
    // Another database has other heads: the file is left alone, and the page says so.
    let other = TestDatabase::create(engine).await;
    std::fs::write(
        folder.path().join("huifang.toml"),
        "audit_heads_file = \"kept.ndjson\"\n",
    )
    .unwrap();
    run(&other, folder.path(), &["audit", "verify"]);
    let noted = "SELECT value FROM settings WHERE key = 'audit.heads_file'";
    let noted = other.column(noted).await.join("");
    assert!(noted.contains("head_forged"), "{noted}");
    assert_eq!(
        std::fs::read_to_string(folder.path().join("kept.ndjson")).unwrap(),
        kept
    );
}
