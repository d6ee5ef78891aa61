//! The pages of a customer over HTTP: closed to everybody else, silent before the identity check, plain
//! forms, and a whole electronic callback on a phone.

use crate::browser::{Browser, Page, Site};
use crate::chrome::{Driver, Window};
use app::electronic::{Screen, visit};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use chrono::Duration;
use domain::callbacks::CallbackState;
use domain::ids::LinkId;
use domain::time::Instant;
use rstest::rstest;
use std::sync::atomic::{AtomicI64, Ordering};
use testkit::{Engine, TestApp};
use web::{Settings, Web};

/// What of the person nobody sees before the identity check.
const SECRETS: [&str; 6] = [
    "周敏",
    "13800500001",
    "138****0001",
    "P50-ZHOU",
    "安享",
    "19800506",
];

async fn begin(t: &TestApp) -> (LinkId, String) {
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let (link, customer) = t.offer(&t.people().leader_cq, t.now, id).await;
    (link, customer.token)
}

fn demand_silence(page: &Page) {
    for secret in SECRETS {
        assert!(!page.text.contains(secret), "{secret}: {}", page.text);
    }
}

async fn identify(t: &TestApp, browser: &mut Browser, link: LinkId, home: &str) {
    let form = TestApp::zhou();
    let fields = [
        ("name", form.name.as_str()),
        ("id_tail", form.id_tail.as_str()),
        ("birth_date", form.birth_date.as_str()),
    ];
    let to = browser.submit(&format!("{home}/identity"), &fields).await;
    assert_eq!(to, home);
    let asked = browser.read(home).await;
    assert!(asked.contains("138****0001"), "{asked}");
    let code = t.code_about(link).await;
    let to = browser
        .submit(&format!("{home}/code"), &[("code", &code)])
        .await;
    assert_eq!(to, home);
}

/// Nothing personal, no script, no cookie of ours, nothing that leaves.
#[rstest]
#[tokio::test]
async fn a_link_says_nothing_before_the_check(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let (link, token) = begin(&t).await;
    let home = format!("/p/{token}");
    let mut browser = site.browser();
    for path in [
        home.clone(),
        format!("{home}?start=1"),
        format!("{home}/phone"),
    ] {
        let page = browser.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        demand_silence(&page);
        assert!(!page.text.contains("<script"), "{path}");
        for (header, value) in [
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("x-robots-tag", "noindex, nofollow, noarchive"),
        ] {
            assert_eq!(page.headers[header], value, "{path}");
        }
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'"), "{policy}");
        assert!(!page.headers.contains_key("set-cookie"), "{path}");
    }
    let wrong = [
        ("name", "张三"),
        ("id_tail", "000000"),
        ("birth_date", "19900101"),
    ];
    let page = browser.post(&format!("{home}/identity"), &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("还可以试 4 次"), "{}", page.text);
    demand_silence(&page);
    identify(&t, &mut browser, link, &home).await;
    let page = browser.get(&home).await;
    assert!(page.text.contains("周敏"), "{}", page.text);
    assert!(page.text.contains("第 1 项"));
    let cookie = browser.cookies.get("huifang_reply").cloned().unwrap();
    assert_eq!(cookie.len(), 64);
    // Another browser sees the first page again.
    let mut other = site.browser();
    demand_silence(&other.get(&home).await);
}

/// Staff are refused, forged forms too; unknown links say so.
#[rstest]
#[tokio::test]
async fn it_is_for_the_customer_alone(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let (_, token) = begin(&t).await;
    let home = format!("/p/{token}");
    for name in ["caller_cq", "leader_cq", "manager"] {
        let mut staff = site.sign_in(name).await;
        for path in [home.clone(), format!("{home}/phone")] {
            let page = staff.get(&path).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{name}");
            demand_silence(&page);
        }
        for verb in [
            "identity",
            "code",
            "codes",
            "answers",
            "submission",
            "phone",
            "look",
        ] {
            let page = staff.post(&format!("{home}/{verb}"), &[]).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{name} {verb}");
        }
    }
    let mut browser = site.browser();
    let page = browser.get(&format!("/p/{}", "a".repeat(32))).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text.contains("这个链接无效"), "{}", page.text);
    let request = browser
        .request(Method::POST, &format!("{home}/phone"))
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded");
    let page = browser.send(request, Body::from("day=")).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

/// Both languages, large type, and the choice of the telephone, all without a script.
#[rstest]
#[tokio::test]
async fn it_reads_as_people_need_it(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let (_, token) = begin(&t).await;
    let home = format!("/p/{token}");
    let mut browser = site.browser();
    browser.language = "en";
    let page = browser.read(&home).await;
    assert!(page.contains("Please call me instead"), "{page}");
    browser
        .submit(&format!("{home}/look"), &[("size", "large")])
        .await;
    let page = browser.read(&home).await;
    assert!(page.contains("class=\"large\""), "{page}");
    browser
        .submit(&format!("{home}/look"), &[("locale", "zh-CN")])
        .await;
    let page = browser.read(&home).await;
    assert!(page.contains("我要电话回访") && page.contains("class=\"large\""));
    let fields = [("day", "2024-03-06"), ("hour", "14"), ("wish", "下午方便")];
    browser.submit(&format!("{home}/phone"), &fields).await;
    let page = browser.read(&home).await;
    assert!(page.contains("我们会给您打电话"), "{page}");
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    assert_eq!(
        t.look(id).await.appointment_at,
        Some(testkit::at("2024-03-06 14:00"))
    );
}

