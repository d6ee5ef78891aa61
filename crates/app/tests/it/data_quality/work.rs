//! What is done about it: given out, cleaned up, drawn, held back, verified.

use super::{examine, home, open, person, policy, with};
use app::data_quality as i;
use domain::data_quality::SampleState;
use domain::imports::ImportKind;
use rstest::rstest;
use testkit::{Engine, Table, TestApp, day, invalid, refused};

/// A cleaning up is made from a filter; its progress follows what the checks say.
#[rstest]
#[tokio::test]
async fn a_cleaning_up_says_how_far_it_is(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let vague = |n: usize, address: &str| {
        person(&format!("K{n}"), "吴一", &format!("1391234000{n}"), address)
    };
    with(&t, (0..3).map(|n| vague(n, "家里")).collect()).await;
    let (app, by) = (&t.app, &t.people().operations_cq);
    let query = i::FindingQuery {
        check: "address_detail".into(),
        agent: "A5002".into(),
        org: "5001".into(),
        ..Default::default()
    };
    let list = i::list_findings(app, by, &query).await.unwrap();
    let ours = list
        .page
        .rows
        .iter()
        .filter(|r| r.customer_no.starts_with('K'));
    assert_eq!(ours.count(), 3);
    let ids: Vec<_> = list
        .page
        .rows
        .iter()
        .filter(|r| r.customer_no.starts_with('K'))
        .map(|r| r.id)
        .collect();
    let form = i::AssignForm {
        title: "地址清理".into(),
        ..Default::default()
    };
    let nobody = i::AssignForm::default();
    let target = i::AssignTarget::Ids(ids);
    let without = i::assign(app, by, t.now, &target, &nobody).await;
    assert_eq!(
        invalid(without),
        vec![("assignee".to_owned(), "missing".to_owned())]
    );
    let report = i::assign(app, by, t.now, &target, &form).await.unwrap();
    assert_eq!(report.done, 3);
    t.import(ImportKind::Customers, &Table::new([vague(0, &home(7))]))
        .await;
    examine(&t).await;
    let page = i::information_page(app, by, t.now, "K1").await.unwrap();
    let words = i::ExplanationForm {
        words: "属实".into(),
        version: page.findings[0].version,
    };
    i::explain(app, by, t.now, "K1", page.findings[0].id, &words)
        .await
        .unwrap();
    let list = i::list_cleanups(app, by, "").await.unwrap();
    let progress = list.rows[0].progress;
    assert_eq!(
        (
            progress.found,
            progress.cleaned,
            progress.explained,
            progress.left()
        ),
        (3, 1, 1, 1)
    );
    assert_eq!(list.rows[0].due_on, day("2024-04-04"), "the usual time");
}

/// 保监发〔2013〕82号: commission of a policy is held back while information is missing, and released; the policy
/// does not pass meanwhile.
#[rstest]
#[tokio::test]
async fn commission_is_held_back_until_it_is_put_right(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let mut bare = person("H1", "吴一", "13912340001", &home(1));
    bare.retain(|(column, _)| *column != "mobile");
    with(
        &t,
        vec![bare, person("H2", "吴二", "13912340002", &home(2))],
    )
    .await;
    let (app, by) = (&t.app, &t.people().operations_cq);
    let query = |view: &str| i::HoldQuery {
        view: view.into(),
        agent: "A5002".into(),
        ..Default::default()
    };
    let held = i::list_holds(app, by, &query("")).await.unwrap().rows;
    let held: Vec<_> = held
        .iter()
        .filter(|h| h.customer_no.starts_with('H'))
        .collect();
    assert_eq!(held.len(), 1);
    assert_eq!(
        (held[0].policy_no.as_str(), held[0].checks.as_slice()),
        ("P-H1", ["missing".to_owned()].as_slice())
    );
    let passing = i::check_policy(app, by, "P-H1").await.unwrap();
    assert!(!passing.passed);
    assert_eq!(
        (passing.blocking[0].1, passing.blocking[0].2),
        ("missing", "mobile")
    );
    assert!(i::check_policy(app, by, "P-H2").await.unwrap().passed);
    let elsewhere = i::check_policy(app, &t.people().operations_sd, "P-H1").await;
    assert!(elsewhere.is_err(), "another branch does not see it");
    t.import(
        ImportKind::Customers,
        &Table::new([person("H1", "吴一", "13912340001", &home(1))]),
    )
    .await;
    examine(&t).await;
    let released = i::list_holds(app, by, &query("released"))
        .await
        .unwrap()
        .rows;
    assert_eq!(released.iter().filter(|h| h.policy_no == "P-H1").count(), 1);
    assert!(i::check_policy(app, by, "P-H1").await.unwrap().passed);
}

