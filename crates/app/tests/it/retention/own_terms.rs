//! Online surveys and callback campaigns have terms of their own.

use super::{run, step, submitted};
use app::campaigns as c;
use app::retention::{HoldForm, lift, place, propose};
use chrono::Duration;
use rstest::rstest;
use testkit::{Engine, TestApp, at, refused};

const LEFT: [&str; 3] = [
    "SELECT COUNT(*) FROM survey_answer_items WHERE words IS NOT NULL",
    "SELECT COUNT(*) FROM campaign_members WHERE purpose IS NOT NULL",
    "SELECT COUNT(*) FROM surveys WHERE destroyed_at IS NULL",
];

async fn left(t: &TestApp) -> Vec<i64> {
    let mut counts = Vec::new();
    for sql in LEFT {
        counts.push(t.database.number(sql).await);
    }
    counts
}

/// A survey that customers answered in words, and a campaign with a customer on its list.
async fn asked_and_listed(t: &TestApp) {
    let (p, who) = (t.people(), t.approvers().await);
    let by = &p.operations_cq;
    let number = t.asked(by, "sms", "named").await;
    t.launch(by, &who, &number).await;
    let page = app::surveys::survey_page(&t.app, by, t.now, &number).await;
    let tokens = t.survey_tokens(page.unwrap().row.id).await;
    let answers: &[&[&str]] = &[&["4"], &["0"], &["夜间多些坐席"]];
    let later = t.now + Duration::hours(5);
    t.answer_survey(later, &tokens[0], answers, 60)
        .await
        .unwrap();
    let form = c::CampaignForm {
        title: "一季度服务满意度回访".into(),
        goal: "了解新客户对服务的满意度".into(),
        starts_on: "2024-03-05".into(),
        ends_on: "2024-03-29".into(),
        ..Default::default()
    };
    let (id, _) = c::create_campaign(&t.app, by, t.now, &form).await.unwrap();
    let list = c::ListForm {
        source: "sales".into(),
        purpose: "理赔后了解满意度".into(),
        customers: c::list_of("C50-LI"),
        reason: String::new(),
    };
    c::add_members(&t.app, by, t.now, id, &list).await.unwrap();
}

/// RET-04: questionnaires, lists and reports go five years after they were filed; what is not filed stays, and so
/// does what somebody held.
#[rstest]
#[tokio::test]
async fn surveys_and_campaigns_go_after_their_own_term(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    asked_and_listed(&t).await;
    let due = at("2029-03-20 10:00");
    let open = propose(&t.app, &p.compliance, due).await;
    assert_eq!(refused(open), "destruction-nothing-due", "nothing is filed");
    t.database
        .execute("UPDATE surveys SET state = 'archived'")
        .await;
    t.database
        .execute("UPDATE campaigns SET state = 'closed'")
        .await;
    let early = propose(&t.app, &p.compliance, at("2029-03-01 10:00")).await;
    assert_eq!(refused(early), "destruction-nothing-due");
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
    let hold = place(&t.app, &p.compliance, t.now, &form).await.unwrap();
    let held = propose(&t.app, &p.compliance, due).await;
    assert_eq!(refused(held), "destruction-nothing-due");
    lift(&t.app, &p.manager, due, &hold, "诉讼终结")
        .await
        .unwrap();
    assert_eq!(left(&t).await, [1, 1, 1]);
    let number = submitted(&t, due).await;
    step(&t, &p.executive, due, &number, "approve")
        .await
        .unwrap();
    run(&t, due).await;
    assert_eq!(left(&t).await, [0, 0, 0]);
    let figures = "SELECT COUNT(*) FROM survey_answers";
    assert_eq!(t.database.number(figures).await, 1, "figures stay");
}
