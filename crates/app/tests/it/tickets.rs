//! Problem tickets from the doubtful answer to the second callback.

use app::Error;
use app::tickets::{StepForm, TicketQuery, list_handlers, list_tickets, take_step, ticket_page};
use domain::access::Permission;
use domain::callbacks::CallbackState as S;
use domain::ids::{CallbackId, TicketId};
use domain::tickets::{CaseKind, EvidenceKind, ProblemType, TicketState as T};
use rstest::rstest;
use testkit::{Engine, TestApp, at, day, invalid, refused};

/// A callback of P50-ZHOU in which one answer was doubtful, and its ticket.
async fn problem(t: &TestApp, item: &str, answer: &str) -> (CallbackId, TicketId) {
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    let state = t
        .interview(&p.caller_cq, t.now, id, &[(item, answer)])
        .await;
    assert_eq!(state, S::ProblemOpen);
    let tickets = t.tickets(id).await;
    assert_eq!(tickets.len(), 1);
    (id, tickets[0].id)
}

/// CBK-40, CBK-49, TKT-01, TKT-02, TKT-14: opened with its cause, due in three working days, handled
/// by another person, judged by a third, called again, closed.
#[rstest]
#[tokio::test]
async fn from_a_doubtful_answer_to_the_second_callback(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (id, ticket) = problem(&t, "coverage", "unclear").await;
    let opened = t.tickets(id).await.pop().unwrap();
    assert_eq!(opened.problem, ProblemType::ContractQuality);
    assert_eq!(opened.kind, CaseKind::ContractQuality);
    assert_eq!((opened.state, opened.due_on), (T::Open, None));
    assert_eq!(opened.item.as_deref(), Some("coverage"));
    assert!(opened.number.starts_with("TK-2024-"));
    // Issued on Tuesday: Wednesday, Thursday, Friday.
    let handler = p.operations_cq.user().unwrap();
    t.issue(&p.leader_cq, t.now, ticket, handler).await.unwrap();
    assert_eq!(t.tickets(id).await[0].due_on, Some(day("2024-03-08")));
    assert_eq!(
        t.step(&p.operations_cq, t.now, ticket, "accept", "")
            .await
            .unwrap(),
        T::InProgress
    );
    let wordless = t
        .step(&p.operations_cq, t.now, ticket, "give_feedback", "")
        .await;
    assert_eq!(invalid(wordless), [("text".into(), "missing".into())]);
    let feedback = "已向客户逐条说明保险责任，客户表示清楚";
    let given = t
        .step(&p.operations_cq, t.now, ticket, "give_feedback", feedback)
        .await;
    assert_eq!(given.unwrap(), T::FeedbackGiven);
    let own = t
        .step(&p.operations_cq, t.now, ticket, "judge_valid", "")
        .await;
    assert_eq!(refused(own), "ticket-own-feedback");
    assert_eq!(t.look(id).await.state, S::ProblemOpen);
    assert_eq!(
        t.step(&p.leader_cq, t.now, ticket, "judge_valid", "")
            .await
            .unwrap(),
        T::Verified
    );
    let recall = t.look(id).await;
    assert_eq!((recall.state, recall.is_recall), (S::RecallDue, true));
    let state = t
        .interview(&p.caller_cq, at("2024-03-06 10:00"), id, &[])
        .await;
    assert_eq!(state, S::Completed);
    assert_eq!(t.look(id).await.timing.as_deref(), Some("in_time"));
    let page = ticket_page(&t.app, &p.leader_cq, ticket).await.unwrap();
    assert_eq!(page.ticket.state, T::Closed);
    assert_eq!(page.ticket.feedback.as_deref(), Some(feedback));
    let steps: Vec<_> = page.entries.iter().map(|e| e.step.as_str()).collect();
    let expected = [
        "open",
        "issue",
        "accept",
        "give_feedback",
        "judge_valid",
        "second_callback",
    ];
    assert_eq!(steps, expected);
    assert!(page.entries.iter().all(|e| !e.actor_name.is_empty()));
    let recalls = "SELECT COUNT(*) FROM attempts WHERE is_recall";
    let recalls = match engine {
        Engine::Sqlite => "SELECT COUNT(*) FROM attempts WHERE is_recall = 1",
        Engine::Postgres => recalls,
    };
    assert_eq!(t.database.number(recalls).await, 1);
}

