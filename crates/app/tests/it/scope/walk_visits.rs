//! The walk through visits, sales visits, formatted questionnaires and gatherings.

use super::objects::Objects;
use super::walk::Seen;
use app::visits as v;
use domain::access::{Actor, Scope};
use domain::ids::{CallbackId, FormattedId, GatheringId, SlipId, VisitId};
use store::Store;
use store::visits::{self as rows, SlipFilter, VisitFilter};
use testkit::TestApp;

/// Things of a unit.
pub(super) struct Made {
    visit: (VisitId, String),
    slip: (SlipId, String),
    questionnaire: FormattedId,
    gathering: GatheringId,
}

/// A visit for a callback, a sales visit that was called back by the caller, a questionnaire, a
/// gathering with a participant.
pub(super) async fn make(
    t: &TestApp,
    (leader, caller, sales, operations): (&Actor, &Actor, &Actor, &Actor),
    callback: CallbackId,
    customer_no: &str,
) -> Made {
    let (app, now) = (&t.app, t.now);
    let asked = v::NewVisitForm {
        purpose: "unresolved".into(),
        callback: callback.0.to_string(),
        report: "电话中无法核对".into(),
        ..Default::default()
    };
    let visit = v::request_visit(app, leader, now, &asked).await.unwrap();
    let slip = called_back(t, (leader, caller, sales)).await;
    let form = v::FormattedForm {
        title: "问卷".into(),
        department: "承保部".into(),
        reason: "了解".into(),
        questions: "一\n二".into(),
    };
    let questionnaire = v::create_formatted(app, operations, now, &form)
        .await
        .unwrap();
    let form = v::GatheringForm {
        kind: "symposium".into(),
        title: "座谈会".into(),
        place: "会议室".into(),
        begins_at: "2024-03-04T10:00".into(),
    };
    let owed_to = v::find_visit(app, leader, &visit.1)
        .await
        .unwrap()
        .customer_id;
    owe(t, owed_to, visit.0).await;
    let gathering = v::create_gathering(app, operations, now, &form)
        .await
        .unwrap();
    v::add_participant(app, operations, now, gathering, customer_no)
        .await
        .unwrap();
    Made {
        visit,
        slip,
        questionnaire,
        gathering,
    }
}

/// A sales visit whose customer suspects something, and that was verified.
async fn called_back(
    t: &TestApp,
    (leader, caller, sales): (&Actor, &Actor, &Actor),
) -> (SlipId, String) {
    let (app, now) = (&t.app, t.now);
    let form = v::SlipForm {
        category: "prospect".into(),
        customer_name: "联合实业有限公司".into(),
        business_type: "企业财产险".into(),
        contact_name: "钱进".into(),
        contact_title: "财务经理".into(),
        contact_phone: "13900500077".into(),
        ..Default::default()
    };
    let slip = v::register_slip(app, sales, now, &form).await.unwrap();
    v::end_visit(app, sales, now, slip.0, &v::EndForm::default())
        .await
        .unwrap();
    let call = v::CallForm {
        satisfaction: "1".into(),
        is_suspicious: true,
        ..Default::default()
    };
    v::record_call(app, caller, now, slip.0, &call)
        .await
        .unwrap();
    v::read_result(app, sales, now, slip.0).await.unwrap();
    v::verify_suspicion(app, leader, now, slip.0, (true, "查无此次拜访"))
        .await
        .unwrap();
    slip
}

pub(super) async fn walk_visits(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let made = &o.visits;
    let mut seen = Seen::new();
    let mut note = |name, n| seen.insert(name, n);
    let (visit, number) = &made.visit;
    let filter = VisitFilter::default();
    let all = rows::list_visits(db, scope, &filter, 100)
        .await
        .unwrap()
        .rows;
    let seen_visit = all.iter().any(|r| r.id == *visit);
    note("list_visits", all.iter().filter(|r| r.id == *visit).count());
    let of_customer = VisitFilter {
        customer: Some(o.customer),
        ..filter
    };
    let counted = rows::count_visits(db, scope, &of_customer, 100).await;
    note("count_visits", usize::try_from(counted.unwrap()).unwrap());
    let found = rows::find_visit(db, scope, *visit).await.unwrap();
    note("find_visit", usize::from(found.is_some()));
    let found = rows::find_visit_by_number(db, scope, number).await.unwrap();
    note("find_visit_by_number", usize::from(found.is_some()));
    let entries = rows::list_visit_entries(db, scope, *visit).await.unwrap();
    note("list_visit_entries", entries.len());
    let year = (testkit::day("2024-01-01"), testkit::day("2024-12-31"));
    // One visit is owed to the customer of each branch.
    let sums = rows::list_quota(db, scope, year).await.unwrap();
    let own = sums.iter().filter(|s| s.org_code.starts_with(o.org));
    note("list_quota", own.count());
    let sums = rows::list_quota_visitors(db, scope, year).await.unwrap();
    let own = sums.iter().filter(|_| seen_visit);
    note("list_quota_visitors", own.count());
    walk_slips(db, scope, made, &mut seen).await;
    walk_others(db, scope, made, &mut seen).await;
    seen
}

