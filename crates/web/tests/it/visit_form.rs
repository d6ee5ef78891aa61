//! The record form on a phone in a real browser: the connection is lost while the visitor writes; what
//! was typed is sent when it is back, and the signature after it.

use crate::chrome::{Driver, Window};
use app::visits::{self as v, NewVisitForm, StepForm};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::visits::VisitState;
use fantoccini::Locator;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use testkit::{Engine, TestApp};
use web::{Settings, Web};

async fn serve(t: &TestApp) -> String {
    let settings = Settings {
        company: "惠民人寿".into(),
        clock: testkit::morning,
        secure_cookies: false,
        demo_accounts: Vec::new(),
    };
    let router = web::router(Web::new(t.app.clone(), settings));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// Cuts the browser off, or connects it again.
async fn cut(driver: &Driver, window: &Window, offline: bool) {
    let session = window.client.session_id().await.unwrap().unwrap();
    let conditions = json!({ "network_conditions": {
        "offline": offline, "latency": 0, "download_throughput": -1, "upload_throughput": -1,
    } });
    let request = Request::post(format!(
        "{}/session/{session}/chromium/network_conditions",
        driver.address
    ));
    let request = request
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(conditions.to_string()));
    let client: Client<HttpConnector, Body> = Client::builder(TokioExecutor::new()).build_http();
    let answer = client.request(request.unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

async fn run(window: &Window, script: &str) {
    window.client.execute(script, Vec::new()).await.unwrap();
}

/// Waits until a visit stands somewhere.
async fn reach(t: &TestApp, number: &str, state: VisitState) {
    let by = &t.people().operations_cq;
    for _ in 0..200 {
        if v::find_visit(&t.app, by, number).await.unwrap().state == state {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the visit never came to {state}");
}

/// VIS-04, VIS-05: nothing that was typed without a connection is lost, and the form fits a phone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_survives_a_lost_connection() {
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let by = &t.people().operations_cq;
    let asked = NewVisitForm {
        customer_no: "C50-ZHOU".into(),
        ..Default::default()
    };
    let (id, number) = v::request_visit(&t.app, by, t.now, &asked).await.unwrap();
    let agreed = StepForm {
        step: "schedule".into(),
        place: "客户家中".into(),
        agreed_with: "客户本人，电话".into(),
        ..Default::default()
    };
    v::take_step(&t.app, by, t.now, id, &agreed).await.unwrap();
    let site = serve(&t).await;
    let driver = Driver::start();
    let window = driver.open(&site, 500, 900).await;
    window.sign_in("operations_cq").await;
    window.go(&format!("/visits/{number}/form")).await;
    assert!(!window.overflows().await, "the form is wider than a phone");
    window.see("#signature-form:not([hidden])").await;
    cut(&driver, &window, true).await;
    let fill = "const f = document.getElementById('visit-form').elements; \
                f.visited_at.value = '2024-03-05T09:30'; f.respondent.value = 'policyholder'; \
                f.respondent_name.value = '周敏'; f.phone.value = '13800500001'; \
                f.summary.value = '核对保障范围'; f.affirmed.value = 'yes';";
    run(&window, fill).await;
    // Typed by hand, which the script of the page hears of.
    let field = window.client.find(Locator::Css("[name=feedback]"));
    field.await.unwrap().send_keys("满意").await.unwrap();
    window.see(".tag.orange[data-sync]").await;
    let row = v::find_visit(&t.app, by, &number).await.unwrap();
    assert_eq!(row.state, VisitState::Scheduled);
    // A hand writes across the field while there is no connection.
    let draw = "const c = document.querySelector('canvas.signing'); const b = c.getBoundingClientRect(); \
                c.setPointerCapture = () => {}; \
                const at = (type, x, y) => c.dispatchEvent(new PointerEvent(type, { pointerId: 1, \
                clientX: b.left + b.width * x, clientY: b.top + b.height * y, bubbles: true })); \
                at('pointerdown', 0.1, 0.3); at('pointermove', 0.4, 0.6); at('pointermove', 0.8, 0.2); \
                at('pointerup', 0.8, 0.2); document.getElementById('signature-form').requestSubmit();";
    run(&window, draw).await;
    cut(&driver, &window, false).await;
    run(&window, "window.dispatchEvent(new Event('online'))").await;
    reach(&t, &number, VisitState::Signed).await;
    window
        .arrive("the signed visit", |path| !path.ends_with("/form"))
        .await;
    window.read("与签字时一致").await;
    assert!(!window.overflows().await, "the visit is wider than a phone");
    window.close().await;
}
