//! Signing in and out.

use app::Error;
use app::access::{
    Device, authenticate, delete_view, list_views, save_view, set_preferences, sign_in, sign_out,
};
use chrono::Duration;
use rstest::rstest;
use testkit::{Engine, PASSWORD, TestApp, invalid};

fn device() -> Device {
    Device {
        user_agent: "Firefox".into(),
        address: "10.0.0.7".into(),
        known: Vec::new(),
    }
}

/// SEC-02: a session begins with the right password and ends when it is signed out.
#[rstest]
#[tokio::test]
async fn signing_in_and_out(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let signed_in = sign_in(&t.app, t.now, " leader_cq ", PASSWORD, &device())
        .await
        .unwrap();
    let token = signed_in.token.0;
    let session = authenticate(&t.app, t.now, &token).await.unwrap().unwrap();
    assert_eq!(session.user.username, "leader_cq");
    assert_eq!(session.actor.org.as_str(), "/000/50/");
    assert_ne!(session.csrf_token, token);
    assert!(authenticate(&t.app, t.now, "0123").await.unwrap().is_none());
    sign_out(&t.app, &session.actor, t.now, &token)
        .await
        .unwrap();
    assert!(authenticate(&t.app, t.now, &token).await.unwrap().is_none());
    let stored = t.database.column("SELECT password_hash FROM users").await;
    assert!(stored.iter().all(|h| h.starts_with("$argon2id$")));
}

/// A session ends after four hours without use and after twelve in any case.
#[rstest]
#[tokio::test]
async fn sessions_expire(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let begin = async || {
        sign_in(&t.app, t.now, "caller_cq", PASSWORD, &device())
            .await
            .unwrap()
            .token
            .0
    };
    let alive = async |token: &str, minutes| {
        let now = t.now + Duration::minutes(minutes);
        authenticate(&t.app, now, token).await.unwrap().is_some()
    };
    let idle = begin().await;
    assert!(!alive(&idle, 240).await);
    let used = begin().await;
    for minutes in [200, 400, 600, 719] {
        assert!(alive(&used, minutes).await, "{minutes}");
    }
    assert!(!alive(&used, 720).await);
}

/// Saved views and preferences are each person's own.
#[rstest]
#[tokio::test]
async fn views_and_preferences_are_ones_own(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (mine, other) = (&t.people().caller_cq, &t.people().leader_cq);
    save_view(&t.app, mine, t.now, "callbacks", "今天", "view=due")
        .await
        .unwrap();
    save_view(&t.app, mine, t.now, "callbacks", "今天", "view=overdue")
        .await
        .unwrap();
    let views = list_views(&t.app, mine, "callbacks").await.unwrap();
    assert_eq!(views.len(), 1);
    assert_eq!(views[0].query, "view=overdue");
    assert!(
        list_views(&t.app, mine, "tickets")
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        list_views(&t.app, other, "callbacks")
            .await
            .unwrap()
            .is_empty()
    );
    let stolen = delete_view(&t.app, other, t.now, views[0].id).await;
    assert!(matches!(stolen, Err(Error::NotFound)));
    delete_view(&t.app, mine, t.now, views[0].id).await.unwrap();
    let nameless = save_view(&t.app, mine, t.now, "callbacks", " ", "x").await;
    assert_eq!(invalid(nameless)[0].0, "name");
    set_preferences(&t.app, mine, t.now, Some("en"), None)
        .await
        .unwrap();
    set_preferences(&t.app, mine, t.now, None, Some("dark"))
        .await
        .unwrap();
    let kept = "SELECT locale || ' ' || theme FROM users WHERE locale IS NOT NULL";
    assert_eq!(t.database.column(kept).await, ["en dark"]);
    let unknown = set_preferences(&t.app, mine, t.now, Some("fr"), None).await;
    assert_eq!(invalid(unknown), [("locale".into(), "unknown-code".into())]);
}
