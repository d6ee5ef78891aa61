//! Who calls and who examines, where a programme says so.

use app::callbacks::{
    AssignTarget, ReviewForm, assign, list_waiting_reviews, record_pdf, review_callback,
    review_page,
};
use app::obligations::{PlanRequest, plan};
use domain::access::{Actor, Permission};
use domain::callbacks::CallbackState;
use domain::ids::CallbackId;
use domain::imports::ImportKind;
use rstest::rstest;
use testkit::{Engine, Portfolio, Table, TestApp, at, day, row};

/// A portfolio with a large customer, and events that set programmes of customers off.
async fn planned(engine: Engine) -> TestApp {
    let mut portfolio = Portfolio::small();
    portfolio.customers.set("C50-LI", "large", "true");
    let t = TestApp::with(engine, &portfolio).await;
    let event = |id: &str, kind: &str, customer: &str| {
        row([
            ("event_id", id),
            ("type", kind),
            ("occurred_at", "2024-03-05T09:00:00+08:00"),
            ("customer_no", customer),
        ])
    };
    let events = Table::new([
        event("L1", "planned_contact", "C50-ZHOU"),
        event("L2", "planned_contact", "C50-LI"),
        event("V1", "sales_visit_ended", "C50-ZHOU"),
    ]);
    t.import_at(t.now, ImportKind::Events, &events).await;
    let request = PlanRequest {
        since: Some(day("2024-03-01")),
        ..PlanRequest::default()
    };
    plan(&t.app, &Actor::shell("tests"), t.now, request, &|_| {})
        .await
        .unwrap();
    t
}

async fn callback_of(t: &TestApp, programme: &str) -> CallbackId {
    let sql = format!("SELECT number FROM callbacks WHERE programme = '{programme}'");
    let numbers = t.database.column(&sql).await;
    let whole = Actor::system().scope(Permission::CallbacksRead).unwrap();
    let number = numbers.first().unwrap();
    let found = store::callbacks::find_callback_by_number(t.app.store(), &whole, number).await;
    found.unwrap().unwrap().id
}

/// ORG-08, CBK-47, KA-SPEC, GN-PLAN: routine and large-customer callbacks wait for the responsible
/// supervisor, who examines record and result and guides.
#[rstest]
#[tokio::test]
async fn routine_and_large_customer_callbacks_are_examined(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = planned(engine).await;
    let p = t.people();
    assert_eq!(t.app.rules().reviewed_programmes(), ["GN-PLAN", "KA-SPEC"]);
    for programme in ["GN-PLAN", "KA-SPEC"] {
        let id = callback_of(&t, programme).await;
        t.assign(&p.leader_cq, id, &p.caller_cq).await;
        let state = t.interview(&p.caller_cq, t.now, id, &[]).await;
        assert_eq!(state, CallbackState::Completed, "{programme}");
        let waiting = list_waiting_reviews(&t.app, &p.leader_cq, "")
            .await
            .unwrap();
        assert_eq!(waiting.rows.len(), 1, "{programme}");
        assert_eq!(waiting.rows[0].id, id);
        let review = ReviewForm {
            record: "in_order".into(),
            result: "agreed".into(),
            guidance: "下次请记录客户的新需求".into(),
        };
        review_callback(&t.app, &p.leader_cq, t.now, id, &review)
            .await
            .unwrap();
        let waiting = list_waiting_reviews(&t.app, &p.leader_cq, "")
            .await
            .unwrap();
        assert!(waiting.rows.is_empty(), "{programme}");
    }
    let mine = review_page(&t.app, &p.caller_cq, t.now, "").await.unwrap();
    assert_eq!(mine.guidance.len(), 2);
}

/// CBK-44: after a callback its record form is there on paper, for who sees the callback; that it was
/// printed is recorded.
#[rstest]
#[tokio::test]
async fn the_record_form_is_printed(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = planned(engine).await;
    let p = t.people();
    let id = callback_of(&t, "GN-PLAN").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    t.interview(&p.caller_cq, t.now, id, &[]).await;
    let say = |_: &str, code: &str| code.to_owned();
    let of = (id, "示例保险公司");
    let printed = record_pdf(&t.app, &p.leader_cq, t.now, of, say).await;
    let (name, bytes) = printed.unwrap();
    assert_eq!(name, format!("{}.pdf", t.look(id).await.number));
    assert!(bytes.starts_with(b"%PDF"));
    assert_eq!(t.audited("callback.form_printed").await, 1);
    let foreign = record_pdf(&t.app, &p.leader_sd, t.now, of, say).await;
    assert!(matches!(foreign, Err(app::Error::NotFound)));
}

/// ORG-09, CBK-61: after a sales visit a callback specialist calls, not a leader or operations.
#[rstest]
#[tokio::test]
async fn specialists_call_after_sales_visits(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = planned(engine).await;
    let p = t.people();
    let id = callback_of(&t, "SL-VISIT").await;
    let target = AssignTarget::Ids(vec![id]);
    for other in [&p.leader_cq, &p.operations_cq] {
        let report = assign(&t.app, &p.leader_cq, t.now, &target, other.user()).await;
        let report = report.unwrap();
        let codes: Vec<_> = report.refused.iter().map(|(_, code)| *code).collect();
        assert_eq!(codes, ["assign-not-a-specialist"], "{}", other.name);
    }
    let report = assign(&t.app, &p.leader_cq, t.now, &target, None).await;
    assert_eq!(report.unwrap().assigned, 1);
    let assignee = t.look(id).await.assignee_id;
    assert!(assignee.is_some() && assignee != p.leader_cq.user());
    let due = "SELECT due_at FROM obligations WHERE programme = 'SL-VISIT'";
    assert_eq!(
        t.database.number(due).await,
        at("2024-03-06 09:00").timestamp_millis()
    );
}
