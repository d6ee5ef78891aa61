//! What a system sees: its own unit, masked, page by page.

use super::system::System;
use crate::browser::Site;
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{Engine, TestApp};

/// Rights enough for every route that reads.
const ALL_ROLES: [&str; 2] = ["administrator", "head_office_manager"];

/// What belongs to no unit: wording is the same for everybody.
const OF_ALL: [&str; 2] = ["/api/v1/plans/days/{day}", "/api/v1/questionnaires/{id}"];
/// Things that the portfolio does not begin with; `walk` makes them and knocks there.
const WALKED: [&str; 8] = [
    "{campaign}",
    "{duplicate}",
    "{letter}",
    "{message}",
    "{signal}",
    "{slip}",
    "{survey}",
    "{visit}",
];

/// Addresses that the document names, for one method.
async fn paths(system: &System, method: &str) -> Vec<String> {
    let document = system.get("/api/v1/openapi.json").await.good();
    let paths = document["paths"].as_object().unwrap().iter();
    let named = paths.filter(|(_, item)| item.get(method).is_some());
    named.map(|(path, _)| path.clone()).collect()
}

/// One thing of Chongqing for the value in a path.
async fn example(t: &TestApp, path: &str) -> String {
    let callback = t.callback("P50-ZHOU", "NB-CQ").await;
    let row = t.look(callback).await;
    let people = t.people();
    if path.contains("{customer_no}") {
        "C50-ZHOU".into()
    } else if path.contains("{policy_no}") {
        "P50-ZHOU".into()
    } else if path.contains("/scheduled-contacts/") {
        t.obligation("P50-ZHOU", "CT-EFF").await.unwrap().number
    } else if path.contains("{number}") {
        row.obligation_number
    } else if path.contains("{callback}") {
        row.number
    } else if path.contains("{list}") {
        crate::walk::problem_list(t, "P50-ZHOU").await
    } else if path.contains("{ticket}") {
        let tickets = t.tickets(callback).await;
        tickets[0].number.clone()
    } else {
        assert!(path.contains("{id}"), "no example for {path}");
        people.caller_cq.user().unwrap().to_string()
    }
}

fn filled(path: &str, value: &str) -> String {
    let (before, rest) = path.split_once('{').unwrap();
    let (_, after) = rest.split_once('}').unwrap();
    format!("{before}{value}{after}")
}

/// Every address that the document names is walked: Shandong reads nothing of Chongqing.
#[rstest]
#[tokio::test]
async fn another_branch_does_not_exist(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let people = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&people.leader_cq, id, &people.caller_cq).await;
    t.not_reached(&people.caller_cq, t.now, id, "wrong_number")
        .await;
    let foreign = System::of(&t, &site, "37", &ALL_ROLES).await;
    let own = System::of(&t, &site, "50", &ALL_ROLES).await;
    let mut read = 0;
    for path in paths(&foreign, "get").await {
        if OF_ALL.contains(&path.as_str()) || WALKED.iter().any(|thing| path.contains(thing)) {
            continue;
        }
        if path.contains('{') {
            let path = filled(&path, &example(&t, &path).await);
            assert_eq!(foreign.get(&path).await.problem(404), "not-found", "{path}");
            if path.ends_with("/attempts/current") {
                continue;
            }
            own.get(&path).await.good();
        } else {
            let body = foreign.get(&path).await.good().to_string();
            for secret in ["P50-", "C50-", "渝中", "caller_cq", "A5001"] {
                assert!(!body.contains(secret), "{path} shows {secret}");
            }
            own.get(&path).await.good();
        }
        read += 1;
    }
    assert!(read >= 15, "only {read} addresses were walked");
    let writes = ["post", "put", "patch", "delete"];
    for method in writes {
        for path in paths(&foreign, method).await {
            if !path.contains('{') || WALKED.iter().any(|thing| path.contains(thing)) {
                continue;
            }
            let path = filled(&path, &example(&t, &path).await);
            let body = body_for(method, &path);
            let verb = method.to_uppercase().parse().unwrap();
            let answer = foreign.send(verb, &path, body).await;
            assert_eq!(answer.problem(404), "not-found", "{method} {path}");
        }
    }
}

