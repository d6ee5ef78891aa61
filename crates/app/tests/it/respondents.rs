//! Who may answer in a programme.

use app::callbacks::{
    FinishForm, ProxyForm, authorisations_of, call_page, callback_page, finish_attempt,
};
use domain::callbacks::{CallbackState as S, ProxyReason};
use rstest::rstest;
use testkit::{Engine, Portfolio, TestApp, invalid, refused};

/// A daughter who answers for her mother, who hears badly and said so in the call.
fn daughter() -> ProxyForm {
    ProxyForm {
        name: "周小雨".into(),
        relation: "child".into(),
        reason: "hard_of_hearing".into(),
        given: "recorded".into(),
    }
}

/// CBK-27: a bank's customer may have a family member answer: who, why and how the customer agreed is stored
/// and shown with the attempt; the customer has not been reached by it.
#[rstest]
#[tokio::test]
async fn an_authorised_family_member_answers_for_a_banks_customer(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut portfolio = Portfolio::small();
    portfolio
        .policies
        .set("P50-ZHOU", "channel", "bancassurance_realtime")
        .set("P50-ZHOU", "system_entry_date", "2024-03-01");
    let t = TestApp::with(engine, &portfolio).await;
    let caller = &t.people().caller_cq;
    let id = t.callback("P50-ZHOU", "NB-BR").await;
    t.assign(&t.people().leader_cq, id, caller).await;
    t.start(caller, t.now, id).await.unwrap();
    t.answer_all(caller, t.now, id, &[]).await;
    t.record(caller, t.now, id).await.unwrap();
    let mut form = FinishForm {
        result: "finished".into(),
        respondent: "authorized_proxy".into(),
        ..Default::default()
    };
    let bare = finish_attempt(&t.app, caller, t.now, id, &form).await;
    let missing = [
        "proxy_name",
        "proxy_relation",
        "proxy_reason",
        "proxy_given",
    ];
    assert_eq!(invalid(bare), missing.map(|f| (f.into(), "missing".into())));
    form.proxy = daughter();
    finish_attempt(&t.app, caller, t.now, id, &form)
        .await
        .unwrap();
    let page = callback_page(&t.app, caller, t.now, id).await.unwrap();
    let kept = page.attempts[0].authorisation.clone().unwrap();
    assert_eq!(
        (kept.name.as_str(), kept.relation.as_str()),
        ("周小雨", "child")
    );
    assert_eq!(kept.reason, ProxyReason::HardOfHearing);
    let (customer, number) = (page.customer.id, &page.callback.number);
    let known = authorisations_of(&t.app, caller, customer).await.unwrap();
    assert_eq!(
        (&known[0].callback_no, &known[0].authorisation),
        (number, &kept)
    );
    let elsewhere = authorisations_of(&t.app, &t.people().leader_sd, customer).await;
    assert!(elsewhere.unwrap().is_empty(), "out of sight");
    assert_eq!(t.look(id).await.reached, Some(false));
    let plain = "SELECT 'x' FROM attempts WHERE CAST(authorisation AS TEXT) LIKE '%周小雨%'";
    assert!(t.database.column(plain).await.is_empty(), "it lies sealed");
}

/// CBK-27, C-07: in Chongqing nobody answers for the policyholder; someone who is not the
/// policyholder has not been interviewed.
#[rstest]
#[tokio::test]
async fn the_policyholder_answers_in_person(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let caller = &t.people().caller_cq;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&t.people().leader_cq, id, caller).await;
    t.start(caller, t.now, id).await.unwrap();
    t.answer_all(caller, t.now, id, &[]).await;
    t.record(caller, t.now, id).await.unwrap();
    for respondent in ["insured", "authorized_proxy"] {
        let form = FinishForm {
            result: "finished".into(),
            respondent: respondent.into(),
            proxy: daughter(),
            ..Default::default()
        };
        let result = finish_attempt(&t.app, caller, t.now, id, &form).await;
        assert_eq!(refused(result), "callback-respondent-not-allowed");
    }
    t.answer(caller, t.now, id, "identity_name", "negative")
        .await
        .unwrap();
    let result = t.finish(caller, t.now, id, "finished").await;
    assert_eq!(refused(result), "identity-not-confirmed");
    assert_eq!(
        t.finish(caller, t.now, id, "not_in_person").await.unwrap(),
        S::RetryWait
    );
    assert_eq!(t.look(id).await.reached, None);
}

/// MC-PAID, PC-CL1, CP-SET: property programmes accept others than the policyholder.
#[rstest]
#[tokio::test]
async fn a_groups_contact_person_answers(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let caller = &t.people().central_caller;
    let id = t.callback("P50-CORP", "CP-SET").await;
    t.assign(&t.people().manager, id, caller).await;
    t.start(caller, t.now, id).await.unwrap();
    let page = call_page(&t.app, caller, t.now, id, "惠民财险")
        .await
        .unwrap();
    assert_eq!(page.page.contacts.len(), 1);
    assert_eq!(page.page.claims.len(), 1);
    t.answer_all(caller, t.now, id, &[]).await;
    t.record(caller, t.now, id).await.unwrap();
    let form = FinishForm {
        result: "finished".into(),
        respondent: "insurance_contact".into(),
        ..Default::default()
    };
    let state = finish_attempt(&t.app, caller, t.now, id, &form)
        .await
        .unwrap();
    assert_eq!(state, S::Completed);
    let attempts = callback_page(&t.app, caller, t.now, id)
        .await
        .unwrap()
        .attempts;
    assert_eq!(attempts[0].respondent.as_deref(), Some("insurance_contact"));
}
