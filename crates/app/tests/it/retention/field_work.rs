//! Sales visits, gatherings, visits, electronic callbacks and notes: in the copy, and gone in time.

use super::{look, run, step, submitted};
use app::retention::{
    DataRequestForm, HoldForm, RequestStepForm, create_request, open_copy, place, propose,
    start_copy, take_request_step,
};
use app::visits::{self as v, Attendance, CallForm, EndForm, GatheringForm, SlipForm};
use domain::retention::{BatchState, RecordKind};
use domain::time::Instant;
use rstest::rstest;
use std::io::Read as _;
use testkit::{Engine, TestApp, at, refused};

/// A sales visit that was called back and read of.
async fn sales_visit(t: &TestApp, customer_no: &str) {
    let p = t.people();
    let form = SlipForm {
        customer_no: customer_no.into(),
        category: "in_negotiation".into(),
        customer_name: "涪陵贸易有限公司".into(),
        business_type: "企业财产险".into(),
        contact_name: "钱进".into(),
        contact_title: "财务经理".into(),
        contact_phone: "13900500077".into(),
        ..Default::default()
    };
    let slip = v::register_slip(&t.app, &p.sales_cq, t.now, &form).await;
    let (id, _) = slip.unwrap();
    v::end_visit(&t.app, &p.sales_cq, t.now, id, &EndForm::default())
        .await
        .unwrap();
    let call = CallForm {
        satisfaction: "5".into(),
        product_problems: "条款看不懂".into(),
        ..Default::default()
    };
    v::record_call(&t.app, &p.caller_cq, t.now, id, &call)
        .await
        .unwrap();
    v::read_result(&t.app, &p.sales_cq, t.now, id)
        .await
        .unwrap();
}

/// A symposium at which the customer said something.
async fn symposium(t: &TestApp, customer_no: &str) {
    let by = &t.people().operations_cq;
    let form = GatheringForm {
        kind: "symposium".into(),
        title: "客户座谈会".into(),
        place: "分公司会议室".into(),
        begins_at: "2024-03-05T09:00".into(),
    };
    let id = v::create_gathering(&t.app, by, t.now, &form).await.unwrap();
    v::add_participant(&t.app, by, t.now, id, customer_no)
        .await
        .unwrap();
    let record = Attendance {
        minutes: "介绍理赔流程".into(),
        findings: "材料清单不清楚".into(),
        there: vec![(customer_no.into(), "希望简化材料".into())],
    };
    v::hold_gathering(&t.app, by, t.now, id, &record)
        .await
        .unwrap();
}

const LEFT: [&str; 3] = [
    "SELECT COUNT(*) FROM field_slips WHERE contact_name IS NOT NULL OR contact_phone IS NOT NULL \
     OR customer_name IS NOT NULL OR product_problems IS NOT NULL",
    "SELECT COUNT(*) FROM gatherings WHERE minutes IS NOT NULL OR findings IS NOT NULL",
    "SELECT COUNT(*) FROM gathering_participants WHERE remark IS NOT NULL",
];

async fn left(t: &TestApp) -> Vec<i64> {
    let mut counts = Vec::new();
    for sql in LEFT {
        counts.push(t.database.number(sql).await);
    }
    counts
}

async fn carried_out(t: &TestApp, now: Instant) -> Vec<(RecordKind, Option<&'static str>)> {
    let number = submitted(t, now).await;
    step(t, &t.people().executive, now, &number, "approve")
        .await
        .unwrap();
    run(t, now).await;
    let page = look(t, &number).await;
    assert_eq!(page.row.batch.state, BatchState::Executed);
    let items = page.sample.iter();
    items
        .map(|i| (i.kind, i.customer_no.as_deref().map(|_| "customer")))
        .collect()
}

