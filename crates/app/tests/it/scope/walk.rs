//! Every function of the store that takes a scope, called once.

use super::objects::Objects;
use domain::access::{Actor, ApprovalKind, Permission, Scope};
use domain::customers::{PersonName, SearchTerm};
use domain::time;
use std::collections::BTreeMap;
use store::access::{
    ApprovalRow, is_approval_in_sight, list_decided_approvals, list_waiting_approvals,
};
use store::callbacks::{self as rows, CallbackFilter};
use store::customers::{CustomerFilter, QueueRanks};
use store::obligations::{ExclusionFilter, ObligationFilter};
use store::policies::{EventFilter, PolicyFilter};
use store::tickets::TicketFilter;
use store::timeline::{TimelineFilter, TimelineOf, list_timeline};
use store::{AuditFilter, Store};
use testkit::TestApp;

/// Functions of the store that show the company's own runs, not rows of a unit.
pub(super) const OF_THE_COMPANY: [&str; 6] = [
    "find_extraction_run",
    "find_import_run",
    "list_extraction_counts",
    "list_extraction_runs",
    "list_import_rejections",
    "list_import_runs",
];

/// How many of the objects a function shows.
pub(super) type Seen = BTreeMap<&'static str, usize>;

/// How many of the objects each function of the store that takes a scope shows.
pub(super) async fn walk(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let mut seen = walk_callbacks(t, scope, o).await;
    seen.extend(walk_customers(t, scope, o).await);
    seen.extend(walk_policies(t, scope, o).await);
    seen.extend(walk_obligations(t, scope, o).await);
    seen.extend(walk_tickets(t, scope, o).await);
    seen.extend(walk_people(t, scope, o).await);
    seen.extend(walk_approvals(t, scope, o).await);
    seen.extend(super::walk_plans::walk_plans(t, scope, o).await);
    seen.extend(super::walk_payouts::walk_payouts(t, scope, o).await);
    seen.extend(super::walk_letters::walk_letters(t, scope, o).await);
    seen.extend(super::walk_reports::walk_reports(t, scope, o).await);
    seen.extend(super::walk_units::walk_units(t, scope, o).await);
    seen.extend(super::walk_retention::walk_retention(t, scope, o).await);
    seen.extend(super::walk_cases::walk_cases(t, scope, o).await);
    seen.extend(super::walk_electronic::walk_electronic(t, scope, o).await);
    seen.extend(super::walk_messages::walk_messages(t, scope, o).await);
    seen.extend(super::walk_visits::walk_visits(t, scope, o).await);
    seen.extend(super::walk_campaigns::walk_campaigns(t, scope, o).await);
    seen.extend(super::walk_duplicates::walk_duplicates(t, scope, o).await);
    seen.extend(super::walk_surveys::walk_surveys(t, scope, o).await);
    seen.extend(super::walk_segments::walk_segments(t, scope, o).await);
    seen.extend(super::walk_relations::walk_relations(t, scope, o).await);
    seen.extend(super::walk_service::walk_service(t, scope, o).await);
    let wanted = crate::scope_things::Wanted {
        org: o.org,
        customer_no: o.customer_no,
        policy_no: o.policy_no,
        customer: o.customer,
        policy: o.policy,
    };
    seen.extend(crate::scope_things::walk(t, scope, &wanted).await);
    seen
}

async fn walk_customers(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let mut seen = Seen::new();
    let mut note = |name, n| seen.insert(name, n);
    let customers = CustomerFilter::default();
    let found = store::customers::list_customers(db, scope, &customers, 500)
        .await
        .unwrap();
    note(
        "list_customers",
        found.rows.iter().filter(|c| c.id == o.customer).count(),
    );
    let of_the_unit = CustomerFilter {
        org_path: Some(format!("/000/{}/", o.org)),
        ..Default::default()
    };
    let found = store::customers::count_customers(db, scope, &of_the_unit, 50).await;
    note("count_customers", usize::try_from(found.unwrap()).unwrap());
    let found = store::customers::find_customer(db, scope, o.customer)
        .await
        .unwrap();
    note("find_customer", usize::from(found.is_some()));
    let found = store::customers::find_customer_by_number(db, scope, o.customer_no)
        .await
        .unwrap();
    note("find_customer_by_number", usize::from(found.is_some()));
    let term = SearchTerm::Name(PersonName::parse(o.name).unwrap());
    let found = store::customers::search_customers(db, scope, &term, 50)
        .await
        .unwrap();
    note(
        "search_customers",
        found.iter().filter(|c| c.id == o.customer).count(),
    );
    let of = TimelineOf::Customer(o.customer);
    let found = list_timeline(db, scope, of, &TimelineFilter::default(), 50)
        .await
        .unwrap();
    note("list_timeline", found.rows.len());
    seen
}

