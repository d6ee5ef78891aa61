//! The electronic callback from the link to what follows from it.

mod attacks;
mod evidence;
mod face;
mod inspection;
mod offering;

use app::electronic::{Done, PhoneForm, Screen, list_links, visit, want_phone};
use chrono::Duration;
use domain::callbacks::CallbackState as S;
use domain::electronic::LinkState;
use rstest::rstest;
use testkit::{Engine, TestApp, at, invalid};

/// 2020 No. 11, CBK-33, CBK-39, CBK-43: identified, told item by item, affirmed, submitted by the
/// customer alone; the obligation is discharged in time, and nobody of the company called.
#[rstest]
#[tokio::test]
async fn a_customer_completes_it(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let (link, mut customer) = t.offer(&t.people().leader_cq, t.now, id).await;
    let screen = visit(&t.app, t.now, &customer, None).await.unwrap();
    assert!(matches!(screen, Screen::Welcome { .. }), "{screen:?}");
    t.identify(t.now, link, &mut customer, &TestApp::zhou())
        .await;
    let first = t.item(t.now, &customer).await;
    assert_eq!(first.code, "identity_name");
    assert!(first.ask.contains("周敏"), "{}", first.ask);
    let now = t.answer_on_page(t.now, &customer, &[]).await;
    assert_eq!(t.submit(now, &customer).await.unwrap(), Done::Completed);

    let done = t.look(id).await;
    assert_eq!(done.state, S::Completed);
    assert_eq!(done.timing.as_deref(), Some("in_time"));
    let facts = [
        done.reached,
        done.identity_verified,
        done.content_delivered,
        done.affirmed,
    ];
    assert_eq!(facts, [Some(true); 4]);
    assert_eq!(done.caller_name, None);
    let obligation = t.obligation("P50-ZHOU", "NB-CQ").await.unwrap();
    assert_eq!(obligation.status, "discharged");
    assert!(t.tickets(id).await.is_empty());
    let page = app::callbacks::callback_page(&t.app, &t.people().leader_cq, now, id).await;
    let page = page.unwrap();
    assert_eq!(page.attempts.len(), 1);
    assert_eq!(page.attempts[0].channel, "electronic");
    assert_eq!(page.attempts[0].caller_id, None);
    assert_eq!(page.answers.len(), first.of);
    let screen = visit(&t.app, now, &customer, None).await.unwrap();
    assert!(matches!(screen, Screen::Ended(LinkState::Submitted)));
}

/// CBK-40: what is not affirmed opens a ticket for each cause, and staff call afterwards.
#[rstest]
#[tokio::test]
async fn what_is_not_affirmed_opens_a_ticket(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let (link, mut customer) = t.offer(&t.people().leader_cq, t.now, id).await;
    t.identify(t.now, link, &mut customer, &TestApp::zhou())
        .await;
    let doubts = [("exclusions", "unclear"), ("surrender_loss", "question")];
    let now = t.answer_on_page(t.now, &customer, &doubts).await;
    assert_eq!(t.submit(now, &customer).await.unwrap(), Done::SomebodyCalls);
    let open = t.look(id).await;
    assert_eq!(open.state, S::ProblemOpen);
    assert_eq!(open.affirmed, Some(false));
    assert_eq!(open.content_delivered, Some(true));
    assert_eq!(t.tickets(id).await.len(), 2);
    let status = t.obligation("P50-ZHOU", "NB-CQ").await.unwrap().status;
    assert_eq!(status, "open");
    // The second callback is a conversation.
    let leader = &t.people().leader_cq;
    let again = app::electronic::offer(&t.app, leader, now, id, &Default::default()).await;
    assert!(again.is_err());
}

/// Nothing is lost when the page is closed: after the identity check it goes on where it was.
#[rstest]
#[tokio::test]
async fn it_goes_on_after_the_page_was_closed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let (link, mut customer) = t.offer(&t.people().leader_cq, t.now, id).await;
    t.identify(t.now, link, &mut customer, &TestApp::zhou())
        .await;
    let mut now = t.now;
    for _ in 0..3 {
        let item = t.item(now, &customer).await;
        now += Duration::seconds(item.dwell_seconds);
        let form = TestApp::reply(&item, &[]);
        app::electronic::answer(&t.app, now, &customer, &form)
            .await
            .unwrap();
    }
    let next = t.item(now, &customer).await;
    let mut other = app::electronic::Visitor {
        session: None,
        ..customer.clone()
    };
    now += Duration::hours(5);
    let screen = visit(&t.app, now, &other, None).await.unwrap();
    assert!(matches!(screen, Screen::Welcome { .. }));
    t.identify(now, link, &mut other, &TestApp::zhou()).await;
    let here = t.item(now, &other).await;
    assert_eq!((here.code, here.position), (next.code, next.position));
    // An earlier item may be looked at and changed.
    let before = here.before.unwrap();
    let Screen::Item(back) = visit(&t.app, now, &other, Some(&before)).await.unwrap() else {
        panic!("no item");
    };
    assert!(back.is_answered);
    assert!(back.choices.iter().any(|c| c.chosen));
    // The session of yesterday's browser is over.
    let screen = visit(&t.app, now, &customer, None).await.unwrap();
    assert!(matches!(screen, Screen::Welcome { .. }));
}

