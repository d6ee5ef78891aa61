//! Classes of customers on pages and by the API.

use crate::api::system::System;
use crate::browser::Site;
use app::segments::{ClassifyRequest, classify};
use domain::access::Actor;
use rstest::rstest;
use serde_json::json;
use testkit::{Engine, TestApp};

async fn classified(t: &TestApp) {
    let shell = Actor::shell("tests");
    classify(&t.app, &shell, t.now, ClassifyRequest::default(), &|_| {})
        .await
        .unwrap();
}

/// SEG-03: the page says why, line by line, and what would change it; one asks for another class, another
/// person agrees, the history keeps both.
#[rstest]
#[tokio::test]
async fn a_class_is_explained_and_set_by_hand(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    classified(&t).await;
    let site = Site::of(&t);
    let mut leader = site.sign_in("leader_cq").await;
    let path = "/customers/C50-LI/classes";
    let page = leader.read(path).await;
    for text in [
        "客户价值等级",
        "客户风险等级",
        "购买金额：年缴保费",
        "模型评定",
        "何种变化会改变等级",
        "三（一）1",
        "href=\"/customers/C50-LI\"",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("李强"), "the name is masked");
    let fields = [
        ("model", "value"),
        ("class", "high"),
        ("until_on", "2024-06-30"),
        ("reason", "企业主，贡献高于评分"),
    ];
    let to = leader.submit(&format!("{path}/overrides"), &fields).await;
    assert_eq!(to, path);
    let page = leader.read(path).await;
    assert!(page.contains("申请调整为") && page.contains("企业主，贡献高于评分"));
    let request = page.split("/approvals/").nth(1).unwrap();
    let request = request.split('"').next().unwrap();
    let mut second = site.sign_in("compliance").await;
    let asked = second.read(&format!("/approvals/{request}")).await;
    assert!(asked.contains("C50-LI") && asked.contains("高价值"));
    assert!(
        !asked.contains("企业主"),
        "the reason stays with the customer"
    );
    let decision = format!("/approvals/{request}/decision");
    second.submit(&decision, &[("step", "approve")]).await;
    classified(&t).await;
    let page = leader.read(path).await;
    assert!(page.contains("人工调整") && page.contains("提前终止"));
    let board = leader.read("/classes").await;
    for text in ["data-chart", "等级迁移", "未评级"] {
        assert!(board.contains(text), "{text}");
    }
    let list = leader.read("/customers?value_class=high").await;
    assert!(list.contains("C50-LI") && !list.contains("C50-ZHOU"));
    let moved = leader
        .read("/classes/customers?model=value&class=high")
        .await;
    assert!(moved.contains("C50-LI"));
    let file = "/classes/export?format=csv&purpose=policy_service&model=value&class=high";
    let mut manager = site.sign_in("manager").await;
    let file = manager.read(file).await;
    assert!(
        file.contains("C50-LI,") && file.contains(",overridden,"),
        "{file}"
    );
}

/// The same for other systems.
#[rstest]
#[tokio::test]
async fn systems_read_and_ask(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    classified(&t).await;
    let site = Site::of(&t);
    let system = System::of(&t, &site, "50", &["head_office_manager"]).await;
    let path = "/api/v1/customers/C50-LI/classes";
    let body = system.get(path).await.good();
    let value = &body["classes"][0];
    assert_eq!(
        (&value["model"], &value["class"]),
        (&json!("value"), &json!("medium"))
    );
    assert_eq!(value["score"]["points"], 4_800);
    assert_eq!(value["score"]["terms"][0]["contribution"], 1_800);
    assert!(!value["score"]["changes"].as_array().unwrap().is_empty());
    assert_eq!(body["history"][0]["cause"], "computed");
    let list = system
        .get("/api/v1/customers?value_class=medium")
        .await
        .good();
    assert!(list.to_string().contains("C50-LI"));
    // What a system asks for a person decides, at the customer.
    let asked = json!({
        "model": "value", "class": "high", "until_on": "2024-06-30", "reason": "企业主",
    });
    let path = "/api/v1/customers/C50-LI/class-overrides";
    let answer = system.post(path, asked.clone()).await;
    assert_eq!(answer.status.as_u16(), 202, "{}", answer.text);
    assert_eq!(system.post(path, asked).await.problem(422), "refused");
    let mut second = site.sign_in("compliance").await;
    let page = "/customers/C50-LI/classes";
    let waits = second.read(page).await;
    let id = waits.split("name=\"override\" value=\"").nth(1).unwrap();
    let id = id.split('"').next().unwrap().to_owned();
    let fields = [("override", id.as_str()), ("step", "approve")];
    let to = second
        .submit(&format!("{page}/overrides/decision"), &fields)
        .await;
    assert_eq!(to, page);
    classified(&t).await;
    let body = system.get("/api/v1/customers/C50-LI/classes").await.good();
    assert_eq!(body["classes"][0]["class"], "high");
    assert_eq!(body["classes"][0]["override_until"], "2024-06-30");
    let end = json!({ "model": "value", "reason": "资料已更正" });
    let ended = system
        .send(axum::http::Method::DELETE, path, Some(end))
        .await;
    assert_eq!(ended.status.as_u16(), 204, "{}", ended.text);
    classified(&t).await;
    let body = system.get("/api/v1/customers/C50-LI/classes").await.good();
    assert_eq!(body["classes"][0]["class"], "medium");
}
