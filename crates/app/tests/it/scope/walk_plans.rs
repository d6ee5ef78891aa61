//! Telephone calls and the plan of a unit.

use super::objects::Objects;
use super::walk::Seen;
use domain::access::{Actor, Permission, Scope};
use domain::ids::{CallbackId, OrgId};
use store::callbacks::list_attempts;
use store::plans::{DaySum, PlanFilter, list_planned, sum_due, sum_planned};
use store::telephony::{NewCall, insert_call, list_calls};
use store::{AuditEntry, Store};
use testkit::TestApp;

/// A telephone call in the attempt of a callback.
pub(super) async fn call(t: &TestApp, by: &Actor, callback: CallbackId) {
    let whole = Actor::system().scope(Permission::CallbacksRead).unwrap();
    let attempts = list_attempts(t.app.store(), &whole, callback).await;
    let attempt = attempts.unwrap().remove(0).id;
    let work = t.app.store().begin(t.now).await.unwrap();
    let record = store::callbacks::find_record(&work, &whole, callback).await;
    let record = record.unwrap().unwrap();
    let new = NewCall {
        attempt,
        customer: record.customer,
        org: OrgId(record.org),
        caller: by.user().unwrap(),
        extension: "1001",
        external_id: None,
        is_dialled: true,
    };
    let id = insert_call(&work, &new).await.unwrap();
    let entry = AuditEntry::new(by, "call.requested", "call", id.0);
    work.commit(entry).await.unwrap();
}

/// What of both a scope shows.
pub(super) async fn walk_plans(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let whole = Actor::system().scope(Permission::CallbacksRead).unwrap();
    let attempts = list_attempts(db, &whole, o.callback).await.unwrap();
    let attempts: Vec<_> = attempts.iter().map(|a| a.id).collect();
    let calls = list_calls(db, scope, &attempts).await.unwrap();
    let org = store::orgs::find_org_by_code(db, o.org).await.unwrap();
    let year = PlanFilter {
        from: testkit::day("2024-01-01"),
        to: testkit::day("2024-12-31"),
        org_path: Some(org.unwrap().path.as_str().to_owned()),
    };
    let planned = list_planned(db, scope, &year, 500).await.unwrap();
    let count = |sums: Vec<DaySum>| {
        let sum: i64 = sums.iter().map(|s| s.callbacks).sum();
        usize::try_from(sum).unwrap()
    };
    Seen::from([
        ("list_calls", calls.len()),
        ("list_planned", planned.len()),
        (
            "sum_planned",
            count(sum_planned(db, scope, &year).await.unwrap()),
        ),
        ("sum_due", count(sum_due(db, scope, &year).await.unwrap())),
    ])
}
