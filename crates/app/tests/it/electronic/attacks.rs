//! Other people's tokens, guessing, haste, order, two tabs, answers twice and too late.

use app::electronic::{
    AnswerForm, IdentityForm, Screen, SubmitForm, Visitor, answer, check_code, check_identity,
    send_code, submit, visit,
};
use chrono::Duration;
use domain::callbacks::CallbackState;
use domain::electronic::LinkState;
use rstest::rstest;
use testkit::{Engine, TestApp, refused};

/// Wrong data locks the link after some tries, and the customer is called; nothing says what was wrong.
#[rstest]
#[tokio::test]
async fn guessing_ends_at_the_telephone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut t = TestApp::with_portfolio(engine).await;
    t.change_policy(|p| p.failures_free = 100);
    let leader = &t.people().leader_cq;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(leader, id, &t.people().caller_cq).await;
    let (_, customer) = t.offer(leader, t.now, id).await;
    let right = TestApp::zhou();
    let wrong = [
        IdentityForm {
            name: "周敏敏".into(),
            ..right.clone()
        },
        IdentityForm {
            id_tail: "00000X".into(),
            ..right.clone()
        },
        IdentityForm {
            birth_date: "19800507".into(),
            ..right.clone()
        },
        IdentityForm {
            id_tail: String::new(),
            ..right.clone()
        },
    ];
    for form in &wrong {
        let code = refused(
            check_identity(&t.app, t.now, &customer, form)
                .await
                .map(|_| ()),
        );
        assert_eq!(code, "electronic-identity-mismatch");
    }
    let last = check_identity(&t.app, t.now, &customer, &wrong[0]).await;
    assert_eq!(refused(last.map(|_| ())), "electronic-ended");
    let late = check_identity(&t.app, t.now, &customer, &right).await;
    assert_eq!(refused(late.map(|_| ())), "electronic-ended");
    let screen = visit(&t.app, t.now, &customer, None).await.unwrap();
    assert!(matches!(screen, Screen::Ended(LinkState::Locked)));
    let seen = t.look(id).await;
    assert_eq!(
        (seen.state, seen.again_at),
        (CallbackState::RetryWait, Some(t.now))
    );
}

/// Guesses slow down as at the door of the company.
#[rstest]
#[tokio::test]
async fn guesses_slow_down(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mut t = TestApp::with_portfolio(engine).await;
    t.change_policy(|p| p.failures_free = 1);
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let (_, customer) = t.offer(&t.people().leader_cq, t.now, id).await;
    let wrong = IdentityForm {
        name: "张三".into(),
        ..TestApp::zhou()
    };
    let mut codes = Vec::new();
    for _ in 0..3 {
        let tried = check_identity(&t.app, t.now, &customer, &wrong).await;
        codes.push(refused(tried.map(|_| ())));
    }
    assert!(codes.contains(&"sign-in-locked"), "{codes:?}");
}

/// A code is good once, for minutes, for one browser; wrong ones count.
#[rstest]
#[tokio::test]
async fn codes_are_good_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mut t = TestApp::with_portfolio(engine).await;
    t.change_policy(|p| p.failures_free = 100);
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let (link, mut customer) = t.offer(&t.people().leader_cq, t.now, id).await;
    let token = check_identity(&t.app, t.now, &customer, &TestApp::zhou()).await;
    customer.session = Some(token.unwrap().0);
    let code = t.code_about(link).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let mismatch = check_code(&t.app, t.now, &customer, wrong).await;
    assert_eq!(refused(mismatch), "electronic-code-mismatch");
    let soon = send_code(&t.app, t.now, &customer).await;
    assert_eq!(refused(soon), "electronic-code-soon");
    let stranger = Visitor {
        session: None,
        ..customer.clone()
    };
    let other = check_code(&t.app, t.now, &stranger, &code).await;
    assert_eq!(refused(other), "electronic-session-over");
    let old = t.now + Duration::minutes(6);
    assert_eq!(
        refused(check_code(&t.app, old, &customer, &code).await),
        "electronic-code-old"
    );
    send_code(&t.app, old, &customer).await.unwrap();
    let fresh = t.code_about(link).await;
    check_code(&t.app, old, &customer, &fresh).await.unwrap();
    let again = check_code(&t.app, old, &customer, &fresh).await;
    assert_eq!(refused(again), "electronic-session-over");
}

/// A session of one link opens no other; a changed number ends the check.
#[rstest]
#[tokio::test]
async fn a_session_is_of_one_link(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let manager = &t.people().manager;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let (link, mut customer) = t.offer(manager, t.now, id).await;
    t.identify(t.now, link, &mut customer, &TestApp::zhou())
        .await;
    let other = t.callback("P37-SUN", "NB-SD").await;
    let (_, mut foreign) = t.offer(manager, t.now, other).await;
    foreign.session.clone_from(&customer.session);
    let screen = visit(&t.app, t.now, &foreign, None).await.unwrap();
    assert!(matches!(screen, Screen::Welcome { .. }), "{screen:?}");
    let form = AnswerForm {
        item: "identity_name".into(),
        answer: "affirm".into(),
        ..AnswerForm::default()
    };
    let refusal = answer(&t.app, t.now, &foreign, &form).await;
    assert_eq!(refused(refusal), "electronic-session-over");
    let nobody = Visitor {
        token: "0".repeat(32),
        ..customer.clone()
    };
    let screen = visit(&t.app, t.now, &nobody, None).await.unwrap();
    assert!(matches!(screen, Screen::Unknown));
}

