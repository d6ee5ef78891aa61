//! Merging: alone and by two, what follows the survivor, what is refused, what is taken back.

use super::{compare, pairs, second_zhou};
use app::duplicates::{MergeForm, Merging, customer_duplicates, merge, unmerge};
use domain::access::{Actor, ApprovalStep, Permission};
use domain::customers::{Email, Mobile};
use domain::duplicates::PairState;
use domain::imports::ImportKind;
use rstest::rstest;
use store::customers::find_customer_by_number;
use store::duplicates::DuplicateRow;
use testkit::{Engine, Portfolio, Table, TestApp, refused};

pub(super) async fn with_pair(engine: Engine) -> (TestApp, DuplicateRow) {
    let t = TestApp::with_portfolio(engine).await;
    t.import(ImportKind::Customers, &Table::new([second_zhou()]))
        .await;
    let policy = Portfolio::life_policy(
        "P50-ZHOU2",
        "C50-ZHOU2",
        "5001",
        "A5001",
        "2024-02-20",
        "2024-02-26",
    );
    t.import(ImportKind::Policies, &Table::new([policy])).await;
    t.plan(t.now).await;
    compare(&t).await;
    let pair = pairs(&t).await.remove(0);
    (t, pair)
}

fn form(survivor: &str, fields: &[&str]) -> MergeForm {
    MergeForm {
        survivor: survivor.into(),
        fields: fields.iter().map(|f| (*f).to_owned()).collect(),
        reason: "同一人两个号".into(),
        version: None,
    }
}

async fn holder(t: &TestApp, policy: &str) -> String {
    let sql = format!(
        "SELECT c.customer_no FROM policies p JOIN customers c ON c.id = p.policyholder_id WHERE p.policy_no = '{policy}'"
    );
    t.database.column(&sql).await.remove(0)
}

/// CUS-09: one person merges what is certain; the old number leads to the survivor everywhere.
#[rstest]
#[tokio::test]
async fn the_old_number_leads_to_the_survivor(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, pair) = with_pair(engine).await;
    let manager = &t.people().manager;
    let done = merge(
        &t.app,
        manager,
        t.now,
        pair.id,
        &form("C50-ZHOU", &["email"]),
    )
    .await;
    assert_eq!(done.unwrap(), Merging::Done("C50-ZHOU".into()));
    assert_eq!(holder(&t, "P50-ZHOU2").await, "C50-ZHOU");
    let whole = Actor::system().scope(Permission::CustomersRead).unwrap();
    let found = find_customer_by_number(t.app.store(), &whole, "C50-ZHOU2").await;
    let found = found.unwrap().unwrap();
    assert_eq!(found.customer_no, "C50-ZHOU");
    assert_eq!(found.email, Email::parse("zhou@example.com").ok());
    assert_eq!(
        found.marketing_consent,
        Some(false),
        "what protects the customer comes along"
    );
    assert!(found.large);
    assert_eq!(
        found.mobile,
        Mobile::parse("13800500001").ok(),
        "not chosen"
    );
    for term in ["13800500010", "C50-ZHOU2", "周闽"] {
        let mut found = Vec::new();
        for term in domain::customers::SearchTerm::parse(term, t.now.date_naive()) {
            let rows = store::customers::search_customers(t.app.store(), &whole, &term, 10).await;
            found.extend(rows.unwrap());
        }
        assert_eq!(found.len(), 1, "{term}");
        assert_eq!(found[0].customer_no, "C50-ZHOU");
    }
    // A policy that the core system still has under the old number comes to the survivor.
    let mut late = Portfolio::life_policy(
        "P50-LATE",
        "C50-ZHOU2",
        "5001",
        "A5001",
        "2024-02-27",
        "2024-03-01",
    );
    late.retain(|(column, _)| *column != "insured_no");
    t.import(ImportKind::Policies, &Table::new([late])).await;
    assert_eq!(holder(&t, "P50-LATE").await, "C50-ZHOU");
    // Planning finds nothing to do for the number that is gone.
    t.plan(t.now).await;
    let open = "SELECT COUNT(*) FROM obligations o JOIN customers c ON c.id = o.customer_id \
                WHERE c.customer_no = 'C50-ZHOU2'";
    assert_eq!(t.database.number(open).await, 0);
    assert_eq!(pairs(&t).await[0].state, PairState::Same);
    compare(&t).await;
    assert_eq!(
        pairs(&t).await.len(),
        1,
        "nothing is left to compare it with"
    );
    let again = merge(&t.app, manager, t.now, pair.id, &form("C50-ZHOU", &[])).await;
    assert_eq!(refused(again), "duplicate-merged");
}

