//! The evidence: whole, replayable, and found when somebody touched it.

use app::electronic::{ChainState, Evidence, evidence_page};
use domain::electronic::EvidenceStep;
use domain::ids::LinkId;
use rstest::rstest;
use testkit::{Engine, TestApp};

async fn submitted(t: &TestApp) -> LinkId {
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let (link, mut customer) = t.offer(&t.people().leader_cq, t.now, id).await;
    t.identify(t.now, link, &mut customer, &TestApp::zhou())
        .await;
    let now = t.answer_on_page(t.now, &customer, &[]).await;
    t.submit(now, &customer).await.unwrap();
    link
}

async fn checked(t: &TestApp, link: LinkId) -> Evidence {
    evidence_page(&t.app, &t.people().leader_cq, t.now, link, true)
        .await
        .unwrap()
}

/// 2020 No. 11: identity check, every screen word for word, answer, time, device.
#[rstest]
#[tokio::test]
async fn everything_is_kept(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let link = submitted(&t).await;
    let evidence = checked(&t, link).await;
    assert_eq!(evidence.chain, Some(ChainState::Sound));
    let steps: Vec<_> = evidence.lines.iter().map(|l| l.row.kind).collect();
    assert_eq!(
        steps[..5],
        [
            EvidenceStep::Sent,
            EvidenceStep::Opened,
            EvidenceStep::IdentityPassed,
            EvidenceStep::CodeSent,
            EvidenceStep::CodePassed,
        ]
    );
    assert_eq!(
        steps[steps.len() - 2..],
        [EvidenceStep::Reviewed, EvidenceStep::Submitted]
    );
    let shown = evidence
        .lines
        .iter()
        .filter(|l| l.row.kind == EvidenceStep::Shown);
    let answered = evidence
        .lines
        .iter()
        .filter(|l| l.row.kind == EvidenceStep::Answered);
    assert_eq!(shown.clone().count(), answered.clone().count());
    for line in shown {
        let text = line.row.content.as_deref().unwrap();
        assert!(text.starts_with("nb-cq v"), "{text}");
        assert_eq!(line.row.content_hash.len(), 64);
        assert_eq!(line.agent, "Mozilla/5.0 (iPhone)");
        assert_eq!(line.address, "198.51.100.7");
    }
    for line in answered {
        assert!(line.dwell_seconds.unwrap() >= 3);
    }
    // Agents of the device and what was seen are sealed.
    let open = "SELECT COUNT(*) FROM electronic_evidence WHERE detail LIKE '%iPhone%'";
    assert_eq!(t.database.number(open).await, 0);
}

/// A row that was edited, moved, removed or cut off by hand is found.
#[rstest]
#[case(
    "UPDATE electronic_evidence SET answer = 'affirm', rating = 1 WHERE kind = 'answered' AND seq = 7",
    7
)]
#[case("UPDATE electronic_evidence SET at = at + 60000 WHERE seq = 3", 3)]
#[case("UPDATE electronic_evidence SET dwell_millis = 90000 WHERE seq = 7", 7)]
#[case("UPDATE electronic_evidence SET content_hash = 'ab' WHERE seq = 6", 6)]
#[case("UPDATE electronic_evidence SET content = NULL WHERE seq = 6", 6)]
#[case("UPDATE electronic_evidence SET hash = 'ab' WHERE seq = 6", 6)]
#[case("DELETE FROM electronic_evidence WHERE seq = 4", 4)]
#[case("UPDATE electronic_links SET head = 'ab'", 0)]
#[case("UPDATE electronic_links SET state = 'revoked'", 0)]
#[tokio::test]
async fn what_was_touched_is_found(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[case] touch: &str,
    #[case] place: i64,
) {
    let t = TestApp::with_portfolio(engine).await;
    let link = submitted(&t).await;
    t.database.execute(touch).await;
    let evidence = checked(&t, link).await;
    let place = if place == 0 {
        i64::try_from(evidence.lines.len()).unwrap() + 1
    } else {
        place
    };
    assert_eq!(evidence.chain, Some(ChainState::Broken(place)), "{touch}");
}

/// RET: what is destroyed after its term leaves a chain that can still be verified.
#[rstest]
#[tokio::test]
async fn destruction_leaves_the_chain(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let link = submitted(&t).await;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let policy = t.look(id).await.policy_id.unwrap();
    let work = t.app.store().begin(t.now).await.unwrap();
    store::retention::destroy_callbacks(&work, policy)
        .await
        .unwrap();
    let actor = domain::access::Actor::shell("tests");
    let entry = store::AuditEntry::new(&actor, "tests.destroyed", "policy", policy.0);
    work.commit(entry).await.unwrap();
    let evidence = checked(&t, link).await;
    assert_eq!(evidence.chain, Some(ChainState::Emptied));
    assert!(evidence.lines.iter().all(|l| l.row.content.is_none()));
}

/// Evidence counts as a recording: whoever may not listen does not see it.
#[rstest]
#[tokio::test]
async fn it_is_seen_like_a_recording(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let link = submitted(&t).await;
    let p = t.people();
    let foreign = evidence_page(&t.app, &p.leader_sd, t.now, link, false).await;
    assert!(matches!(foreign, Err(app::Error::NotFound)));
    let seller = evidence_page(&t.app, &p.sales_cq, t.now, link, false).await;
    assert!(matches!(seller, Err(app::Error::Denied(_))));
    let seen = "SELECT COUNT(*) FROM audit_entries WHERE action = 'electronic.evidence_viewed'";
    assert_eq!(t.database.number(seen).await, 0);
    checked(&t, link).await;
    assert_eq!(t.database.number(seen).await, 1);
}