/// TKT-14: while the second callback does not affirm, the case goes back to its handler.
#[rstest]
#[tokio::test]
async fn a_second_callback_that_does_not_affirm_sends_it_back(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (id, ticket) = problem(&t, "fees", "negative").await;
    t.issue(&p.leader_cq, t.now, ticket, p.operations_cq.user().unwrap())
        .await
        .unwrap();
    t.step(&p.operations_cq, t.now, ticket, "accept", "")
        .await
        .unwrap();
    for round in ["2024-03-06 10:00", "2024-03-07 10:00"] {
        t.step(
            &p.operations_cq,
            t.now,
            ticket,
            "give_feedback",
            "已解释费用",
        )
        .await
        .unwrap();
        t.step(&p.leader_cq, t.now, ticket, "judge_valid", "")
            .await
            .unwrap();
        let doubts: &[(&str, &str)] = match round {
            "2024-03-06 10:00" => &[("fees", "unclear")],
            _ => &[],
        };
        let state = t.interview(&p.caller_cq, at(round), id, doubts).await;
        let tickets = t.tickets(id).await;
        assert_eq!(tickets.len(), 1, "still the same case");
        let expected = if doubts.is_empty() {
            (S::Completed, T::Closed)
        } else {
            (S::ProblemOpen, T::InProgress)
        };
        assert_eq!((state, tickets[0].state), expected);
    }
}

/// TKT-14: the second callback waits for every problem of the first.
#[rstest]
#[tokio::test]
async fn the_second_callback_waits_for_every_problem(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    let doubts = [
        ("coverage", "unclear"),
        ("surrender_loss", "negative"),
        ("contact_address", "negative"),
    ];
    t.interview(&p.caller_cq, t.now, id, &doubts).await;
    let tickets = t.tickets(id).await;
    assert_eq!(tickets.len(), 3);
    for ticket in &tickets {
        let handler = p.operations_cq.user().unwrap();
        t.issue(&p.leader_cq, t.now, ticket.id, handler)
            .await
            .unwrap();
        t.step(&p.operations_cq, t.now, ticket.id, "accept", "")
            .await
            .unwrap();
    }
    let (address, others): (Vec<_>, Vec<_>) = tickets
        .iter()
        .partition(|k| k.problem == ProblemType::WrongAddress);
    for ticket in others {
        t.step(
            &p.operations_cq,
            t.now,
            ticket.id,
            "give_feedback",
            "已说明",
        )
        .await
        .unwrap();
        t.step(&p.leader_cq, t.now, ticket.id, "judge_valid", "")
            .await
            .unwrap();
        assert_eq!(t.look(id).await.state, S::ProblemOpen);
    }
    let form = |address: &str| StepForm {
        step: "correct_contact".into(),
        address: address.into(),
        ..Default::default()
    };
    let empty = take_step(&t.app, &p.operations_cq, t.now, address[0].id, &form("")).await;
    assert_eq!(invalid(empty), [("address".into(), "missing".into())]);
    let good = form("重庆市渝中区解放碑 8 号");
    let state = take_step(&t.app, &p.operations_cq, t.now, address[0].id, &good)
        .await
        .unwrap();
    assert_eq!(state, T::Verified);
    assert_eq!(t.look(id).await.state, S::RecallDue);
    let state = t
        .interview(&p.caller_cq, at("2024-03-06 10:00"), id, &[])
        .await;
    assert_eq!(state, S::Completed);
    assert!(t.tickets(id).await.iter().all(|k| k.state == T::Closed));
}

/// A wrong number found by an answer is corrected and confirmed by the second callback.
#[rstest]
#[tokio::test]
async fn a_number_that_an_answer_shows_wrong_has_its_second_callback(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (id, ticket) = problem(&t, "contact_phone", "negative").await;
    t.issue(&p.leader_cq, t.now, ticket, p.sales_cq.user().unwrap())
        .await
        .unwrap();
    let form = StepForm {
        step: "correct_contact".into(),
        mobile: "13900500009".into(),
        ..Default::default()
    };
    take_step(&t.app, &p.sales_cq, t.now, ticket, &form)
        .await
        .unwrap();
    assert_eq!(t.look(id).await.state, S::RecallDue);
    // Still not right: the same case goes on.
    let doubts = [("contact_phone", "negative")];
    let state = t
        .interview(&p.caller_cq, at("2024-03-06 10:00"), id, &doubts)
        .await;
    assert_eq!(state, S::ProblemOpen);
    let tickets = t.tickets(id).await;
    assert_eq!((tickets.len(), tickets[0].state), (1, T::InProgress));
}

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
    let page = ticket_page(&t.app, &p.operations_cq, ticket).await.unwrap();
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
        T::Extended
    );
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
