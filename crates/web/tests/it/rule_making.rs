//! A rule on its way through the pages: drafted, checked, compared, reviewed and approved.

use crate::browser::Site;
use app::rules::package::{key_pair, sign};
use axum::http::StatusCode;
use rstest::rstest;
use rules::Source;
use testkit::{Engine, TestApp};

const LAW: &str = "company/defaults";

fn next(t: &TestApp) -> String {
    let rules = t.app.rules();
    let pack = rules.packs().iter().find(|p| p.pack == LAW).unwrap();
    app::rules::drafts::next_version(&pack.body, 2)
}

/// GOV-01, GOV-02, GOV-05: three persons, each with the forms that are theirs.
#[rstest]
#[tokio::test]
async fn a_rule_goes_its_way(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut author = site.sign_in("compliance").await;
    let page = author.read(&format!("/rules/drafts/new?from={LAW}")).await;
    assert!(page.contains("version = 2") && page.contains("<textarea name=\"body\""));
    let broken = next(&t).replace("type = \"int\"", "type = \"in\"");
    let check = [("body", broken.as_str()), ("check", "yes")];
    let page = author.post("/rules/drafts", &check).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("处问题"), "{}", page.text);
    let page = author.post("/rules/drafts", &[("body", "[pack]")]).await;
    assert!(page.text.contains("未能保存") && page.text.contains("[pack]"));
    let body = next(&t);
    let draft = author
        .submit("/rules/drafts", &[("body", body.as_str())])
        .await;
    assert!(draft.starts_with("/rules/drafts/"), "{draft}");
    let page = author.read(&draft).await;
    assert!(page.contains("不能复核自己起草或修改的规则"));
    let (text, steps) = (format!("{draft}/text"), format!("{draft}/steps"));
    assert!(
        author
            .read(&text)
            .await
            .contains("name=\"revision\" value=\"1\"")
    );
    let body = body.replace("# ", "## ");
    let edit = [("body", body.as_str()), ("revision", "1")];
    assert_eq!(author.submit(&text, &edit).await, draft);
    let job = author.submit(&format!("{draft}/diffs"), &[]).await;
    let (app, now) = (t.app.clone(), t.now);
    let ran = tokio::spawn(async move { app::jobs::run_due(&app, &move || now).await });
    ran.await.unwrap().unwrap();
    let diff = author.get(&job).await.location();
    assert!(diff.starts_with("/rules/diffs/"), "{diff}");
    assert!(author.read(&diff).await.contains("没有义务因此改变"));
    assert!(
        author
            .read(&format!("{diff}/file"))
            .await
            .starts_with("change,")
    );

    let mut reviewer = site.sign_in("manager").await;
    assert!(reviewer.read("/rules").await.contains("待我复核 3 件"));
    let page = reviewer.read(&draft).await;
    let hash = page.split_once("name=\"hash\" value=\"").unwrap().1;
    let hash = hash.split('"').next().unwrap().to_owned();
    let decide = |step: &'static str| [("step", step), ("hash", hash.as_str()), ("reason", "同意")];
    reviewer.submit(&steps, &decide("review")).await;
    let denied = reviewer.post(&steps, &decide("approve")).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);

    let mut leader = site.sign_in("executive").await;
    assert!(leader.read("/rules").await.contains("待我批准 1 件"));
    assert!(
        leader
            .read(&draft)
            .await
            .contains("尚未着手的按新版本重新推算")
    );
    leader.submit(&steps, &decide("approve")).await;
    let page = leader.read(&format!("/rules/{LAW}?version=2")).await;
    assert!(page.contains("施行中") && page.contains("同意"), "{page}");
    let page = leader.read(&format!("/rules/{LAW}?version=1")).await;
    assert!(page.contains("已被替代"), "{page}");
}

/// GOV-06: an evaluation is recorded and leads to the next version; others may not.
#[rstest]
#[tokio::test]
async fn a_rule_is_evaluated(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut manager = site.sign_in("manager").await;
    let path = format!("/rules/{LAW}/evaluations");
    let fields = [
        ("version", "1"),
        ("evaluated_on", "2024-03-04"),
        ("result", "revise"),
        ("note", "拨打间隔过长"),
    ];
    manager.submit(&path, &fields).await;
    let page = manager.read(&format!("/rules/{LAW}")).await;
    assert!(page.contains("拨打间隔过长") && page.contains("evaluation="));
    let late = [
        ("version", "1"),
        ("evaluated_on", "2024-03-06"),
        ("result", "keep"),
        ("note", "x"),
    ];
    let late = manager.post(&path, &late).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut caller = site.sign_in("caller_cq").await;
    let denied = caller.post(&path, &fields).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    let denied = caller.get("/rules/drafts/new").await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    assert!(!caller.read("/rules").await.contains("起草规则"));
}

/// An uploaded file becomes a draft; what is no pack does not.
#[rstest]
#[tokio::test]
async fn a_pack_is_uploaded(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let mut author = Site::of(&t).sign_in("compliance").await;
    let text = next(&t).replace('\n', "\r\n");
    let file = author
        .post_file("/rules/drafts/file", &[], "p.toml", text.as_bytes())
        .await;
    assert!(
        file.location().starts_with("/rules/drafts/"),
        "{}",
        file.text
    );
    let bad = author
        .post_file("/rules/drafts/file", &[], "p.toml", b"x = 1")
        .await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// A signed package is taken from a signer that the configuration trusts, and from nobody else.
#[rstest]
#[tokio::test]
async fn a_signed_package_is_uploaded(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mut t = TestApp::with_portfolio(engine).await;
    let (secret, public) = key_pair(&[7; 32]);
    let source = Source {
        name: "next.toml".into(),
        text: next(&t),
    };
    let package = sign(&[source], &secret).unwrap();
    let send = async |t: &TestApp| {
        let mut author = Site::of(t).sign_in("compliance").await;
        let sent = author.post_file("/rules/drafts/file", &[], "rules.json", package.as_bytes());
        sent.await
    };
    let stranger = send(&t).await;
    assert!(
        stranger.text.contains("签名者不在信任名单中"),
        "{}",
        stranger.text
    );
    t.app = t.app.clone().with_trusted_keys(vec![public]);
    let file = send(&t).await;
    assert!(
        file.location().starts_with("/rules/drafts/"),
        "{}",
        file.text
    );
}

/// GOV-02, GOV-03, GOV-05: a pack says whose it is to interpret, which rules of the regulator it
/// implements, and from when it holds.
#[rstest]
#[tokio::test]
async fn a_pack_says_what_it_implements(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let mut reader = Site::of(&t).sign_in("caller_cq").await;
    let page = reader.read("/rules/company/property-callbacks").await;
    assert!(
        page.contains("运营管理部客服处"),
        "who interprets it: {page}"
    );
    assert!(
        page.contains("消费者权益保护法；保监发〔2014〕89号"),
        "{page}"
    );
    let page = reader.read("/rules/cn-37/new-contract").await;
    assert!(
        page.contains("保监发〔2012〕105号") && page.contains("2013-03-01"),
        "{page}"
    );
}
