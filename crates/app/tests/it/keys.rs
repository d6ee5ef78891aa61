//! Keys are exchanged while people work, in the face of kills, and old ones are destroyed at the end.

use app::customers::{ContactForm, change_contact, search};
use app::jobs::run_due;
use app::keys::{RotationForm, rewrap, rotate, status};
use app::{App, Error};
use chrono::Duration;
use domain::access::Actor;
use domain::imports::ImportKind;
use domain::jobs::{JobState, lease};
use domain::time::Instant;
use rstest::rstest;
use store::AuditEntry;
use store::jobs::{JobProgress, keep_job, take_job};
use store::sealing::renew::{Cursor, count_sealed, count_stale_rows, renew_chunk};
use store::sealing::{MasterKey, Suite};
use testkit::{Engine, Portfolio, Table, TestApp, invalid, refused, row};

fn shell() -> Actor {
    Actor::shell("tests")
}

fn order(what: &str) -> RotationForm {
    RotationForm {
        what: what.into(),
        reason: "每年更换".into(),
        confirmation: what.into(),
    }
}

async fn run(app: &App, now: Instant) -> usize {
    let app = app.clone();
    tokio::spawn(async move { run_due(&app, &move || now).await })
        .await
        .unwrap()
        .unwrap()
}

/// Later than an older key is destroyed.
fn later(t: &TestApp) -> Instant {
    t.now + Duration::minutes(11)
}

fn mobile(n: u32) -> String {
    format!("139{n:08}")
}

/// Customers enough for several chunks.
async fn with_many(engine: Engine, count: u32) -> TestApp {
    let t = TestApp::with_portfolio(engine).await;
    let customer = |n: u32| {
        row([
            ("customer_no", format!("M{n:05}").as_str()),
            ("kind", "individual"),
            ("name", "周敏"),
            ("mobile", &mobile(n)),
            ("address", "人民路 1 号"),
            ("org_code", "5001"),
        ])
    };
    let table = Table::new((0..count).map(customer));
    let report = t.import(ImportKind::Customers, &table).await;
    assert_eq!(report.tally.created, u64::from(count));
    t
}

async fn finds(app: &App, t: &TestApp, term: &str) -> usize {
    let found = search(app, &shell(), t.now, term).await.unwrap();
    found.customers.len()
}

async fn change_mobile(app: &App, now: Instant, number: &str, new: &str) -> app::Result<()> {
    let scope = shell().scope(domain::access::Permission::CustomersEdit)?;
    let found = store::customers::find_customer_by_number(app.store(), &scope, number).await?;
    let form = ContactForm {
        mobile: new.into(),
        reason: "客户来电".into(),
        version: found.unwrap().version,
        ..ContactForm::default()
    };
    change_contact(app, &shell(), now, number, &form).await
}

/// Values under each key that seals.
async fn counts(t: &TestApp) -> Vec<(i64, u64)> {
    let counts = count_sealed(t.app.store()).await.unwrap();
    counts.0.into_iter().collect()
}

