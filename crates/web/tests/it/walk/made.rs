//! Making the things that the walk knocks at.

use domain::access::Actor;
use domain::ids::CallbackId;
use testkit::TestApp;
use uuid::Uuid;

/// A pair of customers of Chongqing, and a merge of them that was taken back; both have the id of the first.
pub(super) async fn duplicate(t: &TestApp) -> Uuid {
    let from = "FROM customers a JOIN customers b ON b.customer_no = 'C50-LI' WHERE a.customer_no = 'C50-ZHOU'";
    let pair = format!(
        "INSERT INTO duplicate_pairs (id, low_id, high_id, kind, weight, probability, grade, levels, state, found_at, updated_at, version) \
         SELECT a.id, a.id, b.id, 'individual', 3000, 999999, 'certain', '|name=sound|unit=equal|', 'open', 0, 0, 1 {from}"
    );
    let merge = format!(
        "INSERT INTO customer_merges (id, pair_id, survivor_id, absorbed_id, state, fields, moved, left_behind, merged_by, merged_at, is_destroyed) \
         SELECT a.id, a.id, a.id, b.id, 'undone', 'name', 3, 0, 'tests', 0, FALSE {from}"
    );
    t.database.execute(&format!("{pair}; {merge}")).await;
    let whole = Actor::system()
        .scope(domain::access::Permission::CustomersRead)
        .unwrap();
    let found = store::customers::find_customer_by_number(t.app.store(), &whole, "C50-ZHOU");
    found.await.unwrap().unwrap().id.0
}

/// A correction of a customer that waits.
pub(super) async fn correction(t: &TestApp, by: &Actor) -> Uuid {
    let found = app::customers::customer_in_sight(&t.app, by, t.now, "C50-ZHOU");
    let form = app::information::InformationForm {
        facts: vec![("name".into(), Some("周大敏".into()))],
        reason: "户籍更名".into(),
        version: found.await.unwrap().0.version,
        ..Default::default()
    };
    let changed = app::information::change_information(&t.app, by, t.now, "C50-ZHOU", &form);
    changed.await.unwrap().change.unwrap()
}

/// A spot check of the unit.
pub(super) async fn spot_check(t: &TestApp, by: &Actor, callback: CallbackId) -> Uuid {
    let work = t.app.store().begin(t.now).await.unwrap();
    let check = store::callbacks::NewSpotCheck {
        id: work.next_id(),
        org: by.org_id.unwrap(),
        month: t.now.date_naive(),
        pool: (1, 1),
        by: by.user().unwrap(),
    };
    store::callbacks::insert_spot_check(&work, &check, &[callback])
        .await
        .unwrap();
    let entry = store::AuditEntry::new(by, "spot_check.drawn", "spot_check", check.id);
    work.commit(entry).await.unwrap();
    check.id
}

/// A finding about a customer of Chongqing, a number of the unit, and a drawn policy.
pub(super) async fn information(t: &TestApp) -> (Uuid, Uuid, Uuid) {
    use app::data_quality as i;
    let by = &t.people().operations_cq;
    i::examine_due(&t.app, t.now, &|_| {}).await.unwrap();
    let number = i::NumberForm {
        number: "023-63800000".into(),
        owner: "outlet".into(),
        label: "前台".into(),
    };
    i::add_own_number(&t.app, by, t.now, &number).await.unwrap();
    i::draw(&t.app, by, t.now, "2024-02").await.unwrap();
    let page = i::information_page(&t.app, by, t.now, "C50-ZHOU").await;
    let numbers = i::list_own_numbers(&t.app, by, "").await.unwrap();
    let samples = i::list_samples(&t.app, by, &i::SampleQuery::default()).await;
    (
        page.unwrap().findings[0].id,
        numbers.rows[0].id,
        samples.unwrap().rows[0].id,
    )
}

/// A letter of Chongqing.
pub(super) async fn letter(t: &TestApp, by: &Actor) -> String {
    let form = app::letters::BatchForm {
        programme: "NB-T10".into(),
        ..Default::default()
    };
    app::letters::start_batch(&t.app, by, t.now, &form)
        .await
        .unwrap();
    let (app, now) = (t.app.clone(), t.now);
    let run = tokio::spawn(async move { app::jobs::run_due(&app, &move || now).await });
    run.await.unwrap().unwrap();
    let query = app::letters::LetterQuery {
        policy: "P50-ZHOU".into(),
        ..Default::default()
    };
    let list = app::letters::list_letters(&t.app, by, t.now, &query)
        .await
        .unwrap();
    list.page.rows[0].number.clone()
}

