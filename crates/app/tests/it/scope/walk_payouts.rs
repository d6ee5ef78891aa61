//! What lies beside payout callbacks, and spot checks.

use super::objects::Objects;
use domain::access::Scope;
use domain::time;
use std::collections::BTreeMap;
use store::Store;
use store::callbacks as rows;
use testkit::TestApp;

type Seen = BTreeMap<&'static str, usize>;

/// Payout callbacks, and spot checks of the unit, which are no matter of a caller.
pub(super) async fn walk_payouts(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let mut seen = Seen::new();
    let mut note = |name, n| seen.insert(name, n);
    let programmes = vec![t.look(o.callback).await.programme];
    let payouts = rows::PayoutFilter {
        programmes: programmes.clone(),
        ..Default::default()
    };
    let found = rows::list_payouts(db, scope, &payouts, 50).await.unwrap();
    let own = |r: &&rows::PayoutRow| r.callback.customer_id == o.customer;
    note("list_payouts", found.rows.iter().filter(own).count());
    let found = rows::find_payout(db, scope, o.callback).await.unwrap();
    note("find_payout", usize::from(found.is_some()));
    let found = rows::list_spot_checks(db, scope).await.unwrap();
    let own = found.iter().filter(|k| k.id == o.check).count();
    note("list_spot_checks", own);
    let found = rows::find_spot_check(db, scope, o.check).await.unwrap();
    note("find_spot_check", usize::from(found.is_some()));
    let found = rows::list_spot_check_items(db, scope, o.check).await;
    note("list_spot_check_items", found.unwrap().len());
    let days = (time::date_in_china(t.now), time::date_in_china(t.now));
    let found = rows::list_called_between(db, scope, &programmes, days).await;
    let own = found
        .unwrap()
        .iter()
        .filter(|(id, _)| *id == o.callback)
        .count();
    note("list_called_between", own);
    seen
}
