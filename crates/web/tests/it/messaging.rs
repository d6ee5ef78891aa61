//! Messages on pages: what waits and why, writing to a customer, consent, texts that a second person
//! approves, and what gateways say.

use crate::api::system::System;
use crate::browser::Site;
use app::messaging::{Outlets, Receipt, ReceiptRequest, send_due};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use domain::messaging::MessageChannel;
use rstest::rstest;
use serde_json::json;
use std::sync::Arc;
use testkit::{Engine, Sink, TestApp};

/// The address of the first link that begins with a path.
fn link(page: &str, path: &str) -> String {
    let start = page.find(&format!("href=\"{path}")).unwrap() + "href=\"".len();
    page[start..].split('"').next().unwrap().to_owned()
}

async fn begin(engine: Engine) -> (TestApp, Sink) {
    let mut t = TestApp::with_portfolio(engine).await;
    let sink = Sink::default();
    let read = |request: &ReceiptRequest<'_>| {
        if request
            .headers
            .iter()
            .any(|(n, v)| n == "x-sign" && v == "ok")
        {
            let name = String::from_utf8_lossy(request.body).into_owned();
            return Ok(vec![Receipt {
                name,
                delivered: true,
                note: String::new(),
            }]);
        }
        Err("signature".to_owned())
    };
    let outlets: Outlets = sink
        .outlets()
        .with_receipts(MessageChannel::Sms, Arc::new(read))
        .answering(MessageChannel::Sms, "thanks".into());
    t.app = t.app.clone().with_outlets(outlets);
    (t, sink)
}

/// INT-06: written on the page of the customer, seen waiting and going out, proved by a receipt.
#[rstest]
#[tokio::test]
async fn a_message_is_written_and_followed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, sink) = begin(engine).await;
    let site = Site::of(&t);
    let mut leader = site.sign_in("leader_cq").await;
    let customer = "/customers/C50-ZHOU/messages";
    assert!(leader.read("/customers/C50-ZHOU").await.contains(customer));
    let page = leader.read(customer).await;
    assert!(page.contains("服务通知") && page.contains("未征询"));
    let written = [
        ("template", "notice"),
        ("channel", "sms"),
        ("value-content", "您的资料已收到，三日内回复"),
    ];
    assert_eq!(leader.submit(customer, &written).await, customer);
    let list = leader.read("/messages?state=pending").await;
    assert!(list.contains("138****0001") && list.contains("待发送"));
    assert!(!list.contains("13800500001"));
    let path = link(&list, "/messages/MS-");
    let page = leader.read(&path).await;
    assert!(page.contains("您的资料已收到") && page.contains("取消发送"));
    let (app, now) = (t.app.clone(), t.now);
    send_due(&app, &move || now).await.unwrap();
    let name = format!("G-{}", sink.handed()[0].key);
    let mut stranger = site.browser();
    let forged = stranger.request(Method::POST, "/gateways/sms/receipts");
    let answer = stranger.send(forged, Body::from(name.clone())).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let signed = stranger.request(Method::POST, "/gateways/sms/receipts");
    let signed = signed.header("x-sign", "ok");
    let answer = stranger.send(signed, Body::from(name)).await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (StatusCode::OK, "thanks")
    );
    let fax = stranger.request(Method::POST, "/gateways/fax/receipts");
    let answer = stranger.send(fax, Body::empty()).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let page = leader.read(&path).await;
    assert!(page.contains("已送达") && !page.contains("取消发送"));
    let late = leader
        .post(&format!("{path}/cancellation"), &[("reason", "x")])
        .await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut elsewhere = site.sign_in("leader_sd").await;
    assert_eq!(elsewhere.get(&path).await.status, StatusCode::NOT_FOUND);
}

/// Without a way a message waits in sight, with the reason; limits and ways can be read.
#[tokio::test]
async fn what_nobody_sends_is_seen_waiting() {
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let site = Site::of(&t);
    let mut leader = site.sign_in("leader_cq").await;
    let written = [
        ("template", "notice"),
        ("channel", "sms"),
        ("value-content", "您的资料已收到"),
    ];
    leader
        .submit("/customers/C50-ZHOU/messages", &written)
        .await;
    let list = leader.read("/messages").await;
    assert!(list.contains("通道未配置"));
    let limits = leader.read("/messages/limits").await;
    for words in [
        "08:00–21:00",
        "30 日内不超过 4 条",
        "须事先同意",
        "通道未配置",
    ] {
        assert!(limits.contains(words), "{words}");
    }
    let path = link(&list, "/messages/MS-");
    let reason = [("reason", "改为电话通知")];
    let cancelled = leader
        .submit(&format!("{path}/cancellation"), &reason)
        .await;
    assert_eq!(cancelled, path);
    let page = leader.read(&path).await;
    assert!(page.contains("已取消") && page.contains("改为电话通知"));
}

