//! The walk through pairs of customers who may be one, and merges.

use super::objects::Objects;
use super::walk::Seen;
use domain::access::Scope;
use domain::imports::ImportKind;
use store::duplicates::{self as rows, DuplicateFilter};
use store::retention::list_merged_records;
use testkit::{Table, TestApp, row};

/// A record that was merged into the customer's.
async fn absorb(t: &TestApp, o: &Objects) {
    let number = format!("M{}", o.org);
    let absorbed = row([
        ("customer_no", &number),
        ("kind", "group"),
        ("name", "并入前的公司"),
        ("org_code", o.org),
    ]);
    t.import(ImportKind::Customers, &Table::new([absorbed]))
        .await;
    let from = format!(
        "FROM customers a JOIN customers b ON b.customer_no = '{number}' WHERE a.customer_no = '{}'",
        o.customer_no
    );
    let merge = format!(
        "INSERT INTO customer_merges (id, pair_id, survivor_id, absorbed_id, state, fields, moved, left_behind, merged_by, merged_at, is_destroyed) \
         SELECT b.id, a.id, a.id, b.id, 'standing', '', 0, 0, 'tests', 0, FALSE {from} \
         AND NOT EXISTS (SELECT 1 FROM customer_merges m WHERE m.id = b.id)"
    );
    let merged = format!(
        "UPDATE customers SET merged_into_id = (SELECT a.id FROM customers a WHERE a.customer_no = '{}') \
         WHERE customer_no = '{number}'",
        o.customer_no
    );
    t.database.execute(&format!("{merge}; {merged}")).await;
}

/// A pair of two customers of the unit, and a merge of them; both have the id of the first customer.
async fn make(t: &TestApp, o: &Objects) -> uuid::Uuid {
    let other = if o.org == "50" { "C50-ZHOU" } else { "C37-SUN" };
    let from = format!(
        "FROM customers a JOIN customers b ON b.customer_no = '{other}' WHERE a.customer_no = '{}'",
        o.customer_no
    );
    let pair = format!(
        "INSERT INTO duplicate_pairs (id, low_id, high_id, kind, weight, probability, grade, levels, state, found_at, updated_at, version) \
         SELECT a.id, a.id, b.id, 'individual', 3000, 999999, 'certain', '|unit=equal|', 'open', 0, 0, 1 {from} \
         AND NOT EXISTS (SELECT 1 FROM duplicate_pairs d WHERE d.id = a.id)"
    );
    let merge = format!(
        "INSERT INTO customer_merges (id, pair_id, survivor_id, absorbed_id, state, fields, moved, left_behind, merged_by, merged_at, is_destroyed) \
         SELECT a.id, a.id, a.id, b.id, 'undone', '', 0, 0, 'tests', 0, FALSE {from} \
         AND NOT EXISTS (SELECT 1 FROM customer_merges m WHERE m.id = a.id)"
    );
    t.database.execute(&format!("{pair}; {merge}")).await;
    absorb(t, o).await;
    o.customer.0
}

pub(super) async fn walk_duplicates(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let id = make(t, o).await;
    let db = t.app.store();
    let mut seen = Seen::new();
    let filter = DuplicateFilter {
        customer: Some(o.customer),
        ..DuplicateFilter::default()
    };
    let found = rows::list_duplicates(db, scope, &filter, 50).await.unwrap();
    seen.insert("list_duplicates", found.rows.len());
    let n = rows::count_open_duplicates(db, scope, &filter, 50)
        .await
        .unwrap();
    seen.insert("count_open_duplicates", usize::try_from(n).unwrap());
    let found = rows::find_duplicate(db, scope, id).await.unwrap();
    seen.insert("find_duplicate", usize::from(found.is_some()));
    let found = rows::list_merges(db, scope, o.customer, 50).await.unwrap();
    seen.insert("list_merges", found.len());
    let found = rows::find_merge(db, scope, id).await.unwrap();
    seen.insert("find_merge", usize::from(found.is_some()));
    let found = list_merged_records(db, scope, o.customer, 50)
        .await
        .unwrap();
    seen.insert("list_merged_records", found.len());
    seen
}
