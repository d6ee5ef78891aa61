//! Holds, destruction by four eyes and requests of people about their own data, through the pages.

use crate::browser::Site;
use axum::http::StatusCode;
use domain::imports::ImportKind;
use rstest::rstest;
use testkit::{Engine, Table, TestApp, row};

/// Who may open which page.
#[rstest]
#[tokio::test]
async fn pages_open_for_those_whose_work_they_are(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut caller = site.sign_in("caller_cq").await;
    for (who, path) in [
        ("compliance", "/retention"),
        ("executive", "/retention"),
        ("compliance", "/retention/schedule"),
        ("executive", "/retention/schedule"),
        ("compliance", "/retention/holds"),
        ("manager", "/retention/policies/P50-CAR"),
        ("compliance", "/data-requests"),
        ("compliance", "/data-requests?view=due&kind=delete"),
    ] {
        let page = site.sign_in(who).await.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{who} {path}: {}", page.text);
        assert_eq!(
            caller.get(path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    let terms = site
        .sign_in("manager")
        .await
        .read("/retention/policies/P50-CAR")
        .await;
    assert!(terms.contains("保险法第八十七条") && terms.contains("争议处理结束"));
    let schedule = site
        .sign_in("compliance")
        .await
        .read("/retention/schedule")
        .await;
    assert!(schedule.contains("反洗钱法第三十四条"));
}

#[rstest]
#[tokio::test]
async fn a_hold_is_placed_shown_and_lifted(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut compliance = site.sign_in("compliance").await;
    let form = [
        ("subject", "customer"),
        ("number", "C50-LI"),
        ("kind", "litigation"),
        ("authority", "渝中区人民法院"),
        ("document_no", "（2024）1号"),
        ("reason", "合同纠纷"),
        ("review_on", "2024-09-01"),
    ];
    let empty = compliance.post("/retention/holds", &[]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let list = compliance.submit("/retention/holds", &form).await;
    assert_eq!(list, "/retention/holds");
    let list = compliance.read(&list).await;
    assert!(list.contains("LH-2024-0000001") && list.contains("渝中区人民法院"));
    let mut leader = site.sign_in("leader_cq").await;
    let page = leader.read("/customers/C50-LI").await;
    assert!(page.contains("法律保全") && !page.contains("诉讼或仲裁"));
    let lifting = "/retention/holds/LH-2024-0000001/lifting";
    let own = compliance.post(lifting, &[("reason", "结案")]).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(own.text.contains("登记人以外的人"));
    let mut manager = site.sign_in("manager").await;
    manager.submit(lifting, &[("reason", "结案")]).await;
    assert!(!leader.read("/customers/C50-LI").await.contains("法律保全"));
}

/// From a request for deletion to the certificate, each step by the person whose step it is.
#[rstest]
#[tokio::test]
async fn a_deletion_goes_its_way(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let prospect = Table::new([row([
        ("customer_no", "C50-NEW"),
        ("kind", "individual"),
        ("name", "吴晓"),
        ("mobile", "13800500099"),
        ("org_code", "5001"),
    ])]);
    t.import(ImportKind::Customers, &prospect).await;
    let site = Site::of(&t);
    let mut compliance = site.sign_in("compliance").await;
    let customer = compliance.read("/customers/C50-NEW").await;
    assert!(customer.contains("登记个人信息请求"));
    let form = [
        ("kind", "delete"),
        ("requester", "self"),
        ("received_through", "phone"),
        ("wish", "请删除"),
    ];
    let page = compliance
        .submit("/customers/C50-NEW/data-requests", &form)
        .await;
    assert_eq!(page, "/data-requests/DR-2024-0000001");
    let steps = format!("{page}/steps");
    let nothing = compliance.post(&steps, &[("step", "check_identity")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    for step in [
        &[("step", "check_identity"), ("method", "video")][..],
        &[("step", "decide"), ("outcome", "granted")],
        &[("step", "carry_out")],
        &[
            ("step", "answer"),
            ("through", "phone"),
            ("text", "已列入销毁"),
        ],
        &[("step", "close")],
    ] {
        assert_eq!(compliance.submit(&steps, step).await, page);
    }
    let closed = compliance.read("/data-requests?view=closed").await;
    assert!(closed.contains("DR-2024-0000001"));
    let customer = compliance.read("/customers/C50-NEW").await;
    assert!(customer.contains("仅限存储"));

    let batch = compliance.submit("/retention/batches", &[]).await;
    assert!(batch.starts_with("/retention/batches/DS-2024-"), "{batch}");
    let steps = format!("{batch}/steps");
    compliance.submit(&steps, &[("step", "submit")]).await;
    let denied = compliance.post(&steps, &[("step", "approve")]).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    let mut executive = site.sign_in("executive").await;
    assert!(executive.read("/retention").await.contains("待审批"));
    executive.submit(&steps, &[("step", "approve")]).await;
    let (app, now) = (t.app.clone(), t.now);
    tokio::spawn(async move { app::jobs::run_due(&app, &move || now).await })
        .await
        .unwrap()
        .unwrap();
    let page = executive.read(&batch).await;
    assert!(page.contains("销毁清册") && page.contains("客户身份资料"));
    let csv = executive.get(&format!("{batch}/certificate.csv")).await;
    assert!(csv.text.contains("C50-NEW") && csv.header("content-type").starts_with("text/csv"));
    let mut leader = site.sign_in("leader_cq").await;
    let customer = leader.read("/customers/C50-NEW").await;
    assert!(customer.contains("已销毁") && !customer.contains("吴"));
    assert!(leader.read("/customers").await.contains("已销毁"));
}

/// The copy travels as the answer to a form that says what for.
#[rstest]
#[tokio::test]
async fn a_copy_is_fetched_for_a_purpose(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut compliance = site.sign_in("compliance").await;
    let form = [
        ("kind", "copy"),
        ("requester", "self"),
        ("received_through", "letter"),
    ];
    let page = compliance
        .submit("/customers/C50-ZHOU/data-requests", &form)
        .await;
    let steps = format!("{page}/steps");
    compliance
        .submit(&steps, &[("step", "check_identity"), ("method", "video")])
        .await;
    let granted = [("step", "decide"), ("outcome", "granted")];
    let own = compliance.post(&steps, &granted).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(own.text.contains("办理核验身份的人不能批准"));
    let mut manager = site.sign_in("manager").await;
    manager.submit(&steps, &granted).await;
    manager.submit(&format!("{page}/copies"), &[]).await;
    let (app, now) = (t.app.clone(), t.now);
    tokio::spawn(async move { app::jobs::run_due(&app, &move || now).await })
        .await
        .unwrap()
        .unwrap();
    assert!(manager.read(&page).await.contains("取用副本"));
    let copy = format!("{page}/copy");
    let nameless = manager.post(&copy, &[]).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    let file = manager
        .post(&copy, &[("purpose", "customer_request")])
        .await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.header("content-type"), "application/zip");
    let elsewhere = site.sign_in("leader_cq").await.post(&copy, &[]).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
}
