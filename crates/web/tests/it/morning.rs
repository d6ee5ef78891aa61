//! An agent's morning in a real browser, by keyboard alone, and what follows from one doubtful answer:
//! a ticket, feedback by another person, the second callback, completion.

use crate::chrome::{Driver, Window};
use domain::callbacks::CallbackState;
use domain::tickets::EvidenceKind;
use domain::time::Instant;
use fantoccini::key::Key;
use rstest::rstest;
use std::sync::atomic::{AtomicI64, Ordering};
use testkit::{Engine, TestApp};
use web::{Settings, Web};

/// Minutes by which the clock of this test is ahead of the morning.
static MINUTES: AtomicI64 = AtomicI64::new(0);

fn clock() -> Instant {
    testkit::morning() + chrono::Duration::minutes(MINUTES.load(Ordering::Relaxed))
}

/// Serves over a real connection; gives the address.
async fn serve(t: &TestApp) -> String {
    let settings = Settings {
        company: "惠民人寿".into(),
        clock,
        secure_cookies: false,
        demo_accounts: Vec::new(),
    };
    let router = web::router(Web::new(t.app.clone(), settings));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// Answers every item; the one at a place is doubtful.
async fn interview(window: &Window, doubtful_at: Option<usize>) {
    for at in 0..40 {
        if window.has("#script [data-open=finish]").await {
            return;
        }
        let before = window.text("#script").await;
        if doubtful_at == Some(at) {
            window.write("2").await;
            window.write("w").await;
            window.write("name looks like someone else wrote it").await;
            window.control_enter().await;
        } else {
            let rating = window.has(".answers.five").await;
            window.write(if rating { "5" } else { "1" }).await;
            window.press(Key::Enter).await;
        }
        for _ in 0..100 {
            if window.text("#script").await != before {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
    panic!("the script does not end:\n{}", window.text("#script").await);
}

/// Adds a recording's link and completes the callback.
async fn finish(window: &Window) {
    window.write("r").await;
    window.see("#recording[open]").await;
    window.write("https://recordings.example/1.wav").await;
    window.press(Key::Enter).await;
    window.see("aside .tag.green").await;
    window.press(Key::Enter).await;
    window.see("#finish[open]").await;
    window.press(Key::Enter).await;
    window
        .arrive("the callback", |path| !path.ends_with("/call"))
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agents_morning_by_keyboard(#[values(Engine::Sqlite)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let people = t.people();
    let site = serve(&t).await;
    let mut ids = Vec::new();
    for policy in ["P50-LI", "P50-ZHOU"] {
        let id = t.callback(policy, "NB-CQ").await;
        t.assign(&people.leader_cq, id, &people.caller_cq).await;
        ids.push(id);
    }
    let driver = Driver::start();
    let window = driver.open(&site, 1440, 900).await;

    // Signs in; the next call is one key away. Nobody answers.
    window.sign_in("caller_cq").await;
    window.press(Key::Enter).await;
    window
        .arrive("the call", |path| path.ends_with("/call"))
        .await;
    window.press(Key::F1).await;
    window.see("#outcome[open]").await;
    window.press(Key::Enter).await;
    window
        .arrive("the callback", |path| !path.ends_with("/call"))
        .await;
    assert_eq!(t.look(ids[0]).await.state, CallbackState::RetryWait);

    // The next one has no time now: an appointment.
    window.write("n").await;
    window
        .arrive("the next call", |path| path.ends_with("/call"))
        .await;
    window.press(Key::F8).await;
    window.see("#appointment[open]").await;
    window.press(Key::Enter).await;
    window
        .arrive("the callback", |path| !path.ends_with("/call"))
        .await;
    let second = t.look(ids[1]).await;
    assert!(second.appointment_at.is_some(), "{second:?}");

    // At the appointed time the customer is there; one answer is doubtful.
    MINUTES.fetch_add(125, Ordering::Relaxed);
    window.go("/").await;
    window.press(Key::Enter).await;
    window
        .arrive("the call again", |path| path.ends_with("/call"))
        .await;
    let called = window.path().await;
    interview(&window, Some(4)).await;
    finish(&window).await;
    let id = ids
        .iter()
        .find(|id| called.contains(&id.to_string()))
        .unwrap();
    assert_eq!(t.look(*id).await.state, CallbackState::ProblemOpen);
    window.read("问题件").await;
    window.close().await;

    // Another person handles the ticket, a third one judges the feedback.
    let ticket = t.tickets(*id).await.remove(0);
    let handler = people.operations_cq.user().unwrap();
    t.issue(&people.leader_cq, clock(), ticket.id, handler)
        .await
        .unwrap();
    let window = driver.open(&site, 1440, 900).await;
    window.sign_in("operations_cq").await;
    window.go(&format!("/tickets/{}", ticket.id)).await;
    window.read(&ticket.number).await;
    window.close().await;
    let steps = [
        (&people.operations_cq, "accept", ""),
        (
            &people.operations_cq,
            "give_feedback",
            "已上门核实，签名为客户本人补签",
        ),
        (&people.leader_cq, "judge_valid", ""),
    ];
    for (who, step, text) in steps {
        if step == "give_feedback" {
            let kind = EvidenceKind::Recording;
            t.evidence(who, clock(), ticket.id, kind).await.unwrap();
        }
        t.step(who, clock(), ticket.id, step, text).await.unwrap();
    }
    assert_eq!(t.look(*id).await.state, CallbackState::RecallDue);

    // The second callback; this time everything is affirmed.
    MINUTES.fetch_add(24 * 60, Ordering::Relaxed);
    let window = driver.open(&site, 1440, 900).await;
    window.sign_in("caller_cq").await;
    window.go(&format!("/callbacks/{id}")).await;
    window.write("c").await;
    window
        .arrive("the second callback", |path| path.ends_with("/call"))
        .await;
    window.read("二次回访").await;
    interview(&window, None).await;
    finish(&window).await;
    assert_eq!(t.look(*id).await.state, CallbackState::Completed);
    window.read("已完成").await;
    window.close().await;
}

/// Every list and page fits a phone; nothing is cut off to the right.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_fit_a_phone() {
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let site = serve(&t).await;
    let driver = Driver::start();
    let window = driver.open(&site, 500, 900).await;
    window.sign_in("leader_cq").await;
    let number = t.obligation("P50-ZHOU", "NB-CQ").await.unwrap().number;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    for path in [
        "/".to_owned(),
        "/callbacks".to_owned(),
        format!("/callbacks/{id}"),
        format!("/obligations/{number}"),
        "/obligations".to_owned(),
        "/customers".to_owned(),
        "/policies/P50-ZHOU".to_owned(),
        "/tickets".to_owned(),
        "/dashboard".to_owned(),
        "/reports".to_owned(),
        "/rules".to_owned(),
    ] {
        window.go(&path).await;
        assert!(!window.overflows().await, "{path} is wider than a phone");
    }
    window.close().await;
}
