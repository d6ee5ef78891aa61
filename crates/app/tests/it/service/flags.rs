//! Flags to underwriting and claims.

use super::{begin, keep, rate};
use app::service as s;
use rstest::rstest;
use testkit::{Engine, TestApp, refused};

async fn changes(t: &TestApp) -> Vec<String> {
    let page = s::flag_changes(&t.app, &t.people().manager, "", 100).await;
    let rows = page.unwrap().rows.into_iter();
    let said = |raised: bool| if raised { "raised" } else { "withdrawn" };
    rows.map(|c| format!("{} {} {}", c.customer_no, c.flag, said(c.raised)))
        .collect()
}

/// SEG-10: what follows the risk class is raised and withdrawn with it, and the core system hears of each change.
#[rstest]
#[tokio::test]
async fn flags_follow_the_class(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = begin(engine).await;
    rate(&t, "C50-LI", "risk_class", "high").await;
    assert_eq!(keep(&t, t.now).await.raised, 2);
    let flags = s::flags_of(&t.app, &t.people().leader_cq, "C50-LI").await;
    let flags = flags.unwrap();
    assert_eq!(flags.len(), 2);
    assert!(
        flags
            .iter()
            .all(|f| f.article == "三（二）4" && f.raised_at.is_some())
    );
    let again = keep(&t, t.now).await;
    assert_eq!((again.raised, again.withdrawn), (0, 0));
    let form = s::FlagStepForm {
        step: "withdraw".into(),
        reason: "x".into(),
    };
    let by_hand = s::decide_flag(&t.app, &t.people().leader_cq, t.now, flags[0].id, &form).await;
    assert_eq!(refused(by_hand), "flag-by-class");
    rate(&t, "C50-LI", "risk_class", "medium").await;
    assert_eq!(keep(&t, t.now).await.withdrawn, 2);
    assert_eq!(
        changes(&t).await,
        [
            "C50-LI prudent_underwriting raised",
            "C50-LI strengthened_claim_review raised",
            "C50-LI prudent_underwriting withdrawn",
            "C50-LI strengthened_claim_review withdrawn",
        ]
    );
    rate(&t, "C50-LI", "risk_class", "high").await;
    assert_eq!(keep(&t, t.now).await.raised, 2, "once more");
}

/// SEG-10: by hand with a reason, and only when another person agrees.
#[rstest]
#[tokio::test]
async fn flags_by_hand_need_another_person(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = begin(engine).await;
    let manager = &t.people().manager;
    let compliance = &t.people().compliance;
    let form = s::FlagForm {
        flag: "prudent_underwriting".into(),
        reason: "同业拒保记录".into(),
    };
    let id = s::ask_flag(&t.app, manager, t.now, "C50-ZHOU", &form)
        .await
        .unwrap();
    assert!(changes(&t).await.is_empty(), "nothing holds yet");
    let twice = s::ask_flag(&t.app, manager, t.now, "C50-ZHOU", &form).await;
    assert_eq!(refused(twice), "flag-there-already");
    let step = async |by, step: &str| {
        let form = s::FlagStepForm {
            step: step.into(),
            reason: "情况已消除".into(),
        };
        s::decide_flag(&t.app, by, t.now, id, &form).await
    };
    assert_eq!(refused(step(manager, "agree").await), "flag-same-person");
    assert!(matches!(
        step(&t.people().leader_cq, "agree").await,
        Err(app::Error::Denied(_))
    ));
    step(compliance, "agree").await.unwrap();
    assert_eq!(changes(&t).await, ["C50-ZHOU prudent_underwriting raised"]);
    step(manager, "withdraw").await.unwrap();
    let flags = s::flags_of(&t.app, manager, "C50-ZHOU").await.unwrap();
    assert_eq!(flags.len(), 1, "it holds until another person agrees");
    assert_eq!(refused(step(manager, "agree").await), "flag-same-person");
    step(compliance, "agree").await.unwrap();
    assert!(
        s::flags_of(&t.app, manager, "C50-ZHOU")
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(changes(&t).await.len(), 2);
}
