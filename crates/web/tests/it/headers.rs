//! Every answer of every route carries the headers that keep browsers strict.

use crate::browser::{Page, Site};
use axum::http::StatusCode;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use testkit::{Engine, PASSWORD, TestApp};

/// Headers whose whole value is known.
const EXACT: [(&str, &str); 9] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    ("origin-agent-cluster", "?1"),
    ("x-permitted-cross-domain-policies", "none"),
    ("strict-transport-security", "max-age=31536000"),
];

/// The routes as they are written in the code of this crate.
fn routes() -> BTreeSet<String> {
    let mut routes = BTreeSet::new();
    let mut folders: Vec<PathBuf> = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for mark in [".route(", "path = "] {
                for rest in code.split(mark).skip(1) {
                    let rest = rest.trim_start();
                    if let Some(rest) = rest.strip_prefix("\"/") {
                        routes.insert(format!("/{}", rest.split('"').next().unwrap()));
                    }
                }
            }
        }
    }
    routes
}

/// A route with something in its places.
fn filled(route: &str) -> String {
    let parts = route.split('/').map(|part| match part {
        "{hash}" => "0",
        "{*path}" => "app.css",
        part if part.starts_with('{') => "00000000-0000-7000-8000-000000000000",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

fn check(path: &str, page: &Page) {
    for (name, value) in EXACT {
        // The address of a customer's page is its key: nobody is told of it.
        let is_key =
            name == "referrer-policy" && ["/p/", "/s/"].iter().any(|p| path.starts_with(p));
        let value = if is_key { "no-referrer" } else { value };
        assert_eq!(page.header(name), value, "{name} of {path}");
    }
    let policy = page.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ] {
        assert!(policy.contains(part), "{part} of {path}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{path}: {policy}");
    let permissions = page.header("permissions-policy");
    for part in ["camera=()", "microphone=()", "geolocation=()"] {
        assert!(permissions.contains(part), "{part} of {path}");
    }
    let kept = page.header("cache-control");
    let is_asset = path.starts_with("/assets/") && page.status == StatusCode::OK;
    match is_asset {
        true => assert!(kept.contains("immutable"), "{path}: {kept}"),
        false => assert_eq!(kept, "no-store", "{path}"),
    }
}

/// SEC-05: for those who signed in, for strangers, for what is not there and for what is refused.
#[tokio::test]
async fn every_route_answers_with_every_header() {
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let site = Site::secure(&t);
    let routes = routes();
    assert!(routes.len() > 70, "{routes:?}");
    for route in [
        "/system/keys",
        "/sign-in",
        "/customers",
        "/healthz",
        "/assets/{hash}/{*path}",
    ] {
        assert!(routes.contains(route), "{route} among {routes:?}");
    }
    let mut stranger = site.browser();
    let mut administrator = site.sign_in("administrator").await;
    let mut answered = BTreeSet::new();
    for route in routes {
        let mut paths = vec![filled(&route)];
        if !route.starts_with("/api") {
            paths.push(format!("/api/v1{}", filled(&route)));
        }
        for path in paths {
            for browser in [&mut stranger, &mut administrator] {
                let page = browser.get(&path).await;
                check(&path, &page);
                answered.insert(page.status.as_u16());
            }
            check(
                &path,
                &administrator.post(&path, &[("csrf", "wrong")]).await,
            );
        }
    }
    // All kinds of answers were among them.
    for status in [200, 303, 401, 404, 405] {
        assert!(answered.contains(&status), "{status} among {answered:?}");
    }
}

/// Over HTTPS the session's cookie can come from no other host, path or connection; signing out takes
/// it away with what the browser kept of pages.
#[tokio::test]
async fn cookies_are_bound_to_https_and_host() {
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let mut browser = Site::secure(&t).browser();
    let form = [("username", "leader_cq"), ("password", PASSWORD)];
    let answer = browser.post("/session", &form).await;
    let kept = answer.header("set-cookie").to_owned();
    assert!(kept.starts_with("__Host-huifang_session="), "{kept}");
    for part in ["; Path=/;", "; HttpOnly", "; Secure", "; SameSite=Lax"] {
        assert!(kept.contains(part), "{part} in {kept}");
    }
    assert!(!kept.contains("Domain"), "{kept}");
    let mut leader = Site::secure(&t).sign_in("leader_cq").await;
    let out = leader.post("/session/end", &[]).await;
    assert_eq!(out.location(), "/sign-in");
    assert_eq!(out.header("clear-site-data"), "\"cache\", \"storage\"");
    let gone = out.header("set-cookie");
    assert!(
        gone.starts_with("__Host-huifang_session=;") && gone.contains("; Secure"),
        "{gone}"
    );
    assert_eq!(leader.get("/callbacks").await.status, StatusCode::SEE_OTHER);
    // Without HTTPS neither prefix nor promise.
    let mut plain = Site::of(&t).browser();
    let answer = plain.post("/session", &form).await;
    assert!(answer.header("set-cookie").starts_with("huifang_session="));
    assert_eq!(answer.header("strict-transport-security"), "");
}