/// A visit, a slip, a questionnaire and a gathering of Chongqing.
pub(super) struct Visits {
    pub(super) visit: (Uuid, String),
    pub(super) slip: (Uuid, String),
    pub(super) questionnaire: Uuid,
    pub(super) gathering: Uuid,
}

pub(super) async fn visits(t: &TestApp) -> Visits {
    use app::visits as v;
    let p = t.people();
    let (app, now) = (&t.app, t.now);
    let asked = v::NewVisitForm {
        purpose: "other".into(),
        customer_no: "C50-ZHOU".into(),
        ..Default::default()
    };
    let (visit, visit_number) = v::request_visit(app, &p.operations_cq, now, &asked)
        .await
        .unwrap();
    let slip = v::SlipForm {
        category: "prospect".into(),
        customer_name: "渝州机电有限公司".into(),
        business_type: "企业财产险".into(),
        contact_name: "钱进".into(),
        contact_title: "财务经理".into(),
        contact_phone: "13900500077".into(),
        ..Default::default()
    };
    let (slip, slip_number) = v::register_slip(app, &p.sales_cq, now, &slip)
        .await
        .unwrap();
    let form = v::FormattedForm {
        title: "风险查勘回访问卷".into(),
        department: "承保部".into(),
        reason: "了解防灾建议落实情况".into(),
        questions: "防灾建议落实了吗？".into(),
    };
    let questionnaire = v::create_formatted(app, &p.operations_cq, now, &form)
        .await
        .unwrap();
    let form = v::GatheringForm {
        kind: "symposium".into(),
        title: "客户座谈会".into(),
        place: "会议室".into(),
        begins_at: "2024-03-04T10:00".into(),
    };
    let gathering = v::create_gathering(app, &p.operations_cq, now, &form)
        .await
        .unwrap();
    Visits {
        visit: (visit.0, visit_number),
        slip: (slip.0, slip_number),
        questionnaire: questionnaire.0,
        gathering: gathering.0,
    }
}

/// A campaign of Chongqing.
pub(super) async fn campaign(t: &TestApp) -> String {
    let form = app::campaigns::CampaignForm {
        title: "专项".into(),
        goal: "了解".into(),
        starts_on: "2024-03-05".into(),
        ends_on: "2024-03-29".into(),
        ..Default::default()
    };
    let by = &t.people().operations_cq;
    let made = app::campaigns::create_campaign(&t.app, by, t.now, &form).await;
    made.unwrap().1
}

/// A service team of Chongqing.
pub(super) async fn team(t: &TestApp) -> Uuid {
    let form = app::service::TeamForm {
        org: "50".into(),
        name: "专属服务一组".into(),
        serves: "high".into(),
        lead: "operations_cq".into(),
    };
    let by = &t.people().operations_cq;
    app::service::create_team(&t.app, by, t.now, &form)
        .await
        .unwrap()
        .0
}

/// A message to a customer whose callback lies on a list.
pub(super) async fn message(t: &TestApp) -> String {
    let form = app::messaging::WrittenForm {
        template: "notice".into(),
        channel: "sms".into(),
        values: vec![("content".into(), "资料已收到".into())],
        ..Default::default()
    };
    let manager = &t.people().manager;
    app::messaging::send_written(&t.app, manager, t.now, "C50-ZHOU", &form)
        .await
        .unwrap();
    let query = app::messaging::MessageQuery::default();
    let list = app::messaging::list_messages(&t.app, manager, &query).await;
    list.unwrap().page.rows.remove(0).row.number
}

/// The reminder that the policy of that customer took effect.
pub(super) async fn contact(t: &TestApp) -> String {
    let query = app::care::CareQuery {
        programme: "CT-EFF".into(),
        ..Default::default()
    };
    let list = app::care::list_care(&t.app, &t.people().manager, &query).await;
    let mut rows = list.unwrap().page.rows.into_iter();
    let of_zhou = rows.find(|r| r.policy_no.as_deref() == Some("P50-ZHOU"));
    of_zhou.unwrap().number
}
