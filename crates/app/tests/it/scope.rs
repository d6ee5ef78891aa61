//! A person of one branch sees nothing of another's, by any function; a caller sees the own list.

use app::Error;
use app::access::{NewClient, create_client, create_token};
use app::callbacks::{
    self, AssignTarget, Decision, ListQuery, add_link, assign, call_page, callback_page, decide,
    list_callbacks, unassign, workbench,
};
use app::obligations::explain;
use app::recordings::open_recording;
use app::tickets::{TicketQuery, list_tickets, ticket_page};
use domain::access::{Actor, Permission, Scope};
use domain::ids::{CallbackId, CustomerId, PolicyId, RecordingId, TicketId, UserId};
use domain::tickets::EvidenceKind;
use domain::time;
use rstest::rstest;
use std::collections::{BTreeMap, BTreeSet};
use store::callbacks::{self as rows, CallbackFilter};
use store::customers::CustomerFilter;
use store::obligations::{ExclusionFilter, ObligationFilter};
use store::policies::{EventFilter, PolicyFilter};
use store::tickets::TicketFilter;
use store::{AuditFilter, Store};
use testkit::{Engine, Portfolio, TestApp, invalid, row};

/// Things of one unit, with work in every state.
struct Objects {
    org: &'static str,
    customer_no: &'static str,
    policy_no: &'static str,
    name: &'static str,
    customer: CustomerId,
    policy: PolicyId,
    obligation: String,
    callback: CallbackId,
    next: CallbackId,
    ticket: TicketId,
    recording: RecordingId,
    caller: UserId,
    handler: UserId,
}

/// A portfolio in which a customer of each province has a claim, a contact person, an exclusion and two
/// callbacks.
fn portfolio() -> Portfolio {
    let mut portfolio = Portfolio::small();
    for (group, org) in [("G50", "5001"), ("G37", "3701")] {
        portfolio.customers.add(row([
            ("customer_no", group),
            ("kind", "group"),
            ("name", "联合实业有限公司"),
            ("phone", "023-63000001"),
            ("org_code", org),
        ]));
        portfolio.contacts.add(row([
            ("customer_no", group),
            ("role", "insurance_contact"),
            ("name", "钱进"),
        ]));
        let policy = format!("P-{group}");
        portfolio.policies.add(row([
            ("policy_no", &policy),
            ("product_name", "企业财产险"),
            ("product_class", "property"),
            ("line", "commercial"),
            ("channel", "direct"),
            ("policyholder_no", group),
            ("insured_no", group),
            ("org_code", org),
            ("issue_date", "2023-09-01"),
            ("status", "in_force"),
        ]));
        let short = format!("PS-{group}");
        let mut life =
            Portfolio::life_policy(&short, group, org, "A5002", "2024-02-26", "2024-03-01");
        life.retain(|(column, _)| *column != "insured_no");
        portfolio.policies.add(life);
        for (event, kind) in [("paid", "claim_paid"), ("settled", "claim_settled")] {
            portfolio.events.add(row([
                ("event_id", &format!("{group}-{event}")),
                ("type", kind),
                ("occurred_at", "2024-03-01T15:00:00+08:00"),
                ("policy_no", &policy),
                ("claim_no", &format!("CL-{group}")),
                ("amount", "100.00"),
                ("outcome", "paid"),
            ]));
        }
    }
    portfolio
}

async fn objects(t: &TestApp, shandong: bool) -> Objects {
    let p = t.people();
    let (leader, caller, handler) = if shandong {
        (&p.leader_sd, &p.caller_sd, &p.operations_sd)
    } else {
        (&p.leader_cq, &p.sichuan_caller_cq, &p.operations_cq)
    };
    let (org, customer_no, policy_no) = if shandong {
        ("37", "G37", "P-G37")
    } else {
        ("50", "G50", "P-G50")
    };
    let callback = t.callback(policy_no, "CP-SET").await;
    t.assign(leader, callback, caller).await;
    t.interview(caller, t.now, callback, &[("result_explained", "negative")])
        .await;
    let mut tickets = t.tickets(callback).await;
    assert!(!tickets.is_empty(), "the interview raised no ticket");
    let ticket = tickets.remove(0).id;
    t.issue(leader, t.now, ticket, handler.user().unwrap())
        .await
        .unwrap();
    let recording = t
        .evidence(handler, t.now, ticket, EvidenceKind::Recording)
        .await
        .unwrap();
    let next = t.callback(policy_no, "PC-CL1").await;
    t.assign(leader, next, caller).await;
    let seen = t.look(callback).await;
    Objects {
        org,
        customer_no,
        policy_no,
        name: "联合实业有限公司",
        customer: seen.customer_id,
        policy: seen.policy_id.unwrap(),
        obligation: seen.obligation_number,
        callback,
        next,
        ticket,
        recording,
        caller: caller.user().unwrap(),
        handler: handler.user().unwrap(),
    }
}