/// Consent is given, withdrawn and given again, each with source and proof.
#[rstest]
#[tokio::test]
async fn consent_is_written_down(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut operations = site.sign_in("operations_cq").await;
    let page = "/customers/C50-ZHOU/messages";
    for (given, proof) in [("no", "来电录音一"), ("yes", "签署同意书二")] {
        let word = [
            ("topic", "marketing"),
            ("given", given),
            ("source", "recorded_call"),
            ("note", proof),
        ];
        operations
            .submit("/customers/C50-ZHOU/consents", &word)
            .await;
    }
    let text = operations.read(page).await;
    assert!(text.contains("来电录音一") && text.contains("签署同意书二"));
    let bare = [("topic", "marketing"), ("given", "yes")];
    let answer = operations
        .post_part("/customers/C50-ZHOU/consents", &bare)
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut inspector = site.sign_in("inspector").await;
    assert!(!inspector.read(page).await.contains("登记客户意愿"));
}

/// A text is drafted by one person and approved by another.
#[tokio::test]
async fn a_text_goes_its_way() {
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let site = Site::of(&t);
    let mut manager = site.sign_in("manager").await;
    let list = manager.read("/messages/templates").await;
    assert!(list.contains("生日祝福") && list.contains("使用中"));
    let form = manager.read("/messages/templates/new").await;
    assert!(form.contains("name=\"code\""));
    let draft = [
        ("code", "birthday"),
        ("channel", "sms"),
        ("label", "生日祝福"),
        ("body", "{salutation}，生日快乐！"),
    ];
    let path = manager.submit("/messages/templates", &draft).await;
    let page = manager.read(&path).await;
    assert!(page.contains("草稿") && page.contains("提交批准"));
    let bad = [("label", "生日祝福"), ("body", "{weather}")];
    let answer = manager.post_part(&path, &bad).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let good = [
        ("label", "生日祝福"),
        ("body", "{salutation}，祝您生日快乐！"),
    ];
    manager.submit(&path, &good).await;
    let reason = [("reason", "更简短")];
    manager.submit(&format!("{path}/proposal"), &reason).await;
    let page = manager.read(&path).await;
    let approval = link(&page, "/approvals/");
    let own = [("step", "approve")];
    let own = manager.post(&format!("{approval}/decision"), &own).await;
    assert!(own.status.is_client_error());
    let mut compliance = site.sign_in("compliance").await;
    let asked = compliance.read(&approval).await;
    assert!(asked.contains("祝您生日快乐！"));
    let step = [("step", "approve"), ("note", "同意")];
    compliance
        .submit(&format!("{approval}/decision"), &step)
        .await;
    assert!(manager.read(&path).await.contains("使用中"));
    let like = path.replace("/templates/", "/templates/new?like=");
    assert!(manager.read(&like).await.contains("祝您生日快乐！"));
    let mut caller = site.sign_in("caller_cq").await;
    let answer = caller.get("/messages/templates/new").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

/// Systems list, read and write messages; a key makes a repeated wish harmless.
#[rstest]
#[tokio::test]
async fn systems_write_messages(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (t, _) = begin(engine).await;
    let site = Site::of(&t);
    let system = System::of(&t, &site, "50", &["branch_operations"]).await;
    let wanted = json!({
        "template": "renewal_due", "once": "due-2024-04-01",
        "values": { "product": "安享终身寿险", "policy_tail": "ZHOU", "due_on": "2024年4月1日" },
    });
    let path = "/api/v1/customers/C50-ZHOU/messages";
    let first = system.post(path, wanted.clone()).await.good();
    let second = system.post(path, wanted).await.good();
    assert_eq!(first["id"], second["id"]);
    let list = system.get("/api/v1/messages?state=pending").await.good();
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["recipient"], "138****0001");
    assert_eq!(items[0]["purpose"], "duty");
    let number = items[0]["number"].as_str().unwrap();
    let detail = system.get(&format!("/api/v1/messages/{number}")).await;
    let body = detail.good()["body"].as_str().unwrap().to_owned();
    assert!(body.starts_with("【测试人寿】尊敬的周女士"), "{body}");
    let poor = json!({ "template": "renewal_due" });
    system.post(path, poor).await.problem(422);
    let elsewhere = System::of(&t, &site, "37", &["branch_operations"]).await;
    let answer = elsewhere.post(path, json!({ "template": "notice" })).await;
    answer.problem(404);
}
