//! When people are called: hours, holidays, spacing, appointments.

use app::callbacks::{FinishForm, finish_attempt, next_callback};
use domain::access::Actor;
use domain::callbacks::CallbackState as S;
use domain::ids::CallbackId;
use domain::time::Instant;
use rstest::rstest;
use testkit::{Engine, TestApp, at, invalid, refused};

async fn appointment(
    t: &TestApp,
    by: &Actor,
    now: Instant,
    id: CallbackId,
    when: &str,
) -> app::Result<S> {
    let form = FinishForm {
        result: "appointment".into(),
        appointment_at: when.into(),
        ..Default::default()
    };
    finish_attempt(&t.app, by, now, id, &form).await
}

/// CBK-24, requirements §4.2: three calls a round, two hours apart, on two days; then the number is
/// corrected.
#[rstest]
#[tokio::test]
async fn calls_of_a_round_are_spaced(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let caller = &t.people().caller_cq;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&t.people().leader_cq, id, caller).await;
    assert_eq!(
        t.not_reached(caller, at("2024-03-05 10:00"), id, "no_answer")
            .await,
        S::RetryWait
    );
    assert_eq!(t.look(id).await.again_at, Some(at("2024-03-05 12:00")));
    assert_eq!(
        refused(t.start(caller, at("2024-03-05 11:59"), id).await),
        "schedule-too-soon"
    );
    assert_eq!(
        t.not_reached(caller, at("2024-03-05 12:00"), id, "busy")
            .await,
        S::RetryWait
    );
    assert_eq!(t.look(id).await.again_at, Some(at("2024-03-06 09:00")));
    assert_eq!(
        refused(t.start(caller, at("2024-03-05 15:00"), id).await),
        "schedule-same-day"
    );
    assert_eq!(
        t.not_reached(caller, at("2024-03-06 09:00"), id, "no_answer")
            .await,
        S::ContactFix
    );
    assert_eq!(t.look(id).await.attempts_total, 3);
}

/// GEN-06: nobody is called early, late or on a public holiday, but at an agreed time.
#[rstest]
#[tokio::test]
async fn hours_and_holidays_are_kept(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let caller = &t.people().caller_cq;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&t.people().leader_cq, id, caller).await;
    for outside in ["2024-03-05 08:59", "2024-03-05 20:00", "2024-03-09 21:00"] {
        assert_eq!(
            refused(t.start(caller, at(outside), id).await),
            "schedule-outside-hours"
        );
    }
    // Qingming; an ordinary Saturday is no holiday.
    let holiday = t.start(caller, at("2024-04-04 10:00"), id).await;
    assert_eq!(refused(holiday), "schedule-public-holiday");
    t.start(caller, at("2024-03-09 10:00"), id).await.unwrap();
    let state = appointment(&t, caller, at("2024-03-09 10:05"), id, "2024-04-04T20:30").await;
    assert_eq!(state.unwrap(), S::RetryWait);
    let early = t.start(caller, at("2024-04-04 19:00"), id).await;
    assert_eq!(refused(early), "schedule-public-holiday");
    t.start(caller, at("2024-04-04 20:20"), id).await.unwrap();
}

/// CBK-14, GEN-06: an agreed time lies in the future, uses up no attempt, and comes up as the next
/// call when it has come.
#[rstest]
#[tokio::test]
async fn an_appointment_is_kept(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let caller = &t.people().caller_cq;
    let now = at("2024-03-05 10:10");
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&t.people().leader_cq, id, caller).await;
    let next = async |now| {
        next_callback(&t.app, caller, now)
            .await
            .unwrap()
            .map(|c| c.id)
    };
    assert_eq!(next(now).await, Some(id));
    t.start(caller, now, id).await.unwrap();
    let missing = appointment(&t, caller, now, id, "").await;
    assert_eq!(
        invalid(missing),
        [("appointment_at".into(), "missing".into())]
    );
    let past = appointment(&t, caller, now, id, "2024-03-05T09:00").await;
    assert_eq!(
        invalid(past),
        [("appointment_at".into(), "in-the-past".into())]
    );
    let nonsense = appointment(&t, caller, now, id, "tomorrow").await;
    assert_eq!(
        invalid(nonsense),
        [("appointment_at".into(), "instant".into())]
    );
    appointment(&t, caller, now, id, "2024-03-05T15:00:00+08:00")
        .await
        .unwrap();
    let seen = t.look(id).await;
    assert_eq!(seen.appointment_at, Some(at("2024-03-05 15:00")));
    assert_eq!(next(at("2024-03-05 14:00")).await, None);
    assert_eq!(next(at("2024-03-05 15:00")).await, Some(id));
    // Agreed, so not too soon after the last call.
    assert_eq!(
        t.not_reached(caller, at("2024-03-05 15:00"), id, "no_answer")
            .await,
        S::RetryWait
    );
    assert_eq!(t.look(id).await.appointment_at, None);
}
