//! How long records are kept, what stops their destruction, how they are destroyed, and what people
//! may ask about their own data.

mod destruction;
mod field_work;
mod holds;
mod own_terms;
mod requests;
mod terms;

use app::access::{UserForm, create_user};
use app::callbacks::{FinishForm, finish_attempt};
use app::retention::{BatchPage, batch_page, propose, take_batch_step};
use domain::access::Actor;
use domain::callbacks::CallbackState as S;
use domain::ids::CallbackId;
use domain::imports::ImportKind;
use domain::time::Instant;
use testkit::{Engine, PASSWORD, Portfolio, Table, TestApp, actor_of, at, row};

/// Somebody with several roles.
async fn person(t: &TestApp, username: &str, roles: &[&str], org: &str) -> Actor {
    let form = UserForm {
        username: username.into(),
        display_name: username.replace('_', " "),
        password: PASSWORD.into(),
        org_code: org.into(),
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        ..Default::default()
    };
    create_user(&t.app, &Actor::shell("tests"), t.now, &form)
        .await
        .unwrap();
    actor_of(&t.app, t.now, username).await
}

/// The portfolio in which the callback of P50-ZHOU was made, with a problem that was solved, and the
/// policy was surrendered on 1 April 2024: every term of it ends with 1 April 2034.
async fn ended(engine: Engine) -> (TestApp, CallbackId) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    let doubts = [("coverage", "unclear")];
    let state = t.interview(&p.caller_cq, t.now, id, &doubts).await;
    assert_eq!(state, S::ProblemOpen);
    let ticket = t.tickets(id).await.remove(0).id;
    t.solve(&p.leader_cq, &p.operations_cq, ticket).await;
    let next = at("2024-03-06 10:00");
    t.start(&p.caller_cq, next, id).await.unwrap();
    t.answer_all(&p.caller_cq, next, id, &[]).await;
    t.record(&p.caller_cq, next, id).await.unwrap();
    let form = FinishForm {
        result: "finished".into(),
        note: "客户表示清楚".into(),
        ..Default::default()
    };
    let state = finish_attempt(&t.app, &p.caller_cq, next, id, &form).await;
    assert_eq!(state.unwrap(), S::Completed);
    // Other callbacks of the policy were given up long before its terms end: open work keeps records.
    t.database
        .execute(
            "UPDATE callbacks SET is_open = FALSE, state = 'cancelled' WHERE is_open AND customer_id = \
             (SELECT id FROM customers WHERE customer_no = 'C50-ZHOU')",
        )
        .await;
    let mut policies = Portfolio::small().policies.only("P50-ZHOU");
    policies.set("P50-ZHOU", "status", "surrendered");
    let events = Table::new([row([
        ("event_id", "E-SURR"),
        ("type", "surrendered"),
        ("occurred_at", "2024-04-01T09:00:00+08:00"),
        ("policy_no", "P50-ZHOU"),
        ("amount", "9000.00"),
        ("note", "客户周敏来电"),
    ])]);
    let later = at("2024-04-02 10:00");
    t.import_at(later, ImportKind::Events, &events).await;
    t.import_at(later, ImportKind::Policies, &policies).await;
    (t, id)
}

/// A batch that was proposed and submitted by compliance.
async fn submitted(t: &TestApp, now: Instant) -> String {
    let compliance = &t.people().compliance;
    let number = propose(&t.app, compliance, now).await.unwrap();
    step(t, compliance, now, &number, "submit").await.unwrap();
    number
}

async fn step(t: &TestApp, by: &Actor, now: Instant, number: &str, step: &str) -> app::Result<()> {
    take_batch_step(&t.app, by, now, number, step, "").await
}

async fn look(t: &TestApp, number: &str) -> BatchPage {
    let executive = &t.people().executive;
    batch_page(&t.app, executive, number).await.unwrap()
}

/// Runs what is due, on a task of its own as the server does.
async fn run(t: &TestApp, now: Instant) {
    let app = t.app.clone();
    tokio::spawn(async move { app::jobs::run_due(&app, &move || now).await })
        .await
        .unwrap()
        .unwrap();
}
