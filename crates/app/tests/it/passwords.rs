//! Passwords: what the company accepts, changing them, and the sessions that end with them.

use app::access::{
    Device, PasswordForm, SignedIn, UserForm, authenticate, change_own_password, create_user,
    end_other_sessions, end_own_session, end_user_sessions, list_notices, list_own_sessions,
    list_own_sign_ins, reset_password, sign_in,
};
use app::{App, Error, Result};
use chrono::Duration;
use domain::access::{NoticeKind, Owed};
use domain::time::Instant;
use rstest::rstest;
use testkit::{Engine, PASSWORD, TestApp, invalid, refused};

async fn enter(app: &App, now: Instant, username: &str, password: &str) -> Result<SignedIn> {
    sign_in(app, now, username, password, &Device::default()).await
}

/// SEC-02: what makes a password bad is said word by word, to whoever sets it.
#[rstest]
#[tokio::test]
async fn bad_passwords_are_refused(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mut t = TestApp::with_portfolio(engine).await;
    t.change_policy(|p| p.password_words = vec!["惠民人寿".into()]);
    let admin = &t.people().administrator;
    for (password, problem) in [
        ("short", "password-short"),
        ("aaaaaaaaaaaa", "password-weak"),
        ("qwertyuiop12", "password-weak"),
        ("x-Caller_CQ-77-kestrel", "password-name"),
        ("惠民人寿-Umbra-kestrel-7", "password-name"),
        ("kestrel13800005678umbra", "password-mobile"),
        (PASSWORD, "password-used"),
    ] {
        let reset = reset_password(&t.app, admin, t.now, "caller_cq", password).await;
        assert_eq!(
            invalid(reset),
            [("password".into(), problem.into())],
            "{password}"
        );
    }
    let new = UserForm {
        username: "novice".into(),
        display_name: "新员工".into(),
        password: "novice-kestrel-umbra".into(),
        org_code: "50".into(),
        roles: vec!["callback_agent".into()],
        ..Default::default()
    };
    let created = create_user(&t.app, admin, t.now, &new).await;
    assert_eq!(
        invalid(created),
        [("password".into(), "password-name".into())]
    );
    let too_long = "kestrel umbra ".repeat(15);
    let reset = reset_password(&t.app, admin, t.now, "caller_cq", &too_long).await;
    assert_eq!(invalid(reset), [("password".into(), "too-long".into())]);
}

/// SEC-02: people change their own password; the last ones do not come back; other sessions end.
#[rstest]
#[tokio::test]
async fn people_change_their_password(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mut t = TestApp::with_portfolio(engine).await;
    t.change_policy(|p| p.password_history = 3);
    let mine = &t.people().caller_cq;
    let here = enter(&t.app, t.now, "caller_cq", PASSWORD).await.unwrap();
    let there = enter(&t.app, t.now, "caller_cq", PASSWORD).await.unwrap();
    let session = async |s: &SignedIn| authenticate(&t.app, t.now, &s.token.0).await.unwrap();
    let kept = session(&here).await.unwrap().id;
    let change = async |current: &str, new: &str, again: &str| {
        let form = PasswordForm {
            current: current.into(),
            new: new.into(),
            again: again.into(),
        };
        change_own_password(&t.app, mine, t.now, kept, &form).await
    };
    let wrong = change("not this one", "Kestrel-umbra-1", "Kestrel-umbra-1").await;
    assert_eq!(
        invalid(wrong),
        [("current_password".into(), "password-wrong".into())]
    );
    let twice = change(PASSWORD, "short", "shorter").await;
    assert_eq!(
        invalid(twice),
        [
            ("new_password".into(), "password-short".into()),
            ("new_password_again".into(), "password-differs".into())
        ]
    );
    let passwords = ["Kestrel-umbra-1", "Kestrel-umbra-2", "Kestrel-umbra-3"];
    let mut current = PASSWORD;
    for new in passwords {
        change(current, new, new).await.unwrap();
        for used in [current, new] {
            let again = change(new, used, used).await;
            assert_eq!(
                invalid(again),
                [("new_password".into(), "password-used".into())]
            );
        }
        current = new;
    }
    assert!(session(&here).await.is_some() && session(&there).await.is_none());
    change(current, PASSWORD, PASSWORD).await.unwrap();
    let kept = "SELECT password_hash FROM password_history";
    assert_eq!(t.database.column(kept).await.len(), 3);
    let told = list_notices(&t.app, mine).await.unwrap();
    let changed = |n: &&store::access::NoticeRow| n.kind == NoticeKind::PasswordChanged;
    assert_eq!(told.iter().filter(changed).count(), 4);
    // Whoever found an open session does not try out passwords there without end.
    for _ in 0..5 {
        let wrong = change("not this one", "Kestrel-umbra-9", "Kestrel-umbra-9").await;
        assert!(matches!(wrong, Err(Error::Invalid(_) | Error::Refused(_))));
    }
    let locked = change(PASSWORD, "Kestrel-umbra-9", "Kestrel-umbra-9").await;
    assert_eq!(refused(locked), "sign-in-locked");
}

