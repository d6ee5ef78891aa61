//! Events that other systems send.

use app::Error;
use app::imports::{EventFate, EventResult, put_events};
use domain::access::Actor;
use domain::imports::ImportKind;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Engine, TestApp};

fn lapsed(id: &str, policy: &str) -> Value {
    json!({
        "event_id": id, "type": "lapsed", "occurred_at": "2024-03-04T10:00:00+08:00", "policy_no": policy,
    })
}

/// The administrator of a branch; no role of a branch may import otherwise.
async fn branch(t: &TestApp) -> Actor {
    let mut actor = t.people().leader_cq.clone();
    actor.roles.push(domain::access::Role::Administrator);
    actor.rights = t.app.rights().held_by(&actor.roles);
    actor
}

async fn put(t: &TestApp, actor: &Actor, events: &[Value]) -> Vec<EventResult> {
    let (app, actor, now, events) = (t.app.clone(), actor.clone(), t.now, events.to_vec());
    tokio::spawn(async move { put_events(&app, &actor, now, &events).await })
        .await
        .unwrap()
        .unwrap()
}

fn codes(result: &EventResult) -> String {
    match &result.fate {
        EventFate::Created => "created".into(),
        EventFate::Updated => "updated".into(),
        EventFate::Unchanged => "unchanged".into(),
        EventFate::Rejected(problems) => {
            let codes: Vec<_> = problems
                .iter()
                .map(|p| format!("{}:{}", p.field, p.code))
                .collect();
            codes.join(" ")
        }
    }
}

#[rstest]
#[tokio::test]
async fn each_event_gets_its_answer(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let shell = Actor::shell("tests");
    let mut later = lapsed("A1", "P50-ZHOU");
    later["amount"] = json!(12.5);
    let sent = [
        lapsed("A1", "P50-ZHOU"),
        lapsed("A2", "P99-NONE"),
        json!({ "event_id": "A3", "type": "moon_landing", "policy_no": "P50-ZHOU" }),
        json!({ "event_id": "A4", "type": "lapsed", "occurred_at": "yesterday", "policy_no": "P50-ZHOU" }),
        json!({ "event_id": "A5", "type": "lapsed", "colour": "red" }),
        json!("lapsed"),
        later,
        json!({
            "event_id": "A6", "type": "callback_completed", "occurred_at": "2024-03-04", "policy_no": "P50-ZHOU",
        }),
        lapsed("A7", "P37-SUN"),
    ];
    let answers: Vec<_> = put(&t, &shell, &sent).await.iter().map(codes).collect();
    let expected = [
        "created",
        "policy_no:unknown_policy",
        "type:unknown_code occurred_at:missing",
        "occurred_at:instant",
        "colour:unknown_field",
        ":json",
        "updated",
        "type:own_event",
        "created",
    ];
    assert_eq!(answers, expected);
    let again = put(&t, &shell, &sent[8..]).await;
    assert_eq!(again[0].fate, EventFate::Unchanged);
    assert_eq!(again[0].event_id.as_deref(), Some("A7"));
    let known = "SELECT COUNT(*) FROM events WHERE source = 'api'";
    assert_eq!(t.database.number(known).await, 2);
    assert!(
        t.plan(t.now).await.sums.looked_at > 0,
        "what came in is planned"
    );
}

#[rstest]
#[tokio::test]
async fn a_branch_sends_events_of_its_own_policies(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let shell = Actor::shell("tests");
    put(&t, &shell, &[lapsed("B1", "P37-SUN")]).await;
    let of_customer = json!({
        "event_id": "B4", "type": "enquiry_closed", "occurred_at": "2024-03-04", "customer_no": "C37-SUN",
    });
    let of_agent = json!({
        "event_id": "B5", "type": "sales_visit_ended", "occurred_at": "2024-03-04", "agent_code": "A3701",
    });
    let sent = [
        lapsed("B2", "P50-ZHOU"),
        lapsed("B3", "P37-SUN"),
        lapsed("B1", "P50-ZHOU"),
        of_customer,
        of_agent,
    ];
    let answers: Vec<_> = put(&t, &branch(&t).await, &sent)
        .await
        .iter()
        .map(codes)
        .collect();
    let expected = [
        "created",
        "policy_no:unknown_policy",
        "event_id:event_id_taken",
        "customer_no:unknown_customer",
        "agent_code:unknown_agent",
    ];
    assert_eq!(answers, expected);
}

#[rstest]
#[tokio::test]
async fn a_request_has_its_limits(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let shell = Actor::shell("tests");
    for sent in [Vec::new(), vec![lapsed("L", "P50-ZHOU"); 501]] {
        let refused = put_events(&t.app, &shell, t.now, &sent).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{}", sent.len());
    }
    let denied = put_events(
        &t.app,
        &t.people().caller_cq,
        t.now,
        &[lapsed("L", "P50-ZHOU")],
    )
    .await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let many: Vec<_> = (0..500)
        .map(|n| lapsed(&format!("N{n}"), "P50-ZHOU"))
        .collect();
    let answers = put(&t, &shell, &many).await;
    assert!(answers.iter().all(|a| a.fate == EventFate::Created));
    let events = testkit::Portfolio::small().events;
    let report = t.import(ImportKind::Events, &events).await;
    assert_eq!(report.tally.unchanged, events.len());
}
