//! Signing in at a real provider, over real requests and redirects.

use crate::browser::{Browser, Site};
use crate::provider::{Person, RealProvider, SITE, fetch};
use app::access::{Doors, Provider, RoleMapping};
use axum::http::StatusCode;
use domain::access::Role;
use rstest::rstest;
use testkit::{Engine, TestApp};

async fn with_provider(
    engine: Engine,
    change: impl FnOnce(&mut Provider),
) -> (TestApp, RealProvider) {
    let real = RealProvider::start();
    let mut provider = Provider {
        code: "corp".into(),
        name: "集团统一认证".into(),
        issuer: real.issuer.clone(),
        client_id: "huifang".into(),
        client_secret: Some(app::access::ClientSecret::new("secret-of-huifang".into())),
        scopes: vec!["profile".into(), "email".into()],
        username_claim: "preferred_username".into(),
        domains: Vec::new(),
        link_by_claim: false,
        auto_create: false,
        mappings: Vec::new(),
    };
    change(&mut provider);
    let mut t = TestApp::with_portfolio(engine).await;
    let doors = Doors::at(SITE, "惠民人寿").unwrap();
    let doors = doors.with_providers(vec![provider], fetch()).unwrap();
    t.app = t.app.clone().with_doors(doors);
    (t, real)
}

/// Presses the button; where the provider asks who it is.
async fn leave(browser: &mut Browser, next: &str) -> String {
    let page = browser
        .get(&format!("/sign-in/oidc/corp?next={next}"))
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    assert!(page.header("set-cookie").contains("HttpOnly; SameSite=Lax"));
    page.location()
}

#[rstest]
#[tokio::test]
async fn people_sign_in_at_a_provider(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (t, _real) = with_provider(engine, |_| {}).await;
    let site = Site::of(&t);
    let mut browser = site.browser();
    let page = browser.read("/sign-in?next=/callbacks").await;
    assert!(page.contains("用集团统一认证登录"), "{page}");
    assert!(
        page.contains("/sign-in/oidc/corp?next=/callbacks"),
        "{page}"
    );

    // Nobody knows them yet; they learn what to tell the administrator.
    let mut zhang = Person::new();
    let back = zhang
        .sign_in(&leave(&mut browser, "/callbacks").await, "zhang-1")
        .await;
    let page = browser.get(&back).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("zhang-1"), "{}", page.text);

    let mut administrator = site.sign_in("administrator").await;
    let id = t.people().caller_cq.user().unwrap();
    let ways = administrator.read(&format!("/users/{id}/ways")).await;
    assert!(ways.contains("集团统一认证"), "{ways}");
    let form = [("provider", "corp"), ("identity_subject", "zhang-1")];
    administrator
        .submit(&format!("/users/{id}/identities"), &form)
        .await;
    let ways = administrator.read(&format!("/users/{id}/ways")).await;
    assert!(ways.contains("<code>zhang-1</code>"), "{ways}");

    let back = zhang
        .sign_in(&leave(&mut browser, "/callbacks").await, "zhang-1")
        .await;
    let page = browser.get(&back).await;
    assert_eq!(page.location(), "/callbacks", "{}", page.text);
    assert!(browser.read("/callbacks").await.contains("caller cq"));

    // The same return again, and in somebody else's browser.
    assert_eq!(
        browser.get(&back).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let back = zhang
        .sign_in(&leave(&mut browser, "/").await, "zhang-1")
        .await;
    let page = site.browser().get(&back).await;
    assert!(
        page.text.contains("不是从这个浏览器开始的"),
        "{}",
        page.text
    );

    administrator
        .submit(&format!("/users/{id}/suspension"), &[])
        .await;
    let mut browser = site.browser();
    let back = zhang
        .sign_in(&leave(&mut browser, "/").await, "zhang-1")
        .await;
    let page = browser.get(&back).await;
    assert!(page.text.contains("您的账号已停用"), "{}", page.text);
}

