//! Approvals seen by every server, and packs that a newer program brings.

use super::rule_life::{approve, twenty_days};
use app::rules::steps::{StepForm, take_step};
use domain::rules::Origin;
use rstest::rstest;
use store::rules::ProposalRow;
use testkit::{Engine, TestApp};

/// Two servers on one database: the second plans with what was approved on the first.
#[rstest]
#[tokio::test]
async fn another_server_sees_an_approval(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let proposals = "SELECT COUNT(*) FROM rule_proposals WHERE origin = 'shipped'";
    let before = t.database.number(proposals).await;
    let other = t.restart().await;
    let held = other.rules();
    approve(&t, twenty_days(&t), "2024-03-10", false).await;
    assert_eq!(other.rules().generation(), held.generation(), "not yet");
    other.refresh_rules(t.now).await.unwrap();
    assert_eq!(other.rules().book().hash(), t.app.rules().book().hash());
    assert_eq!(other.rules().generation(), held.generation() + 1);
    assert_ne!(
        held.book().hash(),
        other.rules().book().hash(),
        "who began keeps the old set"
    );
    // What is shipped is known already: a restart proposes nothing.
    assert_eq!(t.database.number(proposals).await, before);
}

/// A pack that a newer program brings waits for approval like any other.
#[rstest]
#[tokio::test]
async fn a_new_shipped_pack_arrives_as_a_proposal(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let gone = "(SELECT id FROM rule_packs WHERE pack = 'company/new-contract-letter')";
    for table in ["rule_steps WHERE version_id", "rule_packs WHERE id"] {
        t.database
            .execute(&format!("DELETE FROM {table} IN {gone}"))
            .await;
    }
    let app = t.restart().await;
    let has = |app: &app::App| {
        let rules = app.rules();
        rules
            .book()
            .packs()
            .iter()
            .any(|p| p.id == "company/new-contract-letter")
    };
    assert!(!has(&app), "it does not count yet");
    let all = app::rules::drafts::list_proposals(&app, &t.people().compliance).await;
    let all = all.unwrap();
    let letter = |r: &&ProposalRow| r.pack == "company/new-contract-letter";
    let proposed = all.iter().find(letter).unwrap();
    assert_eq!(proposed.origin, Origin::Shipped);
    let p = t.people();
    for (who, what) in [(&p.manager, "review"), (&p.executive, "approve")] {
        let form = StepForm {
            step: what.into(),
            hash: proposed.hash.clone(),
            ..StepForm::default()
        };
        take_step(&app, who, t.now, proposed.id, &form)
            .await
            .unwrap();
    }
    assert!(has(&app));
}
