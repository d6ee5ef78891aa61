//! How often a page asks the database must not depend on how much there is to show.

use super::house_routes::HOUSE;
use super::routes::{Kind, PAGES};
use super::things::{Things, person, things};
use crate::browser::{Browser, Site};
use domain::access::{Actor, Role};
use domain::imports::ImportKind;
use std::collections::BTreeMap;
use testkit::{Engine, Portfolio, Statements, Table, TestApp, row};

/// Policies of one customer.
const POLICIES: u32 = 50;
/// What happened to these policies.
const EVENTS: u32 = 1_000;
/// Other customers, each with a policy.
const CUSTOMERS: u32 = 50;

/// What each page asked, and how long it was, in bytes.
type Asked = BTreeMap<&'static str, (BTreeMap<String, usize>, usize)>;

/// Fifty policies and a thousand events for the customer whom the walk looks at; fifty more customers.
async fn grow(t: &TestApp) {
    let customers = (0..CUSTOMERS).map(|n| {
        row([
            ("customer_no", format!("C50-M{n}").as_str()),
            ("kind", "individual"),
            ("name", "周敏"),
            ("mobile", &format!("139005010{n:02}")),
            ("org_code", "5001"),
        ])
    });
    t.import(ImportKind::Customers, &Table::new(customers))
        .await;
    let policy = |number: String, holder: String| {
        Portfolio::life_policy(
            &number,
            &holder,
            "5001",
            "A5001",
            "2024-02-20",
            "2024-02-25",
        )
    };
    let own = (0..POLICIES).map(|n| policy(format!("PL-{n}"), "C50-ZHOU".into()));
    let others = (0..CUSTOMERS).map(|n| policy(format!("PM-{n}"), format!("C50-M{n}")));
    t.import(ImportKind::Policies, &Table::new(own.chain(others)))
        .await;
    let kinds = [
        "policy_changed",
        "claim_paid",
        "complaint_closed",
        "lapsed",
        "surrendered",
    ];
    let events = (0..EVENTS).map(|n| {
        let at = format!("2024-0{}-{:02}T10:00:00+08:00", 1 + n % 2, 1 + n % 28);
        let claim = format!("CL-{n}");
        let mut event = row([
            ("event_id", format!("EV-{n}").as_str()),
            ("type", kinds[usize::try_from(n).unwrap() % kinds.len()]),
            ("occurred_at", &at),
            ("policy_no", &format!("PL-{}", n % POLICIES)),
        ]);
        if n % 5 == 1 {
            event.push(("claim_no", claim));
            event.push(("amount", "1200.00".into()));
        }
        event
    });
    t.import(ImportKind::Events, &Table::new(events)).await;
}

/// What the house derives from customers.
async fn settle(t: &TestApp) {
    t.plan(t.now).await;
    app::customers::refresh_search_keys(&t.app, t.now)
        .await
        .unwrap();
    app::data_quality::examine_due(&t.app, t.now, &|_| {})
        .await
        .unwrap();
    app::duplicates::compare_due(&t.app, t.now, u64::MAX, &|_| {})
        .await
        .unwrap();
    app::segments::classify_waiting(&t.app, t.now)
        .await
        .unwrap();
    app::service::keep_service(&t.app, t.now).await.unwrap();
}

/// Every page that these people may open, each once.
async fn asked(people: &mut [(Actor, Browser)], things: &Things, listen: Statements) -> Asked {
    let mut asked = Asked::new();
    for (method, path, needs, kind) in PAGES.iter().chain(HOUSE) {
        if *method != "GET" || *kind == Kind::Open || path.ends_with("/export") {
            continue;
        }
        let Some((_, browser)) = people.iter_mut().find(|(a, _)| needs.met_by(a)) else {
            continue;
        };
        let _ = listen.take();
        let page = browser.get(&things.fill(path)).await;
        assert!(!page.status.is_server_error(), "{path}: {}", page.status);
        asked.insert(*path, (listen.take(), page.text.len()));
    }
    asked
}

/// No query per row: with fifty policies and a thousand events of the customer, and a hundred policies more in
/// every list, no page asks any statement more often than before.
#[tokio::test]
async fn no_page_asks_more_because_there_is_more_to_show() {
    let listen = Statements::listen();
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let site = Site::of(&t);
    let things = things(&t).await;
    settle(&t).await;
    let mut people = Vec::new();
    for role in Role::ALL.iter().filter(|r| **r != Role::OutsourcedCaller) {
        let actor = person(&t, *role, "50").await;
        let browser = site.sign_in(&actor.name).await;
        people.push((actor, browser));
    }
    let before = asked(&mut people, &things, listen).await;
    grow(&t).await;
    settle(&t).await;
    let after = asked(&mut people, &things, listen).await;
    let grown = [
        "/customers",
        "/policies",
        "/obligations",
        "/callbacks",
        "/customers/{customer_no}",
    ];
    for path in grown {
        let (statements, length) = &after[path];
        assert!(statements.len() > 2, "{path}: {statements:?}");
        assert!(
            *length > before[path].1 * 3 / 2,
            "{path} shows no more: {length}"
        );
    }
    let mut worse = Vec::new();
    for (path, (statements, _)) in &after {
        for (statement, times) in statements {
            let once = before
                .get(path)
                .and_then(|(b, _)| b.get(statement))
                .copied();
            if *times > once.unwrap_or(1).max(1) {
                worse.push(format!("{path}: {times} × (before {once:?}) {statement}"));
            }
        }
    }
    assert!(worse.is_empty(), "{}", worse.join("\n"));
}
