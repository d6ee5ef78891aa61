//! Policies: lists, pages, the cooling-off clock.

use app::Error;
use app::policies::{PolicyQuery, list_policies, policy_page, policy_timeline};
use domain::access::Actor;
use domain::policies::{CoolingOffState, Surrender};
use rstest::rstest;
use testkit::{Engine, TestApp, at, day};

#[rstest]
#[tokio::test]
async fn lists_show_what_filters_and_units_allow(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let shell = Actor::shell("tests");
    let numbers = async |actor: &Actor, query: PolicyQuery| {
        let listed = list_policies(&t.app, actor, &query).await.unwrap();
        let mut numbers: Vec<_> = listed.page.rows.into_iter().map(|p| p.policy_no).collect();
        numbers.sort();
        numbers.join(" ")
    };
    let all = PolicyQuery::default;
    assert_eq!(
        numbers(&t.people().leader_sd, all()).await,
        "P37-MA P37-SUN"
    );
    let without = PolicyQuery {
        without_receipt: "true".into(),
        ..all()
    };
    assert_eq!(numbers(&shell, without).await, "P37-MA P50-HE");
    let motor = PolicyQuery {
        line: "motor".into(),
        customer: "C50-LI".into(),
        ..all()
    };
    assert_eq!(numbers(&shell, motor).await, "P50-CAR");
    let sold = PolicyQuery {
        agent: "A5001".into(),
        issued_from: "2024-02-26".into(),
        issued_to: "2024-02-26".into(),
        ..all()
    };
    assert_eq!(numbers(&shell, sold).await, "P50-ZHOU");
    let bad = PolicyQuery {
        status: "sleeping".into(),
        ..all()
    };
    let refused = list_policies(&t.app, &shell, &bad).await;
    assert!(matches!(refused, Err(Error::Invalid(_))));
}

#[rstest]
#[tokio::test]
async fn the_page_has_the_clock_the_claims_and_the_timeline(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let actor = &t.people().leader_cq;
    let page = policy_page(&t.app, actor, t.now, "P50-ZHOU").await.unwrap();
    let clock = page.clock.unwrap();
    assert_eq!(clock.dates.company_due_on, Some(day("2024-03-15")));
    assert_eq!(
        clock.state,
        CoolingOffState::Running(clock.dates.right_end_on.unwrap())
    );
    assert_eq!(clock.surrender_today, Surrender::InPeriod);
    assert_eq!(page.policy.insured_no.as_deref(), Some("C50-ZHOU"));
    assert!(page.callbacks.rows.iter().any(|c| c.programme == "NB-CQ"));
    let later = at("2024-05-06 10:00");
    let page = policy_page(&t.app, actor, later, "P50-ZHOU").await.unwrap();
    assert_eq!(page.clock.unwrap().surrender_today, Surrender::Ordinary);
    let car = policy_page(&t.app, actor, t.now, "P50-CAR").await.unwrap();
    assert!(car.clock.is_none());
    assert_eq!(car.claims.len(), 2);
    assert_eq!(car.events.rows.len(), 2);
    let timeline = policy_timeline(&t.app, actor, "P50-CAR", "").await.unwrap();
    assert_eq!(timeline.rows, car.timeline.rows);
    assert!(timeline.rows.len() >= 4, "{timeline:?}");
}

#[rstest]
#[tokio::test]
async fn a_policy_of_another_branch_does_not_exist(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let page = policy_page(&t.app, &t.people().leader_cq, t.now, "P37-SUN").await;
    assert!(matches!(page, Err(Error::NotFound)));
    let timeline = policy_timeline(&t.app, &t.people().leader_cq, "P37-SUN", "").await;
    assert!(matches!(timeline, Err(Error::NotFound)));
}
