//! Sales visits: the slip before the visit, the callback within its hours, who reads of it.

use app::Error;
use app::visits::{self as v, CallForm, EndForm, SlipForm, SlipQuery};
use domain::access::{Actor, Permission};
use domain::ids::SlipId;
use domain::visits::{SlipStanding, SlipState, Suspicion};
use rstest::rstest;
use testkit::{Engine, TestApp, at, invalid, refused};

fn slip() -> SlipForm {
    SlipForm {
        category: "in_negotiation".into(),
        customer_name: "渝州机电有限公司".into(),
        business_type: "企业财产险".into(),
        contact_name: "钱进".into(),
        contact_title: "财务经理".into(),
        contact_phone: "13900500077".into(),
        ..Default::default()
    }
}

async fn ended(t: &TestApp, by: &Actor, form: &SlipForm) -> (SlipId, String) {
    let slip = v::register_slip(&t.app, by, t.now, form).await.unwrap();
    let end = EndForm {
        ended_at: "2024-03-05T11:00".into(),
        ..Default::default()
    };
    let later = at("2024-03-05 11:10");
    let state = v::end_visit(&t.app, by, later, slip.0, &end).await;
    assert_eq!(state.unwrap(), SlipState::VisitEnded);
    slip
}

async fn views(t: &TestApp, by: &Actor, now: &str, view: &str) -> i64 {
    let query = SlipQuery {
        view: view.into(),
        ..Default::default()
    };
    v::list_slips(&t.app, by, at(now), &query)
        .await
        .unwrap()
        .0
        .count
}

/// VIS-10: every field of the slip is demanded, all problems at once.
#[rstest]
#[tokio::test]
async fn a_slip_is_whole(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let empty = v::register_slip(&t.app, &p.sales_cq, t.now, &SlipForm::default()).await;
    let fields: Vec<_> = invalid(empty).into_iter().map(|(f, _)| f).collect();
    let all = [
        "category",
        "customer_name",
        "business_type",
        "contact_name",
        "contact_title",
        "contact_phone",
    ];
    assert_eq!(fields, all);
    let denied = v::register_slip(&t.app, &p.caller_cq, t.now, &slip()).await;
    assert!(matches!(
        denied,
        Err(Error::Denied(Permission::SlipsRegister))
    ));
    // What the register knows need not be typed.
    let known = SlipForm {
        customer_no: "C50-ZHOU".into(),
        customer_name: String::new(),
        ..slip()
    };
    let (_, number) = v::register_slip(&t.app, &p.sales_cq, t.now, &known)
        .await
        .unwrap();
    let page = v::slip_page(&t.app, &p.manager, t.now, &number)
        .await
        .unwrap();
    assert_eq!(page.slip.shown_customer(), "周*");
    assert_eq!(page.phone, "139****0077");
    let foreign = v::slip_page(&t.app, &p.leader_sd, t.now, &number).await;
    assert!(matches!(foreign, Err(Error::NotFound)));
}

/// CBK-34, VIS-10: the callback is due within 24 hours of the end; a visit without an earlier slip and
/// a late entry are findings.
#[rstest]
#[tokio::test]
async fn the_callback_is_due_within_its_hours(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let known = SlipForm {
        customer_no: "C50-ZHOU".into(),
        ..slip()
    };
    let (_, number) = ended(&t, &p.sales_cq, &known).await;
    let page = v::slip_page(&t.app, &p.manager, at("2024-03-06 11:00"), &number);
    let page = page.await.unwrap();
    assert_eq!(page.slip.callback_due_at, Some(at("2024-03-06 11:00")));
    assert_eq!(page.standing, SlipStanding::CallbackDue);
    assert!(!page.slip.without_slip && !page.slip.entered_late);
    let page = v::slip_page(&t.app, &p.manager, at("2024-03-06 11:01"), &number);
    assert_eq!(page.await.unwrap().standing, SlipStanding::Missed);
    assert_eq!(views(&t, &p.manager, "2024-03-06 11:00", "missed").await, 0);
    assert_eq!(views(&t, &p.manager, "2024-03-06 11:01", "missed").await, 1);
    // The end is an event of the customer.
    let event =
        "SELECT COUNT(*) FROM events WHERE type = 'sales_visit_ended' AND source = 'system'";
    assert_eq!(t.database.number(event).await, 1);
    let (id, number) = v::register_slip(&t.app, &p.sales_cq, t.now, &slip())
        .await
        .unwrap();
    let before = EndForm {
        began_at: "2024-03-04T09:00".into(),
        ended_at: "2024-03-04T09:30".into(),
        ..Default::default()
    };
    v::end_visit(&t.app, &p.sales_cq, t.now, id, &before)
        .await
        .unwrap();
    let page = v::slip_page(&t.app, &p.manager, t.now, &number)
        .await
        .unwrap();
    assert!(page.slip.without_slip && page.slip.entered_late);
    assert_eq!(
        views(&t, &p.manager, "2024-03-05 12:00", "findings").await,
        1
    );
}

