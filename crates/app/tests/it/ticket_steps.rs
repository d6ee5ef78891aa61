//! Steps of a ticket: who may take them, what they need, by when.

use crate::tickets::problem;
use app::Error;
use app::tickets::{StepForm, TicketQuery, list_handlers, list_tickets, take_step, ticket_page};
use domain::access::Permission;
use domain::tickets::{CaseKind, EvidenceKind, ProblemType, TicketState as T};
use rstest::rstest;
use testkit::{Engine, TestApp, at, day, invalid, refused};

/// TKT-05, B06 §23: the salesperson of the policy may not clarify, nor be proposed for it.
#[rstest]
#[tokio::test]
async fn the_salesperson_does_not_clarify(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (id, ticket) = problem(&t, "knows_insurance", "question").await;
    let row = t.tickets(id).await.pop().unwrap();
    assert_eq!(row.problem, ProblemType::UnanswerableQuestion);
    assert_eq!(row.kind, CaseKind::Clarification);
    let seller = t
        .issue(&p.leader_cq, t.now, ticket, p.sales_cq.user().unwrap())
        .await;
    assert_eq!(refused(seller), "salesperson-barred");
    let proposed = list_handlers(&t.app, &p.leader_cq, &row).await.unwrap();
    let names: Vec<_> = proposed.iter().map(|u| u.username.as_str()).collect();
    assert!(
        names.contains(&"operations_cq") && !names.contains(&"sales_cq"),
        "{names:?}"
    );
    // Nor people of other branches, or who do not handle tickets.
    for other in [&p.operations_sd, &p.inspector] {
        let issued = t
            .issue(&p.leader_cq, t.now, ticket, other.user().unwrap())
            .await;
        assert_eq!(invalid(issued), [("handler".into(), "unknown-user".into())]);
    }
}

/// TKT-06: a clarification needs a recording or a signed questionnaire before its feedback.
#[rstest]
#[tokio::test]
async fn feedback_needs_evidence(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (_, ticket) = problem(&t, "knows_insurance", "question").await;
    t.issue(&p.leader_cq, t.now, ticket, p.operations_cq.user().unwrap())
        .await
        .unwrap();
    t.step(&p.operations_cq, t.now, ticket, "accept", "")
        .await
        .unwrap();
    let bare = t
        .step(&p.operations_cq, t.now, ticket, "give_feedback", "已解答")
        .await;
    assert_eq!(refused(bare), "ticket-evidence-missing");
    t.evidence(&p.operations_cq, t.now, ticket, EvidenceKind::Document)
        .await
        .unwrap();
    let document = t
        .step(&p.operations_cq, t.now, ticket, "give_feedback", "已解答")
        .await;
    assert_eq!(refused(document), "ticket-evidence-missing");
    let unseen = t
        .evidence(&p.operations_sd, t.now, ticket, EvidenceKind::Recording)
        .await;
    assert!(matches!(unseen, Err(Error::NotFound)));
    t.evidence(&p.operations_cq, t.now, ticket, EvidenceKind::Recording)
        .await
        .unwrap();
    let given = t
        .step(&p.operations_cq, t.now, ticket, "give_feedback", "已解答")
        .await;
    assert_eq!(given.unwrap(), T::FeedbackGiven);
    let page = ticket_page(&t.app, &p.operations_cq, t.now, ticket)
        .await
        .unwrap();
    assert_eq!(page.evidence.len(), 2);
    assert!(
        page.evidence
            .iter()
            .all(|e| e.sha256.as_ref().is_some_and(|h| h.len() == 64))
    );
}

