//! Other weights: everybody is compared by what the packs say, without anybody asking for it.

use super::{compare, pairs, second_zhou};
use crate::rule_life::{approve, next};
use app::duplicates::compare_due;
use domain::duplicates::Grade;
use domain::imports::ImportKind;
use rstest::rstest;
use testkit::{Engine, Table, TestApp, at};

/// A pack in which any two customers are far less likely one.
fn doubting(t: &TestApp, prior: &str) -> String {
    let text = next(t, "company/customer-duplicates");
    let was = "value = [ { value = -1800, cite = \"比对\" } ]";
    assert!(text.contains(was));
    text.replace(was, &format!("value = [ {prior} ]"))
}

/// CUS-09, GOV-01: with a version that weighs otherwise everybody is compared again, once.
#[rstest]
#[tokio::test]
async fn an_approved_version_compares_everybody_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    t.import(ImportKind::Customers, &Table::new([second_zhou()]))
        .await;
    compare(&t).await;
    let before = pairs(&t).await.remove(0);
    assert_eq!(before.grade, Grade::Certain);
    assert_eq!(compare(&t).await.customers, 0, "nothing waits");
    let text = doubting(&t, "{ value = -4000, cite = \"比对\" }");
    approve(&t, text, "", false).await;
    let report = compare(&t).await;
    let customers = t.database.number("SELECT COUNT(*) FROM customers").await;
    assert_eq!(i64::try_from(report.customers), Ok(customers));
    let after = pairs(&t).await.remove(0);
    assert_eq!(after.weight, before.weight, "the same agrees");
    assert!(after.probability < before.probability);
    assert_ne!(after.grade, Grade::Certain);
    assert_eq!(compare(&t).await.customers, 0, "once");
    let other = t.restart().await;
    let again = compare_due(&other, t.now, u64::MAX, &|_| {}).await;
    assert_eq!(again.unwrap().customers, 0, "by one server");
    assert_eq!(t.audited("duplicates.asked").await, 2);
}

/// A value that counts from a later day is compared by from that day on; a version that weighs the same asks
/// nobody.
#[rstest]
#[tokio::test]
async fn a_later_day_compares_everybody_on_that_day(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    t.import(ImportKind::Customers, &Table::new([second_zhou()]))
        .await;
    compare(&t).await;
    let prior = "{ value = -1800, until = 2024-03-31, cite = \"比对\" }, \
                 { value = -3000, from = 2024-04-01, cite = \"比对\" }";
    let text = doubting(&t, prior);
    approve(&t, text, "", false).await;
    let on = async |day: &str| {
        let report = compare_due(&t.app, at(day), u64::MAX, &|_| {}).await;
        report.unwrap().customers > 0
    };
    assert!(!on("2024-03-05 18:00").await, "it weighs the same today");
    assert!(!on("2024-03-31 23:00").await);
    assert!(on("2024-04-01 01:00").await);
    assert!(!on("2024-04-02 01:00").await);
}