async fn walk_slips(db: &Store, scope: &Scope, made: &Made, seen: &mut Seen) {
    let (slip, number) = &made.slip;
    let all = rows::list_slips(db, scope, &SlipFilter::default(), 100).await;
    let all = all.unwrap().rows;
    seen.insert("list_slips", all.iter().filter(|r| r.id == *slip).count());
    let found = rows::find_slip(db, scope, *slip).await.unwrap();
    seen.insert("find_slip", usize::from(found.is_some()));
    let found = rows::find_slip_by_number(db, scope, number).await.unwrap();
    seen.insert("find_slip_by_number", usize::from(found.is_some()));
    let kind = domain::retention::RecordKind::SalesVisit;
    let one = store::retention::WhichRecords::One(slip.0);
    let kept = store::retention::list_kept_records(db, scope, kind, one, 50).await;
    seen.insert("list_kept_records", kept.unwrap().len());
    let receipts = rows::list_receipts(db, scope, *slip).await.unwrap();
    seen.insert("list_receipts", receipts.len());
    // Both branches have one each: whoever sees the own one sees the other only over both.
    let salesperson = found_salesperson(&all, *slip);
    let filter = SlipFilter {
        salesperson,
        ..SlipFilter::default()
    };
    let n = match salesperson {
        Some(_) => rows::count_slips(db, scope, &filter, 100).await.unwrap(),
        None => 0,
    };
    seen.insert("count_slips", usize::try_from(n).unwrap());
    let confirmed = rows::list_confirmed_suspicions(db, scope).await.unwrap();
    let own = confirmed.iter().filter(|_| salesperson.is_some());
    seen.insert("list_confirmed_suspicions", own.count());
}

fn found_salesperson(all: &[rows::SlipRow], slip: SlipId) -> Option<domain::ids::UserId> {
    let found = all.iter().find(|r| r.id == slip);
    found.map(|r| r.salesperson_id)
}

async fn walk_others(db: &Store, scope: &Scope, made: &Made, seen: &mut Seen) {
    let all = rows::list_formatted(db, scope, None, None, 100)
        .await
        .unwrap();
    let own = all.rows.iter().filter(|r| r.id == made.questionnaire);
    seen.insert("list_formatted", own.count());
    let found = rows::find_formatted(db, scope, made.questionnaire)
        .await
        .unwrap();
    seen.insert("find_formatted", usize::from(found.is_some()));
    let entries = rows::list_formatted_entries(db, scope, made.questionnaire);
    seen.insert("list_formatted_entries", entries.await.unwrap().len());
    let all = rows::list_gatherings(db, scope, None, None, 100)
        .await
        .unwrap();
    let own = all.rows.iter().filter(|r| r.id == made.gathering);
    seen.insert("list_gatherings", own.count());
    let found = rows::find_gathering(db, scope, made.gathering)
        .await
        .unwrap();
    seen.insert("find_gathering", usize::from(found.is_some()));
    let people = rows::list_participants(db, scope, made.gathering)
        .await
        .unwrap();
    seen.insert("list_participants", people.len());
}

/// A visit that the customer of a unit is owed; the next rows of the planner do not matter here.
async fn owe(t: &TestApp, customer: domain::ids::CustomerId, visit: VisitId) {
    let hex = |id: uuid::Uuid| match t.database.engine() {
        testkit::Engine::Sqlite => format!("x'{}'", id.simple()),
        testkit::Engine::Postgres => format!("'{id}'"),
    };
    let owed = t.app.store().ids().next(t.now);
    let insert = format!(
        "INSERT INTO obligations (id, number, programme, pack_id, trigger_type, trigger_ref, trigger_on, customer_id, \
         respondent, org_id, due_on, status, provisional, facts, calendar_id, run_id, rules_generation, kind, created_at, \
         updated_at) SELECT {}, 'OB-V-' || c.customer_no, 'OV-KEY', g.pack_id, 'year', {}, '2024-01-01', c.id, \
         'insurance_contact', c.org_id, '2024-12-31', 'open', FALSE, '{{}}', g.calendar_id, g.run_id, g.rules_generation, \
         'visit', 0, 0 FROM customers c JOIN obligations g ON g.number = (SELECT MIN(x.number) FROM obligations x) \
         WHERE c.id = {}",
        hex(owed),
        hex(owed),
        hex(customer.0)
    );
    t.database.execute(&insert).await;
    let bind = format!(
        "UPDATE visits SET obligation_id = {}, visitor_id = requested_by WHERE id = {}",
        hex(owed),
        hex(visit.0)
    );
    t.database.execute(&bind).await;
}