async fn walk_policies(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let mut seen = Seen::new();
    let mut note = |name, n| seen.insert(name, n);
    let policies = PolicyFilter {
        customer: Some(o.customer),
        ..Default::default()
    };
    let found = store::policies::list_policies(db, scope, &policies, 50)
        .await
        .unwrap();
    note("list_policies", found.rows.len());
    let found = store::policies::count_policies(db, scope, &policies, 50).await;
    note("count_policies", usize::try_from(found.unwrap()).unwrap());
    let found = store::policies::find_policy(db, scope, o.policy)
        .await
        .unwrap();
    note("find_policy", usize::from(found.is_some()));
    let found = store::policies::find_policy_by_number(db, scope, o.policy_no)
        .await
        .unwrap();
    note("find_policy_by_number", usize::from(found.is_some()));
    let events = EventFilter {
        policy: Some(o.policy),
        ..Default::default()
    };
    let found = store::policies::list_events(db, scope, &events, 50)
        .await
        .unwrap();
    note("list_events", found.rows.len());
    let found = store::policies::list_claims(db, scope, o.policy).await;
    note("list_claims", found.unwrap().len());
    seen
}

async fn walk_obligations(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let mut seen = Seen::new();
    let mut note = |name, n| seen.insert(name, n);
    let obligations = ObligationFilter {
        customer: Some(o.customer),
        ..Default::default()
    };
    let found = store::obligations::list_obligations(db, scope, &obligations, 50)
        .await
        .unwrap();
    note("list_obligations", found.rows.len());
    let found = store::obligations::count_obligations(db, scope, &obligations, 50).await;
    note(
        "count_obligations",
        usize::try_from(found.unwrap()).unwrap(),
    );
    let found = store::obligations::find_obligation_by_number(db, scope, &o.obligation)
        .await
        .unwrap();
    note("find_obligation_by_number", usize::from(found.is_some()));
    let found =
        store::obligations::list_exclusions(db, scope, &ExclusionFilter::default(), 500).await;
    let found = found.unwrap().rows;
    note(
        "list_exclusions",
        found
            .iter()
            .filter(|e| e.customer_no == o.customer_no)
            .count(),
    );
    let found = store::recordings::list_recordings(db, scope, &[o.ticket.0])
        .await
        .unwrap();
    note("list_recordings", found.len());
    let found = store::recordings::find_recording(db, scope, o.recording)
        .await
        .unwrap();
    note("find_recording", usize::from(found.is_some()));
    seen
}

async fn walk_tickets(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let mut seen = Seen::new();
    let mut note = |name, n| seen.insert(name, n);
    let today = time::date_in_china(t.now);
    let found = store::tickets::list_tickets_of_callback(db, scope, o.callback)
        .await
        .unwrap();
    note("list_tickets_of_callback", found.len());
    let tickets = TicketFilter {
        customer: Some(o.customer),
        ..Default::default()
    };
    let found = store::tickets::list_tickets(db, scope, &tickets, 50)
        .await
        .unwrap();
    note("list_tickets", found.rows.len());
    let found = store::tickets::count_tickets(db, scope, &tickets, 50)
        .await
        .unwrap();
    note("count_tickets", usize::try_from(found).unwrap());
    let found = store::tickets::find_ticket(db, scope, o.ticket)
        .await
        .unwrap();
    note("find_ticket", usize::from(found.is_some()));
    let every = Actor::system().scope(Permission::TicketsRead).unwrap();
    let number = store::tickets::find_ticket(db, &every, o.ticket)
        .await
        .unwrap()
        .unwrap()
        .number;
    let found = store::tickets::find_ticket_by_number(db, scope, &number)
        .await
        .unwrap();
    note("find_ticket_by_number", usize::from(found.is_some()));
    let found = store::tickets::list_ticket_entries(db, scope, o.ticket)
        .await
        .unwrap();
    note("list_ticket_entries", found.len());
    let found = store::tickets::read_ticket_counts(db, scope, o.handler, None, today)
        .await
        .unwrap();
    note("read_ticket_counts", usize::try_from(found.mine).unwrap());
    let audit = AuditFilter {
        customer: Some(o.customer.0),
        ..Default::default()
    };
    let found = store::list_audit_entries(db, scope, &audit, 50)
        .await
        .unwrap();
    note("list_audit_entries", found.rows.len());
    let entry = match found.rows.first() {
        Some(row) => row.id,
        None => an_entry(t, o).await,
    };
    let found = store::audit::find_audit_entry(db, scope, entry)
        .await
        .unwrap();
    note("find_audit_entry", usize::from(found.is_some()));
    seen
}

