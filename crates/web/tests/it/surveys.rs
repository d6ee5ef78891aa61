//! Surveys over HTTP: the pages of those who ask and carry out, and a customer on a phone.

use crate::browser::Site;
use crate::chrome::{Driver, Window};
use axum::http::StatusCode;
use chrono::Duration;
use domain::time::Instant;
use fantoccini::Locator;
use rstest::rstest;
use std::sync::atomic::{AtomicI64, Ordering};
use testkit::{Engine, QUESTIONNAIRE, TestApp};
use web::{Settings, Web};

/// A customer opens the link of a page, forgets a question, and sends the rest; the token.
async fn answer(site: &Site, page: &str) -> String {
    let link = page.split("/s/").nth(1).unwrap();
    let token: String = link.chars().take_while(char::is_ascii_hexdigit).collect();
    let mut customer = site.browser();
    let page = customer.get(&format!("/s/{token}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        !page.text.contains("<script") && page.text.contains("匿名调查"),
        "{}",
        page.text
    );
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    assert!(!page.headers.contains_key("set-cookie"));
    let seal = page.text.split("name=\"seal\" value=\"").nth(1).unwrap();
    let seal = seal.split('"').next().unwrap().to_owned();
    let to = format!("/s/{token}/submission");
    let open = customer
        .post(&to, &[("seal", seal.as_str()), ("q0", "5")])
        .await;
    assert_eq!(open.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(open.text.contains("这一题还没有作答"), "{}", open.text);
    let forged = customer
        .post(&to, &[("seal", "1.x.y"), ("q0", "5"), ("q1", "0")])
        .await;
    assert_eq!(forged.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sheet = [
        ("seal", seal.as_str()),
        ("q0", "5"),
        ("q1", "0"),
        ("q2", "都好"),
    ];
    let done = customer.post(&to, &sheet).await;
    assert!(done.text.contains("感谢您的参与"), "{}", done.text);
    assert!(
        customer
            .read(&format!("/s/{token}"))
            .await
            .contains("感谢您的参与")
    );
    token
}

/// SRV-04 to SRV-07 over the pages: the form, each step, the results, the file.
#[rstest]
#[tokio::test]
async fn a_department_asks_and_the_office_carries_out(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let who = t.approvers().await;
    let site = Site::of(&t);
    let mut by = site.sign_in("operations_cq").await;
    let page = by.read("/surveys/new").await;
    assert!(page.contains("调查问卷拟稿"), "{page}");
    let form = t.application("open_link", "anonymous");
    let fields = [
        ("kind", form.kind.as_str()),
        ("identity", form.identity.as_str()),
        ("platform", form.platform.as_str()),
        ("department", form.department.as_str()),
        ("title", form.title.as_str()),
        ("purpose", form.purpose.as_str()),
        ("draft", form.draft.as_str()),
        ("respondents", form.respondents.as_str()),
        ("from_on", form.from_on.as_str()),
        ("to_on", form.to_on.as_str()),
        ("time_points", form.time_points.as_str()),
    ];
    let home = by.submit("/surveys", &fields).await;
    let page = by.read(&home).await;
    assert!(
        page.contains("提交审批") && page.contains("报案方式"),
        "{page}"
    );
    assert!(
        by.read(&format!("{home}/application"))
            .await
            .contains("理赔部")
    );
    let number = home.rsplit('/').next().unwrap().to_owned();
    t.launch(&t.people().operations_cq, &who, &number).await;
    let page = by.read(&home).await;
    assert!(
        page.contains("class=\"qr\""),
        "the picture code of the link: {page}"
    );
    let token = answer(&site, &page).await;
    let staff = by.get(&format!("/s/{token}")).await;
    assert_eq!(staff.status, StatusCode::FORBIDDEN);
    let mut other = site.browser();
    let unknown = other.get(&format!("/s/{}", "a".repeat(64))).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let page = by.read(&format!("{home}/results")).await;
    assert!(page.contains("暂不展示汇总结果"), "{page}");
    assert!(by.read("/surveys?view=mine").await.contains(&number));
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
    let found = window.client.find(Locator::Css(selector)).await;
    found.unwrap().click().await.unwrap();
}

/// SRV-03, SRV-06: a customer fills in a survey on a phone, forgets a question, and sends it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_answers_on_a_phone() {
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let (by, who) = (&t.people().operations_cq, t.approvers().await);
    let number = t.asked(by, "sms", "anonymous").await;
    t.launch(by, &who, &number).await;
    let survey = app::surveys::survey_page(&t.app, by, t.now, &number)
        .await
        .unwrap();
    assert_eq!(survey.row.questionnaire.as_deref(), Some(QUESTIONNAIRE));
    let token = t.survey_tokens(survey.row.id).await.remove(0);
    let site = serve(&t).await;
    let driver = Driver::start();
    let window = driver.open(&site, 390, 844).await;
    let home = format!("/s/{token}");
    window.go(&home).await;
    window.read("总体评价").await;
    assert!(
        !window.overflows().await,
        "the survey is wider than a phone"
    );
    window.keep("survey-1-form").await;
    click(&window, "input[name=q0][value='5']").await;
    SECONDS.fetch_add(60, Ordering::Relaxed);
    click(&window, "main button.go").await;
    window.see(".question.missed").await;
    assert!(
        window.has("input[name=q0][value='5']:checked").await,
        "what was chosen is kept"
    );
    window.keep("survey-2-open").await;
    click(&window, "input[name=q1][value='1']").await;
    SECONDS.fetch_add(60, Ordering::Relaxed);
    click(&window, "main button.go").await;
    window.read("感谢您的参与").await;
    assert!(!window.overflows().await);
    window.keep("survey-3-thanks").await;
    let valid = "SELECT COUNT(*) FROM survey_answers WHERE verdict = 'valid'";
    assert_eq!(t.database.number(valid).await, 1);
    window.go(&home).await;
    window.read("已经使用过").await;
    window.close().await;
}
