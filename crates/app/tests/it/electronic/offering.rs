//! Who is sent a link, and who is not.

use app::callbacks::ListQuery;
use app::electronic::{OfferForm, OfferTarget, Screen, offer, offer_many, revoke, visit};
use domain::access::Actor;
use domain::callbacks::{CallbackState, ContactChannel};
use domain::electronic::LinkState;
use domain::imports::ImportKind;
use rstest::rstest;
use testkit::{Engine, TestApp, at, refused};

/// The link goes to the number on record, holds nothing of the person, and only its hash is kept.
#[rstest]
#[tokio::test]
async fn the_link_says_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let (link, customer) = t.offer(&t.people().leader_cq, t.now, id).await;
    assert_eq!(customer.token.len(), 32);
    let text = t.text_about(link).await;
    for secret in ["周敏", "P50-ZHOU", "13800500001", "安享"] {
        assert!(!text.contains(secret), "{text}");
    }
    let kept = "SELECT COUNT(*) FROM electronic_links WHERE length(token_hash) = 32";
    assert_eq!(t.database.number(kept).await, 1);
    let (second, _) = t.offer(&t.people().leader_cq, t.now, id).await;
    assert_ne!(link, second);
    // The first one is of no use any more.
    let screen = visit(&t.app, t.now, &customer, None).await.unwrap();
    assert!(matches!(screen, Screen::Ended(LinkState::Revoked)));
    t.offer(&t.people().leader_cq, t.now, id).await;
    let leader = &t.people().leader_cq;
    let fourth = offer(&t.app, leader, t.now, id, &OfferForm::default()).await;
    assert_eq!(refused(fourth), "electronic-links-used");
}

/// What a rule forbids is refused with its reason.
#[rstest]
#[tokio::test]
async fn a_rule_may_say_no(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let leader = &t.people().leader_cq;
    let send = async |policy: &str, programme: &str, now| {
        let id = t.callback(policy, programme).await;
        offer(&t.app, &t.people().manager, now, id, &OfferForm::default()).await
    };
    // Due today: the day is the telephone's.
    assert_eq!(
        refused(send("P50-LI", "NB-CQ", t.now).await),
        "electronic-too-late"
    );
    // Not a life programme.
    assert_eq!(
        refused(send("P50-CAR", "MC-PAID", t.now).await),
        "callback-channel-not-allowed"
    );
    // The receipt is missing, and its days are not over.
    assert_eq!(
        refused(send("P50-HE", "NB-T10", t.now).await),
        "callback-not-ready"
    );
    // Somebody of another branch, and somebody who sells.
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let foreign = &t.people().leader_sd;
    let unseen = offer(&t.app, foreign, t.now, id, &OfferForm::default()).await;
    assert!(matches!(unseen, Err(app::Error::NotFound)));
    let seller = &t.people().sales_cq;
    let denied = offer(&t.app, seller, t.now, id, &OfferForm::default()).await;
    assert!(matches!(denied, Err(app::Error::Denied(_))));
    // The number of somebody who sells.
    let theirs = "UPDATE agents SET mobile_index = (SELECT mobile_index FROM customers WHERE customer_no = 'C50-ZHOU') \
                  WHERE agent_code = 'A5001'";
    t.database.execute(theirs).await;
    let taken = offer(&t.app, leader, t.now, id, &OfferForm::default()).await;
    assert_eq!(refused(taken), "electronic-mobile-of-agent");
}

/// National law lets every life callback be electronic, and no other.
#[rstest]
#[tokio::test]
async fn life_programmes_allow_it_by_the_notice(#[values(Engine::Sqlite)] engine: Engine) {
    let t = TestApp::empty(engine).await;
    let rules = t.app.rules();
    for programme in ["NB-CQ", "NB-SD", "NB-2017", "NB-BR", "NB-BS"] {
        let channels = &rules.discharge(programme).unwrap().channels;
        assert_eq!(channels[0], ContactChannel::Phone, "{programme}");
        assert!(
            channels.contains(&ContactChannel::Electronic),
            "{programme}"
        );
    }
    for programme in ["PC-UW1", "MC-PAID"] {
        let channels = &rules.discharge(programme).unwrap().channels;
        assert!(
            !channels.contains(&ContactChannel::Electronic),
            "{programme}"
        );
    }
}

/// Many at once: what a rule forbids is in the report, and whoever has a link gets no second one.
#[rstest]
#[tokio::test]
async fn many_are_sent_at_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let manager = &t.people().manager;
    let target = OfferTarget::Filter(ListQuery::default());
    let report = offer_many(&t.app, manager, t.now, &target).await.unwrap();
    assert!(report.sent > 0);
    assert!(
        report
            .refused
            .iter()
            .any(|(_, code)| *code == "electronic-too-late")
    );
    let again = offer_many(&t.app, manager, t.now, &target).await.unwrap();
    assert_eq!(again.sent, 0);
    let out = again
        .refused
        .iter()
        .filter(|(_, code)| *code == "electronic-link-out");
    assert_eq!(out.count(), report.sent);
}

/// Taken back: the link is dead, and the callback is called at once.
#[rstest]
#[tokio::test]
async fn a_link_is_taken_back(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let leader = &t.people().leader_cq;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(leader, id, &t.people().caller_cq).await;
    let (link, customer) = t.offer(leader, t.now, id).await;
    let now = at("2024-03-05 11:00");
    revoke(&t.app, leader, now, link, "客户来电").await.unwrap();
    let screen = visit(&t.app, now, &customer, None).await.unwrap();
    assert!(matches!(screen, Screen::Ended(LinkState::Revoked)));
    let seen = t.look(id).await;
    assert_eq!(
        (seen.state, seen.again_at),
        (CallbackState::RetryWait, Some(now))
    );
}

/// Nobody of the company can answer: what takes an answer takes no actor, and whoever it is written by
/// has no right at all.
#[test]
fn whoever_answers_has_no_right() {
    let customer = Actor::visitor("客户本人");
    for permission in domain::access::Permission::ALL {
        assert!(!customer.may(*permission), "{permission}");
        assert!(customer.scope(*permission).is_err());
    }
    assert_eq!(customer.user(), None);
}

/// SRV-11: an e-mail carries the questionnaire and invites to fill it in; without an address none goes.
#[rstest]
#[tokio::test]
async fn an_e_mail_carries_the_questionnaire(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let leader = &t.people().leader_cq;
    let by_email = OfferForm {
        by_email: true,
        ..OfferForm::default()
    };
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let none = offer(&t.app, leader, t.now, id, &by_email).await;
    assert_eq!(refused(none), "electronic-no-email");
    let mut customers = testkit::Portfolio::small().customers;
    customers.set("C50-ZHOU", "email", "zhou@example.com");
    t.import(ImportKind::Customers, &customers).await;
    let sent = offer(&t.app, leader, t.now, id, &by_email).await.unwrap();
    let text = t.text_about(sent.link).await;
    assert!(
        text.contains("填写回访问卷") && text.contains("/p/"),
        "{text}"
    );
    let mails =
        "SELECT COUNT(*) FROM messages WHERE channel = 'email' AND about_kind = 'electronic_link'";
    assert_eq!(t.database.number(mails).await, 1);
    let customer = t.customer_of(sent.link).await;
    let screen = visit(&t.app, t.now, &customer, None).await.unwrap();
    assert!(matches!(screen, Screen::Welcome { .. }));
}