/// RET-04: what was written down of sales visits and gatherings goes five years after it was made, of
/// prospects too; an open one stays.
#[rstest]
#[tokio::test]
async fn field_work_goes_after_its_own_term(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    sales_visit(&t, "").await;
    symposium(&t, "C50-LI").await;
    let open = SlipForm {
        category: "prospect".into(),
        customer_name: "意向客户有限公司".into(),
        business_type: "车险".into(),
        contact_name: "孙平".into(),
        contact_title: "经理".into(),
        contact_phone: "13900500078".into(),
        ..Default::default()
    };
    let p = t.people();
    v::register_slip(&t.app, &p.sales_cq, t.now, &open)
        .await
        .unwrap();
    assert_eq!(left(&t).await, [2, 1, 1]);
    let early = propose(&t.app, &p.compliance, at("2029-03-05 10:00")).await;
    assert_eq!(refused(early), "destruction-nothing-due");
    let gone = carried_out(&t, at("2029-03-06 10:00")).await;
    let expected = [
        (RecordKind::SalesVisit, None),
        (RecordKind::Gathering, None),
    ];
    assert_eq!(gone, expected);
    assert_eq!(left(&t).await, [1, 0, 0], "the open slip stays");
    assert_eq!(t.audited("retention.destroyed").await, 2);
    let again = propose(&t.app, &p.compliance, at("2029-03-07 10:00")).await;
    assert_eq!(refused(again), "destruction-nothing-due");
    // What is emptied is still listed.
    let query = v::SlipQuery {
        view: "closed".into(),
        ..Default::default()
    };
    let (list, _) = v::list_slips(&t.app, &p.manager, t.now, &query)
        .await
        .unwrap();
    assert_eq!(list.page.rows.len(), 1);
}

/// A hold on the customer keeps the slip and the gathering that the customer was at.
#[rstest]
#[tokio::test]
async fn a_hold_keeps_field_work(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    sales_visit(&t, "C50-LI").await;
    symposium(&t, "C50-LI").await;
    let form = HoldForm {
        subject: "customer".into(),
        number: "C50-LI".into(),
        kind: "litigation".into(),
        authority: "重庆市某区人民法院".into(),
        document_no: "（2024）渝01民初1号".into(),
        reason: "合同纠纷".into(),
        review_on: "2029-10-01".into(),
        ..Default::default()
    };
    place(&t.app, &t.people().compliance, t.now, &form)
        .await
        .unwrap();
    let kept = propose(&t.app, &t.people().compliance, at("2029-03-06 10:00")).await;
    assert_eq!(refused(kept), "destruction-nothing-due");
}

/// PIPL article 45: the copy holds sales visits, gatherings, electronic callbacks, letters and notes.
#[rstest]
#[tokio::test]
async fn the_copy_holds_the_field_work(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let (link, mut customer) = t.offer(&p.leader_cq, t.now, id).await;
    t.identify(t.now, link, &mut customer, &TestApp::zhou())
        .await;
    sales_visit(&t, "C50-ZHOU").await;
    symposium(&t, "C50-ZHOU").await;
    let form = DataRequestForm {
        kind: "copy".into(),
        requester: "self".into(),
        received_through: "phone".into(),
        ..Default::default()
    };
    let number = create_request(&t.app, &p.compliance, t.now, "C50-ZHOU", &form)
        .await
        .unwrap();
    let check = RequestStepForm {
        step: "check_identity".into(),
        method: "number_and_mobile".into(),
        ..Default::default()
    };
    take_request_step(&t.app, &p.compliance, t.now, &number, &check)
        .await
        .unwrap();
    let decide = RequestStepForm {
        step: "decide".into(),
        outcome: "granted".into(),
        ..Default::default()
    };
    take_request_step(&t.app, &p.manager, t.now, &number, &decide)
        .await
        .unwrap();
    start_copy(&t.app, &p.compliance, t.now, &number)
        .await
        .unwrap();
    run(&t, t.now).await;
    let copy = open_copy(&t.app, &p.manager, t.now, &number, "customer_request", "").await;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(copy.unwrap().1)).unwrap();
    let mut json = String::new();
    let mut file = archive.by_name("data.json").unwrap();
    file.read_to_string(&mut json).unwrap();
    for own in ["条款看不懂", "希望简化材料", "identity_passed"] {
        assert!(json.contains(own), "{own}");
    }
    assert!(!json.contains("钱进"), "the contact is a third person");
    for table in ["letters", "sales_visits", "electronic", "notes", "messages"] {
        assert!(json.contains(&format!("\"{table}\"")), "{table}");
    }
}
