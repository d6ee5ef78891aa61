//! Facts about customers in the browser and for systems: seen on any day, changed, approved, handed over.

use crate::api::system::System;
use crate::browser::Site;
use axum::http::{Method, StatusCode};
use rstest::rstest;
use serde_json::json;
use testkit::{Engine, TestApp};

const PAGE: &str = "/customers/C50-ZHOU/information";

#[rstest]
#[tokio::test]
async fn a_fact_is_changed_and_a_name_waits(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut leader = site.sign_in("leader_cq").await;
    let page = leader.read(PAGE).await;
    assert!(
        page.contains("必填信息不全") && page.contains("138****0001"),
        "{page}"
    );
    let form = leader
        .read(&format!("{PAGE}/form?origin=visit&about=VS-2024-0000001"))
        .await;
    assert!(form.contains("VS-2024-0000001") && !form.contains("13800500001"));
    let sent = [
        ("version", "1"),
        ("occupation", "教师"),
        ("name", "周大敏"),
        ("mobile", ""),
        ("reason", "上门得知"),
        ("origin", "visit"),
        ("about", "VS-2024-0000001"),
    ];
    assert_eq!(
        leader.submit(PAGE, &sent).await,
        format!("{PAGE}?done=both")
    );
    let page = leader.read(PAGE).await;
    assert!(page.contains("教师") && page.contains("138****0001") && !page.contains("周大敏"));
    let earlier = leader.read(&format!("{PAGE}?on=2024-03-04")).await;
    assert!(earlier.contains("这一天系统中还没有这位客户"));
    let wrong = [("version", "2"), ("mobile", "1"), ("reason", "")];
    let refused = leader.post_part(PAGE, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("不是有效的手机号") && refused.text.contains("请填写"));

    let mut operations = site.sign_in("operations_cq").await;
    let list = operations.read("/information-changes").await;
    let (_, rest) = list.split_once("/information-changes/").unwrap();
    let path = format!("/information-changes/{}", &rest[..36]);
    assert!(leader.read(&path).await.contains("撤回"));
    assert!(operations.read(&path).await.contains("同意"));
    assert_eq!(operations.submit(&path, &[("step", "approve")]).await, path);
    assert!(operations.read(&path).await.contains("已同意"));
    let mut manager = site.sign_in("manager").await;
    let core = manager.read("/core-changes").await;
    assert!(
        core.contains("姓名") && core.contains("职业") && !core.contains("周大敏"),
        "{core}"
    );
    let lag = manager
        .read("/entry-lag?from=2024-03-01&to=2024-03-05")
        .await;
    assert!(lag.contains("100.0%"), "{lag}");
}

#[rstest]
#[tokio::test]
async fn systems_change_facts_and_take_changes(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let path = "/api/v1/customers/C50-ZHOU/information";
    let mut system = System::of(&t, &site, "50", &["head_office_manager"]).await;
    let seen = system.get(path).await;
    assert_eq!(seen.header("etag"), "\"1\"");
    let mobile = seen.good()["facts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["field"] == "mobile")
        .cloned();
    assert_eq!(mobile.unwrap()["value"], "138****0001");
    let body = |facts| json!({ "facts": facts, "reason": "官网自助", "identified": true });
    let change = json!({ "mobile": "13900500077", "email": "zhou@example.com" });
    let bare = system
        .send(Method::PATCH, path, Some(body(change.clone())))
        .await;
    assert_eq!(bare.problem(428), "version-missing");
    system.set("if-match", "\"9\"");
    let outdated = system
        .send(Method::PATCH, path, Some(body(change.clone())))
        .await;
    assert_eq!(outdated.problem(412), "outdated");
    system.set("if-match", "\"1\"");
    let wrong = body(json!({ "mobile": "1", "name": null, "colour": "red" }));
    let wrong = system.send(Method::PATCH, path, Some(wrong)).await;
    assert_eq!(wrong.problem(422), "invalid");
    let fields = wrong.json["fields"].as_array().unwrap().len();
    assert_eq!(fields, 3, "{}", wrong.text);
    let good = system
        .send(Method::PATCH, path, Some(body(change)))
        .await
        .good();
    assert_eq!(good["changed"], json!(["email", "mobile"]));

    let page = system.get("/api/v1/customer-changes").await.good();
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[1]["value"], "13900500077", "in the clear");
    let answers = json!({ "answers": [
        { "id": items[0]["id"] },
        { "id": items[1]["id"], "refused": "号段未开通" },
    ] });
    let said = system
        .post("/api/v1/customer-changes/answers", answers.clone())
        .await;
    assert_eq!(said.good()["taken"], 2);
    let again = system
        .post("/api/v1/customer-changes/answers", answers)
        .await;
    assert_eq!(again.good()["taken"], 0);
    let none = system.get("/api/v1/customer-changes").await.good();
    assert_eq!(none["items"], json!([]));

    let new = json!({ "kind": "individual", "information": body(json!({ "name": "吴晓", "mobile": "13900500088" })) });
    let made = system.post("/api/v1/customers", new.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.json["customer_no"], "KH-2024-0000001");
    let twice = system.post("/api/v1/customers", new).await;
    assert_eq!(twice.problem(422), "refused");
    assert!(twice.text.contains("KH-2024-0000001"), "{}", twice.text);
}
