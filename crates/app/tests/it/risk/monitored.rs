//! Customers whose risk class is high or medium: who is told of a change, what the class asks to be assessed and by
//! when, what the result does to the plan.

use super::assessed;
use crate::rule_life::{approve, next};
use crate::segments::classify_at;
use app::risk as r;
use app::service as s;
use domain::imports::ImportKind;
use domain::risk::{RiskDimension as D, RiskLevel, RiskSignalKind};
use domain::time::Instant;
use rstest::rstest;
use testkit::{Engine, Portfolio, TestApp, at, day};
use uuid::Uuid;

type Answers = &'static [(&'static str, &'static str)];

/// Answers that make a medium risk.
const ARREARS: Answers = &[
    ("risk.credit.payment", "arrears"),
    ("risk.credit.rating", "good"),
];
/// Answers that make a low risk, of each dimension.
const LOW: [(&str, Answers); 4] = [
    (
        "credit",
        &[
            ("risk.credit.payment", "on_time"),
            ("risk.credit.rating", "good"),
        ],
    ),
    (
        "market",
        &[
            ("risk.market.exposure", "low"),
            ("risk.market.industry", "stable"),
            ("risk.market.region", "steady"),
        ],
    ),
    (
        "operational",
        &[
            ("risk.operational.data", "complete"),
            ("risk.operational.identity", "verified"),
        ],
    ),
    ("other", &[("risk.other.fraud", "none")]),
];

/// Imports an appetite and a tolerance of LI, and classes who changed.
async fn rate(t: &TestApp, now: Instant, appetite: &str, tolerance: &str) {
    let mut customers = Portfolio::small().customers;
    customers
        .set("C50-LI", "risk_appetite", appetite)
        .set("C50-LI", "risk_tolerance", tolerance);
    t.import(ImportKind::Customers, &customers).await;
    classify_at(t, now, false).await;
}

/// The worklist of what classes ask for, as somebody of Chongqing sees it: class, dimensions assessed, day.
async fn asked(t: &TestApp, now: &str) -> Vec<String> {
    let query = r::ReviewQuery {
        view: "class".into(),
        ..Default::default()
    };
    let found = r::list_reviews(&t.app, &t.people().operations_cq, at(now), &query).await;
    let rows = found.unwrap().monitored.rows.into_iter();
    rows.map(|m| {
        let (no, asks) = (m.row.of.customer_no, m.monitoring);
        let done = m.row.confirmed.len();
        format!("{no} {} {done} {}", asks.standing.class, asks.due_on)
    })
    .collect()
}

/// LI on the list of the person in charge: the risk class, what it was, early warnings.
async fn mine(t: &TestApp, now: &str, view: &str) -> Vec<String> {
    let query = s::MineQuery { view: view.into() };
    let mine = s::my_customers(&t.app, &t.people().caller_cq, at(now), &query).await;
    let told = mine.unwrap().into_iter();
    told.map(|m| {
        let class = m.row.risk.class.unwrap_or_default();
        let was = m.risk_was.unwrap_or_else(|| "-".into());
        format!("{} {class} {was} {}", m.row.customer_no, m.row.warnings)
    })
    .collect()
}

async fn assess(t: &TestApp, now: &str, dimension: &str, answers: Answers) {
    let both = (&t.people().operations_cq, &t.people().manager);
    assessed(t, both, at(now), "C50-LI", (dimension, answers)).await;
}

/// How often the person in charge is to speak to LI in a year, and the article that says so.
async fn conversations(t: &TestApp) -> (i64, String) {
    let by = &t.people().operations_cq;
    let plan = s::service_plan(&t.app, by, t.now, "C50-LI").await.unwrap();
    let mut lines = plan.lines.iter();
    let line = lines.find(|l| l.entitled.code == "contacts_per_year");
    line.map(|l| (l.per_year, l.entitled.source.article.clone()))
        .unwrap_or_default()
}

