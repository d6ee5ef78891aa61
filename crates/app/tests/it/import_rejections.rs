//! Rows that are not taken: each with its line, column, masked value and reason.

use app::imports::ImportRequest;
use domain::imports::ImportKind;
use rstest::rstest;
use testkit::{Engine, Portfolio, Table, TestApp, resident_id, row};

/// Imports one bad row of a kind and gives its first column and reason.
async fn reasons(t: &TestApp, kind: ImportKind, table: &Table) -> Vec<(String, String)> {
    let report = t.import(kind, table).await;
    assert_eq!(report.tally.rejected, table.len(), "{:?}", report.tally);
    let mut found: Vec<_> = report
        .rejections
        .into_iter()
        .map(|r| (r.column, r.reason_code))
        .collect();
    found.sort();
    found.dedup();
    found
}

/// CUS, INT-02: identity, sex, birth date, telephone and references of customers are checked.
#[rstest]
#[tokio::test]
async fn bad_customers_are_listed_with_reasons(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    t.import_all(&Portfolio::small()).await;
    let good = resident_id("500103", "19751130", 231);
    let wrong_check = format!(
        "{}{}",
        &good[..17],
        if good.ends_with('1') { '2' } else { '1' }
    );
    let wrong_month = resident_id("500103", "19751330", 231);
    let wrong_region = resident_id("990103", "19751130", 231);
    let tomorrow = "2024-03-06";
    for (column, value, rejected, reason) in [
        ("id_no", wrong_check.as_str(), "id_no", "id_check_digit"),
        ("id_no", "50010319751130", "id_no", "id_shape"),
        ("id_no", &wrong_month, "id_no", "id_birth_date"),
        ("id_no", &wrong_region, "id_no", "id_region"),
        ("sex", "female", "sex", "sex_mismatch"),
        ("sex", "f", "sex", "unknown_code"),
        (
            "birth_date",
            "1975-11-29",
            "birth_date",
            "birth_date_mismatch",
        ),
        ("birth_date", "30.11.1975", "birth_date", "date"),
        ("mobile", "12345678901", "mobile", "mobile"),
        ("mobile", "1380050000", "mobile", "mobile"),
        ("email", "nobody", "email", "email"),
        ("phone", "abc", "phone", "landline"),
        ("org_code", "9999", "org_code", "unknown_org"),
        ("kind", "group", "id_type", "id_type_mismatch"),
        ("language", "klingon", "language", "unknown_code"),
        ("large", "maybe", "large", "bool"),
        ("annual_income", "1.234", "annual_income", "money"),
        ("collected_at", "yesterday", "collected_at", "instant"),
        ("name", "", "name", "missing"),
    ] {
        let mut table = Portfolio::small().customers.only("C50-LI");
        table.set("C50-LI", column, value);
        let found = reasons(&t, ImportKind::Customers, &table).await;
        assert!(
            found.contains(&(rejected.into(), reason.into())),
            "{column}={value}: {found:?}"
        );
    }
    let mut unborn = Portfolio::small().customers.only("C50-LI");
    unborn
        .set("C50-LI", "birth_date", tomorrow)
        .set("C50-LI", "id_no", "");
    let found = reasons(&t, ImportKind::Customers, &unborn).await;
    assert_eq!(found, [("birth_date".into(), "future_birth".into())]);
}

/// CBK-06, INT-02: dates in order, known references, the floor of the cooling-off period.
#[rstest]
#[tokio::test]
async fn bad_policies_are_listed_with_reasons(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    t.import_all(&Portfolio::small()).await;
    for (column, value, rejected, reason) in [
        (
            "cooling_off_days",
            "9",
            "cooling_off_days",
            "cooling_off_too_short",
        ),
        (
            "policyholder_no",
            "C-NOBODY",
            "policyholder_no",
            "unknown_customer",
        ),
        ("insured_no", "C-NOBODY", "insured_no", "unknown_customer"),
        ("agent_code", "A-NOBODY", "agent_code", "unknown_agent"),
        ("org_code", "9999", "org_code", "unknown_org"),
        ("issue_date", "2024-02-30", "issue_date", "date"),
        ("issue_date", "", "issue_date", "missing"),
        ("premium", "-1x", "premium", "money"),
        ("term_months", "99999", "term_months", "number"),
        ("status", "fine", "status", "unknown_code"),
    ] {
        let mut table = Portfolio::small().policies.only("P50-LI");
        table.set("P50-LI", column, value);
        let found = reasons(&t, ImportKind::Policies, &table).await;
        assert!(
            found.contains(&(rejected.into(), reason.into())),
            "{column}={value}: {found:?}"
        );
    }
    for (column, value) in [
        ("ack_signed_on", "2024-02-01"),
        ("ack_entered_on", "2024-02-24"),
        ("expiry_date", "2024-01-01"),
        ("application_date", "2024-02-28"),
    ] {
        let mut table = Portfolio::small().policies.only("P50-LI");
        table.set("P50-LI", column, value);
        let found = reasons(&t, ImportKind::Policies, &table).await;
        assert!(
            found.iter().any(|(_, r)| r == "date_order"),
            "{column}={value}: {found:?}"
        );
    }
}