/// CUS-11: information is due every twelve months; by hand and by callbacks that confirm contact data.
#[rstest]
#[tokio::test]
async fn a_verification_moves_the_next_one(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    examine(&t).await;
    let (app, by) = (&t.app, &t.people().operations_cq);
    let now = t.now;
    let state = |number: &'static str| async move {
        let page = i::information_page(app, by, now, number).await.unwrap();
        page.state.map(|s| (s.verified_on, s.verify_by)).unwrap()
    };
    let today = domain::time::date_in_china(t.now);
    let next = today + chrono::Months::new(12);
    assert_eq!(state("C50-LI").await, (None, next));
    let form = |on: &str, way: &str| i::VerificationForm {
        on: on.into(),
        way: way.into(),
        note: "电话核对，地址未变".into(),
    };
    let future = i::verify(app, by, t.now, "C50-LI", &form("2030-01-01", "telephone")).await;
    assert_eq!(
        invalid(future),
        vec![("on".to_owned(), "in-future".to_owned())]
    );
    let forged = i::verify(app, by, t.now, "C50-LI", &form("", "callback")).await;
    assert_eq!(
        invalid(forged),
        vec![("way".to_owned(), "unknown-code".to_owned())]
    );
    i::verify(app, by, t.now, "C50-LI", &form("2024-01-15", "counter"))
        .await
        .unwrap();
    examine(&t).await;
    assert_eq!(
        state("C50-LI").await,
        (Some(day("2024-01-15")), day("2025-01-15"))
    );
    let callback = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(
        &t.people().leader_cq,
        callback,
        &t.people().sichuan_caller_cq,
    )
    .await;
    t.interview(&t.people().sichuan_caller_cq, t.now, callback, &[])
        .await;
    examine(&t).await;
    assert_eq!(
        state("C50-ZHOU").await,
        (Some(today), next),
        "the callback confirmed contact data"
    );
    let query = i::DueQuery {
        due: "2025-01".into(),
        ..Default::default()
    };
    let due = i::list_due(app, by, t.now, &query).await.unwrap().rows;
    let due: Vec<_> = due.iter().map(|r| r.customer_no.as_str()).collect();
    assert_eq!(due, vec!["C50-LI"]);
}