/// CUS-09: what is not certain needs a second person, and a refusal opens the pair again.
#[rstest]
#[tokio::test]
async fn a_second_person_agrees_to_what_is_not_certain(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, pair) = with_pair(engine).await;
    t.database
        .execute("UPDATE duplicate_pairs SET grade = 'likely'")
        .await;
    let (operations, compliance) = (&t.people().operations_cq, &t.people().compliance);
    let asked = merge(&t.app, operations, t.now, pair.id, &form("C50-ZHOU2", &[]))
        .await
        .unwrap();
    let Merging::Asked(request) = asked else {
        panic!("{asked:?}")
    };
    assert_eq!(pairs(&t).await[0].state, PairState::Asked);
    assert_eq!(
        holder(&t, "P50-ZHOU").await,
        "C50-ZHOU",
        "nothing has moved"
    );
    let decide = async |request, step, actor: &Actor| {
        app::approvals::decide(&t.app, actor, t.now, request, step, "x").await
    };
    assert_eq!(
        refused(decide(request, ApprovalStep::Approve, operations).await),
        "duty-proposer"
    );
    decide(request, ApprovalStep::Refuse, compliance)
        .await
        .unwrap();
    assert_eq!(pairs(&t).await[0].state, PairState::Open);
    let asked = merge(&t.app, operations, t.now, pair.id, &form("C50-ZHOU2", &[]))
        .await
        .unwrap();
    let Merging::Asked(request) = asked else {
        panic!("{asked:?}")
    };
    decide(request, ApprovalStep::Approve, compliance)
        .await
        .unwrap();
    assert_eq!(holder(&t, "P50-ZHOU").await, "C50-ZHOU2");
    let page = customer_duplicates(&t.app, compliance, t.now, "C50-ZHOU")
        .await
        .unwrap();
    assert_eq!(
        page.customer.customer_no, "C50-ZHOU2",
        "led to the survivor"
    );
    let row = &page.merges[0];
    assert_eq!(row.asked_by.as_deref(), Some(operations.name.as_str()));
    assert_eq!(row.merged_by, compliance.name);
    assert_eq!(t.audited("customers.merged").await, 1);
}

/// What came after a merge stays with the survivor unless it concerns a policy that goes back; a merge that
/// another builds on is taken back after that one.
#[rstest]
#[tokio::test]
async fn what_came_later_is_told_apart(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (t, pair) = with_pair(engine).await;
    let (manager, compliance) = (&t.people().manager, &t.people().compliance);
    merge(
        &t.app,
        manager,
        t.now,
        pair.id,
        &form("C50-ZHOU", &["name", "email"]),
    )
    .await
    .unwrap();
    let row = customer_duplicates(&t.app, compliance, t.now, "C50-ZHOU")
        .await
        .unwrap();
    let first = row.merges[0].id;
    let later = t.now + chrono::TimeDelta::hours(1);
    late_events(&t, later).await;
    t.import_at(later, ImportKind::Customers, &Table::new([third()]))
        .await;
    // The survivor is merged into a third record.
    compare_at(&t, later).await;
    let other = pairs(&t).await;
    let other = other.iter().find(|p| p.id != pair.id).unwrap();
    t.database
        .execute("UPDATE duplicate_pairs SET grade = 'certain'")
        .await;
    merge(&t.app, manager, later, other.id, &form("C50-ZHOU3", &[]))
        .await
        .unwrap();
    let refused_first = unmerge(&t.app, compliance, later, first, "误并").await;
    assert_eq!(refused(refused_first), "merge-built-on");
    let whole = Actor::system().scope(Permission::CustomersRead).unwrap();
    let number = async |no: &str| {
        let found = find_customer_by_number(t.app.store(), &whole, no).await;
        found.unwrap().unwrap().customer_no
    };
    assert_eq!(number("C50-ZHOU2").await, "C50-ZHOU3", "the chain is short");
    let page = customer_duplicates(&t.app, compliance, later, "C50-ZHOU3")
        .await
        .unwrap();
    unmerge(&t.app, compliance, later, page.merges[0].id, "误并")
        .await
        .unwrap();
    assert_eq!(number("C50-ZHOU2").await, "C50-ZHOU");
    let undone = unmerge(&t.app, compliance, later, first, "误并")
        .await
        .unwrap();
    assert!(undone.returned > 0 && undone.followed > 0, "{undone:?}");
    let of = async |event: &str| {
        let sql = format!(
            "SELECT c.customer_no FROM events e JOIN customers c ON c.id = e.customer_id WHERE e.event_id = '{event}'"
        );
        t.database.column(&sql).await.remove(0)
    };
    assert_eq!(of("late-own").await, "C50-ZHOU");
    assert_eq!(of("late-back").await, "C50-ZHOU2", "its policy went back");
    assert_eq!(number("C50-ZHOU2").await, "C50-ZHOU2");
    let twice = unmerge(&t.app, compliance, later, first, "误并").await;
    assert_eq!(refused(twice), "merge-undone");
    let state = pairs(&t)
        .await
        .into_iter()
        .find(|p| p.id == pair.id)
        .unwrap()
        .state;
    assert_eq!(state, PairState::Different, "two customers from now on");
}

/// Events after the merge: of a policy that was the survivor's all along, and of one that came with the merge.
async fn late_events(t: &TestApp, later: domain::time::Instant) {
    let event = |id: &str, policy: &str| {
        testkit::row([
            ("event_id", id),
            ("type", "grace_entered"),
            ("occurred_at", "2024-03-04T10:00:00+08:00"),
            ("policy_no", policy),
            ("customer_no", "C50-ZHOU"),
        ])
    };
    let events = Table::new([
        event("late-own", "P50-ZHOU"),
        event("late-back", "P50-ZHOU2"),
    ]);
    let report = t.import_at(later, ImportKind::Events, &events).await;
    assert_eq!(report.tally.rejected, 0, "{:?}", report.rejections);
}

async fn compare_at(t: &TestApp, now: domain::time::Instant) {
    app::duplicates::compare_due(&t.app, now, u64::MAX, &|_| {})
        .await
        .unwrap();
}

/// A third record of 周敏.
fn third() -> Vec<(&'static str, String)> {
    let mut row = second_zhou();
    for (column, value) in &mut row {
        if *column == "customer_no" {
            "C50-ZHOU3".clone_into(value);
        }
    }
    row
}
