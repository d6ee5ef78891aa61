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

/// CUS-07: customers by flag, with date and who says so: the list, the overview, other systems.
#[rstest]
#[tokio::test]
async fn customers_are_listed_by_flag(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut leader = site.sign_in("leader_cq").await;
    let list = leader.read("/customers?flag=new").await;
    assert!(
        list.contains("C50-ZHOU") && !list.contains("C50-CORP"),
        "{list}"
    );
    for words in [
        "2024-02-26 起",
        "至 2024-05-26 止",
        "按规则认定",
        "保险客户管理办法",
    ] {
        assert!(list.contains(words), "{words}: {list}");
    }
    let flag = [
        ("step", "set"),
        ("flag", "cooperating"),
        ("on", "2024-03-01"),
        ("reason", "签有协议"),
        ("version", "1"),
    ];
    leader.submit("/customers/C50-ZHOU/marks", &flag).await;
    let list = leader.read("/customers?flag=cooperating").await;
    assert!(
        list.contains("C50-ZHOU") && !list.contains("C50-LI"),
        "{list}"
    );
    let overview = leader.read("/customers/C50-ZHOU").await;
    for words in [
        "合作客户",
        "2024-03-01 起",
        "新客户",
        "按规则认定：保险客户管理办法",
    ] {
        assert!(overview.contains(words), "{words}: {overview}");
    }
    let mut elsewhere = site.sign_in("leader_sd").await;
    let list = elsewhere.read("/customers?flag=cooperating").await;
    assert!(!list.contains("C50-ZHOU"), "of another branch");

    let system = System::of(&t, &site, "50", &["head_office_manager"]).await;
    let page = system
        .get("/api/v1/customers?flag=cooperating")
        .await
        .good();
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["customer_no"], "C50-ZHOU");
    let [helps, new] = items[0]["flags"].as_array().unwrap().as_slice() else {
        panic!("{page}");
    };
    assert_eq!(helps["flag"], "cooperating");
    assert_eq!(helps["since_on"], "2024-03-01");
    assert!(helps["set_by"].is_string() && helps["rule"].is_null());
    assert_eq!(new["flag"], "new");
    assert_eq!(new["until_on"], "2024-05-26");
    assert!(new["set_by"].is_null() && new["rule"].is_string());
    let known = system.get("/api/v1/customers/C50-ZHOU/information").await;
    assert_eq!(known.good()["marks"], items[0]["flags"]);
    let wrong = system.get("/api/v1/customers?flag=nonsense").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// CUS-13: the list of files to complete leads to the form, and loses who was completed.
#[rstest]
#[tokio::test]
async fn files_are_completed_from_a_list(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let examine = async || {
        let examined = app::data_quality::examine_due(&t.app, t.now, &|_| {}).await;
        examined.unwrap();
    };
    examine().await;
    let mut leader = site.sign_in("leader_cq").await;
    let path = "/information-quality/completions";
    let form = "/customers/C50-LI/information/form";
    let list = leader.read(path).await;
    for words in [
        "待完善客户档案",
        "2024-02-24",
        "P50-CAR",
        "2024-03-25",
        "未采集",
        form,
    ] {
        assert!(list.contains(words), "{words}: {list}");
    }
    let home = leader.read("/customers").await;
    assert!(home.contains(path), "in the menu");
    let overdue = leader.read(&format!("{path}?due=overdue")).await;
    assert!(!overdue.contains("C50-LI"), "not due yet");
    let system = System::of(&t, &site, "50", &["head_office_manager"]).await;
    let api = "/api/v1/information-completions";
    let page = system.get(api).await.good();
    assert_eq!(page["items"][0]["customer_no"], "C50-LI");
    assert_eq!(page["items"][0]["event"], "claim_paid");
    let missing = json!(["needs", "risk_appetite", "risk_tolerance"]);
    assert_eq!(page["items"][0]["missing"], missing);
    assert!(leader.read(form).await.contains("risk_appetite"));
    let sent = [
        ("version", "1"),
        ("needs", "车险续保"),
        ("risk_appetite", "low"),
        ("risk_tolerance", "medium"),
        ("reason", "理赔后电话核实"),
    ];
    leader.submit("/customers/C50-LI/information", &sent).await;
    examine().await;
    let list = leader.read(path).await;
    assert!(
        !list.contains("C50-LI") && list.contains("没有待完善的客户档案"),
        "{list}"
    );
    assert_eq!(system.get(api).await.good()["items"], json!([]));
}
