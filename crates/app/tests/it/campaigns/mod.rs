//! Callback campaigns: the list, its confirmation, the callbacks that follow from it, the six steps.

mod round;

use app::campaigns as c;
use app::exports::{ExportFormat, ExportKind, ExportQuery, ListFilter};
use app::{Error, callbacks};
use domain::access::Actor;
use domain::callbacks::CallbackState;
use domain::campaigns::{CampaignState, CampaignStep};
use domain::ids::{CallbackId, CampaignId};
use rstest::rstest;
use store::campaigns::MemberRow;
use testkit::{Engine, Portfolio, TestApp, day, invalid, refused};

fn portfolio() -> Portfolio {
    let mut portfolio = Portfolio::small();
    portfolio.customers.set("C50-CORP", "large", "true");
    portfolio.customers.set("C50-HE", "value_class", "high");
    portfolio
}

async fn create(t: &TestApp, by: &Actor) -> (CampaignId, String) {
    let form = c::CampaignForm {
        title: "一季度服务满意度回访".into(),
        goal: "了解新客户对服务的满意度".into(),
        starts_on: "2024-03-05".into(),
        ends_on: "2024-03-29".into(),
        ..Default::default()
    };
    c::create_campaign(&t.app, by, t.now, &form).await.unwrap()
}

fn list(source: &str, text: &str, purpose: &str, reason: &str) -> c::ListForm {
    c::ListForm {
        source: source.into(),
        purpose: purpose.into(),
        customers: c::list_of(text),
        reason: reason.into(),
    }
}

async fn step(t: &TestApp, by: &Actor, id: CampaignId, step: &str) -> app::Result<CampaignState> {
    let form = c::LifeForm {
        step: step.into(),
        text: "满意度较高，理赔时效是集中意见".into(),
        reason: "名单需补充".into(),
        version: None,
    };
    c::take_step(&t.app, by, t.now, id, &form).await
}

async fn prepare(t: &TestApp, by: &Actor, id: CampaignId, topics: &[&str]) {
    for step in ["channel", "material"] {
        let form = c::PreparationForm {
            step: step.into(),
            channel: "phone".into(),
            topics: topics.iter().map(|t| (*t).to_owned()).collect(),
            material: "先致谢，再了解使用情况".into(),
            version: None,
        };
        c::prepare(&t.app, by, t.now, id, &form).await.unwrap();
    }
}

async fn members(t: &TestApp, number: &str, view: &str) -> Vec<MemberRow> {
    let query = c::MemberQuery {
        campaign: number.into(),
        view: view.into(),
        ..Default::default()
    };
    let by = &t.people().operations_cq;
    let page = c::member_page(&t.app, by, &query, None).await.unwrap();
    page.rows
}

async fn member(t: &TestApp, number: &str, customer_no: &str) -> MemberRow {
    let mut all = members(t, number, "").await;
    all.retain(|m| m.customer_no == customer_no);
    all.remove(0)
}

async fn callback(t: &TestApp, number: &str, customer_no: &str) -> CallbackId {
    member(t, number, customer_no).await.callback.unwrap().0
}

/// A released campaign with ZHOU and LI on its list.
async fn released(t: &TestApp, topics: &[&str]) -> (CampaignId, String) {
    let p = t.people();
    let (id, number) = create(t, &p.operations_cq).await;
    let form = list("sales", "C50-ZHOU,满意度调查\nC50-LI", "了解保障需求", "");
    c::add_members(&t.app, &p.operations_cq, t.now, id, &form)
        .await
        .unwrap();
    prepare(t, &p.operations_cq, id, topics).await;
    step(t, &p.operations_cq, id, "submit").await.unwrap();
    step(t, &p.sales_cq, id, "confirm").await.unwrap();
    step(t, &p.operations_cq, id, "release").await.unwrap();
    t.plan(t.now).await;
    (id, number)
}

