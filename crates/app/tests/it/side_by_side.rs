//! Two servers side by side on one PostgreSQL database make the same morning at the same time: nothing is done
//! twice, nothing is left out. Each test also shows that both servers had a share in the work.

use crate::messaging::want;
use app::App;
use app::callbacks::{AssignTarget, ListQuery, StartForm, assign, start_attempt};
use app::electronic::{OfferTarget, offer_many};
use app::exports::{ExportFormat, ExportKind, ExportQuery};
use app::jobs::{run_due, start_export};
use app::letters::{BatchForm, start_batch};
use app::messaging::send_due;
use app::obligations::{PlanReport, PlanRequest, plan};
use domain::access::Actor;
use domain::callbacks::CallbackState;
use domain::ids::CallbackId;
use domain::time::Instant;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use testkit::{Engine, Portfolio, Sink, TestApp, resident_id, row};
use tokio::sync::Barrier;

/// Customers besides those of the small portfolio, each with a policy in its cooling-off period.
const MORE: u32 = 90;

fn portfolio() -> Portfolio {
    let mut portfolio = Portfolio::small();
    for n in 0..MORE {
        let customer = format!("C{n:03}");
        portfolio.customers.add(row([
            ("customer_no", &customer),
            ("kind", "individual"),
            ("name", "周敏"),
            ("sex", if n % 2 == 1 { "male" } else { "female" }),
            ("birth_date", "1980-05-06"),
            ("id_type", "resident_id"),
            ("id_no", &resident_id("500103", "19800506", n)),
            ("mobile", &format!("138{n:08}")),
            ("address", "人民路 1 号"),
            ("org_code", "5001"),
        ]));
        portfolio.policies.add(Portfolio::life_policy(
            &format!("P{n:03}"),
            &customer,
            "5001",
            "A5002",
            "2024-02-26",
            "2024-03-01",
        ));
    }
    portfolio
}

/// What a server does for its share.
async fn both<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    servers: [&App; 2],
    work: impl Fn(usize, App) -> F,
) -> [T; 2] {
    let start = Arc::new(Barrier::new(2));
    let go = |at: usize| {
        let (start, work) = (Arc::clone(&start), work(at, servers[at].clone()));
        tokio::spawn(async move {
            start.wait().await;
            work.await
        })
    };
    let (first, second) = (go(0), go(1));
    [first.await.unwrap(), second.await.unwrap()]
}

async fn plan_here(app: App, now: Instant) -> PlanReport {
    let shell = Actor::shell("tests");
    plan(&app, &shell, now, PlanRequest::default(), &|_| {})
        .await
        .unwrap()
}

const OWED: &str = "SELECT g.programme || ' ' || COALESCE(p.policy_no, '-') || ' ' || c.customer_no || ' ' \
     || COALESCE(CAST(g.due_on AS TEXT), '-') || ' ' || COALESCE(b.state, '-') \
     FROM obligations g JOIN customers c ON c.id = g.customer_id LEFT JOIN policies p ON p.id = g.policy_id \
     LEFT JOIN callbacks b ON b.obligation_id = g.id ORDER BY 1";

/// Both plan at once: the obligations and callbacks are those of one server, each once, each with a number of
/// its own, and nothing is left in the queue.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn obligations_are_made_once() {
    let alone = TestApp::with(Engine::Postgres, &portfolio()).await;
    let expected = alone.database.column(OWED).await;
    assert!(expected.len() > 3 * MORE as usize);
    let t = TestApp::empty(Engine::Postgres).await;
    t.import_all(&portfolio()).await;
    let (other, now) = (t.restart().await, t.now);
    let reports = both([&t.app, &other], |_, app| plan_here(app, now)).await;
    assert_eq!(t.database.column(OWED).await, expected);
    let created: i64 = reports.iter().map(|r| r.sums.created).sum();
    assert_eq!(usize::try_from(created).unwrap(), expected.len());
    let twice = "SELECT COUNT(*) FROM (SELECT number FROM obligations UNION ALL SELECT number FROM callbacks) n \
                 GROUP BY number HAVING COUNT(*) > 1";
    assert!(
        t.database
            .column(&format!("SELECT 'x' FROM ({twice}) t"))
            .await
            .is_empty()
    );
    let left = "SELECT COUNT(*) FROM plan_queue WHERE wake_on IS NULL";
    assert_eq!(t.database.number(left).await, 0);
    let again = both([&t.app, &other], |_, app| plan_here(app, now)).await;
    assert!(
        again
            .iter()
            .all(|r| r.sums.created == 0 && r.sums.redated == 0)
    );
}

