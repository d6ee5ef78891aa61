//! Pages of management open for those whose work they are, and exports keep to the unit.

use crate::browser::Site;
use axum::http::StatusCode;
use rstest::rstest;
use testkit::{Engine, TestApp};

/// Pages by who may open them; a caller may open none of them.
const PAGES: [(&str, &str); 14] = [
    ("administrator", "/users"),
    ("administrator", "/clients"),
    ("administrator", "/audit"),
    ("administrator", "/imports"),
    ("administrator", "/imports/templates/policies"),
    ("administrator", "/extraction-runs"),
    ("executive", "/dashboard"),
    ("executive", "/reports"),
    (
        "executive",
        "/reports/success?from=2024-01-01&to=2024-03-31&by=unit",
    ),
    (
        "executive",
        "/reports/success?from=2024-01-01&to=2024-03-31&by=programme",
    ),
    ("compliance", "/audit"),
    ("leader_cq", "/extraction-runs"),
    (
        "leader_cq",
        "/policies/export?format=csv&purpose=policy_service",
    ),
    ("leader_cq", "/dashboard"),
];

#[rstest]
#[tokio::test]
async fn pages_open_for_those_whose_work_they_are(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut caller = site.sign_in("caller_cq").await;
    for (who, path) in PAGES {
        let page = site.sign_in(who).await.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{who} {path}: {}", page.text);
        let refused = caller.get(path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "a caller {path}");
    }
    for path in [
        "/rules",
        "/rules/cn-50/new-contract",
        "/rules/calendar?year=2026",
    ] {
        assert_eq!(caller.get(path).await.status, StatusCode::OK, "{path}");
    }
}

#[rstest]
#[tokio::test]
async fn exports_keep_to_the_unit(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let mut leader = Site::of(&t).sign_in("leader_cq").await;
    for list in ["policies", "obligations", "callbacks"] {
        let path = format!("/{list}/export?format=csv");
        let unsaid = leader.get(&path).await;
        assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY, "{list}");
        let file = leader.get(&format!("{path}&purpose=policy_service")).await;
        let name = file.headers["content-disposition"].to_str().unwrap();
        assert!(name.contains(&format!("{list}-EX")), "{name}");
        assert_eq!(file.status, StatusCode::OK, "{list}");
        assert!(file.text.contains("P50-ZHOU"), "{list}: {}", file.text);
        assert!(!file.text.contains("P37-"), "{list} shows Shandong");
    }
}
