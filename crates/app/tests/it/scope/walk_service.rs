//! The walk through service: teams, who is in charge, the register, watched customers, flags, figures.

use super::objects::Objects;
use super::walk::Seen;
use app::service as s;
use domain::access::{Actor, Scope};
use domain::ids::TeamId;
use domain::time;
use store::service::{self as rows, FlagFilter, ServedFilter, WatchFilter};
use testkit::TestApp;
use uuid::Uuid;

/// What was made of service for a customer.
pub(super) struct Made {
    team: TeamId,
    item: Uuid,
    watched: Uuid,
    flag: Uuid,
}

async fn rate(t: &TestApp, customer_no: &str, class: &str) {
    let sql =
        format!("UPDATE customers SET value_class = '{class}' WHERE customer_no = '{customer_no}'");
    t.database.execute(&sql).await;
}

/// A team, a customer in the charge of a caller, watched and flagged, with something in the register.
pub(super) async fn make(
    t: &TestApp,
    (handler, caller): (&Actor, &Actor),
    org: &str,
    customer_no: &str,
) -> Made {
    let team = s::TeamForm {
        org: org.into(),
        name: "专属服务团队".into(),
        serves: "high".into(),
        lead: handler.name.replace(' ', "_"),
    };
    let team = s::create_team(&t.app, handler, t.now, &team).await.unwrap();
    rate(t, customer_no, "low").await;
    let watch = s::WatchForm {
        customer_no: customer_no.into(),
        reason: "有潜力".into(),
        owner: handler.name.replace(' ', "_"),
    };
    let watched = s::watch(&t.app, handler, t.now, &watch).await.unwrap();
    rate(t, customer_no, "high").await;
    let given = s::AssignForm {
        customer_no: customer_no.into(),
        user: caller.name.replace(' ', "_"),
        ..Default::default()
    };
    s::assign(&t.app, handler, t.now, &given).await.unwrap();
    let item = s::ItemForm {
        kind: "need".into(),
        text: "养老".into(),
        ..Default::default()
    };
    let item = s::add_item(&t.app, handler, t.now, customer_no, &item).await;
    let flag = s::FlagForm {
        flag: "prudent_underwriting".into(),
        reason: "多次理赔".into(),
    };
    let flag = s::ask_flag(&t.app, handler, t.now, customer_no, &flag).await;
    let flag = flag.unwrap();
    let agreed = s::FlagStepForm {
        step: "agree".into(),
        ..Default::default()
    };
    let by = &t.people().manager;
    s::decide_flag(&t.app, by, t.now, flag, &agreed)
        .await
        .unwrap();
    Made {
        team,
        item: item.unwrap(),
        watched,
        flag,
    }
}

pub(super) async fn walk_service(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db = t.app.store();
    let made = &o.service;
    let today = time::date_in_china(t.now);
    let mut seen = Seen::new();
    let teams = rows::list_teams(db, scope, None, 100).await.unwrap();
    let own = teams.rows.iter().filter(|r| r.id == made.team);
    seen.insert("list_teams", own.count());
    let found = rows::find_team(db, scope, made.team).await.unwrap();
    seen.insert("find_team", usize::from(found.is_some()));
    let found = rows::list_team_members(db, scope, made.team).await;
    seen.insert("list_team_members", found.unwrap().len());
    let found = rows::list_charges(db, scope, o.customer).await.unwrap();
    seen.insert("list_charges", found.len());
    let found = rows::list_items(db, scope, o.customer, &[], None, 100).await;
    seen.insert("list_items", found.unwrap().rows.len());
    let found = rows::find_item(db, scope, made.item).await.unwrap();
    seen.insert("find_item", usize::from(found.is_some()));
    let since = today - chrono::Months::new(12);
    let of = ("VF-HIGH", &["CT-BDAY".to_owned()][..], "CT-RISK");
    let done = rows::read_done(db, scope, o.customer, since, of).await;
    let done = done.unwrap();
    let counts = [done.contacts, done.callbacks, done.visits, done.messages];
    let any = counts.iter().sum::<i64>() + done.care + done.recommendations;
    seen.insert("read_done", usize::try_from(any).unwrap());
    let filter = ServedFilter {
        customers: Some(vec![o.customer]),
        ..Default::default()
    };
    let found = rows::list_served(db, scope, &filter, 100).await.unwrap();
    seen.insert("list_served", found.rows.len());
    let count = rows::count_served(db, scope, &filter, 100).await.unwrap();
    seen.insert("count_served", usize::try_from(count).unwrap());
    let mine = rows::list_mine(db, scope, o.caller, today, 100).await;
    seen.insert("list_mine", mine.unwrap().len());
    let filter = WatchFilter {
        customer: Some(o.customer),
        ..Default::default()
    };
    let found = rows::list_watched(db, scope, &filter, 100).await.unwrap();
    seen.insert("list_watched", found.rows.len());
    let found = rows::find_watched(db, scope, made.watched).await.unwrap();
    seen.insert("find_watched", usize::from(found.is_some()));
    let filter = FlagFilter {
        customer: Some(o.customer),
        ..Default::default()
    };
    let found = rows::list_flags(db, scope, &filter, 100).await.unwrap();
    seen.insert("list_flags", found.rows.len());
    let found = rows::find_flag(db, scope, made.flag).await.unwrap();
    seen.insert("find_flag", usize::from(found.is_some()));
    let changes = rows::list_flag_changes(db, scope, None, 100).await.unwrap();
    let own = changes
        .rows
        .iter()
        .filter(|c| c.customer_no == o.customer_no);
    seen.insert("list_flag_changes", own.count());
    let org = store::orgs::find_org_by_code(db, o.org).await.unwrap();
    let path = org.unwrap().path;
    let (period, path) = ((since, today), Some(path.as_str()));
    let figures = rows::read_class_figures(db, scope, period, &[], path).await;
    seen.insert("read_class_figures", figures.unwrap().len());
    let figures = rows::read_conversion(db, scope, period, path)
        .await
        .unwrap();
    let put = usize::try_from(figures.put).unwrap();
    seen.insert("read_conversion", put);
    seen
}
