//! The walk through classes of customers.

use super::objects::Objects;
use super::walk::Seen;
use crate::segments::classify_at;
use app::segments::{OverrideForm, ask_override};
use domain::access::{Actor, Permission, Scope};
use domain::segments::ClassModel;
use domain::time;
use store::segments::{self as rows, MovementFilter};
use testkit::TestApp;

/// Classes of everybody, and one that somebody asks for.
pub(super) async fn make(t: &TestApp, by: &Actor, customer_no: &str) {
    classify_at(t, t.now, false).await;
    let form = OverrideForm {
        model: "risk".into(),
        class: "high".into(),
        until_on: "2024-06-30".into(),
        reason: "多次出险".into(),
    };
    ask_override(&t.app, by, t.now, customer_no, &form)
        .await
        .unwrap();
}

pub(super) async fn walk_segments(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db = t.app.store();
    let path = format!("/000/{}/", o.org);
    let under = Some(path.as_str());
    let today = time::date_in_china(t.now);
    let before = today.pred_opt().unwrap();
    let size = |n: i64| usize::try_from(n).unwrap();
    let mut seen = Seen::new();
    let found = rows::list_overrides(db, scope, o.customer).await.unwrap();
    seen.insert("list_overrides", found.len());
    let all = Actor::system().scope(Permission::CustomersRead).unwrap();
    let known = rows::list_overrides(db, &all, o.customer).await.unwrap();
    let found = rows::find_override(db, scope, known[0].id).await.unwrap();
    seen.insert("find_override", usize::from(found.is_some()));
    let found = rows::list_scores(db, scope, o.customer).await.unwrap();
    seen.insert("list_scores", found.len());
    let found = rows::list_class_spans(db, scope, o.customer).await;
    seen.insert("list_class_spans", found.unwrap().len());
    let counts = rows::count_classes(db, scope, ClassModel::Risk, under).await;
    let n = counts.unwrap().iter().map(|c| c.customers).sum();
    seen.insert("count_classes", size(n));
    let columns = rows::count_points(db, scope, ClassModel::Risk, under).await;
    let n = columns.unwrap().iter().map(|c| c.customers).sum();
    seen.insert("count_points", size(n));
    let cells = rows::count_matrix(db, scope, ClassModel::Risk, (before, today), under).await;
    let n = cells.unwrap().iter().map(|c| c.customers).sum();
    seen.insert("count_matrix", size(n));
    let filter = MovementFilter {
        model: ClassModel::Risk,
        from: before,
        to: today,
        before: None,
        after: None,
        fallen: false,
        risen: false,
        org_path: under.map(str::to_owned),
        page_after: None,
    };
    let page = rows::list_movements(db, scope, &filter, 500).await.unwrap();
    let own = page.rows.iter().filter(|r| r.customer_no == o.customer_no);
    seen.insert("list_movements", own.count());
    seen
}
