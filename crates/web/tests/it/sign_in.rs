//! Signing in and out, and what a browser without a session sees.

use crate::browser::Site;
use axum::http::StatusCode;
use rstest::rstest;
use testkit::{Engine, TestApp};

#[rstest]
#[tokio::test]
async fn people_sign_in_and_out(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);

    let mut stranger = site.browser();
    let answer = stranger.get("/callbacks").await;
    assert_eq!(answer.location(), "/sign-in?next=/callbacks");
    let wrong = [("username", "leader_cq"), ("password", "not this one")];
    let answer = stranger.post("/session", &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);

    let mut leader = site.sign_in("leader_cq").await;
    let page = leader.read("/callbacks?view=open").await;
    assert!(page.contains("P50-ZHOU"));
    assert!(!page.contains("P37-SUN"));

    assert_eq!(leader.submit("/session/end", &[]).await, "/sign-in");
    let answer = leader.get("/callbacks").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[rstest]
#[tokio::test]
async fn a_form_without_the_token_is_not_taken(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut caller = site.sign_in("caller_cq").await;
    caller.token = "0".repeat(32);
    let answer = caller.post("/callbacks/next", &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
