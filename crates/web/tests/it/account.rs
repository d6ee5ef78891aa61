//! One's own account over HTTP: the second page of signing in, cookies, sessions, what is owed.

use crate::browser::{Browser, Site};
use axum::http::StatusCode;
use rstest::rstest;
use testkit::{Engine, PASSWORD, TestApp, code_of, enrol};

const FORM: [(&str, &str); 2] = [("username", "caller_cq"), ("password", PASSWORD)];

fn cookie(browser: &Browser, name: &str) -> String {
    browser.cookies.get(name).cloned().unwrap_or_default()
}

/// SEC-02: with a second factor, the password opens a page for the code and nothing else; the session
/// has a cookie of its own.
#[rstest]
#[tokio::test]
async fn the_second_page_asks_for_a_code(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let before = t.now - chrono::Duration::minutes(5);
    let (secret, codes) = enrol(&t.app, before, &t.people().caller_cq).await;
    let site = Site::of(&t);
    let mut browser = site.browser();
    let to = browser.submit("/session", &FORM).await;
    assert_eq!(to, "/sign-in/code?next=");
    let half = cookie(&browser, "huifang_half");
    assert!(!half.is_empty() && cookie(&browser, "huifang_session").is_empty());
    for path in ["/", "/callbacks", "/account", "/account/second-factor"] {
        assert!(
            browser
                .get(path)
                .await
                .location()
                .starts_with("/sign-in?next="),
            "{path}"
        );
    }
    let api = browser.get("/api/v1/callbacks").await;
    assert_eq!(api.status, StatusCode::UNAUTHORIZED);
    assert!(browser.read("/sign-in/code").await.contains("验证码"));
    let wrong = browser
        .post("/session/code", &[("one_time_code", "000000")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let code = code_of(&secret, t.now);
    let answer = browser
        .post(
            "/session/code",
            &[("one_time_code", &code), ("next", "/callbacks")],
        )
        .await;
    assert_eq!(answer.location(), "/callbacks");
    for set in answer.headers.get_all("set-cookie") {
        assert!(set.to_str().unwrap().contains("HttpOnly"), "{set:?}");
    }
    let session = cookie(&browser, "huifang_session");
    assert!(session != half && cookie(&browser, "huifang_half").is_empty());
    assert!(browser.read("/callbacks").await.contains("caller cq"));
    // A cookie that somebody planted before is not the one of the session.
    let mut victim = site.browser();
    victim
        .cookies
        .insert("huifang_session".into(), session.clone());
    victim.cookies.insert("huifang_half".into(), half);
    victim.submit("/session", &FORM).await;
    victim
        .submit("/session/code", &[("one_time_code", &codes[0])])
        .await;
    assert_ne!(cookie(&victim, "huifang_session"), session);
    let old = browser.get("/callbacks").await;
    assert_eq!(
        old.status,
        StatusCode::SEE_OTHER,
        "the planted session ended"
    );
}

/// SEC-02: setting up by page: QR code, key, confirmation, recovery codes that are shown once.
#[rstest]
#[tokio::test]
async fn the_second_factor_is_set_up(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mut t = TestApp::with_portfolio(engine).await;
    t.change_policy(|p| p.second_factor_roles = vec![domain::access::Role::CallbackAgent]);
    let site = Site::of(&t);
    let mut browser = site.browser();
    browser.submit("/session", &FORM).await;
    for path in ["/", "/callbacks", "/account/sessions"] {
        assert_eq!(
            browser.get(path).await.location(),
            "/account/second-factor",
            "{path}"
        );
    }
    assert_eq!(
        browser.get("/api/v1/callbacks").await.status,
        StatusCode::UNAUTHORIZED
    );
    let page = browser.get("/account/second-factor").await;
    browser.token = page.token().unwrap();
    assert!(page.text.contains("按公司规定"));
    let to = browser.submit("/account/second-factor", &[]).await;
    assert_eq!(to, "/account/second-factor/enrolment");
    let page = browser.read(&to).await;
    assert!(page.contains("<svg class=\"qr\"") && !page.contains("style="));
    let key = page.split_once("data-copy=\"").unwrap().1;
    let key = key.split('"').next().unwrap();
    let wrong = browser.post_part(&to, &[("one_time_code", "000000")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let shown = browser
        .post(&to, &[("one_time_code", &code_of(key, t.now))])
        .await;
    assert_eq!(shown.status, StatusCode::OK);
    assert_eq!(shown.text.matches("<li><code>").count(), 10);
    assert_eq!(browser.get(&to).await.location(), "/account/second-factor");
    assert!(
        browser
            .read("/callbacks")
            .await
            .contains("您启用了双因素验证")
    );
    assert!(
        browser
            .read("/account/second-factor")
            .await
            .contains("还剩 10 个恢复码")
    );
}

/// SEC-02: sessions are listed and ended; a revoked one is out at once; a new device is told.
#[rstest]
#[tokio::test]
async fn sessions_end_by_page(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut desk = site.sign_in("caller_cq").await;
    let mut home = site.sign_in("caller_cq").await;
    let told = home.read("/callbacks").await;
    assert!(told.contains("在一台新设备上登录：10.0.0.2"));
    let page = home.read("/account/sessions").await;
    assert!(page.contains("本机") && page.contains("10.0.0.1"));
    assert!(page.contains("/deletion"));
    home.submit("/account/sessions/deletion", &[]).await;
    assert_eq!(desk.get("/callbacks").await.status, StatusCode::SEE_OTHER);
    assert_eq!(home.get("/callbacks").await.status, StatusCode::OK);
    assert!(home.read("/account/notices").await.contains("未读"));
    home.submit("/account/notices/reading", &[]).await;
    assert!(!home.read("/account/notices").await.contains("未读"));
    assert!(!home.read("/callbacks").await.contains("在一台新设备上登录"));
    // An administrator ends the rest.
    let id = t.people().caller_cq.user().unwrap();
    let mut administrator = site.sign_in("administrator").await;
    assert!(
        administrator
            .read(&format!("/users/{id}"))
            .await
            .contains("10.0.0.2")
    );
    let to = administrator
        .submit(&format!("/users/{id}/sessions/deletion"), &[])
        .await;
    assert_eq!(to, format!("/users/{id}"));
    assert_eq!(home.get("/callbacks").await.status, StatusCode::SEE_OTHER);
}

/// SEC-02: a password that somebody else set leads to the page on which it is replaced.
#[rstest]
#[tokio::test]
async fn a_given_password_is_replaced_first(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut t = TestApp::with_portfolio(engine).await;
    t.change_policy(|p| p.password_replaced_first = true);
    let site = Site::of(&t);
    let mut browser = site.browser();
    assert_eq!(browser.submit("/session", &FORM).await, "/");
    assert_eq!(browser.get("/").await.location(), "/account/password");
    let part = browser.get_part("/callbacks").await;
    assert_eq!(part.status, StatusCode::FORBIDDEN);
    assert_eq!(part.location(), "/account/password");
    let page = browser.get("/account/password").await;
    browser.token = page.token().unwrap();
    assert!(page.text.contains("请先设置自己的密码"));
    let bad = [
        ("current_password", PASSWORD),
        ("new_password", "qwertyuiop12"),
        ("new_password_again", "qwertyuiop12"),
    ];
    let answer = browser.post("/account/password", &bad).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("太容易被猜中"));
    let good = [
        ("current_password", PASSWORD),
        ("new_password", "Kestrel-umbra-1"),
        ("new_password_again", "Kestrel-umbra-1"),
    ];
    browser.submit("/account/password", &good).await;
    assert_eq!(browser.get("/callbacks").await.status, StatusCode::OK);
}

/// SEC-02: the answers to a locked name and to a locked name that does not exist are the same page, and
/// somebody at another address is not touched by either.
#[rstest]
#[tokio::test]
async fn the_door_says_the_same(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut thief = site.browser();
    let mut last = Vec::new();
    for name in ["caller_cq", "nobody_xx"] {
        let mut text = String::new();
        for _ in 0..6 {
            let form = [("username", name), ("password", "wrong guess")];
            let answer = thief.post("/session", &form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            text = answer.text.replace(name, "NAME");
        }
        assert!(text.contains("尝试次数过多"), "{text}");
        last.push(text);
    }
    assert_eq!(last[0], last[1]);
    let mut person = site.browser();
    assert_eq!(
        person.post("/session", &FORM).await.status,
        StatusCode::SEE_OTHER
    );
}

/// SEC-02: behind a trusted proxy the address is that of the browser; what others claim is not believed.
#[rstest]
#[tokio::test]
async fn proxies_are_believed_when_trusted(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut t = TestApp::with_portfolio(engine).await;
    let addresses = async |t: &TestApp| {
        let sql = "SELECT address FROM sessions WHERE user_agent = 'proxied'";
        t.database.column(sql).await
    };
    let enter = async |t: &TestApp, forwarded: &str| {
        let mut browser = Site::of(t).browser();
        let body = "username=caller_cq&password=Correct-horse-7";
        let request = browser
            .request(axum::http::Method::POST, "/session")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("user-agent", "proxied")
            .header("x-forwarded-for", forwarded);
        let answer = browser.send(request, axum::body::Body::from(body)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    };
    enter(&t, "203.0.113.9").await;
    assert_eq!(addresses(&t).await, ["10.0.0.1"]);
    t.change_policy(|p| p.trusted_proxies = vec!["10.0.0.1".parse().unwrap()]);
    for (forwarded, address) in [
        ("203.0.113.9", "203.0.113.9"),
        ("1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 10.0.0.1", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("nonsense", "10.0.0.1"),
    ] {
        enter(&t, forwarded).await;
        let seen = addresses(&t).await;
        assert!(seen.iter().any(|a| a == address), "{forwarded}: {seen:?}");
        assert!(!seen.contains(&"1.2.3.4".to_owned()));
    }
}

/// SEC-02: tokens that end soon are warned of, and rotated by page.
#[rstest]
#[tokio::test]
async fn tokens_are_rotated_by_page(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut admin = site.sign_in("administrator").await;
    let form = [
        ("name", "核心系统"),
        ("org_code", "50"),
        ("roles", "executive"),
        ("permissions", "reports.read"),
    ];
    admin.submit("/clients", &form).await;
    let page = admin.read("/clients").await;
    assert!(page.contains("限定 1 项权限") && !page.contains("请及时轮换"));
    let at = page.split_once("data-open=\"token-").unwrap().1;
    let id = at.split('"').next().unwrap().to_owned();
    let made = admin
        .post(&format!("/clients/{id}/tokens"), &[("days", "10")])
        .await;
    let token = made.text.split_once("<code>").unwrap().1;
    let token = token.split('<').next().unwrap().to_owned();
    let page = admin.read("/clients").await;
    assert!(page.contains("请及时轮换") && page.contains("即将到期"));
    let path = format!("/clients/{id}/tokens/{}/rotation", &token[..8]);
    let form = [("days", "90"), ("overlap_hours", "24")];
    let made = admin.post(&path, &form).await;
    assert!(made.text.contains("旧令牌 24 小时后失效") && !made.text.contains(&token));
    let page = admin.read("/clients").await;
    assert!(!page.contains("请及时轮换") && page.contains("即将到期"));
}