async fn walk_callbacks(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let today = time::date_in_china(t.now);
    let mut seen = Seen::new();
    let mut note = |name, n| seen.insert(name, n);
    let filter = CallbackFilter {
        customer: Some(o.customer),
        ..Default::default()
    };
    let found = rows::list_callbacks(db, scope, &filter, 50).await.unwrap();
    note("list_callbacks", found.rows.len());
    let found = rows::count_callbacks(db, scope, &filter, 50).await.unwrap();
    note("count_callbacks", usize::try_from(found).unwrap());
    let found = rows::list_callback_ids(db, scope, &filter, 50)
        .await
        .unwrap();
    note("list_callback_ids", found.len());
    let found = rows::find_callback(db, scope, o.callback).await.unwrap();
    note("find_callback", usize::from(found.is_some()));
    let number = t.look(o.callback).await.number;
    let found = rows::find_callback_by_number(db, scope, &number)
        .await
        .unwrap();
    note("find_callback_by_number", usize::from(found.is_some()));
    let found = rows::find_record(db, scope, o.callback).await.unwrap();
    note("find_record", usize::from(found.is_some()));
    let found = rows::list_siblings(db, scope, o.customer, o.callback)
        .await
        .unwrap();
    note("list_siblings", found.len());
    let now = (t.now, QueueRanks::default());
    let found = rows::find_next_callback(db, scope, o.caller, today, now).await;
    note("find_next_callback", usize::from(found.unwrap().is_some()));
    let found = rows::read_counts(db, scope, o.caller, today).await.unwrap();
    note("read_counts", usize::try_from(found.mine).unwrap());
    let found = rows::list_attempts(db, scope, o.callback).await.unwrap();
    note("list_attempts", found.len());
    let found = rows::list_authorisations(db, scope, o.customer, 5).await;
    note("list_authorisations", found.unwrap().len());
    let found = rows::list_answers(db, scope, o.callback).await.unwrap();
    note("list_answers", found.len());
    let found = rows::list_entries(db, scope, o.callback).await.unwrap();
    note("list_entries", found.len());
    let name = if o.org == "37" {
        "caller sd"
    } else {
        "sichuan caller cq"
    };
    let found = rows::list_caller_day(db, scope, today).await.unwrap();
    note(
        "list_caller_day",
        found.iter().filter(|c| c.name == name).count(),
    );
    seen
}

/// What people of the unit asked for.
async fn walk_approvals(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let kind = ApprovalKind::Export;
    let asker = if o.org == "37" {
        "leader sd"
    } else {
        "leader cq"
    };
    let ours = |rows: &[ApprovalRow]| rows.iter().filter(|a| a.asker_name == asker).count();
    let every = Actor::system().scope(Permission::ExportsApprove).unwrap();
    let waiting = list_waiting_approvals(db, scope, kind, t.now)
        .await
        .unwrap();
    let decided = list_decided_approvals(db, scope, kind, None, 50).await;
    let all = list_waiting_approvals(db, &every, kind, t.now)
        .await
        .unwrap();
    let one = all.iter().find(|a| a.asker_name == asker).unwrap().id;
    let today = time::date_in_china(t.now);
    let counts = store::exports::list_disclosure_counts(db, scope, today).await;
    let mut counted = counts.unwrap();
    counted.retain(|c| c.owner_name == asker.replace(' ', "_"));
    let seen = is_approval_in_sight(db, scope, one).await.unwrap();
    BTreeMap::from([
        ("list_disclosure_counts", counted.len()),
        ("list_waiting_approvals", ours(&waiting)),
        ("list_decided_approvals", ours(&decided.unwrap().rows)),
        ("is_approval_in_sight", usize::from(seen)),
    ])
}

/// Units and people, which only some roles may list.
async fn walk_people(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let within = format!("/000/{}/", o.org);
    let below = |path: &str| path.starts_with(&within);
    let orgs = store::orgs::list_orgs(db, scope).await.unwrap();
    let users = store::access::list_users(db, scope).await.unwrap();
    let paged = store::access::page_users(db, scope, None, 500)
        .await
        .unwrap()
        .rows;
    let callers = store::access::list_callers(db, scope, time::date_in_china(t.now))
        .await
        .unwrap();
    let clients = store::access::list_clients(db, scope).await.unwrap();
    let tokens = store::access::TokenRow::list_tokens(db, scope)
        .await
        .unwrap();
    let ours: Vec<_> = clients
        .iter()
        .filter(|c| below(c.org_path.as_str()))
        .map(|c| c.id)
        .collect();
    BTreeMap::from([
        (
            "list_orgs",
            orgs.iter().filter(|o| below(o.path.as_str())).count(),
        ),
        (
            "list_users",
            users.iter().filter(|u| below(u.org_path.as_str())).count(),
        ),
        (
            "page_users",
            paged.iter().filter(|u| below(u.org_path.as_str())).count(),
        ),
        (
            "list_callers",
            callers
                .iter()
                .filter(|c| below(c.user.org_path.as_str()))
                .count(),
        ),
        ("list_clients", ours.len()),
        (
            "list_tokens",
            tokens.iter().filter(|k| ours.contains(&k.client)).count(),
        ),
    ])
}

/// An entry about the customer.
async fn an_entry(t: &TestApp, o: &Objects) -> uuid::Uuid {
    let every = Actor::system().scope(Permission::AuditRead).unwrap();
    let filter = AuditFilter {
        customer: Some(o.customer.0),
        ..Default::default()
    };
    let found = store::list_audit_entries(t.app.store(), &every, &filter, 1).await;
    found.unwrap().rows[0].id
}