/// The customer's free choice: a call, at the time that suits.
#[rstest]
#[tokio::test]
async fn the_customer_chooses_the_telephone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (leader, caller) = (&t.people().leader_cq, &t.people().caller_cq);
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(leader, id, caller).await;
    let (_, customer) = t.offer(leader, t.now, id).await;
    let waiting = t.look(id).await;
    assert_eq!(waiting.state, S::RetryWait);
    assert_eq!(waiting.again_at, Some(at("2024-03-08 10:00")));
    let wrong = |day: &str, hour: &str| PhoneForm {
        day: day.into(),
        hour: hour.into(),
        wish: String::new(),
    };
    for (form, field) in [
        (wrong("2024-03-01", "10"), "day"),
        (wrong("2024-03-06", "23"), "hour"),
    ] {
        let refused = invalid(want_phone(&t.app, t.now, &customer, &form).await);
        assert_eq!(refused[0].0, field);
    }
    let form = PhoneForm {
        day: "2024-03-06".into(),
        hour: "14".into(),
        wish: "下午方便".into(),
    };
    want_phone(&t.app, t.now, &customer, &form).await.unwrap();
    let wanted = t.look(id).await;
    assert_eq!(wanted.state, S::RetryWait);
    assert_eq!(wanted.appointment_at, Some(at("2024-03-06 14:00")));
    // Nobody presses: a new link needs the customer's own wish.
    let refused = app::electronic::offer(&t.app, leader, t.now, id, &Default::default()).await;
    assert_eq!(testkit::refused(refused), "electronic-phone-chosen");
    let state = t.interview(caller, at("2024-03-06 14:05"), id, &[]).await;
    assert_eq!(state, S::Completed);
}

/// What is not answered in time goes back to the telephone with days left.
#[rstest]
#[tokio::test]
async fn an_expired_link_leads_back_to_the_telephone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (leader, caller) = (&t.people().leader_cq, &t.people().caller_cq);
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(leader, id, caller).await;
    let (link, mut customer) = t.offer(leader, t.now, id).await;
    t.identify(t.now, link, &mut customer, &TestApp::zhou())
        .await;
    let item = t.item(t.now, &customer).await;
    let late = at("2024-03-08 10:00");
    let screen = visit(&t.app, late, &customer, None).await.unwrap();
    assert!(matches!(screen, Screen::Expired));
    let form = TestApp::reply(&item, &[]);
    let refused = app::electronic::answer(&t.app, late, &customer, &form).await;
    assert_eq!(testkit::refused(refused), "electronic-expired");
    let view = |view: &str| app::electronic::LinkQuery {
        view: view.into(),
        ..Default::default()
    };
    let count = async |now, query| {
        let list = list_links(&t.app, leader, now, &query).await.unwrap();
        list.page.rows.len()
    };
    assert_eq!(count(t.now, view("out")).await, 1);
    assert_eq!(count(t.now, view("expired")).await, 0);
    assert_eq!(count(late, view("out")).await, 0);
    assert_eq!(count(late, view("expired")).await, 1);
    let next = app::callbacks::next_callback(&t.app, caller, late)
        .await
        .unwrap();
    assert_eq!(next.map(|c| c.id), Some(id));
}

/// Who was called meanwhile has nothing more to answer; during the call nothing is submitted.
#[rstest]
#[tokio::test]
async fn a_call_settles_it(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let (leader, caller) = (&t.people().leader_cq, &t.people().caller_cq);
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(leader, id, caller).await;
    let (link, mut customer) = t.offer(leader, t.now, id).await;
    t.identify(t.now, link, &mut customer, &TestApp::zhou())
        .await;
    let now = t.answer_on_page(t.now, &customer, &[]).await;
    t.start(caller, now, id).await.unwrap();
    let busy = t.submit(now, &customer).await;
    assert_eq!(testkit::refused(busy), "electronic-being-called");
    t.answer_all(caller, now, id, &[]).await;
    t.record(caller, now, id).await.unwrap();
    t.finish(caller, now, id, "finished").await.unwrap();
    let screen = visit(&t.app, now, &customer, None).await.unwrap();
    assert!(matches!(screen, Screen::Settled), "{screen:?}");
}
