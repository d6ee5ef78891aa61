//! CUS-13: files that are to be completed after a claim or the like; needs and risks that change.

use super::{change_of, customer};
use app::data_quality::page_to_complete;
use app::data_quality::{DueQuery, ToComplete, examine_due, list_to_complete};
use app::information::{confirm_facts, information_page};
use app::segments::{ClassifyRequest, classify};
use domain::access::Actor;
use domain::customers::CustomerField as F;
use domain::imports::ImportKind;
use domain::policies::EventType;
use domain::time::Instant;
use rstest::rstest;
use testkit::{Engine, Table, TestApp, at, day, invalid, row};

const LI: &str = "C50-LI";

async fn examine(t: &TestApp, now: Instant) {
    examine_due(&t.app, now, &|_| {}).await.unwrap();
}

async fn listed(t: &TestApp, by: &Actor, now: Instant, due: &str, org: &str) -> Vec<ToComplete> {
    let query = DueQuery {
        due: due.into(),
        org: org.into(),
        ..DueQuery::default()
    };
    let page = list_to_complete(&t.app, by, now, &query).await.unwrap();
    page.rows
}

async fn numbers(t: &TestApp, by: &Actor, now: Instant, due: &str, org: &str) -> Vec<String> {
    let rows = listed(t, by, now, due, org).await;
    rows.into_iter().map(|r| r.row.customer_no).collect()
}

async fn happens(t: &TestApp, now: Instant, id: &str, kind: &str, policy: &str, at: &str) {
    let event = row([
        ("event_id", id),
        ("type", kind),
        ("occurred_at", at),
        ("policy_no", policy),
        ("claim_no", if kind == "claim_paid" { id } else { "" }),
        ("amount", "100.00"),
        ("outcome", if kind == "claim_paid" { "paid" } else { "" }),
    ]);
    let report = t
        .import_at(now, ImportKind::Events, &Table::new([event]))
        .await;
    assert_eq!(report.tally.rejected, 0, "{:?}", report.rejections);
}

/// A claim puts a customer on the list, with day, reason and facts; whoever completes the file takes the customer
/// off.
#[rstest]
#[tokio::test]
async fn a_file_is_listed_until_it_is_complete(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let by = &t.people().leader_cq;
    examine(&t, t.now).await;
    let rows = listed(&t, by, t.now, "", "").await;
    let [li] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    let all = [F::Needs, F::RiskAppetite, F::RiskTolerance];
    assert_eq!(li.row.customer_no, LI);
    let why = (li.row.event, li.row.event_on, li.row.policy_no.as_deref());
    let claim = (EventType::ClaimPaid, day("2024-02-24"), Some("P50-CAR"));
    assert_eq!(why, claim);
    let within_thirty_days = day("2024-03-25");
    assert_eq!(li.row.complete_by, within_thirty_days);
    assert_eq!((&li.missing[..], &li.stale[..]), (&all[..], &[][..]));
    let page = information_page(&t.app, by, t.now, LI, "").await.unwrap();
    assert_eq!(page.stale(), all, "as the own page says");
    // Completed fact by fact.
    let facts = [("needs", "车险续保"), ("risk_appetite", "low")];
    change_of(&t, by, t.now, LI, &facts).await.unwrap();
    examine(&t, t.now).await;
    let left = listed(&t, by, t.now, "", "").await.remove(0);
    assert_eq!(left.missing, [F::RiskTolerance]);
    let last = [("risk_tolerance", "low")];
    change_of(&t, by, t.now, LI, &last).await.unwrap();
    examine(&t, t.now).await;
    assert!(listed(&t, by, t.now, "", "").await.is_empty(), "complete");
}

/// The next claim puts a complete file back on the list, and a confirmation is enough.
#[rstest]
#[tokio::test]
async fn the_next_claim_asks_again(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let by = &t.people().leader_cq;
    let all = [F::Needs, F::RiskAppetite, F::RiskTolerance];
    let facts = [
        ("needs", "车险续保"),
        ("risk_appetite", "low"),
        ("risk_tolerance", "low"),
    ];
    change_of(&t, by, t.now, LI, &facts).await.unwrap();
    examine(&t, t.now).await;
    assert!(listed(&t, by, t.now, "", "").await.is_empty());
    let (later, on) = (at("2024-04-12 10:00"), "2024-04-10T10:00:00+08:00");
    happens(&t, later, "E9", "claim_paid", "P50-CAR", on).await;
    examine(&t, later).await;
    let again = listed(&t, by, later, "", "").await.remove(0);
    assert_eq!(again.row.claim_no.as_deref(), Some("E9"));
    assert_eq!(again.row.complete_by, day("2024-05-10"));
    assert_eq!(again.stale, all);
    let confirmed = confirm_facts(&t.app, by, later, LI, &[], "callback").await;
    confirmed.unwrap();
    examine(&t, later).await;
    assert!(listed(&t, by, later, "", "").await.is_empty(), "confirmed");
}

