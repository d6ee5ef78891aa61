//! Guessing passwords: who has to wait, who never does, and what people are told.

use app::access::{Device, SignedIn, list_notices, sign_in};
use app::{App, Result};
use chrono::Duration;
use domain::access::NoticeKind;
use domain::time::Instant;
use rstest::rstest;
use testkit::{Engine, PASSWORD, TestApp, refused};

fn device(address: &str, known: Option<&SignedIn>) -> Device {
    Device {
        user_agent: "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0".into(),
        address: address.into(),
        known: known
            .and_then(|s| s.device.as_ref())
            .map(|t| t.0.clone())
            .into_iter()
            .collect(),
    }
}

/// Guesses wrongly so often, ten seconds apart; the codes of the answers.
async fn guess(
    app: &App,
    from: Instant,
    name: &str,
    device: &Device,
    times: i64,
) -> Vec<&'static str> {
    let mut answers = Vec::new();
    for n in 0..times {
        let now = from + Duration::seconds(10 * n);
        answers.push(refused(
            sign_in(app, now, name, "wrong guess", device).await,
        ));
    }
    answers
}

/// SEC-02: after five failures under a name at an address each further one doubles the wait, for names
/// that do not exist in the same way, and others are not touched.
#[rstest]
#[tokio::test]
async fn guessing_becomes_slow(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let here = device("10.0.0.7", None);
    let begin = t.now + Duration::minutes(1);
    for name in ["caller_cq", "nobody"] {
        let answers = guess(&t.app, begin, name, &here, 5).await;
        assert_eq!(answers, ["sign-in-failed"; 5], "{name}");
    }
    let after = |seconds: i64| begin + Duration::seconds(40 + seconds);
    let message = async |name: &str, seconds: i64| {
        sign_in(&t.app, after(seconds), name, PASSWORD, &here)
            .await
            .unwrap_err()
            .to_string()
    };
    let locked = message("caller_cq", 10).await;
    assert_eq!(locked, "sign-in-locked: 1");
    assert_eq!(message("nobody", 10).await, locked);
    let other = sign_in(&t.app, after(10), "leader_cq", PASSWORD, &here).await;
    assert!(other.is_ok(), "others at the address are not touched");
    let wrong = sign_in(&t.app, after(31), "caller_cq", "wrong guess", &here).await;
    assert_eq!(refused(wrong), "sign-in-failed");
    assert_eq!(message("caller_cq", 31 + 50).await, "sign-in-locked: 1");
    let open = sign_in(&t.app, after(31 + 61), "caller_cq", PASSWORD, &here).await;
    assert!(open.is_ok());
    let again = guess(&t.app, after(31 + 62), "caller_cq", &here, 5).await;
    assert_eq!(again, ["sign-in-failed"; 5], "success wipes the slate");
    assert_eq!(t.audited("access.sign_in_failed").await, 5 + 5 + 1 + 5);
}

/// SEC-02: guesses from elsewhere, from however many addresses, do not keep the person out of the own
/// device; the person is told of them.
#[rstest]
#[tokio::test]
async fn an_attacker_locks_nobody_out(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mut t = TestApp::with_portfolio(engine).await;
    t.change_policy(|p| p.failures_free_of_name = 20);
    let desk = device("10.0.0.7", None);
    let first = sign_in(&t.app, t.now, "caller_cq", PASSWORD, &desk)
        .await
        .unwrap();
    let begin = t.now + Duration::minutes(1);
    for address in 0..6 {
        let thief = device(&format!("203.0.113.{address}"), None);
        guess(&t.app, begin, "caller_cq", &thief, 4).await;
    }
    let now = begin + Duration::seconds(50);
    let stranger = device("198.51.100.1", None);
    let elsewhere = sign_in(&t.app, now, "caller_cq", PASSWORD, &stranger).await;
    assert_eq!(refused(elsewhere), "sign-in-locked", "unknown devices wait");
    let desk = device("10.0.0.9", Some(&first));
    let back = sign_in(&t.app, now, "caller_cq", PASSWORD, &desk)
        .await
        .unwrap();
    assert!(back.device.is_none(), "the device is known already");
    let mine = &t.people().caller_cq;
    let told = list_notices(&t.app, mine).await.unwrap();
    let kinds: Vec<_> = told.iter().map(|n| (n.kind, n.detail.as_str())).collect();
    assert_eq!(
        kinds,
        [
            (NoticeKind::FailedAttempts, "20"),
            (NoticeKind::NewDevice, "Firefox · Windows · 10.0.0.7"),
        ]
    );
    // A stolen token of somebody else opens no budget.
    let other = sign_in(&t.app, now, "leader_cq", PASSWORD, &stranger)
        .await
        .unwrap();
    let borrowed = device("198.51.100.1", Some(&other));
    let elsewhere = sign_in(&t.app, now, "caller_cq", PASSWORD, &borrowed).await;
    assert_eq!(refused(elsewhere), "sign-in-locked");
    // The known device has a budget of its own, which ends as well.
    let later = now + Duration::minutes(1);
    guess(&t.app, later, "caller_cq", &desk, 5).await;
    let waits = sign_in(
        &t.app,
        later + Duration::seconds(41),
        "caller_cq",
        PASSWORD,
        &desk,
    )
    .await;
    assert_eq!(refused(waits), "sign-in-locked");
}

/// SEC-02: a name that does not exist costs the same work as a wrong password: one hash.
#[rstest]
#[tokio::test]
async fn unknown_names_take_as_long(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let here = device("10.0.0.7", None);
    let work = async |name: &str| {
        let before = t.app.passwords().computed();
        let answer = sign_in(&t.app, t.now, name, "wrong guess", &here).await;
        let answer = answer.unwrap_err().to_string();
        (answer, t.app.passwords().computed() - before)
    };
    let known = work("caller_cq").await;
    assert_eq!(known, ("sign-in-failed: ".into(), 1));
    assert_eq!(work("nobody").await, known);
}

/// A device is new once; the first of a person is none to tell of.
#[rstest]
#[tokio::test]
async fn a_new_device_is_told_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let mine = &t.people().caller_cq;
    let count = async || list_notices(&t.app, mine).await.unwrap().len();
    // The sign-in with which the test made the person was the first.
    assert_eq!(count().await, 0);
    let sign = async |device: &Device| -> Result<SignedIn> {
        sign_in(&t.app, t.now, "caller_cq", PASSWORD, device).await
    };
    let home = sign(&device("10.9.9.9", None)).await.unwrap();
    assert_eq!(count().await, 1);
    sign(&device("10.8.8.8", Some(&home))).await.unwrap();
    assert_eq!(count().await, 1, "the token makes it known at any address");
    sign(&device("10.8.8.8", None)).await.unwrap();
    assert_eq!(
        count().await,
        1,
        "the same browser there without its token is no news"
    );
    app::access::read_notices(&t.app, mine, t.now)
        .await
        .unwrap();
    let read = list_notices(&t.app, mine).await.unwrap();
    assert!(read.iter().all(|n| n.read_at.is_some()));
}
