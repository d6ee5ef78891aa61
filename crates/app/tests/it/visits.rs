//! On-site visits from the request to the archive, their forms and signatures, questionnaires and
//! gatherings.

use app::Error;
use app::recordings::Upload;
use app::visits::{self as v, NewVisitForm, StepForm, VisitForm};
use bytes::Bytes;
use chrono::Duration;
use domain::access::{Actor, Permission};
use domain::callbacks::CallbackState as S;
use domain::ids::{CallbackId, VisitId};
use domain::visits::{FormattedState, GatheringState, VisitState};
use rstest::rstest;
use testkit::{Engine, Portfolio, TestApp, at, invalid, refused, row};

/// What a hand writes on the screen.
const STROKES: &str = "100,100 300,150 500,120;200,200 400,320";

/// A portfolio with an organisation that is a key customer.
fn portfolio() -> Portfolio {
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

async fn step(t: &TestApp, by: &Actor, id: VisitId, form: StepForm) -> app::Result<VisitState> {
    v::take_step(&t.app, by, t.now, id, &form).await
}

async fn schedule(t: &TestApp, by: &Actor, id: VisitId) -> app::Result<VisitState> {
    let form = StepForm {
        step: "schedule".into(),
        appointment_at: (t.now + Duration::hours(1)).to_rfc3339(),
        place: "公司会议室".into(),
        agreed_with: "财务经理，电话".into(),
        ..Default::default()
    };
    step(t, by, id, form).await
}

fn form(respondent: &str, affirmed: &str) -> VisitForm {
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
    let files = store::recordings::list_recordings(t.app.store(), &whole, &[callback.0]);
    assert_eq!(files.await.unwrap().len(), 1);
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

/// VIS-03 to VIS-05, VIS-11: an organisation's finance manager answers, every column is filled, the
/// form is signed before it is filed, and stays as it was signed.
#[rstest]
#[tokio::test]
async fn a_form_is_filled_signed_and_filed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with(engine, &portfolio()).await;
    let p = t.people();
    let by = &p.sales_cq;
    let asked = NewVisitForm {
        customer_no: "G50".into(),
        ..Default::default()
    };
    let (id, number) = v::request_visit(&t.app, by, t.now, &asked).await.unwrap();
    let unagreed = StepForm {
        step: "schedule".into(),
        place: "公司会议室".into(),
        ..Default::default()
    };
    assert_eq!(
        refused(step(&t, by, id, unagreed).await),
        "visit-not-agreed"
    );
    assert_eq!(schedule(&t, by, id).await.unwrap(), VisitState::Scheduled);
    let open = VisitForm {
        visited_at: "2024-03-05T09:30".into(),
        ..Default::default()
    };
    let written = v::write_form(&t.app, by, t.now, id, &open).await.unwrap();
    assert_eq!(written.state, VisitState::Visited);
    assert!(written.missing.contains(&"position") && written.missing.contains(&"phone"));
    let early = v::sign_on_screen(&t.app, by, t.now, id, STROKES).await;
    assert_eq!(refused(early), "visit-wrong-state");
    let unsigned = v::archive_visit(&t.app, by, t.now, id).await;
    assert_eq!(refused(unsigned), "visit-signature-missing");
    let stranger = form("driver", "yes");
    let stranger = v::write_form(&t.app, by, t.now, id, &stranger).await;
    assert_eq!(
        invalid(stranger),
        [("respondent".into(), "unknown-code".into())]
    );
    let other = v::write_form(
        &t.app,
        &p.operations_cq,
        t.now,
        id,
        &form("insurance_contact", "yes"),
    );
    assert_eq!(refused(other.await), "visit-not-visitor");
    let whole = form("insurance_contact", "yes");
    let written = v::write_form(&t.app, by, t.now, id, &whole).await.unwrap();
    assert_eq!(
        (written.state, written.missing.len()),
        (VisitState::FormFilled, 0)
    );
    let dot = v::sign_on_screen(&t.app, by, t.now, id, "10,10 12,12").await;
    assert_eq!(invalid(dot), [("strokes".into(), "missing".into())]);
    v::sign_on_screen(&t.app, by, t.now, id, STROKES)
        .await
        .unwrap();
    let late = v::write_form(&t.app, by, t.now, id, &whole).await;
    assert_eq!(refused(late), "visit-wrong-state");
    v::archive_visit(&t.app, by, t.now, id).await.unwrap();
    let page = v::visit_page(&t.app, &p.manager, t.now, &number)
        .await
        .unwrap();
    assert_eq!(page.visit.purpose.as_str(), "key");
    assert!(page.is_as_signed);
    assert_eq!(
        (page.form.respondent_name.as_str(), page.form.phone.as_str()),
        ("钱*", "138****0088")
    );
    let (_, bytes) = v::open_signature(&t.app, &p.manager, t.now, &number)
        .await
        .unwrap();
    assert!(bytes.starts_with(b"<svg"));
    // Whoever may unmask reads it in the clear, and that is recorded.
    let clear = v::form_page(&t.app, &p.manager, t.now, &number)
        .await
        .unwrap();
    assert_eq!(clear.form.respondent_name, "钱进");
    assert_eq!(t.audited("visit.form_opened").await, 1);
    let masked = v::form_page(&t.app, &p.inspector, t.now, &number)
        .await
        .unwrap();
    assert_eq!(masked.form.phone, "138****0088");
    let report = v::document_report(&t.app, &p.manager, t.now, ("", ""))
        .await
        .unwrap();
    assert_eq!(report.sums.len(), 1);
    assert_eq!((report.sums[0].signed, report.sums[0].archived), (1, 1));
    // An altered form is found out.
    let spoil = "UPDATE visits SET visited_at = visited_at + 1";
    t.database.execute(spoil).await;
    let page = v::visit_page(&t.app, &p.manager, t.now, &number)
        .await
        .unwrap();
    assert!(!page.is_as_signed);
}

/// VIS-04: a phone that lost the answer sends the same writing again; two people do not overwrite
/// each other.
#[rstest]
#[tokio::test]
async fn a_writing_is_taken_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with(engine, &portfolio()).await;
    let by = &t.people().sales_cq;
    let asked = NewVisitForm {
        customer_no: "G50".into(),
        ..Default::default()
    };
    let (id, _) = v::request_visit(&t.app, by, t.now, &asked).await.unwrap();
    schedule(&t, by, id).await.unwrap();
    let mut sent = form("insurance_contact", "yes");
    sent.submission = "a".into();
    sent.version = Some(2);
    let first = v::write_form(&t.app, by, t.now, id, &sent).await.unwrap();
    let again = v::write_form(&t.app, by, t.now, id, &sent).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(t.audited("visit.form_written").await, 1);
    sent.submission = "b".into();
    let stale = v::write_form(&t.app, by, t.now, id, &sent).await;
    assert!(matches!(stale, Err(Error::Conflict)));
}

