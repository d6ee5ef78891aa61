//! When messages go out: do-not-disturb hours, caps, and what goes before what.

use super::{begin, look, send, want};
use app::messaging::limits;
use domain::access::Permission;
use domain::messaging::{MessagePurpose, MessageReason as R, MessageState as S};
use rstest::rstest;
use testkit::{Engine, at};

/// Do-not-disturb hours run over midnight; the message says until when it waits.
#[rstest]
#[tokio::test]
async fn nobody_is_disturbed_at_night(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (t, sink) = begin(engine).await;
    let night = at("2024-03-05 22:30");
    let id = want(&t, night, "C50-ZHOU", "renewal_due").await;
    assert_eq!(send(&t.app, night).await, 1);
    let held = look(&t.app, id).await;
    assert_eq!((held.state, held.reason), (S::Waiting, Some(R::QuietHours)));
    assert_eq!(held.next_at, at("2024-03-06 08:00"));
    assert_eq!(send(&t.app, at("2024-03-06 07:59")).await, 0);
    assert!(sink.handed().is_empty());
    assert_eq!(send(&t.app, at("2024-03-06 08:00")).await, 1);
    assert_eq!(look(&t.app, id).await.state, S::Sent);
}

/// An obligation beats a greeting under the cap of the day; the greeting stays visible with its next
/// slot, whichever of them was queued first.
#[rstest]
#[tokio::test]
async fn an_obligation_beats_a_greeting(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, sink) = begin(engine).await;
    let greeting = want(&t, t.now, "C50-ZHOU", "birthday").await;
    let duty = want(&t, t.now, "C50-ZHOU", "renewal_due").await;
    let second = want(&t, t.now, "C50-ZHOU", "policy_effective").await;
    assert_eq!(send(&t.app, t.now).await, 3);
    for owed in [duty, second] {
        assert_eq!(look(&t.app, owed).await.state, S::Sent);
    }
    let waits = look(&t.app, greeting).await;
    assert_eq!((waits.state, waits.reason), (S::Waiting, Some(R::DailyCap)));
    assert_eq!(waits.next_at, at("2024-03-06 09:00"));
    // Another customer's greeting is not touched by it.
    let other = want(&t, t.now, "C37-SUN", "birthday").await;
    send(&t.app, t.now).await;
    assert_eq!(look(&t.app, other).await.state, S::Sent);
    // An obligation that is due at that slot goes first again.
    let night = at("2024-03-05 23:00");
    want(&t, night, "C50-ZHOU", "policy_effective").await;
    send(&t.app, night).await;
    send(&t.app, at("2024-03-06 09:00")).await;
    assert_eq!(look(&t.app, greeting).await.next_at, at("2024-03-07 09:00"));
    assert_eq!(send(&t.app, at("2024-03-07 09:00")).await, 1);
    assert_eq!(look(&t.app, greeting).await.state, S::Sent);
    assert_eq!(sink.handed().len(), 5);
}

/// The cap of a period lets so many greetings through and says when the next one may go.
#[rstest]
#[tokio::test]
async fn the_cap_of_a_period_is_kept(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (t, _) = begin(engine).await;
    for day in ["2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08"] {
        let now = at(&format!("{day} 10:00"));
        let id = want(&t, now, "C50-ZHOU", "birthday").await;
        send(&t.app, now).await;
        assert_eq!(look(&t.app, id).await.state, S::Sent, "{day}");
    }
    let now = at("2024-03-09 10:00");
    let id = want(&t, now, "C50-ZHOU", "birthday").await;
    send(&t.app, now).await;
    let held = look(&t.app, id).await;
    assert_eq!((held.state, held.reason), (S::Waiting, Some(R::PeriodCap)));
    // Four in thirty days: the first of them falls out on 4 April.
    assert_eq!(held.next_at, at("2024-04-04 09:00"));
}

/// The numbers come from the pack of the company and can be read by whoever sees messages.
#[tokio::test]
async fn limits_are_parameters_of_a_pack() {
    let (t, _) = begin(Engine::Sqlite).await;
    let p = t.people();
    let limits = limits(&t.app, &p.leader_cq, t.now).unwrap();
    let of = |purpose| {
        limits
            .purposes
            .iter()
            .find(|p| p.purpose == purpose)
            .unwrap()
    };
    assert_eq!(of(MessagePurpose::Care).rules.per_day, Some(1));
    let duty = of(MessagePurpose::Duty);
    assert_eq!((duty.rules.per_day, duty.rules.own), (None, None));
    assert!(p.manager.may(Permission::MessagesSend));
    let rules = t.app.rules();
    assert_eq!(
        rules.setting("message_marketing_until", t.now.date_naive()),
        Some(20)
    );
}
