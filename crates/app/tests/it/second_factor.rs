//! The second factor: codes, recovery codes, half sessions, and who needs one.

use app::access::{
    Device, Step, authenticate, begin_sign_in, finish_sign_in, list_notices, remove_second_factor,
    renew_recovery_codes, reset_second_factor, second_factor_state, sign_in,
};
use app::{App, Error};
use chrono::Duration;
use domain::access::{NoticeKind, Owed, Permission, Role};
use domain::time::Instant;
use rstest::rstest;
use testkit::{Engine, PASSWORD, TestApp, code_of, enrol, invalid, refused};

fn here() -> Device {
    Device {
        user_agent: "Firefox".into(),
        address: "10.0.0.7".into(),
        known: Vec::new(),
    }
}

/// The token of a half session.
async fn half(app: &App, now: Instant, username: &str) -> String {
    match begin_sign_in(app, now, username, PASSWORD, &here()).await {
        Ok(Step::SecondFactor(token)) => token.0,
        other => panic!("no second step: {other:?}"),
    }
}

/// SEC-02: a code of the authenticator finishes signing in, once; a half session opens nothing.
#[rstest]
#[tokio::test]
async fn a_code_works_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let mine = &t.people().caller_cq;
    let (secret, _) = enrol(&t.app, t.now, mine).await;
    let finish = async |now, token: &str, code: &str| {
        finish_sign_in(&t.app, now, token, code, &here()).await
    };
    let token = half(&t.app, t.now, "caller_cq").await;
    let opened = authenticate(&t.app, t.now, &token).await.unwrap();
    assert!(opened.is_none(), "a half session is no session");
    let used = finish(t.now, &token, &code_of(&secret, t.now)).await;
    assert_eq!(
        refused(used),
        "code-wrong",
        "the code of the enrolment is used up"
    );
    let now = t.now + Duration::seconds(60);
    let code = code_of(&secret, now);
    let signed_in = finish(now, &token, &code).await.unwrap();
    assert_ne!(signed_in.token.0, token);
    let session = authenticate(&t.app, now, &signed_in.token.0).await.unwrap();
    assert_eq!(session.unwrap().user.username, "caller_cq");
    let spent = finish(now, &token, &code).await;
    assert_eq!(refused(spent), "sign-in-begin-again");
    let token = half(&t.app, now, "caller_cq").await;
    let replayed = finish(now, &token, &code).await;
    assert_eq!(
        refused(replayed),
        "code-wrong",
        "somebody looked over the shoulder"
    );
    // One step late and one step early are taken, more is not.
    let later = now + Duration::seconds(90);
    for (seconds, good) in [(-60, false), (60, false), (30, true)] {
        let token = half(&t.app, later, "caller_cq").await;
        let code = code_of(&secret, later + Duration::seconds(seconds));
        assert_eq!(
            finish(later, &token, &code).await.is_ok(),
            good,
            "{seconds}"
        );
    }
    let sealed = t
        .database
        .column("SELECT COUNT(*) || '' FROM second_factors")
        .await;
    assert_eq!(sealed, ["1"]);
    let plain = sign_in(&t.app, now, "caller_cq", PASSWORD, &here()).await;
    assert_eq!(refused(plain), "second-factor-needed");
}

/// SEC-02: a half session ends after five minutes or five wrong codes, and wrong codes count as failures.
#[rstest]
#[tokio::test]
async fn a_half_session_is_short(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mut t = TestApp::with_portfolio(engine).await;
    t.change_policy(|p| p.failures_free = 8);
    let (secret, _) = enrol(&t.app, t.now, &t.people().caller_cq).await;
    let later = |minutes| t.now + Duration::minutes(minutes);
    let finish = async |now, token: &str, code: &str| {
        refused(finish_sign_in(&t.app, now, token, code, &here()).await)
    };
    let token = half(&t.app, later(10), "caller_cq").await;
    let code = code_of(&secret, later(15));
    assert_eq!(
        finish(later(15), &token, &code).await,
        "sign-in-begin-again"
    );
    let token = half(&t.app, later(20), "caller_cq").await;
    for _ in 0..5 {
        assert_eq!(finish(later(20), &token, "000000").await, "code-wrong");
    }
    let code = code_of(&secret, later(20));
    assert_eq!(
        finish(later(20), &token, &code).await,
        "sign-in-begin-again"
    );
    let token = half(&t.app, later(20), "caller_cq").await;
    for _ in 0..3 {
        assert_eq!(finish(later(20), &token, "000000").await, "code-wrong");
    }
    assert_eq!(finish(later(20), &token, &code).await, "sign-in-locked");
    let never = finish(later(20), "0123", &code).await;
    assert_eq!(never, "sign-in-begin-again");
}