/// People of the company send, see where links stand, replay the evidence and verify it.
#[rstest]
#[tokio::test]
async fn staff_send_and_verify(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let mut leader = site.sign_in("leader_cq").await;
    let part = leader
        .get_part(&format!("/callbacks/{id}/electronic"))
        .await;
    assert!(part.text.contains("发送电子回访链接"), "{}", part.text);
    leader
        .submit(&format!("/callbacks/{id}/electronic"), &[])
        .await;
    let link = t
        .database
        .column("SELECT number FROM callbacks b WHERE EXISTS (SELECT 1 FROM electronic_links l WHERE l.callback_id = b.id)")
        .await;
    assert_eq!(link.len(), 1);
    let list = leader.read("/electronic?view=out").await;
    assert!(list.contains("已发送"), "{list}");
    let path = list.split("/electronic/links/").nth(1).unwrap();
    let path = format!("/electronic/links/{}", &path[..36]);
    let page = leader.read(&format!("{path}?check=1")).await;
    assert!(page.contains("校验通过"), "{page}");
    assert!(!page.contains("/p/"), "staff see no link: {page}");
    let mut inspector = site.sign_in("inspector").await;
    let page = inspector.read("/electronic/samples").await;
    assert!(page.contains("抽取样本"), "{page}");
}

/// Seconds by which the clock of the browser's test is ahead of the morning.
static SECONDS: AtomicI64 = AtomicI64::new(0);

fn clock() -> Instant {
    testkit::morning() + Duration::seconds(SECONDS.load(Ordering::Relaxed))
}

async fn serve(t: &TestApp) -> String {
    let settings = Settings {
        company: "惠民人寿".into(),
        clock,
        secure_cookies: false,
        demo_accounts: Vec::new(),
    };
    let router = web::router(Web::new(t.app.clone(), settings));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    format!("http://{address}")
}

async fn click(window: &Window, selector: &str) {
    window.see(selector).await;
    let found = window.client.find(fantoccini::Locator::Css(selector)).await;
    found.unwrap().click().await.unwrap();
}

async fn fill(window: &Window, selector: &str, text: &str) {
    window.see(selector).await;
    let found = window.client.find(fantoccini::Locator::Css(selector)).await;
    found.unwrap().send_keys(text).await.unwrap();
}

/// Nothing hangs over the edge of the phone.
async fn demand_width(window: &Window) {
    let script =
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    let over = window.client.execute(script, Vec::new()).await.unwrap();
    assert_eq!(over.as_i64(), Some(0), "{}", window.text("main").await);
}

/// Reads what it is about, looks at the way to the telephone, and passes the identity check.
async fn show_identity(t: &TestApp, window: &Window, home: &str, link: LinkId) {
    window.go(home).await;
    demand_width(window).await;
    window.keep("1-choice").await;
    window.go(&format!("{home}/phone")).await;
    window.keep("2-phone").await;
    window.go(home).await;
    click(window, "main a.go").await;
    let form = TestApp::zhou();
    fill(window, "#name", &form.name).await;
    fill(window, "#id_tail", &form.id_tail).await;
    fill(window, "#birth_date", &form.birth_date).await;
    demand_width(window).await;
    window.keep("3-identity").await;
    click(window, "main button.go").await;
    window.see("#code").await;
    window.keep("4-code").await;
    fill(window, "#code", &t.code_about(link).await).await;
    click(window, "main button.go").await;
    window.see("progress").await;
}

/// Answers every item, the first one too hastily.
async fn answer_items(window: &Window) {
    let mut hasty = true;
    for at in 0..40 {
        if window.has("ol.review").await {
            break;
        }
        window.see(".ask").await;
        demand_width(window).await;
        window.keep(&format!("5-item-{at:02}")).await;
        let choice = if window.has("input[name=rating]").await {
            "input[name=rating][value='5']"
        } else {
            "input[name=answer][value=affirm]"
        };
        if window.has(choice).await {
            click(window, choice).await;
        }
        if hasty {
            click(window, "main form button.go").await;
            window.see(".problem").await;
            window.keep("6-hasty").await;
            hasty = false;
        }
        let before = window.text("main").await;
        SECONDS.fetch_add(60, Ordering::Relaxed);
        click(window, "main form button.go").await;
        for _ in 0..100 {
            if window.text("main").await != before {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

/// A whole electronic callback in a real browser on a phone: identity, code, items one by one, one of
/// them too hastily, a correction, submission.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_on_a_phone(#[values(Engine::Sqlite)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = serve(&t).await;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let (link, mut customer) = t.offer(&t.people().leader_cq, t.now, id).await;
    let driver = Driver::start();
    let window = driver.open(&site, 500, 900).await;
    let home = format!("/p/{}", customer.token);
    show_identity(&t, &window, &home, link).await;
    answer_items(&window).await;
    window.see("ol.review").await;
    demand_width(&window).await;
    window.keep("7-review").await;
    click(&window, "input[name=confirm]").await;
    click(&window, "main form button.go").await;
    for _ in 0..100 {
        if !window.has("ol.review").await {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let text = window.text("main").await;
    assert!(text.contains("已提交"), "{text}");
    window.keep("8-end").await;
    click(&window, "button[value=large]").await;
    window.see("body.large").await;
    demand_width(&window).await;
    window.keep("9-large").await;
    assert_eq!(t.look(id).await.state, CallbackState::Completed);
    customer.session = None;
    let screen = visit(&t.app, clock(), &customer, None).await.unwrap();
    assert!(matches!(screen, Screen::Ended(_)));
}
