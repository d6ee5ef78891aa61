//! On-site visits from the request to the archive.

mod forms;
mod others;
mod problems;

use app::Error;
use app::visits::{self as v, NewVisitForm, StepForm, VisitForm};
use chrono::Duration;
use domain::access::{Actor, Permission};
use domain::callbacks::CallbackState as S;
use domain::ids::{CallbackId, VisitId};
use domain::visits::VisitState;
use rstest::rstest;
use testkit::{Engine, Portfolio, TestApp, invalid, refused, row};

/// What a hand writes on the screen.
pub(super) const STROKES: &str = "100,100 300,150 500,120;200,200 400,320";

/// A portfolio with an organisation that is a key customer.
pub(super) fn portfolio() -> Portfolio {
    let mut portfolio = Portfolio::small();
    portfolio.customers.add(row([
        ("customer_no", "G50"),
        ("kind", "group"),
        ("name", "渝州机电有限公司"),
        ("phone", "023-63000001"),
        ("key_account", "true"),
        ("org_code", "5001"),
    ]));
    portfolio.contacts.add(row([
        ("customer_no", "G50"),
        ("role", "insurance_contact"),
        ("name", "钱进"),
        ("position", "财务经理"),
    ]));
    portfolio
}

pub(super) async fn step(
    t: &TestApp,
    by: &Actor,
    id: VisitId,
    form: StepForm,
) -> app::Result<VisitState> {
    v::take_step(&t.app, by, t.now, id, &form).await
}

pub(super) async fn schedule(t: &TestApp, by: &Actor, id: VisitId) -> app::Result<VisitState> {
    let form = StepForm {
        step: "schedule".into(),
        appointment_at: (t.now + Duration::hours(1)).to_rfc3339(),
        place: "公司会议室".into(),
        agreed_with: "财务经理，电话".into(),
        ..Default::default()
    };
    step(t, by, id, form).await
}

pub(super) fn form(respondent: &str, affirmed: &str) -> VisitForm {
    VisitForm {
        visited_at: "2024-03-05T09:30".into(),
        respondent: respondent.into(),
        respondent_name: "钱进".into(),
        position: "财务经理".into(),
        phone: "13800500088".into(),
        place: "公司会议室".into(),
        summary: "介绍风险查勘结果，核对保障范围".into(),
        feedback: "希望加快理赔".into(),
        follow_up: "转理赔部".into(),
        affirmed: affirmed.into(),
        problem: "rights_unclear".into(),
        ..Default::default()
    }
}

/// A visit of a callback that the telephone cannot finish, signed on the screen.
pub(crate) async fn signed_visit(
    t: &TestApp,
    by: &Actor,
    callback: CallbackId,
    affirmed: &str,
) -> VisitId {
    let asked = NewVisitForm {
        callback: callback.0.to_string(),
        ..Default::default()
    };
    let (id, _) = v::request_visit(&t.app, by, t.now, &asked).await.unwrap();
    schedule(t, by, id).await.unwrap();
    let written = v::write_form(&t.app, by, t.now, id, &form("policyholder", affirmed)).await;
    assert_eq!(written.unwrap().state, VisitState::FormFilled);
    let signed = v::sign_on_screen(&t.app, by, t.now, id, STROKES).await;
    assert_eq!(signed.unwrap(), VisitState::Signed);
    id
}

async fn branch_callback(t: &TestApp) -> CallbackId {
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    let state = t.not_reached(&p.caller_cq, t.now, id, "hearing_difficulty");
    assert_eq!(state.await, S::BranchSecond);
    id
}

