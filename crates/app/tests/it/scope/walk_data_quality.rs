//! The walk through the quality of information.

use super::objects::Objects;
use super::walk::Seen;
use app::data_quality as i;
use chrono::NaiveDate;
use domain::access::{Actor, Scope};
use domain::ids::CustomerId;
use store::data_quality::{
    self as rows, BoardBy, DueFilter, FindingFilter, HoldFilter, SampleFilter,
};
use testkit::TestApp;
use uuid::Uuid;

/// What a branch has of it.
pub(super) struct Made {
    cleanup: Uuid,
    own_number: Uuid,
}

/// Examines everybody, gives the findings of a customer out, adds a number, draws policies, verifies.
pub(super) async fn make(t: &TestApp, by: &Actor, customer_no: &str) -> Made {
    i::examine_due(&t.app, t.now, &|_| {}).await.unwrap();
    let number = i::NumberForm {
        number: "023-63800000".into(),
        owner: "outlet".into(),
        label: "前台".into(),
    };
    i::add_own_number(&t.app, by, t.now, &number).await.unwrap();
    i::draw(&t.app, by, t.now, "2023-09").await.unwrap();
    let form = i::VerificationForm {
        way: "telephone".into(),
        ..Default::default()
    };
    i::verify(&t.app, by, t.now, customer_no, &form)
        .await
        .unwrap();
    let form = i::AssignForm {
        title: "清理".into(),
        ..Default::default()
    };
    let all = i::AssignTarget::Filter(i::FindingQuery::default());
    let given = i::assign(&t.app, by, t.now, &all, &form).await.unwrap();
    let numbers = i::list_own_numbers(&t.app, by, "").await.unwrap();
    i::examine_due(&t.app, t.now, &|_| {}).await.unwrap();
    Made {
        cleanup: given.cleanup.unwrap(),
        own_number: numbers.rows[0].id,
    }
}

pub(super) async fn walk_data_quality(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let mut seen = walk_findings(t, scope, o).await;
    seen.extend(walk_board(t, scope, o).await);
    let db = t.app.store();
    let customer: CustomerId = o.customer;
    let found = rows::find_state(db, scope, customer).await.unwrap();
    seen.insert("find_state", usize::from(found.is_some()));
    let found = rows::list_verifications(db, scope, customer, 10).await;
    seen.insert("list_verifications", found.unwrap().len());
    let changes = rows::read_last_changes(db, scope, customer).await;
    seen.insert("read_last_changes", changes.unwrap().len());
    let due = rows::list_due_verifications(db, scope, &DueFilter::default(), 100).await;
    let due = due.unwrap().rows.into_iter();
    let own = due.filter(|r| r.customer_no == o.customer_no).count();
    seen.insert("list_due_verifications", own);
    let open = rows::list_completions(db, scope, &DueFilter::default(), 100).await;
    let open = open.unwrap().rows.into_iter();
    let own = open.filter(|r| r.customer_no == o.customer_no).count();
    seen.insert("list_completions", own);
    let list = rows::list_cleanups(db, scope, None, 50).await.unwrap().rows;
    let own = list
        .iter()
        .filter(|k| k.id == o.information.cleanup)
        .count();
    seen.insert("list_cleanups", own);
    let found = rows::find_cleanup(db, scope, o.information.cleanup).await;
    seen.insert("find_cleanup", usize::from(found.unwrap().is_some()));
    let id = o.information.own_number;
    let list = rows::list_own_numbers(db, scope, None, 50)
        .await
        .unwrap()
        .rows;
    let own = list.iter().filter(|n| n.id == id).count();
    seen.insert("list_own_numbers", own);
    let found = rows::has_own_number(db, scope, id).await.unwrap();
    seen.insert("has_own_number", usize::from(found));
    let holds = rows::list_holds(db, scope, &HoldFilter::default(), 100).await;
    let holds = holds.unwrap().rows.into_iter();
    let own = holds.filter(|h| h.customer_no == o.customer_no).count();
    seen.insert("list_holds", own);
    let samples = rows::list_samples(db, scope, &SampleFilter::default(), 100).await;
    let samples = samples.unwrap().rows;
    let own: Vec<_> = samples.iter().filter(|s| s.customer == customer).collect();
    seen.insert("list_samples", own.len());
    let everything = Actor::system().scope(domain::access::Permission::PoliciesRead);
    let all = rows::list_samples(db, &everything.unwrap(), &SampleFilter::default(), 100).await;
    let all = all.unwrap().rows;
    let one = all.iter().find(|s| s.customer == customer).unwrap();
    let found = rows::find_sample(db, scope, one.id).await.unwrap();
    seen.insert("find_sample", usize::from(found.is_some()));
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let days = (day("2024-01-01"), day("2024-03-31"));
    let drawn = rows::draw_policies(db, scope, "2024-02", days, 1_000).await;
    let own = drawn
        .unwrap()
        .iter()
        .filter(|s| s.customer == customer)
        .count();
    seen.insert("draw_policies", own);
    seen
}

async fn walk_findings(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db = t.app.store();
    let mut seen = Seen::new();
    let of = FindingFilter {
        cleanup: Some(o.information.cleanup),
        ..FindingFilter::default()
    };
    let list = rows::list_findings(db, scope, &of, 100).await.unwrap().rows;
    let own = list
        .iter()
        .filter(|f| f.customer_no == o.customer_no)
        .count();
    seen.insert("list_findings", own);
    let count = rows::count_findings(db, scope, &of, 100).await.unwrap();
    seen.insert("count_findings", usize::try_from(count).unwrap());
    let ids = rows::list_finding_ids(db, scope, &of, None, 100)
        .await
        .unwrap();
    seen.insert("list_finding_ids", ids.len());
    let list = rows::list_findings_of(db, scope, o.customer, 100)
        .await
        .unwrap();
    seen.insert("list_findings_of", list.len());
    let everything = Actor::system().scope(domain::access::Permission::CustomersRead);
    let all = rows::list_findings_of(db, &everything.unwrap(), o.customer, 1).await;
    let found = rows::find_finding(db, scope, all.unwrap()[0].id)
        .await
        .unwrap();
    seen.insert("find_finding", usize::from(found.is_some()));
    seen
}

async fn walk_board(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db = t.app.store();
    let mut seen = Seen::new();
    let path = format!("/000/{}/", o.org);
    let path = Some(path.as_str());
    let board = rows::list_board(db, scope, BoardBy::Org, path, 50).await;
    seen.insert("list_board", board.unwrap().len());
    let (complete, _) = rows::read_spread(db, scope, path).await.unwrap();
    seen.insert("read_spread", complete.len());
    let checks = rows::count_checks(db, scope, path).await.unwrap();
    seen.insert("count_checks", checks.len());
    let until = NaiveDate::from_ymd_opt(2030, 1, 1).unwrap();
    let due = rows::count_verifications_due(db, scope, path, until).await;
    seen.insert("count_verifications_due", due.unwrap().len());
    seen
}
