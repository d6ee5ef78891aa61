//! Problem tickets from the doubtful answer to the second callback.

use app::tickets::{StepForm, take_step, ticket_page};
use domain::callbacks::CallbackState as S;
use domain::ids::{CallbackId, TicketId};
use domain::tickets::{CaseKind, ProblemType, TicketState as T};
use rstest::rstest;
use testkit::{Engine, TestApp, at, day, invalid, refused};

/// A callback of P50-ZHOU in which one answer was doubtful, and its ticket.
pub(crate) async fn problem(t: &TestApp, item: &str, answer: &str) -> (CallbackId, TicketId) {
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
    let page = ticket_page(&t.app, &p.leader_cq, t.now, ticket)
        .await
        .unwrap();
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
        if ticket.kind != CaseKind::Verification {
            t.step(&p.operations_cq, t.now, ticket.id, "accept", "")
                .await
                .unwrap();
        }
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
    assert_eq!(state, T::Corrected);
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
    assert_eq!(
        (tickets.len(), tickets[0].state),
        (1, T::ContactBeingChecked)
    );
}
