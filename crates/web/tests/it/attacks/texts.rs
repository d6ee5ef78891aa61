//! Scripts, SQL, headers and addresses in places where people write.

use crate::browser::{Browser, Site};
use axum::http::StatusCode;
use rstest::rstest;
use testkit::{Engine, TestApp};

const SCRIPT: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>";

fn is_harmless(page: &str) -> bool {
    !page.contains("<script>alert") && !page.contains("<img src=x")
}

/// Script that was stored, or comes back from an address or a form, is text.
#[rstest]
#[tokio::test]
async fn script_is_text(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    t.database
        .execute("UPDATE orgs SET name = '<script>alert(1)</script>' WHERE org_code = '50'")
        .await;
    t.database
        .execute("UPDATE users SET display_name = '<img src=x onerror=alert(1)>' WHERE username = 'caller_cq'")
        .await;
    t.database
        .execute("UPDATE policies SET product_name = '<script>alert(1)</script>' WHERE policy_no = 'P50-ZHOU'")
        .await;
    let mut leader = site.sign_in("leader_cq").await;
    leader
        .submit(
            "/views",
            &[
                ("list", "callbacks"),
                ("name", "<script>alert(1)</script>"),
                ("query", "view=open"),
            ],
        )
        .await;
    for path in [
        "/",
        "/callbacks",
        "/policies",
        "/policies/P50-ZHOU",
        "/customers/C50-ZHOU",
        "/obligations",
        "/dashboard",
    ] {
        assert!(is_harmless(&leader.read(path).await), "{path}");
    }
    let mut admin = site.sign_in("administrator").await;
    for path in ["/users", "/audit"] {
        assert!(is_harmless(&admin.read(path).await), "{path}");
    }
    reflected(&mut leader).await;
    let mut stranger = site.browser();
    let form = [("username", SCRIPT), ("password", SCRIPT), ("next", SCRIPT)];
    assert!(is_harmless(&stranger.post("/session", &form).await.text));
}

async fn reflected(browser: &mut Browser) {
    let asked = form_urlencoded::Serializer::new(String::new())
        .append_pair("view", SCRIPT)
        .append_pair("programme", SCRIPT)
        .append_pair("org", SCRIPT)
        .append_pair("assignee", SCRIPT)
        .append_pair("from", SCRIPT)
        .append_pair("due_to", SCRIPT)
        .append_pair("after", SCRIPT)
        .finish();
    for path in [
        "/callbacks",
        "/customers",
        "/policies",
        "/obligations",
        "/tickets",
        "/reports/success",
    ] {
        let page = browser.get(&format!("{path}?{asked}")).await;
        assert_ne!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        assert!(is_harmless(&page.text), "{path}");
    }
    let page = browser.post("/searches", &[("term", SCRIPT)]).await;
    assert!(is_harmless(&page.text));
    let page = browser.get("/%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(is_harmless(&page.text));
}

/// What an attacker writes where a filter, a search or a number is read.
const SQL: [&str; 4] = [
    "' OR '1'='1",
    "1; DROP TABLE customers; --",
    "%' UNION SELECT password_hash FROM users --",
    "\u{0}",
];
/// Lists, and what their filters are called.
const LISTS: [&str; 5] = [
    "/callbacks",
    "/customers",
    "/policies",
    "/obligations",
    "/tickets",
];
const FILTERS: [&str; 11] = [
    "view",
    "programme",
    "org",
    "assignee",
    "state",
    "language",
    "timing",
    "due_to",
    "after",
    "kind",
    "number",
];

/// SQL in a filter, a search or a number finds nothing and breaks nothing.
#[rstest]
#[tokio::test]
async fn sql_is_text(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let mut leader = Site::of(&t).sign_in("leader_cq").await;
    let rows = async || t.database.number("SELECT COUNT(*) FROM customers").await;
    let before = rows().await;
    for sql in SQL {
        let page = leader.post("/searches", &[("term", sql)]).await;
        assert!(!page.status.is_server_error(), "{sql:?}: {}", page.text);
        assert!(!page.text.contains("$argon2"));
        let written: String = form_urlencoded::byte_serialize(sql.as_bytes()).collect();
        for path in LISTS {
            for name in FILTERS {
                let page = leader.get(&format!("{path}?{name}={written}")).await;
                let broken = page.status.is_server_error();
                assert!(!broken, "{path} {name} {sql:?}: {}", page.text);
            }
            let page = leader
                .get(&format!("{path}/{}", written.replace('+', "%20")))
                .await;
            assert!(
                page.status.is_client_error(),
                "{path} {sql:?}: {}",
                page.status
            );
        }
    }
    assert_eq!(rows().await, before);
}

/// Nothing that is sent ends up in a header of its own, and nobody is sent to another site.
#[tokio::test]
async fn answers_lead_to_own_pages() {
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    for next in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\tevil",
        "/x\r\nSet-Cookie: a=b",
        "/x\nLocation: https://evil.example/",
        "javascript:alert(1)",
        "/客户",
    ] {
        // A site of its own: tries to sign in are limited.
        let site = Site::of(&t);
        let mut browser = site.browser();
        let form = [
            ("username", "leader_cq"),
            ("password", testkit::PASSWORD),
            ("next", next),
        ];
        let answer = browser.post("/session", &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{next:?}");
        assert_eq!(answer.location(), "/", "{next:?}");
        assert!(
            !answer
                .headers
                .iter()
                .any(|(_, v)| v.as_bytes().starts_with(b"a=b"))
        );
        let mut leader = site.sign_in("leader_cq").await;
        let answer = leader
            .post("/preferences", &[("theme", "dark"), ("back", next)])
            .await;
        assert_eq!(answer.location(), "/", "{next:?}");
    }
}