async fn callbacks(t: &TestApp, programme: &str) -> Vec<CallbackId> {
    let sql = format!(
        "SELECT CAST(b.id AS TEXT) FROM callbacks b JOIN policies p ON p.id = b.policy_id \
         WHERE b.programme = '{programme}' AND p.policy_no LIKE 'P0%' ORDER BY 1"
    );
    let ids = t.database.column(&sql).await;
    ids.iter()
        .map(|id| CallbackId(id.parse().unwrap()))
        .collect()
}

/// Two leaders spread the same list at once: each callback lies on one list, and was put there once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_callback_is_given_once() {
    let t = TestApp::with(Engine::Postgres, &portfolio()).await;
    let other = t.restart().await;
    let (now, leader) = (t.now, t.people().leader_cq.clone());
    let query = ListQuery {
        programme: "NB-CQ".into(),
        view: "unassigned".into(),
        ..ListQuery::default()
    };
    let given = both([&t.app, &other], |_, app| {
        let (leader, target) = (leader.clone(), AssignTarget::Filter(query.clone()));
        async move { assign(&app, &leader, now, &target, None).await.unwrap() }
    })
    .await;
    let total = t
        .database
        .number(
            "SELECT COUNT(*) FROM callbacks WHERE programme = 'NB-CQ' AND assignee_id IS NOT NULL",
        )
        .await;
    let assigned: usize = given.iter().map(|r| r.assigned).sum();
    assert!(total >= i64::from(MORE));
    assert_eq!(i64::try_from(assigned).unwrap(), total, "{given:?}");
    let steps = "SELECT 'x' FROM callback_entries WHERE command = 'assign' GROUP BY callback_id HAVING COUNT(*) > 1";
    assert!(t.database.column(steps).await.is_empty());
}

/// The same caller goes on at two windows, each at its own server: a customer is called once, and both windows
/// are in the same call.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_customer_is_called_once() {
    let t = TestApp::with(Engine::Postgres, &portfolio()).await;
    let other = t.restart().await;
    let (now, caller) = (t.now, t.people().caller_cq.clone());
    let ids = callbacks(&t, "NB-CQ").await;
    let target = AssignTarget::Ids(ids.clone());
    assign(&t.app, &t.people().leader_cq, now, &target, caller.user())
        .await
        .unwrap();
    let begun = both([&t.app, &other], |_, app| {
        let (caller, ids) = (caller.clone(), ids.clone());
        async move {
            let mut begun = BTreeSet::new();
            for id in ids {
                let form = StartForm {
                    channel: String::new(),
                };
                let attempt = start_attempt(&app, &caller, now, id, &form).await;
                begun.extend(attempt.ok().map(|a| a.0));
            }
            begun
        }
    })
    .await;
    let attempts: BTreeSet<_> = begun.iter().flatten().collect();
    assert_eq!(attempts.len(), MORE as usize);
    let stored = "SELECT COUNT(*) FROM attempts";
    assert_eq!(t.database.number(stored).await, i64::from(MORE));
    let twice = "SELECT 'x' FROM attempts GROUP BY callback_id HAVING COUNT(*) > 1";
    assert!(t.database.column(twice).await.is_empty());
}

/// Both work off the outbox: each message is handed over once, and the caps hold although two greetings of a
/// customer may be taken at the same moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_message_goes_out_once() {
    let mut t = TestApp::with(Engine::Postgres, &portfolio()).await;
    let sinks = [Sink::default(), Sink::default()];
    t.app = t.app.clone().with_outlets(sinks[0].outlets());
    let other = t.restart().await.with_outlets(sinks[1].outlets());
    let now = t.now;
    for n in 0..40 {
        want(&t, now, &format!("C{:03}", 40 + n), "renewal_due").await;
        // Two greetings of one customer lie beside each other in the outbox.
        for _ in 0..2 {
            want(&t, now, &format!("C{n:03}"), "birthday").await;
        }
    }
    both([&t.app, &other], |_, app| async move {
        while send_due(&app, &move || now).await.unwrap() > 0 {}
    })
    .await;
    let handed: Vec<_> = sinks.iter().flat_map(Sink::handed).collect();
    let keys: BTreeSet<_> = handed.iter().map(|o| o.key.clone()).collect();
    assert_eq!(keys.len(), handed.len(), "a message went out twice");
    assert!(sinks.iter().all(|s| !s.handed().is_empty()), "one slept");
    let sent = async |template: &str| {
        let sql = format!(
            "SELECT c.customer_no FROM messages m JOIN customers c ON c.id = m.customer_id \
             JOIN message_templates x ON x.id = m.template_id \
             WHERE m.state = 'sent' AND x.code = '{template}'"
        );
        let mut counts = BTreeMap::<String, u32>::new();
        for customer in t.database.column(&sql).await {
            *counts.entry(customer).or_default() += 1;
        }
        counts
    };
    let duties = sent("renewal_due").await;
    assert_eq!(duties.values().sum::<u32>(), 40);
    let greetings = sent("birthday").await;
    assert_eq!(greetings.len(), 40);
    assert!(greetings.values().all(|n| *n == 1), "{greetings:?}");
}