/// A surrender puts a customer on the list, too. It is read by branch, by month and page by page, those who are due
/// first; a branch sees its own.
#[rstest]
#[tokio::test]
async fn the_list_of_files_is_filtered_and_paged(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (p, by) = (t.people(), &t.people().leader_cq);
    examine(&t, t.now).await;
    assert!(listed(&t, &p.leader_sd, t.now, "", "").await.is_empty());
    happens(
        &t,
        t.now,
        "E37",
        "surrendered",
        "P37-SUN",
        "2024-03-02T10:00:00+08:00",
    )
    .await;
    examine(&t, t.now).await;
    let there = listed(&t, &p.leader_sd, t.now, "", "").await;
    assert_eq!(there[0].row.customer_no, "C37-SUN");
    assert_eq!(there[0].row.event, EventType::Surrendered);
    assert_eq!(
        numbers(&t, by, t.now, "", "").await,
        [LI],
        "of the own branch"
    );
    let m = &p.manager;
    assert_eq!(
        numbers(&t, m, t.now, "", "").await,
        [LI, "C37-SUN"],
        "due first"
    );
    assert_eq!(numbers(&t, m, t.now, "", "37").await, ["C37-SUN"]);
    assert_eq!(numbers(&t, m, t.now, "2024-04", "").await, ["C37-SUN"]);
    assert!(
        numbers(&t, m, at("2024-03-25 23:00"), "overdue", "")
            .await
            .is_empty()
    );
    assert_eq!(
        numbers(&t, m, at("2024-03-26 00:10"), "overdue", "").await,
        [LI]
    );
    let wrong = DueQuery {
        due: "soon".into(),
        ..DueQuery::default()
    };
    let wrong = list_to_complete(&t.app, m, t.now, &wrong).await;
    assert_eq!(invalid(wrong), [("due".into(), "date".into())]);
    let first = page_to_complete(&t.app, m, t.now, &DueQuery::default(), 1).await;
    let first = first.unwrap();
    let next = DueQuery {
        after: first.next.unwrap().encode(),
        ..DueQuery::default()
    };
    let second = page_to_complete(&t.app, m, t.now, &next, 1).await.unwrap();
    assert_eq!(second.rows[0].row.customer_no, "C37-SUN");
    assert!(second.next.is_none());
}

/// A change of needs or risk is dated, keeps what it was, and classes follow.
#[rstest]
#[tokio::test]
async fn a_changed_risk_is_kept_and_classes_follow(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let by = &t.people().leader_cq;
    let risk = async |now: Instant| {
        let request = ClassifyRequest::default();
        let shell = Actor::shell("tests");
        let report = classify(&t.app, &shell, now, request, &|_| {})
            .await
            .unwrap();
        let sql = "SELECT CAST(s.points AS TEXT) FROM customer_scores s JOIN customers c ON c.id = s.customer_id \
                   WHERE c.customer_no = 'C50-LI' AND s.model = 'risk' AND s.until_on IS NULL";
        (report.customers, t.database.column(sql).await.remove(0))
    };
    let low = [
        ("needs", "车险"),
        ("risk_appetite", "low"),
        ("risk_tolerance", "high"),
    ];
    change_of(&t, by, t.now, LI, &low).await.unwrap();
    let (_, before) = risk(t.now).await;
    assert_eq!(risk(t.now).await.0, 0, "nobody is left to look at");
    let later = at("2024-04-02 10:00");
    let high = [("needs", "车险、重疾"), ("risk_appetite", "high")];
    change_of(&t, by, later, LI, &high).await.unwrap();
    let (looked_at, after) = risk(later).await;
    assert!(looked_at >= 1, "the change asked for it");
    assert_ne!(before, after, "the points follow the risk appetite");
    let page = information_page(&t.app, by, later, LI, "").await.unwrap();
    let line = page
        .history
        .iter()
        .find(|h| h.line.field == F::RiskAppetite);
    let line = line.unwrap();
    assert_eq!(
        (line.old.as_deref(), line.new.as_deref()),
        (Some("low"), Some("high"))
    );
    assert_eq!(
        (line.line.changed_at, &line.line.actor_name),
        (later, &by.name)
    );
    let needs = page.history.iter().filter(|h| h.line.field == F::Needs);
    assert_eq!(needs.count(), 2, "first learned, then changed");
    let past = information_page(&t.app, by, later, LI, "2024-03-31")
        .await
        .unwrap();
    let then = past.facts.iter().find(|v| v.field == F::RiskAppetite);
    assert_eq!(then.unwrap().shown.as_deref(), Some("low"), "as it was");
    assert_eq!(
        customer(&t, LI).await.risk_appetite.as_deref(),
        Some("high")
    );
}
