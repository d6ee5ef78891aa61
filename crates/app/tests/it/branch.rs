//! What follows when the telephone fails: corrected numbers, the branch, letters, visits, giving up.

use app::Error;
use app::callbacks::{Decision, decide};
use app::tickets::{StepForm, take_step};
use domain::access::{Actor, Permission};
use domain::callbacks::CallbackState as S;
use domain::ids::CallbackId;
use domain::tickets::{CaseKind, TicketState};
use rstest::rstest;
use testkit::{Engine, TestApp, at, invalid, refused};

pub(crate) async fn decision(
    t: &TestApp,
    by: &Actor,
    id: CallbackId,
    kind: &str,
    reason: &str,
) -> app::Result<S> {
    let decision = Decision {
        kind: kind.into(),
        reason: reason.into(),
        ..Default::default()
    };
    decide(&t.app, by, t.now, id, &decision).await
}

async fn correct_number(
    t: &TestApp,
    by: &Actor,
    id: CallbackId,
    mobile: &str,
) -> app::Result<TicketState> {
    let ticket = t.tickets(id).await.pop().unwrap();
    let form = StepForm {
        step: "correct_contact".into(),
        mobile: mobile.into(),
        ..Default::default()
    };
    take_step(&t.app, by, t.now, ticket.id, &form).await
}

/// A callback of P50-ZHOU whose number was wrong, with the verification case issued to branch sales.
async fn wrong_number(t: &TestApp) -> CallbackId {
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    assert_eq!(
        t.not_reached(&p.caller_cq, t.now, id, "wrong_number").await,
        S::ContactFix
    );
    let ticket = t.tickets(id).await.pop().unwrap();
    assert_eq!(ticket.kind, CaseKind::Verification);
    let sales = p.sales_cq.user().unwrap();
    t.issue(&p.operations_cq, t.now, ticket.id, sales)
        .await
        .unwrap();
    id
}

/// CBK-24, TKT-09, TKT-10: sales corrects the number, the second round begins, and the case ends when
/// the person is reached under it.
#[rstest]
#[tokio::test]
async fn a_corrected_number_begins_the_second_round(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = wrong_number(&t).await;
    let same = correct_number(&t, &p.sales_cq, id, "13800500001").await;
    assert_eq!(invalid(same), [("mobile".into(), "same-number".into())]);
    let nonsense = correct_number(&t, &p.sales_cq, id, "12").await;
    assert_eq!(invalid(nonsense), [("mobile".into(), "mobile".into())]);
    let stranger = correct_number(&t, &p.operations_cq, id, "13900500001").await;
    assert_eq!(refused(stranger), "ticket-not-handler");
    let state = correct_number(&t, &p.sales_cq, id, "13900500001")
        .await
        .unwrap();
    assert_eq!(state, TicketState::Corrected);
    let seen = t.look(id).await;
    assert_eq!((seen.state, seen.round), (S::Assigned, 2));
    let scope = Actor::system().scope(Permission::CustomersRead).unwrap();
    let customer =
        store::customers::find_customer_by_number(t.app.store(), &scope, "C50-ZHOU").await;
    let mobile = customer.unwrap().unwrap().mobile.unwrap();
    assert_eq!(mobile.to_string(), "139****0001");
    let kept = "SELECT COUNT(*) FROM record_changes WHERE field = 'mobile'";
    assert_eq!(t.database.number(kept).await, 1);
    // The new round begins at once; an interview ends the case.
    let state = t
        .interview(&p.caller_cq, at("2024-03-05 10:30"), id, &[])
        .await;
    assert_eq!(state, S::Completed);
    let ticket = t.tickets(id).await.pop().unwrap();
    assert_eq!(ticket.state, TicketState::Closed);
    assert_eq!(ticket.close_reason.as_deref(), Some("reached-in-person"));
}

/// A corrected number stays when the core system sends its old row again.
#[rstest]
#[tokio::test]
async fn an_import_of_the_same_row_keeps_the_correction(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let id = wrong_number(&t).await;
    correct_number(&t, &t.people().sales_cq, id, "13900500001")
        .await
        .unwrap();
    let rows = testkit::Portfolio::small().customers;
    let report = t
        .import(domain::imports::ImportKind::Customers, &rows)
        .await;
    assert_eq!(
        (report.tally.updated, report.tally.unchanged),
        (0, rows.len())
    );
    let scope = Actor::system().scope(Permission::CustomersRead).unwrap();
    let mobile = domain::customers::Mobile::parse("13900500001").unwrap();
    let term = domain::customers::SearchTerm::Mobile(mobile);
    let found = store::customers::search_customers(t.app.store(), &scope, &term, 5)
        .await
        .unwrap();
    assert_eq!(found.len(), 1, "the corrected number is searchable");
}

