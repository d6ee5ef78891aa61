//! Customer risk over HTTP: the pages of those who assess and confirm, in both languages, and what an ordinary page
//! never says.

use crate::api::system::System;
use crate::browser::Site;
use axum::http::StatusCode;
use rstest::rstest;
use serde_json::json;
use testkit::{Engine, TestApp};

/// The kind of request "objection to measures" on the page of who takes requests in.
const REQUESTS_OF_ALL: usize = 1;

/// RSK-01 to RSK-06 over the pages: a form with its reasons, a second person, the flag, a signal, a measure.
#[rstest]
#[tokio::test]
async fn risk_is_assessed_on_pages(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut writer = site.sign_in("operations_cq").await;
    let page = writer.read("/customers/C50-ZHOU/risk").await;
    assert!(page.contains("未评估") && page.contains("href=\"/customers/C50-ZHOU\""));
    let form = "/customers/C50-ZHOU/risk/credit";
    let page = writer.read(form).await;
    assert!(page.contains("name=\"answer.risk.credit.payment\"") && page.contains("系统已有记录"));
    let answers = [
        ("answer.risk.credit.payment", "arrears"),
        ("answer.risk.credit.rating", "poor"),
        ("answer.risk.credit.court", "true"),
        ("content", "近期欠费"),
    ];
    let sent = writer.post(form, &answers).await;
    assert_eq!(sent.location(), form, "{}", sent.text);
    let page = writer.read(form).await;
    assert!(page.contains("有欠费") && page.contains("哪一项变化会改变等级"));
    let id = page.split("/risk/assessments/").nth(1).unwrap();
    let steps = format!("/risk/assessments/{}/steps", &id[..36]);
    let sent = writer.post(&steps, &[("step", "submit")]).await;
    assert_eq!(sent.location(), "/customers/C50-ZHOU/risk");
    assert!(writer.read(form).await.contains("等待另一人复核"));
    let mut other = site.sign_in("manager").await;
    assert!(
        other
            .read("/risk/reviews?view=waiting")
            .await
            .contains("C50-ZHOU")
    );
    other.post(&steps, &[("step", "confirm")]).await;
    let page = other.read("/customers/C50-ZHOU/risk").await;
    assert!(page.contains("总体等级：高风险") && page.contains("2024-06-05"));
    let flag = [("credit_flag", "watch"), ("reason", "欠费")];
    writer.post("/customers/C50-ZHOU/credit-flag", &flag).await;
    let news = [
        ("kind", "adverse_news"),
        ("risk_level", "high"),
        ("situation", "企业停产"),
    ];
    writer.post("/customers/C50-ZHOU/risk-signals", &news).await;
    let page = writer.read("/risk").await;
    assert!(page.contains("负面信息") && page.contains("企业停产"));
    let empty = writer.post("/customers/C50-ZHOU/risk-signals", &[]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    for path in ["/risk/market", "/risk/errors", "/risk/contract-quality"] {
        let page = writer.read(path).await;
        assert!(page.contains("风险"), "{path}");
    }
    let system = System::of(&t, &site, "50", &["branch_operations"]).await;
    let risk = system.get("/api/v1/customers/C50-ZHOU/risk").await.good();
    assert_eq!(risk["credit_flag"], "watch");
    assert_eq!(
        (&risk["level"], &risk["open_signals"]),
        (&json!("high"), &json!(1))
    );
    let signals = system.get("/api/v1/risk-signals").await.good();
    let id = signals["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/risk-signals/{id}/response");
    let body = json!({ "response": "explained", "handling": "已核实" });
    assert_eq!(system.post(&path, body).await.problem(422), "refused");
}

/// 反洗钱法 35: pages of others never speak of money laundering.
#[rstest]
#[tokio::test]
async fn pages_of_others_never_speak_of_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut officer = site.sign_in("compliance").await;
    let hint = [
        ("kind", "aml_hint"),
        ("risk_level", "high"),
        ("situation", "身份与交易不符"),
    ];
    let sent = officer
        .post("/customers/C50-ZHOU/risk-signals", &hint)
        .await;
    assert_eq!(sent.location(), "/customers/C50-ZHOU/risk");
    let page = officer.read("/customers/C50-ZHOU/risk").await;
    assert!(page.contains("洗钱线索") && page.contains("洗钱风险等级"));
    assert!(officer.read("/risk/aml").await.contains("待核实付款"));
    for name in [
        "manager",
        "operations_cq",
        "leader_cq",
        "executive",
        "inspector",
    ] {
        let mut other = site.sign_in(name).await;
        for path in [
            "/risk",
            "/risk?view=all",
            "/risk/reviews",
            "/customers/C50-ZHOU/risk",
            "/customers/C50-ZHOU",
        ] {
            let page = other.read(path).await;
            for word in ["洗钱", "身份与交易不符", "aml"] {
                // Objecting to measures is a request that any customer may make: who takes requests in can choose it.
                if (name, path, word) == ("manager", "/customers/C50-ZHOU", "洗钱") {
                    assert_eq!(page.matches(word).count(), REQUESTS_OF_ALL, "{path}");
                    continue;
                }
                assert!(!page.contains(word), "{name} reads {word} at {path}");
            }
        }
        assert_eq!(other.get("/risk/aml").await.status, StatusCode::FORBIDDEN);
        let form = other.get("/customers/C50-ZHOU/risk/aml").await;
        assert_eq!(form.status, StatusCode::FORBIDDEN);
    }
}

/// SEG-10: who is monitored by class stands on the worklist, on the page of the customer and on the list of who is in
/// charge.
#[rstest]
#[tokio::test]
async fn monitoring_by_class_is_shown(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let rated = "UPDATE customers SET risk_class = 'high' WHERE customer_no = 'C50-ZHOU'";
    t.database.execute(rated).await;
    let charge = app::service::AssignForm {
        customer_no: "C50-ZHOU".into(),
        user: "caller_cq".into(),
        ..Default::default()
    };
    app::service::assign(&t.app, &t.people().leader_cq, t.now, &charge)
        .await
        .unwrap();
    let site = Site::of(&t);
    let mut manager = site.sign_in("manager").await;
    let list = manager.read("/risk/reviews?view=class").await;
    assert!(list.contains("按等级应评估") && list.contains("C50-ZHOU") && list.contains("0 / 4"));
    let none = manager.read("/risk/reviews?view=class&level=medium").await;
    assert!(!none.contains("C50-ZHOU"));
    let page = manager.read("/customers/C50-ZHOU/risk").await;
    assert!(page.contains("等级监测") && page.contains("尚未评估：信用风险、市场风险"));
    assert!(page.contains("负责人：caller cq"));
    let mut caller = site.sign_in("caller_cq").await;
    let mine = caller.read("/my-customers?view=risk").await;
    assert!(mine.contains("风险关注") && mine.contains("C50-ZHOU") && mine.contains("高风险"));
}