/// INT-02: units in a circle, contacts of people, events about nothing.
#[rstest]
#[tokio::test]
async fn other_bad_rows_are_listed_with_reasons(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    t.import_all(&Portfolio::small()).await;
    let org = |code, parent| {
        row([
            ("org_code", code),
            ("name", "x"),
            ("parent_code", parent),
            ("level", "sub_branch"),
        ])
    };
    let found = reasons(
        &t,
        ImportKind::Orgs,
        &Table::new([org("X1", "X2"), org("X2", "X1")]),
    )
    .await;
    assert_eq!(found, [("parent_code".into(), "org_cycle".into())]);
    let found = reasons(&t, ImportKind::Orgs, &Table::new([org("X1", "X9")])).await;
    assert_eq!(found, [("parent_code".into(), "unknown_org".into())]);
    let contact = |customer| {
        Table::new([row([
            ("customer_no", customer),
            ("role", "other"),
            ("name", "某人"),
        ])])
    };
    let found = reasons(&t, ImportKind::Contacts, &contact("C50-LI")).await;
    assert_eq!(found, [("customer_no".into(), "not_a_group".into())]);
    let found = reasons(&t, ImportKind::Contacts, &contact("C-NOBODY")).await;
    assert_eq!(found, [("customer_no".into(), "unknown_customer".into())]);
    let event = |policy, agent| {
        Table::new([row([
            ("event_id", "X1"),
            ("type", "policy_changed"),
            ("occurred_at", "2024-03-01T10:00:00+08:00"),
            ("policy_no", policy),
            ("agent_code", agent),
        ])])
    };
    let found = reasons(&t, ImportKind::Events, &event("", "")).await;
    assert_eq!(found, [("policy_no".into(), "no_subject".into())]);
    let found = reasons(&t, ImportKind::Events, &event("P-NOBODY", "")).await;
    assert_eq!(found, [("policy_no".into(), "unknown_policy".into())]);
    let found = reasons(&t, ImportKind::Events, &event("P50-LI", "A-NOBODY")).await;
    assert_eq!(found, [("agent_code".into(), "unknown_agent".into())]);
}

/// Contracts §2, SEC-08: good rows are kept beside bad ones; the errors file has line, column, masked
/// value and reason.
#[rstest]
#[tokio::test]
async fn good_rows_are_kept_beside_bad_ones(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    let portfolio = Portfolio::small();
    t.import(ImportKind::Orgs, &portfolio.orgs).await;
    let mut customers = portfolio.customers.clone();
    customers.set("C50-LI", "mobile", "1380050000299");
    let errors = t.path("errors.csv");
    let request = ImportRequest {
        errors_file: Some(errors.clone()),
        ..t.request(
            ImportKind::Customers,
            "customers.csv",
            customers.csv().as_bytes(),
        )
    };
    let report = t.run_import(t.now, request).await.unwrap();
    let n = customers.len();
    assert_eq!(
        (
            report.tally.read,
            report.tally.created,
            report.tally.rejected
        ),
        (n, n - 1, 1)
    );
    let text = std::fs::read_to_string(errors).unwrap();
    let mut lines = text.lines();
    assert!(lines.next().unwrap().contains("line"));
    let line = lines.next().unwrap();
    assert!(
        line.starts_with("3,mobile,") && line.contains("mobile"),
        "{line}"
    );
    assert!(!text.contains("1380050000299"), "not masked: {text}");
    assert_eq!(lines.next(), None);
    let kept = "SELECT COUNT(*) FROM import_rejections";
    assert_eq!(t.database.number(kept).await, 1);
}