/// A callback of P50-ZHOU that two rounds did not reach.
pub(crate) async fn to_the_branch(t: &TestApp) -> CallbackId {
    let p = t.people();
    let id = wrong_number(t).await;
    correct_number(t, &p.sales_cq, id, "13900500001")
        .await
        .unwrap();
    let late = at("2024-03-05 11:00");
    let state = t.not_reached(&p.caller_cq, late, id, "wrong_number").await;
    assert_eq!(state, S::BranchSecond);
    id
}

/// CBK-24 to CBK-26: two rounds fail, the branch takes over, makes its own call, and completes.
#[rstest]
#[tokio::test]
async fn the_branch_makes_the_second_callback(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = wrong_number(&t).await;
    let early = app::letters::write_letter(&t.app, &p.operations_cq, t.now, id, "").await;
    assert_eq!(refused(early), "callback-phone-first");
    let bare = decision(&t, &p.operations_cq, id, "send_letter", "").await;
    assert_eq!(refused(bare), "letter-needed");
    correct_number(&t, &p.sales_cq, id, "13900500001")
        .await
        .unwrap();
    let state = t
        .not_reached(&p.caller_cq, at("2024-03-05 11:00"), id, "wrong_number")
        .await;
    assert_eq!(state, S::BranchSecond);
    let seen = t.look(id).await;
    assert!(seen.in_branch && seen.assignee_id.is_none());
    t.assign(&p.operations_cq, id, &p.operations_cq).await;
    let state = t
        .interview(&p.operations_cq, at("2024-03-05 14:00"), id, &[])
        .await;
    assert_eq!(state, S::Completed);
    assert!(
        t.tickets(id)
            .await
            .iter()
            .all(|k| k.state == TicketState::Closed)
    );
    assert_eq!(
        t.look(id).await.caller_name.as_deref(),
        Some("operations cq")
    );
}

/// CBK-24, CBK-42: what cannot be completed ends with what was done, why, and on whose side it lies.
#[rstest]
#[tokio::test]
async fn giving_up_needs_the_circumstances_and_a_cause(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let give_up = async |by: &Actor, reason: &str, cause: &str| {
        let decision = Decision {
            kind: "give_up".into(),
            reason: reason.into(),
            cause: cause.into(),
        };
        decide(&t.app, by, t.now, id, &decision).await
    };
    let refused_to = give_up(&p.caller_cq, "x", "other").await;
    assert!(matches!(
        refused_to,
        Err(Error::Denied(Permission::CallbacksDecide))
    ));
    let no_cause = give_up(&p.operations_cq, "已多次联系", "").await;
    assert_eq!(invalid(no_cause), [("cause".into(), "missing".into())]);
    let no_reason = give_up(&p.operations_cq, "", "other").await;
    assert_eq!(invalid(no_reason), [("reason".into(), "missing".into())]);
    let untried = give_up(&p.operations_cq, "已多次联系", "policyholder").await;
    assert_eq!(refused(untried), "callback-phone-first");
    let unseen = give_up(&p.operations_sd, "x", "other").await;
    assert!(matches!(unseen, Err(Error::NotFound)));
    let state = give_up(&p.operations_cq, "系统故障，未能拨打", "other")
        .await
        .unwrap();
    assert_eq!(state, S::NotCompleted);
    assert_eq!(t.look(id).await.cause.as_deref(), Some("other"));
    let obligation = t.obligation("P50-ZHOU", "NB-CQ").await.unwrap();
    assert_eq!(obligation.status, "not_discharged");
}

/// CBK-24: a visit whose answer is negative is a problem case too, and has its second callback.
#[rstest]
#[tokio::test]
async fn a_negative_visit_is_a_problem_case(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    let state = t
        .not_reached(&p.caller_cq, t.now, id, "hearing_difficulty")
        .await;
    assert_eq!(state, S::BranchSecond);
    let visit = crate::visits::signed_visit(&t, &p.operations_cq, id, "no").await;
    assert_eq!(t.look(id).await.state, S::VisitPlanned);
    app::visits::archive_visit(&t.app, &p.operations_cq, t.now, visit)
        .await
        .unwrap();
    assert_eq!(t.look(id).await.state, S::ProblemOpen);
    let kinds: Vec<_> = t
        .tickets(id)
        .await
        .iter()
        .map(|k| (k.kind, k.state))
        .collect();
    assert!(
        kinds.contains(&(CaseKind::Clarification, TicketState::Open)),
        "{kinds:?}"
    );
}