/// Jobs: each is carried out once, by one server.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_job_is_done_once() {
    let t = TestApp::with(Engine::Postgres, &portfolio()).await;
    let other = t.restart().await;
    let (now, owner) = (t.now, &t.people().leader_cq);
    for _ in 0..16 {
        let query = ExportQuery::new(ExportKind::Callbacks, ExportFormat::Csv)
            .stating("policy_service", "");
        start_export(&t.app, owner, now, query).await.unwrap();
    }
    let done = both([&t.app, &other], |_, app| async move {
        run_due(&app, &move || now).await.unwrap()
    })
    .await;
    assert_eq!(done[0] + done[1], 16);
    assert!(done.iter().all(|n| *n > 0), "{done:?}");
    let once =
        "SELECT COUNT(*) FROM jobs WHERE kind = 'export' AND state = 'finished' AND attempts = 1";
    assert_eq!(t.database.number(once).await, 16);
}

/// Two batches of letters for the same policies, each printed by its own server: a policy gets one letter.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_policy_gets_one_letter() {
    let t = TestApp::with(Engine::Postgres, &portfolio()).await;
    let other = t.restart().await;
    let (now, manager) = (t.now, &t.people().manager);
    let form = BatchForm {
        programme: "NB-T10".into(),
        ..BatchForm::default()
    };
    for _ in 0..2 {
        start_batch(&t.app, manager, now, &form).await.unwrap();
    }
    both([&t.app, &other], |_, app| async move {
        run_due(&app, &move || now).await.unwrap()
    })
    .await;
    let twice = "SELECT 'x' FROM letters GROUP BY callback_id HAVING COUNT(*) > 1";
    assert!(t.database.column(twice).await.is_empty());
    let all = t.database.number("SELECT COUNT(*) FROM letters").await;
    assert!(all >= i64::from(MORE), "{all}");
}

/// A customer submits at two windows: one submission counts, and the callback has one attempt.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_electronic_callback_is_submitted_once() {
    let t = TestApp::with(Engine::Postgres, &Portfolio::small()).await;
    let other = t.restart().await;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let (link, mut customer) = t.offer(&t.people().leader_cq, t.now, id).await;
    t.identify(t.now, link, &mut customer, &TestApp::zhou())
        .await;
    let now = t.answer_on_page(t.now, &customer, &[]).await;
    let form = t.submission(now, &customer).await;
    let came = both([&t.app, &other], |_, app| {
        let customer = customer.clone();
        async move { app::electronic::submit(&app, now, &customer, form).await }
    })
    .await;
    assert_eq!(came.iter().filter(|c| c.is_ok()).count(), 1, "{came:?}");
    assert_eq!(t.look(id).await.state, CallbackState::Completed);
    assert_eq!(t.database.number("SELECT COUNT(*) FROM attempts").await, 1);
}

/// Two leaders send links to the same customers at once: each has one that is good, and one message.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_customer_gets_one_link() {
    let t = TestApp::with(Engine::Postgres, &portfolio()).await;
    let other = t.restart().await;
    let (now, leader) = (t.now, t.people().leader_cq.clone());
    let ids = callbacks(&t, "NB-CQ").await;
    let sent = both([&t.app, &other], |at, app| {
        let (leader, mut ids) = (leader.clone(), ids.clone());
        // They meet in the middle.
        if at == 1 {
            ids.reverse();
        }
        let target = OfferTarget::Ids(ids);
        async move { offer_many(&app, &leader, now, &target).await.unwrap() }
    })
    .await;
    let links: usize = sent.iter().map(|r| r.sent).sum();
    assert_eq!(links, MORE as usize, "{sent:?}");
    assert!(sent.iter().all(|r| r.sent > 0), "{sent:?}");
    let twice = "SELECT 'x' FROM electronic_links GROUP BY callback_id HAVING COUNT(*) > 1";
    assert!(t.database.column(twice).await.is_empty());
    let messages = "SELECT COUNT(*) FROM messages";
    assert_eq!(t.database.number(messages).await, i64::from(MORE));
}