/// SEC-09: what is entered long after the visit is marked.
#[rstest]
#[tokio::test]
async fn late_entries_are_marked(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with(engine, &portfolio()).await;
    let p = t.people();
    let by = &p.sales_cq;
    let asked = NewVisitForm {
        customer_no: "G50".into(),
        ..Default::default()
    };
    let (id, number) = v::request_visit(&t.app, by, t.now, &asked).await.unwrap();
    schedule(&t, by, id).await.unwrap();
    let later = at("2024-03-07 10:00");
    let upload = Upload {
        file_name: "记录表.jpg".into(),
        bytes: Bytes::from_static(b"a picture"),
    };
    v::write_form(&t.app, by, later, id, &form("insurance_contact", "no"))
        .await
        .unwrap();
    v::sign_on_paper(&t.app, by, later, id, &upload)
        .await
        .unwrap();
    v::archive_visit(&t.app, by, later, id).await.unwrap();
    let page = v::visit_page(&t.app, &p.manager, later, &number)
        .await
        .unwrap();
    assert!(page.visit.entered_late && page.is_as_signed);
    let query = v::VisitQuery {
        view: "late".into(),
        ..Default::default()
    };
    let late = v::list_visits(&t.app, &p.manager, later, &query)
        .await
        .unwrap();
    assert_eq!(late.count, 1);
    // The problem waits until somebody notes what was done about it.
    let query = v::VisitQuery {
        view: "follow_up".into(),
        ..Default::default()
    };
    let open = v::list_visits(&t.app, &p.manager, later, &query)
        .await
        .unwrap();
    assert_eq!(open.count, 1);
    let done = StepForm {
        step: "follow_up".into(),
        reason: "理赔部已答复客户".into(),
        ..Default::default()
    };
    step(&t, by, id, done).await.unwrap();
    let open = v::list_visits(&t.app, &p.manager, later, &query)
        .await
        .unwrap();
    assert_eq!(open.count, 0);
}