/// SEC-02: recovery codes work once each, whatever the case and the dashes, and are renewed with a code.
#[rstest]
#[tokio::test]
async fn a_recovery_code_works_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mut t = TestApp::with_portfolio(engine).await;
    t.change_policy(|p| p.failures_free = 50);
    let mine = &t.people().caller_cq;
    let (secret, codes) = enrol(&t.app, t.now, mine).await;
    assert_eq!(codes.len(), 10);
    let finish = async |code: &str| {
        let token = half(&t.app, t.now, "caller_cq").await;
        finish_sign_in(&t.app, t.now, &token, code, &here()).await
    };
    finish(&codes[0].to_uppercase().replace('-', " "))
        .await
        .unwrap();
    assert_eq!(refused(finish(&codes[0]).await), "code-wrong");
    let told = list_notices(&t.app, mine).await.unwrap();
    let used = told.iter().find(|n| n.kind == NoticeKind::RecoveryCodeUsed);
    assert_eq!(used.unwrap().detail, "9");
    let state = second_factor_state(&t.app, mine).await.unwrap();
    assert_eq!((state.codes_left, state.demanded), (9, false));
    let wrong = renew_recovery_codes(&t.app, mine, t.now, "000000").await;
    assert_eq!(
        invalid(wrong),
        [("one_time_code".into(), "code-wrong".into())]
    );
    let now = t.now + Duration::seconds(60);
    let new = renew_recovery_codes(&t.app, mine, now, &code_of(&secret, now))
        .await
        .unwrap();
    assert_eq!(
        refused(finish(&codes[1]).await),
        "code-wrong",
        "the old ones are gone"
    );
    finish(&new[0]).await.unwrap();
    let stored = t
        .database
        .column("SELECT COUNT(*) || '' FROM recovery_codes")
        .await;
    assert_eq!(stored, ["10"]);
    let renewed = remove_second_factor(&t.app, mine, now, &new[1]).await;
    renewed.unwrap();
    assert!(
        sign_in(&t.app, now, "caller_cq", PASSWORD, &here())
            .await
            .is_ok()
    );
}

/// SEC-02: whoever needs a second factor, by role or by right, is led to set one up; an administrator
/// resets it for those in sight, and they are told.
#[rstest]
#[tokio::test]
async fn roles_and_rights_demand_it(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mut t = TestApp::with_portfolio(engine).await;
    t.change_policy(|p| {
        p.second_factor_roles = vec![Role::Administrator];
        p.second_factor_rights = vec![Permission::PersonalDataReveal];
    });
    let owes = async |username: &str| {
        let signed_in = sign_in(&t.app, t.now, username, PASSWORD, &here()).await;
        let token = signed_in.unwrap().token.0;
        let session = authenticate(&t.app, t.now, &token).await.unwrap();
        session.unwrap().owes
    };
    for (username, owed) in [
        ("administrator", Some(Owed::SecondFactor)),
        ("caller_cq", Some(Owed::SecondFactor)),
        ("sales_cq", None),
        ("executive", None),
    ] {
        assert_eq!(owes(username).await, owed, "{username}");
    }
    let (mine, admin) = (&t.people().caller_cq, &t.people().administrator);
    let id = mine.user().unwrap();
    let none = reset_second_factor(&t.app, admin, t.now, id).await;
    assert_eq!(refused(none), "second-factor-off");
    let (secret, _) = enrol(&t.app, t.now, mine).await;
    let now = t.now + Duration::seconds(60);
    let token = half(&t.app, now, "caller_cq").await;
    let code = code_of(&secret, now);
    let signed_in = finish_sign_in(&t.app, now, &token, &code, &here())
        .await
        .unwrap();
    let session = async || authenticate(&t.app, now, &signed_in.token.0).await.unwrap();
    assert_eq!(session().await.unwrap().owes, None);
    let denied = reset_second_factor(&t.app, &t.people().manager, now, id).await;
    assert!(matches!(
        denied,
        Err(Error::Denied(Permission::UsersManage))
    ));
    reset_second_factor(&t.app, admin, now, id).await.unwrap();
    assert!(session().await.is_none(), "out at once");
    assert_eq!(owes("caller_cq").await, Some(Owed::SecondFactor));
    let told = list_notices(&t.app, mine).await.unwrap();
    let reset = told
        .iter()
        .find(|n| n.kind == NoticeKind::SecondFactorReset);
    assert_eq!(reset.unwrap().detail, "administrator");
    assert_eq!(t.audited("access.second_factor_reset").await, 1);
}
