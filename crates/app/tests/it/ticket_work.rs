//! Both clocks, warning and escalation, who gets a case, urging, many cases at once, letter cases.

use crate::branch::to_the_branch;
use crate::tickets::problem;
use app::access::{HolderForm, give_post, set_post, unit_page};
use app::tickets::{
    BulkTarget, StepForm, TicketQuery, count_tickets, escalate_overdue, take_steps, ticket_page,
    timeliness,
};
use domain::callbacks::CallbackState as S;
use domain::tickets::{CaseKind, TicketState as T};
use rstest::rstest;
use testkit::{Engine, TestApp, at, day, refused};

/// Gives a post of a unit to somebody.
pub(crate) async fn post(t: &TestApp, org: &str, kind: &str, username: &str) {
    let admin = &t.people().administrator;
    set_post(&t.app, admin, t.now, org, kind, "1")
        .await
        .unwrap();
    let page = unit_page(&t.app, admin, t.now, org).await.unwrap();
    let post = page.posts.iter().find(|p| p.row.kind == kind).unwrap();
    let form = HolderForm {
        username: username.into(),
        ..Default::default()
    };
    give_post(&t.app, admin, t.now, org, post.row.id, &form)
        .await
        .unwrap();
}

/// C-10, TKT-03, 2010 No. 4 article 18: the company's three working days run from issue, the law's fifteen
/// from the day on which the callback found it; both say where they are written.
#[rstest]
#[tokio::test]
async fn both_clocks_run_and_say_why(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (id, ticket) = problem(&t, "coverage", "unclear").await;
    let opened = t.tickets(id).await.remove(0);
    assert_eq!(
        (opened.due_on, opened.law_due_on),
        (None, Some(day("2024-03-26")))
    );
    let thursday = at("2024-03-07 10:00");
    t.issue(
        &p.leader_cq,
        thursday,
        ticket,
        p.operations_cq.user().unwrap(),
    )
    .await
    .unwrap();
    let issued = t.tickets(id).await.remove(0);
    assert_eq!(issued.due_on, Some(day("2024-03-12")));
    assert_eq!(issued.warn_on, Some(day("2024-03-11")));
    assert_eq!(issued.listed_after, None, "not sold by a bank");
    let page = ticket_page(&t.app, &p.leader_cq, thursday, ticket)
        .await
        .unwrap();
    let written: Vec<_> = page
        .clocks
        .iter()
        .map(|c| {
            (
                c.kind,
                c.period.days,
                c.period.pack.as_str(),
                c.period.article.as_str(),
            )
        })
        .collect();
    assert_eq!(
        written,
        [
            ("company", 3, "company/defaults", "时限"),
            ("law", 15, "cn/new-contract", "第十八条"),
        ]
    );
    let counted = page.clocks[0]
        .days
        .iter()
        .filter(|d| d.number.is_some())
        .count();
    assert_eq!(
        (counted, page.clocks[0].days.len()),
        (3, 6),
        "with a weekend"
    );
    assert!(page.clocks.iter().all(|c| c.words.is_some()));
    let issuing = page.entries.iter().find(|e| e.step == "issue").unwrap();
    assert_eq!(
        issuing.unit.as_deref(),
        Some("重庆分公司"),
        "actor, time and unit"
    );
}

/// C-10: what could not be answered on the line has a limit of its own; a verification case has no legal one.
#[rstest]
#[tokio::test]
async fn limits_go_by_kind(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (_, ticket) = problem(&t, "knows_insurance", "question").await;
    t.issue(&p.leader_cq, t.now, ticket, p.operations_cq.user().unwrap())
        .await
        .unwrap();
    let page = ticket_page(&t.app, &p.leader_cq, t.now, ticket)
        .await
        .unwrap();
    let company = &page.clocks[0].period;
    assert_eq!(
        (company.pack.as_str(), company.article.as_str()),
        ("company/problem-cases", "疑问答复")
    );
    let other = TestApp::with_portfolio(engine).await;
    let p = other.people();
    let (id, ticket) = problem(&other, "contact_phone", "negative").await;
    let verification = other.tickets(id).await.remove(0);
    assert_eq!(verification.kind, CaseKind::Verification);
    assert_eq!(verification.law_due_on, None);
    // TKT-15: as a payout callback would have raised it.
    let sql = "UPDATE tickets SET type = 'payout_follow_up', kind = 'problem'";
    other.database.execute(sql).await;
    let operations = p.operations_cq.user().unwrap();
    let now = other.now;
    other
        .issue(&p.leader_cq, now, ticket, operations)
        .await
        .unwrap();
    let payout = other.tickets(id).await.remove(0);
    assert_eq!(payout.due_on, Some(day("2024-03-07")), "two working days");
}

