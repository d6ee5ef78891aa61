//! The importer and the planner may be killed at any moment: running them again leads to the same end.

use crate::program::{huifang, run};
use rstest::rstest;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use testkit::{Engine, Portfolio, Table, TestDatabase, resident_id, row};

/// Customers, each with a policy and an event: several chunks of every kind.
pub(crate) const CUSTOMERS: u32 = 4_500;
/// How often a command is killed before it is let run.
const KILLS: u32 = 8;
const SIGKILL: i32 = 9;

/// A portfolio of several chunks; some rows are wrong on purpose.
pub(crate) fn large() -> Portfolio {
    let mut portfolio = Portfolio::small();
    let (mut customers, mut policies, mut events) =
        (Table::default(), Table::default(), Table::default());
    for n in 0..CUSTOMERS {
        let customer = format!("C{n:05}");
        let id = resident_id("500103", "19800506", n % 1000);
        let mobile = if n % 500 == 7 {
            "12".to_owned()
        } else {
            format!("138{n:08}")
        };
        let sex = if n % 2 == 1 { "male" } else { "female" };
        customers.add(row([
            ("customer_no", &customer),
            ("kind", "individual"),
            ("name", "周敏"),
            ("sex", sex),
            ("id_type", "resident_id"),
            ("id_no", &id),
            ("mobile", &mobile),
            ("org_code", "5001"),
        ]));
        let policy = format!("P{n:05}");
        let signed = format!("2024-02-{:02}", 1 + n % 28);
        policies.add(Portfolio::life_policy(
            &policy,
            &customer,
            "5001",
            "A5001",
            "2024-01-31",
            &signed,
        ));
        events.add(row([
            ("event_id", &format!("E{n:05}")),
            (
                "type",
                if n % 10 == 0 {
                    "cooling_off_cancelled"
                } else {
                    "policy_changed"
                },
            ),
            ("occurred_at", "2024-02-29T10:00:00+08:00"),
            ("policy_no", &policy),
        ]));
    }
    portfolio.customers = customers;
    portfolio.contacts = Table::default();
    portfolio.policies = policies;
    portfolio.events = events;
    portfolio
}

/// What must not depend on how often the commands were killed: ids, moments and numbers aside, every
/// row and how the rows hang together.
pub(crate) async fn state(database: &TestDatabase) -> Vec<String> {
    let mut lines = Vec::new();
    for sql in [
        "SELECT 'customer ' || c.customer_no || ' ' || o.org_code FROM customers c JOIN orgs o ON o.id = c.org_id",
        "SELECT 'policy ' || p.policy_no || ' ' || c.customer_no || ' ' || CAST(p.ack_signed_on AS TEXT) \
         FROM policies p JOIN customers c ON c.id = p.policyholder_id",
        "SELECT 'receipt ' || p.policy_no || ' ' || CAST(r.signed_on AS TEXT) \
         FROM receipts r JOIN policies p ON p.id = r.policy_id",
        "SELECT 'event ' || e.event_id || ' ' || e.type || ' ' || p.policy_no \
         FROM events e JOIN policies p ON p.id = e.policy_id",
        "SELECT 'obligation ' || g.programme || ' ' || p.policy_no || ' ' || g.status || ' ' \
         || COALESCE(CAST(g.due_on AS TEXT), '-') || ' ' || b.state \
         FROM obligations g JOIN policies p ON p.id = g.policy_id JOIN callbacks b ON b.obligation_id = g.id",
        "SELECT 'exclusion ' || e.programme || ' ' || p.policy_no || ' ' || e.reason_code \
         FROM exclusions e JOIN policies p ON p.id = e.policy_id",
        "SELECT 'left over ' || kind FROM plan_queue WHERE wake_on IS NULL",
        "SELECT 'orphan' FROM callbacks WHERE obligation_id NOT IN (SELECT id FROM obligations)",
        "SELECT 'number given twice' FROM callbacks GROUP BY number HAVING COUNT(*) > 1",
    ] {
        let mut found = database.column(sql).await;
        found.sort();
        lines.extend(found);
    }
    lines
}

/// Runs a command again and again, killing it a little later each time, then lets it end. Gives how
/// often it was hit before its end.
fn run_with_kills(
    database: &TestDatabase,
    folder: &Path,
    arguments: &[&str],
    step: Duration,
) -> u32 {
    let mut hits = 0;
    for n in 1..=KILLS {
        let mut child = huifang(database, folder, arguments).spawn().unwrap();
        std::thread::sleep(step * n);
        child.kill().unwrap();
        let status = child.wait().unwrap();
        hits += u32::from(status.signal() == Some(SIGKILL));
    }
    run(database, folder, arguments);
    hits
}

/// Contracts §2, CBK-15: SIGKILL at any moment, then once more: the end is that of an undisturbed run.
#[rstest]
#[tokio::test]
async fn import_and_plan_survive_sigkill(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let folder = TempDir::new().unwrap();
    large().write_to(folder.path());
    let plan = ["plan", "--since", "2024-01-01", "--as-of", "2024-03-05"];
    let undisturbed = TestDatabase::create(engine).await;
    run(&undisturbed, folder.path(), &["import", "all", "."]);
    run(&undisturbed, folder.path(), &plan);
    let expected = state(&undisturbed).await;
    assert!(expected.len() > 5 * CUSTOMERS as usize);
    let killed = TestDatabase::create(engine).await;
    // Migrations first, so that the kills hit the work itself.
    run(
        &killed,
        folder.path(),
        &["export", "customers", "--out", "nothing.csv"],
    );
    let step = Duration::from_millis(90);
    let import = run_with_kills(&killed, folder.path(), &["import", "all", "."], step);
    let planning = run_with_kills(&killed, folder.path(), &plan, step);
    assert!(
        import >= 2 && planning >= 2,
        "hit {import} and {planning} times"
    );
    let found = state(&killed).await;
    assert_eq!(found.len(), expected.len());
    let different = found.iter().zip(&expected).find(|(a, b)| a != b);
    assert_eq!(different, None);
    // And once more changes nothing.
    let again = run(&killed, folder.path(), &plan);
    assert!(
        again.contains("created 0, redated 0, cancelled 0"),
        "{again}"
    );
}
