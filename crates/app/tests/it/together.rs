//! Several callbacks in one conversation, each recorded on its own.

use crate::reports::{april, march, shares};
use app::callbacks::{AssignTarget, assign, callback_page, start_together};
use app::reports::run_report;
use chrono::Duration;
use domain::callbacks::CallbackState;
use domain::ids::CallbackId;
use domain::imports::ImportKind;
use rstest::rstest;
use testkit::{Engine, Portfolio, Table, TestApp, at, refused, row};

/// A service of the customer, besides the Chongqing callback of the customer's policy.
async fn begin(engine: Engine) -> (TestApp, CallbackId, CallbackId) {
    let t = TestApp::with(engine, &Portfolio::small()).await;
    let events = Table::new([
        row([
            ("event_id", "S1"),
            ("type", "service_completed"),
            ("occurred_at", "2024-03-04T09:00:00+08:00"),
            ("policy_no", "P50-ZHOU"),
        ]),
        row([
            ("event_id", "S2"),
            ("type", "service_completed"),
            ("occurred_at", "2024-03-04T09:00:00+08:00"),
            ("policy_no", "P50-LI"),
        ]),
    ]);
    t.import(ImportKind::Events, &events).await;
    t.plan(at("2024-03-05 10:00")).await;
    let law = t.callback("P50-ZHOU", "NB-CQ").await;
    let service = t.callback("P50-ZHOU", "GN-1W").await;
    let p = t.people();
    for id in [law, service] {
        t.assign(&p.leader_cq, id, &p.sichuan_caller_cq).await;
    }
    (t, law, service)
}

/// CBK-21, C-15, C-21: one connection and one recording; answers to the same words are carried over;
/// each callback has its own attempt and outcome.
#[rstest]
#[tokio::test]
async fn a_second_callback_goes_on_in_the_same_conversation(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, law, service) = begin(engine).await;
    let caller = &t.people().sichuan_caller_cq;
    let before = callback_page(&t.app, caller, t.now, law).await.unwrap();
    assert!(before.takeable.is_empty(), "nobody has spoken yet");
    t.interview(caller, t.now, law, &[]).await;
    let page = callback_page(&t.app, caller, t.now, law).await.unwrap();
    let offered: Vec<_> = page.takeable.iter().map(|c| c.id).collect();
    assert_eq!(offered, [service]);
    let later = t.now + Duration::minutes(2);
    start_together(&t.app, caller, later, law, service)
        .await
        .unwrap();
    // The rest is asked, and nothing is recorded once more.
    t.answer_all(caller, later, service, &[]).await;
    let state = t.finish(caller, later, service, "finished").await.unwrap();
    assert_eq!(state, CallbackState::Completed);
    let own = callback_page(&t.app, caller, later, service).await.unwrap();
    let shared = own.attempts.last().unwrap();
    let first = page.attempts.last().unwrap();
    assert_eq!(shared.shared_with, Some(first.id));
    let script = own.answers.iter().filter(|a| a.attempt == shared.id);
    let carried = script.clone().filter(|a| a.carried).count();
    assert!(carried < script.count(), "something was asked");
    let recordings: Vec<_> = own.recordings.iter().map(|r| r.owner_id).collect();
    assert_eq!(recordings, [first.id.0]);
    for id in [law, service] {
        assert_eq!(t.look(id).await.state, CallbackState::Completed);
    }
    assert_eq!(t.audited("callback.attempt_shared").await, 1);
}

/// What is not due here and now stays a call of its own.
#[rstest]
#[tokio::test]
async fn nothing_else_is_taken_along(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (t, law, service) = begin(engine).await;
    let p = t.people();
    let caller = &p.sichuan_caller_cq;
    let other = t.callback("P50-LI", "GN-1W").await;
    t.assign(&p.leader_cq, other, caller).await;
    let early = start_together(&t.app, caller, t.now, law, service).await;
    assert_eq!(refused(early), "together-over");
    t.interview(caller, t.now, law, &[]).await;
    let foreign = start_together(&t.app, caller, t.now, law, other).await;
    assert_eq!(refused(foreign), "together-elsewhere");
    let late = t.now + Duration::minutes(16);
    let late = start_together(&t.app, caller, late, law, service).await;
    assert_eq!(refused(late), "together-over");
}

/// CBK-21: what is due for one customer is spread onto one list, also when it comes later, so that one contact
/// covers it; the reports of each programme count its own callback.
#[rstest]
#[tokio::test]
async fn one_contact_covers_what_is_due_for_a_customer(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, _, _) = begin(engine).await;
    let p = t.people();
    let mut ids = Vec::new();
    for programmes in [&["NB-CQ", "NB-2017"][..], &["GN-1W"]] {
        let mut now = Vec::new();
        for programme in programmes {
            now.push(t.callback("P50-LI", programme).await);
        }
        let target = AssignTarget::Ids(now.clone());
        let spread = assign(&t.app, &p.leader_cq, t.now, &target, None).await;
        assert_eq!(spread.unwrap().assigned, now.len());
        ids.extend(now);
    }
    let caller = t.look(ids[0]).await.assignee_id;
    for id in &ids {
        assert_eq!(t.look(*id).await.assignee_id, caller);
    }
    let caller = p.all().into_iter().find(|a| a.user() == caller).unwrap();
    t.interview(caller, t.now, ids[0], &[]).await;
    for other in &ids[1..] {
        start_together(&t.app, caller, t.now, ids[0], *other)
            .await
            .unwrap();
        t.answer_all(caller, t.now, *other, &[]).await;
        t.finish(caller, t.now, *other, "finished").await.unwrap();
    }
    let files = "SELECT COUNT(*) FROM recordings";
    assert_eq!(t.database.number(files).await, 1, "one conversation");
    let report = run_report(&t.app, &p.manager, april(), &march("K-02", "programme")).await;
    let completed = shares(&report.unwrap());
    for programme in ["NB-CQ", "NB-2017"] {
        let own = completed.iter().find(|(code, ..)| code == programme);
        assert_eq!(own.map(|o| o.1), Some(1), "{programme}");
    }
    let discharged = "SELECT o.programme FROM obligations o JOIN policies p ON p.id = o.policy_id \
                      WHERE p.policy_no = 'P50-LI' AND o.status = 'discharged' ORDER BY 1";
    let programmes = t.database.column(discharged).await;
    assert_eq!(programmes, ["GN-1W", "NB-2017", "NB-CQ"]);
}
