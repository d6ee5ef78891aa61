//! Passkeys in a real browser with an authenticator made of software (WebDriver's extension of Web
//! Authentication Level 2, section 11).

use crate::browser::Site;
use crate::chrome::{Driver, Window};
use app::access::{Doors, own_ways, remove_own_passkey};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use fantoccini::Locator;
use fantoccini::key::Key;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Engine, TestApp};
use web::{Settings, Web};

/// Serves under the name `localhost`, for which browsers allow passkeys; gives the address.
async fn serve(t: &mut TestApp) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let address = format!("http://localhost:{port}");
    let doors = Doors::at(&address, "惠民人寿").unwrap();
    t.app = t.app.clone().with_doors(doors);
    let settings = Settings {
        company: "惠民人寿".into(),
        clock: testkit::morning,
        secure_cookies: false,
        demo_accounts: Vec::new(),
    };
    let router = web::router(Web::new(t.app.clone(), settings));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Plugs an authenticator in, whose owner always puts the right finger on it.
async fn plug_in(driver: &Driver, window: &Window) {
    let session = window.client.session_id().await.unwrap().unwrap();
    let device = json!({
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
        "hasUserVerification": true, "isUserVerified": true,
    });
    let request = Request::post(format!(
        "{}/session/{session}/webauthn/authenticator",
        driver.address
    ));
    let request = request
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(device.to_string()));
    let client: Client<HttpConnector, Body> = Client::builder(TokioExecutor::new()).build_http();
    let answer = client.request(request.unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

async fn click(window: &Window, selector: &str) {
    window.see(selector).await;
    let element = window.client.find(Locator::Css(selector)).await.unwrap();
    element.click().await.unwrap();
}

async fn sign_out(window: &Window) {
    let script = "document.querySelector('form[action=\"/session/end\"]').submit()";
    window.client.execute(script, Vec::new()).await.unwrap();
    window.arrive("the door", |path| path == "/sign-in").await;
}

/// Presses the button, and remembers what the page sends.
async fn press_passkey(window: &Window) {
    let script = "const real = window.fetch; window.fetch = (path, options) => { \
                  sessionStorage.setItem(path, String(options.body)); return real(path, options); }";
    window.client.execute(script, Vec::new()).await.unwrap();
    click(window, "[data-passkey-sign-in]:not([hidden])").await;
}

/// Sends the answer of the last sign-in again, after asking for a new question or not.
async fn replay(window: &Window, ask_first: bool) -> Value {
    let script = "const [ask, done] = arguments; \
        const send = (path, body) => fetch(path, { method: 'POST', headers: { 'hx-request': 'true' }, body }); \
        (async () => { \
          if (ask) await send('/sign-in/passkeys/question', ''); \
          const kept = new URLSearchParams(sessionStorage.getItem('/sign-in/passkeys')); \
          const answer = await send('/sign-in/passkeys', kept); \
          return [answer.status, (await answer.json()).title]; \
        })().then(done, (error) => done(String(error)));";
    let arguments = vec![json!(ask_first)];
    window
        .client
        .execute_async(script, arguments)
        .await
        .unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finger_instead_of_a_password(#[values(Engine::Sqlite)] engine: Engine) {
    let mut t = TestApp::with_portfolio(engine).await;
    let site = serve(&mut t).await;
    let driver = Driver::start();
    let window = driver.open(&site, 1280, 900).await;
    plug_in(&driver, &window).await;

    window.sign_in("caller_cq").await;
    window.go("/account/passkeys").await;
    window.read("还没有通行密钥").await;
    click(&window, "[data-passkey-register] input[name=name]").await;
    window.write("desk").await;
    window.press(Key::Enter).await;
    window.read("移除").await;
    let caller = &t.people().caller_cq;
    let ways = own_ways(&t.app, caller).await.unwrap();
    assert_eq!(ways.passkeys.len(), 1);
    assert_eq!(ways.passkeys[0].name, "desk");
    // The same device is not registered twice.
    click(&window, "[data-passkey-register] input[name=name]").await;
    window.write("again").await;
    window.press(Key::Enter).await;
    window.read("没有添加").await;

    sign_out(&window).await;
    window.go("/sign-in?next=/callbacks").await;
    press_passkey(&window).await;
    window.arrive("the list", |path| path == "/callbacks").await;
    window.see("nav a.here").await;
    let ways = own_ways(&t.app, caller).await.unwrap();
    assert!(ways.passkeys[0].used_at.is_some());

    sign_out(&window).await;
    let spent = json!([422, "等待时间过长，或这次请求已经用过，请重新操作"]);
    assert_eq!(replay(&window, false).await, spent);
    let stale = json!([
        422,
        "这个通行密钥不能使用：它没有登记、已被移除，或没有通过校验"
    ]);
    assert_eq!(replay(&window, true).await, stale);

    remove_own_passkey(&t.app, caller, t.now, ways.passkeys[0].id)
        .await
        .unwrap();
    window.go("/sign-in").await;
    press_passkey(&window).await;
    window.read("已被移除").await;
    assert_eq!(window.path().await, "/sign-in");
    window.close().await;

    let narrow = driver.open(&site, 390, 800).await;
    narrow.sign_in("caller_cq").await;
    narrow.go("/account/passkeys").await;
    assert!(!narrow.overflows().await);
    narrow.close().await;
}

#[rstest]
#[tokio::test]
async fn an_administrator_sees_and_removes_ways_of_others(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let id = t.people().caller_cq.user().unwrap();
    let mut administrator = site.sign_in("administrator").await;
    let page = administrator.read(&format!("/users/{id}")).await;
    assert!(page.contains(&format!("/users/{id}/ways")), "{page}");
    let page = administrator.read(&format!("/users/{id}/ways")).await;
    assert!(page.contains("还没有通行密钥"), "{page}");
    let gone = format!("/users/{id}/passkeys/{id}/deletion");
    assert_eq!(
        administrator.post(&gone, &[]).await.status,
        StatusCode::NOT_FOUND
    );

    let mut leader = site.sign_in("leader_cq").await;
    let page = leader.get(&format!("/users/{id}/ways")).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    // Without an address that browsers allow them for, nobody is offered a passkey.
    let page = leader.read("/account/passkeys").await;
    assert!(page.contains("https 域名"), "{page}");
    leader.token = "0".repeat(64);
    let forged = leader.post("/account/passkeys/question", &[]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let page = site.browser().read("/sign-in").await;
    assert!(!page.contains("data-passkey-sign-in"), "{page}");
}