/// CBK-45: a satisfied customer closes with the salesperson, who reads of it the same day.
#[rstest]
#[tokio::test]
async fn the_salesperson_reads_of_it(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (id, number) = ended(&t, &p.sales_cq, &slip()).await;
    let now = at("2024-03-05 14:00");
    let call = CallForm {
        satisfaction: "5".into(),
        ..Default::default()
    };
    let own = v::record_call(&t.app, &p.sales_cq, now, id, &call).await;
    assert!(matches!(own, Err(Error::Denied(Permission::CallbacksMake))));
    let unrated = v::record_call(&t.app, &p.caller_cq, now, id, &CallForm::default()).await;
    assert_eq!(
        invalid(unrated),
        [("satisfaction".into(), "missing".into())]
    );
    let (name, phone) = v::reveal_contact(&t.app, &p.caller_cq, now, id)
        .await
        .unwrap();
    assert_eq!((name.as_str(), phone.as_str()), ("钱进", "13900500077"));
    assert_eq!(t.audited("slip.contact_revealed").await, 1);
    v::record_call(&t.app, &p.caller_cq, now, id, &call)
        .await
        .unwrap();
    assert_eq!(
        views(&t, &p.sales_cq, "2024-03-05 14:01", "results").await,
        1
    );
    assert_eq!(
        views(&t, &p.manager, "2024-03-05 14:01", "escalated").await,
        0
    );
    let denied = v::read_result(&t.app, &p.caller_cq, now, id).await;
    assert!(matches!(
        denied,
        Err(Error::Denied(Permission::SlipsOversee))
    ));
    let read = v::read_result(&t.app, &p.sales_cq, now, id).await;
    assert_eq!(read.unwrap(), SlipState::Closed);
    let page = v::slip_page(&t.app, &p.manager, now, &number)
        .await
        .unwrap();
    assert_eq!(page.standing, SlipStanding::Closed);
    assert_eq!(
        views(&t, &p.sales_cq, "2024-03-05 14:01", "results").await,
        0
    );
}

/// CBK-45: dissatisfaction and important information go to superior and general manager; a suspicion is
/// verified by them and counted by person.
#[rstest]
#[tokio::test]
async fn dissatisfaction_goes_up(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (id, number) = ended(&t, &p.sales_cq, &slip()).await;
    let now = at("2024-03-05 14:00");
    let call = CallForm {
        satisfaction: "1".into(),
        important: "客户称未见到业务员".into(),
        is_suspicious: true,
        ..Default::default()
    };
    v::record_call(&t.app, &p.caller_cq, now, id, &call)
        .await
        .unwrap();
    assert_eq!(
        views(&t, &p.leader_cq, "2024-03-05 14:01", "escalated").await,
        1
    );
    assert_eq!(
        views(&t, &p.leader_sd, "2024-03-05 14:01", "escalated").await,
        0
    );
    for (who, state) in [
        (&p.sales_cq, SlipState::CalledBack),
        (&p.leader_cq, SlipState::CalledBack),
        (&p.executive, SlipState::Closed),
    ] {
        let read = v::read_result(&t.app, who, now, id).await;
        assert_eq!(read.unwrap(), state, "{}", who.name);
    }
    let again = v::read_result(&t.app, &p.leader_cq, now, id).await;
    assert_eq!(again.unwrap(), SlipState::Closed);
    let verify = async |by: &Actor, reason: &str| {
        v::verify_suspicion(&t.app, by, now, id, (true, reason)).await
    };
    assert_eq!(
        invalid(verify(&p.leader_cq, "").await),
        [("reason".into(), "missing".into())]
    );
    let denied = verify(&p.sales_cq, "x").await;
    assert!(matches!(
        denied,
        Err(Error::Denied(Permission::SlipsOversee))
    ));
    let verdict = verify(&p.leader_cq, "定位与门禁记录均无到访").await;
    assert_eq!(verdict.unwrap(), Suspicion::Confirmed);
    assert_eq!(
        refused(verify(&p.leader_cq, "x").await),
        "slip-no-suspicion"
    );
    let query = SlipQuery {
        view: "closed".into(),
        ..Default::default()
    };
    let (list, confirmed) = v::list_slips(&t.app, &p.manager, now, &query)
        .await
        .unwrap();
    assert_eq!(list.page.rows[0].number, number);
    assert_eq!(confirmed, [("sales cq".to_owned(), 1)]);
}