/// SEG-10: a class that becomes high is an early warning and is put before the person in charge; all dimensions are
/// to be assessed, then every quarter; what is warned of later is put before that person, too.
#[rstest]
#[tokio::test]
async fn a_high_class_is_monitored(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let charge = s::AssignForm {
        customer_no: "C50-LI".into(),
        user: "caller_cq".into(),
        ..Default::default()
    };
    s::assign(&t.app, &p.leader_cq, t.now, &charge)
        .await
        .unwrap();
    rate(&t, t.now, "high", "medium").await;
    r::watch_risks(&t.app, t.now).await.unwrap();
    assert!(signals(&t).await.is_empty(), "medium is no warning");
    assert!(mine(&t, "2024-03-05 10:00", "risk").await.is_empty());

    rate(&t, at("2024-03-06 10:00"), "high", "low").await;
    let now = at("2024-03-06 11:00");
    assert_eq!(r::watch_risks(&t.app, now).await.unwrap().signals, 1);
    assert_eq!(r::watch_risks(&t.app, now).await.unwrap().signals, 0);
    let told = signals(&t).await;
    assert_eq!(told[0].of.customer_no, "C50-LI");
    let kind = (told[0].kind, told[0].level, told[0].happened_on);
    let raised = RiskSignalKind::ClassRaised;
    assert_eq!(kind, (raised, RiskLevel::High, day("2024-03-06")));
    let before = mine(&t, "2024-03-06 11:00", "risk").await;
    assert_eq!(before, ["C50-LI high medium 1"]);
    assert_eq!(conversations(&t).await, (12, "三（二）4".into()));

    // Thirty days are a Friday of a long weekend; Sunday is worked.
    assert_eq!(
        asked(&t, "2024-03-06 11:00").await,
        ["C50-LI high 0 2024-04-07"]
    );
    let other = r::ReviewQuery {
        view: "class".into(),
        ..Default::default()
    };
    let elsewhere = r::list_reviews(&t.app, &p.operations_sd, now, &other).await;
    assert!(elsewhere.unwrap().monitored.rows.is_empty());
    let page = r::risk_page(&t.app, &p.manager, now, "C50-LI")
        .await
        .unwrap();
    assert_eq!(page.review_on, Some(day("2024-04-07")));
    let asks = page.monitoring.unwrap();
    assert_eq!(asks.standing.person.as_deref(), Some("caller cq"));
    assert_eq!(
        asks.missing,
        [D::Credit, D::Market, D::Operational, D::Other]
    );

    all_dimensions_come_round(&t).await;
    what_is_warned_of_later_is_told(&t, told[0].id).await;
}

/// All dimensions, low as they are, and still a quarter: the class asks for it. It is listed thirty days ahead.
async fn all_dimensions_come_round(t: &TestApp) {
    for (at_least, (dimension, answers)) in LOW.into_iter().enumerate() {
        let listed = asked(t, "2024-03-11 12:00").await;
        assert_eq!(listed, [format!("C50-LI high {at_least} 2024-04-07")]);
        assess(t, "2024-03-11 12:00", dimension, answers).await;
    }
    let page = r::risk_page(
        &t.app,
        &t.people().manager,
        at("2024-03-12 10:00"),
        "C50-LI",
    )
    .await
    .unwrap();
    assert_eq!(
        (page.overall, page.review_on),
        (Some(RiskLevel::Low), Some(day("2024-06-11")))
    );
    assert!(asked(t, "2024-05-11 10:00").await.is_empty());
    assert_eq!(
        asked(t, "2024-05-12 10:00").await,
        ["C50-LI high 4 2024-06-11"]
    );
}

/// An answered warning leaves the list of the person in charge; a new one comes on it.
async fn what_is_warned_of_later_is_told(t: &TestApp, told: Uuid) {
    let (p, now) = (t.people(), at("2024-05-12 10:00"));
    let answer = r::ResponseForm {
        response: "assessment".into(),
        words: "四个维度均已评估".into(),
        ..Default::default()
    };
    r::handle_risk_signal(&t.app, &p.operations_cq, now, told, &answer)
        .await
        .unwrap();
    let news = r::SignalForm {
        kind: "adverse_news".into(),
        level: "medium".into(),
        happened_on: String::new(),
        words: "经营异常".into(),
    };
    assert_eq!(
        mine(t, "2024-05-12 10:00", "risk").await,
        ["C50-LI high - 0"]
    );
    r::enter_risk_signal(
        &t.app,
        &p.operations_cq,
        at("2024-05-12 11:00"),
        "C50-LI",
        &news,
    )
    .await
    .unwrap();
    assert_eq!(
        mine(t, "2024-05-12 11:00", "risk").await,
        ["C50-LI high - 1"]
    );
}

