//! The monthly spot check of payout callbacks: drawn again from its number, judged by others, put right.

use super::payouts::{assigned, payout, with_payouts};
use app::callbacks::{
    JudgementForm, close_spot_check, draw_spot_check, judge_spot_check, spot_check,
};
use domain::access::Actor;
use domain::callbacks::draw;
use rstest::rstest;
use std::collections::BTreeSet;
use testkit::{Engine, at, invalid, refused};

/// PSV-14: the monthly spot check: a sample that can be drawn again, five points, corrections.
#[rstest]
#[tokio::test]
async fn the_spot_check_of_a_month(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let rows = vec![payout("A", "P50-ZHOU", &[]), payout("B", "P50-LI", &[])];
    let t = with_payouts(engine, rows).await;
    let (p, now) = (t.people(), t.now);
    let (caller, head) = (&p.caller_cq, &p.operations_cq);
    assert_eq!(
        refused(draw_spot_check(&t.app, head, now, "2024-03").await),
        "spot-check-empty"
    );
    let denied = draw_spot_check(&t.app, caller, now, "2024-03").await;
    assert!(matches!(denied, Err(app::Error::Denied(_))), "{denied:?}");
    let (first, second) = (assigned(&t, "P50-ZHOU").await, assigned(&t, "P50-LI").await);
    t.interview(caller, now, first, &[]).await;
    t.not_reached(caller, at("2024-03-05 14:00"), second, "busy")
        .await;
    let id = draw_spot_check(&t.app, head, now, "2024-03").await.unwrap();
    let drawn = spot_check(&t.app, head, id).await.unwrap();
    assert_eq!((drawn.check.pool, drawn.check.reached), (2, 1));
    let again: Vec<_> = drawn.items.iter().map(|i| i.callback).collect();
    assert_eq!(
        draw(id, &[first, second], 20),
        again,
        "the number draws it again"
    );
    assert_eq!(again.iter().collect::<BTreeSet<_>>().len(), 2);
    assert!(spot_check(&t.app, &p.operations_sd, id).await.is_err());
    let early = close_spot_check(&t.app, head, now, id, "无").await;
    assert_eq!(refused(early), "spot-check-unfinished");
    let good = JudgementForm {
        verdicts: ["pass", "not_applicable", "pass", "pass"].map(str::to_owned),
        ..Default::default()
    };
    let judge = async |by: &Actor, at: usize, form: &JudgementForm| {
        judge_spot_check(&t.app, by, now, (id, drawn.items[at].id), form).await
    };
    judge(head, 0, &good).await.unwrap();
    let bad = JudgementForm {
        verdicts: ["pass", "fail", "pass", "pass"].map(str::to_owned),
        ..Default::default()
    };
    let silent = judge(head, 1, &bad).await;
    assert_eq!(
        invalid(silent),
        [("finding".to_owned(), "missing".to_owned())]
    );
    let said = JudgementForm {
        finding: "未按时再次拨打".into(),
        correction: "当日补打".into(),
        ..bad
    };
    judge(head, 1, &said).await.unwrap();
    assert_eq!(
        refused(close_spot_check(&t.app, head, now, id, "有一件").await),
        "spot-check-unfinished"
    );
    let corrected = JudgementForm {
        corrected: true,
        ..Default::default()
    };
    judge(head, 1, &corrected).await.unwrap();
    close_spot_check(&t.app, head, now, id, "一件已整改")
        .await
        .unwrap();
    let closed = spot_check(&t.app, head, id).await.unwrap().check;
    assert_eq!(closed.conclusion.as_deref(), Some("一件已整改"));
    assert_eq!((closed.defects, closed.corrected), (1, 1));
    assert_eq!(refused(judge(head, 0, &good).await), "spot-check-closed");
}

/// B13 §10: nobody judges a call of their own.
#[rstest]
#[tokio::test]
async fn nobody_judges_an_own_call(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = with_payouts(engine, vec![payout("A", "P50-ZHOU", &[])]).await;
    let (p, now) = (t.people(), t.now);
    let head = &p.operations_cq;
    let id = t.callback("P50-ZHOU", "PS-PH").await;
    t.assign(&p.leader_cq, id, head).await;
    t.interview(head, now, id, &[]).await;
    let check = draw_spot_check(&t.app, head, now, "2024-03").await.unwrap();
    let item = spot_check(&t.app, head, check).await.unwrap().items[0].id;
    let good = JudgementForm {
        verdicts: ["pass", "pass", "pass", "pass"].map(str::to_owned),
        ..Default::default()
    };
    let own = judge_spot_check(&t.app, head, now, (check, item), &good).await;
    assert_eq!(refused(own), "spot-check-own-call");
    let manager = judge_spot_check(&t.app, &p.manager, now, (check, item), &good).await;
    manager.unwrap();
}
