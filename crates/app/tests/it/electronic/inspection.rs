//! Samples for inspection, and what follows from a problem.

use app::electronic::{DrawForm, InspectionForm, draw, inspect, sample_page};
use domain::callbacks::CallbackState;
use domain::electronic::Verdict;
use domain::ids::TicketId;
use domain::tickets::EvidenceKind;
use domain::time::Instant;
use rstest::rstest;
use testkit::{Engine, TestApp, at, refused};

fn days() -> DrawForm {
    DrawForm {
        from: "2024-03-01".into(),
        to: "2024-03-31".into(),
        per_mille: String::new(),
    }
}

/// 2020 No. 11: inspection by sample; a problem opens a ticket, the callback and the obligation again,
/// and a call completes it.
#[rstest]
#[tokio::test]
async fn a_problem_leads_to_a_call(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let (leader, caller) = (&t.people().leader_cq, &t.people().caller_cq);
    let inspector = &t.people().inspector;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(leader, id, caller).await;
    assert_eq!(
        refused(draw(&t.app, inspector, t.now, &days()).await),
        "electronic-nothing-to-draw"
    );
    let (link, mut customer) = t.offer(leader, t.now, id).await;
    t.identify(t.now, link, &mut customer, &TestApp::zhou())
        .await;
    let now = t.answer_on_page(t.now, &customer, &[]).await;
    t.submit(now, &customer).await.unwrap();
    let sample = draw(&t.app, inspector, now, &days()).await.unwrap();
    let page = sample_page(&t.app, inspector, sample).await.unwrap();
    assert_eq!((page.sample.population, page.sample.drawn), (1, 1));
    assert_eq!(page.sample.seed.len(), 32);
    let line = &page.lines[0];
    assert_eq!(line.link, link);
    let silent = InspectionForm {
        verdict: "problem".into(),
        finding: String::new(),
    };
    assert!(
        inspect(&t.app, inspector, now, line.id, &silent)
            .await
            .is_err()
    );
    let form = InspectionForm {
        finding: "作答设备与业务员一致".into(),
        ..silent
    };
    let denied = inspect(&t.app, leader, now, line.id, &form).await;
    assert!(matches!(denied, Err(app::Error::Denied(_))));
    inspect(&t.app, inspector, now, line.id, &form)
        .await
        .unwrap();
    let twice = inspect(&t.app, inspector, now, line.id, &form).await;
    assert_eq!(refused(twice), "electronic-inspected");
    let page = sample_page(&t.app, inspector, sample).await.unwrap();
    assert_eq!(page.lines[0].verdict, Some(Verdict::Problem));
    assert_eq!(page.lines[0].chain_is_sound, Some(true));

    let open = t.look(id).await;
    assert_eq!(open.state, CallbackState::ProblemOpen);
    assert_eq!(open.completed_at, None);
    let status = t.obligation("P50-ZHOU", "NB-CQ").await.unwrap().status;
    assert_eq!(status, "open");
    let tickets = t.tickets(id).await;
    assert_eq!(tickets.len(), 1);
    assert_eq!(tickets[0].finding.as_deref(), Some("作答设备与业务员一致"));
    solve(&t, now, tickets[0].id).await;
    let state = t.interview(caller, at("2024-03-07 10:00"), id, &[]).await;
    assert_eq!(state, CallbackState::Completed);
    let again = t.obligation("P50-ZHOU", "NB-CQ").await.unwrap();
    assert_eq!(again.status, "discharged");
}

/// Has a ticket explained by telephone and judged.
async fn solve(t: &TestApp, now: Instant, ticket: TicketId) {
    let (leader, operations) = (&t.people().leader_cq, &t.people().operations_cq);
    t.issue(leader, now, ticket, operations.user().unwrap())
        .await
        .unwrap();
    t.step(operations, now, ticket, "accept", "").await.unwrap();
    let kind = EvidenceKind::Recording;
    t.evidence(operations, now, ticket, kind).await.unwrap();
    let told = "已核实";
    t.step(operations, now, ticket, "give_feedback", told)
        .await
        .unwrap();
    t.step(leader, now, ticket, "judge_valid", "")
        .await
        .unwrap();
}

/// Evidence that does not verify cannot be sound.
#[rstest]
#[tokio::test]
async fn broken_evidence_is_not_sound(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let inspector = &t.people().inspector;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let (link, mut customer) = t.offer(&t.people().leader_cq, t.now, id).await;
    t.identify(t.now, link, &mut customer, &TestApp::zhou())
        .await;
    let now = t.answer_on_page(t.now, &customer, &[]).await;
    t.submit(now, &customer).await.unwrap();
    let sample = draw(&t.app, inspector, now, &days()).await.unwrap();
    let page = sample_page(&t.app, inspector, sample).await.unwrap();
    t.database
        .execute("UPDATE electronic_evidence SET at = at + 1 WHERE seq = 2")
        .await;
    let sound = InspectionForm {
        verdict: "sound".into(),
        finding: String::new(),
    };
    let refusal = inspect(&t.app, inspector, now, page.lines[0].id, &sound).await;
    assert_eq!(refused(refusal), "electronic-evidence-broken");
}
