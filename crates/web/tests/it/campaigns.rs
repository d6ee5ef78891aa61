//! Callback campaigns on pages and by the API: made, listed from a file, confirmed by sales, released.

use crate::api::system::System;
use crate::browser::{Browser, Site};
use axum::http::StatusCode;
use rstest::rstest;
use serde_json::json;
use testkit::{Engine, TestApp};

const MADE: [(&str, &str); 4] = [
    ("title", "续期客户满意度回访"),
    ("goal", "找出投诉集中的环节"),
    ("starts_on", "2024-03-05"),
    ("ends_on", "2024-03-29"),
];

async fn step(browser: &mut Browser, path: &str, step: &str) {
    let to = browser
        .submit(&format!("{path}/steps"), &[("step", step)])
        .await;
    assert_eq!(to, path);
}

/// CBK-11, CBK-50: from the form to the released list, each by the person whose work it is.
#[rstest]
#[tokio::test]
async fn a_campaign_on_its_pages(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut operations = site.sign_in("operations_cq").await;
    assert!(operations.read("/").await.contains("href=\"/campaigns\""));
    let path = operations.submit("/campaigns", &MADE).await;
    let members = format!("{path}/members");
    let fields = [("source", "sales"), ("purpose", "了解保障需求")];
    let file = "客户号,目的\nC50-ZHOU,满意度调查\nC50-LI\nC37-SUN\n".as_bytes();
    let added = operations
        .post_file(&members, &fields, "list.csv", file)
        .await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.text);
    assert!(
        added.text.contains("C37-SUN"),
        "the foreign number is named"
    );
    let gbk = operations
        .post_file(&members, &fields, "list.csv", b"C50-HE,\xc2\xfa\xd2\xe2")
        .await;
    assert_eq!(gbk.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = operations.read(&path).await;
    for text in [
        "满意度调查",
        "了解保障需求",
        "确定目标和客户",
        "制定改进措施",
    ] {
        assert!(page.contains(text), "{text}");
    }
    let channel = [("step", "channel"), ("channel", "phone")];
    operations
        .submit(&format!("{path}/preparation"), &channel)
        .await;
    let material = [
        ("step", "material"),
        ("topics", "use"),
        ("topics", "market"),
    ];
    operations
        .submit(&format!("{path}/preparation"), &material)
        .await;
    confirmed_and_released(&t, &site, &mut operations, &path).await;
}

async fn confirmed_and_released(t: &TestApp, site: &Site, operations: &mut Browser, path: &str) {
    step(operations, path, "submit").await;
    let mut sales = site.sign_in("sales_cq").await;
    assert!(
        sales
            .read("/campaigns?view=to_confirm")
            .await
            .contains("续期客户满意度回访")
    );
    step(&mut sales, path, "confirm").await;
    step(operations, path, "release").await;
    t.plan(t.now).await;
    let page = operations.read(path).await;
    assert!(page.contains("/callbacks/") && page.contains("CB-2024-"));
    let removed = [("customer_no", "C50-LI"), ("reason", "客户在国外")];
    operations
        .submit(&format!("{path}/members/deletion"), &removed)
        .await;
    t.plan(t.now).await;
    let page = operations.read(&format!("{path}?view=removed")).await;
    assert!(page.contains("客户在国外"));
    let number = path.rsplit('/').next().unwrap();
    let file = format!("/campaigns/export?format=csv&purpose=policy_service&campaign={number}");
    let file = operations.get(&file).await;
    assert!(
        file.text.contains("C50-ZHOU") && file.text.contains("C50-LI"),
        "{}",
        file.text
    );
    assert!(!file.text.contains("客户在国外"), "free text is masked");
    let mut stranger = site.sign_in("operations_sd").await;
    assert_eq!(stranger.get(path).await.status, StatusCode::NOT_FOUND);
    let mut caller = site.sign_in("caller_cq").await;
    assert_eq!(caller.get("/campaigns").await.status, StatusCode::FORBIDDEN);
}

/// CBK-11: the API lists and reads; a system makes nothing that a person must stand for.
#[rstest]
#[tokio::test]
async fn a_campaign_by_the_api(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut operations = site.sign_in("operations_cq").await;
    let path = operations.submit("/campaigns", &MADE).await;
    let number = path.rsplit('/').next().unwrap().to_owned();
    let list = [("customers", "C50-ZHOU,满意度调查")];
    let added = operations
        .post_file(&format!("{path}/members"), &list, "", b"")
        .await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    let system = System::of(&t, &site, "50", &["branch_operations"]).await;
    let listed = system.get("/api/v1/campaigns").await.good();
    assert_eq!(listed["items"][0]["number"], json!(number));
    assert_eq!(listed["items"][0]["customers"], 1);
    let address = format!("/api/v1/campaigns/{number}");
    let read = system.get(&address).await;
    assert!(!read.header("etag").is_empty());
    let read = read.good();
    assert_eq!(
        (&read["state"], &read["progress"]["open"]),
        (&json!("draft"), &json!(1))
    );
    let members = system.get(&format!("{address}/members")).await.good();
    assert_eq!(members["items"][0]["purpose"], "满意度调查");
    let more = json!({ "customers": [{ "customer_no": "C50-LI" }], "purpose": "满意度调查" });
    let refused = system.post(&format!("{address}/members"), more).await;
    assert_eq!(refused.problem(422), "refused");
    assert_eq!(refused.json["code"], "person-needed");
    let made =
        json!({ "title": "一", "goal": "二", "starts_on": "2024-03-05", "ends_on": "2024-03-01" });
    let refused = system.post("/api/v1/campaigns", made).await;
    assert_eq!(refused.json["code"], "person-needed");
    let elsewhere = System::of(&t, &site, "37", &["branch_operations"]).await;
    assert_eq!(elsewhere.get(&address).await.problem(404), "not-found");
}