async fn signals(t: &TestApp) -> Vec<store::risk::RiskSignalRow> {
    let query = r::RiskQuery::default();
    let found = r::list_risk_signals(&t.app, &t.people().manager, &query, None).await;
    found.unwrap().page.rows
}

/// SEG-11, RSK-03: a medium class is assessed, then every half-year; the result of the assessment adds conversations
/// to the plan; with a class that is low, all of it ends.
#[rstest]
#[tokio::test]
async fn a_medium_class_is_assessed_and_the_result_moves_the_plan(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    rate(&t, t.now, "low", "high").await;
    let of_value = (4, "公司默认值".to_owned());
    assert!(asked(&t, "2024-03-05 10:00").await.is_empty());
    assert_eq!(
        conversations(&t).await,
        of_value,
        "as the value class has it"
    );
    rate(&t, at("2024-03-06 10:00"), "high", "high").await;
    // Ninety days.
    assert_eq!(
        asked(&t, "2024-03-06 11:00").await,
        ["C50-LI medium 0 2024-06-04"]
    );
    assert_eq!(conversations(&t).await, (6, "三（二）5".into()));
    assess(&t, "2024-03-11 10:00", "market", LOW[1].1).await;
    assert_eq!(conversations(&t).await.0, 6, "low: as the class has it");
    assess(&t, "2024-03-12 10:00", "credit", ARREARS).await;
    assert_eq!(conversations(&t).await.0, 8, "medium: more often");
    assert!(
        asked(&t, "2024-08-12 10:00").await.is_empty(),
        "one dimension is enough"
    );
    assert_eq!(
        asked(&t, "2024-08-13 10:00").await,
        ["C50-LI medium 2 2024-09-12"]
    );
    let by = &t.people().operations_cq;
    let page = r::risk_page(&t.app, by, at("2024-08-13 10:00"), "C50-LI").await;
    assert_eq!(page.unwrap().review_on, Some(day("2024-09-12")));
    assess(&t, "2024-09-12 10:00", "credit", LOW[0].1).await;
    assert_eq!(conversations(&t).await.0, 6, "the result is better");

    rate(&t, at("2024-09-13 10:00"), "low", "high").await;
    assert_eq!(
        conversations(&t).await,
        of_value,
        "as the value class has it"
    );
    assert!(asked(&t, "2026-01-05 10:00").await.is_empty());
    let page = r::risk_page(&t.app, by, at("2024-09-13 10:00"), "C50-LI").await;
    let page = page.unwrap();
    assert_eq!(page.monitoring, None);
    assert_eq!(
        page.review_on,
        Some(day("2025-03-11")),
        "by the assessment alone"
    );
}

/// A company whose own rules know no monitoring by class yet is asked for nothing, and its pages open.
#[rstest]
#[tokio::test]
async fn rules_without_monitoring_ask_for_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    rate(&t, t.now, "high", "low").await;
    let now = "2024-03-06 11:00";
    assert_eq!(asked(&t, now).await.len(), 1);
    let text = next(&t, "company/customer-risk");
    let of_classes = |block: &&str| !block.contains("id = \"risk_class_");
    let blocks: Vec<_> = text.split("[[parameter]]\n").filter(of_classes).collect();
    assert_eq!(blocks.len() + 4, text.split("[[parameter]]\n").count());
    approve(&t, blocks.join("[[parameter]]\n"), "", false).await;
    assert!(asked(&t, now).await.is_empty());
    let page = r::risk_page(&t.app, &t.people().manager, at(now), "C50-LI").await;
    let page = page.unwrap();
    assert_eq!((page.monitoring, page.review_on), (None, None));
}
