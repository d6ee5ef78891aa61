//! The page of the keys: who may see it, what it asks before it exchanges them.

use crate::browser::Site;
use app::jobs::run_due;
use axum::http::StatusCode;
use rstest::rstest;
use testkit::{Engine, TestApp};

#[rstest]
#[tokio::test]
async fn keys_are_exchanged_on_their_page(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    for who in ["manager", "leader_cq", "compliance"] {
        let mut browser = site.sign_in(who).await;
        assert_eq!(
            browser.get("/system/keys").await.status,
            StatusCode::FORBIDDEN,
            "{who}"
        );
        let form = [("what", "data"), ("confirmation", "data"), ("reason", "x")];
        let order = browser.post("/system/keys/rotations", &form).await;
        assert_eq!(order.status, StatusCode::FORBIDDEN, "{who}");
    }
    let mut administrator = site.sign_in("administrator").await;
    let page = administrator.read("/system/keys?count=1").await;
    assert!(
        page.contains("AES-256-GCM") && page.contains("还没有更换过密钥"),
        "{page}"
    );
    let unconfirmed = [
        ("what", "data"),
        ("confirmation", "yes"),
        ("reason", "每年更换"),
    ];
    let answer = administrator
        .post("/system/keys/rotations", &unconfirmed)
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("与所选内容不一致"), "{}", answer.text);
    let form = [
        ("what", "data"),
        ("confirmation", "data"),
        ("reason", "每年更换"),
    ];
    let job = administrator.submit("/system/keys/rotations", &form).await;
    let page = administrator.read("/system/keys").await;
    assert!(
        page.contains("密钥更换进行中") && page.contains("待销毁"),
        "{page}"
    );
    let (app, now) = (t.app.clone(), t.now);
    tokio::spawn(async move { run_due(&app, &move || now).await })
        .await
        .unwrap()
        .unwrap();
    let page = administrator.read(&job).await;
    assert!(page.contains("已经完成"), "{page}");
    let page = administrator.read("/system/keys").await;
    assert!(page.contains("复查一遍后销毁旧密钥"), "{page}");
    let again = administrator.post("/system/keys/rotations", &form).await;
    assert!(
        again.text.contains("已有一次密钥更换正在进行"),
        "{}",
        again.text
    );
    administrator.language = "en";
    let page = administrator.read("/system/keys").await;
    assert!(page.contains("To be destroyed"), "{page}");
}
