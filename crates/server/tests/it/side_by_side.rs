//! Several programs at once on one PostgreSQL database, as separate processes: what they make together is what one
//! makes alone.

use crate::killed::{CUSTOMERS, large, state};
use crate::program::{huifang, run};
use tempfile::TempDir;
use testkit::{Engine, TestDatabase};

/// Programs that plan at the same time.
const PROGRAMS: usize = 3;

/// What a planner says it made.
fn created(said: &str) -> u64 {
    let (_, rest) = said.split_once("created ").unwrap();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

/// Every obligation, callback and exclusion once, each number once, nothing left in the queue; every program
/// ends well, and more than one had a share.
#[tokio::test]
async fn programs_that_plan_at_once_make_what_one_makes() {
    let folder = TempDir::new().unwrap();
    large().write_to(folder.path());
    let plan = ["plan", "--since", "2024-01-01", "--as-of", "2024-03-05"];
    let alone = TestDatabase::create(Engine::Postgres).await;
    run(&alone, folder.path(), &["import", "all", "."]);
    run(&alone, folder.path(), &plan);
    let expected = state(&alone).await;
    assert!(expected.len() > 5 * CUSTOMERS as usize);
    let together = TestDatabase::create(Engine::Postgres).await;
    run(&together, folder.path(), &["import", "all", "."]);
    let start = || huifang(&together, folder.path(), &plan).spawn().unwrap();
    let programs: Vec<_> = (0..PROGRAMS).map(|_| start()).collect();
    let mut shares = Vec::new();
    for program in programs {
        let output = program.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let noted = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}{noted}");
        shares.push(created(&said));
    }
    let found = state(&together).await;
    let different = found.iter().zip(&expected).find(|(a, b)| a != b);
    assert_eq!(different, None);
    assert_eq!(found.len(), expected.len());
    assert!(shares.iter().filter(|n| **n > 0).count() > 1, "{shares:?}");
}
