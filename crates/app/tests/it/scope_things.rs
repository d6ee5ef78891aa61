//! The walk of `scope` through lists of customers, policies and obligations, exports, the timeline,
//! and what events may name.

use domain::access::{Actor, Permission, Scope};
use domain::customers::CustomerKind;
use domain::ids::{CustomerId, PolicyId};
use std::collections::BTreeMap;
use store::Store;
use store::callbacks::{CallbackFilter, ExportWindow};
use store::customers::CustomerFilter;
use store::obligations::ObligationFilter;
use store::policies::{EventFilter, PolicyFilter};
use store::tickets::TicketFilter;
use store::timeline::{TimelineFilter, TimelineOf, list_timeline};
use testkit::TestApp;

/// What to look for.
pub(crate) struct Wanted {
    pub(crate) org: &'static str,
    pub(crate) customer_no: &'static str,
    pub(crate) policy_no: &'static str,
    pub(crate) customer: CustomerId,
    pub(crate) policy: PolicyId,
}

/// How many of the wanted things each function shows.
pub(crate) async fn walk(t: &TestApp, scope: &Scope, o: &Wanted) -> BTreeMap<&'static str, usize> {
    let db: &Store = t.app.store();
    let mut seen = walk_exports(db, scope, o).await;
    let mut note = |name, n: i64| seen.insert(name, usize::try_from(n).unwrap());
    let org = store::orgs::find_org_by_code(db, o.org)
        .await
        .unwrap()
        .unwrap();
    let groups = CustomerFilter {
        kind: Some(CustomerKind::Group),
        org_path: Some(org.path.as_str().to_owned()),
        ..Default::default()
    };
    let n = store::customers::count_customers(db, scope, &groups, 50).await;
    note("count_customers", n.unwrap());
    let policies = PolicyFilter {
        customer: Some(o.customer),
        ..Default::default()
    };
    let n = store::policies::count_policies(db, scope, &policies, 50).await;
    note("count_policies", n.unwrap());
    let obligations = ObligationFilter {
        customer: Some(o.customer),
        ..Default::default()
    };
    let n = store::obligations::count_obligations(db, scope, &obligations, 50).await;
    note("count_obligations", n.unwrap());
    let of = TimelineOf::Customer(o.customer);
    let page = list_timeline(db, scope, of, &TimelineFilter::default(), 50)
        .await
        .unwrap();
    let mut n = page.rows.len();
    let page = list_timeline(
        db,
        scope,
        TimelineOf::Policy(o.policy),
        &TimelineFilter::default(),
        50,
    )
    .await
    .unwrap();
    n += page.rows.len();
    seen.insert("list_timeline", n);
    seen.extend(walk_names(db, scope, o).await);
    seen
}

async fn walk_exports(db: &Store, scope: &Scope, o: &Wanted) -> BTreeMap<&'static str, usize> {
    let window = ExportWindow::default();
    let callbacks = CallbackFilter {
        customer: Some(o.customer),
        ..Default::default()
    };
    let found = store::callbacks::export_callbacks(db, scope, &callbacks, &window, 50).await;
    let callbacks = found.unwrap().rows.len();
    let found = store::callbacks::export_attempts(db, scope, &window, 500)
        .await
        .unwrap();
    let ours = |number: &str| number == o.customer_no;
    let attempts = found.rows.iter().filter(|r| ours(&r.customer_no)).count();
    let found = store::callbacks::export_answers(db, scope, &window, 500)
        .await
        .unwrap();
    let answers = found.rows.iter().filter(|r| ours(&r.customer_no)).count();
    let tickets = TicketFilter {
        customer: Some(o.customer),
        ..Default::default()
    };
    let tickets = store::tickets::export_tickets(db, scope, &tickets, 50)
        .await
        .unwrap();
    BTreeMap::from([
        ("export_callbacks", callbacks),
        ("export_attempts", attempts),
        ("export_answers", answers),
        ("export_tickets", tickets.rows.len()),
    ])
}

async fn walk_names(db: &Store, scope: &Scope, o: &Wanted) -> BTreeMap<&'static str, usize> {
    let policies = [o.policy_no.to_owned()];
    let policies = store::policies::list_policy_nos_in_sight(db, scope, &policies)
        .await
        .unwrap();
    let customers = [o.customer_no.to_owned()];
    let customers = store::policies::list_customer_nos_in_sight(db, scope, &customers)
        .await
        .unwrap();
    let agent = if o.org.starts_with("50") {
        "A5001"
    } else {
        "A3701"
    };
    let agents = [agent.to_owned()];
    let agents = store::policies::list_agent_codes_in_sight(db, scope, &agents)
        .await
        .unwrap();
    let every = Actor::system().scope(Permission::PoliciesRead).unwrap();
    let events = EventFilter {
        policy: Some(o.policy),
        ..Default::default()
    };
    let events = store::policies::list_events(db, &every, &events, 50)
        .await
        .unwrap();
    let ids: Vec<_> = events.rows.into_iter().map(|e| e.event_id).collect();
    let ids = store::policies::list_event_ids_in_sight(db, scope, &ids)
        .await
        .unwrap();
    BTreeMap::from([
        ("list_policy_nos_in_sight", policies.len()),
        ("list_customer_nos_in_sight", customers.len()),
        ("list_agent_codes_in_sight", agents.len()),
        ("list_event_ids_in_sight", ids.len()),
    ])
}
