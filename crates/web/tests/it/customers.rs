//! Customers in the browser: search, personal data on request, corrections.

use crate::browser::Site;
use axum::http::StatusCode;
use rstest::rstest;
use testkit::{Engine, TestApp};

#[rstest]
#[tokio::test]
async fn a_search_opens_what_it_finds_alone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut leader = site.sign_in("leader_cq").await;
    for (term, found) in [
        ("13800500001", "/customers/C50-ZHOU"),
        ("0001", "/customers/C50-ZHOU"),
        ("周敏", "/customers/C50-ZHOU"),
        ("P50-LI", "/policies/P50-LI"),
    ] {
        assert_eq!(leader.submit("/searches", &[("term", term)]).await, found);
    }
    let callback = t.look(t.callback("P50-LI", "NB-CQ").await).await;
    for (number, found) in [
        (&callback.number, format!("/callbacks/{}", callback.id)),
        (
            &callback.obligation_number,
            format!("/obligations/{}", callback.obligation_number),
        ),
    ] {
        let to = leader.submit("/searches", &[("term", number)]).await;
        assert_eq!(to, found);
    }
    let nothing = leader.post("/searches", &[("term", "没有的人")]).await;
    assert_eq!(nothing.status, StatusCode::OK);
    assert!(nothing.text.contains("没有找到"));
    let empty = leader.post("/searches", &[("term", " ")]).await;
    assert_eq!(empty.status, StatusCode::OK);
    assert!(t.audited("customer.searched").await >= 7);
}

#[rstest]
#[tokio::test]
async fn a_number_is_shown_for_a_purpose_and_recorded(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let path = "/customers/C50-ZHOU/disclosures";
    let mut leader = site.sign_in("leader_cq").await;
    let why = [("field", "mobile"), ("purpose", "callback"), ("note", "")];
    let part = leader.post_part(path, &why).await;
    assert_eq!(part.status, StatusCode::OK);
    assert!(part.text.contains("13800500001"));
    assert!(!part.text.contains("<html"));
    assert_eq!(part.header("cache-control"), "no-store");
    let page = leader.post(path, &why).await;
    assert!(page.text.contains("13800500001") && page.text.contains("<html"));
    let bare = leader.post_part(path, &[("field", "mobile")]).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bare.text.contains("purpose"));
    let other = [("field", "mobile"), ("purpose", "other"), ("note", "")];
    let answer = leader.post_part(path, &other).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut inspector = site.sign_in("inspector").await;
    let answer = inspector.post(path, &why).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(t.audited("customer.revealed").await, 2);
}

#[rstest]
#[tokio::test]
async fn contact_data_is_corrected_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let path = "/customers/C50-LI/contact";
    let mut leader = site.sign_in("leader_cq").await;
    let page = leader.read("/customers/C50-LI").await;
    let version = page.split("name=\"version\" value=\"").nth(1).unwrap();
    let version = version.split('"').next().unwrap().to_owned();
    let form = |mobile: &'static str| {
        [
            ("mobile", mobile),
            ("reason", "客户来电更正"),
            ("version", version.as_str()),
        ]
    };
    let wrong = leader.post_part(path, &form("12345")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("mobile"));
    let to = leader.submit(path, &form("13900501234")).await;
    assert_eq!(to, "/customers/C50-LI");
    let late = leader.post_part(path, &form("13900505678")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let page = leader.read("/customers/C50-LI").await;
    assert!(page.contains("1234") && !page.contains("13900501234"));
    assert!(page.contains("更正：手机号"), "the timeline shows it");
}

#[rstest]
#[tokio::test]
async fn a_search_suggests_and_says_why(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    app::customers::refresh_search_keys(&t.app, t.now)
        .await
        .unwrap();
    let site = Site::of(&t);
    let mut leader = site.sign_in("leader_cq").await;
    let part = leader
        .post_part("/searches/suggestions", &[("term", "zhoumin")])
        .await;
    assert_eq!(part.status, StatusCode::OK);
    assert!(part.text.contains("/customers/C50-ZHOU") && part.text.contains("拼音"));
    assert!(!part.text.contains("<html") && !part.text.contains("周敏"));
    let nothing = leader
        .post_part("/searches/suggestions", &[("term", "")])
        .await;
    assert_eq!(nothing.text.trim(), "");
    // The same without a script: the form leads on.
    let found = leader.submit("/searches", &[("term", "zm")]).await;
    assert_eq!(found, "/customers/C50-ZHOU");
}

#[rstest]
#[tokio::test]
async fn the_pages_of_a_customer_hang_together(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut leader = site.sign_in("leader_cq").await;
    let page = leader.read("/customers/C50-ZHOU").await;
    for tab in ["relations", "information", "quality", "classes", "risk"] {
        assert!(
            page.contains(&format!("/customers/C50-ZHOU/{tab}")),
            "{tab}"
        );
    }
    assert!(page.contains("有效保单年缴保费") && page.contains("12,000"));
    let path = "/customers/C50-ZHOU/timeline?group=events";
    let whole = leader.read(path).await;
    assert!(whole.contains("<html") && whole.contains("出单"));
    let relations = leader.read("/customers/C50-ZHOU/relations").await;
    assert!(relations.contains("家庭成员") && relations.contains("关系阶段"));
    let form = [
        ("other_no", "C50-LI"),
        ("relation", "spouse"),
        ("source", "document"),
    ];
    let path = "/customers/C50-ZHOU/relations";
    assert_eq!(leader.submit(path, &form).await, path);
    let other = leader.read("/customers/C50-LI/relations").await;
    assert!(other.contains("C50-ZHOU") && other.contains("配偶"));
    let again = leader.post_part(path, &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let corp = leader.read("/customers/C50-CORP/relations").await;
    assert!(corp.contains("集团保单") && corp.contains("财务经理"));
}

/// CUS-11: the overview says beside each number when it was verified and how, with the way to the form; numbers stay
/// masked.
#[rstest]
#[tokio::test]
async fn the_overview_says_what_was_verified(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut writer = site.sign_in("operations_cq").await;
    let page = writer.read("/customers/C50-LI").await;
    assert!(page.contains("从未核对") && page.contains("应于 2025-03-05 前核对"));
    assert!(page.contains("href=\"/customers/C50-LI/quality\" title=\"到“资料质量”登记核对\""));
    let verified = [("way", "telephone"), ("on", ""), ("note", "")];
    writer
        .post("/customers/C50-LI/quality/verifications", &verified)
        .await;
    let page = writer.read("/customers/C50-LI").await;
    assert!(page.contains("已核对") && page.contains("2024-03-05 电话核对"));
    assert!(!page.contains("从未核对") && !page.contains("13800500002"));
    let group = writer.read("/customers/C50-CORP").await;
    assert!(group.contains("从未核对"), "the contact person, too");
}
