//! The watch list, by rule and by hand.

use super::{begin, keep, rate};
use app::service as s;
use chrono::TimeDelta;
use rstest::rstest;
use store::service::WatchedRow;
use testkit::{Engine, TestApp, invalid, refused};

async fn list(t: &TestApp, view: &str) -> Vec<WatchedRow> {
    let query = s::WatchQuery {
        view: view.into(),
        ..Default::default()
    };
    let page = s::list_watched(&t.app, &t.people().manager, &query, None).await;
    page.unwrap().rows
}

/// SEG-09: who of low value shows enough signs is put on the list once a day, is given to somebody with a first
/// step, and leaves it with the class.
#[rstest]
#[tokio::test]
async fn promising_customers_are_watched(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = begin(engine).await;
    rate(&t, "C37-SUN", "annual_income_fen", "20000000").await;
    rate(&t, "C37-MA", "value_class", "low").await;
    assert_eq!(keep(&t, t.now).await.watched, 1);
    let rows = list(&t, "nobody").await;
    let row = &rows[0];
    assert_eq!(row.customer_no, "C37-SUN");
    let signs: Vec<_> = row.signs.iter().map(|s| s.as_str()).collect();
    assert_eq!(signs, ["income", "age"], "35 years old, with that income");
    rate(&t, "C37-MA", "annual_income_fen", "99000000").await;
    assert_eq!(keep(&t, t.now).await.watched, 0, "looked at today");
    let give = s::WatchStepForm {
        owner: "sales_sd".into(),
        ..Default::default()
    };
    let leader = &t.people().leader_sd;
    s::give_watched(&t.app, leader, t.now, row.id, &give)
        .await
        .unwrap();
    let given = s::watching_of(&t.app, leader, row.id).await.unwrap();
    assert_eq!(given.owner_name.as_deref(), Some("sales sd"));
    assert!(given.step_due_on.is_some(), "a first step follows");
    let tomorrow = t.now + TimeDelta::days(1);
    assert_eq!(
        keep(&t, tomorrow).await.watched,
        0,
        "55 years old: one sign"
    );
    rate(&t, "C37-SUN", "value_class", "medium").await;
    assert_eq!(keep(&t, tomorrow).await.promoted, 1);
    let promoted = list(&t, "promoted").await;
    assert_eq!(promoted[0].end_class.as_deref(), Some("medium"));
    let (manager, year) = (&t.people().manager, s::ReportQuery::default());
    let report = s::service_report(&t.app, manager, tomorrow, &year).await;
    let conversion = report.unwrap().conversion;
    assert_eq!((conversion.put, conversion.promoted), (1, 1));
    rate(&t, "C37-SUN", "value_class", "low").await;
    let later = t.now + TimeDelta::days(2);
    assert_eq!(keep(&t, later).await.watched, 0, "the rule watches once");
}

/// SEG-09: by hand, with a reason, and given up with one.
#[rstest]
#[tokio::test]
async fn customers_are_watched_by_hand(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = begin(engine).await;
    let by = &t.people().operations_sd;
    let form = |customer_no: &str, reason: &str| s::WatchForm {
        customer_no: customer_no.into(),
        reason: reason.into(),
        owner: "sales_sd".into(),
    };
    let why = s::watch(&t.app, by, t.now, &form("C37-SUN", " ")).await;
    assert_eq!(invalid(why), [("reason".into(), "missing".into())]);
    let unrated = s::watch(&t.app, by, t.now, &form("C37-MA", "升职")).await;
    assert_eq!(refused(unrated), "watch-not-low");
    let foreign = s::watch(&t.app, by, t.now, &form("C50-LI", "升职")).await;
    assert!(matches!(foreign, Err(app::Error::NotFound)));
    let id = s::watch(&t.app, by, t.now, &form("C37-SUN", "升职"))
        .await
        .unwrap();
    let twice = s::watch(&t.app, by, t.now, &form("C37-SUN", "升职")).await;
    assert_eq!(refused(twice), "watched-already");
    let end = s::WatchStepForm {
        reason: "客户移居外地".into(),
        ..Default::default()
    };
    s::end_watching(&t.app, by, t.now, id, &end).await.unwrap();
    let dropped = list(&t, "dropped").await;
    assert_eq!(dropped[0].end_reason.as_deref(), Some("客户移居外地"));
    assert!(list(&t, "open").await.is_empty());
    s::watch(&t.app, by, t.now, &form("C37-SUN", "返回"))
        .await
        .unwrap();
}
