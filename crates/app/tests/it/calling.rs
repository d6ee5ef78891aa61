//! A callback from the first call to its end.

use domain::callbacks::CallbackState;
use rstest::rstest;
use testkit::{Engine, TestApp, at, day};

/// NB-CQ in time: earliest on the day of the receipt, completed by a recorded interview.
#[rstest]
#[tokio::test]
async fn an_interview_completes_it_in_time(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (leader, caller) = (&t.people().leader_cq, &t.people().caller_cq);
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(leader, id, caller).await;
    let state = t.interview(caller, at("2024-03-05 10:30"), id, &[]).await;
    assert_eq!(state, CallbackState::Completed);
    let done = t.look(id).await;
    assert_eq!(done.timing.as_deref(), Some("in_time"));
    assert_eq!(done.due_on, Some(day("2024-03-15")));
}
