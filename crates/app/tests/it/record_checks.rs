//! The supervisor's examination of records, notes on them, and signs of false ones.

use app::Error;
use app::callbacks::{
    ReviewForm, SignalQuery, acknowledge, add_note, callback_page, check_records,
    decide_record_signal, list_record_signals, review_callback, review_page,
};
use domain::callbacks::{CallbackState as S, SignalKind, SignalState};
use rstest::rstest;
use testkit::{Engine, TestApp, at, invalid, refused};

fn form(record: &str, result: &str, guidance: &str) -> ReviewForm {
    ReviewForm {
        record: record.into(),
        result: result.into(),
        guidance: guidance.into(),
    }
}

/// CBK-47, ORG-08: somebody else examines record and result and guides the caller, who takes note of it.
#[rstest]
#[tokio::test]
async fn a_supervisor_examines_and_guides(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let good = form("in_order", "agreed", "");
    let early = review_callback(&t.app, &p.leader_cq, t.now, id, &good).await;
    assert_eq!(refused(early), "review-nothing");
    t.assign(&p.leader_cq, id, &p.operations_cq).await;
    assert_eq!(
        t.interview(&p.operations_cq, t.now, id, &[]).await,
        S::Completed
    );
    let own = review_callback(&t.app, &p.operations_cq, t.now, id, &good).await;
    assert_eq!(refused(own), "review-own");
    let denied = review_callback(&t.app, &p.caller_cq, t.now, id, &good).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let there = review_callback(&t.app, &p.leader_sd, t.now, id, &good).await;
    assert!(matches!(there, Err(Error::NotFound)));
    let blunt = form("incomplete", "agreed", " ");
    let blunt = review_callback(&t.app, &p.leader_cq, t.now, id, &blunt).await;
    assert_eq!(invalid(blunt), [("guidance".into(), "missing".into())]);
    let words = "客户的意见应逐条记录";
    let review = form("incomplete", "agreed", words);
    review_callback(&t.app, &p.leader_cq, t.now, id, &review)
        .await
        .unwrap();
    let mine = review_page(&t.app, &p.operations_cq, t.now, "")
        .await
        .unwrap()
        .guidance;
    assert_eq!(mine.len(), 1);
    assert_eq!(mine[0].guidance.as_deref(), Some(words));
    let stranger = acknowledge(&t.app, &p.caller_cq, t.now, mine[0].id, "").await;
    assert!(matches!(stranger, Err(Error::NotFound)));
    acknowledge(&t.app, &p.operations_cq, t.now, mine[0].id, "收到")
        .await
        .unwrap();
    let page = callback_page(&t.app, &p.leader_cq, t.now, id)
        .await
        .unwrap();
    assert_eq!(page.reviews[0].reply.as_deref(), Some("收到"));
    let verdicts = review_page(&t.app, &p.leader_cq, t.now, "")
        .await
        .unwrap()
        .verdicts;
    assert_eq!(
        (verdicts.len(), verdicts[0].n, verdicts[0].acknowledged),
        (1, 1, 1)
    );
}

/// CBK-38: a saved record is annotated, by who and when, and stays as it was.
#[rstest]
#[tokio::test]
async fn records_are_annotated(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    t.interview(&p.caller_cq, t.now, id, &[]).await;
    let add = async |by, attempt: &str, words: &str| {
        add_note(&t.app, by, t.now, id, attempt, words).await
    };
    assert_eq!(invalid(add(&p.caller_cq, "1", " ").await)[0].0, "text");
    assert_eq!(invalid(add(&p.caller_cq, "7", "x").await)[0].0, "attempt");
    assert!(matches!(
        add(&p.inspector, "1", "x").await,
        Err(Error::Denied(_))
    ));
    let before = callback_page(&t.app, &p.leader_cq, t.now, id)
        .await
        .unwrap();
    add(&p.caller_cq, "1", "客户补充：地址门牌应为 8 号")
        .await
        .unwrap();
    let after = callback_page(&t.app, &p.leader_cq, t.now, id)
        .await
        .unwrap();
    assert_eq!(after.notes.len(), 1);
    assert_eq!(
        (
            after.notes[0].attempt_seq,
            after.notes[0].author_name.as_str()
        ),
        (Some(1), "caller cq")
    );
    assert_eq!(
        after.callback.version, before.callback.version,
        "the record is untouched"
    );
    assert_eq!(after.attempts[0].note, before.attempts[0].note);
}

/// SEC-09: answers at impossible speed and a late note are flagged with what was measured; a person who did
/// not call explains or confirms them, once.
#[rstest]
#[tokio::test]
async fn signs_of_false_records_are_found_and_decided_on(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    t.interview(&p.caller_cq, t.now, id, &[]).await;
    let later = at("2024-03-08 12:00");
    add_note(&t.app, &p.caller_cq, later, id, "", "事后补记")
        .await
        .unwrap();
    assert_eq!(
        check_records(&t.app, at("2024-03-08 13:00")).await.unwrap(),
        2
    );
    assert_eq!(
        check_records(&t.app, at("2024-03-08 14:00")).await.unwrap(),
        0,
        "each once"
    );
    let open = SignalQuery::default();
    let denied = list_record_signals(&t.app, &p.caller_cq, &open).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let signals = list_record_signals(&t.app, &p.inspector, &open)
        .await
        .unwrap()
        .rows;
    let kinds: Vec<_> = signals.iter().map(|s| s.kind).collect();
    assert!(kinds.contains(&SignalKind::TooFast) && kinds.contains(&SignalKind::NotedLate));
    let fast = signals
        .iter()
        .find(|s| s.kind == SignalKind::TooFast)
        .unwrap();
    assert_eq!((fast.measured, fast.allowed), (0, 2));
    assert!(fast.rule.contains("如实"), "{}", fast.rule);
    let decide = async |reason: &str| {
        decide_record_signal(&t.app, &p.compliance, later, fast.id, "explained", reason).await
    };
    assert_eq!(invalid(decide("").await)[0].0, "reason");
    decide("测试录入").await.unwrap();
    assert!(matches!(decide("再次").await, Err(Error::Conflict)));
    let decided = SignalQuery {
        state: "explained".into(),
        ..Default::default()
    };
    let decided = list_record_signals(&t.app, &p.inspector, &decided)
        .await
        .unwrap()
        .rows;
    assert_eq!(decided.len(), 1);
    assert_eq!(decided[0].state, SignalState::Explained);
    assert_eq!(decided[0].reason.as_deref(), Some("测试录入"));
}