/// Functions of the store that show the company's own runs, not rows of a unit.
const OF_THE_COMPANY: [&str; 6] = [
    "find_extraction_run",
    "find_import_run",
    "list_extraction_counts",
    "list_extraction_runs",
    "list_import_rejections",
    "list_import_runs",
];

/// How many of the objects each function of the store that takes a scope shows.
async fn walk(t: &TestApp, scope: &Scope, o: &Objects) -> BTreeMap<&'static str, usize> {
    let db: &Store = t.app.store();
    let today = time::date_in_china(t.now);
    let mut seen = walk_callbacks(t, scope, o).await;
    let mut note = |name, n| seen.insert(name, n);
    let customers = CustomerFilter::default();
    let found = store::customers::list_customers(db, scope, &customers, 500)
        .await
        .unwrap();
    note(
        "list_customers",
        found.rows.iter().filter(|c| c.id == o.customer).count(),
    );
    let found = store::customers::find_customer(db, scope, o.customer)
        .await
        .unwrap();
    note("find_customer", usize::from(found.is_some()));
    let found = store::customers::find_customer_by_number(db, scope, o.customer_no)
        .await
        .unwrap();
    note("find_customer_by_number", usize::from(found.is_some()));
    let term =
        domain::customers::SearchTerm::Name(domain::customers::PersonName::parse(o.name).unwrap());
    let found = store::customers::search_customers(db, scope, &term, 50)
        .await
        .unwrap();
    note(
        "search_customers",
        found.iter().filter(|c| c.id == o.customer).count(),
    );
    let found = store::customers::list_contacts(db, scope, o.customer)
        .await
        .unwrap();
    note("list_contacts", found.len());
    let policies = PolicyFilter {
        customer: Some(o.customer),
        ..Default::default()
    };
    let found = store::policies::list_policies(db, scope, &policies, 50)
        .await
        .unwrap();
    note("list_policies", found.rows.len());
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
    note(
        "list_claims",
        store::policies::list_claims(db, scope, o.policy)
            .await
            .unwrap()
            .len(),
    );
    let obligations = ObligationFilter {
        customer: Some(o.customer),
        ..Default::default()
    };
    let found = store::obligations::list_obligations(db, scope, &obligations, 50)
        .await
        .unwrap();
    note("list_obligations", found.rows.len());
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
    let found = store::tickets::read_ticket_counts(db, scope, o.handler, today)
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
    seen.extend(walk_people(t, scope, o).await);
    seen.extend(walk_reports(t, scope, o).await);
    seen
}

/// Figures, the lists behind them, and the dashboard.
async fn walk_reports(t: &TestApp, scope: &Scope, o: &Objects) -> BTreeMap<&'static str, usize> {
    use domain::reports::{Dimension, Figure, find_metric};
    use store::reports::{self, BehindFilter, FigureQuery, TallyBy};
    let db: &Store = t.app.store();
    let (from, to) = (testkit::day("2024-03-01"), testkit::day("2024-03-31"));
    let query = FigureQuery {
        metric: find_metric("K-25").unwrap(),
        from,
        to,
        today: to,
        deemed: &[],
        org: None,
        programme: None,
        by: Some(Dimension::Unit),
    };
    let behind = BehindFilter {
        figure: Figure::Due,
        slot: None,
        after: None,
    };
    let found = reports::list_behind(db, scope, &query, &behind, 500)
        .await
        .unwrap();
    let listed = found.rows.iter().filter(|u| u.id == o.callback.0).count();
    let figures = reports::list_figures(db, scope, &query).await.unwrap();
    let tallies = reports::list_tallies(db, scope, (from, to, to))
        .await
        .unwrap();
    let late = reports::list_late(db, scope, to).await.unwrap();
    let units: Vec<Vec<uuid::Uuid>> = vec![
        figures.iter().filter_map(|r| r.key_id).collect(),
        tallies
            .iter()
            .filter_map(|(by, _)| match by {
                TallyBy::Unit(id) => Some(*id),
                _ => None,
            })
            .collect(),
        late.iter().map(|r| r.org).collect(),
    ];
    let mut ours = Vec::new();
    for ids in units {
        let labels = reports::list_labels(db, Dimension::Unit, &ids)
            .await
            .unwrap();
        ours.push(labels.iter().filter(|l| l.code.starts_with(o.org)).count());
    }
    BTreeMap::from([
        ("list_behind", listed),
        ("list_figures", ours[0]),
        ("list_tallies", ours[1]),
        ("list_late", ours[2]),
    ])
}

