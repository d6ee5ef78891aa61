//! The page that says why an obligation exists.

use crate::browser::Site;
use axum::http::StatusCode;
use rstest::rstest;
use testkit::{Engine, TestApp};

#[rstest]
#[tokio::test]
async fn an_obligation_explains_itself(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let p = t.people();
    let callback = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, callback, &p.sichuan_caller_cq).await;
    t.interview(&p.sichuan_caller_cq, t.now, callback, &[])
        .await;
    let number = t.look(callback).await.obligation_number;
    let mut leader = site.sign_in("leader_cq").await;
    let page = leader.read(&format!("/obligations/{number}")).await;
    // Receipt of 1 March, fifteen days, the day of signature counted: the 15th.
    for words in [
        "2024-03-01",
        "2024-03-15",
        "第三条",
        "已履行",
        "录音",
        "class=\"day counted start\"",
        "class=\"day counted due\"",
        "title=\"2024-03-15\"",
        "<span class=\"n\">15</span>",
    ] {
        assert!(page.contains(words), "{words}");
    }
    leader.language = "en";
    let page = leader.read(&format!("/obligations/{number}")).await;
    assert!(page.contains("Why this obligation exists"));
    for wrong in ["OB-2024-9999999", "nonsense"] {
        let answer = leader.get(&format!("/obligations/{wrong}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}

#[rstest]
#[tokio::test]
async fn without_a_receipt_the_dates_are_unknown(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut leader = site.sign_in("leader_sd").await;
    let list = leader.read("/obligations?view=no_date").await;
    assert!(list.contains("P37-MA"));
    let number = t.obligation("P37-MA", "NB-SD").await.unwrap().number;
    let page = leader.read(&format!("/obligations/{number}")).await;
    assert!(page.contains("所需日期尚未收到"));
    let policy = leader.read("/policies/P37-MA").await;
    assert!(policy.contains("未收到回执") || policy.contains("待回执"));
}