/// QST-14: a formatted questionnaire goes through different persons before a visit may use it, and its
/// questions are answered in the form.
#[rstest]
#[tokio::test]
async fn a_formatted_questionnaire_goes_its_way(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with(engine, &portfolio()).await;
    let p = t.people();
    let draft = v::FormattedForm {
        title: "风险查勘问卷".into(),
        department: "承保部".into(),
        reason: "了解防灾建议落实情况".into(),
        questions: "防灾建议落实了吗？\n\n还需要哪些保障？".into(),
    };
    let author = &p.sales_cq;
    let id = v::create_formatted(&t.app, author, t.now, &draft)
        .await
        .unwrap();
    let take = async |by: &Actor, name: &str| {
        v::take_chain_step(&t.app, by, t.now, id, (name, "意见")).await
    };
    assert_eq!(
        refused(take(&p.manager, "head_agrees").await),
        "formatted-wrong-state"
    );
    take(author, "submit").await.unwrap();
    assert_eq!(
        take(&p.manager, "return").await.unwrap(),
        FormattedState::Drafted
    );
    take(author, "submit").await.unwrap();
    take(&p.manager, "head_agrees").await.unwrap();
    let denied = take(&p.manager, "executive_agrees").await;
    assert!(matches!(
        denied,
        Err(Error::Denied(Permission::VisitsEndorse))
    ));
    take(&p.executive, "executive_agrees").await.unwrap();
    assert!(
        v::ready_questionnaires(&t.app, author)
            .await
            .unwrap()
            .is_empty()
    );
    take(&p.manager, "take_over").await.unwrap();
    assert_eq!(
        v::ready_questionnaires(&t.app, author).await.unwrap().len(),
        1
    );
    assert_eq!(
        refused(take(&p.manager, "finish").await),
        "formatted-not-carried-out"
    );
    let asked = NewVisitForm {
        customer_no: "G50".into(),
        questionnaire: id.0.to_string(),
        ..Default::default()
    };
    let (visit, _) = v::request_visit(&t.app, author, t.now, &asked)
        .await
        .unwrap();
    schedule(&t, author, visit).await.unwrap();
    let mut filled = form("insurance_contact", "yes");
    filled.answers = vec!["已落实".into()];
    let written = v::write_form(&t.app, author, t.now, visit, &filled)
        .await
        .unwrap();
    assert_eq!(written.missing, ["answers"]);
    filled.answers.push("货运险".into());
    v::write_form(&t.app, author, t.now, visit, &filled)
        .await
        .unwrap();
    v::sign_on_screen(&t.app, author, t.now, visit, STROKES)
        .await
        .unwrap();
    v::archive_visit(&t.app, author, t.now, visit)
        .await
        .unwrap();
    assert_eq!(
        take(&p.manager, "finish").await.unwrap(),
        FormattedState::Executed
    );
}

/// VIS-07: a symposium is kept with participants, minutes and findings.
#[rstest]
#[tokio::test]
async fn a_symposium_is_kept(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with(engine, &portfolio()).await;
    let p = t.people();
    let by = &p.operations_cq;
    let form = v::GatheringForm {
        kind: "symposium".into(),
        title: "重点客户座谈会".into(),
        place: "分公司会议室".into(),
        begins_at: "2024-03-05T09:00".into(),
    };
    let id = v::create_gathering(&t.app, by, t.now, &form).await.unwrap();
    let unknown = v::add_participant(&t.app, by, t.now, id, "NOBODY").await;
    assert_eq!(
        invalid(unknown),
        [("customer_no".into(), "unknown-customer".into())]
    );
    v::add_participant(&t.app, by, t.now, id, "G50")
        .await
        .unwrap();
    v::add_participant(&t.app, by, t.now, id, "C50-ZHOU")
        .await
        .unwrap();
    v::add_participant(&t.app, by, t.now, id, "C50-LI")
        .await
        .unwrap();
    v::remove_participant(&t.app, by, t.now, id, "C50-LI")
        .await
        .unwrap();
    let mut record = v::Attendance {
        minutes: "介绍理赔流程".into(),
        findings: "理赔材料清单不清楚".into(),
        ..Default::default()
    };
    let empty = v::hold_gathering(&t.app, by, t.now, id, &record).await;
    assert_eq!(refused(empty), "gathering-nobody-there");
    record.there = vec![("G50".into(), "希望简化材料".into())];
    let held = v::hold_gathering(&t.app, by, t.now, id, &record)
        .await
        .unwrap();
    assert_eq!(held, GatheringState::Held);
    let page = v::gathering_page(&t.app, &p.manager, t.now, id)
        .await
        .unwrap();
    assert_eq!((page.row.participants, page.row.attended), (2, 1));
    assert_eq!(page.row.findings.as_deref(), Some("理赔材料清单不清楚"));
    let late = v::add_participant(&t.app, by, t.now, id, "C50-LI").await;
    assert_eq!(refused(late), "gathering-wrong-state");
    let foreign = v::gathering_page(&t.app, &p.operations_sd, t.now, id).await;
    assert!(matches!(foreign, Err(Error::NotFound)));
}
