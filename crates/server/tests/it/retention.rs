//! Retention from the shell, as a timer of the machine runs it.

use crate::program::run;
use rstest::rstest;
use tempfile::TempDir;
use testkit::{Engine, Portfolio, Table, TestDatabase};

/// What is past its term is proposed once; while people have not decided it, the next run changes nothing.
#[rstest]
#[tokio::test]
async fn what_is_past_its_term_is_proposed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let folder = TempDir::new().unwrap();
    let mut portfolio = Portfolio::small();
    portfolio.events = Table::default();
    portfolio.policies = portfolio.policies.only("P50-ZHOU");
    for (column, value) in [
        ("application_date", "2001-02-26"),
        ("issue_date", "2001-02-26"),
        ("system_entry_date", "2001-02-26"),
        ("print_date", "2001-02-26"),
        ("effective_date", "2001-02-26"),
        ("ack_signed_on", "2001-03-01"),
        ("ack_entered_on", "2001-03-02"),
        ("expiry_date", "2007-02-25"),
        ("term_months", "72"),
        ("premium_term_years", "5"),
        ("status", "expired"),
    ] {
        portfolio.policies.set("P50-ZHOU", column, value);
    }
    portfolio.write_to(folder.path());
    let database = TestDatabase::create(engine).await;
    let shell = |arguments: &[&str]| run(&database, folder.path(), arguments);
    assert_eq!(shell(&["retention", "propose"]), "");
    shell(&["import", "all", "."]);
    let number = shell(&["retention", "propose"]);
    assert!(
        number.starts_with("DB-") || number.starts_with("DS-"),
        "{number}"
    );
    assert_eq!(shell(&["retention", "propose"]), "");
    let batches = shell(&["retention", "list"]);
    assert_eq!(batches.lines().count(), 2, "{batches}");
    assert!(batches.contains(number.trim()) && batches.contains("proposed"));
}