/// A body that could be taken.
fn body_for(method: &str, path: &str) -> Option<Value> {
    let last = path.rsplit('/').next().unwrap();
    Some(match last {
        "class-overrides" if method == "delete" => {
            json!({ "model": "value", "reason": "资料已更正" })
        }
        "class-overrides" => json!({
            "model": "value", "class": "high", "until_on": "2024-06-30", "reason": "企业主",
        }),
        "contact" => json!({ "mobile": "13900500009", "reason": "来电" }),
        "information" => json!({ "facts": { "occupation": "教师" }, "reason": "来电" }),
        "reveals" => json!({ "field": "mobile", "purpose": "callback" }),
        "attempts" | "assignment" | "electronic-links" => json!({}),
        "reviews" => json!({ "record": "in_order", "result": "agreed" }),
        "notes" => json!({ "text": "地址门牌应为 8 号" }),
        "messages" => json!({ "template": "notice" }),
        "outcome" => json!({ "result": "no_answer" }),
        "answers" => json!({ "item": "identity", "answer": "affirm" }),
        "recordings" => json!({ "link": "https://recordings.example.com/1.wav" }),
        "steps" => json!({ "step": "accept" }),
        "agreed-time" => json!({ "at": "2024-03-06T10:00:00+08:00" }),
        "record" => json!({ "channel": "phone", "note": "已电话告知" }),
        "enable" | "disable" => return None,
        _ => json!({
            "username": "caller_cq", "display_name": "x", "org_code": "37", "roles": ["executive"],
        }),
    })
}

#[rstest]
#[tokio::test]
async fn personal_data_is_masked_until_a_purpose_is_given(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let system = System::of(&t, &site, "50", &["head_office_manager"]).await;
    for path in ["/api/v1/customers", "/api/v1/customers/C50-ZHOU"] {
        let text = system.get(path).await.good().to_string();
        assert!(
            !text.contains("13800500001") && !text.contains("周敏"),
            "{text}"
        );
        assert!(text.contains("C50-ZHOU"));
    }
    let path = "/api/v1/customers/C50-ZHOU/reveals";
    let answer = system
        .post(path, json!({ "field": "mobile", "purpose": "" }))
        .await;
    assert_eq!(answer.problem(422), "invalid");
    assert_eq!(answer.json["fields"][0]["field"], "purpose");
    assert_eq!(t.audited("customer.revealed").await, 0);
    let purpose = domain::customers::Purpose::ALL[0].as_str();
    let shown = system.post(path, json!({ "field": "mobile", "purpose": purpose }));
    assert_eq!(shown.await.good()["value"], "13800500001");
    assert_eq!(t.audited("customer.revealed").await, 1);
    assert_eq!(t.audited("customer.viewed").await, 1);
    let path = "/api/v1/customers/C50-ZHOU/accesses?limit=1";
    assert_eq!(system.get(path).await.problem(403), "denied");
    let officer = System::of(&t, &site, "000", &["compliance_officer"]).await;
    let page = officer.get(path).await;
    assert!(page.header("link").contains("rel=\"next\""));
    let items = &page.good()["items"];
    assert_eq!(items[0]["action"], "customer.revealed");
    assert_eq!(items[0]["purpose"], purpose);
    assert_eq!(items[0]["actor_kind"], "client");

    let found = system.post(
        "/api/v1/customers/searches",
        json!({ "term": "13800500001" }),
    );
    let found = found.await.good();
    assert_eq!(found["items"][0]["customer_no"], "C50-ZHOU");
    assert!(!found.to_string().contains("13800500001"));
}

#[rstest]
#[tokio::test]
async fn pages_lead_through_everything_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let system = System::of(&t, &site, "000", &ALL_ROLES).await;
    for (path, key) in [
        ("/api/v1/customers?limit=", "customer_no"),
        ("/api/v1/policies?limit=", "policy_no"),
        ("/api/v1/obligations?view=all&limit=", "number"),
        ("/api/v1/obligations?limit=", "number"),
        ("/api/v1/callbacks?limit=", "number"),
        ("/api/v1/users?limit=", "id"),
    ] {
        let name = |item: &Value| item[key].as_str().unwrap().to_owned();
        let all = system.get(&format!("{path}200")).await;
        assert_eq!(all.header("link"), "");
        let all = all.good();
        let all: Vec<_> = all["items"].as_array().unwrap().iter().map(name).collect();
        assert!(all.len() > 2, "{path}");
        let mut walked = Vec::new();
        let mut next = format!("{path}2");
        loop {
            let page = system.get(&next).await;
            let link = page.header("link").to_owned();
            let body = page.good();
            let items = body["items"].as_array().unwrap();
            assert!(items.len() <= 2);
            walked.extend(items.iter().map(name));
            if link.is_empty() {
                assert_eq!(body["next"], Value::Null);
                break;
            }
            let (address, rest) = link.trim_start_matches('<').split_once('>').unwrap();
            assert_eq!(rest, "; rel=\"next\"");
            next = address.to_owned();
        }
        assert_eq!(walked, all, "{path}");
        assert_eq!(BTreeSet::from_iter(&walked).len(), all.len());
        for bad in ["0", "201", "-1", "many"] {
            let answer = system.get(&format!("{path}{bad}")).await;
            assert!(answer.status.is_client_error(), "{path}{bad}");
        }
    }
    let answer = system.get("/api/v1/policies?after=nonsense").await;
    assert_eq!(answer.problem(422), "invalid");
}
