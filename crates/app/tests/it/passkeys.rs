//! Passkeys: registering, signing in, and what is refused.

use crate::authenticator::{Authenticator, ORIGIN};
use app::access::{
    Device, Doors, begin_passkey, begin_passkey_sign_in, disable_user, finish_passkey,
    finish_passkey_sign_in, own_ways, remove_own_passkey, remove_passkey, ways_of,
};
use chrono::Duration;
use domain::access::Actor;
use rstest::rstest;
use testkit::{Engine, TestApp, invalid, refused};

async fn with_passkeys(engine: Engine) -> TestApp {
    let mut t = TestApp::with_portfolio(engine).await;
    let doors = Doors::at(ORIGIN, "惠民人寿").unwrap();
    t.app = t.app.clone().with_doors(doors);
    t
}

async fn register(t: &TestApp, actor: &Actor, device: &mut Authenticator) -> uuid::Uuid {
    let asked = begin_passkey(&t.app, actor, t.now).await.unwrap();
    let answer = device.create(&asked.options);
    let browser = &asked.browser.0;
    finish_passkey(&t.app, actor, t.now, browser, "工位电脑", &answer)
        .await
        .unwrap()
}

/// Asks and answers; the name of whoever is signed in then.
async fn sign_in(t: &TestApp, device: &mut Authenticator) -> app::Result<String> {
    let asked = begin_passkey_sign_in(&t.app, t.now).await.unwrap();
    let answer = device.answer(&asked.options);
    let from = Device::default();
    let signed_in = finish_passkey_sign_in(&t.app, t.now, &asked.browser.0, &answer, &from).await?;
    let session = app::access::authenticate(&t.app, t.now, &signed_in.token.0);
    Ok(session.await.unwrap().unwrap().user.username)
}

#[rstest]
#[tokio::test]
async fn a_passkey_signs_its_owner_in(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = with_passkeys(engine).await;
    let people = t.people();
    let (mut desk, mut phone) = (Authenticator::new(1), Authenticator::new(2));
    register(&t, &people.caller_cq, &mut desk).await;
    register(&t, &people.leader_cq, &mut phone).await;

    assert_eq!(sign_in(&t, &mut desk).await.unwrap(), "caller_cq");
    assert_eq!(sign_in(&t, &mut phone).await.unwrap(), "leader_cq");
    assert_eq!(sign_in(&t, &mut desk).await.unwrap(), "caller_cq");

    let ways = own_ways(&t.app, &people.caller_cq).await.unwrap();
    assert_eq!(ways.passkeys.len(), 1);
    assert_eq!(ways.passkeys[0].name, "工位电脑");
    assert_eq!(ways.passkeys[0].used_at, Some(t.now));
    let means = "SELECT detail FROM audit_entries WHERE action = 'access.signed_in' ORDER BY at DESC, id DESC";
    assert!(t.database.column(means).await[0].contains("passkey"));
    let open = store::access::count_challenges(t.app.store())
        .await
        .unwrap();
    assert_eq!(open, 0);
}

#[rstest]
#[tokio::test]
async fn an_answer_counts_once_and_in_time(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = with_passkeys(engine).await;
    let mut desk = Authenticator::new(1);
    register(&t, &t.people().caller_cq, &mut desk).await;
    let from = Device::default();

    let asked = begin_passkey_sign_in(&t.app, t.now).await.unwrap();
    let (browser, answer) = (asked.browser.0.as_str(), desk.answer(&asked.options));
    let other = begin_passkey_sign_in(&t.app, t.now).await.unwrap();
    let late = t.now + Duration::minutes(5);
    let come = async |now, browser: &str| {
        finish_passkey_sign_in(&t.app, now, browser, &answer, &from).await
    };
    assert_eq!(refused(come(late, browser).await), "passkey-state");
    assert_eq!(refused(come(t.now, "another").await), "passkey-state");
    let other_question = come(t.now, &other.browser.0).await;
    assert_eq!(refused(other_question), "passkey-refused");
    come(t.now, browser).await.unwrap();
    assert_eq!(refused(come(t.now, browser).await), "passkey-state");
}

#[rstest]
#[tokio::test]
async fn what_is_not_the_owners_device_is_refused(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = with_passkeys(engine).await;
    let people = t.people();
    let mut desk = Authenticator::new(1);
    register(&t, &people.caller_cq, &mut desk).await;

    let mut unknown = Authenticator::new(2);
    assert_eq!(refused(sign_in(&t, &mut unknown).await), "passkey-refused");
    let mut hasty = desk.clone();
    hasty.verifies = false;
    assert_eq!(refused(sign_in(&t, &mut hasty).await), "passkey-refused");
    let mut fished = desk.clone();
    fished.origin = "https://huifang.example";
    assert_eq!(refused(sign_in(&t, &mut fished).await), "passkey-refused");

    // The counter of a copy falls behind that of the device.
    let mut copy = desk.clone();
    sign_in(&t, &mut desk).await.unwrap();
    sign_in(&t, &mut desk).await.unwrap();
    assert_eq!(refused(sign_in(&t, &mut copy).await), "passkey-copied");
    let failed = "SELECT COUNT(*) FROM audit_entries WHERE action = 'access.passkey_failed'";
    assert_eq!(t.database.number(failed).await, 4);

    let user = people.caller_cq.user().unwrap();
    disable_user(&t.app, &people.administrator, t.now, user, false)
        .await
        .unwrap();
    assert_eq!(refused(sign_in(&t, &mut desk).await), "passkey-refused");
}