/// VIS-09, CBK-24: the branch visits instead of calling; the signed form completes the callback.
#[rstest]
#[tokio::test]
async fn a_visit_completes_the_callback_behind_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let callback = branch_callback(&t).await;
    let id = signed_visit(&t, &p.operations_cq, callback, "yes").await;
    assert_eq!(t.look(callback).await.state, S::VisitPlanned);
    let again = NewVisitForm {
        callback: callback.0.to_string(),
        ..Default::default()
    };
    let second = v::request_visit(&t.app, &p.operations_cq, t.now, &again).await;
    assert_eq!(refused(second), "visit-callback-has-one");
    let filed = v::archive_visit(&t.app, &p.operations_cq, t.now, id).await;
    assert_eq!(filed.unwrap(), VisitState::Archived);
    let done = t.look(callback).await;
    assert_eq!((done.state, done.affirmed), (S::Completed, Some(true)));
    let channel = "SELECT completed_channel FROM callbacks WHERE completed_channel IS NOT NULL";
    assert_eq!(t.database.column(channel).await, ["visit"]);
    let obligation = t.obligation("P50-ZHOU", "NB-CQ").await.unwrap();
    assert_eq!(obligation.status, "discharged");
    // The signed record is the evidence of the callback itself.
    let whole = Actor::system().scope(Permission::CallbacksRead).unwrap();
    let files = store::recordings::list_recordings(t.app.store(), &whole, &[callback.0]).await;
    assert_eq!(files.unwrap().len(), 1);
}

/// VIS-09: what was sold is not confirmed by who sold it.
#[rstest]
#[tokio::test]
async fn the_salesperson_does_not_confirm(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let callback = branch_callback(&t).await;
    let asked = NewVisitForm {
        callback: callback.0.to_string(),
        ..Default::default()
    };
    let (id, number) = v::request_visit(&t.app, &p.operations_cq, t.now, &asked)
        .await
        .unwrap();
    let form = StepForm {
        step: "schedule".into(),
        visitor: p.sales_cq.user().unwrap().0.to_string(),
        place: "客户家".into(),
        agreed_with: "客户，电话".into(),
        ..Default::default()
    };
    let barred = step(&t, &p.operations_cq, id, form).await;
    assert_eq!(refused(barred), "salesperson-barred");
    let visit = v::find_visit(&t.app, &p.operations_cq, &number)
        .await
        .unwrap();
    let visitors = v::list_visitors(&t.app, &p.operations_cq, &visit)
        .await
        .unwrap();
    let names: Vec<_> = visitors.iter().map(|u| u.username.as_str()).collect();
    assert!(
        names.contains(&"operations_cq") && !names.contains(&"sales_cq"),
        "{names:?}"
    );
}

/// VIS-02, CBK-37: what the telephone cannot solve is reported; the head of the customer-service office
/// decides with a reason, and another person than who asked.
#[rstest]
#[tokio::test]
async fn the_head_decides_on_what_the_telephone_cannot_solve(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let callback = branch_callback(&t).await;
    let mut asked = NewVisitForm {
        purpose: "unresolved".into(),
        callback: callback.0.to_string(),
        ..Default::default()
    };
    let bare = v::request_visit(&t.app, &p.operations_cq, t.now, &asked).await;
    assert_eq!(invalid(bare), [("report".into(), "missing".into())]);
    asked.report = "客户听力不便，电话无法核对".into();
    let (id, number) = v::request_visit(&t.app, &p.operations_cq, t.now, &asked)
        .await
        .unwrap();
    assert_eq!(t.look(callback).await.state, S::BranchSecond);
    let early = schedule(&t, &p.operations_cq, id).await;
    assert_eq!(refused(early), "visit-wrong-state");
    let approve = |reason: &str| StepForm {
        step: "approve".into(),
        reason: reason.into(),
        ..Default::default()
    };
    let denied = step(&t, &p.operations_cq, id, approve("同意")).await;
    assert!(matches!(
        denied,
        Err(Error::Denied(Permission::VisitsApprove))
    ));
    let bare = step(&t, &p.manager, id, approve("")).await;
    assert_eq!(invalid(bare), [("reason".into(), "missing".into())]);
    let state = step(&t, &p.manager, id, approve("确有必要当面说明")).await;
    assert_eq!(state.unwrap(), VisitState::Approved);
    assert_eq!(t.look(callback).await.state, S::VisitPlanned);
    let page = v::visit_page(&t.app, &p.manager, t.now, &number)
        .await
        .unwrap();
    assert_eq!(
        page.visit.report.as_deref(),
        Some("客户听力不便，电话无法核对")
    );
    assert_eq!(page.visit.decision.as_deref(), Some("确有必要当面说明"));
    assert_eq!(page.visit.decided_name.as_deref(), Some("manager"));
    // Ten working days from 5 March 2024.
    assert_eq!(page.visit.due_on.unwrap().to_string(), "2024-03-19");
}