/// 人工抽查: so many policies of each unit and month, judged once, put right in time.
#[rstest]
#[tokio::test]
async fn drawn_policies_are_judged_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let people = (0..14).map(|n| {
        person(
            &format!("D{n}"),
            "吴一",
            &format!("139123400{n:02}"),
            &home(n),
        )
    });
    with(&t, people.collect()).await;
    let (app, by) = (&t.app, &t.people().operations_cq);
    let early = i::draw(app, by, t.now, "2024-03").await;
    assert_eq!(
        invalid(early),
        vec![("month".to_owned(), "in-future".to_owned())]
    );
    let drawn = i::draw(app, by, t.now, "2024-02").await.unwrap();
    assert_eq!(drawn, 11, "ten of 5001, one of 50");
    assert_eq!(
        refused(i::draw(app, by, t.now, "2024-02").await),
        "samples-none"
    );
    let list = i::list_samples(app, by, &i::SampleQuery::default())
        .await
        .unwrap();
    let id = list.rows[0].id;
    let form = |result: &str, finding: &str| i::JudgeForm {
        result: result.into(),
        finding: finding.into(),
    };
    let silent = i::judge(app, by, t.now, id, &form("untrue", "")).await;
    assert_eq!(
        invalid(silent),
        vec![("finding".to_owned(), "missing".to_owned())]
    );
    i::judge(app, by, t.now, id, &form("untrue", "号码系销售人员亲属"))
        .await
        .unwrap();
    assert_eq!(
        refused(i::judge(app, by, t.now, id, &form("true", "")).await),
        "sample-judged"
    );
    let sample = i::sample(app, by, id).await.unwrap();
    assert_eq!(sample.state, SampleState::ToRectify);
    assert_eq!(
        sample.rectify_by,
        Some(domain::time::date_in_china(t.now) + chrono::Days::new(10))
    );
    assert!(i::sample(app, &t.people().operations_sd, id).await.is_err());
    i::rectify(app, by, t.now, id, "已更正为本人号码")
        .await
        .unwrap();
    let again = i::rectify(app, by, t.now, id, "又").await;
    assert_eq!(refused(again), "sample-nothing-to-rectify");
}

/// Rules that changed are applied to everybody, and destroyed customers leave nothing behind.
#[rstest]
#[tokio::test]
async fn the_board_adds_up(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    with(&t, vec![person("B1", "吴一", "13912340001", &home(1))]).await;
    assert!(open(&t, "B1").await.is_empty());
    let _ = policy("B1");
    let (app, manager) = (&t.app, &t.people().manager);
    for by in ["unit", "channel", "agent"] {
        let query = i::BoardQuery {
            by: by.into(),
            ..Default::default()
        };
        let board = i::board(app, manager, t.now, &query).await.unwrap();
        assert_eq!(board.customers, 7, "{by}");
        assert_eq!(board.truth.iter().sum::<i64>(), 7, "{by}");
        assert!(!board.checks.is_empty() && !board.rows.is_empty(), "{by}");
        assert_eq!(
            board.due.iter().map(|d| d.n).sum::<i64>(),
            0,
            "nobody is due within half a year"
        );
    }
    let chongqing = i::BoardQuery {
        org: "50".into(),
        ..Default::default()
    };
    let board = i::board(app, &t.people().leader_cq, t.now, &chongqing)
        .await
        .unwrap();
    assert_eq!(board.customers, 5, "a branch counts its own");
}

/// While keys are exchanged nothing appears or ends because values are indexed with two of them.
#[rstest]
#[tokio::test]
async fn an_exchange_of_keys_changes_no_finding(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let shared = |n: usize| person(&format!("R{n}"), "吴一", "13912340001", &home(n));
    with(&t, (0..5).map(shared).collect()).await;
    assert_eq!(open(&t, "R0").await.len(), 1);
    let (app, by) = (&t.app, &t.people().operations_cq);
    let page = i::information_page(app, by, t.now, "R1").await.unwrap();
    let words = i::ExplanationForm {
        words: "亲属代留".into(),
        version: page.findings[0].version,
    };
    let id = page.findings[0].id;
    i::explain(app, by, t.now, "R1", id, &words).await.unwrap();
    let work = app.store().begin(t.now).await.unwrap();
    store::sealing::add_keys(&work, &["index"], None)
        .await
        .unwrap();
    let entry = store::AuditEntry::new(by, "keys.rotated", "keys", None);
    work.commit(entry).await.unwrap();
    store::sealing::refresh_keys(app.store()).await.unwrap();
    let done = examine(&t).await;
    assert_eq!((done.found, done.ended), (0, 0), "{done:?}");
    assert!(done.customers >= 11, "everybody is indexed anew");
    assert_eq!(open(&t, "R0").await.len(), 1);
    assert_eq!(open(&t, "R1").await.len(), 0, "what was explained stays so");
}