/// SEC-02: a password that somebody else set, or that is too old, has to be replaced before anything else.
#[rstest]
#[tokio::test]
async fn passwords_of_others_are_replaced(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut t = TestApp::with_portfolio(engine).await;
    t.change_policy(|p| p.password_replaced_first = true);
    let admin = &t.people().administrator;
    let given = "Umbra-kestrel-5";
    reset_password(&t.app, admin, t.now, "caller_cq", given)
        .await
        .unwrap();
    let signed_in = enter(&t.app, t.now, "caller_cq", given).await.unwrap();
    let session = async |days| {
        let token = &signed_in.token.0;
        let now = t.now + Duration::minutes(days);
        authenticate(&t.app, now, token).await.unwrap().unwrap()
    };
    let owing = session(0).await;
    assert_eq!(owing.owes, Some(Owed::Password));
    let form = PasswordForm {
        current: given.into(),
        new: "Kestrel-umbra-1".into(),
        again: "Kestrel-umbra-1".into(),
    };
    change_own_password(&t.app, &owing.actor, t.now, owing.id, &form)
        .await
        .unwrap();
    assert_eq!(session(0).await.owes, None);
    t.change_policy(|p| p.password_life = Some(Duration::minutes(30)));
    let token = &signed_in.token.0;
    let later = t.now + Duration::minutes(30);
    let old = authenticate(&t.app, later, token).await.unwrap().unwrap();
    assert_eq!(old.owes, Some(Owed::Password));
}

/// SEC-02: people see their sessions and end them; administrators end those of others, who are told.
#[rstest]
#[tokio::test]
async fn sessions_are_seen_and_ended(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let (mine, other) = (&t.people().caller_cq, &t.people().leader_cq);
    end_user_sessions(
        &t.app,
        &t.people().administrator,
        t.now,
        mine.user().unwrap(),
    )
    .await
    .unwrap();
    let mut tokens = Vec::new();
    for minute in 0..3 {
        let now = t.now + Duration::minutes(minute);
        tokens.push(
            enter(&t.app, now, "caller_cq", PASSWORD)
                .await
                .unwrap()
                .token
                .0,
        );
    }
    let alive = async |n: usize| authenticate(&t.app, t.now, &tokens[n]).await.unwrap();
    let now = t.now + Duration::minutes(3);
    let sessions = list_own_sessions(&t.app, mine, now).await.unwrap();
    assert_eq!(sessions.len(), 3);
    assert_eq!(
        sessions[0].id,
        alive(2).await.unwrap().id,
        "the last used first"
    );
    let stolen = end_own_session(&t.app, other, now, sessions[1].id).await;
    assert!(matches!(stolen, Err(Error::NotFound)));
    end_own_session(&t.app, mine, now, sessions[1].id)
        .await
        .unwrap();
    assert!(alive(1).await.is_none(), "out at once");
    end_other_sessions(&t.app, mine, now, sessions[0].id)
        .await
        .unwrap();
    assert!(alive(0).await.is_none() && alive(2).await.is_some());
    let denied = end_user_sessions(&t.app, other, now, mine.user().unwrap()).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let administrator = &t.people().administrator;
    end_user_sessions(&t.app, administrator, now, mine.user().unwrap())
        .await
        .unwrap();
    assert!(alive(2).await.is_none());
    let told = list_notices(&t.app, mine).await.unwrap();
    assert_eq!(told[0].kind, NoticeKind::SessionsEnded);
    assert_eq!(told[0].detail, "administrator");
    refused(enter(&t.app, now, "caller_cq", "wrong guess").await);
    let sign_ins = list_own_sign_ins(&t.app, mine).await.unwrap();
    assert_eq!(sign_ins[0].action, "access.sign_in_failed");
    assert_eq!(sign_ins.len(), 1 + 3 + 1);
}

/// SEC-02: what the company asks is in the audit log, once for each change.
#[rstest]
#[tokio::test]
async fn the_policy_leaves_a_trace(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mut t = TestApp::empty(engine).await;
    for length in [10, 10, 12, 12, 10] {
        t.change_policy(|p| p.password_length_min = length);
        app::access::note_policy(&t.app, t.now).await.unwrap();
    }
    assert_eq!(t.audited("access.policy_set").await, 3);
}