async fn walk_callbacks(t: &TestApp, scope: &Scope, o: &Objects) -> BTreeMap<&'static str, usize> {
    let db: &Store = t.app.store();
    let today = time::date_in_china(t.now);
    let mut seen = BTreeMap::new();
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
    let found = rows::find_next_callback(db, scope, o.caller, today, t.now)
        .await
        .unwrap();
    note("find_next_callback", usize::from(found.is_some()));
    let found = rows::read_counts(db, scope, o.caller, today).await.unwrap();
    note("read_counts", usize::try_from(found.mine).unwrap());
    let found = rows::list_attempts(db, scope, o.callback).await.unwrap();
    note("list_attempts", found.len());
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

/// Units and people, which only some roles may list.
async fn walk_people(t: &TestApp, scope: &Scope, o: &Objects) -> BTreeMap<&'static str, usize> {
    let db: &Store = t.app.store();
    let within = format!("/000/{}/", o.org);
    let below = |path: &str| path.starts_with(&within);
    let orgs = store::orgs::list_orgs(db, scope).await.unwrap();
    let users = store::access::list_users(db, scope).await.unwrap();
    let callers = store::access::list_callers(db, scope).await.unwrap();
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

async fn begin(engine: Engine) -> (TestApp, Objects, Objects) {
    let t = TestApp::with(engine, &portfolio()).await;
    for org in ["50", "37"] {
        let form = NewClient {
            name: format!("client of {org}"),
            org_code: org.into(),
            roles: vec!["executive".into()],
        };
        let admin = &t.people().administrator;
        let client = create_client(&t.app, admin, t.now, &form).await.unwrap();
        create_token(&t.app, admin, t.now, client, 10)
            .await
            .unwrap();
    }
    let (here, there) = (objects(&t, false).await, objects(&t, true).await);
    (t, here, there)
}

/// SEC-02, ORG-01: no function of the store shows a row of another branch; each shows the own.
#[rstest]
#[tokio::test]
async fn a_branch_sees_its_own_rows_only(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, here, there) = begin(engine).await;
    let p = t.people();
    let scope_of = |actor: &Actor| actor.scope(Permission::CallbacksRead).unwrap();
    let (cq, sd) = (scope_of(&p.leader_cq), scope_of(&p.leader_sd));
    let head_office = scope_of(&p.manager);
    let nothing = |seen: BTreeMap<&'static str, usize>| {
        seen.into_iter()
            .filter(|(_, n)| *n > 0)
            .map(|(name, _)| name)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        nothing(walk(&t, &cq, &there).await),
        Vec::<&str>::new(),
        "Chongqing sees Shandong"
    );
    assert_eq!(
        nothing(walk(&t, &sd, &here).await),
        Vec::<&str>::new(),
        "Shandong sees Chongqing"
    );
    for (scope, objects) in [(&cq, &here), (&sd, &there), (&head_office, &there)] {
        let blind: Vec<_> = walk(&t, scope, objects)
            .await
            .into_iter()
            .filter_map(|(name, n)| (n == 0).then_some(name))
            .collect();
        assert_eq!(
            blind,
            Vec::<&str>::new(),
            "the own rows are not seen by {scope:?}"
        );
    }
}

/// CBK-19, SEC-07: a caller sees the customers of the own list, not those of a colleague.
#[rstest]
#[tokio::test]
async fn a_caller_sees_the_own_list_only(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, here, _) = begin(engine).await;
    let p = t.people();
    let (mine, colleague) = (&p.sichuan_caller_cq, &p.caller_cq);
    let scope_of = |actor: &Actor| actor.scope(Permission::CallbacksRead).unwrap();
    // Units, people and the log are not for callers at all, whatever the scope.
    let others = [
        "list_orgs",
        "list_users",
        "list_callers",
        "list_clients",
        "list_tokens",
        "list_audit_entries",
    ];
    for permission in [
        Permission::UsersManage,
        Permission::ClientsManage,
        Permission::AuditRead,
        Permission::CallbacksAssign,
    ] {
        assert!(!colleague.may(permission));
    }
    let seen: Vec<_> = walk(&t, &scope_of(colleague), &here)
        .await
        .into_iter()
        .filter(|(name, n)| *n > 0 && !others.contains(name))
        .collect();
    assert_eq!(seen, Vec::new(), "a colleague's list is seen");
    // Tickets are handled by others, so their counts are not the caller's.
    let not_mine = ["read_ticket_counts"];
    let blind: Vec<_> = walk(&t, &scope_of(mine), &here)
        .await
        .into_iter()
        .filter(|(name, n)| *n == 0 && !not_mine.contains(name))
        .collect();
    assert_eq!(blind, Vec::new(), "the own list is not seen");
}

