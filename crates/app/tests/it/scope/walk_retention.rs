//! The walk through holds, destruction and requests of people about their own data.

use super::objects::Objects;
use super::walk::Seen;
use app::retention::{DataRequestForm, HoldForm, create_request, place};
use domain::access::{Actor, Permission, Scope};
use domain::retention::RecordKind;
use store::retention::{
    self as rows, DataRequestFilter, HoldFilter, ItemFilter, NewBatch, NewItem, Wanted, Whose,
};
use store::{AuditEntry, Store};
use testkit::{TestApp, day};
use uuid::Uuid;

/// A hold, a batch and a request of a unit.
pub(super) struct Kept {
    hold: String,
    batch: (Uuid, String),
    request: String,
}

/// Places a hold on a policy, puts it into a batch and takes in a request.
pub(super) async fn keep(t: &TestApp, customer_no: &str, policy_no: &str) -> Kept {
    let manager = &t.people().manager;
    let form = HoldForm {
        subject: "policy".into(),
        number: policy_no.into(),
        kind: "litigation".into(),
        authority: "法院".into(),
        document_no: "1".into(),
        reason: "诉讼".into(),
        review_on: "2024-09-01".into(),
        ..Default::default()
    };
    let hold = place(&t.app, manager, t.now, &form).await.unwrap();
    let form = DataRequestForm {
        kind: "access".into(),
        requester: "self".into(),
        received_through: "phone".into(),
        ..Default::default()
    };
    let request = create_request(&t.app, manager, t.now, customer_no, &form)
        .await
        .unwrap();
    let whole = Actor::system().scope(Permission::RetentionManage).unwrap();
    let wanted = Wanted::Numbered(policy_no.into());
    let policy = rows::list_kept_policies(t.app.store(), &whole, &wanted, 1)
        .await
        .unwrap()
        .remove(0);
    let work = t.app.store().begin(t.now).await.unwrap();
    let number = format!("DS-2024-{}", policy.id.0.simple());
    let new = NewBatch {
        number: &number,
        org: policy.org,
        as_of: day("2024-03-05"),
        rules_hash: "",
        items: 1,
        by: (None, "tests"),
    };
    let batch = rows::insert_batch(&work, &new).await.unwrap();
    let item = NewItem {
        kind: RecordKind::PolicyRecord,
        customer: Some(policy.holder),
        policy: Some(policy.id),
        record: None,
        org: policy.org,
        started_on: None,
        kept_until: None,
        basis: String::new(),
    };
    rows::insert_items(&work, batch, &[item]).await.unwrap();
    let entry = AuditEntry::new(
        &Actor::system(),
        "retention.batch_proposed",
        "destruction",
        batch,
    );
    work.commit(entry).await.unwrap();
    Kept {
        hold,
        batch: (batch, number),
        request,
    }
}

pub(super) async fn walk_retention(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let mut seen = Seen::new();
    let mut note = |name, n| seen.insert(name, n);
    let of = Wanted::Of(o.customer);
    let found = rows::list_kept_policies(db, scope, &of, 50).await.unwrap();
    note("list_kept_policies", found.len());
    let one = Whose::One(o.customer);
    let found = rows::list_kept_customers(db, scope, &one, 50).await;
    note("list_kept_customers", found.unwrap().len());
    let found = rows::load_copied(db, scope, o.customer, 50).await.unwrap();
    note("load_copied", found.notes.len() + found.evidence.len());
    let holds = HoldFilter {
        customer: Some(o.customer),
        ..Default::default()
    };
    let found = rows::list_holds(db, scope, &holds, 50).await.unwrap();
    note("list_holds", found.rows.len());
    let found = rows::find_hold(db, scope, &o.kept.hold).await.unwrap();
    note("find_hold", usize::from(found.is_some()));
    let (batch, number) = &o.kept.batch;
    let found = rows::list_batches(db, scope, None, 50).await.unwrap();
    let ours = found.rows.iter().filter(|b| b.number == *number).count();
    note("list_batches", ours);
    let found = rows::find_batch(db, scope, number).await.unwrap();
    note("find_batch", usize::from(found.is_some()));
    let all = ItemFilter::default();
    let found = rows::list_items(db, scope, *batch, all, 50).await.unwrap();
    note("list_items", found.len());
    let found = rows::sum_items(db, scope, *batch).await.unwrap();
    note("sum_items", found.len());
    let requests = DataRequestFilter {
        customer: Some(o.customer),
        ..Default::default()
    };
    let found = rows::list_data_requests(db, scope, &requests, 50).await;
    note("list_data_requests", found.unwrap().rows.len());
    let n = rows::count_data_requests(db, scope, &requests, 50).await;
    note("count_data_requests", usize::try_from(n.unwrap()).unwrap());
    let found = rows::find_data_request(db, scope, &o.kept.request)
        .await
        .unwrap();
    note("find_data_request", usize::from(found.is_some()));
    let every = Actor::system()
        .scope(Permission::DataRequestsHandle)
        .unwrap();
    let row = rows::find_data_request(db, &every, &o.kept.request).await;
    let id = row.unwrap().unwrap().id;
    let found = rows::list_request_entries(db, scope, id).await.unwrap();
    note("list_request_entries", found.len());
    seen
}
