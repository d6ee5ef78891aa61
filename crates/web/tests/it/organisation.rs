//! Units, standing in and written rules, through their forms.

use crate::browser::Site;
use axum::http::StatusCode;
use rstest::rstest;
use testkit::{Engine, TestApp};

#[rstest]
#[tokio::test]
async fn an_administrator_keeps_the_units(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut admin = site.sign_in("administrator").await;
    assert!(admin.read("/units").await.contains("/units/5001"));
    let form = [
        ("name", "江北营业部"),
        ("code", "5008"),
        ("parent", "50"),
        ("level", "sub_branch"),
        ("is_outlet", "on"),
        ("managing_department", "客户服务部"),
    ];
    let made = admin.post("/units", &form).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let page = admin.read("/units/5008").await;
    assert!(page.contains("江北营业部") && page.contains("客户服务部"));
    let post = [("kind", "policy_servicing"), ("headcount", "2")];
    let set = admin.post("/units/5008/posts", &post).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text);
    let page = admin.read("/units/5008").await;
    assert!(page.contains("保全岗") && page.contains("个险银险保全付费回访管理办法"));
    let id = page.split("/units/5008/posts/").nth(1).unwrap();
    let path = format!(
        "/units/5008/posts/{}/holders",
        id.split('/').next().unwrap()
    );
    let given = admin.post(&path, &[("username", "caller_cq")]).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text);
    let page = admin.read("/units/5008").await;
    let holder = page.split("/units/5008/holders/").nth(1).unwrap();
    let path = format!(
        "/units/5008/holders/{}/deletion",
        holder.split('/').next().unwrap()
    );
    assert_eq!(admin.post(&path, &[]).await.status, StatusCode::SEE_OTHER);
    let moved = admin.post("/units/5008/place", &[("parent", "37")]).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.text);
    let refused = admin.post("/units/50/place", &[("parent", "5001")]).await;
    assert!(
        refused.text.contains("不能隶属于自己或自己的下级"),
        "{}",
        refused.text
    );
    let page = admin.read("/staffing").await;
    assert!(page.contains("人员与负荷"));
    let mut caller = site.sign_in("caller_cq").await;
    for path in ["/units", "/units/5008", "/staffing"] {
        assert_eq!(
            caller.get(path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
}

#[rstest]
#[tokio::test]
async fn a_substitute_acts_and_stops(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut leader = site.sign_in("leader_cq").await;
    let day = domain::time::date_in_china(t.now).to_string();
    let form = [
        ("substitute", "caller_cq"),
        ("from", day.as_str()),
        ("until", day.as_str()),
        ("reason", "外出培训"),
    ];
    let made = leader.post("/delegations", &form).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let mut caller = site.sign_in("caller_cq").await;
    assert_eq!(caller.get("/staffing").await.status, StatusCode::FORBIDDEN);
    let page = caller.read("/delegations").await;
    let id = page
        .split("/delegations/")
        .find(|p| p.contains("/acting\""))
        .unwrap();
    let path = format!("/delegations/{}/acting", id.split('/').next().unwrap());
    let began = caller.post(&path, &[]).await;
    assert_eq!(began.status, StatusCode::SEE_OTHER, "{}", began.text);
    let page = caller.read("/staffing").await;
    assert!(
        page.contains("您正在代理") && page.contains("leader cq"),
        "{page}"
    );
    let stopped = caller.post("/delegations/acting/deletion", &[]).await;
    assert_eq!(stopped.status, StatusCode::SEE_OTHER, "{}", stopped.text);
    assert_eq!(caller.get("/staffing").await.status, StatusCode::FORBIDDEN);
    // Nobody else can use it.
    let mut other = site.sign_in("caller_sd").await;
    let refused = other.post(&path, &[]).await;
    assert!(
        refused.text.contains("这个代理现在无效"),
        "{}",
        refused.text
    );
}

#[rstest]
#[tokio::test]
async fn written_rules_are_read_by_all(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut admin = site.sign_in("administrator").await;
    let form = [
        ("title", "回访工作制度<script>"),
        ("code", "callback-rules"),
        ("kind", "callbacks"),
        ("org", "000"),
        ("responsible", "manager"),
        ("effective_from", "2024-01-01"),
        ("body", "第一条 新单百分之百回访。"),
    ];
    let made = admin.post("/work-rules", &form).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let mut caller = site.sign_in("caller_cq").await;
    let page = caller.read("/work-rules/callback-rules").await;
    assert!(page.contains("第一条 新单百分之百回访。") && page.contains("manager"));
    assert!(!page.contains("<script>回"), "a title is text");
    let denied = caller.post("/work-rules", &form).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
}
