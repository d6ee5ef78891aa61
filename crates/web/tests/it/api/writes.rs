//! Writing: once however often it is sent, never over a newer version, and events that become
//! obligations.

use super::system::System;
use crate::browser::Site;
use axum::http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Engine, TestApp};

fn user(name: &str) -> Value {
    json!({
        "username": name, "display_name": "新来的", "password": "Correct-horse-8", "org_code": "50",
        "roles": ["callback_agent"],
    })
}

#[rstest]
#[tokio::test]
async fn a_request_with_a_key_is_done_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut system = System::of(&t, &site, "000", &["administrator"]).await;
    system.set("idempotency-key", "one");
    let first = system.post("/api/v1/users", user("new_caller")).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    assert!(!first.text.contains("Correct-horse"));
    let again = system.post("/api/v1/users", user("new_caller")).await;
    assert_eq!(again.status, StatusCode::CREATED);
    assert_eq!(again.json, first.json);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.header("etag"), first.header("etag"));
    assert_eq!(t.audited("access.user_created").await, 17);

    let other = system.post("/api/v1/users", user("another")).await;
    assert_eq!(other.problem(422), "key-of-another");

    // A request that failed did nothing; its key is free again.
    system.set("idempotency-key", "two");
    let failed = system.post("/api/v1/users", user("new_caller")).await;
    assert_eq!(failed.problem(422), "invalid");
    assert_eq!(
        failed.json["fields"],
        json!([{ "field": "username", "code": "taken", "message": "已被使用" }])
    );
    let good = system.post("/api/v1/users", user("second_caller")).await;
    assert_eq!(good.status, StatusCode::CREATED, "{}", good.text);

    let mut neighbour = System::of(&t, &site, "50", &["administrator"]).await;
    neighbour.set("idempotency-key", "one");
    let own = neighbour.post("/api/v1/users", user("third_caller")).await;
    assert_eq!(
        own.status,
        StatusCode::CREATED,
        "keys belong to their client"
    );
    neighbour.set("idempotency-key", "x".repeat(101));
    let long = neighbour.post("/api/v1/users", user("fourth")).await;
    assert_eq!(long.problem(400), "key-unusable");
}

#[rstest]
#[tokio::test]
async fn an_outdated_write_is_refused(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let roles = ["administrator", "head_office_manager"];
    let mut system = System::of(&t, &site, "000", &roles).await;

    let id = t.people().caller_cq.user().unwrap();
    let path = format!("/api/v1/users/{id}");
    let change = json!({
        "username": "caller_cq", "display_name": "改名", "org_code": "50", "roles": ["callback_agent"],
    });
    let put = async |system: &System| {
        let change = Some(change.clone());
        system.send(Method::PUT, &path, change).await
    };
    assert_eq!(put(&system).await.problem(428), "version-missing");
    let tag = system.get(&path).await.header("etag").to_owned();
    system.set("if-match", tag.clone());
    let changed = put(&system).await;
    assert_ne!(changed.header("etag"), tag);
    assert_eq!(changed.good()["display_name"], "改名");
    assert_eq!(put(&system).await.problem(412), "outdated");

    let path = "/api/v1/customers/C50-ZHOU/contact";
    let change = || Some(json!({ "mobile": "13900500009", "reason": "客户来电" }));
    let tag = system.get("/api/v1/customers/C50-ZHOU").await;
    system.set("if-match", tag.header("etag"));
    let changed = system.send(Method::PATCH, path, change()).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.text);
    let again = system.send(Method::PATCH, path, change()).await;
    assert_eq!(again.problem(412), "outdated");

    let callback = t.callback("P50-ZHOU", "NB-CQ").await;
    let path = format!("/api/v1/callbacks/{}", t.look(callback).await.number);
    let caller = t.people().caller_cq.user().unwrap();
    let give = json!({ "assignee": caller.0 });
    let tag = system.get(&path).await.header("etag").to_owned();
    system.set("if-match", tag);
    let address = format!("{path}/assignment");
    let assigned = system.post(&address, give.clone()).await.good();
    assert_eq!(assigned["assignee"], json!(caller.0));
    assert_eq!(system.post(&address, give).await.problem(412), "outdated");
    system.set("if-match", "*");
    let barred = t.people().selling_caller_cq.user().unwrap();
    let answer = system.post(&address, json!({ "assignee": barred.0 })).await;
    assert_eq!(answer.problem(422), "refused");
    assert_eq!(answer.json["code"], "salesperson-barred");
    let back = system.send(Method::DELETE, &address, None).await;
    assert_eq!(back.status, StatusCode::NO_CONTENT, "{}", back.text);
}

#[rstest]
#[tokio::test]
async fn an_event_becomes_an_obligation_that_explains_itself(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let roles = ["administrator", "head_office_manager"];
    let mut system = System::of(&t, &site, "50", &roles).await;
    let event = |id: &str, policy: &str| {
        json!({
            "event_id": id, "type": "claim_settled", "occurred_at": "2024-03-04T15:00:00+08:00",
            "policy_no": policy, "claim_no": "CL-9", "amount": "900.00", "outcome": "paid",
            "reporter_role": "insured",
        })
    };
    let batch = json!({ "events": [event("N1", "P50-CORP"), event("N2", "P37-SUN"), { "event_id": "N3" }] });
    let taken = system.post("/api/v1/events", batch.clone()).await.good();
    let fates: Vec<_> = taken["results"].as_array().unwrap().iter().collect();
    assert_eq!(fates[0]["fate"], "created", "{taken}");
    assert_eq!(fates[1]["fate"], "rejected", "another branch's policy");
    assert_eq!(fates[1]["problems"][0]["field"], "policy_no");
    assert_eq!(fates[2]["fate"], "rejected");
    let again = system.post("/api/v1/events", batch).await.good();
    assert_eq!(again["results"][0]["fate"], "unchanged");

    let list = "/api/v1/obligations?view=all&programme=PC-CL1";
    let count = |list: &Value| list["items"].as_array().unwrap().len();
    let before = count(&system.get(list).await.good());
    t.plan(t.now).await;
    let found = system.get(list).await.good();
    assert_eq!(count(&found), before + 1);
    let items = found["items"].as_array().unwrap();
    let new = items.iter().find(|o| o["claim_no"] == "CL-9").unwrap();
    let number = new["number"].as_str().unwrap();
    let path = format!("/api/v1/obligations/{number}/explanation");
    let why = system.get(&path);
    let why = why.await.good();
    assert_eq!(why["obligation"]["number"], number);
    assert!(!why["conditions"].as_array().unwrap().is_empty());
    let due = why["dates"].as_array().unwrap();
    let due = due.iter().find(|d| d["name"] == "due").unwrap();
    assert_eq!(due["date"], new["due_on"]);
    assert!(!due["days"].as_array().unwrap().is_empty());
    let callback = new["callback"].as_str().unwrap();
    let shown = system.get(&format!("/api/v1/callbacks/{callback}")).await;
    assert_eq!(shown.good()["obligation"], number);

    system.set("accept-language", "en");
    let none = system.post("/api/v1/events", json!({ "events": [] })).await;
    assert_eq!(none.problem(422), "invalid");
    assert_eq!(none.json["title"], "Some fields need a change");
}