/// Every function of the store that takes a scope is walked above.
#[tokio::test]
async fn every_scoped_function_is_walked() {
    let t = TestApp::with(Engine::Sqlite, &portfolio()).await;
    let there = objects(&t, true).await;
    let scope = Actor::system().scope(Permission::CallbacksRead).unwrap();
    let mut walked: BTreeSet<String> = walk(&t, &scope, &there)
        .await
        .into_keys()
        .map(str::to_owned)
        .collect();
    walked.extend(OF_THE_COMPANY.map(str::to_owned));
    let mut scoped = BTreeSet::new();
    let mut folders =
        vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../store/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(path).unwrap();
                for function in text.split("pub async fn ").skip(1) {
                    let (name, rest) = function.split_once('(').unwrap();
                    let signature = rest.split(") ->").next().unwrap_or_default();
                    if signature.contains("scope: &Scope") {
                        scoped.insert(name.split('<').next().unwrap().to_owned());
                    }
                }
            }
        }
    }
    let missing: Vec<_> = scoped.difference(&walked).collect();
    assert!(
        missing.is_empty(),
        "not walked by crates/app/tests/it/scope.rs: {missing:?}"
    );
}

fn not_found<T: std::fmt::Debug>(what: &str, result: app::Result<T>) {
    assert!(
        matches!(result, Err(Error::NotFound | Error::Denied(_))),
        "{what}: {result:?}"
    );
}

/// SEC-02: no use case reaches another branch's record, whoever of the branch tries.
#[rstest]
#[tokio::test]
async fn no_use_case_reaches_another_branch(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, _, there) = begin(engine).await;
    let p = t.people();
    let before = t
        .database
        .column("SELECT CAST(version AS TEXT) FROM callbacks ORDER BY id")
        .await;
    for actor in [&p.leader_cq, &p.caller_cq, &p.operations_cq, &p.sales_cq] {
        let (app, now) = (&t.app, t.now);
        let (id, ticket) = (there.next, there.ticket);
        not_found("callback_page", callback_page(app, actor, id).await);
        not_found("call_page", call_page(app, actor, now, id, "x").await);
        not_found("explain", explain(app, actor, &there.obligation).await);
        not_found("ticket_page", ticket_page(app, actor, ticket).await);
        not_found(
            "open_recording",
            open_recording(app, actor, now, there.recording).await,
        );
        not_found("start", t.start(actor, now, id).await);
        not_found(
            "answer",
            t.answer(actor, now, id, "identity_name", "affirm").await,
        );
        not_found("finish", t.finish(actor, now, id, "no_answer").await);
        not_found("record", t.record(actor, now, id).await);
        not_found(
            "add_link",
            add_link(app, actor, now, id, "https://x/y").await,
        );
        not_found("unassign", unassign(app, actor, now, id).await);
        let cancel = Decision {
            kind: "cancel".into(),
            reason: "x".into(),
            ..Default::default()
        };
        not_found("decide", decide(app, actor, now, id, &cancel).await);
        for step in ["issue", "accept", "judge_valid", "close"] {
            not_found(step, t.step(actor, now, ticket, step, "x").await);
        }
        not_found(
            "evidence",
            t.evidence(actor, now, ticket, EvidenceKind::Recording)
                .await,
        );
        let by_unit = ListQuery {
            org: "37".into(),
            ..Default::default()
        };
        assert_eq!(
            invalid(list_callbacks(app, actor, now, &by_unit).await)[0].0,
            "org"
        );
        let by_unit = TicketQuery {
            org: "37".into(),
            ..Default::default()
        };
        assert_eq!(
            invalid(list_tickets(app, actor, now, &by_unit).await)[0].0,
            "org"
        );
        let by_caller = ListQuery {
            assignee: there.caller.0.to_string(),
            ..Default::default()
        };
        assert_eq!(
            list_callbacks(app, actor, now, &by_caller)
                .await
                .unwrap()
                .count,
            0
        );
        let bench = format!("{:?}", workbench(app, actor, now).await.unwrap());
        assert!(
            !bench.contains("G37") && !bench.contains("caller sd"),
            "the workbench of {}",
            actor.name
        );
    }
    let target = AssignTarget::Ids(vec![there.next]);
    let report = assign(&t.app, &p.leader_cq, t.now, &target, p.caller_cq.user())
        .await
        .unwrap();
    assert_eq!(report.assigned, 0);
    let callers = callbacks::list_callers(&t.app, &p.leader_cq).await.unwrap();
    assert!(
        callers
            .iter()
            .all(|c| c.user.org_path.as_str().starts_with("/000/50/"))
    );
    let after = t
        .database
        .column("SELECT CAST(version AS TEXT) FROM callbacks ORDER BY id")
        .await;
    assert_eq!(before, after, "nothing was changed");
}