#[rstest]
#[tokio::test]
async fn what_comes_back_is_checked(#[values(Engine::Sqlite)] engine: Engine) {
    let (t, _real) = with_provider(engine, |p| p.link_by_claim = true).await;
    let site = Site::of(&t);
    let mut browser = site.browser();

    // A code that was made for another sign-in has another nonce in its token.
    let address = leave(&mut browser, "/").await;
    let (start, rest) = address.split_once("&nonce=").unwrap();
    let end = rest.find('&').map_or("", |at| &rest[at..]);
    let twisted = format!("{start}&nonce=another{end}");
    let back = Person::new().sign_in(&twisted, "caller_cq").await;
    let page = browser.get(&back).await;
    assert!(page.text.contains("没有通过校验"), "{}", page.text);

    // So has the verifier of whoever began it.
    let address = leave(&mut browser, "/").await;
    let back = Person::new().sign_in(&address, "caller_cq").await;
    let (_, code) = back.split_once("code=").unwrap();
    let code = code.split('&').next().unwrap();
    let other = leave(&mut browser, "/").await;
    let (_, state) = other.split_once("state=").unwrap();
    let state = state.split('&').next().unwrap();
    let mixed = format!("/sign-in/oidc/callback?code={code}&state={state}");
    let page = browser.get(&mixed).await;
    assert!(page.text.contains("没有通过校验"), "{}", page.text);

    // Somebody changes their mind at the provider.
    let back = Person::new().give_up(&leave(&mut browser, "/").await).await;
    let page = browser.get(&back).await;
    assert!(page.text.contains("access_denied"), "{}", page.text);

    // Somebody wants to be sent elsewhere afterwards.
    let address = leave(&mut browser, "//evil.example/").await;
    let back = Person::new().sign_in(&address, "caller_cq").await;
    assert_eq!(browser.get(&back).await.location(), "/");

    assert_eq!(
        browser.get("/sign-in/oidc/nobody").await.status,
        StatusCode::NOT_FOUND
    );
    let begun = browser
        .request(axum::http::Method::GET, "/account/identities/at/corp")
        .header("sec-fetch-site", "cross-site");
    let page = browser.send(begun, axum::body::Body::empty()).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

#[rstest]
#[tokio::test]
async fn people_link_and_unlink_their_identity(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, _real) = with_provider(engine, |_| {}).await;
    let site = Site::of(&t);
    let mut caller = site.sign_in("caller_cq").await;
    let page = caller.get("/account/identities/at/corp").await;
    let mut li = Person::new();
    let back = li.sign_in(&page.location(), "li-2").await;
    assert_eq!(caller.get(&back).await.location(), "/account/passkeys");
    let page = caller.read("/account/passkeys").await;
    assert!(page.contains("li-2"), "{page}");

    let mut browser = site.browser();
    let back = li.sign_in(&leave(&mut browser, "/").await, "li-2").await;
    assert_eq!(browser.get(&back).await.location(), "/");
    let (_, rest) = page.split_once("action=\"/account/identities/").unwrap();
    let path = rest.split('"').next().unwrap();
    caller
        .submit(&format!("/account/identities/{path}"), &[])
        .await;
    let mut browser = site.browser();
    let back = li.sign_in(&leave(&mut browser, "/").await, "li-2").await;
    let page = browser.get(&back).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[rstest]
#[tokio::test]
async fn what_the_provider_says_only_when_asked_decides_too(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, _real) = with_provider(engine, |p| {
        p.auto_create = true;
        p.username_claim = "email".into();
        p.domains = vec!["example.com".into()];
        p.mappings = vec![RoleMapping {
            claim: "groups".into(),
            value: "callers".into(),
            org: "50".into(),
            roles: vec![Role::CallbackAgent],
        }];
    })
    .await;
    let site = Site::of(&t);
    let mut browser = site.browser();
    let back = Person::new()
        .sign_in(&leave(&mut browser, "/").await, "wang.wu")
        .await;
    assert_eq!(browser.get(&back).await.location(), "/");
    let page = browser.read("/callbacks").await;
    assert!(page.contains("person wang.wu"), "{page}");
}