#[rstest]
#[tokio::test]
async fn a_removed_passkey_is_refused(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = with_passkeys(engine).await;
    let people = t.people();
    let (mut desk, mut phone) = (Authenticator::new(1), Authenticator::new(2));
    let first = register(&t, &people.caller_cq, &mut desk).await;
    let second = register(&t, &people.caller_cq, &mut phone).await;
    let user = people.caller_cq.user().unwrap();

    let theft = remove_own_passkey(&t.app, &people.leader_cq, t.now, first).await;
    assert!(matches!(theft, Err(app::Error::NotFound)), "{theft:?}");
    remove_own_passkey(&t.app, &people.caller_cq, t.now, first)
        .await
        .unwrap();
    assert_eq!(refused(sign_in(&t, &mut desk).await), "passkey-refused");
    sign_in(&t, &mut phone).await.unwrap();

    let denied = remove_passkey(&t.app, &people.leader_cq, t.now, user, second).await;
    assert!(matches!(denied, Err(app::Error::Denied(_))), "{denied:?}");
    remove_passkey(&t.app, &people.administrator, t.now, user, second)
        .await
        .unwrap();
    assert_eq!(refused(sign_in(&t, &mut phone).await), "passkey-refused");
    let (_, ways) = ways_of(&t.app, &people.administrator, user).await.unwrap();
    assert!(ways.passkeys.is_empty());
    // Who lost a device is signed out everywhere.
    let sessions = format!(
        "SELECT COUNT(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.username = '{}'",
        people.caller_cq.name
    );
    assert_eq!(t.database.number(&sessions).await, 0);
}

#[rstest]
#[tokio::test]
async fn registering_is_for_the_person_who_was_asked(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = with_passkeys(engine).await;
    let people = t.people();
    let (caller, leader) = (&people.caller_cq, &people.leader_cq);
    let mut desk = Authenticator::new(1);
    let asked = begin_passkey(&t.app, caller, t.now).await.unwrap();
    let answer = desk.create(&asked.options);
    let browser = &asked.browser.0;

    let nameless = finish_passkey(&t.app, caller, t.now, browser, " ", &answer).await;
    assert_eq!(invalid(nameless), [("name".into(), "missing".into())]);
    let other = finish_passkey(&t.app, leader, t.now, browser, "x", &answer).await;
    assert_eq!(refused(other), "passkey-state");
    let spent = finish_passkey(&t.app, caller, t.now, browser, "x", &answer).await;
    assert_eq!(refused(spent), "passkey-state");

    let asked = begin_passkey(&t.app, caller, t.now).await.unwrap();
    desk.verifies = false;
    let hasty = desk.create(&asked.options);
    let browser = &asked.browser.0;
    let hasty = finish_passkey(&t.app, caller, t.now, browser, "x", &hasty).await;
    assert_eq!(refused(hasty), "passkey-refused");

    let shell = begin_passkey(&t.app, &Actor::shell("tests"), t.now).await;
    assert!(matches!(shell, Err(app::Error::NotFound)), "{shell:?}");
    let plain = t.restart().await;
    let off = begin_passkey(&plain, caller, t.now).await;
    assert_eq!(refused(off), "passkeys-off");
}

/// SEC-02: the owner hears of a new passkey, and a reset by somebody else takes all of them away.
#[rstest]
#[tokio::test]
async fn a_passkey_is_told_and_goes_with_a_reset(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = with_passkeys(engine).await;
    let people = t.people();
    let mut desk = Authenticator::new(1);
    register(&t, &people.caller_cq, &mut desk).await;
    let notices = app::access::list_notices(&t.app, &people.caller_cq).await;
    let notice = &notices.unwrap()[0];
    assert_eq!(notice.kind, domain::access::NoticeKind::PasskeyAdded);
    assert_eq!(notice.detail, "工位电脑");
    let user = people.caller_cq.user().unwrap();
    app::access::renew_password(&t.app, &people.administrator, t.now, user)
        .await
        .unwrap();
    let ways = own_ways(&t.app, &people.caller_cq).await.unwrap();
    assert!(ways.passkeys.is_empty());
    assert_eq!(refused(sign_in(&t, &mut desk).await), "passkey-refused");
}
