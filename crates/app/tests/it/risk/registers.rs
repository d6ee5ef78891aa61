//! The registers of units, and the board of contract quality.

use app::risk as r;
use app::{Error, risk::UrgeForm};
use rstest::rstest;
use testkit::{Engine, TestApp, at, day, refused};

/// RSK-07, RSK-08, RSK-09: observations with effect and adjustment, errors with remedy, processes; of one's own
/// branch.
#[rstest]
#[tokio::test]
async fn registers_are_kept_by_units(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let by = &p.operations_cq;
    let market = r::MarketForm {
        indicator: "十年期国债收益率".into(),
        observed_on: "2024-03-01".into(),
        observation: "降至 2.35%".into(),
        effect: "传统险利差收窄".into(),
        adjustment: "控制高预定利率产品销售".into(),
        owner: "operations_cq".into(),
        due_on: "2024-03-29".into(),
    };
    let id = r::add_market_risk(&t.app, by, t.now, &market)
        .await
        .unwrap();
    let denied = r::add_market_risk(&t.app, &p.leader_cq, t.now, &market).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let list = async |actor| {
        r::list_market_risks(&t.app, actor, true, "")
            .await
            .unwrap()
            .rows
            .len()
    };
    assert_eq!((list(by).await, list(&p.operations_sd).await), (1, 0));
    let foreign = r::finish_market_risk(&t.app, &p.operations_sd, t.now, id, "x").await;
    assert!(matches!(foreign, Err(Error::NotFound)));
    r::finish_market_risk(&t.app, by, t.now, id, "已停售")
        .await
        .unwrap();
    assert_eq!(list(by).await, 0);
    errors_and_processes(&t).await;
}

/// An error with its remedy, a process that is kept anew.
async fn errors_and_processes(t: &TestApp) {
    let by = &t.people().operations_cq;
    let error = r::ErrorForm {
        kind: "payment".into(),
        process: "生存金给付".into(),
        happened_on: "2024-02-28".into(),
        cause: "账号录入错误".into(),
        effect: "退票一笔".into(),
        remedy: "双人复核账号".into(),
        needs_training: true,
        owner: "operations_cq".into(),
        due_on: "2024-03-15".into(),
    };
    let late = r::ErrorForm {
        happened_on: "2024-03-06".into(),
        ..error.clone()
    };
    let late = r::add_error(&t.app, by, t.now, &late).await;
    assert!(matches!(late, Err(Error::Invalid(_))));
    let id = r::add_error(&t.app, by, t.now, &error).await.unwrap();
    let rows = r::list_errors(&t.app, by, true, "").await.unwrap().rows;
    assert_eq!(
        (rows[0].cause.as_str(), rows[0].needs_training),
        ("账号录入错误", true)
    );
    r::finish_error(&t.app, by, t.now, id, "已培训")
        .await
        .unwrap();
    assert!(
        r::list_errors(&t.app, by, true, "")
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    let process = r::ProcessForm {
        process: "生存金给付".into(),
        standard: "给付管理办法（2023 版）".into(),
        is_sensitive: true,
        owner: "operations_cq".into(),
    };
    for _ in 0..2 {
        r::add_process(&t.app, by, t.now, &process).await.unwrap();
    }
    assert_eq!(r::list_processes(&t.app, by).await.unwrap().len(), 1);
}

/// RSK-11: what callbacks found of contract quality stands by unit and salesperson; the sales department is urged,
/// and again when its days are over.
#[rstest]
#[tokio::test]
async fn sales_is_urged_about_contract_quality(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    t.interview(&p.caller_cq, t.now, id, &[("signature_holder", "negative")])
        .await;
    let tickets = t.tickets(id).await;
    assert!(!tickets.is_empty());
    t.issue(
        &p.leader_cq,
        t.now,
        tickets[0].id,
        p.operations_cq.user().unwrap(),
    )
    .await
    .unwrap();
    let board = r::contract_quality(&t.app, &p.sales_cq, t.now)
        .await
        .unwrap();
    assert_eq!(board.len(), 1, "{board:?}");
    let row = &board[0];
    assert_eq!((row.open, row.urged), (1, 0));
    assert_eq!(row.agent_code.as_deref(), Some("A5001"));
    let other = r::contract_quality(&t.app, &p.sales_sd, t.now).await;
    assert!(other.unwrap().is_empty());
    let form = UrgeForm {
        org: row.org_code.clone(),
        agent: "A5001".into(),
        words: "请于本周内与客户当面核实签名".into(),
    };
    let denied = r::urge_sales(&t.app, &p.sales_cq, t.now, &form).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    r::urge_sales(&t.app, &p.leader_cq, t.now, &form)
        .await
        .unwrap();
    let early = r::urge_sales(&t.app, &p.leader_cq, at("2024-03-11 10:00"), &form).await;
    assert_eq!(refused(early), "risk-urged");
    let board = r::contract_quality(&t.app, &p.sales_cq, t.now)
        .await
        .unwrap();
    assert_eq!(
        (board[0].urged, board[0].next_on),
        (1, Some(day("2024-03-12")))
    );
    r::urge_sales(&t.app, &p.leader_cq, at("2024-03-12 10:00"), &form)
        .await
        .unwrap();
}