/// TKT-16: warned a working day before, then due, then overdue and escalated to the head of the unit, once.
#[rstest]
#[tokio::test]
async fn warned_then_escalated_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    post(&t, "50", "service_centre_head", "leader_cq").await;
    let (id, ticket) = problem(&t, "coverage", "unclear").await;
    t.issue(&p.leader_cq, t.now, ticket, p.operations_cq.user().unwrap())
        .await
        .unwrap();
    let counts = async |now| {
        let c = count_tickets(&t.app, &p.leader_cq, at(now)).await.unwrap();
        (c.warned, c.due_today, c.overdue, c.escalated)
    };
    assert_eq!(counts("2024-03-06 10:00").await, (0, 0, 0, 0));
    assert_eq!(counts("2024-03-07 10:00").await, (1, 0, 0, 0));
    assert_eq!(counts("2024-03-08 10:00").await, (1, 1, 0, 0));
    assert_eq!(
        escalate_overdue(&t.app, at("2024-03-08 23:00"))
            .await
            .unwrap(),
        0
    );
    assert_eq!(counts("2024-03-09 10:00").await, (0, 0, 1, 0));
    assert_eq!(
        escalate_overdue(&t.app, at("2024-03-09 10:00"))
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        escalate_overdue(&t.app, at("2024-03-09 11:00"))
            .await
            .unwrap(),
        0,
        "once"
    );
    assert_eq!(counts("2024-03-09 12:00").await, (0, 0, 1, 1));
    assert!(t.tickets(id).await[0].escalated_at.is_some());
    assert_eq!(t.audited("ticket.escalated").await, 1);
    // Overdue cases are counted by unit and handler, for quality assessment.
    let now = at("2024-03-09 12:00");
    let sums = timeliness(&t.app, &p.leader_cq, now, ("", ""))
        .await
        .unwrap();
    let [sum] = &sums.sums[..] else {
        panic!("{:?}", sums.sums);
    };
    assert_eq!((sum.issued, sum.overdue, sum.escalated), (1, 1, 1));
    assert_eq!(sum.handler.as_deref(), Some("operations cq"));
    let elsewhere = timeliness(&t.app, &p.leader_sd, now, ("", "")).await;
    assert_eq!(elsewhere.unwrap().total.issued, 0);
    let page = ticket_page(&t.app, &p.leader_cq, t.now, ticket)
        .await
        .unwrap();
    let last = page.entries.last().unwrap();
    assert_eq!(last.step, "escalate");
    assert_eq!(last.note.as_deref(), Some("leader cq（重庆分公司）"));
}

/// TKT-08: urging is counted with its time; what is done is not urged.
#[rstest]
#[tokio::test]
async fn reminders_are_counted(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (id, ticket) = problem(&t, "coverage", "unclear").await;
    let early = t.step(&p.manager, t.now, ticket, "remind", "").await;
    assert_eq!(refused(early), "ticket-wrong-state", "nobody has it");
    t.issue(&p.leader_cq, t.now, ticket, p.operations_cq.user().unwrap())
        .await
        .unwrap();
    for now in ["2024-03-06 09:00", "2024-03-07 09:00"] {
        t.step(&p.manager, at(now), ticket, "remind", "请尽快处理")
            .await
            .unwrap();
    }
    let row = t.tickets(id).await.remove(0);
    assert_eq!((row.reminders, row.state), (2, T::Issued));
    assert_eq!(row.reminded_at, Some(at("2024-03-07 09:00")));
}

/// Bulk work over a whole filter and over chosen rows; what one case refuses does not hold up the others.
#[rstest]
#[tokio::test]
async fn many_cases_at_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    let doubts = [("coverage", "unclear"), ("surrender_loss", "negative")];
    t.interview(&p.caller_cq, t.now, id, &doubts).await;
    let form = |step: &str| StepForm {
        step: step.into(),
        handler: p.operations_cq.user().unwrap().0.to_string(),
        ..Default::default()
    };
    let waiting = BulkTarget::Filter(TicketQuery {
        view: "to_issue".into(),
        ..Default::default()
    });
    let there = take_steps(&t.app, &p.leader_sd, t.now, &waiting, &form("issue")).await;
    assert_eq!(there.unwrap().done, 0, "another branch");
    let issued = take_steps(&t.app, &p.leader_cq, t.now, &waiting, &form("issue")).await;
    assert_eq!(issued.unwrap().done, 2);
    let tickets = t.tickets(id).await;
    t.step(&p.operations_cq, t.now, tickets[0].id, "accept", "")
        .await
        .unwrap();
    let both = BulkTarget::Ids(tickets.iter().map(|k| k.id).collect());
    let accepted = take_steps(&t.app, &p.operations_cq, t.now, &both, &form("accept")).await;
    let accepted = accepted.unwrap();
    assert_eq!(accepted.done, 1);
    let why = (tickets[0].number.clone(), "ticket-wrong-state".to_owned());
    assert_eq!(accepted.refused, [why]);
    let judged = take_steps(&t.app, &p.leader_cq, t.now, &both, &form("judge_valid")).await;
    assert!(judged.is_err(), "judging is not for many");
}

/// CBK-41, §4.5: a failed case goes to the branch; when the branch writes, it is a letter case.
#[rstest]
#[tokio::test]
async fn a_failed_case_becomes_a_letter_case(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = to_the_branch(&t).await;
    let failed = async || {
        let tickets = t.tickets(id).await;
        let last = tickets
            .into_iter()
            .rfind(|k| k.kind != CaseKind::Verification);
        last.unwrap()
    };
    let case = failed().await;
    assert_eq!((case.kind, case.state), (CaseKind::Failed, T::Open));
    t.issue(
        &p.leader_cq,
        t.now,
        case.id,
        p.operations_cq.user().unwrap(),
    )
    .await
    .unwrap();
    assert_eq!(failed().await.state, T::BranchAssigned);
    let by = &p.operations_cq;
    app::letters::write_letter(&t.app, by, t.now, id, "多次致电未接")
        .await
        .unwrap();
    assert_eq!(t.look(id).await.state, S::LetterOut);
    let letter = failed().await;
    assert_eq!(
        (letter.kind, letter.state),
        (CaseKind::Letter, T::LetterOut)
    );
    assert!(letter.processed_at.is_some());
}
