//! Terms: each basis with its boundary days.

use app::Error;
use app::retention::{policy_terms, schedule};
use domain::imports::ImportKind;
use domain::retention::{Clock, Kept, RecordKind};
use rstest::rstest;
use testkit::{Engine, Portfolio, Table, TestApp, at, day, row};

/// Policies that ended: number, months of term, status, last day, and a payment.
const POLICIES: [(&str, &str, &str, &str, &str); 9] = [
    ("T12", "12", "expired", "2019-03-05", ""),
    ("T13", "13", "expired", "2019-03-05", ""),
    ("LEAP", "12", "expired", "2020-02-29", ""),
    ("NO-TERM", "", "expired", "2010-01-01", ""),
    ("BEFORE", "12", "expired", "2009-09-30", ""),
    ("OPEN", "12", "in_force", "", ""),
    ("UNDATED", "12", "terminated", "", ""),
    ("PAID-2024", "12", "expired", "2024-12-31", "2024-12-31"),
    ("PAID-2025", "12", "expired", "2025-01-01", "2025-01-01"),
];

async fn portfolio(t: &TestApp) {
    let now = at("2026-03-05 10:00");
    let (mut customers, mut policies, mut events) =
        (Table::default(), Table::default(), Table::default());
    for (no, months, status, until, paid) in POLICIES {
        let holder = format!("C-{no}");
        customers.add(row([
            ("customer_no", &holder),
            ("kind", "individual"),
            ("name", "某客户"),
            ("org_code", "5001"),
        ]));
        let mut policy = Portfolio::life_policy(no, &holder, "5001", "A5001", "2001-01-01", "");
        policy.retain(|(c, _)| !matches!(*c, "term_months" | "status" | "effective_date"));
        policy.extend(row([
            ("term_months", months),
            ("status", status),
            ("expiry_date", until),
        ]));
        policies.add(policy);
        if !paid.is_empty() {
            events.add(row([
                ("event_id", no),
                ("type", "service_payout"),
                ("occurred_at", &format!("{paid}T09:00:00+08:00")),
                ("policy_no", no),
                ("amount", "100.00"),
            ]));
        }
    }
    for (kind, table) in [
        (ImportKind::Customers, &customers),
        (ImportKind::Policies, &policies),
        (ImportKind::Events, &events),
    ] {
        let report = t.import_at(now, kind, table).await;
        assert_eq!(report.tally.rejected, 0, "{:?}", report.rejections);
    }
}

/// RET-01: five or ten years from the end of the contract, exactly twelve months being the shorter; the
/// law of 2025 for what ended from then on; nothing while the contract is open or its end unknown.
#[rstest]
#[tokio::test]
async fn each_record_is_kept_until_its_last_day(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    portfolio(&t).await;
    let until = |text: &str| Kept::Until(day(text));
    // Policy, its records, and who the customer is.
    let expected = [
        ("T12", until("2024-03-05"), until("2024-03-05")),
        ("T13", until("2029-03-05"), until("2024-03-05")),
        ("LEAP", until("2025-02-28"), until("2025-02-28")),
        ("NO-TERM", until("2020-01-01"), until("2015-01-01")),
        ("BEFORE", until("2014-09-30"), until("2014-09-30")),
        (
            "OPEN",
            Kept::Running(Clock::ContractEnd),
            Kept::Running(Clock::RelationshipEnd),
        ),
        ("PAID-2024", until("2029-12-31"), until("2029-12-31")),
        ("PAID-2025", until("2035-01-01"), until("2035-01-01")),
    ];
    let now = at("2026-03-05 10:00");
    let compliance = &t.people().compliance;
    for (no, records, identity) in expected {
        let terms = policy_terms(&t.app, compliance, now, no).await.unwrap();
        let found = terms.records.iter();
        let found = found.clone().find(|r| r.kind == RecordKind::PolicyRecord);
        assert_eq!(found.unwrap().term.kept(), records, "{no}");
        assert_eq!(terms.identity.unwrap().kept(), identity, "{no} identity");
    }
    let caller = policy_terms(&t.app, &t.people().caller_cq, now, "T12").await;
    assert!(matches!(caller, Err(Error::Denied(_))));
}

/// Each basis names its instrument; the one of before 2009 is the company's.
#[rstest]
#[tokio::test]
async fn a_term_explains_itself(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    portfolio(&t).await;
    let now = at("2026-03-05 10:00");
    let compliance = &t.people().compliance;
    for (no, pack, article) in [
        ("T12", "cn/retention", "保险法第八十七条"),
        ("BEFORE", "company/retention", "业务资料"),
        ("PAID-2025", "cn/retention", "反洗钱法第三十四条"),
    ] {
        let terms = policy_terms(&t.app, compliance, now, no).await.unwrap();
        let record = &terms.records[0].term;
        let source = &record.deciding().unwrap().source;
        assert_eq!(
            (source.pack_id.as_str(), source.article.as_str()),
            (pack, article)
        );
        assert!(!source.words.zh.is_empty() && !source.words.en.is_empty());
    }
    let lines = schedule(&t.app, compliance, now).unwrap();
    assert!(lines.iter().all(|l| !l.kinds.is_empty()));
    // What is not sure waits among the proposals, and does not count.
    let proposals = app::rules::drafts::list_proposals(&t.app, compliance).await;
    assert!(
        proposals
            .unwrap()
            .iter()
            .any(|p| p.pack == "cn/retention-drafts")
    );
    let law = lines.iter().filter(|l| l.source.pack_id.starts_with("cn/"));
    assert!(law.clone().count() >= 10);
    assert!(law.clone().all(|l| l.source.confidence.starts_with('T')));
}