/// SEC-04: a new key seals at once on every server, everything is brought to it while customers are
/// edited on two servers and a file is imported; nothing is lost; then the old key is destroyed.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_keys_are_exchanged_while_people_write(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = with_many(engine, 1_300).await;
    let other = t.restart().await;
    let before = counts(&t).await;
    assert_eq!(before.len(), 1);
    rotate(&t.app, &shell(), t.now, &order("data"))
        .await
        .unwrap();
    let twice = rotate(&t.app, &shell(), t.now, &order("data")).await;
    assert_eq!(refused(twice), "keys-rotating");
    let writers: Vec<_> = [t.app.clone(), other.clone()]
        .into_iter()
        .enumerate()
        .map(|(server, app)| {
            let now = t.now;
            tokio::spawn(async move {
                for n in 0..60_u32 {
                    let customer = n * 2 + u32::try_from(server).unwrap();
                    let number = format!("M{:05}", customer * 10);
                    let new = mobile(50_000 + customer);
                    change_mobile(&app, now, &number, &new).await.unwrap();
                }
            })
        })
        .collect();
    let (app, now) = (t.app.clone(), t.now);
    let rotating = tokio::spawn(async move { run_due(&app, &move || now).await });
    let file = Table::new((0..600).map(|n| {
        row([
            ("customer_no", format!("M{:05}", n * 2 + 1).as_str()),
            ("kind", "individual"),
            ("name", "周慧"),
            ("org_code", "5001"),
        ])
    }));
    t.import(ImportKind::Customers, &file).await;
    for writer in writers {
        writer.await.unwrap();
    }
    rotating.await.unwrap().unwrap();
    assert_eq!(count_stale_rows(t.app.store()).await.unwrap(), 0);
    let after = counts(&t).await;
    assert_eq!(after.iter().map(|(v, _)| *v).collect::<Vec<_>>(), [2]);
    assert!(after[0].1 > before[0].1, "{before:?} {after:?}");
    for n in [0, 1, 59, 119] {
        for app in [&t.app, &other] {
            assert_eq!(finds(app, &t, &mobile(50_000 + n)).await, 1, "{n}");
            assert_eq!(finds(app, &t, &mobile(n * 10)).await, 0, "{n}");
        }
    }
    assert_eq!(finds(&other, &t, &mobile(777)).await, 1);
    // The old key is still there for whoever began before; then it goes.
    assert_eq!(t.audited("keys.destroyed").await, 0);
    assert_eq!(run(&other, later(&t)).await, 1);
    assert_eq!(t.audited("keys.destroyed").await, 1);
    let gone = "SELECT COUNT(*) FROM encryption_keys WHERE destroyed_at IS NOT NULL AND length(wrapped) = 0";
    assert_eq!(t.database.number(gone).await, 1);
    assert_eq!(finds(&t.app, &t, &mobile(777)).await, 1);
    assert_eq!(t.restart().await.store().backend(), t.app.store().backend());
}

/// A search by number or by its last digits finds a customer before, while and after indexes are
/// rebuilt, on servers that have not heard of it yet too.
#[rstest]
#[tokio::test]
async fn search_finds_while_indexes_are_rebuilt(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = with_many(engine, 1_100).await;
    let other = t.restart().await;
    let terms: Vec<_> = [0, 499, 500, 1_099].map(mobile).into();
    let all_found = async |when: &str| {
        for app in [&t.app, &other] {
            for term in &terms {
                assert_eq!(finds(app, &t, term).await, 1, "{when}: {term}");
                assert_eq!(
                    finds(app, &t, &term[7..]).await,
                    1,
                    "{when}: tail of {term}"
                );
            }
        }
    };
    all_found("before").await;
    rotate(&t.app, &shell(), t.now, &order("index"))
        .await
        .unwrap();
    all_found("a new key").await;
    let mut bulk = t.app.store().bulk(t.now, false).await.unwrap();
    let done = renew_chunk(&mut bulk, &Cursor::start(), true)
        .await
        .unwrap();
    assert_eq!((done.read, done.renewed), (500, 500));
    drop(bulk);
    all_found("half-way").await;
    change_mobile(&other, t.now, "M00001", "13700000001")
        .await
        .unwrap();
    run(&t.app, t.now).await;
    all_found("rebuilt").await;
    assert_eq!(run(&t.app, later(&t)).await, 1);
    all_found("the old key is gone").await;
    assert_eq!(finds(&t.app, &t, "13700000001").await, 1);
    let keys = status(&t.app, &shell(), false).await.unwrap().keys;
    let live: Vec<_> = keys
        .iter()
        .filter(|k| k.key.purpose == "index" && k.key.destroyed_at.is_none())
        .map(|k| k.key.version)
        .collect();
    assert_eq!(live, [2]);
    // A file that says nothing new still changes nothing.
    let again = Portfolio::small().customers;
    let report = t.import(ImportKind::Customers, &again).await;
    assert_eq!(report.tally.updated, 0, "{report:?}");
}

