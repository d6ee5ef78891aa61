//! The audit log on its pages: who looked, what was changed, what is sealed and verified.

use crate::browser::Site;
use app::jobs::run_due;
use axum::http::StatusCode;
use rstest::rstest;
use testkit::{Engine, TestApp};

/// SEC-03, SEC-09: who may read the log sees who looked, the change before and after, and the proof.
#[rstest]
#[tokio::test]
async fn the_log_is_read_and_verified(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut leader = site.sign_in("leader_cq").await;
    leader.read("/customers/C50-ZHOU").await;
    let version = "SELECT CAST(version AS TEXT) FROM customers WHERE customer_no = 'C50-ZHOU'";
    let version = t.database.column(version).await.pop().unwrap();
    let change = [
        ("mobile", "13911112222"),
        ("mailing_address", ""),
        ("reason", "来电更正"),
        ("version", version.as_str()),
    ];
    leader.submit("/customers/C50-ZHOU/contact", &change).await;
    for path in ["/customers/C50-ZHOU/accesses", "/audit"] {
        assert_eq!(
            leader.get(path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    let mut officer = site.sign_in("compliance").await;
    let accesses = officer.read("/customers/C50-ZHOU/accesses").await;
    for text in ["查看客户", "联系方式变更", "来电更正", "leader_cq"] {
        assert!(accesses.contains(text), "{text}: {accesses}");
    }
    assert!(!accesses.contains("13911112222") && !accesses.contains("周敏"));
    let log = officer.read("/audit?purpose=来电").await;
    assert!(log.contains("未封存") && log.contains("尚未核对"), "{log}");
    let entry = log.split("href=\"/audit/").nth(1).unwrap();
    let entry = entry.split('"').next().unwrap();
    let page = officer.read(&format!("/audit/{entry}")).await;
    for text in ["138****0001", "139****2222", "变更前", "来电更正"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let away = officer.submit("/audit/verifications", &[]).await;
    assert!(away.starts_with("/jobs/"), "{away}");
    let (app, now) = (t.app.clone(), t.now);
    tokio::spawn(async move { run_due(&app, &move || now).await })
        .await
        .unwrap()
        .unwrap();
    let log = officer.read("/audit?purpose=来电").await;
    assert!(log.contains("完好") && log.contains("封印 1"), "{log}");
    assert!(!log.contains("尚未核对"), "{log}");
    let sql = "UPDATE audit_entries SET purpose = '更正' WHERE purpose = '来电更正'";
    t.database.execute(sql).await;
    officer.submit("/audit/verifications", &[]).await;
    let (app, now) = (t.app.clone(), t.now);
    tokio::spawn(async move { run_due(&app, &move || now).await })
        .await
        .unwrap()
        .unwrap();
    let log = officer.read("/audit").await;
    assert!(
        log.contains("有改动") && log.contains(&format!("/audit/{entry}")),
        "{log}"
    );
}
