//! Who may answer in a programme.

use app::callbacks::{FinishForm, call_page, callback_page, finish_attempt};
use domain::callbacks::CallbackState as S;
use rstest::rstest;
use testkit::{Engine, TestApp, refused};

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
    for (respondent, authorised) in [("insured", false), ("authorized_proxy", true)] {
        let form = FinishForm {
            result: "finished".into(),
            respondent: respondent.into(),
            authorised,
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
