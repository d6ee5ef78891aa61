//! Service by class on pages and by the API.

use crate::api::system::System;
use crate::browser::Site;
use rstest::rstest;
use serde_json::json;
use testkit::{Engine, Portfolio, TestApp};

fn portfolio() -> Portfolio {
    let mut portfolio = Portfolio::small();
    portfolio.customers.set("C50-ZHOU", "value_class", "high");
    portfolio.customers.set("C50-LI", "value_class", "low");
    portfolio
}

/// SEG-04, SEG-05, SEG-06, SEG-09: from the team to the plan of a customer, by plain forms.
#[rstest]
#[tokio::test]
async fn a_customer_is_served_on_the_pages(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with(engine, &portfolio()).await;
    let site = Site::of(&t);
    let mut operations = site.sign_in("operations_cq").await;
    let team = [
        ("org", "50"),
        ("name", "专属服务一组"),
        ("serves", "high"),
        ("lead", "operations_cq"),
    ];
    let path = operations.submit("/service-teams", &team).await;
    assert!(operations.read(&path).await.contains("专属服务一组"));
    let nobody = operations.read("/service-customers").await;
    assert!(nobody.contains("C50-ZHOU") && nobody.contains("无负责人"));
    // By hand before the rules put the customer there.
    let watch = [
        ("customer_no", "C50-LI"),
        ("reason", "近期咨询增多"),
        ("owner", "operations_cq"),
    ];
    assert_eq!(
        operations.submit("/watch-list", &watch).await,
        "/watch-list"
    );
    app::service::keep_service(&t.app, t.now).await.unwrap();
    assert!(
        !operations
            .read("/service-customers")
            .await
            .contains("C50-ZHOU")
    );
    let mine = operations.read("/my-customers").await;
    assert!(mine.contains("C50-ZHOU") && mine.contains("高价值"));
    let plan = "/customers/C50-ZHOU/service-plan";
    let items = "/customers/C50-ZHOU/service-items";
    let said = [
        ("kind", "contact"),
        ("channel", "phone"),
        ("text", "客户想了解年金产品"),
        ("done_on", ""),
    ];
    assert_eq!(operations.submit(items, &said).await, plan);
    let page = operations.read(plan).await;
    for text in [
        "服务方案",
        "负责人主动沟通",
        "健康体检",
        "客户想了解年金产品",
        "专属服务一组",
        "自动分派",
        "href=\"/customers/C50-ZHOU\"",
    ] {
        assert!(page.contains(text), "{text}");
    }
    let list = operations.read("/watch-list").await;
    assert!(list.contains("近期咨询增多") && list.contains("培育中"));
    let report = operations.read("/service-report").await;
    assert!(report.contains("高价值") && report.contains("其中已升级"));
}

/// SEG-10: a flag is asked for on a page, agreed to by another person, and read by the core system.
#[rstest]
#[tokio::test]
async fn underwriting_reads_flags(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with(engine, &portfolio()).await;
    let site = Site::of(&t);
    let mut operations = site.sign_in("operations_cq").await;
    let flag = [("flag", "prudent_underwriting"), ("reason", "同业拒保记录")];
    operations.submit("/customers/C50-ZHOU/flags", &flag).await;
    let system = System::of(&t, &site, "50", &["head_office_manager"]).await;
    let flags = "/api/v1/customers/C50-ZHOU/flags";
    assert_eq!(
        system.get(flags).await.good(),
        json!([]),
        "nobody agreed yet"
    );
    let mut compliance = site.sign_in("compliance").await;
    let waiting = compliance.read("/customer-flags").await;
    assert!(waiting.contains("同业拒保记录") && waiting.contains("待复核"));
    let (_, rest) = waiting.split_once("action=\"/customer-flags/").unwrap();
    let (id, _) = rest.split_once('/').unwrap();
    let steps = format!("/customer-flags/{id}/steps");
    compliance.submit(&steps, &[("step", "agree")]).await;
    let read = system.get(flags).await.good();
    assert_eq!(read[0]["flag"], "prudent_underwriting");
    assert_eq!(read[0]["article"], "三（二）4");
    let feed = system.get("/api/v1/customer-flag-changes").await.good();
    assert_eq!(feed["items"][0]["customer_no"], "C50-ZHOU");
    assert_eq!(feed["items"][0]["raised"], true);
    let plan = system.get("/api/v1/customers/C50-ZHOU/service-plan").await;
    assert_eq!(plan.good()["lines"][1]["code"], "contacts_per_year");
}