/// A server is killed in the middle: another one goes on from the place that was written down.
#[rstest]
#[tokio::test]
async fn a_killed_rotation_goes_on(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = with_many(engine, 1_300).await;
    let id = rotate(&t.app, &shell(), t.now, &order("data"))
        .await
        .unwrap();
    let work = t.app.store().begin(t.now).await.unwrap();
    let taken = take_job(&work, t.now + lease()).await.unwrap().unwrap();
    assert_eq!(taken.id, id);
    let entry = || AuditEntry::new(&Actor::system(), "test.done", "job", id);
    work.commit(entry()).await.unwrap();
    // One chunk is done and written down, one is done and not; then the server is gone.
    let mut bulk = t.app.store().bulk(t.now, false).await.unwrap();
    let first = renew_chunk(&mut bulk, &Cursor::start(), true)
        .await
        .unwrap();
    let next = first.next.unwrap();
    let place = serde_json::json!({ "table": next.table.name, "after": next.after });
    let progress = JobProgress {
        done: 500,
        total: Some(1_306),
        result: Some(place.to_string()),
    };
    let work = t.app.store().begin(t.now).await.unwrap();
    keep_job(&work, &taken, &progress, t.now + lease())
        .await
        .unwrap();
    work.commit(entry()).await.unwrap();
    renew_chunk(&mut bulk, &next, true).await.unwrap();
    drop(bulk);
    assert!(counts(&t).await.len() == 2);
    assert_eq!(run(&t.app, t.now + Duration::minutes(1)).await, 0);
    let other = t.restart().await;
    run(&other, t.now + lease()).await;
    assert_eq!(count_stale_rows(other.store()).await.unwrap(), 0);
    let job = store::jobs::find_job(other.store(), id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((job.state, job.attempts), (JobState::Finished, 2));
    let chunks = t.audited("keys.renewed").await;
    let repeated = t
        .database
        .column("SELECT detail FROM audit_entries WHERE action = 'keys.renewed' AND detail LIKE '%customers%'")
        .await;
    assert!(chunks >= 3 && repeated.len() == 3, "{repeated:?}");
    for n in [0, 600, 1_299] {
        assert_eq!(finds(&other, &t, &mobile(n)).await, 1);
    }
}

/// The other family of algorithms, while the database is in use, and back.
#[rstest]
#[tokio::test]
async fn the_suite_is_changed(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let same = rotate(&t.app, &shell(), t.now, &order("suite")).await;
    assert_eq!(refused(same), "keys-suite");
    let national = t.restart_with(Suite::Sm).await;
    rotate(&national, &shell(), t.now, &order("suite"))
        .await
        .unwrap();
    assert_eq!(finds(&t.app, &t, "13800500001").await, 1);
    run(&national, t.now).await;
    run(&national, later(&t)).await;
    let state = status(&national, &shell(), true).await.unwrap();
    assert!(state.is_of_suite);
    let live: Vec<_> = state
        .keys
        .iter()
        .filter(|k| k.key.destroyed_at.is_none())
        .map(|k| (k.key.purpose.as_str(), k.key.algorithm.as_str()))
        .collect();
    let expected = [
        ("seal", "SM4-GCM"),
        ("index", "HMAC-SM3"),
        ("audit", "HMAC-SHA-256"),
    ];
    assert_eq!(live, expected);
    assert!(state.keys[0].values.unwrap() > 10);
    assert_eq!(finds(&t.app, &t, "13800500001").await, 1);
    rotate(&t.app, &shell(), later(&t), &order("suite"))
        .await
        .unwrap();
    run(&t.app, later(&t)).await;
    assert_eq!(finds(&national, &t, "13800500001").await, 1);
}

/// Who may not manage the system changes no key; an order says why and is confirmed.
#[rstest]
#[tokio::test]
async fn an_order_is_confirmed(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    for actor in [&p.manager, &p.compliance, &p.leader_cq] {
        let denied = rotate(&t.app, actor, t.now, &order("data")).await;
        assert!(matches!(denied, Err(Error::Denied(_))));
        assert!(matches!(
            status(&t.app, actor, false).await,
            Err(Error::Denied(_))
        ));
        let master = MasterKey::parse(&"5a".repeat(32)).unwrap();
        let denied = rewrap(&t.app, actor, t.now, &master).await;
        assert!(matches!(denied, Err(Error::Denied(_))));
    }
    let bad = [
        (
            "what",
            RotationForm {
                what: "audit".into(),
                ..order("data")
            },
        ),
        (
            "reason",
            RotationForm {
                reason: " ".into(),
                ..order("data")
            },
        ),
        (
            "confirmation",
            RotationForm {
                confirmation: String::new(),
                ..order("data")
            },
        ),
    ];
    for (field, form) in bad {
        let problems = invalid(rotate(&t.app, &p.administrator, t.now, &form).await);
        assert_eq!(problems[0].0, field);
    }
    rotate(&t.app, &p.administrator, t.now, &order("data"))
        .await
        .unwrap();
    let purpose = "SELECT purpose FROM audit_entries WHERE action = 'keys.rotated'";
    assert_eq!(t.database.column(purpose).await, ["每年更换"]);
}