/// CBK-11: sales supply the list, another person of sales confirms it; each customer has a purpose; another unit
/// sees nothing of it.
#[rstest]
#[tokio::test]
async fn sales_supply_and_confirm_the_list(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with(engine, &portfolio()).await;
    let p = t.people();
    let (id, number) = create(&t, &p.operations_cq).await;
    let empty = step(&t, &p.operations_cq, id, "submit").await;
    assert_eq!(refused(empty), "campaign-list-empty");
    let given = "客户号,目的\nC50-ZHOU,满意度调查\nC50-LI\nC50-LI\nC37-SUN\nNOBODY";
    let unsaid = c::add_members(
        &t.app,
        &p.sales_cq,
        t.now,
        id,
        &list("sales", given, "", ""),
    )
    .await;
    assert_eq!(invalid(unsaid), [("purpose".into(), "missing".into())]);
    let given = list("sales", given, "了解保障需求", "");
    let report = c::add_members(&t.app, &p.sales_cq, t.now, id, &given)
        .await
        .unwrap();
    assert_eq!(
        (report.added, report.known, report.unknown_count),
        (2, 1, 2)
    );
    assert_eq!(report.unknown, ["C37-SUN", "NOBODY"], "of another province");
    let high = c::SelectionForm {
        value_class: "high".into(),
        purpose: "高价值客户关怀".into(),
        ..Default::default()
    };
    let report = c::add_selection(&t.app, &p.operations_cq, t.now, id, &high).await;
    assert_eq!(report.unwrap().added, 1);
    let said: Vec<_> = members(&t, &number, "").await;
    let said: Vec<_> = said
        .iter()
        .map(|m| {
            (
                m.customer_no.as_str(),
                m.purpose.as_deref().unwrap(),
                m.source.as_str(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("C50-ZHOU", "满意度调查", "sales"),
            ("C50-LI", "了解保障需求", "sales"),
            ("C50-HE", "高价值客户关怀", "selection"),
        ]
    );
    another_person_confirms(&t, &given, (id, &number)).await;
}

/// The list goes before sales, back, and is confirmed by who had no part in it; nobody elsewhere sees it.
async fn another_person_confirms(
    t: &TestApp,
    given: &c::ListForm,
    (id, number): (CampaignId, &str),
) {
    let p = t.people();
    c::remove_member(&t.app, &p.operations_cq, t.now, id, "C50-HE", "")
        .await
        .unwrap();
    step(t, &p.operations_cq, id, "submit").await.unwrap();
    let late = c::add_members(&t.app, &p.sales_cq, t.now, id, given).await;
    assert_eq!(refused(late), "campaign-wrong-state");
    let own = step(t, &p.sales_cq, id, "confirm").await;
    assert_eq!(refused(own), "campaign-same-person");
    let planner = step(t, &p.operations_cq, id, "confirm").await;
    assert!(matches!(planner, Err(Error::Denied(_))));
    let state = step(t, &p.sales_cq, id, "send_back").await.unwrap();
    assert_eq!(state, CampaignState::Draft);
    step(t, &p.operations_cq, id, "submit").await.unwrap();
    let state = step(t, &p.manager, id, "confirm").await.unwrap();
    assert_eq!(state, CampaignState::Confirmed);
    let unprepared = step(t, &p.operations_cq, id, "release").await;
    assert_eq!(refused(unprepared), "campaign-step-missing");
    for stranger in [&p.operations_sd, &p.sales_sd, &p.leader_sd] {
        let found = c::find_campaign(&t.app, stranger, number).await;
        assert!(matches!(found, Err(Error::NotFound)));
        let query = c::CampaignQuery::default();
        let seen = c::list_campaigns(&t.app, stranger, &query, None).await;
        assert!(seen.unwrap().rows.is_empty());
    }
    for (action, times) in [("campaign.listed", 2), ("campaign.confirmed", 1)] {
        assert_eq!(t.audited(action).await, times, "{action}");
    }
}

/// GN-PLAN, KA-SPEC; CBK-11, C-24: released, the callbacks follow from the rules by the day of the plan; later
/// additions and removals need a reason, and a removal cancels the callback.
#[rstest]
#[tokio::test]
async fn callbacks_follow_from_the_list(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with(engine, &portfolio()).await;
    let p = t.people();
    let by = &p.operations_cq;
    let (id, number) = released(&t, &["use"]).await;
    let zhou = member(&t, &number, "C50-ZHOU").await;
    assert_eq!(zhou.programme.as_deref(), Some("GN-PLAN"));
    assert_eq!(zhou.due_on, Some(day("2024-03-29")));
    assert_eq!(t.plan(t.now).await.sums.created, 0, "planned once");
    let form = list("", "C50-CORP", "大客户走访前了解", "");
    let unsaid = c::add_members(&t.app, by, t.now, id, &form).await;
    assert_eq!(invalid(unsaid), [("reason".into(), "missing".into())]);
    let form = list("", "C50-CORP", "大客户走访前了解", "大客户经理要求增补");
    let sales = c::add_members(&t.app, &p.sales_cq, t.now, id, &form).await;
    assert!(matches!(sales, Err(Error::Denied(_))));
    c::add_members(&t.app, by, t.now, id, &form).await.unwrap();
    t.plan(t.now).await;
    let corp = member(&t, &number, "C50-CORP").await;
    assert_eq!(corp.programme.as_deref(), Some("KA-SPEC"));
    assert_eq!(corp.added_reason.as_deref(), Some("大客户经理要求增补"));
    let li = callback(&t, &number, "C50-LI").await;
    let unsaid = c::remove_member(&t.app, by, t.now, id, "C50-LI", "").await;
    assert_eq!(invalid(unsaid), [("reason".into(), "missing".into())]);
    c::remove_member(&t.app, by, t.now, id, "C50-LI", "客户正在投诉处理中")
        .await
        .unwrap();
    t.plan(t.now).await;
    assert_eq!(t.look(li).await.state, CallbackState::Cancelled);
    let why = "SELECT COUNT(*) FROM obligations WHERE cancel_reason = 'taken_off_the_list'";
    assert_eq!(t.database.number(why).await, 1);
    let gone = members(&t, &number, "removed").await;
    assert_eq!(
        gone[0].removed_reason.as_deref(),
        Some("客户正在投诉处理中")
    );
    assert_eq!(members(&t, &number, "").await.len(), 2);
    t.plan(t.now).await;
    assert_eq!(
        t.look(li).await.state,
        CallbackState::Cancelled,
        "it stays so"
    );
    assert_eq!(t.audited("campaign.unlisted").await, 1);
}

/// C-24: where the programme accepts no removal by hand, the customer stays on the list.
#[rstest]
#[tokio::test]
async fn a_compliance_programme_keeps_its_customers(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with(engine, &portfolio()).await;
    let (id, _) = released(&t, &["use"]).await;
    // The obligation of a programme of law, in the place of the planned one.
    let law = "UPDATE obligations SET programme = 'NB-CQ' WHERE programme = 'GN-PLAN'";
    t.database.execute(law).await;
    let by = &t.people().operations_cq;
    let barred = c::remove_member(&t.app, by, t.now, id, "C50-LI", "客户要求").await;
    assert_eq!(refused(barred), "campaign-removal-barred");
}

/// CBK-50, QST-09, QST-12: six recorded steps; the subjects of the campaign are asked and no others, each
/// satisfaction followed by an open question; the result is exported.
#[rstest]
#[tokio::test]
async fn six_steps_to_the_end(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with(engine, &portfolio()).await;
    let p = t.people();
    let by = &p.operations_cq;
    let (id, number) = released(&t, &["use", "market", "offers"]).await;
    let zhou = callback(&t, &number, "C50-ZHOU").await;
    t.assign(&p.leader_cq, zhou, &p.caller_cq).await;
    t.start(&p.caller_cq, t.now, zhou).await.unwrap();
    let page = callbacks::call_page(&t.app, &p.caller_cq, t.now, zhou, "惠民人寿")
        .await
        .unwrap();
    let asked: Vec<_> = page.items.iter().map(|i| i.item.code.as_str()).collect();
    for code in [
        "satisfaction_reason",
        "use_said",
        "market_wishes",
        "new_products",
    ] {
        assert!(asked.contains(&code), "{code} of {asked:?}");
    }
    for code in ["staff_rating", "aftercare_rating", "complaints_open"] {
        assert!(!asked.contains(&code), "{code}");
    }
    let occasion = page.page.occasion.unwrap();
    assert_eq!(occasion.purpose.as_deref(), Some("满意度调查"));
    t.answer_all(&p.caller_cq, t.now, zhou, &[]).await;
    t.finish(&p.caller_cq, t.now, zhou, "finished")
        .await
        .unwrap();
    to_the_analysis(&t, by, (id, &number)).await;
    to_the_end(&t, by, (id, &number)).await;
}

async fn to_the_analysis(t: &TestApp, by: &Actor, (id, number): (CampaignId, &str)) {
    let p = t.people();
    let early = step(t, by, id, "finish").await;
    assert_eq!(refused(early), "campaign-still-open");
    let li = callback(t, number, "C50-LI").await;
    t.assign(&p.leader_cq, li, &p.caller_cq).await;
    t.interview(&p.caller_cq, t.now, li, &[]).await;
    let unfinished = step(t, by, id, "analyse").await;
    assert_eq!(refused(unfinished), "campaign-step-missing");
    step(t, by, id, "finish").await.unwrap();
    step(t, by, id, "analyse").await.unwrap();
    let bare = step(t, by, id, "improve").await;
    assert_eq!(refused(bare), "campaign-measure-missing");
}

async fn to_the_end(t: &TestApp, by: &Actor, (id, number): (CampaignId, &str)) {
    let p = t.people();
    let mut measure = c::MeasureForm {
        text: "理赔进度主动告知".into(),
        owner: "nobody".into(),
        due_on: "2024-03-01".into(),
    };
    let wrong = c::add_measure(&t.app, by, t.now, id, &measure).await;
    let wrong: Vec<_> = invalid(wrong).into_iter().map(|(field, _)| field).collect();
    assert_eq!(wrong, ["owner", "due_on"]);
    measure.owner = "leader_cq".into();
    measure.due_on = "2024-04-30".into();
    let added = c::add_measure(&t.app, by, t.now, id, &measure)
        .await
        .unwrap();
    step(t, by, id, "improve").await.unwrap();
    assert_eq!(
        step(t, by, id, "close").await.unwrap(),
        CampaignState::Closed
    );
    c::finish_measure(&t.app, by, t.now, id, added)
        .await
        .unwrap();
    let query = c::MemberQuery::default();
    let page = c::campaign_page(&t.app, &p.sales_cq, t.now, number, &query)
        .await
        .unwrap();
    let done: Vec<_> = page
        .steps
        .iter()
        .map(|s| (s.step, s.done.is_some()))
        .collect();
    assert_eq!(
        done,
        CampaignStep::ALL
            .iter()
            .map(|s| (*s, true))
            .collect::<Vec<_>>()
    );
    assert_eq!(
        (page.sums.completed, page.sums.open, page.sums.reached),
        (2, 0, 2)
    );
    assert_eq!(page.mean_rating(), Some(50));
    export(t, by, number).await;
}

async fn export(t: &TestApp, by: &Actor, number: &str) {
    let query = ExportQuery {
        list: Some(ListFilter::Campaigns(c::MemberQuery {
            campaign: number.into(),
            ..Default::default()
        })),
        ..ExportQuery::new(ExportKind::Campaigns, ExportFormat::Csv)
    };
    let query = query.stating("policy_service", "");
    let mut file = Vec::new();
    app::exports::export(&t.app, by, t.now, &query, &mut file, &|_| {})
        .await
        .unwrap();
    let text = String::from_utf8(file).unwrap();
    assert!(
        text.contains("C50-ZHOU") && text.contains("completed"),
        "{text}"
    );
    let stranger = &t.people().operations_sd;
    let mut file = Vec::new();
    let hidden = app::exports::export(&t.app, stranger, t.now, &query, &mut file, &|_| {}).await;
    assert!(matches!(hidden, Err(Error::NotFound)));
}
