//! Forged forms, pages without a session, fields that a form does not have, bodies without end.

use super::routes;
use crate::browser::Site;
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use rstest::rstest;
use testkit::{Engine, TestApp};

/// Forms of people who have not signed in; each is guarded in its own way.
const BEFORE_SIGN_IN: [&str; 7] = [
    "/session",
    "/first-administrator/",
    "/sign-in",
    "/p/",
    "/s/",
    "/hooks/",
    "/gateways/",
];
/// Pages that everybody may see.
const OPEN: [&str; 10] = [
    "/sign-in",
    "/first-administrator/",
    "/assets/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/",
    "/theme",
    "/p/",
    "/s/",
];

fn begins(path: &str, with: &[&str]) -> bool {
    with.iter().any(|w| path.starts_with(w))
}

/// CSRF: no form of any route is taken without the token of the session, whoever sends it.
#[tokio::test]
async fn no_route_takes_a_forged_form() {
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let site = Site::of(&t);
    let mut admin = site.sign_in("administrator").await;
    admin.token = "0".repeat(43);
    let before = t
        .database
        .number("SELECT COUNT(*) FROM audit_entries")
        .await;
    let mut tried = 0;
    for route in routes().iter().filter(|r| r.posts) {
        if begins(&route.path, &BEFORE_SIGN_IN) || route.path.starts_with("/api/") {
            continue;
        }
        let path = route.filled("x");
        let mut answer = admin.post(&path, &[("name", "forged")]).await;
        if answer.status == StatusCode::METHOD_NOT_ALLOWED {
            continue;
        }
        if answer.status != StatusCode::FORBIDDEN {
            answer = admin.post_file(&path, &[], "a.csv", b"x").await;
        }
        assert_eq!(
            answer.status,
            StatusCode::FORBIDDEN,
            "{path}: {}",
            answer.text
        );
        tried += 1;
    }
    assert!(tried > 30, "only {tried} routes were tried");
    let written = t
        .database
        .number("SELECT COUNT(*) FROM audit_entries WHERE action NOT LIKE 'access.s%'")
        .await;
    assert!(written <= before, "a forged form changed something");
}

/// Every page wants a session, except those that are for everybody.
#[tokio::test]
async fn no_page_opens_without_a_session() {
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let site = Site::of(&t);
    let mut tried = 0;
    for route in routes().iter().filter(|r| r.gets) {
        if begins(&route.path, &OPEN) {
            continue;
        }
        let path = route.filled("x");
        let answer = site.browser().get(&path).await;
        let sent_away = answer.location().starts_with("/sign-in");
        assert!(
            sent_away || answer.status == StatusCode::UNAUTHORIZED,
            "{path}: {} {}",
            answer.status,
            answer.text
        );
        tried += 1;
    }
    assert!(tried > 30, "only {tried} routes were tried");
}

/// Mass assignment: a form changes what it is for, whatever else is sent along.
#[rstest]
#[tokio::test]
async fn surplus_fields_change_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let mut caller = Site::of(&t).sign_in("caller_cq").await;
    let roles = "SELECT role FROM user_roles r JOIN users u ON u.id = r.user_id WHERE u.username = 'caller_cq'";
    let form = [
        ("theme", "dark"),
        ("roles", "administrator"),
        ("role", "administrator"),
        ("org_code", "000"),
        ("active", "true"),
        ("password", "Another-password-9"),
        ("user_id", "00000000-0000-0000-0000-000000000000"),
    ];
    assert_eq!(caller.submit("/preferences", &form).await, "/");
    assert_eq!(t.database.column(roles).await, ["callback_agent"]);
    for path in ["/users", "/clients", "/units"] {
        assert_eq!(
            caller.post(path, &form).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    assert_eq!(t.database.column(roles).await, ["callback_agent"]);
}

/// A body that is larger than any form ends early.
#[tokio::test]
async fn bodies_end() {
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let site = Site::of(&t);
    let mut leader = site.sign_in("leader_cq").await;
    let large = "x".repeat(3 * 1024 * 1024);
    for path in ["/searches", "/preferences", "/views"] {
        let answer = leader.post(path, &[("name", &large)]).await;
        assert!(answer.status.is_client_error(), "{path} {}", answer.status);
    }
    let request = site
        .browser()
        .request(Method::POST, "/session")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = site.browser().send(request, Body::from(large)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}
