//! Pages and operations about customers who may be one.

use crate::api::system::System;
use crate::browser::Site;
use domain::imports::ImportKind;
use rstest::rstest;
use serde_json::json;
use testkit::{Engine, Table, TestApp, row};

async fn with_pair(engine: Engine) -> TestApp {
    let t = TestApp::with_portfolio(engine).await;
    let twin = row([
        ("customer_no", "C50-ZHOU2"),
        ("kind", "individual"),
        ("name", "周敏"),
        ("birth_date", "1980-05-06"),
        ("id_type", "other"),
        ("id_no", "500103800506122"),
        ("mobile", "13800500001"),
        ("email", "zhou@example.com"),
        ("org_code", "5001"),
    ]);
    t.import(ImportKind::Customers, &Table::new([twin])).await;
    app::duplicates::compare_due(&t.app, t.now, u64::MAX, &|_| {})
        .await
        .unwrap();
    t
}

/// CUS-09: from the list to the comparison, to the merge, and back again.
#[rstest]
#[tokio::test]
async fn two_records_become_one_and_two_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = with_pair(engine).await;
    let site = Site::of(&t);
    let mut browser = site.sign_in("manager").await;
    let list = browser.get("/duplicates").await;
    assert!(
        list.text.contains("C50-ZHOU2") && list.text.contains("确定"),
        "{}",
        list.text
    );
    let at = list.text.find("href=\"/duplicates/0").unwrap() + "href=\"".len();
    let path = list.text[at..].split('"').next().unwrap().to_owned();
    let page = browser.get(&path).await;
    assert!(!page.text.contains("13800500001") && !page.text.contains("500103800506122"));
    assert!(page.text.contains("log2(m/u)") && page.text.contains("合并理由"));
    let form = [
        ("survivor", "C50-ZHOU"),
        ("from-email", "C50-ZHOU2"),
        ("from-name", "C50-ZHOU"),
        ("reason", "同一人"),
    ];
    let merged = browser.post(&format!("{path}/merge"), &form).await;
    assert_eq!(merged.location(), "/customers/C50-ZHOU/duplicates");
    let old = browser.get("/customers/C50-ZHOU2").await;
    assert_eq!(
        old.location(),
        "/customers/C50-ZHOU",
        "the old number leads to the survivor"
    );
    let page = browser.get("/customers/C50-ZHOU/duplicates").await;
    assert!(page.text.contains("C50-ZHOU2 → C50-ZHOU"), "{}", page.text);
    let mut branch = site.sign_in("operations_cq").await;
    let seen = branch.get("/customers/C50-ZHOU/duplicates").await;
    assert!(
        seen.text.contains("C50-ZHOU2 → C50-ZHOU") && !seen.text.contains("undoing"),
        "who only decides does not take back"
    );
    let mut officer = site.sign_in("compliance").await;
    let page = officer.get("/customers/C50-ZHOU/duplicates").await;
    let at = page.text.find("/customers/C50-ZHOU/merges/").unwrap();
    let undo = page.text[at..].split('"').next().unwrap().to_owned();
    let undone = officer.post(&undo, &[("reason", "误并")]).await;
    assert_eq!(undone.location(), "/customers/C50-ZHOU/duplicates");
    let again = officer.get("/customers/C50-ZHOU2").await;
    assert!(again.status.is_success());
    let weights = officer.get("/duplicates/weights").await;
    assert!(weights.text.contains("证件号码"));
}

/// The same for other systems.
#[rstest]
#[tokio::test]
async fn systems_list_and_decide(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = with_pair(engine).await;
    let site = Site::of(&t);
    let system = System::of(&t, &site, "50", &["head_office_manager"]).await;
    let page = system.get("/api/v1/duplicates?grade=certain").await.good();
    let pair = &page["items"][0];
    assert_eq!(pair["grade"], "certain", "{page}");
    let text = page.to_string();
    assert!(
        !text.contains("周敏") && !text.contains("13800500001"),
        "{text}"
    );
    let path = format!("/api/v1/duplicates/{}", pair["id"].as_str().unwrap());
    system.get(&path).await.good();
    let decisions = format!("{path}/decisions");
    let missing = system
        .post(&decisions, json!({ "decision": "different" }))
        .await;
    assert_eq!(missing.problem(422), "invalid");
    let merges = format!("{path}/merges");
    let body = json!({ "survivor": "C50-ZHOU", "fields": ["email"], "reason": "同一人" });
    let merged = system.post(&merges, body.clone()).await.good();
    assert_eq!(merged["customer_no"], "C50-ZHOU");
    assert_eq!(system.post(&merges, body).await.problem(422), "refused");
}