/// TKT-03, C-10, C-27: due in working days over Qingming with its make-up Sunday; special circumstances
/// are declared before that; invalid feedback is done again and counted.
#[rstest]
#[tokio::test]
async fn due_days_declarations_and_invalid_feedback(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (id, ticket) = problem(&t, "coverage", "unclear").await;
    let wednesday = at("2024-04-03 16:00");
    t.issue(
        &p.leader_cq,
        wednesday,
        ticket,
        p.operations_cq.user().unwrap(),
    )
    .await
    .unwrap();
    // 4 to 6 April are holidays; Sunday the 7th is worked.
    assert_eq!(t.tickets(id).await[0].due_on, Some(day("2024-04-09")));
    t.step(&p.operations_cq, wednesday, ticket, "accept", "")
        .await
        .unwrap();
    let declare = async |now, until: &str| {
        let form = StepForm {
            step: "declare_special".into(),
            until: until.into(),
            text: "客户住院".into(),
            ..Default::default()
        };
        take_step(&t.app, &p.operations_cq, now, ticket, &form).await
    };
    assert_eq!(invalid(declare(wednesday, "soon").await)[0].0, "until");
    assert_eq!(
        refused(declare(at("2024-04-10 09:00"), "2024-04-12").await),
        "ticket-declared-too-late"
    );
    assert_eq!(
        declare(at("2024-04-09 09:00"), "2024-04-12").await.unwrap(),
        T::InProgress
    );
    assert_eq!(t.tickets(id).await[0].due_on, Some(day("2024-04-09")));
    agree(&t, ticket).await;
    t.step(
        &p.operations_cq,
        wednesday,
        ticket,
        "give_feedback",
        "已说明",
    )
    .await
    .unwrap();
    let judged = t
        .step(
            &p.leader_cq,
            wednesday,
            ticket,
            "judge_invalid",
            "没有说明免责条款",
        )
        .await;
    assert_eq!(judged.unwrap(), T::InvalidFeedback);
    assert_eq!(t.tickets(id).await[0].invalid_feedbacks, 1);
    assert_eq!(
        t.step(&p.operations_cq, wednesday, ticket, "redo", "")
            .await
            .unwrap(),
        T::InProgress
    );
    let due = t.tickets(id).await[0].due_on;
    assert_eq!(due, Some(day("2024-04-12")));
}

/// The leader agrees to declared circumstances, even after the first due date; who declared them does not.
async fn agree(t: &TestApp, ticket: domain::ids::TicketId) {
    let p = t.people();
    let late = at("2024-04-10 09:00");
    let step = "approve_special";
    let own = t.step(&p.operations_cq, late, ticket, step, "").await;
    assert_eq!(refused(own), "ticket-own-declaration");
    let agreed = t.step(&p.leader_cq, late, ticket, step, "").await;
    assert_eq!(agreed.unwrap(), T::Extended);
    let again = t.step(&p.leader_cq, late, ticket, step, "").await;
    assert_eq!(refused(again), "ticket-wrong-state");
}

/// TKT-01: lists by view; a caller sees the cases of the own calls; nobody takes a step without the
/// right to it.
#[rstest]
#[tokio::test]
async fn lists_and_rights(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (_, ticket) = problem(&t, "coverage", "unclear").await;
    let count = async |by, view: &str| {
        let query = TicketQuery {
            view: view.into(),
            ..Default::default()
        };
        list_tickets(&t.app, by, t.now, &query).await.unwrap().count
    };
    assert_eq!(count(&p.leader_cq, "to_issue").await, 1);
    assert_eq!(count(&p.caller_cq, "open").await, 1);
    assert_eq!(count(&p.sichuan_caller_cq, "open").await, 0);
    assert_eq!(count(&p.leader_sd, "open").await, 0);
    t.issue(&p.leader_cq, t.now, ticket, p.operations_cq.user().unwrap())
        .await
        .unwrap();
    assert_eq!(count(&p.leader_cq, "to_issue").await, 0);
    assert_eq!(count(&p.operations_cq, "mine").await, 1);
    assert_eq!(count(&p.operations_cq, "due").await, 0);
    let denied = t.step(&p.caller_cq, t.now, ticket, "accept", "").await;
    assert!(matches!(
        denied,
        Err(Error::Denied(Permission::TicketsHandle))
    ));
    let denied = t.step(&p.sales_cq, t.now, ticket, "judge_valid", "").await;
    assert!(matches!(
        denied,
        Err(Error::Denied(Permission::TicketsVerify))
    ));
    let stranger = t.step(&p.leader_cq, t.now, ticket, "accept", "").await;
    assert_eq!(refused(stranger), "ticket-not-handler");
    let early = t.step(&p.leader_cq, t.now, ticket, "judge_valid", "").await;
    assert_eq!(refused(early), "ticket-wrong-state");
    let closing = t.step(&p.leader_cq, t.now, ticket, "close", "不处理").await;
    assert_eq!(refused(closing), "ticket-wrong-state");
    let unknown = t.step(&p.leader_cq, t.now, ticket, "forget", "").await;
    assert_eq!(invalid(unknown), [("step".into(), "unknown-code".into())]);
}
