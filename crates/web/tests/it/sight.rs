//! Who sees which page: every role opens its lists, and nobody reaches another branch's records.

use crate::browser::Site;
use axum::http::StatusCode;
use rstest::rstest;
use testkit::{Engine, TestApp};

/// Every role, with whether it may change contact data.
const ROLES: [(&str, bool); 8] = [
    ("manager", true),
    ("leader_cq", true),
    ("sichuan_caller_cq", true),
    ("operations_cq", true),
    ("sales_cq", true),
    ("inspector", false),
    ("compliance", false),
    ("executive", false),
];

#[rstest]
#[tokio::test]
async fn every_role_opens_its_pages(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let p = t.people();
    let callback = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, callback, &p.sichuan_caller_cq).await;
    let obligation = t.obligation("P50-ZHOU", "NB-CQ").await.unwrap();
    let of_obligation = format!("/obligations/{}", obligation.number);
    for (username, edits) in ROLES {
        let mut browser = site.sign_in(username).await;
        for path in ["/customers", "/policies", "/obligations", "/tickets"] {
            let page = browser.read(path).await;
            assert!(!page.contains("class=\"tag \">—"), "{username} {path}");
        }
        for view in ["overdue", "no_date", "all"] {
            browser.read(&format!("/obligations?view={view}")).await;
        }
        let customer = browser.read("/customers/C50-ZHOU").await;
        assert!(customer.contains("周*"), "{username}");
        assert!(!customer.contains("周敏"), "{username}");
        assert!(!customer.contains("13800500001"), "{username}");
        assert_eq!(
            customer.contains("/customers/C50-ZHOU/contact"),
            edits,
            "{username}"
        );
        browser.read("/policies/P50-ZHOU").await;
        browser.read(&of_obligation).await;
    }
    // Callers see whom they call, and nobody else.
    let mut other = site.sign_in("caller_cq").await;
    for path in ["/customers/C50-ZHOU", "/policies/P50-ZHOU", &of_obligation] {
        let answer = other.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let mut administrator = site.sign_in("administrator").await;
    let why = [("field", "mobile"), ("purpose", "callback")];
    let path = "/customers/C50-ZHOU/disclosures";
    let answer = administrator.post(path, &why).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[rstest]
#[tokio::test]
async fn no_address_leads_to_another_branch(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let p = t.people();
    let callback = t.callback("P37-SUN", "NB-SD").await;
    t.assign(&p.leader_sd, callback, &p.caller_sd).await;
    t.not_reached(&p.caller_sd, t.now, callback, "wrong_number")
        .await;
    let ticket = t.tickets(callback).await.remove(0).id;
    let obligation = t.obligation("P37-SUN", "NB-SD").await.unwrap().number;

    let pages = [
        "/customers/C37-SUN".to_owned(),
        "/customers/C37-SUN/timeline?after=".to_owned(),
        "/policies/P37-SUN".to_owned(),
        "/policies/P37-SUN/timeline?after=".to_owned(),
        format!("/obligations/{obligation}"),
        format!("/callbacks/{callback}"),
        format!("/tickets/{ticket}"),
    ];
    let disclosure = [("field", "mobile"), ("purpose", "callback"), ("note", "")];
    let contact = [("mobile", "13900000000"), ("reason", "x"), ("version", "1")];
    let forms: [(String, &[(&str, &str)]); 3] = [
        ("/customers/C37-SUN/disclosures".to_owned(), &disclosure),
        ("/customers/C37-SUN/contact".to_owned(), &contact),
        (format!("/tickets/{ticket}/steps"), &[("step", "accept")]),
    ];
    let mut shandong = site.sign_in("operations_sd").await;
    for path in &pages {
        shandong.read(path).await;
    }
    let mut chongqing = site.sign_in("operations_cq").await;
    for path in &pages {
        let answer = chongqing.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        let answer = chongqing.get_part(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    for (path, fields) in forms {
        let answer = chongqing.post(&path, fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let file = [("kind", "recording")];
    let path = format!("/tickets/{ticket}/evidence");
    let answer = chongqing.post_file(&path, &file, "a.mp3", b"sound").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    for list in [
        "/customers",
        "/policies",
        "/obligations?view=all",
        "/tickets",
    ] {
        let page = chongqing.read(list).await;
        assert!(!page.contains("37-"), "{list}");
    }
    for term in [
        "13800370001",
        "0001",
        "孙磊",
        "P37-SUN",
        obligation.as_str(),
    ] {
        let answer = chongqing.post("/searches", &[("term", term)]).await;
        assert!(!answer.location().contains("37"), "{term}");
        assert!(!answer.text.contains("C37-SUN"), "{term}");
    }
}