/// Read first, in order, on the screen that is there: haste, leaps, old tabs and forged screens are
/// refused, and nothing of them is kept.
#[rstest]
#[tokio::test]
async fn answers_come_in_order_and_after_reading(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let (link, mut customer) = t.offer(&t.people().leader_cq, t.now, id).await;
    t.identify(t.now, link, &mut customer, &TestApp::zhou())
        .await;
    let first = t.item(t.now, &customer).await;
    let form = TestApp::reply(&first, &[]);
    let hasty = answer(&t.app, t.now + Duration::seconds(1), &customer, &form).await;
    assert_eq!(refused(hasty), "electronic-too-quick");
    let now = t.now + Duration::minutes(1);
    let leap = AnswerForm {
        item: "surrender_loss".into(),
        ..form.clone()
    };
    assert_eq!(
        refused(answer(&t.app, now, &customer, &leap).await),
        "electronic-stale"
    );
    let forged = AnswerForm {
        shown: first.shown + 7,
        ..form.clone()
    };
    assert_eq!(
        refused(answer(&t.app, now, &customer, &forged).await),
        "electronic-stale"
    );
    // Two tabs show the same item; the second answer finds it answered.
    let tab = t.item(now, &customer).await;
    assert_eq!(tab.shown, first.shown);
    answer(&t.app, now, &customer, &form).await.unwrap();
    let twice = answer(&t.app, now, &customer, &form).await;
    assert_eq!(refused(twice), "electronic-stale");
    let counted = "SELECT COUNT(*) FROM electronic_evidence WHERE kind = 'answered'";
    assert_eq!(t.database.number(counted).await, 1);
    let wrong = AnswerForm {
        answer: "given".into(),
        ..TestApp::reply(&t.item(now, &customer).await, &[])
    };
    let now = now + Duration::minutes(1);
    assert!(answer(&t.app, now, &customer, &wrong).await.is_err());
}

/// What is submitted is what was reviewed last, confirmed, and once.
#[rstest]
#[tokio::test]
async fn submission_is_of_what_was_reviewed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let (link, mut customer) = t.offer(&t.people().leader_cq, t.now, id).await;
    t.identify(t.now, link, &mut customer, &TestApp::zhou())
        .await;
    let early = SubmitForm {
        shown: 1,
        confirmed: true,
    };
    assert_eq!(
        refused(submit(&t.app, t.now, &customer, early).await.map(|_| ())),
        "electronic-stale"
    );
    let mut now = t.answer_on_page(t.now, &customer, &[]).await;
    let Screen::Review(review) = visit(&t.app, now, &customer, None).await.unwrap() else {
        panic!("no review");
    };
    let silent = SubmitForm {
        shown: review.shown,
        confirmed: false,
    };
    assert!(submit(&t.app, now, &customer, silent).await.is_err());
    // Another tab changes an answer meanwhile.
    let Screen::Item(item) = visit(&t.app, now, &customer, Some("exclusions"))
        .await
        .unwrap()
    else {
        panic!("no item");
    };
    now += Duration::minutes(1);
    let change = TestApp::reply(&item, &[("exclusions", "negative")]);
    answer(&t.app, now, &customer, &change).await.unwrap();
    let stale = SubmitForm {
        shown: review.shown,
        confirmed: true,
    };
    assert_eq!(
        refused(submit(&t.app, now, &customer, stale).await.map(|_| ())),
        "electronic-stale"
    );
    t.submit(now, &customer).await.unwrap();
    assert_eq!(t.look(id).await.state, CallbackState::ProblemOpen);
    let twice = submit(&t.app, now, &customer, stale).await;
    assert_eq!(refused(twice.map(|_| ())), "electronic-ended");
    let attempts = "SELECT COUNT(*) FROM attempts WHERE channel = 'electronic'";
    assert_eq!(t.database.number(attempts).await, 1);
}

/// Whoever says to be somebody else sees nothing more.
#[rstest]
#[tokio::test]
async fn somebody_else_is_shown_out(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let (link, mut customer) = t.offer(&t.people().leader_cq, t.now, id).await;
    t.identify(t.now, link, &mut customer, &TestApp::zhou())
        .await;
    let item = t.item(t.now, &customer).await;
    let now = t.now + Duration::minutes(1);
    let no = TestApp::reply(&item, &[("identity_name", "negative")]);
    answer(&t.app, now, &customer, &no).await.unwrap();
    let screen = visit(&t.app, now, &customer, None).await.unwrap();
    assert!(matches!(screen, Screen::Ended(LinkState::NotThePerson)));
}
