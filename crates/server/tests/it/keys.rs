//! Keys from the shell, killed and started again.

use crate::program::{huifang, run};
use rstest::rstest;
use std::time::Duration;
use tempfile::TempDir;
use testkit::{Engine, Portfolio, Table, TestDatabase, row};

/// Customers, enough for many chunks.
const CUSTOMERS: u32 = 6_000;

/// Enough customers that exchanging their keys takes a while, and nothing else.
fn many_customers() -> Portfolio {
    let mut portfolio = Portfolio::small();
    portfolio.customers = Table::new((0..CUSTOMERS).map(|n| {
        row([
            ("customer_no", format!("K{n:05}").as_str()),
            ("kind", "individual"),
            ("name", "欧阳文静"),
            ("mobile", &format!("137{n:08}")),
            ("address", "重庆市渝中区人民路 1 号"),
            ("org_code", "5001"),
        ])
    }));
    for table in [
        &mut portfolio.contacts,
        &mut portfolio.policies,
        &mut portfolio.events,
    ] {
        *table = Table::default();
    }
    portfolio
}

/// SIGKILL in the middle of a rotation, several times; then once more: everything is under the new key,
/// nothing is lost, and nothing lies in the clear.
#[rstest]
#[tokio::test]
async fn a_rotation_survives_sigkill(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let folder = TempDir::new().unwrap();
    many_customers().write_to(folder.path());
    let database = TestDatabase::create(engine).await;
    run(&database, folder.path(), &["import", "all", "."]);
    let rotate = ["keys", "rotate", "--reason", "test"];
    let stale = "SELECT COUNT(*) FROM customers WHERE substr(mobile, 1, 3) = ";
    let old = match engine {
        Engine::Sqlite => format!("{stale}x'010001'"),
        Engine::Postgres => format!("{stale}'\\x010001'::bytea"),
    };
    let mut interrupted = 0;
    // Later and later: how long a busy machine takes to begin nobody knows.
    for n in 1..=20 {
        if interrupted > 0 && n > 6 {
            break;
        }
        let mut child = huifang(&database, folder.path(), &rotate).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(150) * n);
        child.kill().unwrap();
        child.wait().unwrap();
        let left = database.number(&old).await;
        interrupted += u32::from(left > 0 && left < i64::from(CUSTOMERS));
        // As if the lease of who was killed had ended.
        database
            .execute("UPDATE jobs SET lease_until = 0 WHERE state = 'running'")
            .await;
    }
    assert!(interrupted >= 1, "no kill hit the middle");
    run(&database, folder.path(), &rotate);
    assert_eq!(database.number(&old).await, 0);
    assert_eq!(
        database.number("SELECT COUNT(*) FROM customers").await,
        i64::from(CUSTOMERS)
    );
    let status = run(&database, folder.path(), &["keys", "status"]);
    assert!(status.contains("seal\t2\tAES-256-GCM\tin use"), "{status}");
    assert!(
        status.contains("seal\t1\tAES-256-GCM\tolder\t0\t"),
        "{status}"
    );
    let proof = ["keys", "prove", "--customer", "K00042"];
    let said = run(&database, folder.path(), &proof);
    assert!(said.contains(": 0 found in "), "{said}");
    database
        .execute("INSERT INTO settings (key, value, updated_at) VALUES ('note', '13700000042', 1)")
        .await;
    let output = huifang(&database, folder.path(), &proof).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("FOUND\tsettings.value\tcustomers.mobile as utf-8"),
        "{said}"
    );
}

/// A database of the national algorithms from its beginning, and another master key.
#[tokio::test]
async fn the_configuration_names_the_algorithms() {
    let folder = TempDir::new().unwrap();
    let database = TestDatabase::create(Engine::Sqlite).await;
    std::fs::write(folder.path().join("huifang.toml"), "cipher = \"sm4-gcm\"\n").unwrap();
    let status = run(&database, folder.path(), &["keys", "status"]);
    assert!(status.contains("seal\t1\tSM4-GCM\tin use"), "{status}");
    assert!(status.contains("index\t1\tHMAC-SM3\tin use"), "{status}");
    run(
        &database,
        folder.path(),
        &["keys", "rewrap", "--new-master-key-file", "new.key"],
    );
    let former = huifang(&database, folder.path(), &["keys", "status"])
        .output()
        .unwrap();
    assert_eq!(former.status.code(), Some(1));
    let said = String::from_utf8_lossy(&former.stderr);
    assert!(said.contains("master key does not fit"), "{said}");
    std::fs::write(
        folder.path().join("huifang.toml"),
        "cipher = \"sm4-gcm\"\nmaster_key_file = \"new.key\"\n",
    )
    .unwrap();
    let with_new = huifang(&database, folder.path(), &["keys", "status"])
        .env_remove("HUIFANG_MASTER_KEY")
        .output()
        .unwrap();
    assert!(with_new.status.success());
    std::fs::write(folder.path().join("huifang.toml"), "cipher = \"des\"\n").unwrap();
    let unknown = huifang(&database, folder.path(), &["keys", "status"])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("sm4-gcm"));
}
